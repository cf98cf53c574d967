"""The life of an infusion session: its states, its acts, and the one table that joins them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from clinic_api.errors import Conflict


class State(StrEnum):
    """Where a session stands. Planned, cancelled and missed visits are appointments, not sessions."""

    CHECKED_IN = "checked_in"
    SCREENING = "screening"
    READY = "ready"
    INFUSING = "infusing"
    PAUSED = "paused"
    RECOVERING = "recovering"
    DISCHARGE_READY = "discharge_ready"
    DISCHARGED = "discharged"
    ABORTED_PRE_DOSE = "aborted_pre_dose"
    LEFT_AMA = "left_ama"
    LEFT_WITHOUT_NOTICE = "left_without_notice"
    TRANSFERRED_EMERGENCY = "transferred_emergency"
    SIGNED = "signed"
    LOCKED = "locked"


class Act(StrEnum):
    """What people do to a session. ``record_start`` is a start that already happened without its gates."""

    SCREEN = "screen"
    MAKE_READY = "make_ready"
    WITHDRAW_RELEASE = "withdraw_release"
    START = "start"
    RECORD_START = "record_start"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    FIND_FIT = "find_fit"
    FIND_UNFIT = "find_unfit"
    DISCHARGE = "discharge"
    ABORT = "abort"
    LEAVE_AGAINST_ADVICE = "leave_against_advice"
    LEAVE_WITHOUT_NOTICE = "leave_without_notice"
    TRANSFER = "transfer"
    SIGN = "sign"
    LOCK = "lock"


#: A session begins at check-in.
FIRST: Final = State.CHECKED_IN

#: Nobody can be held: these are one tap wherever the patient is. Before a dose the session ends as one without.
_GOES_BEFORE_DOSE: Final[Mapping[Act, State]] = {
    Act.RECORD_START: State.INFUSING,
    Act.ABORT: State.ABORTED_PRE_DOSE,
    Act.LEAVE_AGAINST_ADVICE: State.ABORTED_PRE_DOSE,
    Act.LEAVE_WITHOUT_NOTICE: State.ABORTED_PRE_DOSE,
    Act.TRANSFER: State.TRANSFERRED_EMERGENCY,
}
_GOES_AFTER_DOSE: Final[Mapping[Act, State]] = {
    Act.LEAVE_AGAINST_ADVICE: State.LEFT_AMA,
    Act.LEAVE_WITHOUT_NOTICE: State.LEFT_WITHOUT_NOTICE,
    Act.TRANSFER: State.TRANSFERRED_EMERGENCY,
}
_GONE: Final[Mapping[Act, State]] = {Act.TRANSFER: State.TRANSFERRED_EMERGENCY, Act.SIGN: State.SIGNED}

#: The whole life of a session. docs/session-states.md is drawn from this table.
LIFE: Final[Mapping[State, Mapping[Act, State]]] = {
    State.CHECKED_IN: {Act.SCREEN: State.SCREENING, **_GOES_BEFORE_DOSE},
    State.SCREENING: {Act.MAKE_READY: State.READY, **_GOES_BEFORE_DOSE},
    State.READY: {Act.START: State.INFUSING, Act.WITHDRAW_RELEASE: State.SCREENING, **_GOES_BEFORE_DOSE},
    State.INFUSING: {Act.PAUSE: State.PAUSED, Act.STOP: State.RECOVERING, **_GOES_AFTER_DOSE},
    State.PAUSED: {Act.RESUME: State.INFUSING, Act.STOP: State.RECOVERING, **_GOES_AFTER_DOSE},
    State.RECOVERING: {Act.FIND_FIT: State.DISCHARGE_READY, **_GOES_AFTER_DOSE},
    State.DISCHARGE_READY: {
        Act.DISCHARGE: State.DISCHARGED,
        Act.FIND_UNFIT: State.RECOVERING,
        **_GOES_AFTER_DOSE,
    },
    State.DISCHARGED: _GONE,
    State.LEFT_AMA: _GONE,
    State.LEFT_WITHOUT_NOTICE: _GONE,
    State.ABORTED_PRE_DOSE: {Act.SIGN: State.SIGNED},
    State.TRANSFERRED_EMERGENCY: {Act.SIGN: State.SIGNED},
    State.SIGNED: {Act.LOCK: State.LOCKED},
    State.LOCKED: {},
}

#: Drug is running or held, or the patient is being watched after it.
LIVE: Final = frozenset({State.INFUSING, State.PAUSED, State.RECOVERING, State.DISCHARGE_READY})

#: The patient is in the clinic.
HERE: Final = LIVE | {State.CHECKED_IN, State.SCREENING, State.READY}

#: Nothing of the visit can be added any more; a later word is an addendum.
SEALED: Final = frozenset({State.SIGNED, State.LOCKED})


@dataclass(eq=False)
class NotNow(Conflict):
    """What was asked cannot follow from where the session stands."""

    act: Act
    state: State
    possible: tuple[Act, ...]

    def __str__(self) -> str:
        instead = ", ".join(words(act) for act in self.possible) or "nothing more; a later word is an addendum"
        return f"a session that is {words(self.state)} does not allow {words(self.act)}; possible now: {instead}"


def words(code: StrEnum) -> str:
    """A code as a person reads it."""
    return code.replace("_", " ")


def after(state: State, act: Act) -> State:
    """The state that ``act`` leads to.

    Raises:
        NotNow: a session in ``state`` does not allow ``act``; it says what is possible instead.
    """
    if act not in LIFE[state]:
        raise NotNow(act=act, state=state, possible=tuple(LIFE[state]))
    return LIFE[state][act]


def draw_life() -> str:
    """The table as a Mermaid state diagram, for docs/session-states.md; same table, same text."""
    lines = ["stateDiagram-v2", f"    [*] --> {FIRST}: check in"]
    for state, acts in LIFE.items():
        lines += [f"    {state} --> {to}: {words(act)}" for act, to in acts.items()]
    lines += [f"    {state} --> [*]" for state, acts in LIFE.items() if not acts]
    return "\n".join(lines) + "\n"
