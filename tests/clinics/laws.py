"""Jurisdictions to test with: the shipped ones, a clinic's own, and a state of which nothing is shipped."""

from datetime import date
from typing import Any, Final

from clinic_api.clinics.rules.jurisdictions import read_jurisdiction
from clinic_api.clinics.rules.law import Answer, Question, answer
from tests.protocols.shipped import shipped

TODAY: Final = date(2026, 3, 2)
KEYS: Final = ("us-federal", "us-ia", "us-ny", "us-oh")
SHIPPED: Final = tuple(shipped(f"jurisdictions/{key}") for key in KEYS)


def own(**tables: Any) -> dict[str, Any]:
    """A clinic's own rules, each table with its source."""
    said = {"source": "our own", "status": "design"}
    return {"key": "house", "version": 1, "title": "House", "own": True, **said} | {
        name: {**said, **table} for name, table in tables.items()
    }


def of_state(state: str, **tables: Any) -> dict[str, Any]:
    """A state's rules, each table with its source."""
    there = {name: value for name, value in own(**tables).items() if name != "own"}
    return there | {"key": f"us-{state.lower()}", "title": state, "state": state}


def said(question: Question, state: str, *laws: dict[str, Any], on: date = TODAY) -> Answer:
    """What some laws say in a state."""
    return answer(question, [read_jurisdiction(law) for law in laws], state=state, on=on)
