"""Pages by key, never by number: flat in time however long the list grows."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from clinic_api.errors import Unacceptable

LARGEST = 100
T = TypeVar("T")


class NotACursor(Unacceptable):
    """The cursor was not given out by this list."""

    def __str__(self) -> str:
        return "Start without a cursor, or send 'next' of the page before unchanged."


@dataclass(frozen=True, slots=True)
class PageAsked:
    """How many, and after which."""

    limit: int = 50
    cursor: str | None = None

    @property
    def after(self) -> UUID | None:
        """The id that the page before ended with.

        Raises:
            NotACursor: it is no cursor of ours.
        """
        if self.cursor is None:
            return None
        try:
            return UUID(bytes=base64.urlsafe_b64decode(self.cursor + "=="))
        except (ValueError, binascii.Error):
            raise NotACursor from None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of a list, and where the next part begins."""

    items: Sequence[T]
    next: str | None


def page_of(rows: Sequence[T], *, asked: PageAsked, key: Callable[[T], UUID]) -> Page[T]:
    """A page from up to ``limit + 1`` rows; the one too many only says that there is more."""
    shown = rows[: asked.limit]
    more = len(rows) > asked.limit
    return Page(shown, base64.urlsafe_b64encode(key(shown[-1]).bytes).decode().rstrip("=") if more else None)
