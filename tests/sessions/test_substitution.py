"""Another strength at the chair: refused with both volumes, authorised by a prescriber, used once, printed for ever."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from clinic_api.database.rows import db
from clinic_api.dosing.models import DoseWorkingRow, Substitution
from clinic_api.quantities import Volume
from clinic_api.reports.records.summary import summary_from
from clinic_api.sessions import queries
from clinic_api.sessions.service.snapshot.whole import summary_content
from tests.builders import Clinic, Installation
from tests.inventory.stock import KETAMINE_10
from tests.people import Person
from tests.protocols.shipped import changed, shipped
from tests.reports.paper import printed
from tests.sessions.ward import DOSE, SEEN, Ward

WEAK = DOSE | {"strength_mg_per_ml": "10"}
ASKED = {"strength_mg_per_ml": "10", "reason": "no vial of 50 mg/mL left"}
IV = "/policies/protocol/iv-ketamine"


def released(clinic: Clinic) -> Ward:
    """A released visit with no dose worked out."""
    ward = Ward(clinic)
    ward.order()
    return ward.check_in().screen().release()


def prescribed(clinic: Clinic) -> Ward:
    """The same, worked out for 50 mg/mL."""
    ward = released(clinic)
    ward.does("dose", **DOSE)
    return ward


pytestmark = pytest.mark.begins(at=prescribed)


def refused(ward: Ward, act: str, person: Person | None = None, /, **body: Any) -> tuple[int, str]:
    """What an act is refused with, having changed nothing."""
    with ward.clinic.nothing_changes():
        answer = ward.tries(act, person, **body)
    return answer.status, str(answer["type"])


def substituted(ward: Ward) -> Any:
    """The prescriber lets 10 mg/mL stand in."""
    return ward.does("substitutions", ward.dora, **ASKED)


def ended(ward: Ward, **seen: Any) -> None:
    """The drawn dose is looked at and given to its end."""
    ward.does("dose-check", ward.ben, **SEEN | seen)
    ward.does("start")
    ward.clinic.later(minutes=40)
    ward.does("stop")


def content(ward: Ward) -> dict[str, Any]:
    """What would be frozen now."""
    with ward.clinic.reading() as scope:
        return summary_content(queries.infusion(UUID(ward.visit)), at=scope.at)


def test_a_nurse_may_not_work_it_out_for_another_strength_on_nobodys_word(ward: Ward) -> None:
    weak = ward.stock.a_vial(ndc=KETAMINE_10)
    with ward.clinic.nothing_changes():
        answer = ward.tries("dose", **WEAK)
    assert (answer.status, answer["type"]) == (409, "substitution-needed")
    facts = answer["facts"]
    assert (facts["volume_worked_out"], facts["volume_asked_for"]) == ("0.7 mL", "3.5 mL")
    assert facts["authorised_by"] == ["prescriber"]
    assert "/substitutions" in ward.tries("draws", container=weak)["detail"]


def test_an_authorised_strength_is_worked_out_drawn_given_and_said_to_the_end(ward: Ward) -> None:
    weak = ward.stock.a_vial(ndc=KETAMINE_10)
    given = ward.does("substitutions", ward.dora, container=str(weak), reason="no vial of 50 mg/mL left")
    assert (given["from_mg_per_ml"], given["from_ml"]) == ("50", "0.7")
    assert (given["to_mg_per_ml"], given["to_ml"]) == ("10", "3.5")
    assert given["authorised_by"] == str(ward.dora.id)
    assert ward.clinic.trail(given["id"]) == ["dose:substitution-authorised"]
    worked = ward.does("dose", **WEAK)
    assert (worked["substitution"], worked["drawn_ml"]) == (given["id"], "3.5")
    seen = ward.see()
    assert (seen["substitutions"], seen["working"]["substitution"]) == ([given], given["id"])
    assert seen["session"]["protocol"] == given["protocol"]
    ward.does("draws", container=weak)
    ended(ward, strength_mg_per_ml="10", drawn_ml="3.5")
    paper = printed(summary_from(content(ward)))
    assert paper.says("50 mg/mL (0.7 mL) -> 10 mg/mL (3.5 mL), authorised")
    assert paper.says("by Dora Prescriber, prescriber. Reason: no vial of 50 mg/mL left. Worked out by Ada Nurse")
    assert ward.clinic.verify() == []


def test_an_authorisation_that_nobody_used_is_printed_as_such(ward: Ward) -> None:
    substituted(ward)
    ward.does("draws", container=ward.stock.a_vial())
    (line,) = content(ward)["working"]["substitutions"]
    assert (line["worked_out_by"], line["replaced"]) == (None, None)
    assert printed(summary_from(content(ward))).says("NOT USED")


def test_only_a_prescriber_authorises_with_their_pin(ward: Ward) -> None:
    assert refused(ward, "substitutions", ward.ada, **ASKED)[0] == 403
    with ward.clinic.nothing_changes():
        answer = ward.dora.send("POST", f"/sessions/{ward.visit}/substitutions", ASKED, {"Clinic-Pin": None})
    assert (answer.status, answer["type"]) == (401, "pin-needed")


def test_there_must_be_something_to_substitute(ward: Ward) -> None:
    assert refused(ward, "substitutions", ward.dora, **ASKED | {"strength_mg_per_ml": "50"}) == (
        *(409, "nothing-to-substitute"),
    )
    assert refused(ward, "substitutions", ward.dora, **ASKED | {"strength_mg_per_ml": "20"}) == (
        *(409, "strength-may-not-stand-in"),
    )
    assert refused(ward, "dose", **DOSE | {"strength_mg_per_ml": "20"}) == (409, "strength-may-not-stand-in")
    assert refused(ward, "substitutions", ward.dora, **ASKED | {"strength_mg_per_ml": "0"})[1] == "no-drug"
    assert refused(ward, "substitutions", ward.dora, reason="none left")[0] == 422
    substituted(ward)
    assert refused(ward, "substitutions", ward.dora, **ASKED) == (409, "already-authorised")
    ward.does("draws", container=ward.stock.a_vial())
    assert refused(ward, "substitutions", ward.dora, **ASKED | {"strength_mg_per_ml": "100"}) == (
        *(409, "already-prepared"),
    )


@pytest.mark.begins(at=released)
def test_the_first_working_may_be_for_any_strength_and_before_it_nothing_is_authorised(ward: Ward) -> None:
    assert refused(ward, "substitutions", ward.dora, **ASKED) == (409, "not-worked-out")
    assert ward.does("dose", **WEAK)["substitution"] is None
    assert ward.does("dose", **WEAK)["substitution"] is None


def test_only_the_strength_may_be_another(ward: Ward) -> None:
    substituted(ward)
    ward.does("answers", weight_kg="71")
    assert refused(ward, "dose", **WEAK) == (409, "other-than-authorised")


def test_in_a_team_who_authorised_it_does_not_work_it_out(ward: Ward) -> None:
    substituted(ward)
    assert refused(ward, "dose", ward.dora, **WEAK) == (403, "authoriser-works-it-out")
    ward.does("dose", **WEAK)


def test_an_authorisation_ends_with_the_working_that_it_was_for(ward: Ward) -> None:
    substituted(ward)
    ward.does("dose", **DOSE)
    assert refused(ward, "dose", **WEAK) == (409, "substitution-needed")
    substituted(ward)
    ward.does("dose", **WEAK)
    assert refused(ward, "dose", **DOSE) == (409, "substitution-needed")


@pytest.mark.begins(at=Ward)
def test_a_visit_under_a_version_without_the_rule_lets_no_strength_stand_in_and_another_visit_goes_by_its_own(
    ward: Ward,
) -> None:
    ward.dora.does(IV, content=changed(shipped("protocols/iv-ketamine"), "substitution", ...))
    ward.order()
    ward.check_in().screen().release().does("dose", **DOSE)
    ward.dora.does(IV, content=shipped("protocols/iv-ketamine"))
    assert refused(ward, "dose", **WEAK) == (409, "strength-may-not-stand-in")
    assert refused(ward, "substitutions", ward.dora, **ASKED) == (409, "strength-may-not-stand-in")
    ward.does("abort", reason="no vial of 50 mg/mL left")
    ward.order()
    ward.check_in().screen().release().does("dose", **DOSE)
    substituted(ward)


@pytest.mark.begins(at=Ward)
def test_a_protocol_that_names_somebody_else_refuses_the_prescriber(ward: Ward) -> None:
    content = changed(shipped("protocols/iv-ketamine"), "substitution.authorised_by", ["custodian"])
    ward.dora.does(IV, content=content)
    ward.order()
    ward.check_in().screen().release().does("dose", **DOSE)
    assert refused(ward, "substitutions", ward.dora, **ASKED) == (403, "may-not-authorise")


def test_what_already_happened_is_taken_without_an_authorisation(ward: Ward) -> None:
    ward.does("start", already_happened=True, reason="drug of 10 mg/mL was running")
    assert ward.state == "infusing"


def test_one_practitioner_authorises_their_own_act_and_the_record_says_so(installation: Installation) -> None:
    ward = prescribed(installation.found("Solo Clinic", profile="solo"))
    substituted(ward)
    ward.does("dose", ward.dora, **WEAK)
    (line,) = content(ward)["working"]["substitutions"]
    assert line["authorised_by"] == line["worked_out_by"]
    assert line["replaced"] == "single-person practice: ordered, given and reviewed by the same practitioner"
    assert printed(summary_from(content(ward))).says("reviewed by the same practitioner")


STRANGER = UUID(int=7)


@pytest.mark.parametrize(
    ("table", "different", "rule"),
    [
        (Substitution, lambda it: {"working": it["working"]}, "(?i)unique|: duplicate"),
        (Substitution, lambda it: {"to_strength": it["from_strength"]}, "another_strength"),
        (Substitution, lambda _: {"to_strength": Fraction(20), "from_strength": Fraction(30)}, "(?i)foreign key"),
        (Substitution, lambda _: {"to_strength": Fraction(20), "working": STRANGER}, "(?i)foreign key"),
        (Substitution, lambda _: {"to_strength": Fraction(20), "visit": STRANGER}, "(?i)foreign key"),
        (Substitution, lambda _: {"to_strength": Fraction(20), "policy": STRANGER}, "(?i)foreign key"),
        (Substitution, lambda _: {"to_strength": Fraction(20), "authorised_by": STRANGER}, "(?i)foreign key"),
        (Substitution, lambda _: {"to_strength": Fraction(20), "from_volume": Volume(0)}, "something_is_drawn"),
        (Substitution, lambda _: {"to_strength": Fraction(20), "to_volume": Volume(0)}, "something_is_drawn"),
        (Substitution, lambda _: {"to_strength": Fraction(20), "reason": " "}, "for_a_reason"),
        (DoseWorkingRow, lambda _: {}, "(?i)unique|: duplicate"),
        (DoseWorkingRow, lambda it: {"substitution": it["id"]}, "(?i)foreign key"),
        (DoseWorkingRow, lambda _: {"substitution": STRANGER}, "(?i)foreign key"),
    ],
)
def test_the_database_takes_no_authorisation_and_no_working_under_it_that_contradicts_the_other(
    ward: Ward, table: Any, different: Callable[[dict[str, Any]], dict[str, Any]], rule: str
) -> None:
    substituted(ward)
    ward.does("dose", **WEAK)
    ward.does("substitutions", ward.dora, **ASKED | {"strength_mg_per_ml": "100"})
    with ward.clinic.reading():
        wrong = newest(table) | {"id": UUID(int=9)} | different(newest(Substitution))
    insert = sa.insert(table.__table__).values(wrong)
    with ward.clinic.nothing_changes(), pytest.raises(IntegrityError, match=rule), ward.clinic.transaction():
        db.session.execute(insert)


def newest(table: Any) -> dict[str, Any]:
    """The newest row of a table."""
    query = sa.select(table.__table__).order_by(table.__table__.c.id.desc()).limit(1)
    return dict(db.session.execute(query).mappings().one())
