"""The OpenAPI document: complete, of one piece, and saying of each route what the door asks."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from clinic_api.accounts.access.permissions import PERMISSIONS, asks_for_reason
from clinic_api.app import create_app
from clinic_api.settings import load

METHODS = {"get", "post", "put", "patch", "delete"}
PLACES = {"path", "query", "header"}
KINDS = {"type", "$ref", "enum", "allOf", "anyOf", "oneOf"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An application that nobody writes to."""
    folder: Path = tmp_path_factory.mktemp("openapi")
    return create_app(
        load("test", environment={}, database_url=f"sqlite:///{folder}/clinic.db", vault=str(folder / "vault"))
    )


@pytest.fixture(scope="module")
def document(app: Flask) -> dict[str, Any]:
    """The document as it is served."""
    app.extensions["clinic"].checked = True
    answer = app.test_client().get("/api/openapi.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    read: dict[str, Any] = json.loads(answer.data)
    return read


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def routes(app: Flask) -> Iterator[tuple[str, str, Any]]:
    """Every declared route: its path and method as the document writes them, and what it declared."""
    for rule in app.url_map.iter_rules():
        declared = getattr(app.view_functions[rule.endpoint], "declared", None)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"} if declared else ():
            yield re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower(), declared


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (each for name, each in value.items() if name == "$ref")
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def properties(shape: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return list(shape.get("properties", {}).items())


def named(operation: dict[str, Any], where: str) -> set[str]:
    return {each["name"] for each in operation["parameters"] if each["in"] == where}


def test_the_document_is_of_the_version_it_says(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    assert {"title", "version"} <= document["info"].keys()
    assert document["components"]["securitySchemes"]["token"] == {"type": "http", "scheme": "bearer"}


def test_every_route_is_in_the_document_and_nothing_else(app: Flask, document: dict[str, Any]) -> None:
    there = {(path, method) for path, method, _ in operations(document)}
    assert there == {(path, method) for path, method, _ in routes(app)}


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    for reference in references(document):
        found: Any = document
        for part in reference.removeprefix("#/").split("/"):
            assert part in found, reference
            found = found[part]


def test_every_operation_has_a_name_of_its_own_and_a_sentence(document: dict[str, Any]) -> None:
    names = Counter(operation["operationId"] for _, _, operation in operations(document))
    assert [name for name, times in names.items() if times > 1] == []
    for path, method, operation in operations(document):
        assert method in METHODS
        assert operation["summary"].endswith("."), path


def test_every_parameter_of_a_path_is_described_once_and_needed(document: dict[str, Any]) -> None:
    for path, _, operation in operations(document):
        assert named(operation, "path") == set(re.findall(r"{(\w+)}", path)), path
        for each in operation["parameters"]:
            assert each["in"] in PLACES
            assert each["schema"]["type"]
            assert each["required"] is True or each["in"] == "query" or each["name"] == "Clinic-Reason"


def test_every_operation_says_what_a_refusal_looks_like(document: dict[str, Any]) -> None:
    problem = document["components"]["schemas"]["Problem"]
    assert set(problem["required"]) == {"type", "title", "status", "detail"}
    for path, _, operation in operations(document):
        refusal = operation["responses"]["default"]["content"]["application/problem+json"]["schema"]
        assert refusal == {"$ref": "#/components/schemas/Problem"}, path


def test_the_door_and_the_document_ask_for_the_same(app: Flask, document: dict[str, Any]) -> None:
    for path, method, declared in routes(app):
        operation = document["paths"][path][method]
        pin = declared.action is not None and PERMISSIONS[declared.action].pin
        reasoned = declared.kind == "look" and asks_for_reason(PERMISSIONS[declared.action])
        wanted = {
            *({"Idempotency-Key"} if declared.kind == "act" else ()),
            *({"If-Match"} if declared.versioned else ()),
            *({"Clinic-Pin"} if pin else ()),
            *({"Clinic-Reason"} if reasoned else ()),
        }
        assert named(operation, "header") == wanted, path
        assert ("security" in operation) == (declared.kind != "signed-out"), path
        assert str(declared.status) in operation["responses"], path


def test_the_document_says_whose_looks_need_a_reason(document: dict[str, Any]) -> None:
    said = document["paths"]["/api/v1/patients/{patient}"]["get"]["parameters"]
    [reason] = [each for each in said if each["name"] == "Clinic-Reason"]
    assert (reason["in"], reason["required"]) == ("header", False)
    assert "asked of compliance" in reason["description"]


def test_every_shape_has_a_type_for_each_of_its_fields(document: dict[str, Any]) -> None:
    shapes = document["components"]["schemas"]
    assert {name for name, shape in shapes.items() if shape["type"] != "object"} == set()
    said = {f"{name}.{field}": each for name, shape in shapes.items() for field, each in properties(shape)}
    assert {name for name, each in said.items() if not KINDS & each.keys()} == set()
    assert {name for name, each in said.items() if each.get("type") == "array" and "items" not in each} == set()


def test_an_amount_is_text_and_never_a_number(document: dict[str, Any]) -> None:
    shapes = document["components"]["schemas"]
    said = {f"{name}.{field}": each for name, shape in shapes.items() for field, each in properties(shape)}
    amounts = {name: each["type"] for name, each in said.items() if name.endswith(("_mg", "_ml", "_kg", "_at"))}
    assert {name for name, kind in amounts.items() if kind not in ("string", ["string", "null"])} == set()


def test_what_refers_to_a_shape_says_no_other_kind_beside_it(document: dict[str, Any]) -> None:
    def both(value: Any) -> Iterator[Any]:
        if isinstance(value, dict):
            if "$ref" in value and value.get("type", "object") != "object":
                yield value
            for each in value.values():
                yield from both(each)
        elif isinstance(value, list):
            for each in value:
                yield from both(each)

    assert list(both(document)) == []
