"""A transfer between own registrations is taken back on both sides or not at all; over HTTP, on both databases."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from clinic_api.database.rows import db
from clinic_api.inventory.models.corrections import Reversal
from clinic_api.inventory.models.removals import RemovalSignature
from clinic_api.quantities import NOTHING, Mass
from tests.inventory.stock import Stock, refused_with_a_file
from tests.inventory.test_correcting import a_dose, moves, propose, refused, sign
from tests.inventory.test_last_defence import row_of


@dataclass
class Moved:
    """A vial of 25 mg that went from one registration to another of the same clinic."""

    stock: Stock
    there: str
    left: UUID
    came: UUID

    @property
    def halves(self) -> tuple[str, str]:
        """What left, and what came."""
        ends = ((self.left, "transferred-out"), (self.came, "transferred-in"))
        left, came = (next(m["id"] for m in moves(self.stock, id) if m["kind"] == kind) for id, kind in ends)
        return str(left), str(came)

    def balances(self) -> tuple[Mass, Mass]:
        """What both hold."""
        return self.stock.balance(self.left), self.stock.balance(self.came)


def sent(stock: Stock, vial: UUID, there: str) -> Any:
    """A transfer to another location that two have signed."""
    asked = {"kind": "transferred", "reason": "needed over there", "contents": [{"container": vial}]}
    proposed = stock.nurse.does("/removals", **asked, to_location=there)
    proof = stock.witness.proof_for(proposed["challenge"])
    return stock.nurse.does(f"/removals/{proposed['id']}/signature", **proof)


def a_transfer(stock: Stock, there: str | None = None) -> Moved:
    vial, visit = stock.a_vial(), stock.a_visit()
    stock.give(stock.draw(vial, "9.5", visit).syringe, "475", visit)
    location = there or stock.a_location("Safe 2", stock.clinic.a_registration(dea_number="FI9051361"))
    sent(stock, vial, location)
    here = stock.nurse.get(f"/containers?site={stock.clinic.site}&limit=100").done()["items"]
    came = [each["id"] for each in here if each["location"] == location]
    return Moved(stock, location, vial, UUID(came[-1]))


@pytest.mark.parametrize("named", [0, 1])
def test_a_transfer_is_taken_back_on_both_sides_whichever_half_is_named(stock: Stock, named: int) -> None:
    moved = a_transfer(stock)
    proposed = propose(stock, moved.halves[named])
    assert (proposed["move"], proposed["other_half"]) == (moved.halves[named], moved.halves[1 - named])
    posted = sign(stock, proposed, stock.witness).done()
    assert moved.balances() == (Mass.mg(25), NOTHING)
    back = {str(move["id"]): move for each in (moved.left, moved.came) for move in moves(stock, each)}
    assert back[posted["reversing_move"]]["reverses"] == proposed["move"]
    assert back[posted["other_reversing_move"]]["reverses"] == proposed["other_half"]
    states = [stock.nurse.get(f"/containers/{each}").done()["container"]["state"] for each in (moved.left, moved.came)]
    assert states == ["open", "empty"]
    for half in moved.halves:
        refused(stock, half, "all-taken-back")
    assert sent(stock, moved.left, moved.there)["share_percent"] == "5.0"  # what came back counts for no share
    assert stock.balance(moved.left) == NOTHING
    assert stock.clinic.verify() == []


def test_a_part_of_a_transfer_is_not_taken_back(stock: Stock) -> None:
    moved = a_transfer(stock)
    for half in moved.halves:
        refused(stock, half, "transfer-taken-back-whole", mass_mg="5")
        refused(stock, half, "stated-by-its-act", restated_mg="20")
    assert moved.balances() == (NOTHING, Mass.mg(25))


@pytest.mark.parametrize("named", [0, 1])
def test_a_transfer_that_was_used_there_is_not_taken_back_on_either_side(stock: Stock, named: int) -> None:
    moved = a_transfer(stock)
    proposed = propose(stock, moved.halves[named])
    stock.draw(moved.came, "0.2", stock.a_visit())
    answer = refused_with_a_file(stock.clinic, lambda: sign(stock, proposed, stock.witness), 409, "used-there")
    assert "does not hold all of the 25 mg any more" in answer["detail"]
    assert "transfer the rest back" in answer["detail"]
    assert moved.balances() == (NOTHING, Mass.mg(15))


def test_of_two_corrections_of_the_halves_the_second_finds_both_taken_back(stock: Stock) -> None:
    moved = a_transfer(stock)
    one, other = (propose(stock, half) for half in moved.halves)
    sign(stock, one, stock.witness).done()
    with stock.clinic.nothing_changes():
        late = sign(stock, other, stock.witness)
    assert (late.status, late["type"]) == (409, "all-taken-back")


def test_the_database_refuses_half_a_transfer_taken_back_whatever_the_application_does(stock: Stock) -> None:
    moved = a_transfer(stock)
    stranger = a_transfer(stock, moved.there)
    given, received = a_dose(stock)[3], moves(stock, stock.a_vial())[0]["id"]
    sign(stock, propose(stock, given), stock.witness).done()

    def reversal(original: str, other: Any, mass: str = "25") -> dict[str, Any]:
        """The reversal that the application would write for a correction that waits."""
        correction = UUID(propose(stock, original)["id"])
        with stock.clinic.reading():
            signed = row_of(RemovalSignature)["attestation"]
            usual = row_of(Reversal)
        masses = dict.fromkeys(("original_mass", "mass", "total"), Mass.mg(mass))
        return usual | masses | {"id": correction, "original": UUID(original), "attestation": signed, "other": other}

    with stock.clinic.reading():
        used = row_of(Reversal)["attestation"]

    def write(*rows: dict[str, Any]) -> None:
        with stock.clinic.transaction():
            for row in rows:
                db.session.execute(sa.insert(Reversal.__table__).values(row))  # type: ignore[arg-type]

    def tried(said: str, *rows: dict[str, Any]) -> None:
        with stock.clinic.nothing_changes(), pytest.raises(IntegrityError, match=said):
            write(*rows)

    guard, at_the_end = "reversals: both halves", "fk_reversals_other|FOREIGN KEY constraint failed"
    (left, came), (_, elsewhere) = moved.halves, stranger.halves
    for half in (left, came):
        tried(guard, reversal(half, None))
        tried(at_the_end, reversal(half, uuid4()))
    tried(guard, reversal(received, uuid4(), "500"))  # no half of anything
    tried("attest", reversal(received, None, "500") | {"attestation": used})  # one signature, one correction
    one, other, foreign = (reversal(half, None) for half in (left, came, elsewhere))
    one, other = one | {"other": other["id"]}, other | {"other": one["id"]}
    tried(guard, one | {"other": foreign["id"]}, foreign | {"other": one["id"]})  # halves of two transfers
    tried(at_the_end, one, other | {"mass": Mass.mg(5), "total": Mass.mg(5)})
    write(one, other)
