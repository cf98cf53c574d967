"""Orders for schedule II: Form 222 and CSOS, how one is recorded, replaced and voided."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from clinic_api.errors import Conflict, Unacceptable
from clinic_api.inventory.rules.papers import RECEIVED_UNDER, Group, Paper, PaperKind
from clinic_api.inventory.rules.receiving import Supplier


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedLine:
    """One numbered line of an order: so many vials of one package."""

    ndc: str
    ordered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStockOrder:
    """An order as it was signed; nothing of it is ever corrected.

    Args:
        number: the form's serial number, or the order's tracking number.
        signed_by, signed_on: who signed it, on which day.
        replaces: a voided order that this one stands in for.
    """

    registration: UUID
    kind: PaperKind
    number: str
    supplier: Supplier
    lines: tuple[OrderedLine, ...]
    signed_by: UUID
    signed_on: date
    replaces: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """A line of an order, and how many of its vials were received so far."""

    id: UUID
    ndc: str
    ordered: int
    received: int

    @property
    def open(self) -> int:
        """How many may still come."""
        return self.ordered - self.received


@dataclass(frozen=True, slots=True, kw_only=True)
class StockOrder:
    """An order as it stands."""

    kind: PaperKind
    number: str
    registration: UUID
    supplier_dea_number: str
    signed_on: date
    voided: bool
    replaced: bool
    lines: tuple[OrderLine, ...]


@dataclass(eq=False)
class NotAnOrderForm(Unacceptable):
    """Schedule II is ordered on Form 222 or by CSOS."""

    kind: PaperKind

    def __str__(self) -> str:
        return f"use {' or '.join(sorted(RECEIVED_UNDER[Group.SCHEDULE_TWO]))}, not {self.kind}"


@dataclass(eq=False)
class NotOrderedSo(Unacceptable):
    """Only schedule II is ordered on a form."""

    ndc: str

    def __str__(self) -> str:
        return f"{self.ndc} is CIII to CV; order it from the supplier without a form, and leave it out here"


@dataclass(eq=False)
class SignedAhead(Unacceptable):
    """An order is dated ahead."""

    signed_on: date

    def __str__(self) -> str:
        return f"{self.signed_on} is not over yet at the site; write the day on which it was signed"


@dataclass(eq=False)
class OrderNumberTaken(Conflict):
    """There is an order of this number."""

    number: str

    def __str__(self) -> str:
        return f"{self.number} is on record; what is wrong there is not corrected: void it and record a new form"


@dataclass(eq=False)
class OrderVoided(Conflict):
    """The order was voided."""

    number: str

    def __str__(self) -> str:
        return f"{self.number} counts no more; use the order that replaces it, or have a new one signed"


@dataclass(eq=False)
class OrderStands(Conflict):
    """The order that is to be replaced was not voided, or was replaced before."""

    number: str

    def __str__(self) -> str:
        return f"{self.number}: void it first, with the reason; one order replaces one"


@dataclass(eq=False)
class OrderFilled(Conflict):
    """Something was received against the order."""

    number: str

    def __str__(self) -> str:
        return f"{self.number} was received against and stays; what has not come by its last day simply does not come"


@dataclass(eq=False)
class NotThisOrder(Conflict):
    """The delivery does not fit the order it names."""

    number: str
    differs: str

    def __str__(self) -> str:
        return f"{self.number}: its {self.differs} is another; name the order that was sent to this supplier"


def check_order(new: NewStockOrder, *, groups: Mapping[str, Group], today: date) -> None:
    """Refuse an order that is none.

    Args:
        groups: of each line's package, by NDC.
        today: at the registration's site.

    Raises:
        NotAnOrderForm, NotOrderedSo, SignedAhead: say what is wrong.
    """
    if new.kind not in RECEIVED_UNDER[Group.SCHEDULE_TWO]:
        raise NotAnOrderForm(kind=new.kind)
    for ndc, group in groups.items():
        if group is not Group.SCHEDULE_TWO:
            raise NotOrderedSo(ndc=ndc)
    if new.signed_on > today:
        raise SignedAhead(signed_on=new.signed_on)


def check_number_free(number: str, *, taken: bool) -> None:
    """Refuse a number that is on record: an order is not written over; OrderNumberTaken."""
    if taken:
        raise OrderNumberTaken(number=number)


def check_replaces(old: StockOrder) -> None:
    """Refuse to replace an order that stands; OrderStands.

    Source:
        21 CFR 1305.15: an altered or defective form is not corrected but replaced.
    """
    if not old.voided or old.replaced:
        raise OrderStands(number=old.number)


def check_void(order: StockOrder) -> None:
    """Refuse to void twice, or what was received against.

    Raises:
        OrderVoided, OrderFilled: so it is.
    """
    if order.voided:
        raise OrderVoided(number=order.number)
    if any(line.received for line in order.lines):
        raise OrderFilled(number=order.number)


def check_under(order: StockOrder, paper: Paper, *, supplier: str, registration: UUID) -> None:
    """Refuse a delivery that names an order it does not belong to, or one that counts no more.

    Args:
        supplier: the DEA number of the one who sent it.
        registration: under which it would be received.

    Raises:
        OrderVoided, NotThisOrder: say how they differ.
    """
    if order.voided:
        raise OrderVoided(number=order.number)
    told = {"kind": paper.kind, "number": paper.number, "supplier": supplier, "registration": registration}
    kept = {
        "kind": order.kind,
        "number": order.number,
        "supplier": order.supplier_dea_number,
        "registration": order.registration,
    }
    for name, value in told.items():
        if value != kept[name]:
            raise NotThisOrder(number=order.number, differs=name)
