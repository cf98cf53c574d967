"""Consents: separate, versioned, given and withdrawn, and which of them are in force."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from clinic_api.errors import Unacceptable


class ConsentKind(StrEnum):
    """What a patient agrees to, each by itself; the first four are asked for by the shipped protocol."""

    TREATMENT_OFF_LABEL = "treatment_off_label"
    CONTROLLED_SUBSTANCE_AGREEMENT = "controlled_substance_agreement"
    PRIVACY_NOTICE = "privacy_notice"
    TRANSPORT_ACKNOWLEDGEMENT = "transport_acknowledgement"
    REMS_ENROLMENT = "rems_enrolment"
    REMINDERS_EMAIL = "reminders_email"
    REMINDERS_SMS = "reminders_sms"
    PHOTO_VIDEO = "photo_video"
    RESEARCH = "research"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentFact:
    """One signature or withdrawal.

    Args:
        at: when the patient signed or withdrew, UTC.
        expires_at: from when a given consent no longer holds, UTC; None is until withdrawn.
    """

    kind: ConsentKind
    given: bool
    at: datetime
    expires_at: datetime | None = None


#: How far a tablet's clock may run ahead before its time counts as a mistake.
CLOCKS_DIFFER: Final = timedelta(minutes=2)


class NotSignedYet(Unacceptable):
    """Nobody signs in the future."""

    def __str__(self) -> str:
        return "Enter when the patient signed or withdrew."


class ConsentExpiresFirst(Unacceptable):
    """A consent cannot end before it is given."""

    def __str__(self) -> str:
        return "Enter an end after the signature, and none for a withdrawal."


def check_consent(fact: ConsentFact, *, recorded_at: datetime) -> None:
    """Refuse a consent that contradicts itself.

    Raises:
        NotSignedYet: its time has not come.
        ConsentExpiresFirst: it ends before it begins, or a withdrawal has an end.
    """
    if fact.at > recorded_at + CLOCKS_DIFFER:
        raise NotSignedYet
    if fact.expires_at is not None and (not fact.given or fact.expires_at <= fact.at):
        raise ConsentExpiresFirst


def in_force(facts: Iterable[ConsentFact], *, at: datetime) -> frozenset[ConsentKind]:
    """The kinds of which the newest word by ``at`` is a yes that has not run out.

    Args:
        facts: in the order in which they were recorded: of two with one time, the later entry counts.
        at: the moment asked about, UTC.
    """
    newest: dict[ConsentKind, ConsentFact] = {}
    for fact in facts:
        if fact.at <= at and (fact.kind not in newest or fact.at >= newest[fact.kind].at):
            newest[fact.kind] = fact
    return frozenset(
        kind for kind, fact in newest.items() if fact.given and (fact.expires_at is None or at < fact.expires_at)
    )
