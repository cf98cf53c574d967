"""The sets of readings that a visit asks for, and which of them nobody has explained."""

from collections.abc import Sequence
from datetime import datetime

from clinic_api.monitoring import queries as monitoring
from clinic_api.monitoring.rules.due import DueSet, DueState, due_sets
from clinic_api.sessions.models import InfusionSession
from clinic_api.sessions.rules.answers import Told
from clinic_api.sessions.service.pinned import protocol_of


def sets_of(infusion: InfusionSession, *, at: datetime) -> Sequence[DueSet]:
    """Every set the protocol asks for with its state, from the actual start; none before there is one."""
    if infusion.started_at is None:
        return ()
    taken_at = [reading.occurred_at for reading in monitoring.readings(infusion.id) if reading.corrected_by is None]
    return sets_asked(infusion, taken_at, at=at)


def sets_asked(infusion: InfusionSession, taken_at: Sequence[datetime], *, at: datetime) -> Sequence[DueSet]:
    """The same, where it is known when the sets that hold were taken."""
    if infusion.started_at is None:
        return ()
    return due_sets(
        protocol_of(infusion).grid,
        started_at=infusion.started_at,
        taken_at=taken_at,
        at=at,
        left_at=infusion.left_at,
    )


def next_due(sets: Sequence[DueSet]) -> DueSet | None:
    """The first set that is due, overdue or to come; None where none is."""
    waiting = (DueState.UPCOMING, DueState.DUE, DueState.OVERDUE)
    return next((it for it in sets if it.state in waiting), None)


def unexplained(infusion: InfusionSession, told: Told, *, at: datetime) -> list[int]:
    """Minutes, from the start, of sets that were missed without a reason."""
    reasons = told.missed()
    return [it.minute for it in sets_of(infusion, at=at) if it.state is DueState.MISSED and it.minute not in reasons]
