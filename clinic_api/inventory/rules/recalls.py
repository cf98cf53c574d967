"""A recall as one act: every container of the lots, set apart; everybody who got some; what became of it all."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from clinic_api.errors import Conflict, Unacceptable
from clinic_api.inventory.rules.moves import Kind
from clinic_api.inventory.rules.vials import State
from clinic_api.quantities import NOTHING, Mass


class Event(StrEnum):
    """What the audit says of recalls."""

    RECALLED = "stock:recalled"
    CLOSED = "recall:closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallOrder:
    """What is called back, and by whose word.

    Args:
        ndc: as printed on the box or the vial.
        reference: the number of the notice, the supplier's or the authority's.
        due_at: by when letters and return must be done, as the notice says, UTC.
    """

    ndc: str
    lots: tuple[str, ...]
    reason: str
    reference: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One container of the lots, as the recall found it.

    Args:
        held: what it held by the ledger; None where it may not be told, because it is being counted, blind.
        set_apart: this recall set it apart; it was not before, and it held something.
    """

    container: UUID
    label: str
    site: UUID
    location: UUID
    lot: str
    state: State
    held: Mass | None
    set_apart: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Somebody got drug of the lots: who, as identified then, when, how much, out of which container."""

    move: UUID
    patient: UUID
    identity_version: UUID
    visit: UUID
    container: UUID
    label: str
    mass: Mass
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class Went:
    """How much left a container by one kind of move."""

    kind: Kind
    mass: Mass


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one container: what left it, by kind of move."""

    container: UUID
    label: str
    went: Mapping[Kind, Mass]

    @property
    def lines(self) -> tuple[Went, ...]:
        """The same as lines, in the order of their kinds."""
        return tuple(Went(kind, self.went[kind]) for kind in Kind if kind in self.went)


@dataclass(eq=False)
class DueBefore(Unacceptable):
    """A recall is to be done by a time that is past."""

    due_at: datetime

    def __str__(self) -> str:
        return f"{self.due_at:%Y-%m-%d %H:%M} UTC is past; write the time by which letters and return must be done"


@dataclass(eq=False)
class RecallClosed(Conflict):
    """This recall was closed before."""

    closed_at: datetime

    def __str__(self) -> str:
        return f"It was closed at {self.closed_at:%Y-%m-%d %H:%M} UTC; begin another one if more was found."


@dataclass(eq=False)
class StillHeld(Conflict):
    """Containers of the recall still hold drug."""

    containers: tuple[str, ...]

    def __str__(self) -> str:
        return f"{', '.join(self.containers)}: give back, destroy or waste what is left, then close the recall"


@dataclass(eq=False)
class LettersNotSaid(Unacceptable):
    """Patients got drug of the lots, and the closing does not say how they were told."""

    patients: int

    def __str__(self) -> str:
        return f"{self.patients} patients got some; write in letters how and when they were told, or why not"


def check_order(order: RecallOrder, *, at: datetime) -> None:
    """Refuse a recall that is to be done by a time that is past; DueBefore."""
    if order.due_at <= at:
        raise DueBefore(due_at=order.due_at)


def is_to_set_apart(state: State, held: Mass) -> bool:
    """Whether a recall sets a container apart: it still holds drug, and is not in quarantine already."""
    return held > NOTHING and state is not State.QUARANTINED


def check_close(*, closed_at: datetime | None, held: Mapping[str, Mass], patients: int, letters: str | None) -> None:
    """Refuse to close a recall that is closed, or whose work is not done.

    Args:
        held: what each of its containers holds now, by its number.
        patients: how many people got some.
        letters: how they were told.

    Raises:
        RecallClosed, StillHeld, LettersNotSaid: so it is.
    """
    if closed_at is not None:
        raise RecallClosed(closed_at=closed_at)
    if left := tuple(sorted(label for label, mass in held.items() if mass > NOTHING)):
        raise StillHeld(containers=left)
    if patients and letters is None:
        raise LettersNotSaid(patients=patients)


def people_in(given: Sequence[Given]) -> int:
    """How many people got some."""
    return len({each.patient for each in given})


def became(container: UUID, label: str, left: Iterable[tuple[Kind, int]]) -> Outcome:
    """What left a container, summed by kind.

    Args:
        left: micrograms by kind; below zero for what was taken back.
    """
    sums: Counter[Kind] = Counter()
    for kind, ug in left:
        sums[kind] += ug
    return Outcome(container=container, label=label, went={kind: Mass(ug) for kind, ug in sums.items() if ug})
