"""What must be settled before a session is signed; none of it ever holds the patient."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from clinic_api.clinics.rules.profile import Profile
from clinic_api.errors import Conflict, NotPermitted
from clinic_api.quantities import Mass

#: The kind of signed record that a visit's summary is.
SUMMARY: Final = "session-summary"


class BlockerKind(StrEnum):
    """What stands between a session and its signature."""

    OPEN_WASTE = "open_waste"
    UNBALANCED_CASE = "unbalanced_case"
    OPEN_ALERT = "open_alert"
    MISSED_SET = "missed_set"
    SUICIDE_ITEM = "suicide_item"
    NEXT_VISIT = "next_visit"


@dataclass(frozen=True)
class AmountAt:
    """An amount of drug that a container still owes an answer for.

    Args:
        container: as its label says, such as "vial K-014".
    """

    container: str
    amount: Mass


@dataclass(frozen=True, kw_only=True)
class CloseFacts:
    """What is still open. None is not known, and not known blocks.

    Args:
        open_wastes: remainders that wait for their witness.
        unbalanced: draws whose given, wasted and returned do not make up what was drawn.
        open_alerts: alerts nobody has answered, each in a few words.
        unexplained_minutes: missed sets without a reason, in minutes from the start.
        safety_answered: whatever the suicide item asked for has been answered.
        next_visit_answered: the next visit is booked, or none is wanted.
    """

    open_wastes: Sequence[AmountAt]
    unbalanced: Sequence[AmountAt]
    open_alerts: Sequence[str]
    unexplained_minutes: Sequence[int]
    safety_answered: bool | None
    next_visit_answered: bool | None


@dataclass(frozen=True)
class Blocker:
    """One thing to settle, and how."""

    kind: BlockerKind
    sentence: str
    way_out: str


@dataclass(eq=False)
class NotSettled(Conflict):
    """Something of this session is still open."""

    blockers: tuple[Blocker, ...]

    @property
    def facts(self) -> dict[str, Any]:
        """Each blocker by name, with its way out."""
        return {"blockers": [asdict(it) for it in self.blockers]}

    def __str__(self) -> str:
        return "; ".join(f"{it.sentence} ({it.way_out})" for it in self.blockers)


class DoseNotReckoned(Conflict):
    """A dose was prepared and started, and its end is not reckoned."""

    def __str__(self) -> str:
        return "the ledger does not know what was given; tap STOP with the time at which the infusion really ended"


@dataclass(eq=False)
class CosignNeedsAnotherPerson(NotPermitted):
    """This practice has two people review a session, and one has already signed."""

    by: UUID

    def __str__(self) -> str:
        return "whoever signed the session cannot also co-sign it here; ask a second person"


def close_blockers(facts: CloseFacts) -> tuple[Blocker, ...]:
    """Everything that keeps a session from being signed, in the order in which it is usually settled."""
    return (*_drug_blockers(facts), *_chart_blockers(facts), *_answer_blockers(facts))


def check_close(facts: CloseFacts) -> None:
    """Refuse to close and sign a session that is not settled.

    Raises:
        NotSettled: naming each blocker; one about drug names the container and the amount.
    """
    blockers = close_blockers(facts)
    if blockers:
        raise NotSettled(blockers)


def check_cosign(*, by: UUID, signed_by: UUID, profile: Profile) -> None:
    """Refuse a second signature by the first person, unless the practice has only one and prints so.

    Raises:
        CosignNeedsAnotherPerson: ``by`` signed already, and the profile asks for two people.
    """
    if by == signed_by and not profile.same_person_may_cosign:
        raise CosignNeedsAnotherPerson(by=by)


def _drug_blockers(facts: CloseFacts) -> list[Blocker]:
    wastes = [
        Blocker(
            BlockerKind.OPEN_WASTE, f"{it.container}: {it.amount} wait for a witness", "have a second person witness it"
        )
        for it in facts.open_wastes
    ]
    cases = [
        Blocker(
            BlockerKind.UNBALANCED_CASE,
            f"{it.container}: {it.amount} are neither given, wasted nor returned",
            "record what happened to them, or open a discrepancy",
        )
        for it in facts.unbalanced
    ]
    return [*wastes, *cases]


def _chart_blockers(facts: CloseFacts) -> list[Blocker]:
    alerts = [
        Blocker(BlockerKind.OPEN_ALERT, f"alert not answered: {alert}", "answer it") for alert in facts.open_alerts
    ]
    sets = [
        Blocker(BlockerKind.MISSED_SET, f"the set at {minute} min was missed without a reason", "say why")
        for minute in facts.unexplained_minutes
    ]
    return [*alerts, *sets]


def _answer_blockers(facts: CloseFacts) -> list[Blocker]:
    told = (
        (
            facts.safety_answered,
            Blocker(BlockerKind.SUICIDE_ITEM, "the suicide item waits for an answer", "answer it"),
        ),
        (
            facts.next_visit_answered,
            Blocker(BlockerKind.NEXT_VISIT, "the next visit is open", "book it, or say that none is wanted"),
        ),
    )
    return [blocker for met, blocker in told if met is not True]
