"""Who signed for another's act says that it was not so: the ledger stays, a discrepancy opens; on both databases."""

import csv
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from clinic_api.database.rows import db
from clinic_api.inventory.models.disputes import Dispute
from clinic_api.patients import service as visits
from clinic_api.quantities import Mass
from clinic_api.signatures import queries as signatures
from tests.inventory.stock import Stock, refused
from tests.people import Answer, Person

WORDS: Final = "she showed me a syringe that was empty already"


def a_waste(stock: Stock, *, witnessed: bool = True) -> tuple[str, UUID, UUID]:
    """A waste of 24.5 mg out of a syringe for a visit."""
    visit = stock.a_visit()
    syringe = stock.draw(stock.a_vial(), "0.7", visit).syringe
    proposed = stock.propose(syringe, "24.5")
    if witnessed:
        proof = stock.witness.proof_for(proposed["challenge"])
        stock.nurse.does(f"/wastes/{proposed['id']}/witness", **proof)
    return proposed["id"], syringe, visit


def dispute(by: Person, what: str, id: str, words: str = WORDS) -> Answer:
    return by.post(f"/{what}/{id}/dispute", words=words)


def discrepancy_of(stock: Stock, disputed: Answer) -> dict[str, Any]:
    """The file that a dispute opened, as compliance reads it."""
    (shown,) = disputed["disputes"]
    return dict(stock.clinic.compliance().get(f"/discrepancies/{shown['discrepancy']}").done().json)


def test_a_witness_disputes_a_waste_and_the_ledger_stays_while_a_discrepancy_opens(stock: Stock) -> None:
    waste, syringe, _ = a_waste(stock)
    before = stock.nurse.get(f"/containers/{syringe}").done()["moves"]
    said = dispute(stock.witness, "wastes", waste).done()
    assert (said.status, said["state"]) == (201, "witnessed")
    (shown,) = said["disputes"]
    assert shown["by"] == stock.witness.id
    assert stock.nurse.get(f"/wastes/{waste}").done()["disputes"] == [shown]
    assert stock.balance(syringe) == Mass.mg("10.5")

    after = stock.nurse.get(f"/containers/{syringe}").done()["moves"]
    assert [each | {"disputed_at": None} for each in after] == before
    assert [each["disputed_at"] for each in after] == [None, shown["at"]]
    file = discrepancy_of(stock, said)
    assert (file["origin"], file["state"]) == ("dispute", "detected")
    assert (file["containers"], file["seen"]) == ([str(syringe)], WORDS)
    assert "signature:disputed" in stock.clinic.trail(shown["attestation"])
    with stock.clinic.reading():
        (signed,) = signatures.attestations_of(UUID(shown["attestation"]))
        assert (str(signed.signer), signed.meaning) == (stock.witness.id, "disputed")
    assert stock.clinic.verify() == []


def test_the_words_are_sealed_and_the_export_says_since_when_the_line_is_disputed(stock: Stock) -> None:
    waste, _, _ = a_waste(stock)
    said = dispute(stock.witness, "wastes", waste).done()
    wanted = {"registration": stock.registration, "since": "2026-03-01T00:00:00Z", "until": "2026-03-04T00:00:00Z"}
    keeper = stock.clinic.custodian()
    made = keeper.does("/exports/ledger", kind="ledger.csv", reason="review", **wanted)
    file = keeper.send("GET", f"/exports/{made['id']}/file", b"").done().data.decode("utf-8-sig")
    lines = list(csv.DictReader(file.splitlines()))
    disputed = [(each["kind"], each["disputed_at"]) for each in lines if each["disputed_at"]]
    assert disputed == [("wasted", said["disputes"][0]["at"])]
    with stock.clinic.reading():
        assert WORDS.encode() not in db.session.execute(sa.select(Dispute.sealed)).scalar_one()


def test_only_who_signed_as_the_second_person_disputes_and_once(stock: Stock) -> None:
    waste, _, _ = a_waste(stock)
    doctor = stock.clinic.prescriber()
    for other in (stock.nurse, doctor, stock.clinic.front_desk()):
        refused(stock.clinic, lambda other=other: dispute(other, "wastes", waste), 403, "not-the-second-signer")
    refused(stock.clinic, lambda: dispute(stock.witness, "wastes", str(uuid4())), 404, "no-such-waste")
    dispute(stock.witness, "wastes", waste).done()
    refused(stock.clinic, lambda: dispute(stock.witness, "wastes", waste, "and once more"), 409, "disputed-before")


def test_a_dispute_takes_words_and_ones_own_pin(stock: Stock) -> None:
    waste, _, _ = a_waste(stock)
    with stock.clinic.nothing_changes():
        mute = dispute(stock.witness, "wastes", waste, "no")
        bare = stock.witness.send("POST", f"/wastes/{waste}/dispute", {"words": WORDS}, {"Clinic-Pin": None})
        wrong = stock.witness.send("POST", f"/wastes/{waste}/dispute", {"words": WORDS}, {"Clinic-Pin": "975310"})
    assert (mute.status, bare.status // 100, wrong["type"]) == (422, 4, "wrong-pin")


def test_what_still_waits_or_was_taken_back_is_not_disputed(stock: Stock) -> None:
    pending, _, _ = a_waste(stock, witnessed=False)
    refused(stock.clinic, lambda: dispute(stock.witness, "wastes", pending), 409, "nothing-signed-yet")
    stock.nurse.does(f"/wastes/{pending}/withdrawal", reason="it was given after all")
    refused(stock.clinic, lambda: dispute(stock.witness, "wastes", pending), 409, "nothing-signed-yet")


def test_a_waste_of_a_visit_that_was_signed_is_disputed_by_a_witness_who_has_gone_home(stock: Stock) -> None:
    waste, _, visit = a_waste(stock)
    with stock.acting() as scope:
        visits.seal_visit(visit, scope=scope)
    stock.clinic.tomorrow(stock.witness)
    assert dispute(stock.witness, "wastes", waste).status == 201
    assert stock.clinic.verify() == []


def test_the_second_signer_of_a_removal_disputes_it_and_all_its_containers_are_concerned(stock: Stock) -> None:
    vials = [stock.a_vial(), stock.a_vial()]
    contents = [{"container": each} for each in vials]
    asked = stock.nurse.does("/removals", kind="broken", reason="fell from the tray", contents=contents)
    refused(stock.clinic, lambda: dispute(stock.witness, "removals", asked["id"]), 409, "nothing-signed-yet")
    proof = stock.witness.proof_for(asked["challenge"])
    stock.nurse.does(f"/removals/{asked['id']}/signature", **proof)
    refused(stock.clinic, lambda: dispute(stock.nurse, "removals", asked["id"]), 403, "not-the-second-signer")
    said = dispute(stock.witness, "removals", asked["id"]).done()
    assert said["state"] == "posted"
    assert set(discrepancy_of(stock, said)["containers"]) == {str(each) for each in vials}
    for vial in vials:
        assert stock.nurse.get(f"/containers/{vial}").done()["moves"][-1]["disputed_at"] is not None
    refused(stock.clinic, lambda: dispute(stock.witness, "removals", asked["id"]), 409, "disputed-before")
    refused(stock.clinic, lambda: dispute(stock.witness, "removals", str(uuid4())), 404, "no-such-removal")


def test_both_who_watched_a_destruction_dispute_it_each_for_themself(stock: Stock) -> None:
    vial, third = stock.a_vial(), stock.clinic.medical_assistant()
    for person in (stock.witness, third):
        body = {"account": person.id, "eligible": True, "basis": "on our own payroll, trained"}
        stock.clinic.administrators[0].does("/destruction-witnesses", **body)
    contents = [{"container": vial}]
    asked = stock.nurse.does(
        "/removals", kind="destroyed", method="denatured", reason="it is expired", contents=contents
    )
    stock.nurse.does(f"/removals/{asked['id']}/signature", **stock.witness.proof_for(asked["challenge"]))
    again = stock.nurse.does(f"/removals/{asked['id']}/challenges")
    stock.nurse.does(f"/removals/{asked['id']}/signature", **third.proof_for(again["challenge"]))
    dispute(stock.witness, "removals", asked["id"]).done()
    said = dispute(third, "removals", asked["id"]).done()
    assert [each["by"] for each in said["disputes"]] == [stock.witness.id, third.id]
    assert len(stock.nurse.get(f"/containers/{vial}").done()["moves"]) == 2


def test_the_second_person_at_a_correction_disputes_it_and_both_new_moves_say_so(stock: Stock) -> None:
    visit = stock.a_visit()
    syringe = stock.draw(stock.a_vial(), "0.7", visit).syringe
    stock.give(syringe, "12", visit)
    given = stock.nurse.get(f"/containers/{syringe}").done()["moves"][-1]["id"]
    asked = stock.nurse.does(f"/moves/{given}/corrections", restated_mg="10.5", reason="the syringe was read wrongly")
    refused(stock.clinic, lambda: dispute(stock.witness, "corrections", asked["id"]), 409, "nothing-signed-yet")
    stock.nurse.does(f"/corrections/{asked['id']}/signature", **stock.witness.proof_for(asked["challenge"]))
    refused(stock.clinic, lambda: dispute(stock.nurse, "corrections", asked["id"]), 403, "not-the-second-signer")
    said = dispute(stock.witness, "corrections", asked["id"]).done()
    assert discrepancy_of(stock, said)["containers"] == [str(syringe)]
    moves = stock.nurse.get(f"/containers/{syringe}").done()["moves"]
    assert [each["disputed_at"] is not None for each in moves] == [False, False, True, True]
    refused(stock.clinic, lambda: dispute(stock.witness, "corrections", str(uuid4())), 404, "no-such-correction")
    assert stock.clinic.verify() == []


def test_who_disputes_has_had_a_part_in_it_and_does_not_close_it(stock: Stock) -> None:
    _, syringe, _ = a_waste(stock, witnessed=False)
    keeper = stock.clinic.custodian()
    proposed = stock.propose(syringe, "1")
    stock.nurse.does(f"/wastes/{proposed['id']}/witness", **keeper.proof_for(proposed["challenge"]))
    (shown,) = dispute(keeper, "wastes", proposed["id"]).done()["disputes"]
    file = f"/discrepancies/{shown['discrepancy']}"
    keeper.does(f"{file}/containment", measure="freeze")
    keeper.does(f"{file}/investigation")
    keeper.does(f"{file}/evidence", kind="note", words="looked at the bin")
    keeper.does(f"{file}/explanation", words="it was another syringe")
    closing = {"cause": "recording", "words": "it was another syringe"}
    refused(stock.clinic, lambda: keeper.post(f"{file}/closing", **closing), 403, "in-the-chain")


def test_the_database_takes_a_dispute_of_nobody_but_the_signer(stock: Stock) -> None:
    waste, _, _ = a_waste(stock)
    other, _, _ = a_waste(stock)
    dispute(stock.witness, "wastes", waste).done()
    table: Any = Dispute.__table__
    with stock.clinic.reading():
        row = dict(db.session.execute(sa.select(table)).mappings().one())
        (free,) = (each.id for each in signatures.attestations_of(UUID(other)))
    for wrong in (
        {"by": row["author"]},
        {"author": row["by"]},
        {"subject": UUID(waste)},
        {"subject_table": "counts"},
        {"subject_table": "removals"},
        {"id": uuid4()},
        {"id": row["id"], "subject": UUID(waste)},
    ):
        copy = row | {"id": free, "subject": UUID(other)} | wrong
        with pytest.raises(IntegrityError), stock.clinic.transaction():
            db.session.execute(sa.insert(table).values(copy))
