"""Shapes of signatures on the wire."""

from typing import Any

from marshmallow import fields, post_load, validate

from clinic_api.http.fields import Body, Moment, Text
from clinic_api.signatures.rules import Meaning, Proof

SIX_DIGITS = validate.Regexp(r"\A[0-9]{6}\Z")


class ChallengeOut(Body):
    """A request for another person's signature, as the tablet shows it."""

    id = fields.UUID()
    subject_table = fields.String()
    subject = fields.UUID()
    subject_digest = fields.Function(lambda asked: asked.subject_digest.hex(), metadata={"type": "string"})
    meaning = fields.Enum(Meaning, by_value=True)
    asked_by = fields.UUID()
    issued_at = Moment()
    expires_at = Moment()


class ProofIn(Body):
    """A second person's own login and PIN, for one request."""

    challenge = fields.UUID(required=True)
    login = Text(required=True, longest=100)
    pin = fields.String(required=True, validate=SIX_DIGITS)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Proof:
        return Proof(**data)


class AttestationOut(Body):
    """A signature."""

    id = fields.UUID()
    meaning = fields.Enum(Meaning, by_value=True)
    signer = fields.UUID()
    printed_name = fields.String()
    roles = fields.List(fields.String())
    subject_table = fields.String()
    subject = fields.UUID()
    at = Moment()
