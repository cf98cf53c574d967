"""To whom stock may go outside the organisation: registrants whose registration somebody of this clinic has seen."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from clinic_api.errors import Conflict
from clinic_api.inventory.rules.moves import Place
from clinic_api.inventory.rules.receiving import Supplier
from clinic_api.inventory.rules.suppliers import same_supplier


class SeenAs(StrEnum):
    """How somebody saw a registration: its certificate, or the DEA's own validation of the number."""

    CERTIFICATE_COPY = "certificate-copy"
    DEA_VALIDATION = "dea-validation"


class Activity(StrEnum):
    """The business activity that a registration is granted for, as it is printed on the certificate."""

    PRACTITIONER = "practitioner"
    MID_LEVEL = "mid-level-practitioner"
    HOSPITAL_OR_CLINIC = "hospital-or-clinic"
    PHARMACY = "pharmacy"
    DISTRIBUTOR = "distributor"
    MANUFACTURER = "manufacturer"
    REVERSE_DISTRIBUTOR = "reverse-distributor"


#: Who may be sent what: a practitioner gives stock to others who dispense (21 CFR 1307.11(a)(1)(i)), and what is to be
#: destroyed elsewhere to a reverse distributor (21 CFR 1317.05(a)(2)).
RECEIVES: Final[Mapping[Place, frozenset[Activity]]] = {
    Place.TRANSFERRED: frozenset(
        {Activity.PRACTITIONER, Activity.MID_LEVEL, Activity.HOSPITAL_OR_CLINIC, Activity.PHARMACY}
    ),
    Place.REVERSE_DISTRIBUTOR: frozenset({Activity.REVERSE_DISTRIBUTOR}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What somebody saw of a registration.

    Args:
        schedules: the codes on it, such as 3N.
        valid_until: its last day.
    """

    seen_as: SeenAs
    activity: Activity
    schedules: tuple[str, ...]
    valid_until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """Who made sure that somebody is who it says, how, and when (UTC); ``registration`` is what was seen of it.

    Without a registration it may send to us; nothing is sent to it.
    """

    by: str
    how: str
    at: datetime
    registration: Seen | None


@dataclass(frozen=True, slots=True)
class NewVerification:
    """How somebody made sure, in words, and what they saw of the registration, if they did."""

    how: str
    registration: Seen | None


@dataclass(frozen=True, slots=True)
class Known:
    """A registrant as it is remembered, with the newest registration that was seen of it, if one was."""

    told: Supplier
    id: UUID | None
    seen: Seen | None


@dataclass(eq=False)
class ReceiverUnknown(Conflict):
    """Nobody of this clinic has heard of the receiver."""

    dea_number: str

    def __str__(self) -> str:
        return (
            f"remember {self.dea_number} with name and address (POST /suppliers), and say what was seen of its "
            "registration (POST /suppliers/{id}/verification)"
        )


@dataclass(eq=False)
class ReceiverUnverified(Conflict):
    """Nobody of this clinic has seen the receiver's registration under this name and address."""

    name: str
    dea_number: str

    def __str__(self) -> str:
        return (
            f"see the registration of {self.name} ({self.dea_number}), its certificate or the DEA's validation, and "
            "record it (POST /suppliers/{id}/verification)"
        )


@dataclass(eq=False)
class ReceiverLapsed(Conflict):
    """The receiver's registration, as it was last seen, has ended."""

    dea_number: str
    valid_until: date

    def __str__(self) -> str:
        return f"{self.dea_number} was valid until {self.valid_until}; see the renewed registration and record it"


@dataclass(eq=False)
class ReceiverNotCovering(Conflict):
    """The receiver's registration, as it was last seen, does not cover this drug."""

    dea_number: str
    schedule: str

    def __str__(self) -> str:
        return f"{self.dea_number} does not cover schedule {self.schedule}; send it to a registrant that may have it"


@dataclass(eq=False)
class ReceiverOfAnotherKind(Conflict):
    """The receiver is registered for another business than this."""

    dea_number: str
    activity: Activity
    kind: Place

    def __str__(self) -> str:
        return f"{self.dea_number} is registered as {self.activity}; nothing is {_SENT[self.kind]} one"


_SENT: Final[Mapping[Place, str]] = {
    Place.TRANSFERRED: "transferred to",
    Place.REVERSE_DISTRIBUTOR: "sent to be destroyed by",
}


def check_receiver(kind: Place, told: Supplier, known: Known | None, *, schedules: Collection[str], on: date) -> UUID:
    """Refuse to send stock to somebody whose registration this clinic has not seen, or that does not cover it then.

    Args:
        told: the receiver as the removal names it.
        known: as its DEA number is remembered; None where it is not.
        schedules: the registration codes of what is sent.
        on: the day on which it leaves, at the site.

    Returns:
        The registration that was seen.

    Raises:
        ReceiverUnknown, ReceiverUnverified, ReceiverLapsed, ReceiverNotCovering, ReceiverOfAnotherKind: so it is.

    Source:
        21 CFR 1307.11, 1317.05; who receives must be registered for it (21 USC 822).
    """
    if known is None:
        raise ReceiverUnknown(dea_number=told.dea_number)
    if known.id is None or known.seen is None or not same_supplier(known.told, told):
        raise ReceiverUnverified(name=told.name, dea_number=told.dea_number)
    if on > known.seen.valid_until:
        raise ReceiverLapsed(dea_number=told.dea_number, valid_until=known.seen.valid_until)
    for schedule in sorted(set(schedules) - set(known.seen.schedules)):
        raise ReceiverNotCovering(dea_number=told.dea_number, schedule=schedule)
    if known.seen.activity not in RECEIVES[kind]:
        raise ReceiverOfAnotherKind(dea_number=told.dea_number, activity=known.seen.activity, kind=kind)
    return known.id
