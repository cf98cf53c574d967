"""Who asks a container for more than the book says it holds is refused, and one file for each container says so."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from clinic_api.inventory.models.discrepancies import RefusedTake
from clinic_api.inventory.rules.moves import NotEnoughLeft
from clinic_api.inventory.service import refusing
from clinic_api.quantities import Mass
from tests.builders import Clinic
from tests.inventory.doubt import Doubt
from tests.inventory.stock import refused, refused_with_a_file
from tests.inventory.test_last_defence import written
from tests.sessions.ward import DOSE, Ward


def wasting(vial: UUID, mg: str) -> dict[str, Any]:
    return {"container": vial, "mass_mg": mg, "reason": "dose complete", "method": "absorbent container"}


def files(doubt: Doubt) -> list[dict[str, Any]]:
    return doubt.listed(origin="refused")


def test_an_attempt_below_zero_is_refused_and_opens_a_file_that_names_container_actor_and_amount(doubt: Doubt) -> None:
    vial = doubt.stock.a_vial()
    answer = refused_with_a_file(
        doubt.clinic, partial(doubt.nurse.post, "/wastes", **wasting(vial, "500.001")), 409, "not-enough-left"
    )
    assert "record overfill found first" in answer["detail"]
    (found,) = files(doubt)
    assert (found["state"], found["containers"], found["detected_by"]) == ("detected", [str(vial)], doubt.nurse.id)
    assert (found["variance_ug"], found["frozen"], found["subject_table"]) == (None, [], "refused_takes")
    assert found["registration"] == doubt.stock.registration
    file = doubt.file(found["id"])
    (piece,) = file["evidence"]
    assert (piece["kind"], piece["name"], piece["id"] != piece["refers_to"]) == ("refused_draw", "Ada Nurse", True)
    assert piece["words"] == "500.001 mg was asked for, more than the book says is there; nothing was taken"
    assert [(step["act"], step["by"]) for step in file["timeline"]] == [
        ("detect", doubt.nurse.id),
        ("add_evidence", doubt.nurse.id),
    ]
    assert ("discrepancy-explained", "custodian") in doubt.asked()
    assert doubt.stock.balance(vial) == Mass.mg(500)
    doubt.stock.draw(vial, "0.7", doubt.stock.a_visit())  # it is not kept from use
    assert doubt.clinic.verify() == []


def test_exactly_what_there_is_opens_nothing_and_neither_does_what_is_there_but_promised(doubt: Doubt) -> None:
    vial = doubt.stock.a_vial()
    doubt.stock.propose(vial, "400")
    refused(doubt.clinic, partial(doubt.nurse.post, "/wastes", **wasting(vial, "100.001")), 409, "not-enough-left")
    refused(doubt.clinic, partial(doubt.nurse.post, "/wastes", **wasting(vial, "500")), 409, "not-enough-left")
    doubt.stock.propose(vial, "100")
    assert files(doubt) == []


def test_later_attempts_go_into_the_open_file_until_it_is_settled(doubt: Doubt) -> None:
    vial, other = doubt.stock.a_vial(), doubt.stock.a_vial()
    first = doubt.too_much(vial)
    again = doubt.too_much(vial, "700", by=doubt.stock.witness)
    doubt.too_much(other)
    mine, theirs = files(doubt)
    pieces = doubt.file(mine["id"])["evidence"]
    assert [(each["refers_to"], each["name"]) for each in pieces] == [(first, "Ada Nurse"), (again, "Ben Nurse")]
    assert (theirs["containers"], len(doubt.asked())) == ([str(other)], 2)
    doubt.does(mine["id"], "containment", measure="freeze")
    doubt.does(mine["id"], "investigation")
    doubt.too_much(vial)
    assert len(files(doubt)) == 2
    doubt.does(mine["id"], "explanation", words="the syringe was read in the wrong unit")
    doubt.too_much(vial)
    assert [each["state"] for each in files(doubt)] == ["explained", "detected", "detected"]
    assert doubt.clinic.verify() == []


def test_the_same_request_sent_again_is_the_same_attempt_whatever_the_vial_holds_by_then(doubt: Doubt) -> None:
    vial, key = doubt.stock.a_vial(), str(uuid4())
    doubt.too_much(vial, "510", key=key)
    with doubt.clinic.nothing_changes():
        doubt.too_much(vial, "510", key=key)
    doubt.nurse.does(f"/containers/{vial}/overfill", volume_ml="0.5")
    with doubt.clinic.nothing_changes():
        doubt.too_much(vial, "510", key=key)
        other = doubt.nurse.send("POST", "/wastes", wasting(vial, "900"), {"Idempotency-Key": key})
    assert other["type"] == "key-reused"
    (found,) = files(doubt)
    assert len(doubt.file(found["id"])["evidence"]) == 1


def test_of_several_who_ask_for_too_much_at_once_all_are_refused_into_one_file(doubt: Doubt) -> None:
    vial = doubt.stock.a_vial()
    with ThreadPoolExecutor(4) as pool:
        keys = set(pool.map(lambda _: doubt.too_much(vial), range(4)))
    (found,) = files(doubt)
    assert {each["refers_to"] for each in doubt.file(found["id"])["evidence"]} == keys
    assert doubt.clinic.verify() == []


def test_a_spill_hub_loss_and_an_emptied_syringe_are_attempts_too(doubt: Doubt) -> None:
    stock, visit = doubt.stock, doubt.stock.a_visit()
    vial = stock.a_vial()
    syringe = stock.draw(vial, "0.06", visit).syringe
    broken = {"kind": "broken", "reason": "syringe fell on the floor"}
    spilt = partial(doubt.nurse.post, "/removals", **broken, contents=[{"container": syringe, "mass_mg": "3.001"}])
    refused_with_a_file(doubt.clinic, spilt, 409, "not-enough-left")
    hub = partial(doubt.nurse.post, f"/containers/{syringe}/hub-loss", mass_mg="3.001")
    refused_with_a_file(doubt.clinic, hub, 409, "not-enough-left")
    (found,) = files(doubt)
    assert (found["containers"], len(doubt.file(found["id"])["evidence"])) == ([str(syringe)], 2)


def test_a_draw_out_of_an_empty_vial_is_an_attempt_too(clinic: Clinic) -> None:
    ward = Ward(clinic)
    ward.order()
    ward.check_in().screen().release()
    ward.does("dose", **DOSE)
    stock, vial = ward.stock, ward.stock.a_vial()
    stock.draw(vial, "10", stock.a_visit())
    empty = refused_with_a_file(clinic, lambda: ward.tries("draws", container=vial), 409, "empty")
    assert empty["facts"] == {"container": "K-001", "asked": "35 mg"}


def test_a_dose_beyond_what_the_syringe_holds_is_an_attempt_too_and_the_stop_is_taken_all_the_same(
    clinic: Clinic,
) -> None:
    ward = Ward(clinic).infusing()
    [case] = ward.stock.cases(UUID(ward.visit))
    ward.stock.nurse.does(f"/containers/{case.case}/hub-loss", mass_mg="5")
    clinic.later(minutes=60)
    assert ward.tablet("stop").status == 201  # nobody signed in
    assert ward.see()["events"][-1]["marks"] == ["not_reckoned"]
    officer = clinic.compliance()

    def file() -> Any:
        (found,) = officer.get("/discrepancies?origin=refused").done()["items"]
        return officer.get(f"/discrepancies/{found['id']}").done()

    assert (file()["containers"], file()["detected_by"], file()["evidence"]) == ([str(case.case)], None, [])
    assert [step["subject_table"] for step in file()["timeline"]] == [None, "refused_takes"]
    ward.does("stop")
    assert [(each["name"], each["words"][:5]) for each in file()["evidence"]] == [(ward.ada.name, "35 mg")]
    assert ward.stock.balance(case.case) == Mass.mg(30)
    assert clinic.verify() == []


def test_what_went_with_the_act_that_was_undone_is_passed_over(doubt: Doubt) -> None:
    with doubt.clinic.nothing_changes(), doubt.stock.acting() as scope:
        refusing.write_down(NotEnoughLeft(container="K-999", asked=Mass.mg(1), left=Mass(0)), scope)


def test_nothing_of_the_book_stands_in_the_file_while_somebody_counts(doubt: Doubt) -> None:
    vial = doubt.stock.a_vial()
    doubt.stock.draw(vial, "2.5", doubt.stock.a_visit())
    doubt.nurse.does("/counts", location=doubt.stock.location, kind="closing")
    doubt.too_much(vial, "600")
    (found,) = files(doubt)
    told = repr((found, doubt.file(found["id"])))
    assert "600 mg" in told
    assert not [figure for figure in ("375", "-225", "225") if f"{figure} " in told or f"{figure}000" in told]


def test_a_refusal_for_another_reason_opens_nothing(doubt: Doubt) -> None:
    vial = doubt.stock.a_vial()
    refused(doubt.clinic, partial(doubt.nurse.post, "/wastes", **wasting(vial, "0")), 422, "malformed")
    doubt.nurse.does(f"/containers/{vial}/quarantine", reason="cap was loose")
    mixing = doubt.stock.mixing((vial, "11"))
    refused(doubt.clinic, partial(doubt.nurse.post, "/preparations", **mixing), 409, "not-shared")
    assert files(doubt) == []


def test_whoever_asked_for_more_does_not_close_the_file(doubt: Doubt) -> None:
    vial, keeper = doubt.stock.a_vial(), doubt.clinic.custodian()
    doubt.too_much(vial, by=keeper)
    (found,) = files(doubt)
    doubt.does(found["id"], "containment", measure="freeze")
    doubt.does(found["id"], "investigation")
    doubt.does(found["id"], "explanation", words="the syringe was read in the wrong unit")
    over: dict[str, Any] = {"cause": "recording", "words": "a slip of the unit"}
    doubt.refused(lambda: doubt.tries(found["id"], "closing", by=keeper, **over), 403, "in-the-chain")
    assert doubt.does(found["id"], "closing", **over)["state"] == "closed"


def test_an_attempt_stands_once_about_a_container_of_its_file(doubt: Doubt) -> None:
    vial = doubt.stock.a_vial()
    doubt.too_much(vial)
    other = doubt.stock.a_vial()
    for wrong in (
        {},  # one for each act
        {"operation_id": uuid4(), "asked": Mass(0)},
        {"operation_id": uuid4(), "container": other},
        {"operation_id": uuid4(), "by": uuid4()},
    ):
        written(doubt.stock, RefusedTake, **wrong)
