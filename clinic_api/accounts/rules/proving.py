"""What makes a sign-in and a signature strong: passwords, PINs, waiting after misses."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Final
from uuid import UUID

from clinic_api.errors import NotPermitted, Refusal, Unacceptable


class Event(StrEnum):
    """What the audit says of people and access."""

    STAFF_CREATED = "staff:created"
    STAFF_ENROLLED = "staff:enrolled"
    ROLE_PROPOSED = "role:proposed"
    ROLE_APPROVED = "role:approved"
    DEVICE_ENROLLED = "device:enrolled"
    SIGNED_IN = "person:signed-in"
    SIGNED_OUT = "person:signed-out"
    PIN_MISSED = "pin:missed"
    DENIED = "access:denied"


class CredentialKind(StrEnum):
    """What proves a person."""

    ENROLMENT = "enrolment"
    PASSWORD = "password"  # noqa: S105  (a kind, not a secret)
    PIN = "pin"
    TOTP = "totp"


class NotYours(NotPermitted):
    """This person's roles do not allow it."""

    def __str__(self) -> str:
        return "Ask somebody whose role allows it, or two administrators to grant the role."


class WrongProof(Refusal):
    """The name, the password or the code is wrong."""

    status: ClassVar[int] = 401

    def __str__(self) -> str:
        return "Check all three and try again; a code works once."


@dataclass(eq=False)
class WrongPin(Refusal):
    """The PIN is wrong."""

    status: ClassVar[int] = 401
    misses_left: int
    login: str

    @property
    def facts(self) -> dict[str, Any]:
        """How many tries are left; whose PIN it was is not told."""
        return {"misses_left": self.misses_left}

    def __str__(self) -> str:
        return f"{self.misses_left} more tries before a full sign-in is needed."


class PinNeeded(Refusal):
    """A controlled act asks for the PIN of the person who does it."""

    status: ClassVar[int] = 401

    def __str__(self) -> str:
        return "Send the six digits as Clinic-Pin, from an enrolled tablet."


class FullSignInNeeded(Refusal):
    """This person must sign in fully again before using a PIN."""

    status: ClassVar[int] = 401

    def __str__(self) -> str:
        return "Sign in with password and code; a PIN counts only on the day of a full sign-in."


@dataclass(eq=False)
class TryLater(Refusal):
    """Too many wrong sign-ins in a row."""

    status: ClassVar[int] = 429
    retry_after_seconds: int

    def __str__(self) -> str:
        return f"Wait {self.retry_after_seconds} s."


class WeakPassword(Unacceptable):
    """The password is too easy to guess."""

    def __str__(self) -> str:
        return "Use 15 to 128 characters, not only one repeated."


class NotAPin(Unacceptable):
    """A PIN is six digits."""

    def __str__(self) -> str:
        return "Choose six digits that are not all the same and not in a row."


class NotALogin(Unacceptable):
    """A login is one to a hundred visible characters."""

    def __str__(self) -> str:
        return "Choose letters and digits, such as the start of the name."


class SamePerson(NotPermitted):
    """Two different people are needed."""

    def __str__(self) -> str:
        return "Ask a second person to do this on their own sign-in."


LOGIN_LENGTH: Final = range(1, 101)
PASSWORD_LENGTH: Final = range(15, 129)
PIN: Final = re.compile(r"[0-9]{6}", re.ASCII)
LONGEST_WAIT: Final = 60
ROW_OF_DIGITS: Final = ("0123456789", "9876543210")


def check_password(password: str) -> None:
    """Refuse a password that is short, endless or one character repeated.

    Raises:
        WeakPassword: it is.

    Source:
        ASVS 5.0, 6.2: length over composition.
    """
    if len(password) not in PASSWORD_LENGTH or len(set(password)) == 1:
        raise WeakPassword


def check_pin_choice(pin: str) -> None:
    """Refuse a PIN that is not six digits or is one of the first anybody tries.

    Raises:
        NotAPin: it is.
    """
    if not PIN.fullmatch(pin) or len(set(pin)) == 1 or any(pin in row for row in ROW_OF_DIGITS):
        raise NotAPin


def canonical_login(login: str) -> str:
    """One spelling per login, so that case and look-alikes of width cannot make two accounts of one name.

    Folding can undo the normal form and the other way round, so both are repeated until nothing changes.
    """
    while (folded := unicodedata.normalize("NFKC", login).casefold().strip()) != login:
        login = folded
    return login


def check_login(login: str) -> None:
    """Refuse a login of which its one spelling leaves nothing, or more than fits a line.

    Raises:
        NotALogin: so it is.
    """
    if len(login) not in LOGIN_LENGTH or not login.isprintable():
        raise NotALogin


def wait_after(failures: int) -> timedelta:
    """How long the next sign-in must wait after ``failures`` wrong ones in a row: 0, 1, 2, 4 … 60 s."""
    return timedelta(seconds=min(2 ** (failures - 1), LONGEST_WAIT) if failures else 0)


def check_waited(*, failures: int, last: datetime | None, at: datetime) -> None:
    """Refuse a sign-in that comes too soon after wrong ones.

    Raises:
        TryLater: it does; says how long to wait.
    """
    if last is None:
        return
    ready = last + wait_after(failures)
    if at < ready:
        raise TryLater(retry_after_seconds=int((ready - at).total_seconds()) + 1)


def check_two_people(first: UUID, second: UUID) -> None:
    """Refuse one person in both places.

    Raises:
        SamePerson: they are one.
    """
    if first == second:
        raise SamePerson


def check_pin_usable(*, signed_in_at: datetime | None, at: datetime, hours: int, misses: int, allowed: int) -> None:
    """Refuse a PIN without a strong sign-in behind it, or after too many misses since.

    Args:
        signed_in_at: the person's last strong sign-in, UTC.
        hours: how long it lasts.

    Raises:
        FullSignInNeeded: either is so.
    """
    if signed_in_at is None or at - signed_in_at > timedelta(hours=hours) or misses >= allowed:
        raise FullSignInNeeded
