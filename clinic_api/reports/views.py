"""Routes of papers."""

from uuid import UUID

from flask import Blueprint

from clinic_api.accounts.access.door import act, look
from clinic_api.accounts.access.permissions import permits
from clinic_api.accounts.access.replies import File
from clinic_api.accounts.rules.roles import Action
from clinic_api.database.scope import Scope
from clinic_api.reports import service
from clinic_api.reports.models import ProducedFile
from clinic_api.reports.rules import Wanted
from clinic_api.reports.schemas import AuditWantedIn, ExportOut, LedgerWantedIn

blueprint = Blueprint("reports", __name__)


@blueprint.get("/sessions/<uuid:session>/summary.pdf")
@look(Action.PRINT_SUMMARY, File("application/pdf", "summary.pdf"))
def session_summary(session: UUID, *, scope: Scope) -> bytes:
    """The summary of a signed session, printed from what was signed and from nothing else."""
    return service.printed_summary(session)


@blueprint.get("/inventories/<uuid:inventory>/record.pdf")
@look(Action.READ_LEDGER, File("application/pdf", "inventory.pdf"))
def inventory_record(inventory: UUID, *, scope: Scope) -> bytes:
    """A statutory inventory, printed from what was signed and from nothing else."""
    return service.printed_inventory(inventory)


@blueprint.get("/containers/<uuid:container>/label.pdf")
@look(Action.PRINT_LABEL, File("application/pdf", "label.pdf"))
def container_label(container: UUID, *, scope: Scope) -> bytes:
    """The label of an opened vial, a syringe or a container set apart; scanning it finds the container."""
    return service.printed_label(container)


@blueprint.post("/exports/ledger")
@act(Action.EXPORT_LEDGER, LedgerWantedIn(), ExportOut())
def export_ledger(wanted: Wanted, *, scope: Scope) -> ProducedFile:
    """Export the ledger of a registration."""
    return service.export(wanted, scope=scope)


@blueprint.post("/exports/audit")
@act(Action.EXPORT_AUDIT, AuditWantedIn(), ExportOut())
def export_audit(wanted: Wanted, *, scope: Scope) -> ProducedFile:
    """Export the audit log."""
    return service.export(wanted, scope=scope)


@blueprint.get("/exports/<uuid:export>/file")
@look(Action.EXPORT_LEDGER, File("application/octet-stream", "export"))
def export_file(export: UUID, *, scope: Scope) -> bytes:
    """The bytes of a produced file, hashed again before they leave."""
    return service.file_bytes(export, audit=permits(scope.roles, Action.EXPORT_AUDIT))
