"""Acts that nothing may hold up: they are written down first, and the ledger follows if it can."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy.exc import IntegrityError

from clinic_api.database.rows import db
from clinic_api.database.scope import Scope
from clinic_api.dosing import queries as doses
from clinic_api.dosing.rules.intake import PumpTap
from clinic_api.dosing.service import pumping as dosing
from clinic_api.errors import Refusal
from clinic_api.inventory.service import refusing
from clinic_api.sessions.models import InfusionSession
from clinic_api.sessions.rules.asked import Tap
from clinic_api.sessions.rules.record import Mark, TaskKind
from clinic_api.sessions.rules.times import Happened, contradicts_end, urgent_time
from clinic_api.sessions.service.duties import close_duties, open_duty
from clinic_api.sessions.service.pinned import protocol_of

if TYPE_CHECKING:
    from clinic_api.dosing.service.pumping import Given

T = TypeVar("T")


def time_of(infusion: InfusionSession, tap: Tap, *, scope: Scope) -> Happened:
    """When a tap that cannot wait happened."""
    limits = protocol_of(infusion).late_entry
    return urgent_time(tap.occurred_at, recorded_at=scope.at, reason=tap.reason, limits=limits)


def reckoned(act: Callable[[], T], *, scope: Scope) -> tuple[T | None, tuple[Mark, ...]]:
    """Let the ledger follow; where it refuses, nothing of it is kept and the act is marked.

    What the refusal itself leaves in the record does not hold the act up either.
    """
    try:
        with db.session.begin_nested():
            return act(), ()
    except Refusal as refused:
        with suppress(Refusal, IntegrityError), db.session.begin_nested():
            refusing.leave_behind(refused, scope)
        return None, (Mark.NOT_RECKONED,)


def marked(infusion: InfusionSession, happened: Happened, marks: tuple[Mark, ...], *, scope: Scope) -> Happened:
    """The time with more marks; what the ledger could not follow is left to somebody at once."""
    if Mark.NOT_RECKONED in marks:
        open_duty(infusion, TaskKind.RECKON_DOSE, due_at=scope.at, scope=scope)
    return replace(happened, marks=(*happened.marks, *marks))


def tap_of(infusion: InfusionSession, at: datetime, reason: str | None) -> PumpTap:
    """A tap as the pump's record takes it."""
    return PumpTap(visit=infusion.id, occurred_at=at, late_reason=reason)


def end_dose(
    infusion: InfusionSession, at: datetime, *, reason: str | None, scope: Scope
) -> tuple["Given | None", tuple[Mark, ...]]:
    """The pump no longer runs: what was given is reckoned once; a second end changes no figure."""
    if infusion.started_at is None:
        return None, ()
    if doses.administration_of(infusion.id) is not None:
        return None, (Mark.NOT_RECKONED,) if contradicts_end(at, ended_at=infusion.stopped_at) else ()
    if any(at < event.occurred_at for event in doses.events(infusion.id)):
        infusion.stopped_at = infusion.stopped_at or scope.at  # a stop before what is on record cannot be reckoned
        return None, (Mark.NOT_RECKONED,)
    given, marks = reckoned(lambda: dosing.stop(tap_of(infusion, at, reason), scope=scope), scope=scope)
    if given is not None or infusion.stopped_at is None:
        infusion.stopped_at = at
    if given is not None:
        close_duties(infusion.id, TaskKind.RECKON_DOSE, outcome="reckoned", scope=scope)
    return given, marks
