"""The law of a site over the wire: shipped with the clinic, made stricter by it, never laxer."""

from typing import Any

import pytest

from clinic_api.clinics import queries
from clinic_api.clinics.rules.law import Question
from tests.builders import Clinic
from tests.people import Person


@pytest.fixture
def olga(clinic: Clinic) -> Person:
    """The first administrator."""
    return clinic.administrators[0]


def law(person: Person, site: str, on: str = "") -> dict[str, Any]:
    """What is asked at a site, by question."""
    items = person.get(f"/sites/{site}/law{on and f'?on={on}'}").done()["items"]
    return {each["question"]: each for each in items}


def federal(olga: Person, table: str, **different: int) -> dict[str, Any]:
    """The federal rules as the clinic has them, with something different in one table."""
    content: dict[str, Any] = olga.get("/policies/jurisdiction/us-federal")["content"]
    return content | {table: content[table] | different}


def test_a_new_clinic_has_the_federal_rules_and_three_states(clinic: Clinic) -> None:
    with clinic.reading():
        assert [each.key for each in queries.policies("jurisdiction")] == ["us-federal", "us-ia", "us-ny", "us-oh"]


def test_the_law_of_a_site_names_the_rule_that_won_and_all_that_were_compared(olga: Person, clinic: Clinic) -> None:
    asked = law(olga, clinic.site)
    assert set(asked) == set(Question)
    kept = asked["retention_years"]
    assert (kept["value"], kept["on"]) == (5, "2026-03-02")
    assert [each["jurisdiction"] for each in kept["won"]] == ["us-ny"]
    assert [(each["jurisdiction"], each["value"], each["status"]) for each in kept["compared"]] == [
        ("us-federal", 2, "sourced"),
        ("us-ny", 5, "sourced"),
    ]
    assert kept["won"][0]["source"].startswith("10 NYCRR 80.100")
    assert (asked["perpetual_inventory_required"]["value"], asked["facility_licences"]["value"]) == (False, None)


def test_each_site_is_under_its_own_state_and_each_day_under_its_own_rule(olga: Person, clinic: Clinic) -> None:
    iowa = clinic.a_site(name="Des Moines", state="IA", zone="America/Chicago")
    ohio = clinic.a_site(name="Columbus", state="OH")
    assert law(olga, iowa)["inventory_every"]["value"] == {"months": 12, "days": 7}
    assert law(olga, iowa)["waste_witnesses"]["value"] == ["licensed_provider", "technician"]
    assert law(olga, ohio, "2023-12-31")["retention_years"]["value"] == 3
    assert law(olga, ohio, "2024-01-01")["retention_years"]["value"] == 5
    assert law(olga, ohio)["retention_years"]["won"][0]["holds_from"] == "2024-01-01"


def test_today_is_the_sites_own_day(olga: Person, clinic: Clinic) -> None:
    guam = clinic.a_site(name="Tamuning", state="GU", zone="Pacific/Guam")
    assert law(olga, clinic.site)["retention_years"]["on"] == "2026-03-02"
    assert law(olga, guam)["retention_years"]["on"] == "2026-03-03"


def test_a_clinic_may_be_stricter_than_the_federal_floor(olga: Person, clinic: Clinic) -> None:
    olga.does("/policies/jurisdiction/us-federal", content=federal(olga, "retention", controlled_substance_years=6))
    kept = law(olga, clinic.site)["retention_years"]
    assert (kept["value"], kept["won"][0]["jurisdiction"]) == (6, "us-federal")


def test_a_clinic_may_add_rules_of_its_own(olga: Person, clinic: Clinic) -> None:
    said = {"source": "medical director", "status": "design"}
    house = {"key": "house", "version": 1, "title": "House rules", "own": True, **said}
    olga.does("/policies/jurisdiction/house", content=house | {"waste": {"witness_required": True, **said}})
    asked = law(olga, clinic.site)["waste_witness_required"]
    assert (asked["value"], [each["title"] for each in asked["won"]]) == (True, ["House rules"])


@pytest.mark.parametrize(
    ("key", "table", "different", "kind"),
    [
        ("us-federal", "retention", {"controlled_substance_years": 1}, "laxer-than-the-floor"),
        ("us-federal", "loss", {"form_106_days": 46}, "laxer-than-the-floor"),
        ("us-federal", "retention", {"controlled_substance_year": 9}, "malformed-content"),
        ("us-tx", "retention", {}, "named-otherwise"),
    ],
)
def test_a_laxer_or_unreadable_law_is_refused_and_nothing_changes(
    olga: Person, clinic: Clinic, key: str, table: str, different: dict[str, int], kind: str
) -> None:
    content = federal(olga, table, **different)
    with clinic.nothing_changes():
        refused = olga.post(f"/policies/jurisdiction/{key}", content=content)
    assert (refused.status, refused["type"]) == (422, kind)


def test_the_floor_cannot_be_dropped(olga: Person, clinic: Clinic) -> None:
    content = federal(olga, "loss")
    del content["loss"]
    with clinic.nothing_changes():
        refused = olga.post("/policies/jurisdiction/us-federal", content=content)
    assert (refused.status, refused["facts"]["field"]) == (422, "loss.written_notice_business_days")


def test_no_site_no_law(olga: Person, clinic: Clinic) -> None:
    assert olga.get(f"/sites/{clinic.organisation}/law")["type"] == "no-such-site"
    assert olga.get(f"/sites/{clinic.site}/law?on=tomorrow").status == 422
