"""A loading dock to test with: deliveries step by step, a schedule II drug on the list, and orders for it."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from tests.builders import Clinic
from tests.inventory.stock import KETAMINE_50, SUPPLIER, Stock
from tests.people import Answer, Person
from tests.protocols.shipped import changed, shipped

FENTANYL: Final = "0409-9094-22"
FORM: Final = "222-0000017"
SCAN: Final = {"name": "invoice-7001.pdf", "sha256": "ab" * 32}


def fentanyl() -> dict[str, Any]:
    """A product policy for a schedule II drug."""
    content = shipped("products/ketamine")
    package = content["products"][0] | {
        "key": "fentanyl-0.05-mg-ml-2-ml",
        "name": "Fentanyl citrate injection 0.05 mg/mL, 2 mL vial",
        "ndc": FENTANYL,
        "strength_mg_per_ml": "0.05",
        "volume_ml": "2",
        "container": "single_dose_vial",
    }
    package.pop("ndc11")
    for path, value in (("drug", "fentanyl"), ("schedule", "CII"), ("registration_schedule", "2")):
        content = changed(content, path, value)
    return content | {"products": [package]}


def charged(**different: Any) -> dict[str, Any]:
    """A line of a document that does not say its lot: two vials of ketamine."""
    return {"ndc": KETAMINE_50, "vials_invoiced": 2, **different}


def counted(**different: Any) -> dict[str, Any]:
    """Two vials of one lot, as somebody counted them."""
    usual = {"ndc": KETAMINE_50, "lot": "L1", "expiry": "2027-06-30", "vials_received": 2, "vials_turned_away": 0}
    return usual | different


@dataclass
class Dock:
    """Deliveries to a clinic's safe."""

    stock: Stock

    @property
    def clinic(self) -> Clinic:
        """Where it is."""
        return self.stock.clinic

    @property
    def nurse(self) -> Person:
        """Who receives."""
        return self.stock.nurse

    def body(self, *lines: dict[str, Any], **different: Any) -> dict[str, Any]:
        """A delivery as it is logged."""
        supplier = {name: value for name, value in SUPPLIER.items() if name.startswith("supplier")}
        paper = {"document": "invoice", "document_number": "INV-7001", "document_date": "2026-02-27"}
        parcel = {"carrier": "Parcel Post", "condition": "box whole, seal whole", "location": self.stock.location}
        return {**supplier, **paper, **parcel, "lines": list(lines) or [charged()], **different}

    def log(self, *lines: dict[str, Any], **different: Any) -> str:
        """Log a delivery; its id."""
        return str(self.nurse.does("/deliveries", **self.body(*lines, **different))["id"])

    def count(self, delivery: str, *lines: dict[str, Any]) -> Answer:
        """Count what came."""
        return self.nurse.post(f"/deliveries/{delivery}/count", lines=list(lines))

    def accept(self, delivery: str, **claimed: Any) -> Answer:
        """Sign for what was counted."""
        return self.nurse.post(f"/deliveries/{delivery}/acceptance", **claimed)

    def ended(self, end: str, *lines: dict[str, Any]) -> str:
        """A delivery that has come so far; its id."""
        delivery = self.log()
        if end == "refused":
            self.nurse.does(f"/deliveries/{delivery}/refusal", reason="the seal was broken")
        if end in {"counted", "accepted"}:
            self.count(delivery, *(lines or (counted(),))).done()
        if end == "accepted":
            self.accept(delivery).done()
        return delivery

    def two(self, persons: int) -> None:
        """From now on so many people receive."""
        profile = changed(shipped("profiles/team"), "custody.receive_and_export_persons", persons)
        self.stock.clinic.administrators[0].does("/policies/profile/team", content=profile)

    # -------------------------------------------------------------------------------------------------- schedule II

    def stock_fentanyl(self) -> None:
        """The clinic stocks fentanyl, and the nurse signed the registration's application."""
        administrator = self.stock.clinic.administrators[0]
        administrator.does("/policies/product/fentanyl", content=fentanyl())
        administrator.does(f"/registrations/{self.stock.registration}/signer", account=self.nurse.id)

    def order_body(self, *lines: dict[str, Any], **different: Any) -> dict[str, Any]:
        """A Form 222 for ten vials, signed by the registrant."""
        supplier = {name: value for name, value in SUPPLIER.items() if name.startswith("supplier")}
        usual = {"kind": "form-222", "number": FORM, "signed_by": self.nurse.id, "signed_on": "2026-03-01"}
        wanted = list(lines) or [{"ndc": FENTANYL, "vials_ordered": 10}]
        return {**supplier, "registration": self.stock.registration, **usual, "lines": wanted, **different}

    def order(self, buyer: Person, *lines: dict[str, Any], **different: Any) -> str:
        """Record an order; its id."""
        return str(buyer.does("/stock-orders", **self.order_body(*lines, **different))["id"])

    def under(self, order: str, vials: int, **different: Any) -> dict[str, Any]:
        """A delivery of fentanyl under an order."""
        line = {"ndc": FENTANYL, "vials_invoiced": vials}
        paper = {"document": "form-222", "document_number": FORM, "document_date": "2026-03-01", "order": order}
        return self.body(line, **{**paper, **different})

    def receive_under(self, order: str, vials: int) -> Answer:
        """Log, count and accept so many vials under an order; the last answer."""
        delivery = self.nurse.does("/deliveries", **self.under(order, vials))["id"]
        self.count(delivery, counted(ndc=FENTANYL, vials_received=vials)).done()
        return self.accept(delivery)

    def a_schedule_two_vial(self) -> UUID:
        """One vial of fentanyl that came under an order of its own; its id."""
        self.stock_fentanyl()
        receipt = self.receive_under(self.order(self.stock.clinic.custodian()), 1).done()["receipt"]
        return UUID(receipt["lines"][0]["containers"][0]["id"])


def ids(answer: Answer) -> list[UUID]:
    """The vials of a receipt."""
    return [UUID(vial["id"]) for line in answer["receipt"]["lines"] for vial in line["containers"]]
