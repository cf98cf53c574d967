"""A visit in a few words: what the board and the head of the paper say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final

from clinic_api.monitoring.rules.readings import Reading
from clinic_api.quantities import Mass, decimal_text
from clinic_api.sessions.rules.life import State

MINUTE: Final = timedelta(minutes=1)
TICK: Final = timedelta(microseconds=1)
HOW_IT_ENDED: Final = {
    State.DISCHARGED: "discharged",
    State.ABORTED_PRE_DOSE: "ended before a dose",
    State.LEFT_AMA: "left against advice",
    State.LEFT_WITHOUT_NOTICE: "left without telling us",
    State.TRANSFERRED_EMERGENCY: "transferred to emergency care",
}


@dataclass(frozen=True, kw_only=True)
class Course:
    """How a visit went.

    Args:
        given: what the patient got; None where nothing was reckoned.
        drawn: what was made up.
        running: how long the pump ran.
        completed: all that was made up was given.
    """

    given: Mass | None
    drawn: Mass | None
    running: timedelta | None
    completed: bool
    started_at: datetime | None
    readings: Sequence[Reading]
    rescues: int
    adverse_events: int
    state: State
    escorted: bool


def result_line(course: Course) -> str:
    """The whole visit in one line, for a reader who reads no other."""
    parts = [_dose(course), _peak(course), _events(course), _end(course)]
    return " ".join(part for part in parts if part)


def initials(name: str) -> str:
    """The first letter of each word of a name: all that a screen on the wall may say."""
    return "".join(f"{word[0].upper()}." for word in name.replace("-", " ").split() if word[0].isalnum())


def minutes_between(since: datetime, until: datetime) -> int:
    """Whole minutes that have passed; none before the beginning."""
    return max(0, (until - since) // MINUTE)


def minutes_text(running: timedelta) -> str:
    """A running time in minutes, to the nearest tenth: 39 min 30 s is ``39.5``, and a tap's breath makes no minute."""
    return decimal_text(Fraction(round(Fraction(running // TICK * 10, MINUTE // TICK)), 10))


def _dose(course: Course) -> str:
    if course.given is None:
        return "No dose given." if course.started_at is None else "A dose was started; what was given is not reckoned."
    over = "" if course.running is None else f" over {minutes_text(course.running)} min"
    whole = "completed" if course.completed or course.drawn is None else f"stopped early, of {course.drawn} made up"
    return f"{course.given} given{over}, {whole}."


def _peak(course: Course) -> str:
    """The highest pressure from the start on, with its minute."""
    start = course.started_at
    read = [it for it in course.readings if start is not None and it.taken_at >= start and it.systolic_mmhg is not None]
    if start is None or not read:
        return ""
    highest = max(read, key=lambda it: it.systolic_mmhg or 0)
    diastolic = "not read" if highest.diastolic_mmhg is None else str(highest.diastolic_mmhg)
    return f"Peak BP {highest.systolic_mmhg}/{diastolic} at {minutes_between(start, highest.taken_at)} min."


def _events(course: Course) -> str:
    adverse = _counted(course.adverse_events, "adverse event") or "No adverse event recorded."
    rescued = _counted(course.rescues, "rescue drug")
    return f"{adverse} {rescued}".strip()


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'s' if number > 1 else ''}." if number else ""


def _end(course: Course) -> str:
    ended = HOW_IT_ENDED.get(course.state)
    if ended is None:
        return "The patient is here."
    escort = ", escorted" if course.escorted else ""
    return f"{ended.capitalize()}{escort}."
