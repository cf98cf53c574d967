"""A theft or a loss is a person's decision; from then on the law's clocks run, counted from both dates."""

from typing import Any

import pytest

from clinic_api.inventory.rules.loss_policy import FieldKind
from clinic_api.inventory.service.engaging import INITIAL
from clinic_api.tasks import queries as tasks
from tests.inventory.doubt import Doubt
from tests.inventory.test_loss_rules import ALL, FORM, answers

NOTICE: dict[str, Any] = {
    "kind": "dea_notice",
    "reference": "N-17",
    "channel": "e-mail",
    "sent_at": "2026-03-02T09:00:00-05:00",
}
FORM_106: dict[str, Any] = NOTICE | {"kind": "form_106", "reference": "106-4711", "channel": "portal"}
KINDS = {FieldKind.TEXT: "text", FieldKind.CHOICE: "text", FieldKind.WHOLE: "whole", FieldKind.YES_NO: "yes_no"}


def decided(finding: str) -> dict[str, Any]:
    """A decision with every factor weighed."""
    factors = [{"factor": each.factor, "weight": each.weight, "words": each.words} for each in ALL]
    return {"finding": finding, "rationale": "the second vial in a month", "factors": factors}


def on_the_form(*without: str, **different: Any) -> dict[str, Any]:
    """The data of the form as they are sent."""
    kinds = {field.key: KINDS.get(field.kind, str(field.kind)) for field in FORM.fields}
    given = [(key, value) for key, value in answers(**different).items() if key not in without]
    return {"answers": [{"field": key, kinds[key]: value} for key, value in given]}


def sent(doubt: Doubt, id: str, **notice: Any) -> Any:
    return doubt.does(id, "notices", **{**NOTICE, **notice})


def test_a_loss_is_determined_factor_by_factor_signed_and_both_dates_are_kept(doubt: Doubt) -> None:
    id, _ = doubt.investigated()
    doubt.clinic.later(hours=2)
    assert doubt.does(id, "determinations", **decided("significant_loss"))["state"] == "escalated_loss"
    (made,) = doubt.file(id)["determinations"]
    assert (made["variance_found_at"][:16], made["loss_determined_at"][:16]) == ("2026-03-02T14:00", "2026-03-02T16:00")
    assert "DEA may count from the day the variance was found" in made["warning"]
    assert (made["signer"], made["printed_name"]) == (doubt.compliance.id, "Otto Compliance")
    assert [(each["factor"], each["weight"]) for each in made["factors"]] == [(e.factor, "not_known") for e in ALL]
    assert [(each["what"], each["counted_from"], each["due_at"]) for each in made["deadlines"]] == [
        ("dea_notice", "variance_found_at", "2026-03-04T05:00:00Z"),
        ("form_106", "variance_found_at", "2026-04-17T04:00:00Z"),
        ("dea_notice", "loss_determined_at", "2026-03-04T05:00:00Z"),
        ("form_106", "loss_determined_at", "2026-04-17T04:00:00Z"),
    ]
    assert doubt.clinic.trail(id)[-1] == "discrepancy:determined"
    assert doubt.clinic.verify() == []


def test_the_clocks_are_tasks_counted_from_both_dates_and_end_with_what_was_sent(doubt: Doubt) -> None:
    id, _ = doubt.short()
    doubt.clinic.tomorrow(doubt.compliance)
    doubt.does(id, "containment", measure="freeze")
    doubt.does(id, "investigation")
    doubt.does(id, "determinations", **decided("theft"))
    with doubt.clinic.reading():
        due = {task.kind: f"{task.due_at:%m-%d %H}" for task in tasks.open_tasks() if task.kind != INITIAL}
    assert due == {
        "dea-notice-counted-from-finding": "03-04 05",
        "dea-notice": "03-05 05",
        "form-106-counted-from-finding": "04-17 04",
        "form-106": "04-18 04",
    }
    assert sent(doubt, id)["state"] == "reported"
    assert [kind for kind, _ in doubt.asked()] == ["form-106-counted-from-finding", "form-106"]
    assert doubt.does(id, "notices", **FORM_106)["state"] == "reported"
    assert doubt.asked() == []
    assert [each["reference"] for each in doubt.file(id)["notices"]] == ["N-17", "106-4711"]


def test_a_decision_without_each_factor_or_too_early_or_by_somebody_else_is_refused(doubt: Doubt) -> None:
    early, _ = doubt.short()
    doubt.refused(lambda: doubt.tries(early, "determinations", **decided("theft")), 409, "not-yet-possible")
    id, _ = doubt.investigated()
    short = decided("theft")
    short["factors"] = short["factors"][1:]
    answer = doubt.refused(lambda: doubt.tries(id, "determinations", **short), 422, "not-weighed")
    assert answer["facts"]["missing"] == ["quantity"]
    custodian = doubt.clinic.custodian()
    doubt.refused(lambda: doubt.tries(id, "determinations", by=custodian, **decided("theft")), 403, "not-yours")


def test_a_theft_of_any_size_stays_reportable(doubt: Doubt) -> None:
    id, _ = doubt.investigated()
    doubt.does(id, "determinations", **decided("theft"))
    doubt.refused(lambda: doubt.tries(id, "determinations", **decided("not_significant")), 409, "not-yet-possible")
    doubt.refused(lambda: doubt.tries(id, "closing", cause="theft", words="gone"), 409, "not-yet-possible")
    sent(doubt, id)
    doubt.refused(lambda: doubt.tries(id, "determinations", **decided("not_significant")), 409, "theft-stays")
    answer = doubt.refused(lambda: doubt.tries(id, "closing", cause="theft", words="gone"), 409, "not-ready-to-close")
    assert answer["facts"]["unmet"][:2] == ["the reference of Form 106", "Form 106, – New report, or an amended one"]


def test_a_loss_closes_on_a_signed_word_that_it_is_not_significant(doubt: Doubt) -> None:
    id, _ = doubt.investigated()
    doubt.does(id, "determinations", **decided("significant_loss"))
    answer = doubt.refused(lambda: doubt.tries(id, "closing", cause="loss", words="gone"), 409, "not-ready-to-close")
    assert "or a signed word that it is not significant" in answer["facts"]["unmet"][0]
    doubt.does(id, "determinations", **decided("not_significant"))
    assert doubt.asked() == []
    assert doubt.does(id, "closing", cause="loss", words="half a millilitre")["state"] == "closed"
    assert [each["finding"] for each in doubt.file(id)["determinations"]] == ["significant_loss", "not_significant"]
    assert doubt.file(id)["determinations"][1]["deadlines"] == []


def test_a_day_on_the_form_is_written_as_every_other_day(doubt: Doubt) -> None:
    id, _ = doubt.investigated()
    doubt.does(id, "determinations", **decided("significant_loss"))
    for day in ("20260302", "2026-W10-1", "0001-01-01"):
        with doubt.clinic.nothing_changes():
            answers = [{"field": "date_discovered", "date": day}]
            assert doubt.tries(id, "form-106", answers=answers).status == 422, day


def test_the_form_names_what_is_missing_until_all_of_it_is_there(doubt: Doubt) -> None:
    id, _ = doubt.investigated()
    doubt.refused(lambda: doubt.tries(id, "form-106", **on_the_form()), 409, "not-yet-possible")
    doubt.does(id, "determinations", **decided("significant_loss"))
    assert "6 County" in doubt.file(id)["form"]["missing"]
    first = doubt.does(id, "form-106", **on_the_form("county", reported_to_police=True))
    assert (first["version"], first["missing"]) == (
        1,
        ["6 County", "8 Police department: name and telephone", "8 Number of the police report"],
    )
    assert doubt.does(id, "form-106", **on_the_form()) == {"version": 2, "missing": []}
    form = doubt.file(id)["form"]
    assert (form["registrant"]["dea_number"], form["version"], form["missing"]) == ("AB1234563", 2, [])
    assert (form["answers"]["losses_in_24_months"], form["answers"]["reported_to_police"]) == (0, False)
    assert form["answers"]["date_discovered"] == "2026-03-02"
    assert form["answers"]["substances"] == [{"lot": None, "ndc": "0409-2053-10", "quantity": "1 vial"}]
    sent(doubt, id)
    doubt.does(id, "notices", **FORM_106)
    assert doubt.does(id, "closing", cause="loss", words="not found")["state"] == "closed"
    assert doubt.clinic.verify() == []


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ({"field": "shoe_size", "whole": 9}, 422),
        ({"field": "county", "whole": 9}, 422),
        ({"field": "county"}, 422),
        ({"field": "county", "text": "Albany", "whole": 9}, 422),
        ({"field": "registrant_name", "text": "Somebody"}, 422),
        ({"field": "county", "text": "Erie"}, 201),
    ],
)
def test_an_answer_that_the_form_has_no_place_for_is_refused(doubt: Doubt, answer: dict[str, Any], status: int) -> None:
    id, _ = doubt.investigated()
    doubt.does(id, "determinations", **decided("theft"))
    assert doubt.tries(id, "form-106", answers=[answer]).status == status
    if status == 201:
        assert doubt.tries(id, "form-106", answers=[answer, answer]).status == 422


def test_what_was_sent_has_its_time_and_its_place_in_the_order(doubt: Doubt) -> None:
    id, _ = doubt.investigated()
    doubt.refused(lambda: doubt.tries(id, "notices", **NOTICE), 409, "not-yet-possible")
    doubt.does(id, "determinations", **decided("significant_loss"))
    tomorrow = NOTICE | {"sent_at": "2026-03-03T09:00:00-05:00"}
    doubt.refused(lambda: doubt.tries(id, "notices", **tomorrow), 422, "sent-later")
    assert sent(doubt, id, kind="police")["state"] == "escalated_loss"
    assert sent(doubt, id)["state"] == "reported"
    assert doubt.does(id, "determinations", **decided("theft"))["state"] == "escalated_theft"
    assert sent(doubt, id, reference="N-18")["state"] == "reported"
    assert sent(doubt, id, reference="N-19")["state"] == "reported"
