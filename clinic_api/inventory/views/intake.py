"""Routes of scans and of imports from the NDC directory."""

from flask import Blueprint

from clinic_api.accounts.access.door import act, look
from clinic_api.accounts.rules.roles import Action
from clinic_api.database.scope import Scope
from clinic_api.inventory.queries import scans
from clinic_api.inventory.queries.scans import ScanFound
from clinic_api.inventory.rules.importing import Asked
from clinic_api.inventory.schemas.intake import NewImport, NewPreview, NewScan, PreviewOut, ScanAsked, ScanOut
from clinic_api.inventory.service import importing
from clinic_api.inventory.service.importing import Preview

blueprint = Blueprint("intake", __name__)


@blueprint.post("/scans")
@look(Action.READ_LEDGER, ScanOut(), takes=NewScan())
def scan(asked: ScanAsked, *, scope: Scope) -> ScanFound:
    """What a scanned code stands for; nothing is created by scanning."""
    return scans.found(asked.scan, asked.site)


@blueprint.post("/product-imports/preview")
@look(Action.SEE_CLINIC, PreviewOut(), takes=NewPreview())
def preview_import(asked: Asked, *, scope: Scope) -> Preview:
    """What would become of each row of a table of packages."""
    return importing.preview(asked)


@blueprint.post("/product-imports")
@act(Action.ADOPT_POLICY, NewImport(), PreviewOut())
def adopt_import(asked: Asked, *, scope: Scope) -> Preview:
    """Adopt a drug's list with the packages that the preview showed."""
    return importing.adopt(asked, scope=scope)
