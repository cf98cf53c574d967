"""Shapes of people and access on the wire."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from marshmallow import fields, post_load, validate

from clinic_api.accounts.rules.roles import Role
from clinic_api.http.fields import Body, Moment, Text, YesNo

SIX_DIGITS = validate.Regexp(r"\A[0-9]{6}\Z")


@dataclass(frozen=True, slots=True)
class SignInAsked:
    """A full sign-in, and into which organisation."""

    organisation: UUID
    login: str
    password: str
    code: str
    device_secret: str | None = None


class NewSignIn(Body):
    """POST /sign-in"""

    organisation = fields.UUID(required=True)
    login = Text(required=True, longest=100)
    password = fields.String(required=True, validate=validate.Length(1, 128))
    code = fields.String(required=True, validate=SIX_DIGITS)
    device_secret = fields.String(load_default=None, validate=validate.Length(1, 200))

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> SignInAsked:
        return SignInAsked(**data)


class SignedInOut(Body):
    """A token for the day."""

    token = fields.String()
    account = fields.UUID()
    name = fields.String()
    roles = fields.Function(lambda one: sorted(one.roles), metadata={"type": "array", "items": {"type": "string"}})
    device = fields.UUID(allow_none=True)
    expires_at = Moment()


@dataclass(frozen=True, slots=True)
class EnrolmentAsked:
    """A newcomer's own secrets, and into which organisation."""

    organisation: UUID
    login: str
    code: str
    password: str
    pin: str


class NewEnrolment(Body):
    """POST /enrolments"""

    organisation = fields.UUID(required=True)
    login = Text(required=True, longest=100)
    code = fields.String(required=True, validate=validate.Length(1, 64))
    password = fields.String(required=True, validate=validate.Length(1, 128))
    pin = fields.String(required=True, validate=validate.Length(1, 12))

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> EnrolmentAsked:
        return EnrolmentAsked(**data)


class EnrolledOut(Body):
    """What the newcomer's authenticator needs, shown once."""

    id = fields.UUID()
    totp_secret = fields.String()
    totp_uri = fields.String()


@dataclass(frozen=True, slots=True)
class StaffAsked:
    """A person who starts here."""

    login: str
    name: str


class NewStaff(Body):
    """POST /staff"""

    login = Text(required=True, longest=100)
    name = Text(required=True, longest=200)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> StaffAsked:
        return StaffAsked(**data)


class NewcomerOut(Body):
    """The account and its one-time enrolment code, shown once."""

    id = fields.UUID()
    login = fields.String()
    name = fields.String()
    enrolment_code = fields.String()


class StaffOut(Body):
    """A member of staff."""

    id = fields.UUID()
    login = fields.String()
    name = fields.String()


class StaffPage(Body):
    """Some of the staff."""

    items = fields.List(fields.Nested(StaffOut()))
    next = fields.String(allow_none=True)


class MeOut(Body):
    """Who is signed in, and as what."""

    account = fields.UUID(allow_none=True)
    name = fields.String()
    roles = fields.List(fields.String())
    device = fields.UUID(allow_none=True)


@dataclass(frozen=True, slots=True)
class RoleAsked:
    """A role to give or take."""

    role: Role
    give: bool


class NewRoleProposal(Body):
    """POST /staff/{id}/roles"""

    role = fields.Enum(Role, by_value=True, required=True)
    give = YesNo(required=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> RoleAsked:
        return RoleAsked(**data)


class RoleProposalOut(Body):
    """A proposal."""

    id = fields.UUID()
    account = fields.UUID()
    role = fields.Enum(Role, by_value=True)
    give = fields.Boolean()
    proposed_by = fields.UUID()


class NewTablet(Body):
    """POST /devices"""

    name = Text(required=True, longest=100)


class TabletOut(Body):
    """A tablet's own secret, shown once."""

    id = fields.UUID()
    name = fields.String()
    secret = fields.String()


class OperationOut(Body):
    """What became of an act."""

    id = fields.UUID()
    fate = fields.String()
