"""Shapes of disputes."""

from typing import Any

from marshmallow import fields, post_load, validate

from clinic_api.http.fields import Body, Moment, Text


class NewDispute(Body):
    """POST /wastes/{id}/dispute, and likewise of a removal and a correction"""

    words = Text(required=True, longest=1000, validate=validate.Length(10))

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> str:
        words: str = data["words"]
        return words


class DisputeOut(Body):
    """That a signature is disputed, and the discrepancy that looks into it."""

    attestation = fields.UUID()
    by = fields.UUID()
    at = Moment()
    discrepancy = fields.UUID()
