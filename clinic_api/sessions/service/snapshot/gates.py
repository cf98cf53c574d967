"""The conditions of the dose as they were found: each with who found it and when; what nobody looked at says so."""

from collections.abc import Iterator
from datetime import datetime

from clinic_api.monitoring import queries as monitoring
from clinic_api.monitoring.rules.history import baseline_of
from clinic_api.sessions import queries
from clinic_api.sessions.rules.answers import Answer, Fact
from clinic_api.sessions.service.facts import questionnaire, safety
from clinic_api.sessions.service.snapshot.scene import Json, Scene, moment

#: Facts that are printed as they were told, by the name the paper gives them.
AS_TOLD = {
    Fact.LINE_PLACED: "Line placed",
    Fact.EQUIPMENT_CHECKED: "Crash cart, suction, oxygen",
    Fact.TIME_OUT: "Time-out",
}


def gates(scene: Scene) -> list[Json]:
    """What had to be true before the dose."""
    return [
        _identity(scene),
        _fasting(scene),
        _escort(scene),
        _pressure(scene),
        _suicide_item(scene),
        *_as_told(scene),
        _release(scene),
        _dose_check(scene),
    ]


def _proof(scene: Scene, name: str, value: str, met: bool | None, *, told: Answer | None = None) -> Json:
    return {
        "name": name,
        "value": value,
        "met": met,
        "by": None if told is None else scene.person(told.by),
        "at": None if told is None else moment(told.occurred_at),
        "override": None,
    }


def _identity(scene: Scene) -> Json:
    infusion = scene.infusion
    ticked = ", ".join(it.replace("_", " ") for it in infusion.identifiers_checked)
    found = {"by": scene.person(infusion.checked_in_by), "at": moment(infusion.at)}
    return _proof(scene, "Identity, two identifiers", ticked, met=True) | found


def _fasting(scene: Scene) -> Json:
    rule, start = scene.protocol.screening.fasting, scene.infusion.started_at
    solids, fluids = (scene.told.newest(fact) for fact in (Fact.LAST_SOLIDS, Fact.LAST_CLEAR_FLUIDS))
    if solids is None or fluids is None:
        return _proof(scene, "Fasting", "", met=None)
    ate, drank = (datetime.fromisoformat(it.value) for it in (solids, fluids))
    met = None if start is None else start - ate >= rule.solids and start - drank >= rule.clear_fluids
    return _proof(
        scene, "Fasting", f"solids {scene.clock(ate)}, clear fluids {scene.clock(drank)}", met=met, told=fluids
    )


def _escort(scene: Scene) -> Json:
    named = scene.told.newest(Fact.ESCORT)
    met = True if named is not None else None
    return _proof(scene, "Escort named", "" if named is None else named.value["name"], met=met, told=named)


def _pressure(scene: Scene) -> Json:
    """The baseline pressure against the clinic's own hold; a prescriber's clearing stands beside it."""
    screening, taken = scene.protocol.screening, monitoring.taken(scene.infusion.id)
    found = baseline_of(taken, started_at=scene.infusion.started_at or scene.at)
    if found is None or found.systolic_mmhg is None or found.diastolic_mmhg is None:
        return _proof(scene, "BP before the dose", "", met=None)
    held = found.systolic_mmhg >= screening.hold_systolic_mmhg or found.diastolic_mmhg >= screening.hold_diastolic_mmhg
    value = f"{found.systolic_mmhg}/{found.diastolic_mmhg} at {scene.clock(found.taken_at)}"
    cleared = scene.told.newest(Fact.PRESSURE_HOLD_CLEARED)
    line = _proof(scene, "BP before the dose", value, met=not held)
    return line | {"at": moment(found.taken_at), "override": _cleared(scene, cleared) if held else None}


def _cleared(scene: Scene, cleared: Answer | None) -> Json | None:
    if cleared is None:
        return None
    return {"reason": cleared.value["reason"], "by": scene.person(cleared.by), "at": moment(cleared.occurred_at)}


def _suicide_item(scene: Scene) -> Json:
    asked = questionnaire(scene.infusion, scene.protocol)
    answer = None if asked.score is None else asked.score.safety_answer
    value = "" if asked.score is None else f"{asked.score.key}: {'not answered' if answer is None else answer}"
    line = _proof(scene, "Suicide item answered for", value, met=safety(scene.infusion, asked, scene.told))
    if asked.score is None:
        return line
    return line | {"by": scene.person(asked.score.by), "at": moment(asked.score.occurred_at)}


def _as_told(scene: Scene) -> Iterator[Json]:
    for fact, name in AS_TOLD.items():
        told = scene.told.newest(fact)
        if told is not None:
            value = {True: "done", False: "not done"}.get(told.value, told.value)
            yield _proof(scene, name, value, met=told.value is not False, told=told)


def _release(scene: Scene) -> Json:
    released = queries.release(scene.infusion.id)
    if released is None:
        return _proof(scene, "Prescriber release", "", met=None)
    found = {"by": scene.person(released.released_by), "at": moment(released.at)}
    return _proof(scene, "Prescriber release", "released under the series order", met=True) | found


def _dose_check(scene: Scene) -> Json:
    seen = scene.told.newest(Fact.DOSE_CHECK)
    if seen is None:
        return _proof(scene, "Second check of the dose", "", met=None)
    differs = ", ".join(seen.value["differs"])
    value = f"differs: {differs}" if differs else "agrees"
    return _proof(scene, "Second check of the dose", value, met=not differs, told=seen)
