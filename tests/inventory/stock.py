"""Stock to test with: received, drawn and given through the real acts."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from clinic_api import clock
from clinic_api.clinics.service import adopt
from clinic_api.database.scope import Scope
from clinic_api.database.transactions import transaction
from clinic_api.inventory.queries import cases, containers
from clinic_api.inventory.rules.drawing import DrawOrder, Take
from clinic_api.inventory.rules.moves import CaseBalance
from clinic_api.inventory.service import drawing
from clinic_api.inventory.service.drawing import Drawn
from clinic_api.patients import service as visits
from clinic_api.patients.queries import patients
from clinic_api.patients.queries import visits as visits_read
from clinic_api.patients.rules.identity import Details, Sex
from clinic_api.quantities import Mass, Volume
from clinic_api.tasks import queries as tasks
from tests.builders import Clinic
from tests.people import Answer, Person
from tests.protocols.shipped import shipped
from tests.records import FILED

KETAMINE_50: Final = "0409-2053-10"
KETAMINE_10: Final = "42023-113-10"
SUPPLIER: Final = {
    "supplier_name": "North Wholesale",
    "supplier_address": "9 Dock Street, Buffalo",
    "supplier_dea_number": "BC2749185",
    "invoice_number": "INV-7001",
    "invoice_date": "2026-02-27",
}
#: To whom stock goes outside: to be destroyed, or to be used; neither sends us any.
REVERSE: Final = {"name": "Reverse Ltd", "address": "1 Depot", "dea_number": "RR7654329"}
COLLEAGUE: Final = {"name": "East Clinic", "address": "3 Hill, Troy", "dea_number": "FE2468127"}
SEEN: Final = {
    "seen_as": "certificate-copy",
    "activity": "reverse-distributor",
    "schedules": ["2", "2N", "3", "3N"],
    "valid_until": "2028-12-31",
}


def line(**different: Any) -> dict[str, Any]:
    """A line of an invoice: two vials of 500 mg that came as charged."""
    usual = {"ndc": KETAMINE_50, "lot": "L1", "expiry": "2027-06-30", "vials_invoiced": 2, "vials_received": 2}
    return usual | different


def counted(vial: object) -> dict[str, Any]:
    """A sealed vial, counted."""
    return {"container": str(vial), "method": "counted"}


def read(vial: object, ml: str, **different: Any) -> dict[str, Any]:
    """An open vial, read to half a millilitre."""
    return {"container": str(vial), "method": "read", "volume_ml": ml, **different}


def refused_with_a_file(clinic: Clinic, answer_of: Any, *said: object) -> Answer:
    """Something that is refused since there is less: a file says that it was tried, and nothing else is changed."""
    before = clinic.contents()["refused_takes"][0]
    with clinic.nothing_changes(but=FILED):
        answer: Answer = answer_of()
    assert (answer.status, answer["type"]) == said
    assert clinic.contents()["refused_takes"][0] == before + 1
    return answer


def refused(clinic: Clinic, answer_of: Any, *said: object) -> Answer:
    """Something that is refused, with nothing changed."""
    with clinic.nothing_changes():
        answer: Answer = answer_of()
    assert (answer.status, answer["type"]) == said
    return answer


def an_order(stock: "Stock", visit: UUID, dora: Person | None = None) -> tuple[Person, str]:
    """A prescriber, and an order for a visit's patient that they have signed; its id."""
    signer = dora or stock.clinic.prescriber()
    with stock.clinic.reading():
        patient = visits_read.visit(visit).patient
    asked = {"patient": patient, "protocol": "iv-ketamine", "route": "intravenous", "visits": 1, "mg_per_kg": "0.5"}
    until = (clock.now() + timedelta(days=2)).isoformat()
    rest = {"minutes": 40, "basis": "actual", "cap_mg": None, "valid_until": until, "indication": "F33.2"}
    order = str(signer.does("/orders", **asked | rest)["id"])
    signer.does(f"/orders/{order}/signature")
    return signer, order


@dataclass
class Stock:
    """A clinic's safe, with a nurse and a second nurse beside it."""

    clinic: Clinic
    nurse: Person = field(init=False)
    witness: Person = field(init=False)
    registration: str = field(init=False)
    location: str = field(init=False)

    def __post_init__(self) -> None:
        self.nurse, self.witness = self.clinic.nurse("Ada Nurse"), self.clinic.nurse("Ben Nurse")
        self.registration = self.clinic.a_registration()
        self.location = self.a_location()

    def a_location(self, name: str = "Safe 1", registration: str | None = None) -> str:
        """A locked place; its id."""
        asked = {"registration": registration or self.registration, "name": name}
        return str(self.clinic.administrators[0].does("/locations", **asked)["id"])

    def receipt(self, *lines: dict[str, Any], **different: Any) -> dict[str, Any]:
        """The body of a receipt."""
        return {"location": self.location, **SUPPLIER, "lines": list(lines) or [line()], **different}

    def receive(self, *lines: dict[str, Any], **different: Any) -> list[dict[str, Any]]:
        """Receive; the vials of all lines, each with its id and label."""
        made = self.nurse.does("/receipts", **self.receipt(*lines, **different))
        return [vial for each in made["lines"] for vial in each["containers"]]

    def see(self, receiver: dict[str, str], **different: Any) -> str:
        """Remember a receiver, and what was seen of its registration; its id in the directory."""
        keeper = self.clinic.administrators[0]
        id = str(keeper.does("/suppliers", **receiver)["id"])
        seen = {"how": "copy of the certificate, filed", "registration": SEEN | different}
        keeper.does(f"/suppliers/{id}/verification", **seen)
        return id

    def see_both(self) -> None:
        """See the registrations of both receivers."""
        self.see(REVERSE)
        self.see(COLLEAGUE, activity="hospital-or-clinic")

    def a_vial(self, **different: Any) -> UUID:
        """One vial of 500 mg; its id."""
        return UUID(self.receive(line(vials_invoiced=1, vials_received=1, **different))[0]["id"])

    def a_visit(self, site: str | None = None) -> UUID:
        """A new patient's visit; its id."""
        details = Details(
            name="Rosa Field", date_of_birth=date(1980, 4, 5), sex=Sex.FEMALE, zone="America/New_York", address="2 Hill"
        )
        with self.acting() as scope:
            patient = visits.register(details, scope=scope)
            return visits.open_visit(patient.id, UUID(site or self.clinic.site), scope=scope).id

    @contextmanager
    def acting(self, person: Person | None = None, **different: Any) -> Iterator[Scope]:
        """A transaction of somebody with a key of its own, as the door would open it."""
        given = {"device": UUID(self.clinic.tablet["id"]), "operation_id": uuid4(), **different}
        scope = (person or self.nurse).scope(**given)
        with self.clinic.app.app_context(), transaction(scope):
            yield scope

    def draw(self, vial: UUID, ml: str, visit: UUID, person: Person | None = None) -> Drawn:
        """Draw a volume for a visit."""
        with self.acting(person) as scope:
            return drawing.draw(DrawOrder.of_one(vial, Volume.ml(ml), visit), scope=scope)

    def draw_from(self, visit: UUID, *takes: tuple[UUID, str], person: Person | None = None) -> Drawn:
        """Draw from several containers into one syringe for a visit."""
        order = DrawOrder(tuple(Take(container, Volume.ml(ml)) for container, ml in takes), visit)
        with self.acting(person) as scope:
            return drawing.draw(order, scope=scope)

    def share(self, **different: Any) -> None:
        """Adopt a list that lets ketamine be made up for nobody in particular."""
        content = shipped("products/ketamine")
        content["preparations"] |= {"shared_preparations": True, **different}
        with self.clinic.transaction() as scope:
            adopt("product", "ketamine", content, scope=scope)

    def mixing(self, *takes: tuple[UUID, str], **different: Any) -> dict[str, Any]:
        """The body of a preparation: a bag with 90 mL of saline."""
        named = [{"container": str(vial), "volume_ml": ml} for vial, ml in takes]
        return {"kind": "bag", "containers": named, "diluent": "0.9 % saline", "diluent_ml": "90", **different}

    def mix(self, *takes: tuple[UUID, str], **different: Any) -> UUID:
        """Make up stock; its id."""
        return UUID(self.nurse.does("/preparations", **self.mixing(*takes, **different))["container"]["id"])

    def give(self, syringe: UUID, mg: str, visit: UUID) -> None:
        """The patient gets so much out of a syringe."""
        with self.acting() as scope:
            identity = patients.identity(visits.hold(visit).patient)
            drawing.administer(
                syringe,
                Mass.mg(mg),
                visit=visit,
                identity_version=identity.version_id,
                occurred_at=scope.at,
                scope=scope,
            )

    def propose(self, container: UUID, mg: str, person: Person | None = None, **different: Any) -> dict[str, Any]:
        """Propose a waste; the answer with its challenge."""
        asked = {"container": container, "mass_mg": mg, "reason": "dose complete", "method": "absorbent container"}
        return dict((person or self.nurse).does("/wastes", **asked | different))

    def waste(self, container: UUID, mg: str) -> None:
        """Waste so much before the other nurse."""
        proposed = self.propose(container, mg)
        self.nurse.does(f"/wastes/{proposed['id']}/witness", **self.witness.proof_for(proposed["challenge"]))

    def enter(self, count: str, *lines: dict[str, Any], by: Person | None = None) -> Answer:
        """What one person found is entered; the nurse, unless somebody else is named."""
        return (by or self.nurse).post(f"/counts/{count}/entries", lines=list(lines))

    def enter_both(self, count: str, *lines: dict[str, Any]) -> Answer:
        """Two people find the same, each for themself; the answer to the second."""
        self.enter(count, *lines).done()
        return self.enter(count, *lines, by=self.witness)

    def sign_both(self, count: str) -> Answer:
        """The two who counted sign."""
        signed = self.nurse.does(f"/counts/{count}/signature")
        return self.witness.post(f"/counts/{count}/second", **self.witness.proof_for(signed["challenge"])).done()

    def count(self, *lines: dict[str, Any], kind: str = "closing") -> Answer:
        """A complete count of the safe by two people."""
        id = str(self.nurse.does("/counts", location=self.location, kind=kind)["id"])
        self.enter_both(id, *lines).done()
        return self.sign_both(id)

    def tasks(self, kind: str) -> int:
        """How many tasks of a kind are open."""
        with self.clinic.reading():
            return sum(task.kind == kind for task in tasks.open_tasks())

    def balance(self, container: UUID) -> Mass:
        """What a container holds by the ledger."""
        with self.clinic.reading():
            return containers.container(container).balance

    def cases(self, visit: UUID) -> list[CaseBalance]:
        """The cases of a visit."""
        with self.clinic.reading():
            return list(cases.case_balances(visit))
