"""A discrepancy comes up by itself or is reported, is kept from use, and is looked into; the book stays as it is."""

from functools import partial
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from clinic_api import clock
from clinic_api.database.rows import db
from clinic_api.database.scope import Scope
from clinic_api.database.transactions import reading
from clinic_api.inventory.queries import discrepancy_policy
from clinic_api.inventory.rules.containment import Frozen
from clinic_api.quantities import Mass
from tests.builders import Clinic
from tests.inventory.doubt import Doubt
from tests.inventory.stock import Stock, line


def test_a_count_above_the_resolution_opens_one_and_one_within_it_does_not(doubt: Doubt) -> None:
    within, short = doubt.stock.a_vial(), doubt.stock.a_vial()
    doubt.count(
        {"container": str(within), "method": "read", "volume_ml": "9.5"},
        {"container": str(short), "method": "read", "volume_ml": "9.4"},
    )
    (found,) = doubt.listed()
    assert (found["origin"], found["state"], found["variance_ug"]) == ("count", "detected", -30_000)
    assert (found["containers"], found["frozen"], found["owner"]) == ([str(short)], [], None)
    assert (found["subject_table"], found["registration"]) == ("count_entries", doubt.stock.registration)
    assert doubt.stock.balance(short) == Mass.mg(500)
    assert doubt.clinic.trail(found["id"]) == ["discrepancy:detected"]
    assert doubt.clinic.verify() == []


def test_a_receipt_that_differs_opens_one_whether_vials_came_or_not(doubt: Doubt) -> None:
    doubt.stock.receive(line(vials_invoiced=2, vials_received=1), line(vials_invoiced=1, vials_received=0))
    some, none = doubt.listed(origin="receipt")
    assert [(each["variance_ug"], len(each["containers"])) for each in (some, none)] == [(-500_000, 1), (-500_000, 0)]
    doubt.refused(lambda: doubt.tries(none["id"], "containment", measure="freeze"), 409, "nothing-set-apart")
    doubt.does(none["id"], "containment", measure="freeze", reason="nothing came that could be set apart")
    assert doubt.file(none["id"])["timeline"][1]["reason"] == "nothing came that could be set apart"


def test_anybody_of_the_staff_reports_what_they_saw_in_their_own_words(doubt: Doubt) -> None:
    vial, desk = doubt.stock.a_vial(), doubt.clinic.front_desk()
    said = {"site": doubt.clinic.site, "seen": "the cap was off\nand nobody was there", "containers": [str(vial)]}
    reported = desk.does("/discrepancies", **said, found_at="2026-03-02T08:30:00-05:00")
    assert (reported["origin"], reported["detected_by"], reported["variance_ug"]) == ("report", desk.id, None)
    assert reported["variance_found_at"] == "2026-03-02T13:30:00Z"
    assert reported["detected_at"].startswith("2026-03-02T14:00:00")
    assert doubt.file(reported["id"])["seen"] == said["seen"]
    assert ("discrepancy-explained", "custodian") in doubt.asked()
    for body, status in (
        ({"found_at": "2026-03-02T09:00:01-05:00"}, 422),
        ({"found_at": "2026-03-02T09:00:00-05:00", "containers": [str(uuid4())]}, 404),
        ({"found_at": "2026-03-02T09:00:00-05:00", "site": str(uuid4())}, 404),
    ):
        with doubt.clinic.nothing_changes():
            assert desk.post("/discrepancies", **said | body).status == status
    assert desk.get("/discrepancies").status == 403
    assert doubt.clinic.verify() == []


def test_what_people_said_is_sealed_and_never_in_clear(doubt: Doubt) -> None:
    doubt.nurse.does(
        "/discrepancies", site=doubt.clinic.site, seen="a zebra stood there", found_at="2026-03-02T09:00:00-05:00"
    )
    with doubt.clinic.reading():
        (kept,) = db.session.execute(sa.text("SELECT * FROM discrepancies")).all()
    assert "report" in repr(kept)
    assert "zebra" not in repr(kept)
    assert doubt.file(doubt.newest())["seen"] == "a zebra stood there"


def test_a_frozen_vial_is_not_drawn_from_until_it_is_released_with_a_reason(doubt: Doubt) -> None:
    id, vial = doubt.short()
    visit = doubt.stock.a_visit()
    syringe = doubt.stock.draw(vial, "0.2", visit).syringe  # detected is not contained
    assert doubt.does(id, "containment", measure="freeze")["frozen"] == [str(vial)]
    with doubt.clinic.nothing_changes(), pytest.raises(Frozen, match=f"frozen until discrepancy {id}"):
        doubt.stock.draw(vial, "0.2", visit)
    doubt.stock.give(syringe, "5", visit)  # what was drawn before is the patient's
    other = doubt.stock.a_vial()
    doubt.stock.draw(other, "0.2", visit)
    doubt.refused(lambda: doubt.tries(id, "release", container=str(other), reason="free it"), 409, "not-held")
    assert doubt.does(id, "release", container=str(vial), reason="last vial in the house")["frozen"] == []
    doubt.stock.draw(vial, "0.2", visit)
    (kept,) = doubt.file(id)["kept"]
    assert (kept["release_reason"], kept["released_by"]) == ("last vial in the house", doubt.compliance.id)
    doubt.refused(lambda: doubt.tries(id, "release", container=str(vial), reason="again"), 409, "not-held")


def test_what_is_linked_later_is_frozen_at_once_and_nothing_is_linked_twice(doubt: Doubt) -> None:
    id, vial = doubt.short()
    before, after = doubt.stock.a_vial(), doubt.stock.a_vial()
    assert doubt.does(id, "containers", container=str(before))["frozen"] == []
    doubt.does(id, "containment", measure="freeze")
    shown = doubt.does(id, "containers", container=str(after))
    assert shown["containers"] == shown["frozen"] == [str(vial), str(before), str(after)]
    doubt.refused(lambda: doubt.tries(id, "containers", container=str(vial)), 409, "linked-before")
    doubt.refused(lambda: doubt.tries(id, "containers", container=str(uuid4())), 404, "no-such-container")


def test_a_quarantine_outlives_the_discrepancy_that_made_it(doubt: Doubt) -> None:
    id, vial = doubt.short()
    more = doubt.stock.a_vial()
    doubt.nurse.does(f"/containers/{more}/quarantine", reason="cap was loose")
    doubt.does(id, "containers", container=str(more))
    assert doubt.does(id, "containment", measure="quarantine")["frozen"] == []
    shown = [doubt.nurse.get(f"/containers/{each}")["container"] for each in (vial, more)]
    assert [each["quarantine_reason"] for each in shown] == ["a discrepancy is being looked into", "cap was loose"]
    doubt.refused(lambda: doubt.tries(id, "release", container=str(vial), reason="free it"), 409, "not-held")


def test_a_recount_by_somebody_else_answers_the_one_that_was_asked_for(doubt: Doubt) -> None:
    id, vial = doubt.short()
    found = {"container": str(vial), "method": "read", "volume_ml": "9.4"}
    doubt.does(id, "containment", measure="freeze")
    assert ("discrepancy-recount", "custodian") in doubt.asked()
    own, other = doubt.count(found), doubt.count(found, by=doubt.stock.witness)
    unopened = doubt.nurse.does("/counts", location=doubt.stock.location, kind="closing")["id"]
    for count, *said in (
        (own, 403, "recounted-by-same-person"),
        (unopened, 409, "not-a-recount"),
        (str(uuid4()), 404, "no-such-count"),
    ):
        asked = partial(doubt.tries, id, "evidence", kind="recount", words="counted again", refers_to=count)
        doubt.refused(asked, *said)
    doubt.does(id, "evidence", kind="recount", words="the same again", refers_to=other)
    assert ("discrepancy-recount", "custodian") not in doubt.asked()


def test_what_later_counts_find_goes_into_the_same_file_until_it_is_settled(doubt: Doubt) -> None:
    id, vial = doubt.investigated()
    found = {"container": str(vial), "method": "read", "volume_ml": "9.3"}
    doubt.count(found, by=doubt.stock.witness)
    (again,) = [each for each in doubt.file(id)["evidence"] if each["kind"] == "counted_again"]
    assert (again["words"], again["name"]) == ("found less expected: -35000 µg", "Ben Nurse")
    assert (len(doubt.listed()), [kind for kind, _ in doubt.asked()].count("count-variance")) == (1, 2)
    doubt.does(id, "explanation", words="read against the light")
    assert doubt.asked() == []
    doubt.count(found)
    assert [each["state"] for each in doubt.listed()] == ["explained", "detected"]


def test_evidence_is_added_by_whoever_works_on_it_also_when_it_is_closed(doubt: Doubt) -> None:
    id, vial = doubt.explained()
    doubt.does(id, "closing", cause="measuring", words="parallax")
    doubt.does(id, "evidence", by=doubt.nurse, kind="statement", words="I read it twice")
    doubt.does(id, "evidence", kind="attachment", words="photograph of the vial", sha256="a" * 64)
    key, other = doubt.too_much(vial), doubt.too_much(doubt.stock.a_vial())
    tried: dict[str, Any] = {"kind": "refused_draw", "words": "600 mg were asked for"}
    doubt.does(id, "evidence", **tried, refers_to=key)
    nowhere = partial(doubt.tries, id, "evidence", **tried, refers_to=str(uuid4()))
    doubt.refused(nowhere, 404, "no-such-refused-draw")
    doubt.refused(partial(doubt.tries, id, "evidence", **tried, refers_to=other), 409, "not-tried-here")
    pieces = doubt.file(id)["evidence"]
    assert [(each["kind"], each["name"]) for each in pieces[-3:]] == [
        ("statement", "Ada Nurse"),
        ("attachment", "Otto Compliance"),
        ("refused_draw", "Otto Compliance"),
    ]
    assert (pieces[-2]["sha256"], pieces[-1]["refers_to"]) == ("a" * 64, key)
    doubt.refused(lambda: doubt.tries(id, "evidence", kind="attachment", words="lost"), 422, "evidence-incomplete")
    no_ledger = doubt.clinic.administrators[0]
    doubt.refused(lambda: doubt.tries(id, "evidence", by=no_ledger, kind="note", words="hm"), 403, "not-yours")
    assert doubt.clinic.verify() == []


def test_it_goes_from_hand_to_hand_and_every_step_stays(doubt: Doubt) -> None:
    (id, _), custodian = doubt.short(), doubt.clinic.custodian()
    doubt.does(id, "owner", owner=custodian.id, reason="keeps the safe")
    doubt.refused(lambda: doubt.tries(id, "investigation"), 409, "not-yet-possible")
    doubt.does(id, "containment", measure="freeze")
    assert doubt.does(id, "investigation")["owner"] == custodian.id
    doubt.does(id, "owner", owner=doubt.compliance.id, reason="a second look")
    doubt.does(id, "explanation", words="read against the light")
    doubt.does(id, "reopening", words="it is short again")
    timeline = doubt.file(id)["timeline"]
    assert [(each["act"], each["state"]) for each in timeline] == [
        ("detect", "detected"),
        ("assign", "detected"),
        ("contain", "contained"),
        ("investigate", "investigating"),
        ("assign", "investigating"),
        ("explain", "explained"),
        ("reopen", "investigating"),
    ]
    assert [each["number"] for each in timeline] == list(range(1, 8))
    assert (timeline[1]["reason"], timeline[6]["reason"]) == ("keeps the safe", "it is short again")
    doubt.refused(lambda: doubt.tries(id, "owner", owner=doubt.nurse.id, reason="you"), 403, "may-not-answer")
    doubt.refused(lambda: doubt.tries(id, "owner", owner=str(uuid4()), reason="you"), 404, "no-such-account")


def test_the_list_is_narrowed_and_turned_page_by_page(doubt: Doubt) -> None:
    ids = [doubt.short()[0] for _ in range(2)]
    doubt.nurse.does(
        "/discrepancies", site=doubt.clinic.site, seen="a drawer stood open", found_at="2026-03-02T09:00:00-05:00"
    )
    doubt.does(ids[1], "owner", owner=doubt.compliance.id, reason="looks into it")
    doubt.does(ids[1], "containment", measure="freeze")
    assert len(doubt.listed(site=doubt.clinic.site)) == 3
    assert [each["id"] for each in doubt.listed(state="contained")] == [ids[1]]
    assert [each["id"] for each in doubt.listed(owner=doubt.compliance.id)] == [ids[1]]
    assert len(doubt.listed(origin="report")) == 1
    container = doubt.file(ids[1])["containers"][0]
    assert [each["id"] for each in doubt.listed(container=container)] == [ids[1]]
    first = doubt.compliance.get("/discrepancies?limit=2")
    rest = doubt.compliance.get(f"/discrepancies?limit=2&cursor={first['next']}")
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (2, 1, None)
    assert doubt.listed(site=str(uuid4())) == []


def test_a_discrepancy_belongs_to_its_clinic(doubt: Doubt, clinic: Clinic) -> None:
    id, _ = doubt.short()
    other = Doubt(clinic.installation.found("South Clinic"))
    with clinic.nothing_changes():
        assert other.compliance.get(f"/discrepancies/{id}").status == 404
        assert other.listed() == []
        for answer in (
            other.tries(id, "containment", measure="freeze"),
            other.tries(id, "investigation"),
            other.tries(id, "evidence", kind="note", words="hm"),
        ):
            assert answer["type"] == "no-such-discrepancy"


def test_a_clinic_that_adopted_nothing_works_by_what_is_shipped(doubt: Doubt) -> None:
    at = clock.now()
    with doubt.clinic.app.app_context(), reading(Scope(organisation=uuid4(), at=at)):
        shipped = discrepancy_policy.clocks().rungs, discrepancy_policy.factors(), discrepancy_policy.form()
    with doubt.clinic.reading():
        assert (discrepancy_policy.clocks().rungs, discrepancy_policy.factors(), discrepancy_policy.form()) == shipped
    told = doubt.nurse.get("/discrepancy-policy").done()
    assert told["factors"][0]["key"] == "quantity"
    assert "DEA may count" in told["warning"]


def test_a_lost_vial_stays_on_the_book_while_it_is_looked_for(doubt: Doubt) -> None:
    stock: Stock = doubt.stock
    missing = stock.a_vial()
    doubt.count()
    assert doubt.listed()[0]["variance_ug"] == -500_000
    assert stock.balance(missing) == Mass.mg(500)
