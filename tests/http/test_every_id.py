"""An id of another organisation, wherever a route takes one, answers to the letter as one of nothing."""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, Final
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from marshmallow import Schema, fields

from clinic_api.accounts.rules.roles import Role
from tests.builders import Clinic
from tests.http.bodies import ID, Route, Way, least, leaves, routes, with_ids
from tests.http.world import thing, world
from tests.inventory.dock import FENTANYL
from tests.people import Answer, Person

#: An id in an address that names nothing in the record: the fate of one's own act, and nobody else's, is told.
OTHERWISE: Final = "/operations/<uuid:key>"
#: Ids that a route looks up after it has judged the rest of the act, which is refused here for another reason.
JUDGED_LATER: Final = frozenset(
    {
        ("/appointments/<uuid:appointment>/check-in", "chair"),  # it is booked for another day
        ("/counts/<uuid:count>/recount", "containers"),  # nothing was entered yet
        ("/receipts/<uuid:receipt>/costs", "line"),  # no line of the receipt in the address, whosever it is
        ("/sessions/<uuid:visit>/draws", "container"),  # a dose is prepared
        ("/sessions/<uuid:visit>/rate", "agreed_by"),  # nothing runs
        ("/sessions/<uuid:visit>/resume", "agreed_by"),  # nothing is paused
    }
)
A_FORM: Final = {"kind": "form-222", "lines": [{"ndc": FENTANYL, "vials_ordered": 1}]}
FENTANYL_LINE: Final = {"ndc": FENTANYL, "lot": "L1", "expiry": "2027-06-30"}
#: What else a body says so that an id in it (or in its address) is looked up at all.
BESIDE: Final[Mapping[tuple[str, str], Mapping[str, Any]]] = {
    ("/counts", "containers"): {"kind": "cycle"},
    ("/deliveries", "order"): {"document": "form-222", "lines": [FENTANYL_LINE | {"vials_invoiced": 1}]},
    ("/discrepancies/<uuid:discrepancy>/evidence", "refers_to"): {"kind": "recount", "sha256": None},
    ("/receipts", "order"): {"lines": [FENTANYL_LINE | {"vials_invoiced": 1, "vials_received": 1}]},
    ("/removals", "container"): {"method": "denatured"},
    ("/removals", "to_location"): {"kind": "transferred"},
    **{("/stock-orders", name): A_FORM for name in ("registration", "signed_by", "replaces")},
    ("/sessions/<uuid:visit>/next-visit", "visit"): {"chair": ID},
}
#: What must be said in the same object as an id inside one.
GOES_WITH: Final[Mapping[Way, Mapping[Way, str]]] = {("lines", "patient"): {("lines", "prescription"): "RX-881"}}
#: Taken whoever is named: a rescue drug was given.
TAKEN: Final = ("/sessions/<uuid:visit>/rescues", "ordered_by")
#: Lists that an id only narrows: nothing is there of what is not ours.
NARROWED: Final = "/discrepancies"


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


def asked(person: Person, route: Route, ids: Mapping[str, str], planted: Mapping[Way, str]) -> Answer:
    """A request that is in order but for its ids: those of ``ids``, with ``planted`` ones in body or query."""
    tag = {"If-Match": '"0198c0de-0000-7000-8000-00000000000b-1"'}
    path = route.at({name: ids[thing(route.rule, name)] for name in route.names})
    if route.method == "GET":
        asks = {} if route.asks is None else with_ids(route.asks, planted)
        return person.send("GET", f"{path}?{urlencode(asks)}" if asks else path, b"", tag)
    body = {} if route.takes is None else with_ids(route.takes, planted)
    named = [*route.names, *(way[-1] for way in planted)][-1]
    return person.send(route.method, path, {**body, **BESIDE.get((route.rule, named), {})}, tag)


def ids_of(shape: Schema | None) -> list[Way]:
    """The ways to every id that a shape holds."""
    return [] if shape is None else [way for way, field in leaves(shape) if isinstance(field, fields.UUID)]


def own_ids(route: Route, ids: Mapping[str, str]) -> dict[Way, str]:
    """The ids that a request must hold, each of something that is there."""
    shape = route.asks or route.takes
    held = {} if shape is None else least(shape)
    return {way: ids[thing(route.rule, way[-1])] for way in ids_of(shape) if reaches(held, way)}


def reaches(body: Any, way: Way) -> bool:
    """Whether a body has something at the end of a way."""
    for name in way:
        inside = body[0] if isinstance(body, list) else body
        if name not in inside:
            return False
        body = inside[name]
    return True


def test_an_id_of_another_organisation_in_an_address_answers_as_one_of_nothing(
    clinic: Clinic, ours: dict[str, str], south: Clinic
) -> None:
    stranger, tried = stranger_of(south), 0
    nowhere = {name: str(uuid4()) for name in ours}
    with clinic.nothing_changes(), south.nothing_changes():
        for route in routes(clinic.app):
            if route.names and route.rule != OTHERWISE:
                foreign, nothing = (asked(stranger, route, ids, {}) for ids in (ours, nowhere))
                assert (foreign.status, foreign.data) == (404, nothing.data), (route.rule, foreign.json, nothing.json)
                tried += 1
    assert tried


def ids_in_bodies(clinic: Clinic) -> Iterator[tuple[Route, Way]]:
    """Every id that a body holds and that may be refused, with its route."""
    for route in routes(clinic.app):
        if route.kind != "signed-out":
            yield from ((route, way) for way in ids_of(route.takes) if (route.rule, way[-1]) != TAKEN)


def ids_in_queries(clinic: Clinic) -> Iterator[tuple[Route, Way]]:
    """Every id that a question holds, with its route."""
    return ((route, way) for route in routes(clinic.app) for way in ids_of(route.asks))


def test_an_id_of_another_organisation_in_a_body_or_a_question_answers_as_one_of_nothing(
    clinic: Clinic, ours: dict[str, str], south: Clinic
) -> None:
    own, stranger, met = world(south), stranger_of(south), set()
    with clinic.nothing_changes(), south.nothing_changes():
        for route, way in chain(ids_in_bodies(clinic), ids_in_queries(clinic)):
            name, none = way[-1], str(uuid4())
            theirs, rest = ours[thing(route.rule, name)], {**own_ids(route, own), **GOES_WITH.get(way, {})}
            rest.pop(way, None)  # the id in question is planted last
            foreign = asked(stranger, route, own, {**rest, way: theirs})
            nothing = asked(stranger, route, own, {**rest, way: none})
            told = nothing.data.replace(none.encode(), theirs.encode())  # what was sent may be said
            assert (foreign.status, foreign.data) == (nothing.status, told), (route.rule, name, foreign.json)
            if foreign.status != 404 and route.rule != NARROWED:
                met.add((route.rule, name))
    assert met == JUDGED_LATER
