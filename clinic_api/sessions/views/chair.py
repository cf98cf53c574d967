"""Routes at the chair: the pump, the readings, alerts, scales and rescue drugs."""

from uuid import UUID

from flask import Blueprint

from clinic_api.accounts.access.door import act
from clinic_api.accounts.rules.roles import Action
from clinic_api.database.scope import Scope
from clinic_api.monitoring.rules.entries import (
    KeptAlert,
    KeptReading,
    KeptScore,
    NewAnswer,
    NewCorrection,
    NewReading,
    NewScore,
)
from clinic_api.monitoring.schemas import RECORDED, AlertAnswerIn, AlertOut, CorrectionIn, ReadingIn, ScoreIn, ScoreOut
from clinic_api.sessions.models import InfusionSession
from clinic_api.sessions.rules.asked import GoOnTap, Rescue, StartTap, Tap
from clinic_api.sessions.schemas.intake import GoOnIn, NewStart, RescueIn, TapIn
from clinic_api.sessions.schemas.session import SessionOut, StoppedOut
from clinic_api.sessions.service import running, watching

blueprint = Blueprint("sessions-chair", __name__)


@blueprint.post("/sessions/<uuid:visit>/start")
@act(Action.START_INFUSION, NewStart(), SessionOut())
def start(visit: UUID, tap: StartTap, *, scope: Scope) -> InfusionSession:
    """The infusion starts, or has started."""
    return running.start(visit, tap, scope=scope)


@blueprint.post("/sessions/<uuid:visit>/pause")
@act(Action.STOP_INFUSION, TapIn(), SessionOut())
def pause(visit: UUID, tap: Tap, *, scope: Scope) -> InfusionSession:
    """The pump is paused."""
    return running.pause(visit, tap, scope=scope)


@blueprint.post("/sessions/<uuid:visit>/resume")
@act(Action.RESUME_INFUSION, GoOnIn(), SessionOut())
def resume(visit: UUID, tap: GoOnTap, *, scope: Scope) -> InfusionSession:
    """The infusion goes on."""
    return running.resume(visit, tap, scope=scope)


@blueprint.post("/sessions/<uuid:visit>/rate")
@act(Action.RESUME_INFUSION, GoOnIn(), SessionOut())
def change_rate(visit: UUID, tap: GoOnTap, *, scope: Scope) -> InfusionSession:
    """The pump is set to another rate."""
    return running.change_rate(visit, tap, scope=scope)


@blueprint.post("/sessions/<uuid:visit>/stop")
@act(Action.STOP_INFUSION, TapIn(), StoppedOut())
def stop(visit: UUID, tap: Tap, *, scope: Scope) -> running.Stopped:
    """The dose ends."""
    return running.stop(visit, tap, scope=scope)


@blueprint.post("/sessions/<uuid:visit>/readings")
@act(Action.RECORD_READING, ReadingIn(), RECORDED)
def record_reading(visit: UUID, new: NewReading, *, scope: Scope) -> KeptReading:
    """Write down a set of readings."""
    return watching.record_reading(visit, new, scope=scope)


@blueprint.post("/sessions/<uuid:visit>/readings/<uuid:reading>/corrections")
@act(Action.RECORD_READING, CorrectionIn(), RECORDED)
def correct_reading(visit: UUID, reading: UUID, new: NewCorrection, *, scope: Scope) -> KeptReading:
    """Write down what a set should have said."""
    return watching.correct_reading(visit, reading, new, scope=scope)


@blueprint.post("/sessions/<uuid:visit>/alerts/<uuid:alert>/answers")
@act(Action.ANSWER_ALERT, AlertAnswerIn(), AlertOut())
def answer_alert(visit: UUID, alert: UUID, new: NewAnswer, *, scope: Scope) -> KeptAlert:
    """Answer an alert: real, or an artefact."""
    return watching.answer_alert(visit, alert, new, scope=scope)


@blueprint.post("/sessions/<uuid:visit>/scores")
@act(Action.ASSESS_PATIENT, ScoreIn(), ScoreOut())
def record_score(visit: UUID, new: NewScore, *, scope: Scope) -> KeptScore:
    """Score a scale the patient has answered."""
    return watching.record_score(visit, new, scope=scope)


@blueprint.post("/sessions/<uuid:visit>/rescues")
@act(Action.RECORD_READING, RescueIn(), SessionOut())
def record_rescue(visit: UUID, given: Rescue, *, scope: Scope) -> InfusionSession:
    """A drug was given because something went wrong."""
    return watching.record_rescue(visit, given, scope=scope)
