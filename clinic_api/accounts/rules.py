"""Who may be what, who may do what, and what makes a sign-in strong."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Final
from uuid import UUID

from clinic_api.errors import NotPermitted, Refusal, Unacceptable


class Role(StrEnum):
    """What a person is in the clinic; capabilities stand in ``config/permissions.toml``."""

    ADMINISTRATOR = "administrator"
    NURSE = "nurse"
    PRESCRIBER = "prescriber"
    CUSTODIAN = "custodian"
    COMPLIANCE = "compliance"
    FRONT_DESK = "front-desk"
    MEDICAL_ASSISTANT = "medical-assistant"
    WITNESS_ONLY = "witness-only"
    OUTSIDE_REVIEWER = "outside-reviewer"


class Action(StrEnum):
    """What can be asked at the door; each has its line in ``config/permissions.toml``."""

    SEE_SELF = "see-self"
    MANAGE_STAFF = "manage-staff"
    SEE_STAFF = "see-staff"
    PROPOSE_ROLE = "propose-role"
    APPROVE_ROLE = "approve-role"
    SET_UP_CLINIC = "set-up-clinic"
    ADOPT_POLICY = "adopt-policy"
    SEE_CLINIC = "see-clinic"
    BE_HERE = "be-here"
    KEEP_LICENCES = "keep-licences"
    REGISTER_PATIENT = "register-patient"
    READ_PATIENT = "read-patient"
    ASSESS_PATIENT = "assess-patient"
    PLAN_VISIT = "plan-visit"
    SEE_PLAN = "see-plan"
    ORDER_DOSE = "order-dose"
    SIGN_ORDER = "sign-order"
    READ_ORDER = "read-order"
    RECEIVE_STOCK = "receive-stock"
    KEEP_SUPPLIERS = "keep-suppliers"
    ORDER_STOCK = "order-stock"
    KEEP_POWERS = "keep-powers"
    SEE_COST = "see-cost"
    KEEP_COST = "keep-cost"
    QUARANTINE_STOCK = "quarantine-stock"
    RECALL_STOCK = "recall-stock"
    HAND_OVER_KEYS = "hand-over-keys"
    COUNT_STOCK = "count-stock"
    READ_LEDGER = "read-ledger"
    SET_PAR_LEVEL = "set-par-level"
    PRINT_LABEL = "print-label"
    DRAW_DRUG = "draw-drug"
    PREPARE_STOCK = "prepare-stock"
    WASTE_DRUG = "waste-drug"
    WITNESS_WASTE = "witness-waste"
    REMOVE_STOCK = "remove-stock"
    WITNESS_REMOVAL = "witness-removal"
    CORRECT_LEDGER = "correct-ledger"
    WITNESS_CORRECTION = "witness-correction"
    RECORD_INCIDENT = "record-incident"
    REVIEW_INCIDENT = "review-incident"
    REPORT_DISCREPANCY = "report-discrepancy"
    READ_DISCREPANCIES = "read-discrepancies"
    WORK_DISCREPANCY = "work-discrepancy"
    ADD_EVIDENCE = "add-evidence"
    CONTAIN_DISCREPANCY = "contain-discrepancy"
    DETERMINE_LOSS = "determine-loss"
    REPORT_LOSS = "report-loss"
    PROPOSE_ADJUSTMENT = "propose-adjustment"
    APPROVE_ADJUSTMENT = "approve-adjustment"
    CLOSE_DISCREPANCY = "close-discrepancy"
    REVIEW_DISCREPANCY = "review-discrepancy"
    CHECK_IN_PATIENT = "check-in-patient"
    SCREEN_PATIENT = "screen-patient"
    RELEASE_VISIT = "release-visit"
    START_INFUSION = "start-infusion"
    STOP_INFUSION = "stop-infusion"
    RESUME_INFUSION = "resume-infusion"
    RECORD_READING = "record-reading"
    ANSWER_ALERT = "answer-alert"
    DISCHARGE_PATIENT = "discharge-patient"
    OVERRIDE_DISCHARGE = "override-discharge"
    SIGN_SESSION = "sign-session"
    CO_SIGN_SESSION = "co-sign-session"
    READ_SESSION = "read-session"
    SEE_BOARD = "see-board"
    SEE_TASKS = "see-tasks"
    PRINT_SUMMARY = "print-summary"
    EXPORT_LEDGER = "export-ledger"
    EXPORT_AUDIT = "export-audit"
    SEE_AUDIT = "see-audit"
    VERIFY_RECORD = "verify-record"


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


def held(grants: Collection[tuple[Role, bool]]) -> frozenset[Role]:
    """The roles that hold after approved grants and withdrawals, oldest first."""
    roles: set[Role] = set()
    for role, give in grants:
        (roles.add if give else roles.discard)(role)
    return frozenset(roles)
