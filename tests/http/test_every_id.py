"""An id of another organisation, wherever a route takes one, answers to the letter as one of nothing."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from marshmallow import fields

from clinic_api.accounts.rules.roles import Role
from tests.builders import Clinic
from tests.http.bodies import ID, Route, least, leaves, routes
from tests.people import Answer, Person
from tests.sessions.ward import Ward

#: An id in an address that names nothing in the record: the fate of one's own act, and nobody else's, is told.
OTHERWISE: Final = "/operations/<uuid:key>"
#: Ids that a route looks up after it has judged the rest of the act, which is refused here for another reason.
JUDGED_LATER: Final = frozenset(
    {
        ("/appointments/<uuid:appointment>/check-in", "chair"),
        ("/patients/<uuid:patient>/trials", "replaces"),
        ("/sessions/<uuid:visit>/draws", "container"),
        ("/sessions/<uuid:visit>/rate", "agreed_by"),
        ("/sessions/<uuid:visit>/resume", "agreed_by"),
    }
)
#: Taken whoever is named: a rescue drug was given.
TAKEN: Final = ("/sessions/<uuid:visit>/rescues", "ordered_by")


def world(clinic: Clinic) -> dict[str, str]:
    """Something of everything that has an id, by what routes call it."""
    settings = clinic.app.extensions["clinic"].settings
    clinic.app.extensions["clinic"].settings = replace(settings, writes_per_minute=10**6, reads_per_minute=10**6)
    ward = Ward(clinic)
    booked = {"site": clinic.site, "chair": ward.chair, "local_start": "2026-03-03T10:00", "minutes": 60}
    waiting = ward.a_patient(name="Willa Waiting", mrn="W-1")
    appointment = ward.ada.does("/appointments", patient=waiting, **booked)
    ward.infusing().clinic.later(minutes=5)
    alarmed = ward.reading(systolic_mmhg=260)
    ward.does("stop")
    [case] = ward.stock.cases(UUID(ward.visit))
    waste = ward.stock.propose(case.case, case.left.as_mg_text())
    wanted = {"registration": ward.stock.registration, "since": ward.ago(days=2), "until": ward.ago(days=-1)}
    newcomer, proposal = _a_newcomer(clinic)
    return {
        "account": newcomer,
        "agreed_by": ward.dora.id,
        "alert": alarmed["alerts"][0]["id"],
        "appointment": appointment["id"],
        "challenge": waste["challenge"]["id"],
        "chair": ward.chair,
        "container": str(ward.stock.a_vial()),
        "count": ward.ada.does("/counts", location=ward.stock.location, kind="closing")["id"],
        "export": clinic.custodian().does("/exports/ledger", kind="ledger.csv", reason="review", **wanted)["id"],
        "location": ward.stock.location,
        "order": ward.ada.get(f"/patients/{ward.patient}/orders")["items"][0]["id"],
        "ordered_by": ward.dora.id,
        "patient": waiting,
        "presence": ward.ada.does("/presences", site=clinic.site)["id"],
        "proposal": proposal,
        "reading": alarmed["id"],
        "registration": ward.stock.registration,
        "replaces": _a_trial(ward),
        "session": ward.visit,
        "site": clinic.site,
        "visit": ward.visit,
        "waste": waste["id"],
    }


def _a_newcomer(clinic: Clinic) -> tuple[str, str]:
    olga = clinic.administrators[0]
    newcomer = olga.does("/staff", login="newcomer", name="Nora New")["id"]
    return newcomer, olga.does(f"/staff/{newcomer}/roles", role="nurse", give=True)["id"]


def _a_trial(ward: Ward) -> str:
    trial = {"drug": "Sertraline", "daily_dose_mg": "200", "weeks": 8, "outcome": "failed"}
    return str(ward.ada.does(f"/patients/{ward.patient}/trials", **trial)["id"])


@pytest.fixture
def ours(clinic: Clinic) -> dict[str, str]:
    """What we have."""
    return world(clinic)


@pytest.fixture
def south(clinic: Clinic) -> Clinic:
    """Another organisation on the same installation."""
    return clinic.installation.found("South Clinic")


def stranger_of(south: Clinic) -> Person:
    """Somebody who may everything there."""
    return south.person("Sam Stranger", *(str(role) for role in Role))


def asked(person: Person, route: Route, ids: Mapping[str, str], **different: Any) -> Answer:
    """A request that is in order but for its ids."""
    body = b"" if route.method == "GET" else json.dumps({**(_body(route) if route.takes else {}), **different})
    query = "?day=2026-03-02" if route.rule == "/sites/<uuid:site>/appointments" else ""
    tag = {"If-Match": '"0198c0de-0000-7000-8000-00000000000b-1"'}
    return person.send(route.method, route.at(ids) + query, body if isinstance(body, bytes) else body.encode(), tag)


def _body(route: Route) -> dict[str, Any]:
    assert route.takes is not None
    body = least(route.takes)
    return body | {"chair": ID} if route.rule.endswith("/next-visit") else body


def test_an_id_of_another_organisation_in_an_address_answers_as_one_of_nothing(
    clinic: Clinic, ours: dict[str, str], south: Clinic
) -> None:
    stranger, tried = stranger_of(south), 0
    with clinic.nothing_changes(), south.nothing_changes():
        for route in routes(clinic.app):
            if route.names and route.rule != OTHERWISE:
                foreign = asked(stranger, route, ours)
                nothing = asked(stranger, route, {name: str(uuid4()) for name in route.names})
                assert (foreign.status, foreign.data) == (404, nothing.data), (route.rule, foreign.json, nothing.json)
                tried += 1
    assert tried


def ids_in_bodies(clinic: Clinic) -> Iterator[tuple[Route, str]]:
    """Every id that a body holds at its top and that may be refused, with its route."""
    for route in routes(clinic.app):
        if route.takes is not None and route.kind != "signed-out":
            yield from (
                (route, way[0])
                for way, field in leaves(route.takes)
                if isinstance(field, fields.UUID) and len(way) == 1 and (route.rule, way[0]) != TAKEN
            )


def test_an_id_of_another_organisation_in_a_body_answers_as_one_of_nothing(
    clinic: Clinic, ours: dict[str, str], south: Clinic
) -> None:
    own, stranger = world(south), stranger_of(south)
    with clinic.nothing_changes(), south.nothing_changes():
        for route, name in ids_in_bodies(clinic):
            rest = {other: own[other] for it, other in ids_in_bodies(clinic) if it.rule == route.rule and other != name}
            foreign = asked(stranger, route, own, **rest, **{name: ours[name]})
            nothing = asked(stranger, route, own, **rest, **{name: str(uuid4())})
            assert (foreign.status, foreign.data) == (nothing.status, nothing.data), (route.rule, name, foreign.json)
            assert foreign.status == 404 or (route.rule, name) in JUDGED_LATER, (route.rule, name, foreign.json)
