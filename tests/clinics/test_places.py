"""Sites, chairs, registrations, licences, policies and who is here today, over the wire."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from clinic_api.clinics import queries, service
from clinic_api.clinics.rules.profile import read_profile
from clinic_api.clinics.rules.standing import NotHereToday, NoValidLicence, RegistrationNotValid
from clinic_api.errors import NotFound
from tests.builders import Clinic
from tests.people import Person


@pytest.fixture
def olga(clinic: Clinic) -> Person:
    """The first administrator, who sets the clinic up."""
    return clinic.administrators[0]


def present(person: Person, site: str) -> list[str]:
    return [each["account"] for each in person.get(f"/sites/{site}/present").done()["items"]]


# ----------------------------------------------------------------------------------------------------------- places


def test_a_new_clinic_has_its_rules_and_two_administrators(clinic: Clinic, olga: Person) -> None:
    assert [each["login"] for each in olga.get("/staff").done()["items"]] == ["olga", "piet"]
    assert olga.get("/policies/protocol/iv-ketamine")["version"] == 1
    assert read_profile(olga.get("/policies/profile/team")["content"]).title
    with clinic.reading():
        assert queries.organisation().name == "North Clinic"
        assert queries.profile().key == "team"
    assert clinic.trail(clinic.organisation) == ["organisation:founded"]


def test_a_site_is_opened_and_listed(clinic: Clinic, olga: Person) -> None:
    elsewhere = clinic.a_site(name="Elsewhere", zone="America/Chicago", state="IL")
    listed = olga.get("/sites").done()["items"]
    assert [(each["id"], each["name"]) for each in listed] == [(clinic.site, "Main"), (elsewhere, "Elsewhere")]


@pytest.mark.parametrize(
    ("different", "kind"),
    [({"zone": "America/Nowhere"}, "unknown-zone"), ({"state": "New York"}, "malformed"), ({"name": ""}, "malformed")],
)
def test_a_site_that_cannot_be_is_refused(olga: Person, clinic: Clinic, different: dict[str, str], kind: str) -> None:
    usual = {"name": "B", "address": "2 Road", "phone": "1", "state": "NY", "zone": "America/New_York"}
    with clinic.nothing_changes():
        refused = olga.post("/sites", **{**usual, **different})
    assert (refused.status, refused["type"]) == (422, kind)


@pytest.mark.parametrize(
    ("different", "kind"),
    [
        ({"dea_number": "AB1234564"}, "invalid-dea-number"),
        ({"schedules": ["3X"]}, "unknown-schedule"),
        ({"schedules": []}, "malformed"),
        ({"valid_from": "2029-01-01"}, "valid-backwards"),
        ({"valid_from": "2029-02-30"}, "malformed"),
        ({"kind": "somebody"}, "malformed"),
    ],
)
def test_a_registration_that_cannot_be_is_refused(
    olga: Person, clinic: Clinic, different: dict[str, Any], kind: str
) -> None:
    usual = {
        "dea_number": "AB1234563",
        "registrant": "X",
        "kind": "institutional",
        "address": "1 Road",
        "schedules": ["3N"],
        "valid_from": "2026-01-01",
        "valid_until": "2028-12-31",
    }
    with clinic.nothing_changes():
        refused = olga.post(f"/sites/{clinic.site}/registrations", **{**usual, **different})
    assert (refused.status, refused["type"]) == (422, kind)


def test_a_registration_covers_its_schedules_on_its_days(clinic: Clinic) -> None:
    id = UUID(clinic.a_registration(schedules=["3N", "3"]))
    with clinic.reading():
        registration = queries.registration(id)
        assert [each.id for each in queries.registrations(UUID(clinic.site))] == [id]
        service.check_registration(registration, schedule="3N", on=registration.valid_until)
        with pytest.raises(RegistrationNotValid, match="schedule 2N"):
            service.check_registration(registration, schedule="2N", on=registration.valid_until)


def test_a_chair_stands_once_at_a_site(clinic: Clinic, olga: Person) -> None:
    chair = clinic.a_chair("Chair 1")
    elsewhere = clinic.a_site(name="Elsewhere")
    assert olga.post(f"/sites/{elsewhere}/chairs", name="Chair 1").status == 201
    with clinic.nothing_changes():
        assert olga.post(f"/sites/{clinic.site}/chairs", name="Chair 1").status == 409
    with clinic.reading():
        assert [str(each.id) for each in queries.chairs(UUID(clinic.site))] == [chair]
        assert str(queries.chair(UUID(chair)).site) == clinic.site


@pytest.mark.parametrize("ask", [queries.chair, queries.registration, queries.presence, queries.policy_version])
def test_what_is_not_there_is_not_found(clinic: Clinic, ask: Any) -> None:
    with clinic.reading(), pytest.raises(NotFound):
        ask(uuid4())


def test_a_licence_of_nobody_is_not_recorded(clinic: Clinic, olga: Person) -> None:
    licence = {"kind": "state", "number": "RN-1", "state": "NY", "expires_on": "2027-12-31"}
    with clinic.nothing_changes():
        assert olga.post(f"/staff/{uuid4()}/licences", **licence)["type"] == "no-such-account"


# -------------------------------------------------------------------------------------------------------- policies


def test_the_newest_version_of_a_policy_holds_and_the_old_one_stays_readable(clinic: Clinic, olga: Person) -> None:
    first = olga.get("/policies/instrument/phq-9").done()
    second = olga.does("/policies/instrument/phq-9", content={**first["content"], "title": "PHQ-9, again"})
    assert (second["version"], olga.get("/policies/instrument/phq-9")["content"]["title"]) == (2, "PHQ-9, again")
    with clinic.reading():
        assert queries.policy_version(UUID(first["id"])).content == first["content"]
    assert clinic.verify() == []


def test_another_profile_holds_from_the_moment_it_is_adopted(clinic: Clinic, olga: Person) -> None:
    with clinic.reading():
        content = queries.policy("profile", "team").content
    olga.does("/policies/profile/ours", content={**content, "key": "ours", "title": "Ours"})
    with clinic.reading():
        assert queries.profile().title == "Ours"


@pytest.mark.parametrize(
    ("path", "body", "kind"),
    [
        ("/policies/profile/team", {"content": {}}, "malformed-content"),
        ("/policies/protocol/x", {"content": {"a": 0.5}}, "malformed-content"),
        ("/policies/protocol/x", {"content": {"a": 2**60}}, "malformed-content"),
        ("/policies/opinion/x", {"content": {}}, "not-a-policy"),
        ("/policies/protocol/X%00", {"content": {}}, "not-a-policy"),
        ("/policies/protocol/x", {"content": []}, "malformed"),
        ("/policies/protocol/x", {}, "malformed"),
    ],
)
def test_a_policy_that_cannot_be_read_is_not_adopted(
    clinic: Clinic, olga: Person, path: str, body: dict[str, Any], kind: str
) -> None:
    with clinic.nothing_changes():
        refused = olga.post(path, **body)
    assert (refused.status, refused["type"]) == (422, kind)


@pytest.mark.parametrize("path", ["/policies/protocol/none", "/policies/opinion/x", "/policies/protocol/%00"])
def test_a_policy_that_is_not_there_is_not_found(olga: Person, path: str) -> None:
    assert (olga.get(path).status, olga.get(path)["type"]) == (404, "no-such-policy")


# ------------------------------------------------------------------------------------------------------ being here


def test_who_checks_in_is_here_until_they_check_out(clinic: Clinic) -> None:
    ada = clinic.nurse("Ada", here=False)
    assert present(ada, clinic.site) == []
    here = ada.does("/presences", site=clinic.site)
    assert present(ada, clinic.site) == [ada.id]
    left = ada.does(f"/presences/{here['id']}/end")
    assert left["until_at"] is not None
    assert present(ada, clinic.site) == []
    assert clinic.trail(here["id"]) == ["staff:checked-in", "staff:checked-out"]


def test_checking_in_or_out_twice_writes_nothing_more(clinic: Clinic) -> None:
    ada = clinic.nurse("Ada")
    with clinic.nothing_changes():
        here = ada.does("/presences", site=clinic.site)
    ada.does(f"/presences/{here['id']}/end")
    clinic.later(minutes=5)
    with clinic.nothing_changes():
        assert ada.post(f"/presences/{here['id']}/end").status == 200


def test_nobody_checks_out_somebody_else(clinic: Clinic) -> None:
    ada, ben = clinic.nurse("Ada"), clinic.nurse("Ben")
    here = ada.does("/presences", site=clinic.site)
    with clinic.nothing_changes():
        refused = ben.post(f"/presences/{here['id']}/end")
    assert (refused.status, refused["type"]) == (403, "not-your-presence")


def test_nobody_is_in_two_places(clinic: Clinic) -> None:
    elsewhere = clinic.a_site(name="Elsewhere")
    ada = clinic.nurse("Ada")
    ada.does("/presences", site=elsewhere)
    assert (present(ada, clinic.site), present(ada, elsewhere)) == ([], [ada.id])


def test_who_forgot_to_check_out_is_gone_when_the_day_ends(clinic: Clinic) -> None:
    ada, ben = clinic.nurse("Ada"), clinic.nurse("Ben")
    clinic.later(hours=14, minutes=59)
    clinic.sign_in(ben)
    assert present(ben, clinic.site) == [ada.id, ben.id]
    clinic.later(minutes=2)
    assert present(ben, clinic.site) == []
    with clinic.reading() as scope, pytest.raises(NotHereToday, match="Ada"):
        service.check_here_today(UUID(ada.id), site=UUID(clinic.site), scope=scope)


def test_the_timeline_counts_who_was_here_and_not_who_forgot_to_leave_the_day_before(clinic: Clinic) -> None:
    clinic.nurse("Ada")
    clinic.tomorrow()
    ben = clinic.nurse("Ben")
    with clinic.reading() as scope:
        between = queries.presences_between(UUID(clinic.site), since=scope.at, until=clinic.later(hours=1))
        assert [str(each.account) for each in between] == [ben.id]


def test_standing_asks_for_being_here_at_this_site_and_for_a_licence(clinic: Clinic) -> None:
    elsewhere = UUID(clinic.a_site(name="Elsewhere"))
    ada, ben = clinic.nurse("Ada"), clinic.nurse("Ben", licence=False)
    with clinic.reading() as scope:
        service.check_standing(UUID(ada.id), site=UUID(clinic.site), scope=scope)
        with pytest.raises(NotHereToday, match="Ada"):
            service.check_standing(UUID(ada.id), site=elsewhere, scope=scope)
        with pytest.raises(NoValidLicence, match="Ben"):
            service.check_standing(UUID(ben.id), site=UUID(clinic.site), scope=scope)


def test_a_licence_counts_through_its_last_day_and_no_longer(clinic: Clinic) -> None:
    ada = clinic.nurse("Ada", licence=False)
    clinic.licence(ada, expires_on="2026-03-02")
    with clinic.reading() as scope:
        service.check_standing(UUID(ada.id), site=UUID(clinic.site), scope=scope)
    clinic.tomorrow(ada)
    ada.does("/presences", site=clinic.site)
    with clinic.reading() as scope, pytest.raises(NoValidLicence):
        service.check_standing(UUID(ada.id), site=UUID(clinic.site), scope=scope)


@pytest.mark.parametrize("profile", ["duo", "solo"])
def test_a_small_practice_is_founded_with_its_own_profile(clinic: Clinic, profile: str) -> None:
    small = clinic.installation.found("Small Practice", profile=profile)
    with small.reading():
        assert queries.profile().key == profile
    with clinic.reading():
        assert queries.profile().key == "team"
