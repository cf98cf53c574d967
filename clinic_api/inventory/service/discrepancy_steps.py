"""The one place where a discrepancy takes a step, and where each act leaves its row."""

from typing import Final
from uuid import UUID

from clinic_api.audit import service as audit
from clinic_api.database.rows import Row, put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import new_id
from clinic_api.inventory.models.discrepancies import Discrepancy, DiscrepancyEvent
from clinic_api.inventory.queries import discrepancies
from clinic_api.inventory.rules.discrepancies import EVENTS, FIRST, UNSETTLED, Act, after
from clinic_api.inventory.service import discrepancy_clocks

EVENTS_TABLE: Final = DiscrepancyEvent.__tablename__


def check(discrepancy: UUID, act: Act) -> tuple[Discrepancy, DiscrepancyEvent]:
    """A discrepancy and its newest act, where its state allows ``act``.

    Raises:
        NoSuchDiscrepancy: not here.
        NotYetPossible: it does not; names what must come first.
    """
    row, last = discrepancies.discrepancy(discrepancy), discrepancies.last_event(discrepancy)
    after(last.to_state, act)
    return row, last


def begin(row: Discrepancy, *wrote: Row, scope: Scope) -> None:
    """The first act of a discrepancy that was just written, and its clocks."""
    event = put(_event(row.id, Act.DETECT, 1, scope))
    audit.record(EVENTS[Act.DETECT], row, event, *wrote, origin=row.origin)
    discrepancy_clocks.start(row, since=row.at, act=Act.DETECT, scope=scope)


def take(
    at: tuple[Discrepancy, DiscrepancyEvent],
    act: Act,
    *wrote: Row,
    owner: UUID | None = None,
    reason: str | None = None,
    scope: Scope,
) -> DiscrepancyEvent:
    """Write the act that ``check`` allowed; of two that were checked at once, the database refuses the second.

    Args:
        at: what ``check`` returned.
        wrote: the rows that the act wrote; the first is what its event names.
        owner: who answers from now on; None leaves it as it is.
        reason: in words; sealed.
    """
    row, last = at
    event = _event(row.id, act, last.number + 1, scope)
    event.from_state, event.to_state = last.to_state, after(last.to_state, act)
    event.owner = owner or last.owner
    if wrote:
        event.subject_table, event.subject = wrote[0].__tablename__, wrote[0].id
    if reason is not None:
        event.sealed = discrepancies.sealed(reason, EVENTS_TABLE, event.id)
    put(event)
    audit.record(EVENTS[act], row, event, *wrote, to=event.to_state)
    if act is Act.REOPEN:
        discrepancy_clocks.start(row, since=scope.at, act=act, scope=scope)
    elif last.to_state in UNSETTLED and event.to_state not in UNSETTLED:
        discrepancy_clocks.settle(row, event.to_state, scope=scope)
    return event


def _event(discrepancy: UUID, act: Act, number: int, scope: Scope) -> DiscrepancyEvent:
    return DiscrepancyEvent(
        organisation=scope.organisation,
        id=new_id(scope.at),
        discrepancy=discrepancy,
        number=number,
        act=act,
        to_state=FIRST,
        by=scope.actor,
        device=scope.device,
        at=scope.at,
    )
