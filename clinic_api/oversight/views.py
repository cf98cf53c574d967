"""Routes of oversight."""

from typing import TYPE_CHECKING, Any

from flask import Blueprint

from clinic_api.accounts.access.door import look
from clinic_api.accounts.rules.roles import Action
from clinic_api.audit import queries as log
from clinic_api.database.scope import Scope
from clinic_api.http.fields import PageQuery
from clinic_api.http.paging import Page, PageAsked, page_of
from clinic_api.oversight import service
from clinic_api.oversight.rules import Verdict
from clinic_api.oversight.schemas import AccessPage, EntryPage, TaskPage, VerdictOut
from clinic_api.tasks import queries as tasks

if TYPE_CHECKING:
    from clinic_api.audit.models import AuditEntry
    from clinic_api.audit.queries import Look

blueprint = Blueprint("oversight", __name__)


@blueprint.get("/verification")
@look(Action.VERIFY_RECORD, VerdictOut())
def verification(*, scope: Scope) -> Verdict:
    """Whether the record is unbroken, and where it is not."""
    return service.verify()


@blueprint.get("/worklist")
@look(Action.SEE_TASKS, TaskPage())
def worklist(*, scope: Scope) -> dict[str, Any]:
    """What is to be done, the most pressing first."""
    return {"items": tasks.open_tasks()}


@blueprint.get("/audit/entries")
@look(Action.SEE_AUDIT, EntryPage(), asks=PageQuery())
def entries(asked: PageAsked, *, scope: Scope) -> "Page[AuditEntry]":
    """What happened, oldest first."""
    return page_of(log.entries(after=asked.after, limit=asked.limit), asked=asked, key=lambda row: row.id)


@blueprint.get("/audit/accesses")
@look(Action.SEE_AUDIT, AccessPage(), asks=PageQuery())
def accesses(asked: PageAsked, *, scope: Scope) -> "Page[Look]":
    """Who looked at whose record and why, oldest first."""
    return page_of(log.accesses(after=asked.after, limit=asked.limit), asked=asked, key=lambda row: row.id)
