"""What counts are made for: who makes them, what they cover, and how they are opened."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from clinic_api.clinics.rules.profile import CountControl
from clinic_api.errors import Unacceptable

#: How long one person may count alone where the profile asks for a second one weekly.
WEEK: Final = timedelta(days=7)


class CountKind(StrEnum):
    """What the count is made for; an inspector reads opening or close of business."""

    OPENING = "opening"
    CLOSING = "closing"
    SHIFT = "shift"
    CYCLE = "cycle"
    HANDOVER = "handover"
    RECOUNT = "recount"
    INITIAL = "initial"
    BIENNIAL = "biennial"
    REGISTRATION_CLOSING = "registration-closing"


#: The law asks for these, of every location of a registration at once.
STATUTORY: Final = frozenset({CountKind.INITIAL, CountKind.BIENNIAL, CountKind.REGISTRATION_CLOSING})
#: How many people make a count of which the practice profile says nothing.
PERSONS: Final = {CountKind.CYCLE: 1, CountKind.RECOUNT: 1, CountKind.HANDOVER: 2}
#: Where a count that is not opened as such comes from.
OPENED_AT: Final = {CountKind.RECOUNT: "POST /counts/{id}/recount"} | dict.fromkeys(STATUTORY, "POST /inventories")


@dataclass(eq=False)
class OpenedElsewhere(Unacceptable):
    """A count of this kind is not opened by itself."""

    kind: CountKind
    opened_at: str

    def __str__(self) -> str:
        return f"A count of kind {self.kind} is opened with {self.opened_at}."


@dataclass(eq=False)
class WholeLocation(Unacceptable):
    """A count of this kind covers the whole location."""

    kind: CountKind

    def __str__(self) -> str:
        return f"Leave products and containers out, or make a cycle count; {self.kind} covers all that is there."


@dataclass(eq=False)
class MorePeopleNeeded(Unacceptable):
    """The practice profile asks for more people than were named."""

    persons: int
    at_least: int

    def __str__(self) -> str:
        return f"This count takes {self.at_least} people; leave persons out, or name more."


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCount:
    """A count to open.

    Args:
        persons: how many count, where that is more than the practice profile asks for.
        products, containers: the part of the location that is counted; none of either for all of it.
    """

    location: UUID
    kind: CountKind
    persons: int | None = None
    products: tuple[str, ...] = ()
    containers: tuple[UUID, ...] = ()

    @property
    def partial(self) -> bool:
        """Whether it covers a part of the location only."""
        return bool(self.products or self.containers)


def persons_for(kind: CountKind, control: CountControl) -> int:
    """How many people make this count, by the practice profile where that says it."""
    if kind is CountKind.OPENING:
        return control.opening_persons
    return PERSONS.get(kind, control.closing_persons)


def persons_asked(new: NewCount, control: CountControl) -> int:
    """How many people make this count; more than the profile asks for is always allowed.

    Raises:
        MorePeopleNeeded: fewer were named.
    """
    least = persons_for(new.kind, control)
    if new.persons is not None and new.persons < least:
        raise MorePeopleNeeded(persons=new.persons, at_least=least)
    return new.persons or least


def check_opening(new: NewCount) -> None:
    """Refuse a count that is opened in another way, or that leaves out what its kind covers.

    Raises:
        OpenedElsewhere, WholeLocation: so it is.
    """
    if new.kind in OPENED_AT:
        raise OpenedElsewhere(kind=new.kind, opened_at=OPENED_AT[new.kind])
    if new.partial and new.kind is not CountKind.CYCLE:
        raise WholeLocation(kind=new.kind)


def second_due(last: datetime) -> datetime:
    """When a second person counts along again.

    Args:
        last: when one did, or when somebody first counted alone, UTC.
    """
    return last + WEEK
