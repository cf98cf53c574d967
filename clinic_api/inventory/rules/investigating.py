"""Looking into a discrepancy: what is put into its file, and what it turns out to have been."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from clinic_api.accounts.rules.roles import Role
from clinic_api.errors import Conflict, NotPermitted, Unacceptable


class EvidenceKind(StrEnum):
    """What lies in a discrepancy's file; a statement is its author's own. The last two come of other acts.

    A refused draw is any act that asked a container for more than the book says it holds.
    """

    NOTE = "note"
    STATEMENT = "statement"
    ATTACHMENT = "attachment"
    RECOUNT = "recount"
    REFUSED_DRAW = "refused_draw"
    EXPLANATION = "explanation"
    COUNTED_AGAIN = "counted_again"


class Cause(StrEnum):
    """What it turned out to be; decided by a person."""

    COUNTING = "counting"
    RECORDING = "recording"
    MEASURING = "measuring"
    OVERFILL_OR_DEAD_SPACE = "overfill_or_dead_space"
    BREAKAGE_OR_SPILL = "breakage_or_spill"
    SUPPLIER = "supplier"
    LATE_WITNESS = "late_witness"
    LOSS = "loss"
    THEFT = "theft"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvidence:
    """Something to put into the file.

    Args:
        words: the note, the statement, or what the attachment is.
        sha256: of an attachment, which is kept elsewhere; 64 hex digits.
        refers_to: the count that a recount is, or the key under which a draw was refused.
    """

    kind: EvidenceKind
    words: str
    sha256: str | None = None
    refers_to: UUID | None = None


@dataclass(eq=False)
class EvidenceIncomplete(Unacceptable):
    """This kind of evidence needs more, or has something that does not belong to it."""

    kind: EvidenceKind

    def __str__(self) -> str:
        if self.kind is EvidenceKind.ATTACHMENT:
            return "An attachment is kept by the SHA-256 of its bytes; send that beside its description, no more."
        if self.kind in _REFERRING:
            return f"A {self.kind.replace('_', ' ')} names its record: the count, or the key of the refused draw."
        return f"A {self.kind} is words alone; attach or name records as evidence of their own."


@dataclass(eq=False)
class NotByHand(Unacceptable):
    """This kind of evidence comes of an act of its own."""

    kind: EvidenceKind

    def __str__(self) -> str:
        return "Explain the discrepancy, or enter a count; what belongs in the file goes there with it."


class RecountedBySamePerson(NotPermitted):
    """Nobody recounts what they counted."""

    def __str__(self) -> str:
        return "Ask somebody else to open and enter a count of that location."


class NotARecount(Conflict):
    """This count does not count again what the discrepancy is about."""

    def __str__(self) -> str:
        return "Name a count that was entered after the discrepancy came up and that holds one of its containers."


class NotTriedHere(Conflict):
    """This act asked for none of the containers that the discrepancy is about."""

    def __str__(self) -> str:
        return "Name the key of an act that was refused because one of its containers held less than was asked."


@dataclass(eq=False)
class MayNotAnswer(NotPermitted):
    """This person's role does not let them answer for a discrepancy."""

    name: str

    def __str__(self) -> str:
        return f"{self.name} cannot work on it; choose a custodian, a prescriber or compliance"


#: Who may answer for a discrepancy: those who may read its file.
OWNERS: Final = frozenset({Role.CUSTODIAN, Role.PRESCRIBER, Role.COMPLIANCE})
_REFERRING: Final = frozenset({EvidenceKind.RECOUNT, EvidenceKind.REFUSED_DRAW})
_OF_OTHER_ACTS: Final = frozenset({EvidenceKind.EXPLANATION, EvidenceKind.COUNTED_AGAIN})


def check_owner(name: str, roles: Collection[Role]) -> None:
    """Refuse an owner who could not work on it; MayNotAnswer."""
    if not OWNERS & set(roles):
        raise MayNotAnswer(name=name)


def check_evidence(new: NewEvidence) -> None:
    """Refuse evidence that does not say what its kind needs.

    Raises:
        NotByHand: it comes of another act.
        EvidenceIncomplete: says what is missing or too much.
    """
    if new.kind in _OF_OTHER_ACTS:
        raise NotByHand(kind=new.kind)
    hashed, referring = new.kind is EvidenceKind.ATTACHMENT, new.kind in _REFERRING
    if hashed != (new.sha256 is not None) or referring != (new.refers_to is not None):
        raise EvidenceIncomplete(kind=new.kind)


def check_recount(
    *,
    entered_at: datetime | None,
    since: datetime,
    about_it: bool,
    counted_by: Collection[UUID],
    before: Collection[UUID],
) -> None:
    """Refuse a count that is no recount, or one that somebody made who made the first.

    Args:
        entered_at: when the recount's entries were in, UTC; None where they are not.
        since: when the discrepancy came up, UTC.
        about_it: whether it holds an entry about one of the discrepancy's containers.
        counted_by: who entered the recount.
        before: who entered the count that showed the discrepancy; nobody where no count did.

    Raises:
        NotARecount, RecountedBySamePerson: so it is.
    """
    if entered_at is None or entered_at < since or not about_it:
        raise NotARecount
    if set(counted_by) & set(before):
        raise RecountedBySamePerson


def check_tried(*, about_it: bool) -> None:
    """Refuse to put a refused act about other containers into the file; NotTriedHere."""
    if not about_it:
        raise NotTriedHere
