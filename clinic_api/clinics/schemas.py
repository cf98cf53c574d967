"""Shapes of places, standing and policy on the wire."""

from typing import Any

from marshmallow import fields, post_load, validate

from clinic_api.clinics.rules.law import Cadence, Question, Value
from clinic_api.clinics.rules.places import NewLicence, NewRegistration, NewSite
from clinic_api.http.fields import Body, Day, Moment, Text


class SiteIn(Body):
    """POST /sites"""

    name = Text(required=True)
    address = Text(required=True, longest=400)
    phone = Text(required=True, longest=40)
    state = fields.String(required=True, validate=validate.Regexp(r"\A[A-Z]{2}\Z"))
    zone = Text(required=True, longest=60)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> NewSite:
        return NewSite(**data)


class SiteOut(Body):
    """A site."""

    id = fields.UUID()
    name = fields.String()
    address = fields.String()
    phone = fields.String()
    state = fields.String()
    zone = fields.String()


class SitePage(Body):
    """The sites."""

    items = fields.List(fields.Nested(SiteOut()))


class RegistrationIn(Body):
    """POST /sites/{id}/registrations"""

    dea_number = Text(required=True, longest=40)
    registrant = Text(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(["individual", "mid_level", "institutional"]))
    address = Text(required=True, longest=400)
    schedules = fields.List(Text(longest=2), required=True, validate=validate.Length(1, 6))
    valid_from = Day(required=True)
    valid_until = Day(required=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> NewRegistration:
        return NewRegistration(**data)


class RegistrationOut(Body):
    """A registration."""

    id = fields.UUID()
    site = fields.UUID()
    dea_number = fields.String()
    registrant = fields.String()
    kind = fields.String()
    address = fields.String()
    schedules = fields.List(fields.String())
    valid_from = fields.Date()
    valid_until = fields.Date()


class ChairIn(Body):
    """POST /sites/{id}/chairs"""

    name = Text(required=True, longest=60)


class ChairOut(Body):
    """A chair."""

    id = fields.UUID()
    site = fields.UUID()
    name = fields.String()


class LicenceIn(Body):
    """POST /staff/{id}/licences"""

    kind = Text(required=True, longest=60)
    number = Text(required=True, longest=60)
    state = fields.String(required=True, validate=validate.Regexp(r"\A[A-Z]{2}\Z"))
    expires_on = Day(required=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> NewLicence:
        return NewLicence(**data)


class LicenceOut(Body):
    """A licence."""

    id = fields.UUID()
    account = fields.UUID()
    kind = fields.String()
    number = fields.String()
    state = fields.String()
    expires_on = fields.Date()


class PresenceIn(Body):
    """POST /presences"""

    site = fields.UUID(required=True)


class PresenceOut(Body):
    """Somebody is here."""

    id = fields.UUID()
    account = fields.UUID()
    site = fields.UUID()
    from_at = Moment()
    until_at = Moment(allow_none=True)
    source = fields.String()


class PresencePage(Body):
    """Who is here."""

    items = fields.List(fields.Nested(PresenceOut()))


class LawQuery(Body):
    """GET /sites/{id}/law; without a day, today at the site."""

    on = Day(load_default=None)


class LawValue(fields.Field[Value]):
    """An answer as it is kept: a whole number or yes and no, a list of words, a period in months and days."""

    def __init__(self) -> None:
        super().__init__(metadata={"type": ["integer", "boolean", "array", "object", "null"]})

    def _serialize(self, value: Value | None, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        if isinstance(value, Cadence):
            return {"months": value.months, "days": value.days}
        return list(value) if isinstance(value, tuple) else value


class RuleOut(Body):
    """One jurisdiction's answer, and how far it can be trusted."""

    jurisdiction = fields.String()
    title = fields.String()
    version = fields.Integer()
    field = fields.String()
    value = LawValue()
    holds_from = fields.Date(allow_none=True)
    holds_until = fields.Date(allow_none=True)
    source = fields.String(attribute="origin.source")
    status = fields.String(attribute="origin.status")


class LawAnswerOut(Body):
    """What holds at a site: null where no jurisdiction says anything."""

    question = fields.Enum(Question, by_value=True)
    on = fields.Date()
    value = LawValue()
    won = fields.List(fields.Nested(RuleOut()))
    compared = fields.List(fields.Nested(RuleOut()))


class LawOut(Body):
    """The law of a site, question by question."""

    items = fields.List(fields.Nested(LawAnswerOut()))


class PolicyIn(Body):
    """POST /policies/{kind}/{key}"""

    content = fields.Dict(keys=fields.String(), required=True)


class PolicyOut(Body):
    """A policy version."""

    id = fields.UUID()
    kind = fields.String()
    key = fields.String()
    version = fields.Integer()
    content = fields.Dict()
