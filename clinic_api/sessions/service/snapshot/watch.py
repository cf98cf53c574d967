"""What was seen while watching: readings, missed sets, alerts, scales and their course, the suicide item."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from clinic_api.monitoring import queries as monitoring
from clinic_api.monitoring.rules.due import DueState
from clinic_api.monitoring.rules.entries import KeptAlert, KeptReading, KeptScore
from clinic_api.monitoring.rules.scales import change
from clinic_api.protocols import queries as protocols
from clinic_api.protocols.rules.instrument import Instrument
from clinic_api.protocols.rules.signs import Sign
from clinic_api.sessions import queries
from clinic_api.sessions.rules.answers import Answer, Fact
from clinic_api.sessions.service.facts import questionnaire
from clinic_api.sessions.service.sets import sets_of
from clinic_api.sessions.service.snapshot.scene import Json, Scene, moment

#: Signs by the name under which the paper prints them.
PRINTED: Final = {
    Sign.SYSTOLIC: "systolic_mmhg",
    Sign.DIASTOLIC: "diastolic_mmhg",
    Sign.HEART_RATE: "heart_rate_per_min",
    Sign.SPO2: "spo2_percent",
    Sign.RESPIRATORY_RATE: "respirations_per_min",
}


def seen(scene: Scene) -> Json:
    """What was watched, rated and asked."""
    return {
        "readings": _readings(scene),
        "missed": _missed(scene),
        "alerts": [_alert(scene, it) for it in monitoring.alerts(scene.infusion.id)],
        "scores": [_score(it) for it in monitoring.scores(scene.infusion.id)],
        "trends": _trends(scene),
        "safety": _safety(scene),
        "adverse_events": [answer.value for answer in scene.told.every(Fact.ADVERSE_EVENT)],
        "notes": [_note(scene, answer) for answer in scene.told.every(Fact.NOTE)],
    }


def _readings(scene: Scene) -> list[Json]:
    labels = {reading.id: str(place) for place, reading in enumerate(scene.readings, start=1)}
    return [_reading(scene, reading, labels) for reading in scene.readings]


def _reading(scene: Scene, reading: KeptReading, labels: dict[UUID, str]) -> Json:
    late = reading.recorded_at - reading.occurred_at > scene.protocol.late_entry.reason_after
    return {
        "label": labels[reading.id],
        "taken_at": moment(reading.occurred_at),
        "recorded_at": moment(reading.recorded_at),
        "by": scene.person(reading.by),
        **{printed: getattr(reading, str(sign)) for sign, printed in PRINTED.items()},
        "oxygen": None,
        "sedation": _text(reading.moaas),
        "dissociation": _text(reading.dissociation_nrs),
        "not_obtained": [{"sign": sign, "reason": why} for sign, why in sorted(reading.not_obtained.items())],
        "late": late,
        "late_reason": reading.late_reason,
        "replaces": None if reading.replaces is None else labels[reading.replaces],
        "replaced_by": None if reading.corrected_by is None else labels[reading.corrected_by],
        "correction_reason": reading.reason,
    }


def _missed(scene: Scene) -> list[Json]:
    reasons = scene.told.missed()
    return [
        {
            "due_at": moment(it.due_at),
            "reason": reasons[it.minute].value["reason"] if it.minute in reasons else "no reason given",
            "by": scene.person(reasons[it.minute].by) if it.minute in reasons else None,
        }
        for it in sets_of(scene.infusion, at=scene.at)
        if it.state is DueState.MISSED
    ]


def _alert(scene: Scene, alert: KeptAlert) -> Json:
    from_baseline = "" if alert.baseline is None else f", baseline {alert.baseline}"
    told = "" if alert.confirmed else ", seen once"
    words = f"{alert.sign} {alert.value}: {alert.comparison.replace('_', ' ')} {alert.threshold}{from_baseline}{told}"
    return {
        "at": moment(alert.at),
        "tier": str(alert.tier),
        "text": words,
        "answered_at": moment(alert.answered_at),
        "answered_by": None if alert.answered_by is None else scene.person(alert.answered_by),
        "answer": None if alert.answer is None else str(alert.answer),
    }


def _score(score: KeptScore) -> Json:
    scale = protocols.pinned_instrument(score.instrument).instrument
    remarks = (score.band, "scaled up for missing answers" if score.prorated else None)
    return {
        "instrument": scale.key,
        "version": str(scale.version),
        "at": moment(score.occurred_at),
        "total": score.total,
        "remark": "; ".join(remark for remark in remarks if remark) or None,
    }


def _trends(scene: Scene) -> list[Json]:
    """The scale with the suicide item over all visits: the newest answers of each count."""
    asked = questionnaire(scene.infusion, scene.protocol)
    if asked.instrument is None or asked.score is None:
        return []
    newest = {score.visit: score for score in monitoring.series(scene.infusion.patient, asked.instrument.key)}
    visits = [it.id for it in queries.sessions_of(scene.infusion.patient) if it.id <= scene.infusion.id]
    points = [newest[visit] for visit in visits if visit in newest]
    totals = [score.total for score in points if score.total is not None]
    return [
        {
            "instrument": asked.instrument.key,
            "version": str(asked.instrument.version),
            "highest": asked.instrument.highest_total,
            "baseline": totals[0] if totals else None,
            "verdict": _verdict(asked.instrument, totals),
            "points": [_point(scene, score, visits) for score in points],
        }
    ]


def _point(scene: Scene, score: KeptScore, visits: Sequence[UUID]) -> Json:
    return {
        "on": scene.day(score.occurred_at).isoformat(),
        "session": visits.index(score.visit) + 1,
        "total": score.total,
        "item_nine": score.safety_answer,
    }


def _verdict(scale: Instrument, totals: Sequence[int]) -> str:
    """Response and remission in words; of a single total there is nothing to say yet."""
    if len(totals) < 2:  # noqa: PLR2004  (a change needs two)
        return "no change can be told yet"
    found = change(scale, baseline=totals[0], now=totals[-1])
    fall = "" if found.fall_percent is None else f"{round(found.fall_percent)} % below baseline: "
    response = {None: "response cannot be told", True: "response", False: "no response"}[found.response]
    remission = {None: "", True: "; remission", False: "; remission not reached"}[found.remission]
    return f"{fall}{response}{remission}"


def _safety(scene: Scene) -> Json | None:
    """The suicide item: when it was answered, who read it, and what was done."""
    asked = questionnaire(scene.infusion, scene.protocol)
    if asked.instrument is None or asked.instrument.safety is None or asked.score is None:
        return None
    since = asked.score.occurred_at
    read = _read(scene, since)
    answer = asked.score.safety_answer
    return {
        "instrument": f"{asked.instrument.key} item {asked.instrument.safety.item}",
        "answer": "not answered" if answer is None else str(answer),
        "answered_at": moment(since),
        "read_by": None if read is None else scene.person(read[1]),
        "read_at": None if read is None else moment(read[0]),
        "action": _action(scene, since) or ("none needed" if answer == 0 else None),
    }


def _read(scene: Scene, since: datetime) -> tuple[datetime, UUID] | None:
    """Who saw the answer first: whoever released the dose after it."""
    found = [it for it in queries.releases(scene.infusion.id) if it.at >= since]
    return (found[0].at, found[0].released_by) if found else None


def _action(scene: Scene, since: datetime) -> str | None:
    action = scene.told.value(Fact.SAFETY_ACTION, since=since)
    plan = scene.told.value(Fact.SAFETY_PLAN_ON, since=since)
    said = (action, None if plan is None else f"safety plan of {plan} looked at again")
    return "; ".join(it for it in said if it) or None


def _note(scene: Scene, answer: Answer) -> Json:
    return {"at": moment(answer.occurred_at), "by": scene.person(answer.by), "text": answer.value}


def _text(value: int | None) -> str | None:
    return None if value is None else str(value)
