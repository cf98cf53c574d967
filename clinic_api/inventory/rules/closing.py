"""Closing a discrepancy: what must be there first, and who may. Nobody closes what they had in their own hands."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from clinic_api.accounts.rules.roles import Role
from clinic_api.clinics.rules.profile import CaseCloser
from clinic_api.errors import Conflict, NotPermitted
from clinic_api.inventory.rules.discrepancies import State
from clinic_api.inventory.rules.investigating import Cause
from clinic_api.inventory.rules.losses import Finding, NoticeKind

#: What a person can have done with a container besides moving its drug.
COUNTED: Final = "counted"
WITNESSED: Final = "witnessed"
PROPOSED_WASTE: Final = "proposed a waste"
RECEIVED: Final = "received"
OPENED: Final = "opened"
ADJUSTED: Final = "proposed an adjustment"
REMOVED: Final = "signed a removal"
CORRECTED: Final = "signed a correction"
ASKED_FOR_MORE: Final = "asked for more than it holds"
#: Who may close or approve at all, by what they are.
CLOSERS: Final = frozenset({Role.CUSTODIAN, Role.COMPLIANCE, Role.PRESCRIBER})
#: In a clinic of one or two the prescriber is the registrant.
REGISTRANT: Final = frozenset({Role.PRESCRIBER})


@dataclass(frozen=True, slots=True)
class NewClosing:
    """What it was, in one word and in a person's own."""

    cause: Cause
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a discrepancy's file holds when somebody wants to close it.

    Args:
        evidence: how many pieces.
        finding: the newest determination; None where nobody made one.
        notices: what was sent so far.
        missing: fields of Form 106 that are asked and not answered.
    """

    state: State
    evidence: int
    finding: Finding | None
    notices: Collection[NoticeKind]
    missing: tuple[str, ...]


@dataclass(eq=False)
class NotReadyToClose(Conflict):
    """Something must be in the file before it is closed."""

    unmet: tuple[str, ...]

    def __str__(self) -> str:
        return f"still open: {'; '.join(self.unmet)}"


@dataclass(eq=False)
class InTheChain(NotPermitted):
    """Somebody who had the containers in their own hands does not decide about them."""

    name: str
    parts: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name} {', '.join(self.parts)} here; ask somebody who had no part in it"


@dataclass(eq=False)
class NotACloser(NotPermitted):
    """This person's role does not let them close a discrepancy under this practice profile."""

    name: str
    asked: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name} may not; under this practice profile it takes one who is {' or '.join(self.asked)}"


class ReviewedBefore(Conflict):
    """Somebody from outside has reviewed this closing."""

    def __str__(self) -> str:
        return "The review stands in the file; what is found later goes in as evidence."


class ReviewsOwnClosing(NotPermitted):
    """Nobody reviews their own closing."""

    def __str__(self) -> str:
        return "Ask the outside reviewer."


def check_review(*, closed_by: UUID | None, by: UUID, reviewed: bool) -> None:
    """Refuse a second review, or one by the person who closed.

    Raises:
        ReviewedBefore, ReviewsOwnClosing: so it is.
    """
    if reviewed:
        raise ReviewedBefore
    if closed_by == by:
        raise ReviewsOwnClosing


def check_closer(
    name: str, *, roles: Collection[Role], parts: Collection[str], closer: CaseCloser, counted: bool
) -> None:
    """Refuse somebody who may not close or approve here: by role, or by what they did with the containers.

    Args:
        parts: what they did with the containers concerned, by their own hands.
        closer: who closes under the practice profile.
        counted: whether they counted them; under ``registrant_not_counter`` that alone is what forbids it.

    Raises:
        NotACloser: their role does not let them.
        InTheChain: says what they did.

    Source:
        docs/decisions/0042-the-chain-is-of-persons.md.
    """
    asked = CLOSERS if closer is CaseCloser.OUTSIDE_CUSTODY_CHAIN else REGISTRANT
    if not asked & set(roles):
        raise NotACloser(name=name, asked=tuple(sorted(asked)))
    forbidden = {
        CaseCloser.OUTSIDE_CUSTODY_CHAIN: bool(parts),
        CaseCloser.REGISTRANT_NOT_COUNTER: counted,
        CaseCloser.REGISTRANT_WITH_OUTSIDE_REVIEW: False,
    }
    if forbidden[closer]:
        raise InTheChain(name=name, parts=tuple(sorted(parts)))


def check_ready(standing: Standing) -> None:
    """Refuse to close what is not complete.

    Raises:
        NotReadyToClose: names everything that is unmet.
    """
    unmet = (*_without_evidence(standing), *_without_report(standing))
    if unmet:
        raise NotReadyToClose(unmet=unmet)


def _without_evidence(standing: Standing) -> tuple[str, ...]:
    return () if standing.evidence else ("evidence: add a note, a statement, a recount or an attachment",)


def _without_report(standing: Standing) -> tuple[str, ...]:
    """A loss closes reported and complete, or on a signed word that it is not significant; a theft only reported."""
    if standing.finding in {None, Finding.NOT_SIGNIFICANT}:
        return ()
    sent = (
        (
            NoticeKind.DEA_NOTICE,
            "the reference of the written notice to the DEA, or a signed word that it is not significant"
            if standing.finding is Finding.SIGNIFICANT_LOSS
            else "the reference of the written notice to the DEA",
        ),
        (NoticeKind.FORM_106, "the reference of Form 106"),
    )
    fields = (f"Form 106, {field}" for field in standing.missing)
    return (*(said for kind, said in sent if kind not in standing.notices), *fields)
