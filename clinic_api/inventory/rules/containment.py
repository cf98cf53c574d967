"""Keeping what a discrepancy is about from being used until it is looked into, with a way out."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from clinic_api.errors import Conflict


class Measure(StrEnum):
    """How a container is kept from being used while it is looked into."""

    FREEZE = "freeze"
    QUARANTINE = "quarantine"


@dataclass(frozen=True, slots=True)
class Containment:
    """How to keep what it is about from use; or why there is nothing to keep."""

    measure: Measure
    reason: str | None = None


@dataclass(eq=False)
class NothingSetApart(Conflict):
    """Nothing was set apart, and nothing says why not."""

    def __str__(self) -> str:
        return "Link the containers it is about first, or say why there is nothing to set apart."


@dataclass(eq=False)
class Frozen(Conflict):
    """The container is kept from use while a discrepancy about it is looked into."""

    container: str
    discrepancy: UUID

    def __str__(self) -> str:
        return (
            f"{self.container} is frozen until discrepancy {self.discrepancy} is looked into; take another container, "
            "or have it released with a reason (POST /discrepancies/{id}/release)"
        )


@dataclass(eq=False)
class LinkedBefore(Conflict):
    """The container is linked to this discrepancy already."""

    container: str

    def __str__(self) -> str:
        return f"{self.container} stands in the file; nothing is linked twice"


@dataclass(eq=False)
class NotHeld(Conflict):
    """The container is not frozen by this discrepancy."""

    container: str

    def __str__(self) -> str:
        return f"{self.container} is free as far as this discrepancy goes; a quarantine stays what it is"


def check_contained(*, set_apart: int, reason: str | None) -> None:
    """Refuse to call contained what nobody set apart and nobody explained; NothingSetApart."""
    if not set_apart and reason is None:
        raise NothingSetApart


def check_free(container: str, *, frozen_by: UUID | None) -> None:
    """Refuse to draw from a container that is frozen.

    Args:
        container: its number.
        frozen_by: the discrepancy that holds it; None where none does.

    Raises:
        Frozen: names the discrepancy and the way out.
    """
    if frozen_by is not None:
        raise Frozen(container=container, discrepancy=frozen_by)


def check_not_linked(container: str, *, linked: bool) -> None:
    """Refuse to link a container twice; LinkedBefore."""
    if linked:
        raise LinkedBefore(container=container)


def check_held(container: str, *, held: bool) -> None:
    """Refuse to release what is not frozen; NotHeld."""
    if not held:
        raise NotHeld(container=container)
