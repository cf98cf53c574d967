"""Who a patient is, what they agreed to and what they have tried, without a database."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from clinic_api.clinics.rules.content import MalformedContent
from clinic_api.patients.rules.consents import (
    ConsentExpiresFirst,
    ConsentFact,
    ConsentKind,
    NotSignedYet,
    check_consent,
    in_force,
)
from clinic_api.patients.rules.history import (
    AllergiesUnclear,
    Allergy,
    EligibilityRule,
    NoDose,
    NotIcd10,
    Severity,
    Trial,
    TrialOutcome,
    check_allergies,
    check_icd10,
    check_trial,
    eligibility,
    read_eligibility,
)
from clinic_api.patients.rules.identity import (
    BirthDateUnlikely,
    Details,
    IdentityChanged,
    MrnUnreadable,
    NameUnreadable,
    PhoneUnreadable,
    Sex,
    TooYoung,
    check_details,
    check_of_age,
    check_version,
    details_text,
    mrn_from,
    read_details,
    years_between,
)
from clinic_api.patients.rules.reminders import Channel, NothingToVerify, check_address
from clinic_api.patients.rules.visits import VisitSealed, check_unsealed
from clinic_api.quantities import Mass

NOW = datetime(2026, 3, 2, 14, tzinfo=UTC)
TODAY = NOW.date()
TICK = timedelta(microseconds=1)
RULE = EligibilityRule(failed_at_least=2, weeks_at_least=6, years_at_least=18)


def details(**different: Any) -> Details:
    usual = {"name": "Zoë Smith", "date_of_birth": date(1984, 2, 29), "sex": Sex.FEMALE, "zone": "America/New_York"}
    return Details(**{**usual, **different})


def trial(drug: str = "Sertraline", *, weeks: int = 8, outcome: TrialOutcome = TrialOutcome.FAILED) -> Trial:
    return Trial(drug=drug, daily_dose=Mass.mg(200), weeks=weeks, outcome=outcome)


def consent(*, given: bool = True, at: datetime = NOW, until: datetime | None = None) -> ConsentFact:
    return ConsentFact(kind=ConsentKind.PRIVACY_NOTICE, given=given, at=at, expires_at=until)


# --------------------------------------------------------------------------------------------------------- identity


def test_a_usual_identity_is_accepted_with_and_without_what_is_not_known() -> None:
    check_details(details(), on=TODAY)
    check_details(details(phone="+1 518 555 0142", mrn="7"), on=TODAY)


@pytest.mark.parametrize("name", [" ", "\u200b", "…", "👩"])
def test_a_name_that_cannot_be_read_aloud_is_refused(name: str) -> None:
    with pytest.raises(NameUnreadable, match="document"):
        check_details(details(name=name), on=TODAY)


@pytest.mark.parametrize(("born", "fine"), [(0, True), (1, False)])
def test_a_birth_date_may_be_today_but_not_tomorrow(born: int, fine: bool) -> None:
    asked = details(date_of_birth=TODAY + timedelta(days=born))
    if fine:
        check_details(asked, on=TODAY)
    else:
        with pytest.raises(BirthDateUnlikely, match="130 years"):
            check_details(asked, on=TODAY)


def test_a_patient_turns_130_on_paper_only() -> None:
    check_details(details(date_of_birth=date(1896, 3, 3)), on=TODAY)
    with pytest.raises(BirthDateUnlikely):
        check_details(details(date_of_birth=date(1896, 3, 2)), on=TODAY)


@pytest.mark.parametrize(("digits", "fine"), [(6, False), (7, True), (15, True), (16, False)])
def test_a_telephone_number_has_seven_to_fifteen_digits(digits: int, fine: bool) -> None:
    asked = details(phone="5" * digits)
    if fine:
        check_details(asked, on=TODAY)
    else:
        with pytest.raises(PhoneUnreadable, match="area code"):
            check_details(asked, on=TODAY)


def test_a_record_number_of_dashes_is_none() -> None:
    with pytest.raises(MrnUnreadable, match="chart"):
        check_details(details(mrn="--"), on=TODAY)


def test_an_identity_comes_out_of_its_text_as_it_went_in() -> None:
    asked = details(address="7 Elm\u00a0Street", phone=None, mrn="山-1")
    assert Details(**read_details(details_text(asked))) == asked


def test_an_identity_does_not_print_who_it_is() -> None:
    assert "Smith" not in repr(details())


def test_only_the_newest_version_may_be_changed() -> None:
    check_version(sent=2, current=2)
    with pytest.raises(IdentityChanged, match="Version 2 holds now") as refusal:
        check_version(sent=1, current=2)
    assert refusal.value.status == 412


def test_who_was_born_on_leap_day_is_a_year_older_on_the_first_of_march() -> None:
    born = date(2008, 2, 29)
    assert years_between(born, date(2026, 2, 28)) == 17
    assert years_between(born, date(2026, 3, 1)) == 18


def test_adults_only() -> None:
    check_of_age(date(2008, 3, 2), on=TODAY, years_at_least=18)
    with pytest.raises(TooYoung, match="from 18 years on"):
        check_of_age(date(2008, 3, 3), on=TODAY, years_at_least=18)


def test_a_record_number_that_we_give_has_no_letter_that_is_misheard() -> None:
    given = mrn_from(UUID(int=0x0123456789ABCDEF0123456789ABCDEF))
    assert given == "P-CY4TQKFF"
    assert mrn_from(UUID(int=0)) == "P-00000000"


# --------------------------------------------------------------------------------------------------------- consents


def test_the_newest_word_about_a_consent_counts() -> None:
    earlier, later = NOW - timedelta(days=2), NOW - timedelta(days=1)
    assert in_force([consent(at=earlier)], at=NOW) == {ConsentKind.PRIVACY_NOTICE}
    assert in_force([consent(at=earlier), consent(given=False, at=later)], at=NOW) == frozenset()
    assert in_force([consent(at=later), consent(given=False, at=earlier)], at=NOW) == {ConsentKind.PRIVACY_NOTICE}
    assert in_force([consent(), consent(given=False)], at=NOW) == frozenset()
    assert in_force([], at=NOW) == frozenset()


def test_a_consent_holds_until_the_moment_it_ends_and_from_the_moment_it_is_given() -> None:
    until = NOW + timedelta(days=1)
    assert in_force([consent(until=until)], at=until - TICK)
    assert not in_force([consent(until=until)], at=until)
    assert not in_force([consent()], at=NOW - TICK)


def test_a_consent_that_contradicts_itself_is_refused() -> None:
    check_consent(consent(until=NOW + TICK), recorded_at=NOW)
    check_consent(consent(given=False), recorded_at=NOW)
    for wrong in (consent(until=NOW), consent(given=False, until=NOW + TICK)):
        with pytest.raises(ConsentExpiresFirst, match="none for a withdrawal"):
            check_consent(wrong, recorded_at=NOW)


def test_nobody_signs_more_than_two_minutes_from_now() -> None:
    check_consent(consent(at=NOW + timedelta(minutes=2)), recorded_at=NOW)
    with pytest.raises(NotSignedYet, match="when the patient signed"):
        check_consent(consent(at=NOW + timedelta(minutes=2) + TICK), recorded_at=NOW)


# ---------------------------------------------------------------------------------------------------------- history


@pytest.mark.parametrize("code", ["F33.2", "F32.A", "F33", "Z79.899", "R45.851"])
def test_the_form_of_a_diagnosis_code(code: str) -> None:
    check_icd10(code)


@pytest.mark.parametrize("code", ["F332", "f33.2", "F33.", "U07.1", "F33.2\n", "\uff1333.2", "depression"])
def test_what_is_no_diagnosis_code_is_refused(code: str) -> None:
    with pytest.raises(NotIcd10, match=r"F33\.2"):
        check_icd10(code)


def test_none_known_is_said_alone_and_allergies_are_named() -> None:
    peanut = Allergy(substance="peanut", reaction=None, severity=Severity.UNKNOWN)
    check_allergies([], none_known=True)
    check_allergies([peanut], none_known=False)
    for items, none_known in (([peanut], True), ([], False)):
        with pytest.raises(AllergiesUnclear, match="name each allergy"):
            check_allergies(items, none_known=none_known)


def test_a_trial_of_nothing_is_refused() -> None:
    check_trial(trial())
    with pytest.raises(NoDose, match="milligrams"):
        check_trial(Trial(drug="Sertraline", daily_dose=Mass(0), weeks=8, outcome=TrialOutcome.FAILED))


def test_two_different_antidepressants_must_have_failed() -> None:
    one = eligibility([trial()], rule=RULE)
    assert (one.failed, one.met) == (1, False)
    two = eligibility([trial(), trial("Venlafaxine")], rule=RULE)
    assert (two.failed, two.needed, two.met) == (2, 2, True)
    assert not eligibility([trial(), trial("SERTRALINE")], rule=RULE).met


def test_a_trial_counts_from_its_sixth_week_and_only_if_it_failed() -> None:
    assert eligibility([trial(weeks=6)], rule=RULE).failed == 1
    assert eligibility([trial(weeks=5)], rule=RULE).failed == 0
    for outcome in set(TrialOutcome) - {TrialOutcome.FAILED, TrialOutcome.ENTERED_IN_ERROR}:
        assert eligibility([trial(outcome=outcome)], rule=RULE).failed == 0


def test_nothing_recorded_is_not_none_failed() -> None:
    assert eligibility([], rule=RULE).failed is None
    assert eligibility([trial(outcome=TrialOutcome.ENTERED_IN_ERROR)], rule=RULE).failed is None
    assert not eligibility([], rule=RULE).met


def test_the_rule_is_read_with_its_sources() -> None:
    origin = {"source": "somebody", "status": "design"}
    content: dict[str, Any] = {
        **origin,
        "key": "trd",
        "version": 1,
        "title": "TRD",
        "trials": {"failed_at_least": 2, **origin},
        "adequate": {"weeks_at_least": 6, **origin},
        "age": {"years_at_least": 18, **origin},
    }
    assert read_eligibility(content) == RULE
    with pytest.raises(MalformedContent, match=r"age\.source"):
        read_eligibility(content | {"age": {"years_at_least": 18}})


# ---------------------------------------------------------------------------------------------- reminders and visits


def test_only_an_address_on_file_can_be_verified() -> None:
    known = details(email="zoe@example.org")
    assert check_address(known, Channel.EMAIL) == "zoe@example.org"
    with pytest.raises(NothingToVerify, match="Add the sms address"):
        check_address(known, Channel.SMS)


def test_nothing_is_added_to_a_visit_that_is_sealed() -> None:
    check_unsealed(None)
    with pytest.raises(VisitSealed, match="sealed at 2026-03-02 14:00 UTC"):
        check_unsealed(NOW)
