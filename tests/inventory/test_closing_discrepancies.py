"""Who closes a discrepancy, on what, and how an approved adjustment becomes a move; by person, whatever the role."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from clinic_api.inventory.queries import chain, discrepancies
from clinic_api.quantities import Mass
from tests.builders import Installation
from tests.inventory.doubt import Doubt
from tests.inventory.stock import refused_with_a_file
from tests.inventory.test_losses import decided
from tests.people import Person

OVER: dict[str, Any] = {"cause": "measuring", "words": "parallax"}
GAIN: dict[str, Any] = {"direction": "into", "mass_mg": "10", "reason": "the vial holds more than its label"}


def approved(doubt: Doubt, proposed: dict[str, Any], by: Person) -> Any:
    return doubt.nurse.post(f"/adjustments/{proposed['id']}/approval", **by.proof_for(proposed["challenge"]))


def test_it_is_closed_by_somebody_outside_the_chain_and_the_vial_is_free_again(doubt: Doubt) -> None:
    id, vial = doubt.explained()
    assert doubt.does(id, "closing", **OVER)["state"] == "closed"
    closing = doubt.file(id)["closing"]
    assert (closing["cause"], closing["words"], closing["printed_name"]) == ("measuring", "parallax", "Otto Compliance")
    assert closing["chain"] == {doubt.nurse.id: ["counted", "received"]}
    assert (closing["replaced"], closing["move"]) == (None, None)
    doubt.stock.draw(vial, "0.2", doubt.stock.a_visit())
    doubt.refused(lambda: doubt.tries(id, "closing", **OVER), 409, "not-yet-possible")
    doubt.refused(lambda: doubt.tries(id, "review", words="well"), 403, "not-yours")
    assert doubt.clinic.verify() == []


def test_of_two_who_close_at_once_one_does_and_the_other_is_told(doubt: Doubt) -> None:
    id, _ = doubt.explained()
    both = (doubt.compliance, doubt.clinic.compliance("Olaf Compliance"))
    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(lambda person: doubt.tries(id, "closing", by=person, **OVER).status, both))
    assert sorted(answers) == [201, 409]
    assert [each["act"] for each in doubt.file(id)["timeline"]].count("close") == 1
    assert doubt.clinic.verify() == []


def test_the_chain_is_of_persons_whatever_they_are_now(doubt: Doubt) -> None:
    vial, visit = doubt.stock.a_vial(), doubt.stock.a_visit()
    syringe = doubt.stock.draw(vial, "0.5", visit, doubt.stock.witness).syringe
    doubt.stock.waste(syringe, "25")
    id, _ = doubt.short(vial, "8.8")
    doubt.does(id, "containment", measure="freeze")
    doubt.does(id, "investigation")
    doubt.does(id, "evidence", kind="note", words="short")
    doubt.does(id, "explanation", words="read against the light")
    with doubt.clinic.reading():
        parts = chain.of(discrepancies.discrepancy(UUID(id)))
    assert {str(person): sorted(did) for person, did in parts.items()} == {
        doubt.nurse.id: ["counted", "proposed a waste", "received", "wasted"],
        doubt.stock.witness.id: ["drawn", "opened", "witnessed"],
    }
    for person in (doubt.nurse, doubt.stock.witness):
        doubt.clinic.grant(person, "compliance")
        doubt.clinic.sign_in(person)
        doubt.refused(partial(doubt.tries, id, "closing", by=person, **OVER), 403, "in-the-chain")
    outside = doubt.clinic.nurse("Nora Outside")
    doubt.refused(lambda: doubt.tries(id, "closing", by=outside, **OVER), 403, "not-yours")
    assert doubt.does(id, "closing", by=doubt.clinic.custodian(), **OVER)["state"] == "closed"


def test_who_received_what_never_came_does_not_close_it_either(doubt: Doubt) -> None:
    doubt.clinic.grant(doubt.nurse, "custodian")
    doubt.clinic.sign_in(doubt.nurse)
    doubt.stock.receive({**_line(), "vials_invoiced": 1, "vials_received": 0})
    id = doubt.newest()
    doubt.does(id, "containment", measure="freeze", reason="nothing came")
    doubt.does(id, "investigation")
    doubt.does(id, "evidence", kind="note", words="the supplier confirms one vial")
    doubt.does(id, "explanation", words="invoiced one too many")
    doubt.refused(lambda: doubt.tries(id, "closing", by=doubt.nurse, cause="supplier", words="x"), 403, "in-the-chain")
    assert doubt.does(id, "closing", cause="supplier", words="a credit note came")["state"] == "closed"
    assert doubt.asked() == []


def test_an_explanation_alone_is_evidence_of_its_own_but_a_bare_adjustment_is_not(doubt: Doubt) -> None:
    id, vial = doubt.short()
    doubt.does(id, "containment", measure="freeze")
    doubt.does(id, "investigation")
    path = partial(doubt.tries, id, "adjustments", container=str(vial))
    doubt.refused(lambda: path(**GAIN), 409, "nothing-looked-into")
    doubt.does(id, "evidence", kind="note", words="the level stands above the mark")
    doubt.refused(lambda: path(**GAIN | {"mass_mg": "0"}), 422, "nothing-to-adjust")
    too_much = partial(path, **GAIN | {"direction": "out_of", "mass_mg": "500.001"})
    refused_with_a_file(doubt.clinic, too_much, 409, "not-enough-left")
    other = str(doubt.stock.a_vial())
    doubt.refused(partial(doubt.tries, id, "adjustments", container=other, **GAIN), 409, "not-in-the-file")


def test_an_adjustment_takes_two_people_and_then_moves_the_book_by_exactly_so_much(doubt: Doubt) -> None:
    id, vial = doubt.investigated()
    before = doubt.stock.balance(vial)
    proposed = doubt.does(id, "adjustments", by=doubt.nurse, container=str(vial), **GAIN)
    insider = doubt.clinic.custodian("Cora Custodian")
    doubt.stock.waste(doubt.stock.draw(doubt.stock.a_vial(), "0.2", doubt.stock.a_visit()).syringe, "10")
    for person, *said in (
        (doubt.nurse, 403, "own-witness"),
        (doubt.stock.witness, 403, "not-a-closer"),
    ):
        doubt.refused(partial(approved, doubt, proposed, person), *said)
    assert approved(doubt, proposed, insider).done()["state"] == "adjustment_approved"
    assert doubt.stock.balance(vial) == before + Mass.mg(10)
    move = doubt.nurse.get(f"/containers/{vial}").done()["moves"][-1]
    assert (move["kind"], move["mass_mg"], move["source"]) == ("adjusted-in", "10", "adjusted")
    doubt.refused(partial(approved, doubt, proposed, insider), 409, "challenge-used")
    (shown,) = doubt.file(id)["adjustments"]
    assert (shown["mass_mg"], shown["approver"], shown["by"]) == ("10", insider.id, doubt.nurse.id)
    assert doubt.clinic.verify() == []


def test_a_signature_approves_what_it_was_given_for_and_nothing_else(doubt: Doubt) -> None:
    id, vial = doubt.investigated()
    custodian = doubt.clinic.custodian()
    one, other = (doubt.does(id, "adjustments", container=str(vial), **GAIN | {"mass_mg": mg}) for mg in ("1", "400"))
    swapped = other | {"challenge": one["challenge"]}
    doubt.refused(partial(approved, doubt, swapped, custodian), 409, "not-as-attested")
    nowhere = one | {"id": str(uuid4())}
    doubt.refused(partial(approved, doubt, nowhere, custodian), 404, "no-such-adjustment")
    approved(doubt, other, custodian).done()
    doubt.refused(partial(approved, doubt, one, custodian), 409, "not-yet-possible")


def test_an_approver_in_the_chain_is_refused_even_with_the_role(doubt: Doubt) -> None:
    id, vial = doubt.investigated()
    recounter = doubt.clinic.person("Rita Counter", "custodian")
    doubt.count({"container": str(vial), "method": "read", "volume_ml": "9.4"}, by=recounter)
    proposed = doubt.does(id, "adjustments", container=str(vial), **GAIN)
    doubt.refused(partial(approved, doubt, proposed, recounter), 403, "in-the-chain")


def test_an_approved_adjustment_is_in_the_book_and_the_closing_names_its_move(doubt: Doubt) -> None:
    id, vial = doubt.investigated()
    lose: dict[str, Any] = {"direction": "out_of", "mass_mg": "30", "reason": "a syringe nobody wrote down"}
    proposed = doubt.does(id, "adjustments", by=doubt.nurse, container=str(vial), **lose)
    approved(doubt, proposed, doubt.clinic.custodian()).done()
    assert doubt.stock.balance(vial) == Mass.mg(470)
    move = doubt.nurse.get(f"/containers/{vial}").done()["moves"][-1]
    assert (move["kind"], move["target"]) == ("adjusted-out", "adjusted")
    correction = partial(doubt.nurse.post, f"/moves/{move['id']}/corrections", reason="it was not so after all")
    doubt.refused(correction, 409, "settled-by-a-discrepancy")
    assert doubt.does(id, "closing", **OVER)["state"] == "closed"
    assert doubt.file(id)["closing"]["move"] == move["id"]
    assert doubt.clinic.verify() == []


def test_an_approval_that_comes_when_the_vial_holds_less_changes_nothing(doubt: Doubt) -> None:
    id, vial = doubt.investigated()
    lose: dict[str, Any] = {"direction": "out_of", "mass_mg": "500", "reason": "all of it is missing"}
    proposed = doubt.does(id, "adjustments", by=doubt.nurse, container=str(vial), **lose)
    doubt.does(id, "release", container=str(vial), reason="to be drawn from")
    doubt.stock.draw(vial, "0.2", doubt.stock.a_visit())
    late = partial(approved, doubt, proposed, doubt.clinic.custodian())
    refused_with_a_file(doubt.clinic, late, 409, "not-enough-left")


def test_what_was_lost_leaves_the_book_as_lost(doubt: Doubt) -> None:
    id, vial = doubt.investigated()
    doubt.does(id, "determinations", **decided("theft"))
    lose: dict[str, Any] = {"direction": "out_of", "mass_mg": "30", "reason": "taken out of the safe"}
    proposed = doubt.does(id, "adjustments", by=doubt.nurse, container=str(vial), **lose)
    assert approved(doubt, proposed, doubt.clinic.custodian()).done()["state"] == "escalated_theft"
    assert doubt.nurse.get(f"/containers/{vial}").done()["moves"][-1]["kind"] == "lost"
    assert doubt.clinic.verify() == []


def test_an_adjustment_that_is_reopened_needs_a_new_approval(doubt: Doubt) -> None:
    id, vial = doubt.investigated()
    custodian = doubt.clinic.custodian()
    first = doubt.does(id, "adjustments", by=doubt.nurse, container=str(vial), **GAIN)
    approved(doubt, first, custodian).done()
    doubt.does(id, "reopening", words="it was five")
    back: dict[str, Any] = {"direction": "out_of", "mass_mg": "5", "reason": "five of the ten were not there"}
    second = doubt.does(id, "adjustments", by=doubt.nurse, container=str(vial), **back)
    approved(doubt, second, custodian).done()
    assert doubt.stock.balance(vial) == Mass.mg(505)
    assert doubt.does(id, "closing", **OVER)["state"] == "closed"


def test_in_a_duo_the_prescriber_closes_unless_they_counted(installation: Installation) -> None:
    doubt = Doubt(installation.found("Duo Clinic", profile="duo"))
    dora = doubt.clinic.prescriber()
    id, vial = doubt.explained()
    doubt.refused(lambda: doubt.tries(id, "closing", **OVER), 403, "not-a-closer")
    doubt.stock.draw(doubt.stock.a_vial(), "0.2", doubt.stock.a_visit(), dora)
    assert doubt.does(id, "closing", by=dora, **OVER)["state"] == "closed"
    assert "replaced by the registrant" in doubt.file(id)["closing"]["replaced"]
    assert doubt.asked() == []
    again, _ = doubt.short(vial, "9.3")
    doubt.does(again, "containment", measure="freeze")
    doubt.does(again, "investigation")
    doubt.count({"container": str(vial), "method": "read", "volume_ml": "9.3"}, by=dora)
    doubt.does(again, "explanation", words="read against the light")
    doubt.refused(lambda: doubt.tries(again, "closing", by=dora, **OVER), 403, "in-the-chain")


def test_alone_the_registrant_closes_and_somebody_from_outside_reviews_within_thirty_days(
    installation: Installation,
) -> None:
    doubt = Doubt(installation.found("Solo Clinic", profile="solo"))
    dora = doubt.clinic.prescriber()
    reviewer = doubt.clinic.person("Otis Outside", "outside-reviewer", here=False)
    doubt.count(by=dora)
    id, vial = doubt.explained()
    doubt.refused(lambda: doubt.tries(id, "review", by=reviewer, words="too early"), 409, "not-yet-possible")
    doubt.count({"container": str(vial), "method": "read", "volume_ml": "9.5"}, by=dora)
    assert doubt.does(id, "closing", by=dora, **OVER)["state"] == "closed"
    assert doubt.asked()[-1] == ("discrepancy-outside-review", "outside-reviewer")
    assert "outside reviewer" in doubt.file(id)["closing"]["replaced"]
    assert doubt.does(id, "review", by=reviewer, words="I find it plausible")["state"] == "closed"
    assert ("discrepancy-outside-review", "outside-reviewer") not in doubt.asked()
    closing = doubt.file(id)["closing"]
    assert (closing["review"], closing["reviewed_by"]) == ("I find it plausible", reviewer.id)
    assert closing["printed_name"] == "Dora Prescriber"
    doubt.refused(lambda: doubt.tries(id, "review", by=reviewer, words="again"), 409, "reviewed-before")
    assert doubt.clinic.verify() == []


def _line() -> dict[str, Any]:
    return {"ndc": "0409-2053-10", "lot": "L1", "expiry": "2027-06-30"}
