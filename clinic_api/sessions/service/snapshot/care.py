"""What had to be true before the dose and before leaving, and how the patient left."""

from datetime import datetime
from typing import Any, Final

from clinic_api.monitoring import queries as monitoring
from clinic_api.monitoring.rules.readings import Reading
from clinic_api.patients.queries import records
from clinic_api.protocols.rules.discharge import Step
from clinic_api.sessions import queries
from clinic_api.sessions.rules.answers import Answer, Fact
from clinic_api.sessions.rules.telling import HOW_IT_ENDED
from clinic_api.sessions.service.snapshot.gates import gates
from clinic_api.sessions.service.snapshot.scene import Json, Scene, moment

#: The limit of a criterion that is a yes.
YES: Final = "yes"


def proven(scene: Scene) -> Json:
    """Gates, consents, the discharge proof, the way out, and what comes next."""
    return {
        "gates": gates(scene),
        "consents": _consents(scene),
        "discharge": _discharge(scene),
        "departure": _departure(scene),
        "escort": _escort(scene),
        "next_visit": _next_visit(scene),
    }


def _consents(scene: Scene) -> list[Json]:
    """Each consent the protocol asks for, in the version that was signed, as it stood at the start."""
    at = scene.infusion.started_at or scene.at
    given = {str(it.kind): it for it in records.consents(scene.infusion.patient) if it.given and it.occurred_at <= at}
    holds = {str(kind) for kind in records.consents_in_force(scene.infusion.patient, at=at)}
    return [
        {
            "name": name.replace("_", " "),
            "version": given[name].document_version if name in given else "",
            "signed_at": moment(given[name].occurred_at) if name in given else None,
            "state": "in force" if name in holds else "not in force",
        }
        for name in scene.protocol.screening.consents
    ]


def _discharge(scene: Scene) -> list[Json]:
    """The proof as it was kept when the patient left; what was not assessed is neither met nor unmet."""
    kept = [proof for proof in queries.proofs(scene.infusion.id) if proof.step is Step.LEAVING]
    if not kept:
        return []
    accepted = scene.told.overrides(since=scene.infusion.stopped_at)
    by, at = scene.person(kept[-1].by), moment(kept[-1].occurred_at)
    return [
        {
            "name": line["name"].replace("_", " "),
            "value": _found(line),
            "met": line["met"] if line["value"] is not None else None,
            "by": by,
            "at": at,
            "override": _override(scene, accepted.get(line["name"])) if not line["met"] else None,
        }
        for line in kept[-1].criteria
    ]


def _found(line: Json) -> str:
    """What was found beside its limit; of a yes or no the limit is plain."""
    found = line["value"] or ""
    return found if line["age_seconds"] is None and line["limit"] == YES else f"{found} ({line['limit']})".strip()


def _override(scene: Scene, accepted: Answer | None) -> Json | None:
    if accepted is None:
        return None
    return {
        "reason": accepted.value["reason"],
        "by": scene.person(accepted.by),
        "at": moment(accepted.occurred_at),
    }


def _departure(scene: Scene) -> Json | None:
    left = scene.infusion.left_at
    if left is None:
        return None
    ways = [it for it in queries.events(scene.infusion.id) if it.to_state in HOW_IT_ENDED]
    gone = ways[-1] if ways else None
    return {
        "at": moment(left),
        "manner": "not recorded" if gone is None else HOW_IT_ENDED[gone.to_state],
        "last_blood_pressure": _last_pressure(scene, before=left),
        "by": None if gone is None else scene.person(gone.by),
    }


def _last_pressure(scene: Scene, *, before: datetime) -> str | None:
    read = [it for it in monitoring.taken(scene.infusion.id) if it.taken_at <= before and it.systolic_mmhg is not None]
    return _pressure(scene, read[-1]) if read else None


def _pressure(scene: Scene, reading: Reading) -> str:
    diastolic = "not read" if reading.diastolic_mmhg is None else str(reading.diastolic_mmhg)
    return f"{reading.systolic_mmhg}/{diastolic} at {scene.clock(reading.taken_at)}"


def _escort(scene: Scene) -> Json | None:
    named = scene.told.newest(Fact.ESCORT)
    if named is None:
        return None
    seen = scene.told.newest(Fact.ESCORT_IDENTIFIED, since=scene.infusion.stopped_at)
    there = seen is not None and seen.value is True
    value: dict[str, Any] = named.value
    return {
        "name": value["name"],
        "relation": value.get("relation") or "",
        "telephone": value["phone"],
        "transport": value.get("transport") or "",
        "identified_by": scene.person(seen.by) if there and seen is not None else None,
        "identified_at": moment(seen.occurred_at) if there and seen is not None else None,
    }


def _next_visit(scene: Scene) -> Json | None:
    told = scene.told.newest(Fact.NEXT_VISIT)
    if told is None:
        return None
    at = told.value["at"]
    return {
        "at": None if at is None else moment(datetime.fromisoformat(at)),
        "plan": told.value["plan"],
        "proposed_by": None,
        "proposed_at": None,
        "accepted_by": scene.person(told.by),
        "accepted_at": moment(told.occurred_at),
    }
