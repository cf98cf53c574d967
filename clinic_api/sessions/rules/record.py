"""What is written down about an act: its event in the audit, and the marks that tell a reader how far to trust it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from clinic_api.errors import Conflict
from clinic_api.sessions.rules.life import SEALED, Act, State, words


class Event(StrEnum):
    """What the audit says of sessions."""

    CHECKED_IN = "session:checked-in"
    ANSWERED = "session:answered"
    RELEASED = "session:released"
    ORDER_ATTACHED = "session:order-attached"
    SCREENING_BEGUN = "session:screening-begun"
    MADE_READY = "session:made-ready"
    RELEASE_WITHDRAWN = "session:release-withdrawn"
    STARTED = "session:started"
    START_RECORDED = "session:start-recorded"
    PAUSED = "session:paused"
    RESUMED = "session:resumed"
    STOPPED = "session:stopped"
    DISCHARGE_PROVEN = "session:discharge-proven"
    FOUND_FIT = "session:found-fit"
    FOUND_UNFIT = "session:found-unfit"
    DISCHARGED = "session:discharged"
    ABORTED = "session:aborted"
    LEFT_AGAINST_ADVICE = "session:left-against-advice"
    LEFT_WITHOUT_NOTICE = "session:left-without-notice"
    TRANSFERRED = "session:transferred"
    SIGNED = "session:signed"
    LOCKED = "session:locked"


#: The audit's word for each act.
EVENTS: Final[Mapping[Act, Event]] = {
    Act.SCREEN: Event.SCREENING_BEGUN,
    Act.MAKE_READY: Event.MADE_READY,
    Act.WITHDRAW_RELEASE: Event.RELEASE_WITHDRAWN,
    Act.START: Event.STARTED,
    Act.RECORD_START: Event.START_RECORDED,
    Act.PAUSE: Event.PAUSED,
    Act.RESUME: Event.RESUMED,
    Act.STOP: Event.STOPPED,
    Act.FIND_FIT: Event.FOUND_FIT,
    Act.FIND_UNFIT: Event.FOUND_UNFIT,
    Act.DISCHARGE: Event.DISCHARGED,
    Act.ABORT: Event.ABORTED,
    Act.LEAVE_AGAINST_ADVICE: Event.LEFT_AGAINST_ADVICE,
    Act.LEAVE_WITHOUT_NOTICE: Event.LEFT_WITHOUT_NOTICE,
    Act.TRANSFER: Event.TRANSFERRED,
    Act.SIGN: Event.SIGNED,
    Act.LOCK: Event.LOCKED,
}


class Mark(StrEnum):
    """What a reader of the record must know about an entry that was taken although something about it is unusual."""

    LATE = "late"
    NO_REASON = "no_reason"
    CLOCK_AHEAD = "clock_ahead"
    OUT_OF_ORDER = "out_of_order"
    INCIDENT = "incident"
    NOT_RECKONED = "not_reckoned"


class TaskKind(StrEnum):
    """What a session leaves for somebody to do."""

    RELEASE = "release-dose"
    ATTACH_ORDER = "attach-order"
    RECKON_DOSE = "reckon-dose"
    TELL_PRESCRIBER = "tell-prescriber"
    CO_SIGN = "co-sign-session"


#: Who does it.
DOERS: Final[Mapping[TaskKind, str]] = {
    TaskKind.RELEASE: "prescriber",
    TaskKind.ATTACH_ORDER: "prescriber",
    TaskKind.RECKON_DOSE: "nurse",
    TaskKind.TELL_PRESCRIBER: "nurse",
    TaskKind.CO_SIGN: "prescriber",
}


@dataclass(eq=False)
class SessionSigned(Conflict):
    """The session is signed; nothing is added to it any more."""

    state: State

    def __str__(self) -> str:
        return f"the session is {words(self.state)}; write an addendum"


def check_open(state: State) -> None:
    """Refuse to add to a session that is signed.

    Raises:
        SessionSigned: it is.
    """
    if state in SEALED:
        raise SessionSigned(state)
