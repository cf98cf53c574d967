"""One Iowa site under rules of its own and one site under federal law alone, each by its own numbers and rules."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import pytest
import sqlalchemy as sa

from clinic_api.clinics import queries as clinics
from clinic_api.clinics.service import adopt
from clinic_api.database.rows import db
from clinic_api.inventory.models.kits import PatientKit
from clinic_api.patients.queries import visits
from tests.builders import Clinic
from tests.clinics.laws import of_state, own
from tests.inventory.dock import Dock
from tests.inventory.doubt import Doubt
from tests.inventory.stock import Stock, line, refused
from tests.inventory.test_inventories import due, due_tasks, taken
from tests.inventory.test_losses import decided
from tests.inventory.test_removing import asked
from tests.people import Answer
from tests.protocols.shipped import shipped

FEDERAL: Final = "us-federal version 1"
IOWA: Final = "us-ia version 2"  # the shipped one is the first


@dataclass(frozen=True)
class Place:
    """A state and its time zone."""

    state: str
    zone: str


DES_MOINES: Final = Place("IA", "America/Chicago")
CASPER: Final = Place("WY", "America/Denver")


def at(clinic: Clinic, place: Place) -> Clinic:
    """The clinic at a site in a state, with an Iowa that asks more than it does of what the law counts in days."""
    stricter = of_state(
        "IA",
        loss={"form_106_days": 30},
        transfer={"yearly_share_percent": 3},
        patient_specific={"administer_within_days": 30},
        stock_order={"filled_within_days": 40},
    )
    with clinic.transaction() as scope:
        adopt("jurisdiction", "us-ia", stricter | shipped("jurisdictions/us-ia"), scope=scope)
    clinic.site = clinic.a_site(name=place.state, state=place.state, zone=place.zone)
    return clinic


@pytest.mark.parametrize(
    ("place", "due_on", "task_on", "often", "rule"),
    [
        (DES_MOINES, "2027-03-09", "2027-03-10", (12, 7), IOWA),
        (CASPER, "2028-03-02", "2028-03-03", (24, 0), FEDERAL),
    ],
)
def test_the_next_inventory_is_due_by_the_law_of_the_site_and_its_days_of_grace_count(
    clinic: Clinic, place: Place, due_on: str, task_on: str, often: tuple[int, int], rule: str
) -> None:
    stock = Stock(at(clinic, place))
    taken(stock)
    said = due(stock)
    assert (said["due_on"], (said["every_months"], said["grace_days"]), said["rule"]) == (due_on, often, rule)
    assert [f"{each:%Y-%m-%d}" for each in due_tasks(stock)] == [task_on]


def estimating(stock: Stock) -> Callable[[], Answer]:
    """A count at which somebody is about to estimate a vial."""
    count = str(stock.nurse.does("/counts", location=stock.location, kind="closing")["id"])
    estimated = {"container": str(stock.a_vial()), "method": "estimated", "volume_ml": "10"}
    return lambda: stock.enter(count, estimated)


def test_iowa_lets_nothing_be_estimated(clinic: Clinic) -> None:
    answer = refused(clinic, estimating(Stock(at(clinic, DES_MOINES))), 422, "exact-only")
    assert (answer["facts"]["schedule"], answer["facts"]["rule"]) == ("CIII", IOWA)


def test_where_federal_law_stands_alone_ciii_may_be_estimated(clinic: Clinic) -> None:
    (tally,) = estimating(Stock(at(clinic, CASPER)))().done()["tallies"]
    assert tally["counted_by"]


@pytest.mark.parametrize(
    ("place", "notice_due", "form_due", "form_rule"),
    [
        (DES_MOINES, "2026-03-04T06:00:00Z", "2026-04-02T05:00:00Z", IOWA),
        (CASPER, "2026-03-04T07:00:00Z", "2026-04-17T06:00:00Z", FEDERAL),
    ],
)
def test_the_clocks_of_a_loss_run_by_the_law_of_its_site(
    clinic: Clinic, place: Place, notice_due: str, form_due: str, form_rule: str
) -> None:
    doubt = Doubt(at(clinic, place))
    id, _ = doubt.investigated()
    doubt.does(id, "determinations", **decided("theft"))
    (made,) = doubt.file(id)["determinations"]
    said = {(each["what"], each["due_at"], each["rule"]) for each in made["deadlines"]}
    assert said == {("dea_notice", notice_due, FEDERAL), ("form_106", form_due, form_rule)}


@pytest.mark.parametrize(
    ("place", "last_day", "pinned"),
    [(DES_MOINES, "2026-04-01", ("us-ia", 2)), (CASPER, "2026-04-16", ("us-federal", 1))],
)
def test_a_kit_has_the_days_of_its_site_and_keeps_which_policy_said_so(
    clinic: Clinic, place: Place, last_day: str, pinned: tuple[str, int]
) -> None:
    stock = Stock(at(clinic, place))
    visit = stock.a_visit()
    with clinic.reading():
        patient = str(visits.visit(visit).patient)
    kit = UUID(stock.receive(line(vials_invoiced=1, vials_received=1, patient=patient, prescription="RX-9"))[0]["id"])
    with clinic.reading():
        kept = db.session.execute(sa.select(PatientKit).where(PatientKit.id == kit)).scalar_one()
        policy = clinics.policy_version(kept.jurisdiction)
        assert (str(kept.last_day), (policy.key, policy.version)) == (last_day, pinned)


@pytest.mark.parametrize(("place", "stopped_by"), [(DES_MOINES, IOWA), (CASPER, None)])
def test_the_share_that_may_go_to_others_is_the_sites(clinic: Clinic, place: Place, stopped_by: str | None) -> None:
    stock = Stock(at(clinic, place))
    vial, visit = stock.a_vial(), stock.a_visit()
    stock.give(stock.draw(vial, "9.5", visit).syringe, "475", visit)
    there = clinic.a_registration(clinic.a_site(name="Second"), dea_number="FI9051361")
    body = asked("transferred", vial, to_location=stock.a_location("Safe 2", there))
    if stopped_by is None:
        assert stock.nurse.does("/removals", **body)["share_percent"] == "5.0"
    else:
        answer = refused(clinic, lambda: stock.nurse.post("/removals", **body), 409, "too-much-transferred")
        assert (answer["facts"]["stop_percent"], answer["facts"]["rule"]) == (3, stopped_by)


@pytest.mark.parametrize(("place", "last_day"), [(DES_MOINES, "2026-04-10"), (CASPER, "2026-04-30")])
def test_an_order_is_filled_within_the_days_of_the_registrations_site(
    clinic: Clinic, place: Place, last_day: str
) -> None:
    dock = Dock(Stock(at(clinic, place)))
    dock.stock_fentanyl()
    order = dock.order(clinic.custodian())
    assert dock.nurse.get(f"/stock-orders/{order}").done()["last_day"] == last_day


def test_a_kit_and_an_order_keep_the_days_of_the_law_under_which_they_came_and_were_signed(
    clinic: Clinic, stock: Stock
) -> None:
    dock = Dock(stock)
    dock.stock_fentanyl()
    tighter = own(
        patient_specific={"administer_within_days": 10, "effective_from": "2026-03-02"},
        stock_order={"filled_within_days": 10, "effective_from": "2026-03-02"},
    )
    clinic.administrators[0].does("/policies/jurisdiction/house", content=tighter)
    visit, buyer = dock.stock.a_visit(), clinic.custodian()
    with clinic.reading():
        one = line(patient=str(visits.visit(visit).patient), prescription="RX-9")
    dock.stock.receive(one, received_at="2026-03-01T12:00:00-05:00", late_reason="came on a Sunday")
    dock.stock.receive(one)
    kits = dock.nurse.get(f"/sites/{clinic.site}/kits").done()["items"]
    assert sorted({each["last_day"] for each in kits}) == ["2026-03-12", "2026-04-15"]
    orders = [dock.order(buyer), dock.order(buyer, number="222-0000018", signed_on="2026-03-02")]
    told = [dock.nurse.get(f"/stock-orders/{order}").done()["last_day"] for order in orders]
    assert told == ["2026-04-30", "2026-03-12"]
