"""The pieces of an invented visit, as plain JSON values."""

from typing import Any

Json = dict[str, Any]

DAY = "2026-01-12"
ADA = {"name": "Ada Marsh", "role": "RN"}
BEN = {"name": "Ben Okoro", "role": "RN"}
ROSE = {"name": "Rose Lindqvist", "role": "MD"}
DESK = {"name": "Tomas Reyes", "role": "front desk"}


def at(clock: str) -> str:
    """A UTC time on the day of the visit; New York is five hours behind."""
    return f"{DAY}T{clock}:00Z"


def reading(label: str, clock: str, bp: str, *, hr: int, spo2: int, **more: Any) -> Json:
    """A set of signs taken on time, with nothing missing and nothing corrected, unless said otherwise."""
    systolic, diastolic = (int(part) for part in bp.split("/"))
    return {
        "label": label,
        "taken_at": at(clock),
        "recorded_at": at(clock),
        "by": ADA,
        "systolic_mmhg": systolic,
        "diastolic_mmhg": diastolic,
        "heart_rate_per_min": hr,
        "spo2_percent": spo2,
        "oxygen": "room air",
        "respirations_per_min": 14,
        "sedation": "5",
        "dissociation": "0",
        "not_obtained": [],
        "late": False,
        "late_reason": None,
        "replaces": None,
        "replaced_by": None,
        "correction_reason": None,
    } | more


def readings() -> list[Json]:
    """An invented uneventful course: it peaks at 40 minutes and is back by 90."""
    return [
        reading("1", "14:20", "124/76", hr=72, spo2=98),
        reading("2", "14:30", "129/79", hr=74, spo2=98, dissociation="2"),
        reading("3", "14:40", "134/82", hr=75, spo2=97, dissociation="4", respirations_per_min=15),
        reading("4", "14:50", "138/85", hr=77, spo2=97, dissociation="6", respirations_per_min=15, sedation="4"),
        reading("5", "15:00", "141/87", hr=78, spo2=97, dissociation="6", sedation="4"),
        reading("6", "15:15", "134/83", hr=75, spo2=98, dissociation="3"),
        reading("7", "15:30", "130/80", hr=73, spo2=98, dissociation="1"),
        reading("8", "15:50", "126/77", hr=72, spo2=98),
    ]


def proof(name: str, value: str, clock: str, **more: Any) -> Json:
    """A condition that was met, found by Ada."""
    return {"name": name, "value": value, "met": True, "by": ADA, "at": at(clock), "override": None} | more


def gates() -> list[Json]:
    """What had to be true before the dose."""
    return [
        proof("Identity, two identifiers", "name and date of birth, wristband", "13:52"),
        proof("Fasting", "solids 22:00, clear fluids 07:30", "13:55"),
        proof("Escort named", "spouse, driving", "13:55"),
        proof("Blood pressure before dose", "124/76 at 09:20", "14:20"),
        proof("Suicide item read", "PHQ-9 item 9 = 0", "14:02", by=ROSE),
        proof("Crash cart, suction, oxygen", "checked today 07:40", "13:50", by=BEN),
        proof("Time-out", "patient, drug, dose, pump", "14:16"),
        proof("Prescriber release", "no change since order", "14:12", by=ROSE),
    ]


def discharge() -> list[Json]:
    """What had to be true before leaving."""
    return [
        proof("Time since stop", "50 min, at least 30", "15:50"),
        proof("Last two BPs near baseline", "130/80, 126/77", "15:50"),
        proof("SpO2 on room air", "98 %", "15:50"),
        proof("MOAA/S", "5", "15:50"),
        proof("Modified Aldrete", "10 of 10", "15:51"),
        proof("Dissociation at baseline", "0 of 10", "15:50"),
        proof("Gait", "steady, walked 10 m", "15:52"),
        proof("Nausea", "none", "15:50"),
        proof("Suicidality asked again", "denies", "15:52"),
        proof("IV out", "left forearm, site clean", "15:53"),
        proof("Written instructions", "v6, no driving until tomorrow", "15:54"),
        proof("Escort identified in person", "photo ID seen", "15:55"),
    ]


def order() -> Json:
    """The order as it was signed, with the second check."""
    return {
        "drug": "ketamine (racemic)",
        "route": "IV",
        "dose": {"mg_per_kg": "0.5", "weight_basis": "actual", "mg": "35", "ml_per_h": ["75"], "minutes": "40"},
        "ordered_by": ROSE,
        "ordered_at": at("14:12"),
        "manner": "series order v1, released today",
        "second_check": {
            "by": BEN,
            "at": at("14:15"),
            "seen": "wristband, 50 mg/mL, 0.70 mL, pump 75 mL/h, VTBI 50 mL",
        },
    }


def working() -> Json:
    """The dose, worked out step by step."""
    return {
        "weight_kg": "70",
        "weighed_at": at("13:58"),
        "weight_basis": "actual",
        "rule": "0.5 mg/kg over 40 min",
        "computed_mg": "35",
        "cap_mg": "60",
        "cap_applied": False,
        "effective_mg_per_kg": "0.5",
        "vial_mg_per_ml": "50",
        "drawn_ml": "0.70",
        "drawn_mg": "35",
        "final_volume_ml": "50",
        "final_mg_per_ml": "0.7",
        "ml_per_h": "75",
        "rounding": "to 0.01 mL drawable; pump step 0.1 mL/h",
        "change_from_last": None,
        "change_reason": None,
        "substitutions": [],
    }


def substitution(**more: Any) -> Json:
    """Another strength, authorised and not used."""
    return {
        "from_mg_per_ml": "10",
        "from_ml": "3.5",
        "to_mg_per_ml": "50",
        "to_ml": "0.7",
        "authorised_by": ROSE,
        "authorised_at": at("14:05"),
        "reason": "no vial of 10 mg/mL left",
        "worked_out_by": None,
        "replaced": None,
    } | more


def ledger_line(**more: Any) -> Json:
    """One vial, drawn to the last microgram that was needed: nothing to waste."""
    return {
        "container": "vial V-0207, syringe S-0911",
        "product": "ketamine HCl 50 mg/mL, 10 mL",
        "ndc": "00143-9508-10",
        "lot": "KX1234",
        "expires": "2027-08",
        "use_by": at("23:30"),
        "drawn_mg": "35",
        "drawn_ml": "0.70",
        "administered_mg": "35",
        "residual_mg": "0",
        "wasted_mg": "0",
        "returned_mg": "0",
        "waste_reason": None,
        "waste_method": None,
        "held_under": None,
        "witness": None,
    } | more


def trend() -> Json:
    """PHQ-9 over the series so far."""
    points = [("2026-01-02", 1, 21, 1), ("2026-01-05", 2, 18, 1), ("2026-01-08", 3, 13, 0), (DAY, 4, 10, 0)]
    return {
        "instrument": "PHQ-9",
        "version": "1",
        "highest": 27,
        "baseline": 21,
        "verdict": "52 % below baseline: response; remission not reached",
        "points": [{"on": on, "session": n, "total": total, "item_nine": nine} for on, n, total, nine in points],
    }


def segment(kind: str, start: str, end: str, **more: Any) -> Json:
    """A stretch of the infusion."""
    blank = {"ml_per_h": None, "volume_ml": None, "mg": None, "reason": None, "by": ADA}
    return {"kind": kind, "started_at": at(start), "ended_at": at(end)} | blank | more


def score(instrument: str, clock: str, total: int, remark: str | None = None) -> Json:
    """A scale rated during the visit."""
    return {"instrument": instrument, "version": "2018", "at": at(clock), "total": total, "remark": remark}


def consent(name: str, version: str, signed_at: str) -> Json:
    """A consent in force on the day."""
    return {"name": name, "version": version, "signed_at": signed_at, "state": "in force"}
