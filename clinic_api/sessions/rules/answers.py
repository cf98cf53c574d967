"""What is told about a visit: facts with their time. The newest of a name counts, every one of them stays."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from clinic_api.errors import NotPermitted
from clinic_api.quantities import Weight

PRESCRIBER: Final = "prescriber"


class Fact(StrEnum):
    """One thing that can be told about a visit."""

    LAST_SOLIDS = "last_solids_at"
    LAST_CLEAR_FLUIDS = "last_clear_fluids_at"
    ESCORT = "escort"
    WEIGHT = "weight_kg"
    HEIGHT = "height_mm"
    FORMULA_SEX = "formula_sex"
    LINE_PLACED = "line_placed"
    EQUIPMENT_CHECKED = "equipment_checked"
    TIME_OUT = "time_out"
    PRESSURE_HOLD_CLEARED = "pressure_hold_cleared"
    SAFETY_INTERVIEW = "safety_interview"
    SAFETY_PLAN_ON = "safety_plan_on"
    SAFETY_ACTION = "safety_action"
    DOSE_CHECK = "dose_check"
    PRESCRIBER_AGREES = "prescriber_agrees"
    ALDRETE = "aldrete"
    GAIT_STEADY = "gait_steady"
    NAUSEA_CONTROLLED = "nausea_controlled"
    SUICIDE_ITEM_RECHECKED = "suicide_item_rechecked"
    LINE_REMOVED = "line_removed"
    INSTRUCTIONS_GIVEN = "instructions_given"
    ESCORT_IDENTIFIED = "escort_identified"
    DISCHARGE_OVERRIDE = "discharge_override"
    MISSED_SET = "missed_set"
    PRESCRIBER_TOLD = "prescriber_told"
    RESCUE = "rescue"
    ADVERSE_EVENT = "adverse_event"
    NOTE = "note"
    NEXT_VISIT = "next_visit"


#: What names or describes a person outside the clinic, or is free text about the patient: kept sealed.
SEALED: Final = frozenset({Fact.ESCORT, Fact.NOTE, Fact.SAFETY_ACTION, Fact.ADVERSE_EVENT, Fact.RESCUE})

#: What only a prescriber can say; the door lets others answer on the same route.
PRESCRIBERS: Final = frozenset({Fact.PRESSURE_HOLD_CLEARED, Fact.DISCHARGE_OVERRIDE})


@dataclass(eq=False)
class ForAPrescriber(NotPermitted):
    """Only a prescriber can say this."""

    fact: Fact

    def __str__(self) -> str:
        return f"{self.fact} is a prescriber's decision; ask one to enter it with the release or on their own sign-in"


@dataclass(frozen=True)
class Answer:
    """One fact as it was told.

    Args:
        value: plain JSON: text, whole number, yes or no, or an object of them.
        occurred_at: when it was so, as claimed, UTC.
        recorded_at: when it was written down, UTC.
        by: who told it; None for a tablet without a person.
    """

    fact: Fact
    value: Any
    occurred_at: datetime
    recorded_at: datetime
    by: UUID | None


@dataclass(frozen=True)
class Told:
    """All that was told about a visit, in the order in which it was so."""

    answers: tuple[Answer, ...]

    def every(self, fact: Fact) -> tuple[Answer, ...]:
        """Each answer of this name, oldest first."""
        return tuple(answer for answer in self.answers if answer.fact is fact)

    def newest(self, fact: Fact, *, since: datetime | None = None) -> Answer | None:
        """The answer that counts; with ``since``, one from before that moment does not."""
        counting = [it for it in self.every(fact) if since is None or it.occurred_at >= since]
        return counting[-1] if counting else None

    def value(self, fact: Fact, *, since: datetime | None = None) -> Any:
        """What the answer that counts says, None where there is none."""
        answer = self.newest(fact, since=since)
        return None if answer is None else answer.value

    def moment(self, fact: Fact) -> datetime | None:
        """A time that was told, UTC."""
        text = self.value(fact)
        return None if text is None else datetime.fromisoformat(text)

    def weight(self) -> Weight | None:
        """Today's weight, None while the patient was not weighed."""
        text = self.value(Fact.WEIGHT)
        return None if text is None else Weight.kg(text)

    def missed(self) -> Mapping[int, Answer]:
        """Why a set was missed, by its minute from the start; the newest reason of a minute counts."""
        return {answer.value["minute"]: answer for answer in self.every(Fact.MISSED_SET)}

    def overrides(self, *, since: datetime | None) -> Mapping[str, Answer]:
        """What a prescriber accepted of the discharge criteria since a moment, by criterion."""
        told = self.every(Fact.DISCHARGE_OVERRIDE)
        return {it.value["criterion"]: it for it in told if since is None or it.occurred_at >= since}


def told_of(answers: Iterable[Answer]) -> Told:
    """The answers in the order in which they were so; of two at one moment, the one written later comes later."""
    return Told(tuple(sorted(answers, key=lambda it: (it.occurred_at, it.recorded_at))))


def check_may_tell(facts: Collection[Fact], *, roles: Collection[str]) -> None:
    """Refuse what only a prescriber can say from somebody who is none.

    Raises:
        ForAPrescriber: naming the first such fact.
    """
    if PRESCRIBER in roles:
        return
    for fact in facts:
        if fact in PRESCRIBERS:
            raise ForAPrescriber(fact)
