"""The accountability audit of a registration, drawn up from real moves and real counts."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from clinic_api.database.rows import db
from clinic_api.inventory.models.stock import Container
from clinic_api.inventory.rules.drawing import DrawOrder
from clinic_api.inventory.rules.receiving import Supplier
from clinic_api.inventory.service import drawing, upkeep
from clinic_api.inventory.service.upkeep import ReturnOrder
from clinic_api.patients import service as visits
from clinic_api.patients.queries import patients
from clinic_api.quantities import Mass, Volume
from tests.builders import Clinic
from tests.inventory.counts import count, counted, read
from tests.inventory.stock import KETAMINE_10, Stock, line

PERIOD = "since=2026-03-02T00:00:00Z&until=2026-03-03T00:00:00Z"


def audit(stock: Stock, period: str = PERIOD) -> list[dict[str, Any]]:
    """The audit as the nurse reads it, product by product."""
    answer = stock.nurse.get(f"/registrations/{stock.registration}/accountability?{period}")
    return list(answer.done()["items"])


def lines(account: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["line"]: each for each in account["lines"]}


def invoice(stock: Stock, number: int) -> list[UUID]:
    """So many vials under one invoice."""
    return [UUID(each["id"]) for each in stock.receive(line(vials_invoiced=number, vials_received=number))]


def give_all(stock: Stock, draws: list[tuple[UUID, str]]) -> None:
    """Draw and give, all for one visit."""
    visit = stock.a_visit()
    with stock.acting() as scope:
        identity = patients.identity(visits.hold(visit).patient).version_id
        for vial, ml in draws:
            made = drawing.draw(DrawOrder.of_one(vial, Volume.ml(ml), visit), scope=scope)
            given = drawing.administer(
                made.syringe, made.mass, visit=visit, identity_version=identity, occurred_at=scope.at, scope=scope
            )
            assert given is not None


def give_back(stock: Stock, vials: list[UUID]) -> None:
    """Whole vials go to the reverse distributor."""
    receiver = Supplier(name="Reverse", address="1 Depot", dea_number="BC2749185")
    with stock.acting() as scope:
        for vial in vials:
            upkeep.give_back(ReturnOrder(container=vial, receiver=receiver, document="R-1"), scope=scope)


def test_the_worked_example_is_reproduced_with_the_moves_that_a_clinic_makes(stock: Stock) -> None:
    """12 vials and 6.4 mL, 72 received, 512.35 mL given, 75.25 mL wasted, 4 returned; 21 vials and 4.8 mL found."""
    old, opened = invoice(stock, 12), invoice(stock, 1)[0]
    give_all(stock, [(opened, "3.6")])
    stock.clinic.later(minutes=1)
    morning = count(stock, *map(counted, old), read(opened, "6.4"), kind="opening")
    stock.clinic.later(minutes=1)
    vials = old + [vial for number in (25, 25, 20, 2) for vial in invoice(stock, number)]
    given, wasted, returned, last, kept = vials[:51], vials[51:58], vials[58:62], vials[62], vials[63:]
    give_all(stock, [*[(vial, "10") for vial in given], (last, "1.2"), (opened, "1.15")])
    for vial in wasted:
        stock.waste(vial, "500")
    stock.waste(opened, "262.5")
    give_back(stock, returned)
    stock.clinic.later(minutes=1)
    evening = count(stock, *map(counted, kept), read(last, "4.8"))

    [account] = audit(stock)
    shown = {name: (each["side"], each["volume_ml"], each["mass_mg"]) for name, each in lines(account).items()}
    assert shown["opening-count"] == ("A", "126.4", "6320")
    assert shown["received"] == ("A", "720", "36000")
    assert shown["administered"] == ("B", "512.35", "25617.5")
    assert shown["wasted"] == ("B", "75.25", "3762.5")
    assert shown["reverse-distributed"] == ("B", "40", "2000")
    assert shown["closing-count"] == ("B", "214.8", "10740")
    assert (account["accountable_for_mg"], account["accounted_for_mg"]) == ("42320", "42120")
    assert (account["variance_mg"], account["variance_percent"]) == ("-200", "-0.47")
    assert [lines(account)[name]["containers"] for name in ("received", "reverse-distributed")] == [72, 4]
    assert [len(lines(account)[name]["evidence"]) for name in ("received", "administered", "wasted")] == [4, 53, 8]
    assert lines(account)["opening-count"]["evidence"] == [morning]
    closing = account["closing"]
    assert (closing["counts"], closing["full"], closing["opened"], closing["opened_volume_ml"]) == (
        [evening],
        21,
        1,
        "4.8",
    )
    assert (closing["found_mg"], closing["book_mg"], closing["variance_mg"]) == ("10740", "10940", "-200")
    assert [each["method"] for each in closing["methods"]] == ["counted", "read"]
    assert (account["late"], account["faults"]) == ([], [])


def test_two_strengths_are_two_audits_and_never_one_sum(stock: Stock) -> None:
    count(stock, kind="opening")
    stock.clinic.later(minutes=1)
    stock.receive(line(), line(ndc=KETAMINE_10))
    stock.clinic.later(minutes=1)
    count(stock)
    accounts = audit(stock)
    assert [(each["ndc"], each["strength_mg_per_ml"]) for each in accounts] == [
        ("42023-113-10", "10"),
        ("0409-2053-10", "50"),
    ]
    assert [each["variance_mg"] for each in accounts] == ["-400", "-1000"]
    assert [each["closing"]["missing"] for each in accounts] == [2, 2]


def test_without_counts_the_moves_are_there_and_the_variance_is_unknown(stock: Stock) -> None:
    stock.a_vial()
    [account] = audit(stock)
    assert (account["opening"], account["closing"], account["variance_mg"]) == (None, None, None)
    assert (account["accountable_for_mg"], account["variance_percent"]) == (None, None)


def test_a_receipt_entered_late_stands_in_its_period_and_is_listed(stock: Stock) -> None:
    count(stock, kind="opening")
    stock.clinic.later(hours=1)
    first = stock.a_vial()
    stock.clinic.later(hours=1)
    count(stock, counted(first))
    stock.clinic.later(hours=1)
    told = {"received_at": "2026-03-02T14:30:00Z", "late_reason": "the internet was down"}
    stock.receive(line(vials_invoiced=1, vials_received=1), **told)
    [account] = audit(stock)
    assert lines(account)["received"]["mass_mg"] == "1000"
    [late] = account["late"]
    assert (late["line"], late["reason"], late["counted"]) == ("received", "the internet was down", True)
    assert (account["variance_mg"], account["faults"]) == ("-500", [])


def test_what_happened_before_the_opening_count_and_was_learned_of_later_is_listed_and_not_counted(
    stock: Stock,
) -> None:
    stock.clinic.later(hours=1)
    count(stock, kind="opening")
    stock.clinic.later(hours=1)
    told = {"received_at": "2026-03-02T14:30:00Z", "late_reason": "the box stood at the desk"}
    [vial] = stock.receive(line(vials_invoiced=1, vials_received=1), **told)
    count(stock, counted(UUID(vial["id"])))
    [account] = audit(stock)
    assert [(each["counted"], each["mass_mg"]) for each in account["late"]] == [(False, "500")]
    assert (lines(account)["received"]["mass_mg"], account["variance_mg"]) == ("0", "500")


def test_a_balance_that_somebody_changed_by_hand_is_a_fault_of_our_sums(stock: Stock, clinic: Clinic) -> None:
    count(stock, kind="opening")
    clinic.later(minutes=1)
    vial = stock.a_vial()
    with clinic.transaction():
        db.session.execute(sa.update(Container).where(Container.id == vial).values(balance=Mass.mg(499)))
    [account] = audit(stock)
    assert account["faults"] == [
        {"finding": "balances-differ", "difference_mg": "-1", "containers": ["K-001"]},
    ]


def test_while_somebody_counts_blind_nobody_is_told_what_to_find(stock: Stock, clinic: Clinic) -> None:
    stock.a_vial()
    stock.nurse.does("/counts", location=stock.location, kind="closing")
    with clinic.nothing_changes():
        refused = stock.nurse.get(f"/registrations/{stock.registration}/accountability?{PERIOD}")
    assert (refused.status, refused["type"], refused["facts"]["locations"]) == (409, "count-under-way", ["Safe 1"])


def test_an_audit_needs_a_registration_and_a_period(stock: Stock, clinic: Clinic) -> None:
    assert stock.nurse.get(f"/registrations/{clinic.site}/accountability?{PERIOD}").status == 404
    assert stock.nurse.get(f"/registrations/{stock.registration}/accountability").status == 422
    assert clinic.front_desk().get(f"/registrations/{stock.registration}/accountability?{PERIOD}").status == 403
