"""Who a patient is: the fields of an identity and what makes them acceptable."""

import json
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, Final
from uuid import UUID

from clinic_api.errors import Conflict, Refusal, Unacceptable
from clinic_api.patients.rules.words import digits_of, words_of

OLDEST_YEARS: Final = 130
PHONE_DIGITS: Final = range(7, 16)
#: No I, L, O or U, so that a number read aloud is written down as it was meant.
CLEAR_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MRN_LETTERS: Final = 8


class Sex(StrEnum):
    """Administrative sex, as payers and the weight formulas ask for it."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What identifies a patient. None is not known, never an empty text.

    Args:
        zone: the patient's own time zone, by which messages keep quiet hours.
        mrn: the clinic's number for the patient; None asks for a new one.
    """

    name: str = field(repr=False)
    date_of_birth: date = field(repr=False)
    sex: Sex = field(repr=False)
    zone: str
    address: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    mrn: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity(Details):
    """Who a patient is, by one version. ``id`` is the patient, ``version_id`` what the ledger refers to."""

    id: UUID
    version_id: UUID
    version: int
    at: datetime
    mrn: str = field(repr=False)


class NameUnreadable(Unacceptable):
    """A name needs at least one letter or digit."""

    def __str__(self) -> str:
        return "Enter the name as it stands on the patient's document."


class BirthDateUnlikely(Unacceptable):
    """This cannot be the birth date of a living patient."""

    def __str__(self) -> str:
        return f"Enter a day that has come and lies less than {OLDEST_YEARS} years back."


class PhoneUnreadable(Unacceptable):
    """A telephone number has seven to fifteen digits."""

    def __str__(self) -> str:
        return "Enter it with its area code, such as +1 212 555 0100, or leave it out."


class MrnUnreadable(Unacceptable):
    """A record number needs at least one letter or digit."""

    def __str__(self) -> str:
        return "Enter the number as it stands in the chart, or leave it out to be given one."


class MrnTaken(Conflict):
    """Another patient of this clinic has this record number."""

    def __str__(self) -> str:
        return "Search for the number first: this may be the same person."


@dataclass(eq=False)
class IdentityChanged(Refusal):
    """Somebody changed this patient's identity since it was read."""

    status: ClassVar[int] = 412
    sent: int
    current: int

    def __str__(self) -> str:
        return f"Version {self.current} holds now; read it, look at what changed, and send your change again."


@dataclass(eq=False)
class TooYoung(Conflict):
    """This clinic treats adults only."""

    years_at_least: int

    def __str__(self) -> str:
        return f"Patients are treated from {self.years_at_least} years on; check the date of birth."


def check_details(details: Details, *, on: date) -> None:
    """Refuse an identity that cannot be a patient's.

    Args:
        on: today in the patient's zone.

    Raises:
        NameUnreadable: nothing in the name could be read aloud.
        BirthDateUnlikely: it lies ahead or too far back.
        PhoneUnreadable: too few or too many digits.
        MrnUnreadable: a number without letter or digit.
    """
    if not any(letter.isalnum() for letter in details.name):
        raise NameUnreadable
    if details.date_of_birth > on or years_between(details.date_of_birth, on) >= OLDEST_YEARS:
        raise BirthDateUnlikely
    if details.phone is not None and len(digits_of(details.phone)) not in PHONE_DIGITS:
        raise PhoneUnreadable
    if details.mrn is not None and not words_of(details.mrn):
        raise MrnUnreadable


def details_text(details: Details) -> str:
    """Who a patient is, as it goes under its seal."""
    said = asdict(details) | {"date_of_birth": details.date_of_birth.isoformat(), "sex": str(details.sex)}
    return json.dumps(said, ensure_ascii=False, sort_keys=True)


def read_details(text: str) -> dict[str, Any]:
    """What ``details_text`` wrote, by field."""
    said: dict[str, Any] = json.loads(text)
    return said | {"date_of_birth": date.fromisoformat(said["date_of_birth"]), "sex": Sex(said["sex"])}


def check_version(*, sent: int, current: int) -> None:
    """Refuse a change to a version that is no longer the newest.

    Raises:
        IdentityChanged: says which is.
    """
    if sent != current:
        raise IdentityChanged(sent=sent, current=current)


def years_between(born: date, on: date) -> int:
    """Completed years of life; who is born on 29 February is a year older on 1 March of a common year."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def check_of_age(born: date, *, on: date, years_at_least: int) -> None:
    """Refuse a visit of somebody too young for this clinic.

    Raises:
        TooYoung: says from which age on.
    """
    if years_between(born, on) < years_at_least:
        raise TooYoung(years_at_least=years_at_least)


def mrn_from(id: UUID) -> str:
    """A record number for a patient who has none, short enough to be read aloud: ``P-7K3Q9D2M``."""
    rest, letters = id.int, ""
    for _ in range(MRN_LETTERS):
        rest, place = divmod(rest, len(CLEAR_LETTERS))
        letters = CLEAR_LETTERS[place] + letters
    return f"P-{letters}"
