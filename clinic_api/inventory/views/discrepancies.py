"""Routes of discrepancies: reporting one, keeping its containers from use, and looking into it."""

from typing import Any
from uuid import UUID

from flask import Blueprint

from clinic_api.accounts.access.door import act, look
from clinic_api.accounts.rules.roles import Action
from clinic_api.database.scope import Scope
from clinic_api.http.fields import Empty
from clinic_api.http.paging import Page, page_of
from clinic_api.inventory.models.discrepancies import DiscrepancyEvidence
from clinic_api.inventory.queries import discrepancies, discrepancy_files, discrepancy_policy
from clinic_api.inventory.queries.discrepancies import DiscrepancyShown
from clinic_api.inventory.queries.discrepancy_files import DiscrepancyFile
from clinic_api.inventory.rules.containment import Containment
from clinic_api.inventory.rules.investigating import NewEvidence
from clinic_api.inventory.schemas.discrepancies import (
    Assignment,
    DiscrepanciesAsked,
    DiscrepanciesQuery,
    Freed,
    InWords,
    NewAssignment,
    NewContainment,
    NewLink,
    NewPiece,
    NewRelease,
    NewReport,
    Seen,
)
from clinic_api.inventory.schemas.discrepancy_files import (
    DiscrepancyFileOut,
    DiscrepancyOut,
    DiscrepancyPage,
    DiscrepancyPolicyOut,
    PieceAddedOut,
)
from clinic_api.inventory.service import discrepancies as files

blueprint = Blueprint("discrepancies", __name__)


@blueprint.post("/discrepancies")
@act(Action.REPORT_DISCREPANCY, NewReport(), DiscrepancyOut())
def report_discrepancy(seen: Seen, *, scope: Scope) -> DiscrepancyShown:
    """Say that something does not add up, in your own words; nobody has to be sure."""
    return files.report(seen.site, seen.seen, seen.found_at, seen.containers, scope=scope)


@blueprint.get("/discrepancies")
@look(Action.READ_DISCREPANCIES, DiscrepancyPage(), asks=DiscrepanciesQuery())
def list_discrepancies(asked: DiscrepanciesAsked, *, scope: Scope) -> Page[DiscrepancyShown]:
    """Discrepancies in the order in which they came up."""
    rows = discrepancies.page(asked.which, after=asked.page.after, limit=asked.page.limit)
    return page_of(rows, asked=asked.page, key=lambda row: row.id)


@blueprint.get("/discrepancies/<uuid:discrepancy>")
@look(Action.READ_DISCREPANCIES, DiscrepancyFileOut())
def discrepancy(discrepancy: UUID, *, scope: Scope) -> DiscrepancyFile:
    """A discrepancy with its timeline and all that lies in its file."""
    return discrepancy_files.whole_file(discrepancy)


@blueprint.get("/discrepancy-policy")
@look(Action.SEE_CLINIC, DiscrepancyPolicyOut())
def policy(*, scope: Scope) -> dict[str, Any]:
    """What is weighed before a loss is determined, and what Form 106 asks."""
    read = discrepancy_policy
    return {"factors": read.factors(), "form": read.form(), "clocks": read.clocks()}


@blueprint.post("/discrepancies/<uuid:discrepancy>/owner")
@act(Action.WORK_DISCREPANCY, NewAssignment(), DiscrepancyOut())
def assign(discrepancy: UUID, asked: Assignment, *, scope: Scope) -> DiscrepancyShown:
    """Somebody answers for it from now on."""
    return files.assign(discrepancy, asked.owner, asked.reason, scope=scope)


@blueprint.post("/discrepancies/<uuid:discrepancy>/containers")
@act(Action.CONTAIN_DISCREPANCY, NewLink(), DiscrepancyOut())
def link(discrepancy: UUID, asked: dict[str, UUID], *, scope: Scope) -> DiscrepancyShown:
    """A further container is concerned."""
    return files.link(discrepancy, asked["container"], scope=scope)


@blueprint.post("/discrepancies/<uuid:discrepancy>/containment")
@act(Action.CONTAIN_DISCREPANCY, NewContainment(), DiscrepancyOut())
def contain(discrepancy: UUID, how: Containment, *, scope: Scope) -> DiscrepancyShown:
    """Keep what it is about from use, and ask for a recount."""
    return files.contain(discrepancy, how, scope=scope)


@blueprint.post("/discrepancies/<uuid:discrepancy>/release")
@act(Action.CONTAIN_DISCREPANCY, NewRelease(), DiscrepancyOut())
def release(discrepancy: UUID, asked: Freed, *, scope: Scope) -> DiscrepancyShown:
    """A frozen container may be used again, for a reason."""
    return files.release(discrepancy, asked.container, asked.reason, scope=scope)


@blueprint.post("/discrepancies/<uuid:discrepancy>/investigation")
@act(Action.WORK_DISCREPANCY, Empty(), DiscrepancyOut())
def investigate(discrepancy: UUID, _: dict[str, Any], *, scope: Scope) -> DiscrepancyShown:
    """Begin to look into it."""
    return files.investigate(discrepancy, scope=scope)


@blueprint.post("/discrepancies/<uuid:discrepancy>/evidence")
@act(Action.ADD_EVIDENCE, NewPiece(), PieceAddedOut())
def add_evidence(discrepancy: UUID, new: NewEvidence, *, scope: Scope) -> DiscrepancyEvidence:
    """Put a note, a statement, an attachment, a recount or a refused draw into the file."""
    return files.add_evidence(discrepancy, new, scope=scope)


@blueprint.post("/discrepancies/<uuid:discrepancy>/explanation")
@act(Action.WORK_DISCREPANCY, InWords(), DiscrepancyOut())
def explain(discrepancy: UUID, said: dict[str, str], *, scope: Scope) -> DiscrepancyShown:
    """Say how it came about; the book stays as it is."""
    return files.explain(discrepancy, said["words"], scope=scope)


@blueprint.post("/discrepancies/<uuid:discrepancy>/reopening")
@act(Action.WORK_DISCREPANCY, InWords(), DiscrepancyOut())
def reopen(discrepancy: UUID, said: dict[str, str], *, scope: Scope) -> DiscrepancyShown:
    """There is more to it: look into it again."""
    return files.reopen(discrepancy, said["words"], scope=scope)
