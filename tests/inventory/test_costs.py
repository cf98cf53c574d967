"""What drug cost is told to those who may see it, and stands in nothing that an inspector is shown."""

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from clinic_api.accounts.access.permissions import PERMISSIONS
from clinic_api.accounts.rules.roles import Action, Role
from clinic_api.database.canonical import canonical
from clinic_api.database.rows import db
from clinic_api.reports.rules import Export
from tests.builders import Clinic
from tests.inventory.stock import Stock
from tests.people import Answer, Person

#: An amount that stands nowhere else, as dollars and as cents.
CANARY: Final = "73519.37"
SPELLINGS: Final = (b"73519.37", b"7351937", b"73,519", b'"73519', b":73519", b",73519", b" 73519")
#: What an inspector is shown: the ledger, the log, what is exported of both, and whether they are unbroken.
INSPECTED: Final = {
    *(Action.READ_LEDGER, Action.EXPORT_LEDGER, Action.EXPORT_AUDIT, Action.SEE_AUDIT, Action.VERIFY_RECORD),
    *(Action.READ_ORDER, Action.SEE_TASKS, Action.SEE_CLINIC, Action.SEE_STAFF, Action.PRINT_SUMMARY),
}
MONEY: Final = re.compile(r"cost|price|usd|dollar|cents")


@pytest.fixture
def custodian(clinic: Clinic) -> Person:
    """Who may see what drug cost."""
    return clinic.custodian()


def priced(stock: Stock, custodian: Person) -> dict[str, Any]:
    """A receipt whose one line cost the canary a vial."""
    receipt: dict[str, Any] = stock.nurse.does("/receipts", **stock.receipt())
    price = {"line": receipt["lines"][0]["id"], "unit_price_usd": CANARY}
    custodian.does(f"/receipts/{receipt['id']}/costs", lines=[price])
    return receipt


def test_a_price_is_told_in_versions_to_those_who_may_see_it(stock: Stock, custodian: Person) -> None:
    receipt = priced(stock, custodian)
    path, line = f"/receipts/{receipt['id']}/costs", receipt["lines"][0]["id"]
    (told,) = stock.clinic.administrators[0].get(path).done()["items"]
    assert (told["line"], told["unit_price_usd"], told["told"], told["by"]) == (line, CANARY, 1, custodian.id)
    custodian.does(path, lines=[{"line": line, "unit_price_usd": "12.5"}])
    (told,) = custodian.get(path).done()["items"]
    assert (told["unit_price_usd"], told["told"]) == ("12.50", 2)
    assert stock.clinic.verify() == []


def test_who_may_not_see_it_neither_sees_nor_tells_it(stock: Stock, custodian: Person) -> None:
    path = f"/receipts/{priced(stock, custodian)['id']}/costs"
    officer = stock.clinic.compliance()
    for person in (stock.nurse, officer):
        with stock.clinic.nothing_changes():
            assert person.get(path).status == 403
            assert person.post(path, lines=[]).status in {403, 422}
            wanted = [{"line": str(uuid4()), "unit_price_usd": "1"}]
            assert person.post(path, lines=wanted).status == 403


def test_a_price_that_is_none_or_of_another_receipt_is_refused(stock: Stock, custodian: Person) -> None:
    receipt, other = priced(stock, custodian), stock.nurse.does("/receipts", **stock.receipt())
    path, line = f"/receipts/{receipt['id']}/costs", receipt["lines"][0]["id"]
    with stock.clinic.nothing_changes():
        for wrong in (12.5, "12.555", "-1", "1e3", None):
            assert custodian.post(path, lines=[{"line": line, "unit_price_usd": wrong}]).status == 422
        foreign = [{"line": other["lines"][0]["id"], "unit_price_usd": "1"}]
        assert custodian.post(path, lines=foreign)["type"] == "not-a-line-of-it"
        assert custodian.post(f"/receipts/{uuid4()}/costs", lines=foreign)["type"] == "no-such-receipt"
        assert custodian.get(f"/receipts/{uuid4()}/costs")["type"] == "no-such-receipt"


def test_nobody_who_is_given_to_an_inspector_may_see_cost() -> None:
    for action in (Action.SEE_COST, Action.KEEP_COST):
        assert set(PERMISSIONS[action].roles) == {Role.ADMINISTRATOR, Role.CUSTODIAN}


# ----------------------------------------------------------------------------------- the walk over what is inspected


def inspected(clinic: Clinic) -> Iterator[tuple[str, str, list[str]]]:
    """Every route that an inspector may be shown: method, path, and what stands in its address."""
    for rule in clinic.app.url_map.iter_rules():
        declared = getattr(clinic.app.view_functions[rule.endpoint], "declared", None)
        if declared is not None and declared.action in INSPECTED:
            method = "GET" if "GET" in (rule.methods or set()) else "POST"
            yield method, rule.rule.removeprefix("/api/v1"), re.findall(r"<(?:\w+:)?(\w+)>", rule.rule)


def known(stock: Stock, receipt: dict[str, Any]) -> dict[str, str]:
    """An id for each name that an address may hold."""
    vial = receipt["lines"][0]["containers"][0]["id"]
    count = stock.nurse.does("/counts", location=stock.location, kind="closing")["id"]
    stock.enter_both(count).done()
    waste = stock.propose(UUID(vial), "1")["id"]
    return {
        "site": stock.clinic.site,
        "registration": stock.registration,
        "container": vial,
        "waste": waste,
        "receipt": receipt["id"],
        "delivery": receipt["delivery"],
        "count": count,
        "kind": "product",
    } | {"key": "ketamine"}


QUERIES: Final = {
    "/containers": "?site={site}",
    "/receipts": "?site={site}&group=CIII-V",
    "/deliveries": "?site={site}&group=CIII-V",
    "/lots/containers": "?ndc=0409-2053-10&lot=L1",
    "/lots/touches": "?ndc=0409-2053-10&lot=L1",
    "/registrations/<uuid:registration>/accountability": "?since=2026-01-01T00:00:00Z&until=2026-03-02T00:00:00Z",
}


def answers(stock: Stock, officer: Person, names: dict[str, str]) -> dict[str, Answer]:
    """What the compliance officer gets from every look that an inspector may be shown."""
    found = {}
    for method, path, parts in inspected(stock.clinic):
        if method == "GET":
            at = re.sub(r"<(?:\w+:)?(\w+)>", lambda part: names.get(part.group(1), str(uuid4())), path)
            found[path] = officer.send("GET", at + QUERIES.get(path, "").format(**names), b"")
            if set(parts) <= names.keys():
                found[path].done()
    return found


def exports(stock: Stock, officer: Person) -> list[Answer]:
    """Every kind of export, as bytes."""
    period = {"since": "2026-01-01T00:00:00Z", "until": "2026-12-31T00:00:00Z", "reason": "an inspection"}
    books = [
        officer.does("/exports/ledger", kind=kind, registration=stock.registration, **period)
        for kind in (Export.LEDGER_CSV, Export.LEDGER_JSONL)
    ]
    made = [*books, officer.does("/exports/audit", kind=Export.AUDIT_JSONL, **period)]
    return [officer.send("GET", f"/exports/{each['id']}/file", b"").done() for each in made]


def test_the_canary_is_in_no_answer_export_or_entry_that_an_inspector_sees(stock: Stock, custodian: Person) -> None:
    receipt, officer = priced(stock, custodian), stock.clinic.compliance()
    names = known(stock, receipt)
    found = answers(stock, officer, names)
    told = {path for path, answer in found.items() if answer.status == 200}
    assert {"/receipts", "/receipts/<uuid:receipt>", "/deliveries", "/containers", "/suppliers"} <= told
    assert custodian.get(f"/receipts/{receipt['id']}/costs").data.find(SPELLINGS[0]) > 0  # the walk can find it
    for answer in (*found.values(), *exports(stock, officer)):
        assert [each for each in SPELLINGS if each in answer.data] == []


def test_the_canary_is_in_no_audit_entry_no_digest_and_no_stored_record(stock: Stock, custodian: Person) -> None:
    priced(stock, custodian)
    with stock.clinic.reading():
        entries = db.session.execute(sa.text("SELECT canonical FROM audit_entries")).scalars().all()
        row = dict(db.session.execute(sa.text("SELECT * FROM receipt_costs")).mappings().one())
    assert "digest" not in row
    said = b"\n".join(bytes(entry) for entry in entries)
    guesses = [hashlib.sha256(canonical(guess)).hexdigest() for guess in ({"unit_cents": 7351937}, 7351937, CANARY)]
    assert [each for each in (*SPELLINGS, *(guess.encode() for guess in guesses)) if each in said] == []
    assert b"cost:recorded" in said  # that it was told is no secret


def test_no_shape_of_what_an_inspector_is_shown_has_a_place_for_money(stock: Stock) -> None:
    with stock.clinic.app.test_client() as client:
        document = json.loads(client.get("/api/openapi.json").data)
    for method, path, _ in inspected(stock.clinic):
        written = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", "/api/v1" + path)
        shown = json.dumps(_whole(document, document["paths"][written][method.lower()]["responses"], set()))
        assert MONEY.findall(shown.lower()) == [], path
    assert MONEY.search(json.dumps(document["components"]["schemas"]["CostOut"]).lower())


def _whole(document: dict[str, Any], part: Any, seen: set[str]) -> list[Any]:
    """A piece of the document with every shape that it refers to."""
    found = [part]
    for name in re.findall(r"#/components/schemas/(\w+)", json.dumps(part)):
        if name not in seen:
            seen.add(name)
            found.extend(_whole(document, document["components"]["schemas"][name], seen))
    return found
