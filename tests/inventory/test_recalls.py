"""A recall is one act: found at all sites, set apart, who got it frozen, tasks opened, closed when nothing is left."""

from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from clinic_api.database.rows import db
from clinic_api.identifiers import new_id
from clinic_api.inventory.models.recalls import Recall
from clinic_api.inventory.rules.receiving import Supplier
from clinic_api.inventory.service import upkeep
from clinic_api.inventory.service.recalling import LETTERS, RETURN
from clinic_api.inventory.service.upkeep import ReturnOrder
from clinic_api.patients.queries import visits as anchors
from tests.builders import Clinic
from tests.inventory.stock import KETAMINE_10, KETAMINE_50, Stock, line
from tests.people import Answer, Person

NOTICE = {
    "ndc": KETAMINE_50,
    "lots": ["L1"],
    "reason": "particles seen",
    "reference": "Z-0412-2026",
    "due_at": "2026-03-06T22:00:00Z",
}


@pytest.fixture
def carl(clinic: Clinic) -> Person:
    """The custodian, who recalls."""
    return clinic.custodian()


def vials(stock: Stock, number: int, **different: Any) -> list[UUID]:
    made = stock.receive(line(vials_invoiced=number, vials_received=number, **different))
    return [UUID(each["id"]) for each in made]


def a_used_lot(stock: Stock) -> tuple[list[UUID], UUID, UUID]:
    """Four vials (given from, set apart, emptied, sealed), the syringe that still holds some, and the visit."""
    made, visit = vials(stock, 4), stock.a_visit()
    syringe = stock.draw(made[0], "0.7", visit).syringe
    stock.give(syringe, "10.5", visit)
    stock.nurse.does(f"/containers/{made[1]}/quarantine", reason="dented")
    stock.waste(made[2], "500")
    return made, syringe, visit


def elsewhere(stock: Stock) -> Stock:
    """Another site of the clinic, with a registration and a safe of its own."""
    site = stock.clinic.a_site(name="South", address="2 Road, Troy")
    other = stock.clinic.a_registration(site, dea_number="BC2749185", address="2 Road, Troy")
    stock.nurse.does("/presences", site=site)
    stock.location = stock.a_location("South safe", other)
    return stock


def state_of(stock: Stock, container: UUID) -> str:
    return str(stock.nurse.get(f"/containers/{container}").done()["container"]["state"])


def closing(person: Person, recall: Answer | Any, **said: str) -> Answer:
    return person.post(f"/recalls/{recall['id']}/closing", **{"note": "all gone", **said})


def went(closed: Answer) -> dict[str, dict[str, str]]:
    """What left each container, by its number and the kind of move."""
    return {each["label"]: {line_["kind"]: line_["mass_mg"] for line_ in each["went"]} for each in closed["outcomes"]}


def test_a_recall_finds_every_container_of_the_lot_and_sets_apart_what_still_holds_drug(
    stock: Stock, carl: Person
) -> None:
    made, syringe, _ = a_used_lot(stock)
    [other_lot, other_product] = vials(stock, 1, lot="L2") + vials(stock, 1, ndc=KETAMINE_10)
    told = carl.does("/recalls", **NOTICE)
    found = {each["label"]: (each["state"], each["held_mg"], each["set_apart"]) for each in told["containers"]}
    assert found == {
        "K-001": ("open", "465", True),
        "K-002": ("quarantined", "500", False),
        "K-003": ("disposed", "0", False),
        "K-004": ("sealed", "500", True),
        "K-001/1": ("open", "24.5", True),
    }
    assert [state_of(stock, each) for each in (made[0], made[3], syringe)] == ["quarantined"] * 3
    assert [state_of(stock, each) for each in (other_lot, other_product)] == ["sealed"] * 2
    reasons = [stock.nurse.get(f"/containers/{each}")["container"]["quarantine_reason"] for each in made[:2]]
    assert reasons == ["recall Z-0412-2026: particles seen", "dented"]
    assert stock.clinic.verify() == []


def test_a_recall_reaches_every_site(stock: Stock, carl: Person) -> None:
    [here] = vials(stock, 1)
    [there] = vials(elsewhere(stock), 1)
    told = carl.does("/recalls", **NOTICE)
    assert [each["container"] for each in told["containers"]] == [str(here), str(there)]
    assert len({each["site"] for each in told["containers"]}) == 2
    assert [state_of(stock, each) for each in (here, there)] == ["quarantined"] * 2


def test_who_got_some_is_frozen_with_when_and_how_much_and_stays_as_it_was(
    stock: Stock, carl: Person, clinic: Clinic
) -> None:
    _, syringe, visit = a_used_lot(stock)
    told = carl.does("/recalls", **NOTICE)
    with clinic.reading():
        patient = str(anchors.visit(visit).patient)
    [given] = told["given"]
    assert (given["patient"], given["visit"], given["label"], given["mass_mg"]) == (
        patient,
        str(visit),
        "K-001/1",
        "10.5",
    )
    stock.give(syringe, "4.5", visit)  # what the patient gets of a syringe that is set apart is still written down
    again = carl.get(f"/recalls/{told['id']}").done()
    assert again["given"] == told["given"]
    assert (again["digest"], again["containers"]) == (told["digest"], told["containers"])
    looked = clinic.compliance().get("/audit/accesses?limit=100").done()["items"]
    assert [each["patients"] for each in looked if each["route"].endswith("/recalls/<uuid:recall>")] == [[patient]]


def test_letters_and_return_are_asked_for_where_there_is_somebody_to_write_to_and_something_to_return(
    stock: Stock, carl: Person
) -> None:
    a_used_lot(stock)
    carl.does("/recalls", **NOTICE)
    assert (stock.tasks(LETTERS), stock.tasks(RETURN)) == (1, 1)


def test_a_lot_that_was_never_here_is_a_recall_that_found_nothing(stock: Stock, carl: Person) -> None:
    told = carl.does("/recalls", **NOTICE | {"lots": ["L9"]})
    assert (told["containers"], told["given"]) == ([], [])
    assert (stock.tasks(LETTERS), stock.tasks(RETURN)) == (0, 0)
    assert closing(carl, told).done()["outcomes"] == []


def test_several_lots_are_one_recall_and_the_list_names_it(stock: Stock, carl: Person) -> None:
    vials(stock, 1)
    vials(stock, 1, lot="L2")
    told = carl.does("/recalls", **NOTICE | {"lots": ["L2", "L1", "L2"]})
    assert (told["lots"], len(told["containers"])) == (["L1", "L2"], 2)
    [listed] = carl.get("/recalls").done()["items"]
    assert (listed["id"], listed["reference"]) == (told["id"], "Z-0412-2026")


def test_the_same_key_is_the_same_recall(stock: Stock, carl: Person, clinic: Clinic) -> None:
    vials(stock, 2)
    key = {"Idempotency-Key": str(uuid4())}
    first = carl.send("POST", "/recalls", NOTICE, key).done()
    with clinic.nothing_changes():
        again = carl.send("POST", "/recalls", NOTICE, key)
    assert (again.status, again.json) == (201, first.json)


def test_a_second_recall_of_a_lot_leaves_what_is_set_apart_and_finds_what_came_since(
    stock: Stock, carl: Person
) -> None:
    vials(stock, 1)
    carl.does("/recalls", **NOTICE)
    vials(stock, 1)
    told = carl.does("/recalls", **NOTICE)
    assert [each["set_apart"] for each in told["containers"]] == [False, True]


def test_a_recall_is_closed_with_what_became_of_each_container(stock: Stock, carl: Person) -> None:
    made, syringe, _ = a_used_lot(stock)
    told = carl.does("/recalls", **NOTICE)
    stock.waste(made[0], "465")
    stock.waste(syringe, "24.5")
    for vial in (made[1], made[3]):
        receiver = Supplier(name="Maker", address="1 Plant", dea_number="BC2749185")
        with stock.acting() as scope:
            upkeep.give_back(ReturnOrder(container=vial, receiver=receiver, document="RGA-1"), scope=scope)
    closed = closing(carl, told, letters="letter of 3 March to one patient").done()
    assert went(closed) == {
        "K-001": {"drawn": "35", "wasted": "465"},
        "K-002": {"returned": "500"},
        "K-003": {"wasted": "500"},
        "K-004": {"returned": "500"},
        "K-001/1": {"administered": "10.5", "wasted": "24.5"},
    }
    assert (closed["closed_by"], closed["note"]) == (carl.id, "all gone")
    assert (stock.tasks(LETTERS), stock.tasks(RETURN)) == (0, 0)
    assert carl.get(f"/recalls/{told['id']}").done()["outcomes"] == closed["outcomes"]
    assert stock.clinic.verify() == []
    with stock.clinic.nothing_changes():
        assert closing(carl, told, letters="again")["type"] == "recall-closed"


def test_a_recall_whose_containers_still_hold_drug_is_not_closed(stock: Stock, carl: Person, clinic: Clinic) -> None:
    vials(stock, 2)
    told = carl.does("/recalls", **NOTICE)
    with clinic.nothing_changes():
        refused = closing(carl, told)
    assert (refused.status, refused["type"], refused["facts"]["containers"]) == (409, "still-held", ["K-001", "K-002"])


def test_a_recall_is_not_closed_without_a_word_on_the_patients(stock: Stock, carl: Person, clinic: Clinic) -> None:
    [vial], visit = vials(stock, 1), stock.a_visit()
    syringe = stock.draw(vial, "10", visit).syringe
    stock.give(syringe, "500", visit)
    told = carl.does("/recalls", **NOTICE)
    with clinic.nothing_changes():
        refused = closing(carl, told)
    assert (refused.status, refused["type"]) == (422, "letters-not-said")


@pytest.mark.parametrize(
    ("different", "kind"),
    [
        ({"due_at": "2026-03-02T14:00:00Z"}, "due-before"),
        ({"ndc": "99999-999-99"}, "unknown-product"),
        ({"lots": []}, "malformed"),
    ],
)
def test_a_recall_that_cannot_be_is_refused(
    stock: Stock, carl: Person, clinic: Clinic, different: dict[str, Any], kind: str
) -> None:
    vials(stock, 1)
    with clinic.nothing_changes():
        refused = carl.post("/recalls", **NOTICE | different)
    assert (refused.status, refused["type"]) == (422, kind)


def test_a_nurse_does_not_recall_and_a_recall_of_another_clinic_is_not_here(stock: Stock, clinic: Clinic) -> None:
    with clinic.nothing_changes():
        assert stock.nurse.post("/recalls", **NOTICE).status == 403
    assert stock.nurse.get(f"/recalls/{clinic.site}")["type"] == "no-such-recall"
    other = Stock(clinic.installation.found("South Clinic"))
    vials(other, 1)
    vials(stock, 1)
    told = other.clinic.custodian().does("/recalls", **NOTICE)
    assert len(told["containers"]) == 1
    assert stock.nurse.get(f"/recalls/{told['id']}").status == 404


def test_during_a_blind_count_a_recall_works_and_tells_no_amounts(stock: Stock, carl: Person) -> None:
    [vial] = vials(stock, 1)
    stock.nurse.does("/counts", location=stock.location, kind="closing")
    told = carl.does("/recalls", **NOTICE)
    assert [(each["held_mg"], each["set_apart"]) for each in told["containers"]] == [(None, True)]
    assert state_of(stock, vial) == "quarantined"


# ---------------------------------------------------------------------------------------------- the database's own


def test_no_recall_is_changed_deleted_or_due_before_it_was_made(stock: Stock, carl: Person) -> None:
    closing(carl, carl.does("/recalls", **NOTICE)).done()
    with stock.clinic.nothing_changes():
        for statement in (
            "DELETE FROM recalls",
            "DELETE FROM recall_closings",
            "UPDATE recalls SET given = '[]'",
            "UPDATE recall_closings SET outcomes = '[]'",
        ):
            with pytest.raises(DBAPIError), stock.clinic.transaction():
                db.session.execute(sa.text(statement))
        with stock.clinic.reading() as scope:
            table: Any = Recall.__table__
            row = dict(db.session.execute(sa.select(table)).mappings().one())
            copy = row | {"id": new_id(scope.at), "operation_id": uuid4()}
        for wrong in (copy | {"due_at": row["at"]}, row | {"id": copy["id"]}):
            with pytest.raises(IntegrityError), stock.clinic.transaction():
                db.session.execute(sa.insert(table).values(wrong))
