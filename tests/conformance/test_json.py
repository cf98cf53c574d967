"""The JSON parsing suite and the naughty strings, sent to a real route: refused or taken whole, and never a crash."""

import unicodedata
from typing import Final

import pytest

from tests.builders import Clinic
from tests.conformance.data import load_json, path_of
from tests.people import Answer

BODIES: Final = {path.name: path.read_bytes() for path in sorted(path_of("torture/json_parsing").glob("*.json"))}
NAUGHTY: Final[list[str]] = load_json("torture/naughty_strings.json")["strings"]
#: What the suite says of a body by the first letter of its name: n must be refused, y taken, i may be either.
REFUSED, TAKEN, EITHER = "n_", "y_", "i_"


def sent(clinic: Clinic, kind: str) -> dict[str, Answer]:
    """The answer to each body of a kind; none of them is a site, so none of them opens one."""
    olga = clinic.administrators[0]
    return {name: olga.send("POST", "/sites", body, None) for name, body in BODIES.items() if name.startswith(kind)}


@pytest.fixture
def engine_kind() -> str:
    """Reading a body touches no database; one is enough."""
    return "sqlite"


def test_the_suite_is_there_whole() -> None:
    assert {name[:2] for name in BODIES} == {REFUSED, TAKEN, EITHER}
    assert len(BODIES) > 100


def test_what_is_no_json_is_refused_as_such(clinic: Clinic) -> None:
    with clinic.nothing_changes():
        answers = sent(clinic, REFUSED)
    assert {name for name, answer in answers.items() if (answer.status, answer["type"]) != (400, "not-json")} == set()


def test_what_is_json_is_read_and_then_judged_by_what_it_says(clinic: Clinic) -> None:
    with clinic.nothing_changes():
        answers = sent(clinic, TAKEN)
    assert {name for name, answer in answers.items() if answer.status != 422} == set()
    assert {answer["type"] for answer in answers.values()} == {"malformed", "key-twice"}


def test_what_is_either_is_never_a_crash(clinic: Clinic) -> None:
    with clinic.nothing_changes():
        answers = sent(clinic, EITHER)
    assert {name for name, answer in answers.items() if answer.status not in {400, 422}} == set()


def test_a_name_that_stands_twice_is_the_only_json_that_is_refused_for_its_form(clinic: Clinic) -> None:
    twice = {name for name, answer in sent(clinic, TAKEN).items() if answer["type"] == "key-twice"}
    assert twice == {name for name in BODIES if name.startswith(TAKEN) and "duplicated_key" in name}


@pytest.mark.parametrize("engine_kind", ["sqlite", "postgresql"])
def test_a_naughty_string_comes_back_as_it_was_sent_or_is_refused_with_a_reason(clinic: Clinic) -> None:
    olga, path = clinic.administrators[0], f"/sites/{clinic.site}/chairs"
    names = {unicodedata.normalize("NFC", text): text for text in NAUGHTY}
    for name, text in names.items():
        answer = olga.post(path, name=text)
        if answer.status == 201:
            assert answer["name"] == name
        else:
            assert (answer.status, list(answer["errors"])) == (422, ["name"]), text
    assert clinic.verify() == []
