"""What may be exported, over which time, and under which name."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from clinic_api.accounts.rules.proving import NotYours
from clinic_api.errors import Conflict, Unacceptable


class Event(StrEnum):
    """What the audit says of papers."""

    PRODUCED = "file:produced"
    PRINTED = "summary:printed"


class Export(StrEnum):
    """What can be exported."""

    LEDGER_CSV = "ledger.csv"
    LEDGER_JSONL = "ledger.jsonl"
    AUDIT_JSONL = "audit.jsonl"


#: What each permission to export reaches: whoever may have the ledger may not have the log of everybody's acts.
LEDGER: Final = (Export.LEDGER_CSV, Export.LEDGER_JSONL)
AUDIT: Final = (Export.AUDIT_JSONL,)
MIMETYPES: Final = {
    Export.LEDGER_CSV: "text/csv",
    Export.LEDGER_JSONL: "application/x-ndjson",
    Export.AUDIT_JSONL: "application/x-ndjson",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An export as it is asked for.

    Args:
        registration: whose ledger; None for the audit log, which is the organisation's.
        since: the first moment that counts, UTC.
        until: the first moment that no longer counts, UTC.
        reason: for whom and why; kept with the file.
    """

    kind: Export
    registration: UUID | None
    since: datetime
    until: datetime
    reason: str


class RegistrationNeeded(Unacceptable):
    """A ledger is kept under one registration."""

    def __str__(self) -> str:
        return "Name the registration; records of two registrations are never mixed."


class NoTimeBetween(Unacceptable):
    """The period ends before it begins."""

    def __str__(self) -> str:
        return "Send since and until in their order."


@dataclass(eq=False)
class BooksDisagree(Conflict):
    """Our own sums do not agree, so nothing is handed out before it is known why."""

    registration: str
    ndc: str
    difference_ug: int

    def __str__(self) -> str:
        return f"{self.ndc} under {self.registration} is off by {self.difference_ug} µg; run the verification"


def check_period(since: datetime, until: datetime) -> None:
    """Refuse a period that ends before it begins.

    Raises:
        NoTimeBetween: it does.
    """
    if until <= since:
        raise NoTimeBetween


def check_readable(kind: str, *, audit: bool) -> None:
    """Refuse a file of the audit log to somebody who may have the ledger's files only.

    Args:
        audit: whether they may export the audit log.

    Raises:
        NotYours: they may not.
    """
    if kind in AUDIT and not audit:
        raise NotYours


def check_closes(registration: str, ndc: str, difference_ug: int) -> None:
    """Refuse an export whose sums do not close; a physical variance is no reason, it prints as such.

    Raises:
        BooksDisagree: names the line.
    """
    if difference_ug:
        raise BooksDisagree(registration, ndc, difference_ug)
