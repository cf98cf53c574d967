"""An invented visit in which much went wrong, for everything that an uneventful one does not print."""

from typing import Any

from clinic_api.reports.records.summary import SessionSummary, summary_from
from tests.reports.fixtures import visit
from tests.reports.parts import ADA, BEN, ROSE, Json, at, ledger_line, proof, reading, segment, substitution

ALARM = {"tier": "urgent", "answered_at": None, "answered_by": None, "answer": None}


def readings() -> list[Json]:
    """Pressure climbs to 186/112 and comes down; one set is corrected, one late, one incomplete."""
    corrects = {"replaces": "3", "correction_reason": "digits swapped", "recorded_at": at("14:36")}
    talking = {"respirations_per_min": None, "not_obtained": [{"sign": "respirations", "reason": "talking"}]}
    late = {"late": True, "late_reason": "with the patient", "recorded_at": at("15:31")}
    return [
        reading("1", "14:20", "138/84", hr=76, spo2=98),
        reading("2", "14:30", "158/94", hr=82, spo2=97, dissociation="4"),
        reading("3", "14:35", "147/104", hr=86, spo2=97, dissociation="7", replaced_by="4"),
        reading("4", "14:35", "174/104", hr=86, spo2=97, dissociation="7", **corrects),
        reading("5", "14:38", "186/112", hr=94, spo2=96, dissociation="8", sedation="4", **talking),
        reading("6", "14:58", "168/100", hr=80, spo2=97, dissociation="5"),
        reading("7", "15:08", "160/96", hr=78, spo2=98, **late),
        reading("8", "15:30", "150/90", hr=76, spo2=98),
        reading("9", "15:40", "150/90", hr=76, spo2=98),
        reading("10", "16:20", "140/86", hr=74, spo2=98),
    ]


def alerts() -> list[Json]:
    """One answered thirteen minutes after it was raised, one never."""
    answer = {"answered_at": "2026-01-12T14:51:20Z", "answered_by": ROSE, "answer": "labetalol, hold at half rate"}
    return [
        ALARM | {"at": "2026-01-12T14:38:12Z", "text": "BP 186/112: systolic at or above 180"} | answer,
        ALARM | {"at": "2026-01-12T14:38:40Z", "text": "systolic 48 above baseline", "tier": "warn"},
    ]


def drug() -> Json:
    """A bag held, restarted at half rate, and not finished."""
    return {
        "result": "27.125 mg IV of 35 mg: paused 6 min and halved for BP 186/112, labetalol 5 mg. Left 11:30.",
        "given": {
            "mg_per_kg": "0.3875",
            "weight_basis": "actual",
            "mg": "27.125",
            "ml_per_h": ["75", "37.5"],
            "minutes": "44",
        },
        "segments": [
            segment("infusing", "14:20", "14:38", ml_per_h="75", volume_ml="22.5", mg="15.75"),
            segment("paused", "14:38", "14:44", reason="BP 186/112, headache"),
            segment("infusing", "14:44", "15:10", ml_per_h="37.5", volume_ml="16.25", mg="11.375", by=BEN),
        ],
        "working": visit()["working"]
        | {"change_from_last": "0.4 to 0.5 mg/kg", "cap_applied": True, "cap_mg": "35"}
        | {"substitutions": [substitution(), substitution(worked_out_by=ROSE, replaced="one practitioner")]},
        "ledger": [
            ledger_line(
                administered_mg="27.125",
                residual_mg="1.4",
                wasted_mg="6.475",
                waste_reason="infusion stopped early",
                waste_method="into the charcoal pouch",
                witness={"person": BEN, "at": "2026-01-12T15:52:09Z"},
            ),
            ledger_line(
                container="vial V-0208",
                lot="KX1299",
                drawn_mg="12.5",
                drawn_ml="0.25",
                administered_mg="0",
                wasted_mg="10.5",
                returned_mg="2",
                waste_reason="drawn in error",
                held_under="B-0044",
            ),
        ],
    }


def care() -> Json:
    """An override, a gap in supervision, nobody to take the patient home, nothing planned."""
    override = {"reason": "seen at the chair, asymptomatic", "by": ROSE, "at": at("16:24")}
    pressure = proof("Last two BPs near baseline", "150/90, 140/86", "16:20", met=False, override=override)
    gate = {"name": "Pregnancy test", "value": "", "met": None, "by": None, "at": None, "override": None}
    return {
        "missed": [{"due_at": at("15:55"), "reason": "patient in the bathroom", "by": ADA}],
        "discharge": [pressure, proof("MOAA/S", "5", "16:20")],
        "gates": [*visit()["gates"], gate],
        "departure": {"at": at("16:30"), "manner": "left against advice", "last_blood_pressure": None, "by": None},
        "escort": None,
        "supervision": [
            {"person": ROSE, "started_at": at("13:45"), "ended_at": at("14:50"), "source": "check-in"},
            {"person": None, "started_at": at("14:50"), "ended_at": at("15:05"), "source": "checked out"},
            {"person": ROSE, "started_at": at("15:05"), "ended_at": None, "source": "assumed from an act"},
        ],
        "profile": ["Single-person practice: ordered, given and reviewed by the same practitioner."],
        "contacts": [
            {"whom": "Dr. Nayar (psychiatrist)", "manner": "telephone", "at": at("16:40"), "by": ROSE, "result": "told"}
        ],
        "next_visit": visit()["next_visit"]
        | {
            "proposed_by": "software",
            "proposed_at": "2026-01-12T15:40:10Z",
            "accepted_at": "2026-01-12T15:40:12Z",
        },
    }


def events() -> Json:
    """A rescue drug and an adverse event."""
    return {
        "rescues": [
            {
                "at": at("14:41"),
                "drug": "labetalol",
                "dose": "5 mg",
                "route": "IV",
                "indication": "BP 186/112",
                "ordered_by": ROSE,
                "given_by": ADA,
                "response": "168/100 after 10 min",
            }
        ],
        "adverse_events": [
            {
                "term": "hypertension",
                "grade": 3,
                "serious": False,
                "onset_at": at("14:38"),
                "ended_at": at("15:30"),
                "relatedness": "probable",
                "action": "paused, rate halved",
                "treatment": "labetalol 5 mg",
                "outcome": "recovered",
            }
        ],
        "amendments": [
            {
                "version": 2,
                "at": "2026-01-13T13:00:00Z",
                "by": ROSE,
                "reason": "lot number read again",
                "changes": ["ledger: lot KX1243 becomes KX1234"],
            }
        ],
        "policies": [visit()["policies"][0] | {"change": "systolic, urgent: 170 becomes 180"}],
    }


def eventful(**more: Any) -> SessionSummary:
    """The whole visit, with top-level keys replaced."""
    seen = {"readings": readings(), "alerts": alerts(), "version": 2}
    return summary_from(visit() | seen | drug() | care() | events() | more)
