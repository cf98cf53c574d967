"""While somebody counts, no route tells what the book expects: every one that reads is asked, and none says it."""

import re
from typing import Any, Final
from urllib.parse import urlencode

import pytest

from clinic_api.accounts.rules.roles import Role
from clinic_api.http.fields import Moment, Text
from tests.builders import OPENING, Clinic
from tests.http.bodies import ID, Route, routes, with_ids
from tests.http.test_every_id import own_ids
from tests.http.world import thing, world
from tests.inventory.stock import KETAMINE_50, Stock
from tests.people import Answer, Person

#: What the vial holds by the book; everything else there holds whole or half milligrams, so a sum with it is found too.
EXPECTED: Final = "487.654"
TELLS: Final = re.compile(rb"[0-9]\.[16]54(?![0-9])|(?<![0-9A-Za-z.-])[0-9]{2,6}[16]54(?![0-9A-Za-z.-])")
LOT: Final = "L8"
#: Questions that are about a product, a lot or a time, and would find nothing by an example.
ASKS: Final = {"ndc": KETAMINE_50, "lot": LOT, "since": "2026-03-01T00:00:00Z", "until": "2026-03-03T00:00:00Z"}
#: Refused while somebody counts: an audit stands on the count that is under way.
REFUSED: Final = {"/registrations/<uuid:registration>/accountability": "count-under-way"}
#: Not there in this world, so nothing can be told: no session is signed, and no inventory.
NOT_THERE: Final = {
    "/sessions/<uuid:session>/summary.pdf",
    "/inventories/<uuid:inventory>/record",
    "/inventories/<uuid:inventory>/record.pdf",
}


class SecondSafe(Stock):
    """A safe under a registration of its own, in a clinic that has one already."""

    def __post_init__(self) -> None:
        self.nurse, self.witness = self.clinic.nurse("Nell Nurse"), self.clinic.nurse("Nick Nurse")
        self.registration = self.clinic.a_registration(dea_number="BC2749185")
        self.location = self.a_location("Safe 9")


def odd_vial(stock: Stock) -> str:
    """A vial of which a dose was drawn and a little stayed in the hub, so that its balance is like no other."""
    vial, visit = stock.a_vial(lot=LOT), stock.a_visit()
    stock.draw(vial, "0.24", visit)
    stock.nurse.does(f"/containers/{vial}/hub-loss", mass_mg="0.346")
    assert str(stock.balance(vial)) == f"{EXPECTED} mg"
    return str(vial)


def in_papers(stock: Stock, sam: Person, vial: str) -> dict[str, str]:
    """The vial stands in everything that could tell its balance: a file, a recall, a removal of all of it."""
    seen = {"seen": "the level is hard to read", "found_at": f"{OPENING.isoformat()}", "containers": [vial]}
    notice = {"ndc": KETAMINE_50, "lots": [LOT], "reason": "particles", "reference": "Z-2"}
    gone = {"kind": "broken", "reason": "fell from the tray", "contents": [{"container": vial}]}
    return {
        "container": vial,
        "discrepancy": sam.does("/discrepancies", site=stock.clinic.site, **seen)["id"],
        "location": stock.location,
        "recall": sam.does("/recalls", **notice, due_at="2026-03-06T22:00:00Z")["id"],
        "registration": stock.registration,
        "removal": stock.nurse.does("/removals", **gone)["id"],
    }


def half_counted(stock: Stock, vial: str) -> str:
    """A count of the safe in which the first of two people has entered what they found."""
    count = str(stock.nurse.does("/counts", location=stock.location, kind="closing")["id"])
    assert stock.enter(count, {"container": vial, "method": "read", "volume_ml": "9.5"})["state"] == "awaits-second"
    return count


def counting(clinic: Clinic, sam: Person) -> dict[str, str]:
    """One of everything in a clinic, and a second safe that somebody counts; an export that is made meanwhile."""
    ids, stock = world(clinic), SecondSafe(clinic)
    ids |= in_papers(stock, sam, odd_vial(stock))
    count = half_counted(stock, ids["container"])
    return ids | {"count": count, "export": exported(sam, stock.registration, "ledger.csv")}


def exported(sam: Person, registration: str, kind: str) -> str:
    """An export of the ledger; its id."""
    wanted = {"registration": registration, "since": ASKS["since"], "until": ASKS["until"], "reason": "inspection"}
    return str(sam.does("/exports/ledger", kind=kind, **wanted)["id"])


def asked(person: Person, route: Route, ids: dict[str, str]) -> Answer:
    """Somebody who may everything asks, and says why."""
    path = route.at({name: ids.get(thing(route.rule, name), ID) for name in route.names})
    query: dict[str, Any] = {}
    if route.asks is not None:
        query = with_ids(route.asks, own_ids(route, ids))
        query |= {
            name: value for name, value in ASKS.items() if isinstance(route.asks.fields.get(name), (Moment, Text))
        }
    headers = {"Clinic-Reason": "inspection of the ledger by the state"}
    return person.send("GET", f"{path}?{urlencode(query)}" if query else path, b"", headers)


def tells(answer: Answer) -> bool:
    """Whether an answer has the vial's balance in it, or a sum with it."""
    return TELLS.search(answer.data) is not None


@pytest.fixture
def sam(clinic: Clinic) -> Person:
    """Somebody who may everything."""
    return clinic.person("Sam Everything", *(str(role) for role in Role))


def test_no_route_tells_what_the_book_expects_while_only_one_entry_is_in(clinic: Clinic, sam: Person) -> None:
    ids, told = counting(clinic, sam), []
    for route in routes(clinic.app):
        if route.method == "GET":
            said = asked(sam, route, ids)
            expected = 404 if route.rule in NOT_THERE else 409 if route.rule in REFUSED else 200
            assert said.status == expected, (route.rule, said.status, said.json)
            told += [route.rule] if tells(said) else []
    assert told == []


def test_the_same_routes_tell_it_when_the_count_is_too_old_to_be_blind(clinic: Clinic, sam: Person) -> None:
    ids = counting(clinic, sam)
    clinic.later(hours=11, minutes=30)
    for person in (*clinic.administrators, sam):
        clinic.sign_in(person)
    clinic.later(minutes=30)
    ids["export"] = exported(sam, ids["registration"], "ledger.csv")
    reads = [route for route in routes(clinic.app) if route.method == "GET"]
    assert {route.rule for route in reads if tells(asked(sam, route, ids))} >= {
        "/containers",
        "/containers/<uuid:container>",
        "/containers/<uuid:container>/on-hand",
        "/exports/<uuid:export>/file",
        "/locations/<uuid:location>/on-hand",
        "/lots/containers",
        "/recalls/<uuid:recall>",
        "/registrations/<uuid:registration>/on-hand",
        "/removals",
        "/removals/<uuid:removal>",
    }
