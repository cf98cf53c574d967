"""Receiving stock: what an invoice says, what really came, and how each vial is numbered."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from clinic_api.errors import Conflict, Unacceptable
from clinic_api.protocols.rules.watch import LateEntryLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplier:
    """Who sent it; the DEA number is checked by its own arithmetic, which is no proof that it was issued."""

    name: str
    address: str
    dea_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveredLine:
    """One line of an invoice: so many vials were charged, so many came.

    Args:
        ndc: as printed on the box or the vial.
        expiry: the last day on which it may be used.
        patient, prescription: whom a patient-specific kit is for, and under which prescription; None for stock.
        serials: as they were read off what came, in its order: one for each vial or one for each package; or none.
    """

    ndc: str
    lot: str
    expiry: date
    invoiced: int
    received: int
    patient: UUID | None = None
    prescription: str | None = None
    serials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """The scan of a document, by reference: what the file is called, and the SHA-256 of its bytes in hexadecimal."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What was received, from whom, under which document, and where it is put.

    Args:
        received_at: when it really came, UTC; None for now.
        late_reason: why that is entered only now.
        order: the schedule II order that it fills; None for CIII to CV, which ask for none.
    """

    location: UUID
    supplier: Supplier
    invoice_number: str
    invoice_date: date
    lines: tuple[DeliveredLine, ...]
    received_at: datetime | None = None
    late_reason: str | None = None
    order: UUID | None = None
    attachment: Attachment | None = None


@dataclass(eq=False)
class LocationTaken(Conflict):
    """The registration has a storage location of this name."""

    name: str

    def __str__(self) -> str:
        return f"Choose another name than {self.name}, or use the location that has it."


@dataclass(eq=False)
class EmptyLine(Unacceptable):
    """A line of the invoice says that nothing was charged and nothing came."""

    ndc: str
    lot: str

    def __str__(self) -> str:
        return f"{self.ndc}, lot {self.lot}: leave the line out, or write how many vials were invoiced and received"


@dataclass(eq=False)
class NotYetReceived(Unacceptable):
    """A receipt is dated ahead."""

    received_at: datetime
    at_most: timedelta

    def __str__(self) -> str:
        return (
            f"{self.received_at.isoformat()} is more than {self.at_most} ahead; check the tablet's clock, "
            "or leave the time out and the server's is taken"
        )


@dataclass(eq=False)
class ReceiptReasonMissing(Unacceptable):
    """A receipt that is entered late does not say why."""

    late_by: timedelta
    least_characters: int

    def __str__(self) -> str:
        return f"the entry is {self.late_by} late; say why, in at least {self.least_characters} characters"


def check_delivery(delivery: Delivery, *, recorded_at: datetime, limits: LateEntryLimits) -> None:
    """Refuse an empty line, a time that cannot be, and a late entry without its reason.

    Args:
        recorded_at: the server's time, UTC.

    Raises:
        EmptyLine, NotYetReceived, ReceiptReasonMissing: say what is wrong.
    """
    for line in delivery.lines:
        if line.invoiced == line.received == 0:
            raise EmptyLine(ndc=line.ndc, lot=line.lot)
    check_moment(delivery.received_at, reason=delivery.late_reason, recorded_at=recorded_at, limits=limits)


def check_moment(
    claimed: datetime | None, *, reason: str | None, recorded_at: datetime, limits: LateEntryLimits
) -> None:
    """Refuse a time of receipt that lies ahead, and one that is entered late without its reason.

    Args:
        claimed: when it is said to have been, UTC; None for now.
        recorded_at: the server's time, UTC.

    Raises:
        NotYetReceived, ReceiptReasonMissing: say what is wrong.

    Source:
        21 CFR 1304.21(d): the date of a receipt is the day on which it was received.
    """
    late_by = recorded_at - (claimed or recorded_at)
    if claimed is not None and -late_by > limits.future_at_most:
        raise NotYetReceived(received_at=claimed, at_most=limits.future_at_most)
    if late_by > limits.reason_after and len((reason or "").strip()) < limits.reason_least_characters:
        raise ReceiptReasonMissing(late_by=late_by, least_characters=limits.reason_least_characters)


def vial_label(drug: str, number: int) -> str:
    """The short number that is written on a vial and said aloud: K-014."""
    return f"{drug[0].upper()}-{number:03d}"


def number_of(vial: str) -> int:
    """The number in a vial's label."""
    return int(vial.partition("-")[2])


def syringe_label(vial: str, number: int) -> str:
    """The number of a syringe: its vial's, and which draw from that it is: K-014/2."""
    return f"{vial}/{number}"
