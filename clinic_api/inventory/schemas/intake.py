"""Shapes of scans and of imports from the NDC directory."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from marshmallow import fields, post_load, validate

from clinic_api.http.fields import Body, Text
from clinic_api.inventory.rules.importing import Asked
from clinic_api.inventory.rules.products import ContainerKind
from clinic_api.inventory.rules.scanning import LONGEST
from clinic_api.inventory.schemas.stock import ContainerOut, ProductOut

#: Characters of a table; the whole request has its own limit, in bytes.
LONGEST_TABLE = 200_000
VIAL_KINDS = [ContainerKind.MULTI_DOSE_VIAL, ContainerKind.SINGLE_DOSE_VIAL]


@dataclass(frozen=True, slots=True)
class ScanAsked:
    """A code, and the site at which it was scanned."""

    scan: str
    site: UUID


class NewScan(Body):
    """POST /scans; the code as the scanner sent it, with GS (0x1D) for FNC1."""

    scan = fields.String(required=True, validate=validate.Length(1, LONGEST))
    site = fields.UUID(required=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> ScanAsked:
        return ScanAsked(**data)


class ScanOut(Body):
    """What a code stands for; of a package, what a line of a receipt takes."""

    product = fields.Nested(ProductOut(), attribute="stocked", allow_none=True)
    ndc = fields.String(allow_none=True)
    units = fields.Integer(allow_none=True)
    gtin = fields.String(allow_none=True)
    lot = fields.String(allow_none=True)
    expiry = fields.Date(allow_none=True)
    expired = fields.Boolean(allow_none=True)
    serial = fields.String(allow_none=True)
    containers = fields.List(fields.Nested(ContainerOut()))


class NewPreview(Body):
    """POST /product-imports/preview; tables of the NDC directory as they are published, with their heading."""

    drug = Text(required=True, longest=60)
    packages = fields.String(required=True, validate=validate.Length(1, LONGEST_TABLE))
    products = fields.String(load_default=None, validate=validate.Length(1, LONGEST_TABLE))
    plain_vials = fields.Enum(ContainerKind, by_value=True, load_default=None, validate=validate.OneOf(VIAL_KINDS))
    source = Text(required=True, longest=200)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Asked:
        return Asked(**data)


class NewImport(NewPreview):
    """POST /product-imports; ``seen`` is the proposal that the preview answered."""

    seen = fields.String(required=True, validate=validate.Regexp(r"\A[0-9a-f]{64}\Z"))


class JudgedOut(Body):
    """A row with the package that it may become, or why it may not."""

    number = fields.Integer()
    ndc = fields.String()
    package = fields.Dict(allow_none=True)
    refused = fields.String(allow_none=True)
    note = fields.String(allow_none=True)


class PreviewOut(Body):
    """What would become of a table, or what became of it."""

    drug = fields.String()
    policy_version = fields.Integer(allow_none=True)
    proposal = fields.String(allow_none=True)
    rows = fields.List(fields.Nested(JudgedOut()))
