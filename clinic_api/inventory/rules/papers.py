"""The documents of a delivery: which kind of drug comes under which paper, and never two kinds under one."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from clinic_api.errors import Unacceptable
from clinic_api.inventory.rules.receiving import Attachment


class Group(StrEnum):
    """Records of schedule II (and I) are kept apart from all others (21 CFR 1304.04(f))."""

    SCHEDULE_TWO = "CII"
    OTHERS = "CIII-V"


class PaperKind(StrEnum):
    """What a delivery comes with."""

    INVOICE = "invoice"
    PACKING_SLIP = "packing-slip"
    FORM_222 = "form-222"
    CSOS = "csos"


#: Under which papers each group is received.
RECEIVED_UNDER: Final[Mapping[Group, frozenset[PaperKind]]] = {
    Group.SCHEDULE_TWO: frozenset({PaperKind.FORM_222, PaperKind.CSOS}),
    Group.OTHERS: frozenset({PaperKind.INVOICE, PaperKind.PACKING_SLIP}),
}
#: The schedules whose records are kept apart.
TWO: Final = frozenset({"CI", "CII"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """The document of a delivery.

    Args:
        order: the schedule II order that it fills; its number is then the document's.
        attachment: the scan, by reference.
    """

    kind: PaperKind
    number: str
    date: date
    order: UUID | None = None
    attachment: Attachment | None = None


class GroupsMixed(Unacceptable):
    """Schedule II and other drugs stand on one document."""

    def __str__(self) -> str:
        return "Log the schedule II lines as a delivery of their own, under their order; the records never mix."


@dataclass(eq=False)
class WrongPaper(Unacceptable):
    """This kind of drug is not received under this kind of document."""

    group: Group
    document: PaperKind

    def __str__(self) -> str:
        fitting = " or ".join(sorted(RECEIVED_UNDER[self.group]))
        return f"{self.group} is received under {fitting}, not {self.document}; name the document that came"


class OrderMissing(Unacceptable):
    """Schedule II is received against the order that was signed for it."""

    def __str__(self) -> str:
        return "Record the Form 222 or CSOS order first (POST /stock-orders), and name it here."


class OrderNotWanted(Unacceptable):
    """CIII to CV is received without an order form."""

    def __str__(self) -> str:
        return "Leave the order out; the supplier's invoice or packing slip is the document."


def group_of(schedule: str) -> Group:
    """Whose records a drug belongs to, by its federal schedule."""
    return Group.SCHEDULE_TWO if schedule in TWO else Group.OTHERS


def one_group(schedules: Collection[str]) -> Group:
    """The group of everything on one document.

    Args:
        schedules: of each line's drug, at least one.

    Raises:
        GroupsMixed: they are of two.

    Source:
        21 CFR 1304.04(f), (g).
    """
    groups = {group_of(schedule) for schedule in schedules}
    if len(groups) > 1:
        raise GroupsMixed
    return groups.pop()


def check_paper(paper: Paper, group: Group) -> None:
    """Refuse a document under which this group is not received.

    Raises:
        WrongPaper, OrderMissing, OrderNotWanted: so it is.

    Source:
        21 CFR 1305.03, .13, .22 for schedule II; nothing is prescribed for the others.
    """
    if paper.kind not in RECEIVED_UNDER[group]:
        raise WrongPaper(group=group, document=paper.kind)
    if group is Group.SCHEDULE_TWO and paper.order is None:
        raise OrderMissing
    if group is Group.OTHERS and paper.order is not None:
        raise OrderNotWanted
