"""Who may act at a location, and how much should lie ready there; setting apart is never in the way of a list."""

from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from clinic_api.database.rows import Row, db
from clinic_api.identifiers import new_id
from clinic_api.inventory.rules.places import BELOW_PAR, NotOnAccessList
from tests.builders import Clinic
from tests.inventory.stock import KETAMINE_50, Stock, line
from tests.inventory.test_last_defence import refused
from tests.people import Answer, Person

PRODUCT = "ketamine-50-mg-ml-10-ml"
BELOW = {"version": 2, "least": -1}


def access(stock: Stock, **different: Any) -> Answer:
    """Say how the safe is kept; the usual lists are empty."""
    usual = {"lock": "safe", "may_draw": [], "may_receive": [], "may_count": [], "reason": "new key holders"}
    return stock.clinic.administrators[0].post(f"/locations/{stock.location}/access", **usual | different)


def received_and_counted(stock: Stock, person: Person) -> tuple[int, int]:
    """Receive into the safe and open a count of it, as somebody; the statuses."""
    received = person.post("/receipts", **stock.receipt())
    return received.status, person.post("/counts", location=stock.location, kind="closing").status


def test_an_empty_list_lets_everybody_in_whose_role_allows_it(stock: Stock) -> None:
    access(stock).done()
    assert received_and_counted(stock, stock.nurse) == (201, 201)
    stock.draw(stock.a_vial(), "1", stock.a_visit())


def test_who_is_not_on_the_list_is_refused_and_told_who_may(stock: Stock) -> None:
    vial, visit = stock.a_vial(), stock.a_visit()
    only = [stock.witness.id]
    access(stock, may_draw=only, may_receive=only, may_count=only).done()
    with stock.clinic.nothing_changes():
        for path, body in (
            ("/receipts", stock.receipt()),
            ("/counts", {"location": stock.location, "kind": "closing"}),
        ):
            answer = stock.nurse.post(path, **body)
            assert (answer.status, answer["type"]) == (403, "not-on-access-list")
            assert answer["detail"] == "At Safe 1, ask Ben Nurse; an administrator keeps the list."
        with pytest.raises(NotOnAccessList, match="At Safe 1, ask Ben Nurse"):
            stock.draw(vial, "1", visit)
    assert received_and_counted(stock, stock.witness) == (201, 201)
    stock.draw(vial, "1", visit, stock.witness)


def test_setting_apart_is_on_no_list(stock: Stock) -> None:
    vial = stock.a_vial()
    only = [stock.witness.id]
    access(stock, may_draw=only, may_receive=only, may_count=only).done()
    assert stock.nurse.post(f"/containers/{vial}/quarantine", reason="a crack in the glass").status == 201


def test_the_newest_version_holds_and_every_earlier_one_can_be_read(stock: Stock) -> None:
    access(stock, may_receive=[stock.witness.id]).done()
    access(stock, lock="cabinet", may_receive=[stock.nurse.id], reason="Ben left").done()
    items = stock.nurse.get(f"/locations/{stock.location}/access").done()["items"]
    assert [(item["version"], item["lock"], item["may_receive"]) for item in items] == [
        (2, "cabinet", [stock.nurse.id]),
        (1, "safe", [stock.witness.id]),
    ]
    assert items[0]["by"] == stock.clinic.administrators[0].id
    stock.receive()
    assert stock.witness.post("/receipts", **stock.receipt()).status == 403
    assert stock.clinic.verify() == []


def test_a_list_names_people_and_places_that_are_here_and_only_an_administrator_keeps_it(stock: Stock) -> None:
    with stock.clinic.nothing_changes():
        assert access(stock, may_draw=[str(uuid4())])["type"] == "no-such-account"
        assert access(stock, lock="string").status == 422
        path = f"/locations/{stock.location}/access"
        usual = {"lock": "safe", "may_draw": [], "may_receive": [], "may_count": [], "reason": "why"}
        assert stock.nurse.post(path, **usual).status == 403
        assert stock.clinic.administrators[0].post(f"/locations/{uuid4()}/access", **usual).status == 404
    assert stock.nurse.get(f"/locations/{uuid4()}/access").status == 404


# ----------------------------------------------------------------------------------------------------------- par levels


def par(stock: Stock, least: int, **different: Any) -> Answer:
    """Ask for so many vials to lie ready."""
    body = {"product": PRODUCT, "least_units": least} | different
    return stock.clinic.custodian().post(f"/locations/{stock.location}/par-levels", **body)


def levels(stock: Stock) -> list[dict[str, Any]]:
    """The levels of the safe as a nurse reads them."""
    return list(stock.nurse.get(f"/locations/{stock.location}/par-levels").done()["items"])


def test_a_level_is_read_beside_what_lies_ready_and_keeps_its_history(stock: Stock) -> None:
    stock.receive()
    assert levels(stock) == []
    assert par(stock, 1).done()["below"] is False
    par(stock, 3).done()
    (level,) = levels(stock)
    assert (level["product"], level["least_units"], level["ready_units"], level["below"]) == (PRODUCT, 3, 2, True)
    assert level["product_name"].startswith("Ketamine hydrochloride injection 50 mg/mL")
    assert [(each["version"], each["least_units"]) for each in level["history"]] == [(2, 3), (1, 1)]
    assert stock.clinic.verify() == []


def test_too_little_asks_for_more_once_and_a_delivery_ends_it(stock: Stock) -> None:
    first, second = (vial["id"] for vial in stock.receive())
    par(stock, 2).done()
    assert stock.tasks(BELOW_PAR) == 0
    stock.draw(first, "1", stock.a_visit())
    assert stock.tasks(BELOW_PAR) == 1
    stock.nurse.does(f"/containers/{second}/quarantine", reason="a crack in the glass")
    assert (stock.tasks(BELOW_PAR), levels(stock)[0]["ready_units"]) == (1, 0)
    stock.receive()
    assert stock.tasks(BELOW_PAR) == 0


def test_another_level_takes_the_place_of_the_question_that_the_last_one_asked(stock: Stock) -> None:
    par(stock, 2).done()
    assert stock.tasks(BELOW_PAR) == 1
    par(stock, 4).done()
    assert stock.tasks(BELOW_PAR) == 1
    par(stock, 0).done()
    assert stock.tasks(BELOW_PAR) == 0


def test_expired_vials_do_not_lie_ready(stock: Stock) -> None:
    stock.receive(line(expiry="2026-02-28"), line(expiry="2026-03-02"))
    assert par(stock, 3).done()["ready_units"] == 2


def test_nothing_is_told_of_a_location_while_it_is_being_counted_and_it_is_asked_for_afterwards(stock: Stock) -> None:
    first, second = (vial["id"] for vial in stock.receive())
    par(stock, 2).done()
    count = stock.nurse.does("/counts", location=stock.location, kind="closing")
    (level,) = levels(stock)
    assert (level["ready_units"], level["below"]) == (None, None)
    stock.draw(first, "1", stock.a_visit())
    assert stock.tasks(BELOW_PAR) == 0
    lines = [{"container": first, "method": "read", "volume_ml": "9"}, {"container": second, "method": "counted"}]
    stock.enter_both(count["id"], *lines).done()
    assert stock.tasks(BELOW_PAR) == 1
    assert levels(stock)[0]["ready_units"] == 1


def test_a_level_is_for_a_listed_product_of_a_place_that_is_here_and_a_custodian_sets_it(stock: Stock) -> None:
    with stock.clinic.nothing_changes():
        assert stock.nurse.post(f"/locations/{stock.location}/par-levels", product=PRODUCT, least_units=1).status == 403
    for different, code in (({"product": KETAMINE_50}, "not-listed"), ({"least_units": -1}, "malformed")):
        answer = par(stock, 1, **different)
        assert (answer.status, answer["type"]) == (422, code)
    assert levels(stock) == []
    assert stock.nurse.get(f"/locations/{uuid4()}/par-levels").status == 404


def test_the_database_itself_keeps_every_version_as_it_was_written(stock: Stock) -> None:
    access(stock, may_draw=[stock.nurse.id]).done()
    par(stock, 1).done()
    again = {
        "location_accesses": ("location", "version"),
        "location_grants": ("access", "act", "account"),
        "par_levels": ("location", "product", "version"),
    }
    with stock.clinic.nothing_changes():
        for table, unique in again.items():
            for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET id = id, digest = digest"):
                refused(stock, sa.text(statement))
            named = Row.metadata.tables[table]
            with stock.clinic.reading() as scope:
                copy = dict(db.session.execute(sa.select(named)).mappings().one()) | {"id": new_id(scope.at)}
            assert set(unique) < set(copy)
            refused(stock, sa.insert(named).values(copy))
    for table, wrong in (("location_accesses", {"version": 0}), ("par_levels", {"version": 0}), ("par_levels", BELOW)):
        named = Row.metadata.tables[table]
        with stock.clinic.reading() as scope:
            copy = dict(db.session.execute(sa.select(named)).mappings().one())
        refused(stock, sa.insert(named).values(copy | {"id": new_id(scope.at)} | wrong))


# ----------------------------------------------------------------------------------------------------------- lists


def listed(person: Person, query: str = "") -> list[dict[str, Any]]:
    """The locations as somebody reads them."""
    items: list[dict[str, Any]] = person.get(f"/locations{query}").done()["items"]
    return items


def test_locations_are_listed_with_how_they_are_kept_now(stock: Stock) -> None:
    second = stock.a_location("Refrigerator")
    access(stock, may_draw=[stock.nurse.id]).done()
    access(stock, lock="cabinet", may_draw=[stock.witness.id]).done()
    stock.nurse.does("/counts", location=second, kind="closing")
    first, other = listed(stock.nurse)
    assert (first["id"], first["name"], first["site"]) == (stock.location, "Safe 1", stock.clinic.site)
    assert (first["registration"], first["being_counted"]) == (stock.registration, False)
    assert (first["access"]["version"], first["access"]["lock"]) == (2, "cabinet")
    assert first["access"]["may_draw"] == [stock.witness.id]
    assert (other["id"], other["access"], other["being_counted"]) == (second, None, True)


def test_who_may_not_see_the_staff_sees_the_locations_without_their_lists(stock: Stock) -> None:
    access(stock, may_count=[stock.nurse.id]).done()
    mia = stock.clinic.medical_assistant()
    assert [(each["name"], each["access"]) for each in listed(mia)] == [("Safe 1", None)]
    assert mia.get(f"/locations/{stock.location}/access").status == 403


def test_locations_are_listed_by_site_and_page_by_page(stock: Stock) -> None:
    there = stock.clinic.a_site(name="Second")
    stock.a_location("Safe 9", stock.clinic.a_registration(there, dea_number="FI9051361"))
    stock.a_location("Safe 2")
    assert [each["name"] for each in listed(stock.nurse)] == ["Safe 1", "Safe 9", "Safe 2"]
    assert [each["name"] for each in listed(stock.nurse, f"?site={there}")] == ["Safe 9"]
    page = stock.nurse.get("/locations?limit=2").done()
    assert [each["name"] for each in page["items"]] == ["Safe 1", "Safe 9"]
    rest = stock.nurse.get(f"/locations?limit=2&cursor={page['next']}").done()
    assert ([each["name"] for each in rest["items"]], rest["next"]) == (["Safe 2"], None)
    assert stock.nurse.get(f"/locations?site={uuid4()}")["type"] == "no-such-site"


def test_nobody_reads_the_locations_of_another_organisation(stock: Stock, clinic: Clinic) -> None:
    assert len(listed(stock.nurse)) == 1
    assert listed(clinic.installation.found("South Clinic").nurse()) == []
