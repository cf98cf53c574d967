"""The life of a discrepancy: its states, its acts, and the one table that joins them.

A *case* is one draw and what became of it; what does not add up is a discrepancy.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from clinic_api.errors import Conflict, Unacceptable


class Origin(StrEnum):
    """What brought a discrepancy to light."""

    COUNT = "count"
    RECEIPT = "receipt"
    WASTE = "waste"
    REPORT = "report"
    REFUSED = "refused"
    DISPUTE = "dispute"


class State(StrEnum):
    """Where a discrepancy stands."""

    DETECTED = "detected"
    CONTAINED = "contained"
    INVESTIGATING = "investigating"
    EXPLAINED = "explained"
    ADJUSTMENT_APPROVED = "adjustment_approved"
    ESCALATED_LOSS = "escalated_loss"
    ESCALATED_THEFT = "escalated_theft"
    REPORTED = "reported"
    CLOSED = "closed"


class Act(StrEnum):
    """What people do to a discrepancy; the first opens it."""

    DETECT = "detect"
    CONTAIN = "contain"
    INVESTIGATE = "investigate"
    EXPLAIN = "explain"
    APPROVE_ADJUSTMENT = "approve_adjustment"
    DETERMINE_LOSS = "determine_loss"
    DETERMINE_THEFT = "determine_theft"
    NOTIFY = "notify"
    REOPEN = "reopen"
    CLOSE = "close"
    ASSIGN = "assign"
    ADD_EVIDENCE = "add_evidence"
    LINK = "link"
    RELEASE = "release"
    PROPOSE_ADJUSTMENT = "propose_adjustment"
    DESCRIBE = "describe"
    FILE = "file"
    REVIEW = "review"


class Event(StrEnum):
    """What the audit says of discrepancies."""

    DETECTED = "discrepancy:detected"
    CONTAINED = "discrepancy:contained"
    INVESTIGATED = "discrepancy:taken-up"
    EXPLAINED = "discrepancy:explained"
    ADJUSTMENT_PROPOSED = "discrepancy:adjustment-proposed"
    ADJUSTMENT_APPROVED = "discrepancy:adjustment-approved"
    ADJUSTMENT_POSTED = "discrepancy:adjustment-posted"
    DETERMINED = "discrepancy:determined"
    NOTIFIED = "discrepancy:notified"
    REOPENED = "discrepancy:reopened"
    CLOSED = "discrepancy:closed"
    ASSIGNED = "discrepancy:assigned"
    EVIDENCE_ADDED = "discrepancy:evidence-added"
    LINKED = "discrepancy:container-linked"
    RELEASED = "discrepancy:container-released"
    DESCRIBED = "discrepancy:form-described"
    FILED = "discrepancy:form-filed"
    REVIEWED = "discrepancy:reviewed"


#: A discrepancy begins here.
FIRST: Final = State.DETECTED
_OPEN: Final = (Act.ASSIGN, Act.ADD_EVIDENCE, Act.LINK, Act.RELEASE)
#: What was lost leaves the book too, by an adjustment of its own.
_LOSS: Final = (*_OPEN, Act.DESCRIBE, Act.FILE, Act.PROPOSE_ADJUSTMENT, Act.APPROVE_ADJUSTMENT)


def _stays(state: State, acts: tuple[Act, ...]) -> Mapping[Act, State]:
    return dict.fromkeys(acts, state)


#: The whole life of a discrepancy. A theft once determined has no way out but the report (21 CFR 1301.76(b)).
LIFE: Final[Mapping[State, Mapping[Act, State]]] = {
    State.DETECTED: {Act.CONTAIN: State.CONTAINED, **_stays(State.DETECTED, _OPEN)},
    State.CONTAINED: {Act.INVESTIGATE: State.INVESTIGATING, **_stays(State.CONTAINED, _OPEN)},
    State.INVESTIGATING: {
        Act.EXPLAIN: State.EXPLAINED,
        Act.APPROVE_ADJUSTMENT: State.ADJUSTMENT_APPROVED,
        Act.DETERMINE_LOSS: State.ESCALATED_LOSS,
        Act.DETERMINE_THEFT: State.ESCALATED_THEFT,
        **_stays(State.INVESTIGATING, (*_OPEN, Act.PROPOSE_ADJUSTMENT)),
    },
    State.EXPLAINED: {
        Act.CLOSE: State.CLOSED,
        Act.REOPEN: State.INVESTIGATING,
        **_stays(State.EXPLAINED, _OPEN),
    },
    State.ADJUSTMENT_APPROVED: {
        Act.CLOSE: State.CLOSED,
        Act.REOPEN: State.INVESTIGATING,
        **_stays(State.ADJUSTMENT_APPROVED, _OPEN),
    },
    State.ESCALATED_LOSS: {
        Act.NOTIFY: State.REPORTED,
        Act.CLOSE: State.CLOSED,
        Act.DETERMINE_LOSS: State.ESCALATED_LOSS,
        Act.DETERMINE_THEFT: State.ESCALATED_THEFT,
        **_stays(State.ESCALATED_LOSS, _LOSS),
    },
    State.ESCALATED_THEFT: {Act.NOTIFY: State.REPORTED, **_stays(State.ESCALATED_THEFT, _LOSS)},
    State.REPORTED: {
        Act.CLOSE: State.CLOSED,
        Act.DETERMINE_LOSS: State.ESCALATED_LOSS,
        Act.DETERMINE_THEFT: State.ESCALATED_THEFT,
        **_stays(State.REPORTED, (*_LOSS, Act.NOTIFY)),
    },
    State.CLOSED: _stays(State.CLOSED, (Act.ADD_EVIDENCE, Act.REVIEW)),
}

#: A theft or a loss was determined: what is missing leaves the book as lost and not as an adjustment.
DETERMINED: Final = frozenset({State.ESCALATED_LOSS, State.ESCALATED_THEFT, State.REPORTED})
#: Somebody still has to find out what happened; the clocks of the house run.
UNSETTLED: Final = frozenset({State.DETECTED, State.CONTAINED, State.INVESTIGATING})
#: The event that the audit names for each act.
EVENTS: Final[Mapping[Act, Event]] = {
    Act.DETECT: Event.DETECTED,
    Act.CONTAIN: Event.CONTAINED,
    Act.INVESTIGATE: Event.INVESTIGATED,
    Act.EXPLAIN: Event.EXPLAINED,
    Act.APPROVE_ADJUSTMENT: Event.ADJUSTMENT_APPROVED,
    Act.DETERMINE_LOSS: Event.DETERMINED,
    Act.DETERMINE_THEFT: Event.DETERMINED,
    Act.NOTIFY: Event.NOTIFIED,
    Act.REOPEN: Event.REOPENED,
    Act.CLOSE: Event.CLOSED,
    Act.ASSIGN: Event.ASSIGNED,
    Act.ADD_EVIDENCE: Event.EVIDENCE_ADDED,
    Act.LINK: Event.LINKED,
    Act.RELEASE: Event.RELEASED,
    Act.PROPOSE_ADJUSTMENT: Event.ADJUSTMENT_PROPOSED,
    Act.DESCRIBE: Event.DESCRIBED,
    Act.FILE: Event.FILED,
    Act.REVIEW: Event.REVIEWED,
}
#: The task that a floor's own act opens beside the discrepancy, and that counts as its first rung.
OPENED_WITH: Final[Mapping[Origin, str]] = {Origin.COUNT: "count-variance", Origin.RECEIPT: "receipt-difference"}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDiscrepancy:
    """Something does not add up.

    Args:
        containers: those it is about, where there are any.
        subject_table, subject: the record that showed it; None for what somebody saw.
        variance_ug: found less expected, micrograms; None where nobody can say.
        found_at: when it was found, UTC; the DEA may count from here.
        seen: what somebody saw, in their own words.
    """

    origin: Origin
    site: UUID
    found_at: datetime
    registration: UUID | None = None
    containers: tuple[UUID, ...] = ()
    subject_table: str | None = None
    subject: UUID | None = None
    variance_ug: int | None = None
    seen: str | None = None


@dataclass(eq=False)
class NotYetPossible(Conflict):
    """What was asked cannot follow from where the discrepancy stands."""

    act: Act
    state: State
    unmet: tuple[Act, ...]

    def __str__(self) -> str:
        if not self.unmet:
            return f"a discrepancy that is {words(self.state)} never comes to {words(self.act)}; report a new one"
        first = ", then ".join(words(act) for act in self.unmet)
        return f"a discrepancy that is {words(self.state)} does not allow {words(self.act)} yet; first {first}"


class FoundLater(Unacceptable):
    """Something cannot have been found after now."""

    def __str__(self) -> str:
        return "Say when it was found, not later than now; both times are kept."


def words(code: StrEnum) -> str:
    """A code as a person reads it."""
    return code.replace("_", " ")


def after(state: State, act: Act) -> State:
    """The state that ``act`` leads to.

    Raises:
        NotYetPossible: a discrepancy in ``state`` does not allow ``act``; it names what must come first.
    """
    if act not in LIFE[state]:
        raise NotYetPossible(act=act, state=state, unmet=_missing(state, act))
    return LIFE[state][act]


def check_found(*, found_at: datetime, at: datetime) -> None:
    """Refuse what was found in the future; FoundLater."""
    if found_at > at:
        raise FoundLater


def _missing(state: State, act: Act) -> tuple[Act, ...]:
    """The fewest acts that lead from ``state`` to where ``act`` is possible; none where nothing does."""
    reached: dict[State, tuple[Act, ...]] = {state: ()}
    waiting = [state]
    for here in waiting:  # grows while it is walked: breadth first
        if act in LIFE[here]:
            return reached[here]
        for step, there in LIFE[here].items():
            if there not in reached:
                reached[there] = (*reached[here], step)
                waiting.append(there)
    return ()
