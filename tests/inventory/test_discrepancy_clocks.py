"""What the worker does about discrepancies: a waste nobody witnessed, and a discrepancy nobody settled."""

from datetime import timedelta
from uuid import UUID

from clinic_api.inventory.service import showing
from clinic_api.inventory.service.discrepancy_clocks import CLOCK
from clinic_api.messages import queries as due
from tests.inventory.doubt import Doubt


def test_a_waste_that_nobody_witnessed_in_time_is_one_and_a_late_witness_still_counts(doubt: Doubt) -> None:
    vial, visit = doubt.stock.a_vial(), doubt.stock.a_visit()
    late, timely = (doubt.stock.draw(vial, ml, visit).syringe for ml in ("0.5", "0.2"))
    proposed = doubt.stock.propose(late, "25")
    doubt.stock.waste(timely, "10")
    doubt.clinic.later(hours=14, minutes=59)
    assert doubt.work() == 0
    doubt.clinic.later(minutes=1)
    assert doubt.work() == 2
    for person in (doubt.nurse, doubt.stock.witness, doubt.compliance):
        doubt.clinic.sign_in(person)
        person.does("/presences", site=doubt.clinic.site)
    (found,) = doubt.listed(origin="waste")
    assert (found["subject"], found["containers"], found["detected_by"]) == (proposed["id"], [str(late)], None)
    with doubt.stock.acting() as scope:
        assert [str(each.id) for each in showing.open_overdue_wastes(scope=scope)] == [found["id"]]  # no second one
    challenge = doubt.nurse.does(f"/challenges/{proposed['challenge']['id']}/renewal")
    doubt.nurse.does(f"/wastes/{proposed['id']}/witness", **doubt.stock.witness.proof_for(challenge))
    assert doubt.listed(origin="waste")[0]["state"] == "detected"
    assert doubt.clinic.verify() == []


def test_nobody_answers_so_the_next_one_is_asked_until_it_is_settled(doubt: Doubt) -> None:
    id, _ = doubt.short()
    assert doubt.asked() == [("count-variance", "custodian")]
    doubt.clinic.later(hours=15)  # the end of the day at the site
    assert (doubt.work(), doubt.work()) == (1, 0)
    assert doubt.asked() == [("count-variance", "custodian"), ("discrepancy-manager", "prescriber")]
    doubt.clinic.later(hours=9)
    assert doubt.work() == 1
    assert doubt.asked()[-1] == ("discrepancy-compliance", "compliance")
    doubt.clinic.sign_in(doubt.compliance)
    doubt.does(id, "containment", measure="freeze")
    doubt.does(id, "investigation")
    doubt.does(id, "explanation", words="read against the light")
    assert doubt.asked() == []
    doubt.does(id, "reopening", words="it is short again")
    assert doubt.asked() == [("discrepancy-explained", "custodian")]
    doubt.clinic.later(days=4)
    assert doubt.work() == 1
    assert [kind for kind, _ in doubt.asked()] == [
        "discrepancy-explained",
        "discrepancy-manager",
        "discrepancy-compliance",
    ]
    assert doubt.clinic.verify() == []


def test_a_clock_that_comes_after_all_asks_nobody_about_what_is_settled(doubt: Doubt) -> None:
    id, _ = doubt.explained()
    with doubt.clinic.transaction() as scope:
        row = due.due(CLOCK, UUID(id))
        assert row is not None
        assert row.done_at is not None
        row.done_at, row.at = None, scope.at - timedelta(seconds=1)
    assert doubt.work() == 1
    assert doubt.asked() == []
