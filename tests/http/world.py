"""One of everything that has an id in one organisation, each made by its own act."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from tests.builders import Clinic
from tests.inventory.dock import Dock, charged, counted
from tests.people import Person
from tests.sessions.ward import Ward

#: What an id in a body is an id of, where its name is not the thing's; by the beginning of the route, then by name.
OF: Final[Mapping[str, Mapping[str, str]]] = {
    "/stock-orders": {"order": "stock_order", "replaces": "stock_order"},
    "/deliveries": {"order": "stock_order"},
    "/receipts": {"order": "stock_order"},
    "": {
        "containers": "container",
        "grantee": "account",
        "may_count": "account",
        "may_draw": "account",
        "may_receive": "account",
        "owner": "account",
        "refers_to": "count",
        "replaces": "trial",
        "signed_by": "account",
        "to_location": "location",
    },
}


def thing(rule: str, name: str) -> str:
    """What the id that a route calls ``name`` is an id of."""
    return next((names[name] for start, names in OF.items() if rule.startswith(start) and name in names), name)


def world(clinic: Clinic) -> dict[str, str]:
    """Something of everything that has an id, by what routes call it."""
    settings = clinic.app.extensions["clinic"].settings
    clinic.app.extensions["clinic"].settings = replace(settings, writes_per_minute=10**6, reads_per_minute=10**6)
    ward = Ward(clinic)
    carl = clinic.custodian()
    return (
        _stock(ward, carl)
        | _doubt(ward, carl, clinic.compliance())
        | _place(ward)
        | _supply(ward, carl)
        | _people(clinic)
        | _visit(ward, carl)  # last, since time passes in it
    )


def _visit(ward: Ward, carl: Person) -> dict[str, str]:
    clinic, stock = ward.clinic, ward.stock
    booked = {"site": clinic.site, "chair": ward.chair, "local_start": "2026-03-03T10:00", "minutes": 60}
    waiting = ward.a_patient(name="Willa Waiting", mrn="W-1")
    appointment = ward.ada.does("/appointments", patient=waiting, **booked)
    ward.infusing().clinic.later(minutes=5)
    alarmed = ward.reading(systolic_mmhg=260)
    ward.does("stop")
    [case] = stock.cases(UUID(ward.visit))
    waste = stock.propose(case.case, case.left.as_mg_text())
    wanted = {"registration": stock.registration, "since": ward.ago(days=2), "until": ward.ago(days=-1)}
    what = {"what_happened": "drew what was at hand", "given": True, "order_missing": True, "volume_ml": "0.7"}
    return {
        "agreed_by": ward.dora.id,
        "alert": alarmed["alerts"][0]["id"],
        "appointment": appointment["id"],
        "challenge": waste["challenge"]["id"],
        "chair": ward.chair,
        "export": carl.does("/exports/ledger", kind="ledger.csv", reason="review", **wanted)["id"],
        "incident": ward.ada.does("/incidents", container=stock.a_vial(), visit=ward.visit, **what)["id"],
        "order": ward.ada.get(f"/patients/{ward.patient}/orders")["items"][0]["id"],
        "ordered_by": ward.dora.id,
        "patient": waiting,
        "reading": alarmed["id"],
        "session": ward.visit,
        "site": clinic.site,
        "trial": _a_trial(ward),
        "visit": ward.visit,
        "waste": waste["id"],
    }


def _stock(ward: Ward, carl: Person) -> dict[str, str]:
    stock, ada = ward.stock, ward.ada
    receipt = ada.does("/receipts", **stock.receipt())
    line = receipt["lines"][0]
    vial, leaving = (each["id"] for each in line["containers"])
    move = ada.get(f"/containers/{vial}").done()["moves"][0]["id"]
    lost = {"kind": "broken", "reason": "fell from the tray", "contents": [{"container": leaving}]}
    notice = {"ndc": line["ndc"], "lots": ["L9"], "reason": "particles", "reference": "Z-1"}
    return {
        "container": vial,
        "correction": ada.does(f"/moves/{move}/corrections", reason="entered twice by mistake")["id"],
        "line": line["id"],
        "move": move,
        "recall": carl.does("/recalls", **notice, due_at="2026-03-06T22:00:00Z")["id"],
        "receipt": receipt["id"],
        "removal": ada.does("/removals", **lost)["id"],
    }


def _doubt(ward: Ward, carl: Person, otto: Person) -> dict[str, str]:
    vial = ward.stock.a_vial()
    seen = {"seen": "the level stands above the mark", "found_at": ward.ago(), "containers": [vial]}
    file = f"/discrepancies/{ward.ada.does('/discrepancies', site=ward.clinic.site, **seen)['id']}"
    otto.does(f"{file}/containment", measure="freeze")
    otto.does(f"{file}/investigation")
    otto.does(f"{file}/evidence", kind="note", words="read against the light")
    gain = {"container": vial, "direction": "into", "mass_mg": "10", "reason": "more than its label"}
    return {
        "adjustment": carl.does(f"{file}/adjustments", **gain)["id"],
        "discrepancy": file.rsplit("/", 1)[1],
    }


def _place(ward: Ward) -> dict[str, str]:
    clinic, stock = ward.clinic, ward.stock
    keys = f"/locations/{stock.location}/hand-overs"
    asked = {"registration": stock.registration, "kind": "initial", "business": "opening"}
    return {
        "count": ward.ada.does("/counts", location=stock.location, kind="closing")["id"],
        "hand_over": ward.ada.does(keys, means="keys", reason="first day")["id"],
        "inventory": ward.ada.does("/inventories", **asked)["id"],
        "location": stock.location,
        "presence": ward.ada.does("/presences", site=clinic.site)["id"],
        "registration": stock.registration,
    }


def _supply(ward: Ward, carl: Person) -> dict[str, str]:
    dock, olga = Dock(ward.stock), ward.clinic.administrators[0]
    delivery = dock.log(charged())
    dock.count(delivery, counted()).done()
    dock.stock_fentanyl()
    people = {"grantor": {"account": dock.nurse.id}, "witnesses": [{"name": "Uma Outside"}, {"name": "Ulf Outside"}]}
    granted = {"registration": ward.stock.registration, "grantee": carl.id, "valid_from": "2026-03-01", **people}
    keeper = {"name": "South Wholesale", "address": "1 Quay", "dea_number": "MK3074250"}
    return {
        "delivery": delivery,
        "power": olga.does("/powers-of-attorney", **granted)["id"],
        "stock_order": dock.order(carl),
        "supplier": carl.does("/suppliers", **keeper)["id"],
    }


def _people(clinic: Clinic) -> dict[str, str]:
    olga = clinic.administrators[0]
    newcomer = olga.does("/staff", login="newcomer", name="Nora New")["id"]
    proposal = olga.does(f"/staff/{newcomer}/roles", role="nurse", give=True)["id"]
    return {"account": newcomer, "proposal": proposal}


def _a_trial(ward: Ward) -> str:
    trial: dict[str, Any] = {"drug": "Sertraline", "daily_dose_mg": "200", "weeks": 8, "outcome": "failed"}
    return str(ward.ada.does(f"/patients/{ward.patient}/trials", **trial)["id"])
