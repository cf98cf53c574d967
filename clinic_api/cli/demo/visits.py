"""The three visits: one that leaves nothing to waste, one stopped at twelve minutes, one complete with a late entry,
a correction and a remainder of less than half a milligram."""

from datetime import timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from clinic_api.cli.demo.people import Person
from clinic_api.cli.demo.plans import Plan
from clinic_api.cli.demo.readings import BASELINE, DURING, RECOVERY, body
from clinic_api.cli.demo.stage import Stage

LOCAL: Final = ZoneInfo("America/New_York")
#: Item nine is 0 throughout, so nothing waits for a safety answer.
PHQ9: Final = {"1": 2, "2": 3, "3": 2, "4": 2, "5": 1, "6": 2, "7": 2, "8": 1, "9": 0}
APPOINTMENT_MINUTES: Final = 150
ESCORT: Final = {"name": "Sam Synthetic", "phone": "+1 518 555 0199", "relation": "sibling", "transport": "car"}


def order_and_book(stage: Stage, plan: Plan) -> None:
    """The prescriber signs a series order; the desk books the visit."""
    prescriber, desk = stage.part("prescriber"), stage.part("desk")
    patient = stage.made[f"patient:{plan.key}"]
    order = prescriber.post("/orders", _order(stage, patient))
    prescriber.post(f"/orders/{order['id']}/signature")
    at = (stage.made["opened_at"] + timedelta(minutes=plan.opens)).astimezone(LOCAL)
    booked = desk.post("/appointments", _booking(stage, patient, plan.chair, f"{at:%Y-%m-%dT%H:%M}"))
    desk.post("/appointments", _booking(stage, patient, plan.chair, f"{at:%Y-%m-%dT%H:%M}"), expect=409)
    stage.made[f"order:{plan.key}"], stage.made[f"appointment:{plan.key}"] = order["id"], booked["id"]
    stage.step(f"{plan.key}: series order 0.5 mg/kg over 40 min signed, visit booked {at:%H:%M} ({plan.chair})")


def arrive(stage: Stage, plan: Plan) -> str:
    """Check-in, questionnaire, gates, release."""
    desk, nurse, prescriber = stage.part("desk"), stage.part(plan.nurse), stage.part("prescriber")
    stage.clock.set(stage.made["opened_at"] + timedelta(minutes=plan.opens))
    arrived = desk.post(
        f"/appointments/{stage.made[f'appointment:{plan.key}']}/check-in",
        {"identifiers_checked": ["name", "date_of_birth"]},
    )
    visit: str = arrived["id"]
    stage.made[f"visit:{plan.key}"] = visit
    nurse.post(f"/sessions/{visit}/scores", {"instrument": "phq-9", "answers": PHQ9})
    stage.step(f"{plan.key}: checked in by {desk.name}, two identifiers; PHQ-9 {sum(PHQ9.values())}, item 9 is 0")
    nurse.post(f"/sessions/{visit}/screening", expect=409)
    prescriber.post(f"/sessions/{visit}/release", expect=409)
    _tell_what_the_gates_ask(stage, visit, plan)
    stage.clock.later(minutes=15)
    nurse.post(f"/sessions/{visit}/readings", body(BASELINE))
    nurse.post(f"/sessions/{visit}/screening")
    nurse.post(f"/sessions/{visit}/dose", _dose())
    prescriber.post(f"/sessions/{visit}/release")
    stage.step(f"{plan.key}: gates met, released by {prescriber.name} (before them the release was refused)")
    return visit


def prepare(stage: Stage, plan: Plan, visit: str) -> None:
    """Draw from a named vial, check what was prepared."""
    nurse = stage.part(plan.nurse)
    vial = stage.made["vials"][0]
    drawn = nurse.post(f"/sessions/{visit}/draws", {"container": vial["id"]})
    stage.expect("drawn", (drawn["drawn_ml"], drawn["drawn_mg"]), (plan.drawn_ml, plan.drawn_mg))
    so_far: dict[str, Decimal] = stage.made.setdefault("ml_drawn", {})
    so_far[vial["id"]] = so_far.get(vial["id"], Decimal(0)) + Decimal(plan.drawn_ml)
    stage.made[f"syringe:{plan.key}"] = drawn["syringe"]
    checker = _other_than(nurse, stage.part("checker"), stage)
    checker.post(f"/sessions/{visit}/dose-check", _seen(plan))
    stage.step(f"{plan.key}: {nurse.name} draws {plan.drawn_ml} mL = {plan.drawn_mg} mg from {vial['label']}, checked")


def infuse(stage: Stage, plan: Plan, visit: str) -> None:
    """Start, sets at the protocol's times, stop."""
    nurse = stage.part(plan.nurse)
    stage.clock.later(minutes=4)
    started = stage.clock.now()
    nurse.post(f"/sessions/{visit}/start")
    stage.step(f"{plan.key}: START at 75 mL/h")
    for minute, values in DURING.items():
        if timedelta(minutes=minute) > plan.runs or minute == plan.late:
            continue
        stage.clock.set(started + timedelta(minutes=minute, seconds=1))
        made = nurse.post(f"/sessions/{visit}/readings", body(values))
        _correct(stage, plan, visit, minute=minute, reading=made["id"])
    _enter_late(stage, plan, visit, at=started)
    stage.clock.set(started + plan.runs)
    stopped = nurse.post(f"/sessions/{visit}/stop", {"occurred_at": (started + plan.runs).isoformat()})
    _check_given(stage, plan, stopped["given"])


def recover(stage: Stage, plan: Plan, visit: str) -> None:
    """Recovery sets, the remainder before a witness, discharge only when all is proven."""
    nurse = stage.part(plan.nurse)
    ended = stage.clock.now()
    _waste(stage, plan)
    nurse.post(f"/sessions/{visit}/discharge", expect=409)
    for minute, values in RECOVERY.items():
        stage.clock.set(ended + timedelta(minutes=minute))
        nurse.post(f"/sessions/{visit}/readings", body(values))
    nurse.post(f"/sessions/{visit}/answers", {"aldrete": 10, "gait_steady": True, "nausea_controlled": True})
    nurse.post(f"/sessions/{visit}/fitness", expect=409)
    nurse.post(f"/sessions/{visit}/answers", {"suicide_item_rechecked": True})
    nurse.post(f"/sessions/{visit}/fitness")
    nurse.post(
        f"/sessions/{visit}/answers",
        {"line_removed": True, "instructions_given": True, "escort_identified": True},
    )
    nurse.post(f"/sessions/{visit}/discharge")
    stage.step(f"{plan.key}: discharged with escort, every criterion proven (twice refused while one was missing)")


def settle(stage: Stage, plan: Plan, visit: str) -> None:
    """Missed sets explained, next visit, the two signatures."""
    nurse, desk, prescriber = stage.part(plan.nurse), stage.part("desk"), stage.part("prescriber")
    missed = [each["minute"] for each in nurse.get(f"/sessions/{visit}/due")["items"] if each["state"] == "missed"]
    if missed:
        nurse.post(
            f"/sessions/{visit}/answers",
            {"missed_sets": [{"minute": minute, "reason": "infusion stopped early"} for minute in missed]},
        )
    nurse.post(f"/sessions/{visit}/sign", expect=409)
    at = (stage.made["opened_at"] + timedelta(days=7, minutes=plan.opens)).astimezone(LOCAL)
    following = desk.post(
        f"/sessions/{visit}/next-visit",
        {
            "chair": stage.made[plan.chair],
            "local_start": f"{at:%Y-%m-%dT%H:%M}",
            "minutes": APPOINTMENT_MINUTES,
            "plan": "next visit of the series, same dose",
        },
    )
    stage.made[f"next:{plan.key}"] = following["appointment"]
    nurse.post(f"/sessions/{visit}/sign")
    nurse.post(f"/sessions/{visit}/readings", body(BASELINE), expect=409)
    signed = prescriber.post(f"/sessions/{visit}/co-sign")
    stage.expect("state after both signatures", signed["state"], "locked")
    stage.step(f"{plan.key}: next visit {at:%Y-%m-%d %H:%M}; signed by {nurse.name}, co-signed by {prescriber.name}")


def _tell_what_the_gates_ask(stage: Stage, visit: str, plan: Plan) -> None:
    now = stage.clock.now()
    stage.part(plan.nurse).post(
        f"/sessions/{visit}/answers",
        {
            "weight_kg": plan.weight_kg,
            "last_solids_at": (now - timedelta(hours=10)).isoformat(),
            "last_clear_fluids_at": (now - timedelta(hours=4)).isoformat(),
            "escort": dict(ESCORT),
            "line_placed": "22G left forearm, one attempt",
            "equipment_checked": True,
            "time_out": True,
        },
    )


def _enter_late(stage: Stage, plan: Plan, visit: str, *, at: Any) -> None:
    """The set that nobody had a hand free for, entered afterwards with its reason."""
    if plan.late is None:
        return
    nurse, taken = stage.part(plan.nurse), at + timedelta(minutes=plan.late)
    stage.clock.set(taken + timedelta(minutes=18))
    late = body(DURING[plan.late]) | {"occurred_at": taken.isoformat()}
    nurse.post(f"/sessions/{visit}/readings", late, expect=422)
    nurse.post(f"/sessions/{visit}/readings", late | {"late_reason": "helped the patient to the rest room"})
    stage.step(f"{plan.key}: the set of minute {plan.late} entered 18 min later, with its reason")


def _correct(stage: Stage, plan: Plan, visit: str, *, minute: int, reading: str) -> None:
    if plan.corrected != minute:
        return
    right = body(DURING[minute]) | {"systolic_mmhg": DURING[minute]["systolic_mmhg"] - 2}
    nurse = stage.part(plan.nurse)
    taken = next(each for each in nurse.get(f"/sessions/{visit}")["readings"] if each["id"] == reading)
    nurse.post(
        f"/sessions/{visit}/readings/{reading}/corrections",
        {"reason": "read from the wrong line", "reading": right | {"occurred_at": taken["occurred_at"]}},
    )
    stage.step(f"{plan.key}: the set of minute {minute} corrected; the original stays")


def _check_given(stage: Stage, plan: Plan, given: dict[str, Any]) -> None:
    stage.expect("administered", given["administered_mg"], plan.administered_mg)
    stage.expect("waste due", given["waste_due_mg"], plan.wasted_mg)
    stage.step(f"{plan.key}: STOP, {plan.administered_mg} mg given, {plan.wasted_mg} mg to waste")


def _waste(stage: Stage, plan: Plan) -> None:
    nurse, witness = stage.part(plan.nurse), stage.part("witness")
    if plan.wasted_mg == "0":
        stage.step(f"{plan.key}: nothing is left, so no witness is asked")
        return
    witness = _other_than(nurse, witness, stage)
    proposed = nurse.post(
        "/wastes",
        {
            "container": stage.made[f"syringe:{plan.key}"],
            "mass_mg": plan.wasted_mg,
            "reason": "dose remainder",
            "method": "denatured in the waste cartridge",
        },
    )
    nurse.post(f"/wastes/{proposed['id']}/witness", nurse.proof(proposed["challenge"]), expect=403)
    nurse.post(f"/wastes/{proposed['id']}/witness", witness.proof(proposed["challenge"]))
    stage.made[f"waste:{plan.key}"] = proposed["id"]
    stage.made[f"witness:{plan.key}"] = witness.name
    stage.step(f"{plan.key}: {plan.wasted_mg} mg wasted by {nurse.name} before {witness.name}, own PIN")


def _other_than(nurse: Person, usual: Person, stage: Stage) -> Person:
    """Who usually does it, or the first nurse where that one conducts the visit; alone where one is alone."""
    return stage.part("nurse") if usual is nurse else usual


def _order(stage: Stage, patient: str) -> dict[str, Any]:
    return {
        "patient": patient,
        "protocol": "iv-ketamine",
        "route": "intravenous",
        "visits": 6,
        "mg_per_kg": "0.5",
        "minutes": 40,
        "basis": "actual",
        "cap_mg": "60",
        "valid_until": (stage.clock.now() + timedelta(days=60)).isoformat(),
        "indication": "F33.2",
    }


def _booking(stage: Stage, patient: str, chair: str, local_start: str) -> dict[str, Any]:
    return {
        "patient": patient,
        "site": stage.made["site"],
        "chair": stage.made[chair],
        "local_start": local_start,
        "minutes": APPOINTMENT_MINUTES,
    }


def _dose() -> dict[str, Any]:
    return {"strength_mg_per_ml": "50", "diluent": {"volume_ml": "50", "made_up": "withdraw_first"}}


def _seen(plan: Plan) -> dict[str, Any]:
    return {
        "wristband_matches": True,
        "strength_mg_per_ml": "50",
        "drawn_ml": plan.drawn_ml,
        "ml_per_h": "75",
        "to_infuse_ml": "50",
    }
