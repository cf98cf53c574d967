"""What was ordered, how it was worked out, what went in, and where every milligram is."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from uuid import UUID

from clinic_api.clinics import queries as clinics
from clinic_api.clinics.rules.profile import Control
from clinic_api.dosing import queries as doses
from clinic_api.dosing.rules.delivered import delivered
from clinic_api.dosing.rules.pump import PumpRecord, Segment, pump_record
from clinic_api.inventory.queries import containers
from clinic_api.quantities import Concentration, Rate, Volume, Weight
from clinic_api.sessions.rules.answers import Answer, Fact
from clinic_api.sessions.rules.telling import minutes_text
from clinic_api.sessions.service.orders import prescriber_of
from clinic_api.sessions.service.snapshot.scene import NOT_RECORDED, Json, Scene, amount, moment

if TYPE_CHECKING:
    from clinic_api.dosing.models import DoseWorkingRow, Substitution


def drug(scene: Scene) -> Json:
    """Order, working, and what the pump gave; null where there was none."""
    record = pump_record(doses.pump_events(scene.infusion.id))
    return {
        "order": _order(scene),
        "given": _given(scene, record),
        "working": None if scene.working is None else _working(scene, scene.working),
        "segments": _segments(scene, record.segments),
        "rescues": [_rescue(scene, it) for it in scene.told.every(Fact.RESCUE)],
        "registration": _registration(scene),
    }


def _order(scene: Scene) -> Json | None:
    order, working = scene.order, scene.working
    if order is None or working is None:
        return None
    return {
        "drug": scene.protocol.drug,
        "route": str(order.route),
        "dose": {
            "mg_per_kg": amount(working.mg_per_kg),
            "weight_basis": str(working.basis),
            "mg": working.ordered.as_mg_text(),
            "ml_per_h": [] if working.pump_ml_per_h is None else [amount(working.pump_ml_per_h)],
            "minutes": None if working.minutes is None else str(working.minutes),
        },
        "ordered_by": scene.person(prescriber_of(order)),
        "ordered_at": moment(order.at),
        "manner": f"series order for {order.visits} visits, {order.state}",
        "second_check": _second_check(scene),
    }


def _second_check(scene: Scene) -> Json | None:
    seen = scene.told.newest(Fact.DOSE_CHECK)
    if seen is None:
        return None
    told = seen.value
    band = "wristband matches" if told["wristband_matches"] else "wristband does not match"
    pump = "" if told["ml_per_h"] is None else f", pump {told['ml_per_h']} mL/h, VTBI {told['to_infuse_ml']} mL"
    found = f"; differs: {', '.join(told['differs'])}" if told["differs"] else "; agrees"
    look = f"{band}, {told['mg_per_ml']} mg/mL, {told['drawn_ml']} mL{pump}{found}"
    return {"by": scene.person(seen.by), "at": moment(seen.occurred_at), "seen": look}


def _given(scene: Scene, record: PumpRecord) -> Json | None:
    given, working = scene.administration, scene.working
    if given is None or working is None:
        return None
    rates = [amount(segment.rate_ml_per_h) for segment in record.segments]
    return {
        "mg_per_kg": amount(given.mass.exact / working.basis_kg),
        "weight_basis": str(working.basis),
        "mg": given.mass.as_mg_text(),
        "ml_per_h": [rate for before, rate in pairwise([None, *rates]) if rate != before],
        "minutes": minutes_text(timedelta(seconds=given.running_seconds)),
    }


def _working(scene: Scene, working: "DoseWorkingRow") -> Json:
    weighed = scene.told.newest(Fact.WEIGHT)
    over = "" if working.minutes is None else f" over {working.minutes} min"
    cautions = ", ".join(it.replace("_", " ") for it in working.cautions)
    return {
        "weight_kg": Weight(working.weight_g).as_kg_text(),
        "weighed_at": None if weighed is None else moment(weighed.occurred_at),
        "weight_basis": str(working.basis),
        "rule": f"{amount(working.mg_per_kg)} mg/kg{over}",
        "computed_mg": working.uncapped.as_mg_text(),
        "cap_mg": None if working.cap is None else working.cap.as_mg_text(),
        "cap_applied": working.ordered < working.uncapped,
        "effective_mg_per_kg": amount(working.effective_mg_per_kg),
        "vial_mg_per_ml": amount(working.label),
        "drawn_ml": working.drawn_volume.as_ml_text(),
        "drawn_mg": working.drawn.as_mg_text(),
        "final_volume_ml": working.final_volume.as_ml_text(),
        "final_mg_per_ml": amount(working.final),
        "ml_per_h": amount(working.pump_ml_per_h),
        "rounding": f"drawn to what a syringe can be read to; pump step {Rate(1)}",
        "change_from_last": cautions or None,
        "change_reason": "; ".join(working.reasons.values()) or None,
        "substitutions": _substitutions(scene),
    }


def _substitutions(scene: Scene) -> list[Json]:
    """Every other strength that was authorised, with who worked the dose out for it, if anybody did."""
    worked_by = {it.substitution: it.worked_by for it in doses.workings_of(scene.infusion.id)}
    return [_substitution(scene, it, worked_by.get(it.id)) for it in doses.substitutions_of(scene.infusion.id)]


def _substitution(scene: Scene, authorised: "Substitution", worked_by: UUID | None) -> Json:
    alone = worked_by == authorised.authorised_by
    return {
        "from_mg_per_ml": amount(authorised.from_strength),
        "from_ml": authorised.from_volume.as_ml_text(),
        "to_mg_per_ml": amount(authorised.to_strength),
        "to_ml": authorised.to_volume.as_ml_text(),
        "authorised_by": scene.person(authorised.authorised_by),
        "authorised_at": moment(authorised.at),
        "reason": authorised.reason,
        "worked_out_by": None if worked_by is None else scene.person(worked_by),
        "replaced": scene.profile.replaced[Control.RELEASE_AND_COSIGN] if alone else None,
    }


def _segments(scene: Scene, segments: Sequence[Segment]) -> list[Json]:
    """The stretches of running, and the pauses between those that do not touch."""
    lines = [_running(scene, segment) for segment in segments]
    for before, after in pairwise(segments):
        if before.stopped_at is not None and before.stopped_at < after.started_at:
            lines.append(_pause(scene, before, after))
    return sorted(lines, key=lambda line: str(line["started_at"]))


def _running(scene: Scene, segment: Segment) -> Json:
    preparation = scene.preparation
    line = {
        "kind": "infusing",
        "started_at": moment(segment.started_at),
        "ended_at": moment(segment.stopped_at),
        "ml_per_h": amount(segment.rate_ml_per_h),
        "volume_ml": None,
        "mg": None,
        "reason": None,
        "by": _tapped(scene, segment),
    }
    if preparation is None:
        return line
    went = delivered(
        [segment],
        concentration=Concentration(preparation.final),
        prepared=preparation.final_volume,
        at=segment.stopped_at or scene.at,
    )
    return line | {"volume_ml": Volume.rounded(went.volume_ul).as_ml_text(), "mg": went.mass.as_mg_text()}


def _pause(scene: Scene, before: Segment, after: Segment) -> Json:
    assert before.stopped_at is not None  # noqa: S101  (a pause lies between two stretches)
    why = next((it.late_reason for it in doses.events(scene.infusion.id) if it.occurred_at == before.stopped_at), None)
    return {
        "kind": "paused",
        "started_at": moment(before.stopped_at),
        "ended_at": moment(after.started_at),
        "ml_per_h": None,
        "volume_ml": None,
        "mg": None,
        "reason": why,
        "by": _tapped(scene, Segment(before.rate_ml_per_h, before.stopped_at)),
    }


def _tapped(scene: Scene, segment: Segment) -> Json:
    """Who tapped what began a stretch."""
    taps = [it for it in doses.events(scene.infusion.id) if it.occurred_at == segment.started_at]
    return scene.person(taps[-1].by if taps else None)


def _rescue(scene: Scene, answer: Answer) -> Json:
    told = answer.value
    return {
        "at": moment(answer.occurred_at),
        "drug": told["drug"],
        "dose": told["dose"],
        "route": told["route"],
        "indication": told["indication"] or NOT_RECORDED,
        "ordered_by": _orderer(scene, told),
        "given_by": scene.person(answer.by),
        "response": None,
    }


def _orderer(scene: Scene, told: Json) -> Json | None:
    """Who ordered a rescue drug; null is a standing order, and an unknown person is not null."""
    if told.get("orderer_unknown"):
        return {"name": "somebody not known here", "role": NOT_RECORDED}
    return None if told["ordered_by"] is None else scene.person(UUID(told["ordered_by"]))


def _registration(scene: Scene) -> Json:
    """Under whose registration the drug moved; without a draw, the site's first."""
    if scene.preparation is None:
        found = clinics.registrations(scene.infusion.site)[:1]
    else:
        found = [clinics.registration(containers.shown(scene.preparation.syringe).registration)]
    if not found:
        return {"holder": NOT_RECORDED, "number": ""}
    return {"holder": found[0].registrant, "number": found[0].dea_number}
