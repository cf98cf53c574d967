"""Shapes of papers on the wire."""

from typing import Any

from marshmallow import fields, post_load, validate

from clinic_api.http.fields import Body, Moment, Text
from clinic_api.reports.rules import AUDIT, LEDGER, Export, Wanted


class WantedIn(Body):
    """What every export says of itself."""

    since = Moment(required=True)
    until = Moment(required=True)
    reason = Text(required=True, longest=400)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Wanted:
        return Wanted(**{"registration": None, **data})


class LedgerWantedIn(WantedIn):
    """POST /exports/ledger"""

    registration = fields.UUID(load_default=None, allow_none=True)
    kind = fields.Enum(Export, by_value=True, required=True, validate=validate.OneOf(LEDGER))


class AuditWantedIn(WantedIn):
    """POST /exports/audit; the log is the organisation's, so no registration is named."""

    kind = fields.Enum(Export, by_value=True, required=True, validate=validate.OneOf(AUDIT))


class ExportOut(Body):
    """A produced file; its bytes are at GET /exports/{id}/file."""

    id = fields.UUID()
    kind = fields.String()
    name = fields.String()
    rows = fields.Integer()
    content_sha256 = fields.Function(lambda made: made.content_sha256.hex())
    log_size = fields.Integer()
    at = Moment()
