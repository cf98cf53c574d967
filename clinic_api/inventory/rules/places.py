"""Locked places for drug: who may do what there, behind which lock, and how much should lie ready."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from clinic_api.errors import NotPermitted

#: The task that asks for more stock.
BELOW_PAR: Final = "stock-below-par"


class Lock(StrEnum):
    """What keeps a location shut."""

    SAFE = "safe"
    CABINET = "cabinet"
    DRAWER = "drawer"
    REFRIGERATOR = "refrigerator"
    DISPENSER = "dispenser"


class PlaceAct(StrEnum):
    """What an access list is about. Setting apart is on none: whoever sees a reason to, may."""

    DRAW = "draw"
    RECEIVE = "receive"
    COUNT = "count"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccess:
    """How a location is kept from now on; it replaces all that held before.

    Args:
        may: the people of each act's list; nobody named is everybody whose role allows it.
        reason: why it is changed.
    """

    lock: Lock
    may: Mapping[PlaceAct, frozenset[UUID]]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessShown:
    """One version of how a location is kept."""

    id: UUID
    location: UUID
    version: int
    lock: Lock
    may_draw: tuple[UUID, ...]
    may_receive: tuple[UUID, ...]
    may_count: tuple[UUID, ...]
    reason: str
    by: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPar:
    """How many sealed vials or devices of a product should lie ready in a location."""

    product: str
    least: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ParShown:
    """A par level beside what is there.

    Args:
        ready: sealed vials or devices that may be used today; None while the location is being counted, blind.
        history: every level that was set, newest first, each with who set it and when.
    """

    id: UUID
    product: str
    product_name: str | None
    least: int
    ready: int | None
    history: tuple["ParSet", ...]

    @property
    def below(self) -> bool | None:
        """Whether more is needed; unknown while the location is being counted."""
        return None if self.ready is None else self.ready < self.least


@dataclass(frozen=True, slots=True, kw_only=True)
class ParSet:
    """One level as somebody set it."""

    version: int
    least: int
    by: UUID
    at: datetime


@dataclass(eq=False)
class NotOnAccessList(NotPermitted):
    """The location has a list of who may do this there, and this person is not on it."""

    location: str
    act: PlaceAct
    who_may: tuple[str, ...]

    def __str__(self) -> str:
        return f"At {self.location}, ask {' or '.join(self.who_may)}; an administrator keeps the list."


def check_access(location: str, act: PlaceAct, names: Mapping[UUID, str], *, by: UUID) -> None:
    """Refuse somebody who is not on a location's list.

    Args:
        names: the people of the list; nobody on it is everybody whose role allows it.

    Raises:
        NotOnAccessList: names who may.
    """
    if names and by not in names:
        raise NotOnAccessList(location=location, act=act, who_may=tuple(sorted(names.values())))
