"""The whole record of a visit, as plain values: the shape that the paper is printed from."""

from datetime import datetime, timedelta

from clinic_api.monitoring import queries as monitoring
from clinic_api.sessions import queries
from clinic_api.sessions.models import InfusionSession
from clinic_api.sessions.rules.answers import Fact
from clinic_api.sessions.rules.life import State
from clinic_api.sessions.rules.telling import HOW_IT_ENDED, Course, result_line
from clinic_api.sessions.service.snapshot.care import proven
from clinic_api.sessions.service.snapshot.drug import drug
from clinic_api.sessions.service.snapshot.ledger import ledger
from clinic_api.sessions.service.snapshot.people import around, who
from clinic_api.sessions.service.snapshot.scene import Json, Scene
from clinic_api.sessions.service.snapshot.watch import seen


def summary_content(infusion: InfusionSession, *, at: datetime) -> Json:
    """Everything that is known of a visit at a moment, in the shape of the session summary.

    What is unknown is null. Amounts are decimal text, times end in Z; no number is rounded here a second time.
    """
    scene = Scene(infusion, at)
    return {
        **who(scene),
        "result": result_line(_course(scene)),
        **drug(scene),
        **seen(scene),
        **proven(scene),
        "ledger": ledger(scene),
        **around(scene),
    }


def _course(scene: Scene) -> Course:
    given, preparation = scene.administration, scene.preparation
    drawn = None if preparation is None else preparation.drawn
    escorted = scene.told.newest(Fact.ESCORT_IDENTIFIED, since=scene.infusion.stopped_at)
    return Course(
        given=None if given is None else given.mass,
        drawn=drawn,
        running=None if given is None else timedelta(seconds=given.running_seconds),
        completed=given is not None and given.mass == drawn,
        started_at=scene.infusion.started_at,
        readings=monitoring.taken(scene.infusion.id),
        rescues=len(scene.told.every(Fact.RESCUE)),
        adverse_events=len(scene.told.every(Fact.ADVERSE_EVENT)),
        state=_ended_as(scene),
        escorted=escorted is not None and escorted.value is True,
    )


def _ended_as(scene: Scene) -> State:
    """How the patient left, also after the session was signed."""
    ways = [it.to_state for it in queries.events(scene.infusion.id) if it.to_state in HOW_IT_ENDED]
    return ways[-1] if ways else scene.infusion.state
