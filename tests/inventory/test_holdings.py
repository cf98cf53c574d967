"""On hand at any past moment: by when things happened, and by what was known of them then."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from clinic_api.inventory.rules.holdings import Holding, by_product, moment
from clinic_api.quantities import Concentration, Mass
from tests.builders import Clinic
from tests.inventory.stock import KETAMINE_10, Stock, line

NOON = datetime(2026, 3, 2, 17, tzinfo=UTC)


def held(stock: Stock, path: str, **asked: str) -> dict[str, Any]:
    """What was on hand by product key."""
    query = "&".join(f"{name}={time}" for name, time in asked.items())
    items = stock.nurse.get(f"{path}/on-hand?{query}").done()["items"]
    return {each["product"]: each["on_hand_mg"] for each in items}


def registration(stock: Stock, **asked: str) -> str | None:
    """What the registration held of the usual product."""
    found: str | None = held(stock, f"/registrations/{stock.registration}", **asked).get("ketamine-50-mg-ml-10-ml")
    return found


def test_a_receipt_entered_late_was_on_hand_before_anybody_knew_of_it(stock: Stock) -> None:
    stock.clinic.later(hours=2)
    told = {"received_at": "2026-03-02T14:30:00Z", "late_reason": "the internet was down"}
    stock.receive(line(), **told)
    stock.clinic.later(hours=1)
    assert registration(stock) == "1000"
    assert registration(stock, at="2026-03-02T15:00:00Z") == "1000"
    assert registration(stock, at="2026-03-02T15:00:00Z", known_at="2026-03-02T15:00:00Z") is None
    assert registration(stock, at="2026-03-02T14:29:59Z") is None
    assert registration(stock, at="2026-03-02T14:30:00Z", known_at="2026-03-02T16:00:01Z") == "1000"


def test_a_dose_entered_late_had_left_the_syringe_and_the_book_did_not_know(stock: Stock) -> None:
    vial, visit = stock.a_vial(), stock.a_visit()
    syringe = stock.draw(vial, "0.7", visit).syringe
    stock.clinic.later(hours=1)
    stock.give(syringe, "10.5", visit)
    path = f"/containers/{syringe}"
    assert held(stock, path)["ketamine-50-mg-ml-10-ml"] == "24.5"
    assert held(stock, path, at="2026-03-02T14:59:59Z")["ketamine-50-mg-ml-10-ml"] == "35"
    assert held(stock, path, known_at="2026-03-02T14:30:00Z")["ketamine-50-mg-ml-10-ml"] == "35"


def test_on_hand_is_told_per_container_location_and_registration_and_per_product_within(stock: Stock) -> None:
    vial = stock.a_vial()
    stock.receive(line(ndc=KETAMINE_10))
    stock.location = stock.a_location("Safe 2")
    stock.receive(line())
    stock.draw(vial, "0.7", stock.a_visit())
    both = {"ketamine-10-mg-ml-20-ml": "400", "ketamine-50-mg-ml-10-ml": "1500"}
    assert held(stock, f"/registrations/{stock.registration}") == both
    assert held(stock, f"/locations/{stock.location}") == {"ketamine-50-mg-ml-10-ml": "1000"}
    assert held(stock, f"/containers/{vial}") == {"ketamine-50-mg-ml-10-ml": "465"}


def test_it_is_the_sum_of_the_balances_now_whatever_moved(stock: Stock) -> None:
    vials = [UUID(each["id"]) for each in stock.receive(line(vials_invoiced=3, vials_received=3))]
    visit = stock.a_visit()
    syringe = stock.draw(vials[0], "0.7", visit).syringe
    stock.give(syringe, "10.5", visit)
    stock.waste(syringe, "24.5")
    stock.waste(vials[1], "100")
    stock.nurse.does(f"/containers/{vials[2]}/overfill", volume_ml="0.1")
    kept = [stock.balance(each) for each in (*vials, syringe)]
    assert registration(stock) == Mass.total(kept).as_mg_text()
    items = stock.nurse.get(f"/registrations/{stock.registration}/on-hand").done()["items"]
    assert (items[0]["containers"], items[0]["ndc"], items[0]["strength_mg_per_ml"]) == (3, "0409-2053-10", "50")


def test_the_moment_that_was_asked_for_is_said_and_left_out_it_is_now(stock: Stock) -> None:
    answer = stock.nurse.get(f"/locations/{stock.location}/on-hand?at=2026-03-02T09:00:00-05:00").done()
    assert (answer["at"], answer["known_at"][:19]) == ("2026-03-02T14:00:00Z", "2026-03-02T14:00:00")
    assert moment(None, NOON, now=NOON) == moment(NOON, None, now=NOON)


def test_while_a_location_is_counted_blind_no_moment_of_it_is_told(stock: Stock) -> None:
    vial = stock.a_vial()
    stock.clinic.later(hours=1)
    stock.nurse.does("/counts", location=stock.location, kind="closing")
    for path in (f"/registrations/{stock.registration}", f"/locations/{stock.location}", f"/containers/{vial}"):
        assert held(stock, path, at="2026-03-02T14:30:00Z") == {"ketamine-50-mg-ml-10-ml": None}


def test_what_is_not_here_has_nothing_on_hand(stock: Stock, clinic: Clinic) -> None:
    for path in ("registrations", "locations", "containers"):
        assert stock.nurse.get(f"/{path}/{clinic.organisation}/on-hand").status == 404
    assert clinic.front_desk().get(f"/registrations/{stock.registration}/on-hand").status == 403
    assert stock.nurse.get(f"/registrations/{stock.registration}/on-hand?at=2026-03-02T14:00").status == 422


def test_a_clinic_sees_its_own_moves_only(stock: Stock, clinic: Clinic) -> None:
    stock.a_vial()
    other = Stock(clinic.installation.found("South Clinic"))
    other.a_vial()
    assert registration(stock) == registration(other) == "500"
    assert other.nurse.get(f"/registrations/{stock.registration}/on-hand").status == 404


def test_what_was_known_to_leave_before_it_was_known_to_come_is_below_zero_and_not_hidden() -> None:
    def holding(held_ug: int, hidden: bool = False) -> Holding:
        return Holding(
            product="k",
            product_name="K",
            ndc="0409-2053-10",
            concentration=Concentration.mg_per_ml(50),
            held_ug=held_ug,
            hidden=hidden,
        )

    [found] = by_product([holding(5), holding(-7), holding(0)])
    assert (found.held_ug, found.containers) == (-2, 2)
    [hidden] = by_product([holding(5), holding(7, hidden=True)])
    assert (hidden.held_ug, hidden.containers) == (None, None)
    assert by_product([]) == ()
