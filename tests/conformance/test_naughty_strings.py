"""Text that breaks programs, typed as names and notes: it comes back as it was typed (NFC), or is refused."""

import dataclasses
import json
import unicodedata
from typing import Any

import pytest

from tests.builders import Clinic
from tests.conformance.data import load_json
from tests.patients.people import typed
from tests.people import Answer, Person

STRINGS: list[str] = load_json("torture/naughty_strings.json")["strings"]
#: Many strings to a test: each test founds a clinic.
BUNDLES = [STRINGS[start : start + 200] for start in range(0, len(STRINGS), 200)]


@pytest.fixture
def nurse(clinic: Clinic) -> Person:
    """A nurse, in a clinic that asks nobody to slow down."""
    clinic.app.extensions["clinic"].settings = _unhurried(clinic)
    return clinic.nurse()


def test_there_are_strings_to_try() -> None:
    assert len(STRINGS) > 100


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda bundle: f"{len(bundle)} strings")
def test_a_name_comes_back_as_typed_or_is_refused(nurse: Person, bundle: list[str]) -> None:
    kept = 0
    for number, text in enumerate(bundle):
        answer = nurse.post("/patients", **typed(name=text, mrn=f"N-{number}"))
        if not _refused(answer, text):
            shown = nurse.get(f"/patients/{answer['id']}").done()
            assert shown["identity"]["name"] == answer["name"] == _nfc(text)
            kept += 1
    assert kept


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda bundle: f"{len(bundle)} strings")
def test_a_note_comes_back_as_typed_or_is_refused(nurse: Person, bundle: list[str]) -> None:
    path = f"/patients/{nurse.does('/patients', **typed())['id']}"
    sent: list[str] = []
    for text in bundle:
        answer = nurse.post(
            f"{path}/trials", drug="Sertraline", daily_dose_mg="50", weeks=1, outcome="failed", note=text
        )
        if not _refused(answer, text):
            assert answer["note"] == _nfc(text)
            sent.append(_nfc(text))
    assert [one["note"] for one in nurse.get(path)["trials"]] == sent
    assert sent


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda bundle: f"{len(bundle)} strings")
def test_a_search_for_anything_is_answered(nurse: Person, bundle: list[str]) -> None:
    nurse.does("/patients", **typed())
    for text in bundle:
        assert nurse.post("/patients/search", name=text).status in {200, 422}, repr(text)


def _refused(answer: Answer, text: str) -> bool:
    assert answer.status in {201, 422}, f"{answer.status} for {text!r}"
    return answer.status == 422


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _unhurried(clinic: Clinic) -> Any:
    return dataclasses.replace(
        clinic.app.extensions["clinic"].settings, writes_per_minute=100_000, reads_per_minute=100_000
    )


def test_the_strings_are_sent_as_any_client_would_send_them() -> None:
    assert json.loads(json.dumps(STRINGS)) == STRINGS
