"""Giving back what was never opened, over HTTP, on both databases; again, once a correction has taken it back."""

from typing import Any, Final
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from clinic_api.database.rows import db
from clinic_api.identifiers import new_id
from clinic_api.inventory.models.moves import Move
from clinic_api.inventory.models.stock import FurtherReturn
from clinic_api.quantities import NOTHING, Mass
from tests.inventory.stock import Stock, refused
from tests.people import Answer

RECEIVER: Final = {"name": "Reverse Ltd", "address": "1 Depot", "dea_number": "BC2749185"}
WHY: Final = "it never left the safe"


def give_back(stock: Stock, container: UUID, document: str = "R-1", **different: Any) -> Answer:
    receiver = RECEIVER | different
    return stock.nurse.post(f"/containers/{container}/return", receiver=receiver, document=document)


def take_back(stock: Stock, move: str, **different: Any) -> None:
    """A correction that two people sign."""
    asked = stock.nurse.does(f"/moves/{move}/corrections", reason=WHY, **different)
    stock.nurse.does(f"/corrections/{asked['id']}/signature", **stock.witness.proof_for(asked["challenge"]))


def history(stock: Stock, container: UUID) -> Answer:
    return stock.nurse.get(f"/containers/{container}").done()


def test_a_vial_that_was_never_opened_is_given_back_whole(stock: Stock) -> None:
    vial = stock.a_vial()
    refused(stock.clinic, lambda: give_back(stock, vial, dea_number="BC2749186"), 422, "invalid-dea-number")
    given = give_back(stock, vial).done()
    assert (given.status, given["container"], given["mass_mg"], given["balance_mg"]) == (201, str(vial), "500", "0")
    seen = history(stock, vial)
    assert (seen["container"]["state"], seen["moves"][-1]["kind"]) == ("disposed", "returned")
    assert seen["timeline"][-1]["document"] == "Reverse Ltd, R-1"
    assert (stock.balance(vial), stock.clinic.verify()) == (NOTHING, [])


def test_an_opened_vial_and_a_syringe_are_not_given_back_so_that_a_waste_keeps_its_witness(stock: Stock) -> None:
    vial, visit = stock.a_vial(), stock.a_visit()
    syringe = stock.draw(vial, "0.7", visit).syringe
    for container in (vial, syringe):
        refused(stock.clinic, lambda container=container: give_back(stock, container), 409, "not-whole")


def test_what_is_not_there_or_promised_and_who_may_not_or_is_not_here_changes_nothing(stock: Stock) -> None:
    vial, clinic = stock.a_vial(), stock.clinic
    body: dict[str, Any] = {"receiver": RECEIVER, "document": "R-1"}
    refused(clinic, lambda: give_back(stock, uuid4()), 404, "no-such-container")
    away, desk = clinic.nurse("Nora Away", here=False), clinic.front_desk()
    refused(clinic, lambda: away.post(f"/containers/{vial}/return", **body), 409, "not-here-today")
    with clinic.nothing_changes():
        assert desk.post(f"/containers/{vial}/return", **body).status == 403
    stock.propose(vial, "1")
    refused(clinic, lambda: give_back(stock, vial), 409, "not-whole")


def test_of_returns_at_most_one_stands_and_each_that_was_taken_back_may_be_followed_by_another(stock: Stock) -> None:
    vial = stock.a_vial()
    for number in (1, 2, 3):
        given = give_back(stock, vial, f"R-{number}").done()
        refused(stock.clinic, lambda: give_back(stock, vial), 409, "not-whole")
        if number < 3:
            take_back(stock, given["id"])
            assert (stock.balance(vial), history(stock, vial)["container"]["state"]) == (Mass.mg(500), "sealed")
    papers = [each["document"] for each in history(stock, vial)["timeline"] if each["what"] == "returned"]
    assert papers == [f"Reverse Ltd, R-{number}" for number in (1, 1, 2, 2, 3)]
    assert (stock.balance(vial), stock.clinic.verify()) == (NOTHING, [])


def test_a_return_of_which_a_part_still_stands_is_not_followed_by_another(stock: Stock) -> None:
    vial = stock.a_vial()
    given = give_back(stock, vial).done()
    take_back(stock, given["id"], mass_mg="499.999")
    refused(stock.clinic, lambda: give_back(stock, vial), 409, "not-whole")
    take_back(stock, given["id"])
    assert give_back(stock, vial, "R-2").status == 201
    assert stock.clinic.verify() == []


def written(stock: Stock, **different: Any) -> None:
    """A copy of the further return with something different; the database refuses it."""
    table: Any = FurtherReturn.__table__
    with stock.clinic.reading() as scope:
        row = dict(db.session.execute(sa.select(table)).mappings().one())
        copy = row | {"id": new_id(scope.at)} | different
    with pytest.raises(IntegrityError), stock.clinic.transaction():
        db.session.execute(sa.insert(table).values(copy))


def test_the_database_takes_no_further_return_without_a_return_that_was_taken_back_whole(stock: Stock) -> None:
    first, other = stock.a_vial(), stock.a_vial()
    take_back(stock, give_back(stock, first).done()["id"])
    again = give_back(stock, first, "R-2").done()["id"]
    standing = give_back(stock, other).done()["id"]
    take_back(stock, standing, mass_mg="400")
    with stock.clinic.reading():
        received = db.session.execute(sa.select(Move.id).where(Move.to_container == other).limit(1)).scalar_one()
    written(stock, id=received)  # the return before was followed already
    written(stock, id=received, before=UUID(again))  # it stands
    written(stock, id=received, before=UUID(standing), mass=Mass.mg(400))  # a part of it stands
    written(stock, id=uuid4())
    written(stock, id=received, container=uuid4())
