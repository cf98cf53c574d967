"""A complete signed content: an invented, uneventful visit, as plain JSON values.

This is the shape that sessions must produce; every key is there, and what is unknown is null.
"""

from typing import Any

from clinic_api.reports.records.seal import Seal, seal_from
from clinic_api.reports.records.summary import SessionSummary, summary_from
from tests.reports.parts import (
    ADA,
    ROSE,
    Json,
    at,
    consent,
    discharge,
    gates,
    ledger_line,
    order,
    readings,
    score,
    segment,
    trend,
    working,
)

DIGEST = "9f2c4be1a07d5c3386e4b1d29a70f5c6d8e3b4a1927f60c5e8d1b3a4f6972c0e"


def who() -> Json:
    """Clinic, patient and what the visit is part of."""
    return {
        "session_id": "5b1f5e0e-8f0c-4c1e-9a6b-0d6f7c1f2a34",
        "version": 1,
        "zone": "America/New_York",
        "checked_in_at": at("13:50"),
        "clinic": {
            "name": "Example Infusion Clinic",
            "address": "12 Harbor Street\nAlbany, NY 12207",
            "telephone": "518-555-0142",
        },
        "series": {"phase": "induction", "number": 4, "of": 6},
        "patient": {"name": "Jordan Avery Example", "born_on": "1984-05-06", "mrn": "MRN-000123456"},
        "diagnosis": {"code": "F33.2", "text": "Major depressive disorder, recurrent, severe, no psychotic features"},
        "allergies": ["penicillin (rash)", "latex"],
        "prescriber": ROSE,
        "protocol": "IV ketamine, version 3",
        "result": "35 mg IV over 40 min, completed. Peak BP 141/87 at 40 min. No adverse event. Left 10:55, escorted.",
    }


def given() -> Json:
    """What went in, and where the drug came from and went."""
    return {
        "order": order(),
        "given": order()["dose"],
        "working": working(),
        "segments": [segment("infusing", "14:20", "15:00", ml_per_h="75", volume_ml="50", mg="35")],
        "rescues": [],
        "registration": {"holder": "Example Infusion Clinic, PLLC", "number": "BC2749185"},
        "ledger": [ledger_line()],
    }


def seen() -> Json:
    """What was watched, rated and asked."""
    return {
        "readings": readings(),
        "missed": [],
        "alerts": [],
        "scores": [score("CADSS-23", "14:20", 0), score("CADSS-23", "15:00", 14), score("CADSS-23", "15:50", 2)],
        "trends": [trend()],
        "safety": {
            "instrument": "PHQ-9 item 9",
            "answer": "0",
            "answered_at": at("13:20"),
            "read_by": ROSE,
            "read_at": at("14:02"),
            "action": "no change to safety plan of 2026-01-02",
        },
        "adverse_events": [],
        "notes": [{"at": at("15:20"), "by": ADA, "text": "Comfortable. Described a floating feeling; oriented."}],
    }


def proven() -> Json:
    """What had to be true before the dose and before leaving, and how the patient left."""
    return {
        "gates": gates(),
        "consents": [
            consent("Treatment, off-label IV", "4", "2026-01-02T14:05:00Z"),
            consent("Controlled substances", "2", "2026-01-02T14:07:00Z"),
            consent("Transport", "3", at("13:54")),
        ],
        "discharge": discharge(),
        "departure": {
            "at": at("15:55"),
            "manner": "discharged with escort",
            "last_blood_pressure": "126/77 at 10:50",
            "by": ADA,
        },
        "escort": {
            "name": "Sam Example",
            "relation": "spouse",
            "telephone": "518-555-0177",
            "transport": "drove, own car",
            "identified_by": ADA,
            "identified_at": at("15:55"),
        },
    }


def around() -> Json:
    """Who was on site, which rules held, what comes next."""
    on_site = {"started_at": at("13:45"), "ended_at": at("16:10"), "source": "check-in and check-out"}
    approved = {"approved_by": ROSE, "approved_at": "2025-11-03T15:00:00Z"}
    return {
        "supervision": [{"person": ROSE} | on_site],
        "profile": ["Team practice: order, administration and review by different people."],
        "policies": [{"name": "Alert limits", "version": "4", "change": None} | approved],
        "contacts": [],
        "next_visit": {
            "at": "2026-01-15T14:00:00Z",
            "plan": "Session 5 of 6, same dose",
            "proposed_by": "series plan",
            "proposed_at": "2026-01-12T15:40:10Z",
            "accepted_by": ROSE,
            "accepted_at": "2026-01-12T16:02:31Z",
        },
        "amendments": [],
    }


def visit() -> Json:
    """The whole content of an uneventful visit."""
    return who() | given() | seen() | proven() | around()


def signature(person: Json, meaning: str, when: str) -> Json:
    """A signature over the content."""
    return person | {"meaning": meaning, "signed_at": when, "content_sha256": DIGEST}


def final_seal(**more: Any) -> Seal:
    """Signed by the nurse and co-signed by the prescriber."""
    signed = [
        signature(ADA, "I gave this care and wrote this record", "2026-01-12T16:01:12Z"),
        signature(ROSE, "reviewed and approved", "2026-01-12T16:09:44Z"),
    ]
    plain = {
        "status": "final",
        "content_sha256": DIGEST,
        "signatures": signed,
        "audit_log_size": 18231,
        "audit_log_root": "c41d77e09ab2",
    }
    return seal_from(plain | more)


def draft_seal() -> Seal:
    """Nobody has signed yet."""
    return final_seal(status="draft", signatures=[], audit_log_size=None, audit_log_root=None)


def summary(**more: Any) -> SessionSummary:
    """The uneventful visit, with top-level keys replaced."""
    return summary_from(visit() | more)
