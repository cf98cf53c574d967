"""What the design says of the code itself: one commit, one clock, one door, small pieces, floors that hold."""

import ast
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from flask import Blueprint, Flask

from clinic_api import app as roof
from clinic_api.accounts.access.permissions import PERMISSIONS
from clinic_api.accounts.rules.roles import Action, Role
from clinic_api.cli.docs import STATES, session_states
from clinic_api.settings import CONFIG, ROOT, Settings, load

SOURCES: Final = tuple(sorted((ROOT / "clinic_api").rglob("*.py")))
TESTS: Final = tuple(sorted((ROOT / "tests").rglob("*.py")))
OTHERS: Final = tuple(sorted(path for top in ("migrations", "bench") for path in (ROOT / top).rglob("*.py")))
#: Longest file, longest function without its docstring, most parameters.
FILE, FUNCTION, PARAMETERS, ROUTE, CONFTEST = 300, 40, 6, 25, 100
CLOCKS: Final = {
    *{f"datetime.{reader}" for reader in ("now", "utcnow", "today")},
    *{f"time.{reader}" for reader in ("time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "gmtime")},
    "date.today",
}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def functions(path: Path) -> Iterator[Function]:
    return (node for node in nodes(path) if isinstance(node, Function))


def calls(path: Path) -> Iterator[str]:
    """What is called in a file, as it is written: ``db.session.commit``."""
    return (ast.unparse(node.func) for node in nodes(path) if isinstance(node, ast.Call))


def length(function: Function) -> int:
    """Lines of a function without its docstring."""
    first, last = function.body[0], function.end_lineno or function.lineno
    if ast.get_docstring(function) is None:
        return last - function.lineno + 1
    return last - function.lineno + 1 - ((first.end_lineno or first.lineno) - first.lineno + 1)


def many(function: Function) -> bool:
    """Whether a function asks for more than it may; what it is called on does not count."""
    given = function.args
    named = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    return len([each for each in named if each.arg not in {"self", "cls"}]) > PARAMETERS


@pytest.fixture
def plain(tmp_path: Path) -> Settings:
    """Settings of an application that nobody sends anything to."""
    return load("test", environment={}, database_url=f"sqlite:///{tmp_path}/clinic.db", vault=str(tmp_path / "vault"))


# ------------------------------------------------------------------------------------------------------ one of each


def test_one_file_commits() -> None:
    found = {name_of(path) for path in SOURCES for call in calls(path) if call.endswith(".commit")}
    assert found == {"clinic_api/database/transactions.py"}


def test_one_file_reads_the_clock() -> None:
    readers = {name_of(path) for path in SOURCES for call in calls(path) if ".".join(call.split(".")[-2:]) in CLOCKS}
    assert readers == {"clinic_api/clock.py"}


def test_one_file_reads_the_environment() -> None:
    readers = {
        name_of(path)
        for path in SOURCES
        for node in nodes(path)
        if isinstance(node, ast.Attribute) and ast.unparse(node) in {"os.environ", "os.getenv"}
    }
    assert readers - {"clinic_api/cli/demo/servers.py"} == {"clinic_api/settings.py"}  # that one only passes it on


# --------------------------------------------------------------------------------------------------------- the door


def test_every_route_goes_through_the_door(plain: Settings) -> None:
    app = roof.create_app(plain)
    outside = {rule.rule for rule in app.url_map.iter_rules() if not hasattr(_view(app, rule), "declared")}
    assert outside == {"/api/openapi.json", "/healthz"}


def test_every_route_that_is_not_for_strangers_names_its_action(plain: Settings) -> None:
    app = roof.create_app(plain)
    declared = {rule.rule: _view(app, rule).declared for rule in app.url_map.iter_rules() if rule.rule[:7] == "/api/v1"}
    strangers = {rule for rule, each in declared.items() if each.kind == "signed-out"}
    assert strangers == {"/api/v1/sign-in", "/api/v1/enrolments"}
    assert all(isinstance(each.action, Action) for rule, each in declared.items() if rule not in strangers)


def test_reads_are_looks_and_writes_are_acts(plain: Settings) -> None:
    app = roof.create_app(plain)
    for rule in app.url_map.iter_rules():
        if (declared := getattr(_view(app, rule), "declared", None)) is None:
            continue
        if "GET" in (rule.methods or set()):
            assert declared.kind == "look", rule.rule
        elif declared.kind == "look":  # what is looked for stays out of the address, or is too long for one
            assert rule.rule.endswith(("/search", "/scans", "/preview")), rule.rule


def test_a_route_without_the_door_keeps_the_application_from_starting(
    plain: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = Blueprint("planted", __name__)
    planted.add_url_rule("/everything", view_func=lambda: "all patients")
    monkeypatch.setattr(roof, "BLUEPRINTS", (*roof.BLUEPRINTS, planted))
    with pytest.raises(roof.UndeclaredRoute, match="/api/v1/everything"):
        roof.create_app(plain)


def test_the_permission_file_and_the_list_of_actions_say_the_same() -> None:
    content = tomllib.loads((CONFIG / "permissions.toml").read_text(encoding="utf-8"))
    assert set(content) == {str(action) for action in Action}
    assert {role for permission in PERMISSIONS.values() for role in permission.roles} == set(Role)


def test_a_view_is_declared_and_not_written() -> None:
    for path in SOURCES:
        if path.name == "views.py" or path.parent.name == "views":
            for function in functions(path):
                inside = {type(node).__name__ for node in ast.walk(function)} & {"If", "Try", "For", "While", "With"}
                assert inside == set(), f"{name_of(path)}:{function.name}"
                assert length(function) <= ROUTE, f"{name_of(path)}:{function.name}"


# ---------------------------------------------------------------------------------------------------- small pieces


def test_files_functions_and_lists_of_parameters_are_short() -> None:
    everything = (*SOURCES, *TESTS, *OTHERS)
    assert [name_of(path) for path in everything if lines_of(path) > FILE] == []
    assert [name_of(path) for path in TESTS if path.name == "conftest.py" and lines_of(path) > CONFTEST] == []
    assert [f"{name_of(path)}:{each.name}" for path in everything for each in functions(path) if many(each)] == []
    # A migration is one long list of columns, written once and never again.
    growing = [path for path in everything if "versions" not in path.parts]
    long = [f"{name_of(path)}:{each.name}" for path in growing for each in functions(path) if length(each) > FUNCTION]
    assert long == []


def test_an_init_file_holds_one_sentence() -> None:
    for path in (*SOURCES, *TESTS):
        if path.name == "__init__.py":
            body = ast.parse(path.read_text(encoding="utf-8")).body
            assert len(body) == 1, name_of(path)
            assert isinstance(body[0], ast.Expr), name_of(path)
            assert "\n" not in ast.unparse(body[0]), name_of(path)


def test_imports_are_absolute_and_stand_at_the_top() -> None:
    for path in (*SOURCES, *TESTS, *OTHERS):
        relative = [node for node in nodes(path) if isinstance(node, ast.ImportFrom) and node.level]
        inside = [
            node
            for function in functions(path)
            for node in ast.walk(function)
            if isinstance(node, ast.Import | ast.ImportFrom)
        ]
        assert (relative, inside) == ([], []), name_of(path)


def test_nothing_is_mocked() -> None:
    assert [name_of(path) for path in TESTS for call in calls(path) if "Mock" in call or "patch(" in call] == []


def test_the_picture_of_a_sessions_life_is_the_one_the_table_draws() -> None:
    assert STATES.read_text(encoding="utf-8") == session_states(), "run `make docs`"


# ------------------------------------------------------------------------------------------------------- the floors

#: A file of the copy, a line planted in it, and the contract that must notice.
TRESPASSES: Final = (
    ("patients/rules/leak.py", "import sqlalchemy", "Rules are pure"),
    ("clinics/rules/late.py", "from clinic_api import clock", "Rules are pure"),
    ("audit/queries.py", "from clinic_api.accounts import rules as upward", "Floors"),
    ("database/scope.py", "from clinic_api.http import paging as upward", "Floors"),
    ("utils.py", "", "Floors"),
    ("clinics/helpers.py", "", "Rooms: every feature has the same rooms"),
    ("clinics/schemas.py", "from clinic_api.clinics import service as neighbour", "Rooms: every feature has the same"),
    ("accounts/service/roles.py", "from clinic_api.accounts.access import door", "Rooms of accounts"),
    ("audit/rules.py", "from clinic_api.audit import models as upward", "Rooms of tasks, messages and audit"),
    ("clinics/service.py", "import flask", "Services, queries and models know no web"),
    ("clinics/views.py", "from clinic_api.accounts import models as theirs", "The models of accounts are their own"),
    ("clinics/queries.py", "import reportlab", "Only reports draw with ReportLab"),
    ("app.py", "import apscheduler", "Only the worker ticks with APScheduler"),
)


def test_every_planted_trespass_is_caught_by_its_contract(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "clinic_api", tmp_path / "clinic_api", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name, line, _ in TRESPASSES:
        with (tmp_path / "clinic_api" / name).open("a", encoding="utf-8") as file:
            file.write(f"\n{line}\n")
    said = _contracts_of(tmp_path)
    _, _, details = said.partition("Broken contracts")
    for name, _, contract in TRESPASSES:
        assert f"{contract}" in details, said
        assert ".".join(Path(name).with_suffix("").parts) in details.replace("clinic_api.", ""), f"{name}: {said}"


def test_the_code_as_it_is_breaks_no_contract() -> None:
    assert "Broken contracts" not in (said := _contracts_of(ROOT)), said


def _contracts_of(folder: Path) -> str:
    command = [sys.executable, "-c", "import sys; from importlinter.cli import lint_imports_command as c; c()"]
    done = subprocess.run([*command, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def _view(app: Flask, rule: Any) -> Any:
    return app.view_functions[rule.endpoint]
