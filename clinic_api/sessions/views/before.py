"""Routes before the dose: check-in, screening, release, working, other strength, draw, second check."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import Blueprint

from clinic_api.accounts.access.door import act
from clinic_api.accounts.rules.roles import Action
from clinic_api.database.scope import Scope
from clinic_api.dosing.rules.intake import AskedTake
from clinic_api.http.fields import Empty
from clinic_api.sessions.models import InfusionSession
from clinic_api.sessions.rules.asked import Answers, DoseSeen, NewVisit, OtherLabel, Releasing, Tap, Working
from clinic_api.sessions.schemas.answers import AnswersIn
from clinic_api.sessions.schemas.doses import PreparationOut, SubstitutionOut, WorkingOut
from clinic_api.sessions.schemas.intake import (
    AttachOrderIn,
    CheckInIn,
    DoseCheckIn,
    DoseIn,
    NewDraw,
    ReleaseIn,
    SubstitutionIn,
    TapIn,
)
from clinic_api.sessions.schemas.session import SessionOut
from clinic_api.sessions.service import answers, arriving, dose, leaving, orders, screening

if TYPE_CHECKING:
    from clinic_api.dosing.models import DoseWorkingRow, Preparation, Substitution

blueprint = Blueprint("sessions-before", __name__)


@blueprint.post("/sessions")
@act(Action.CHECK_IN_PATIENT, CheckInIn(), SessionOut())
def check_in(new: NewVisit, *, scope: Scope) -> InfusionSession:
    """A patient has arrived and was identified in two ways."""
    return arriving.check_in(new, scope=scope)


@blueprint.post("/sessions/<uuid:visit>/answers")
@act(Action.SCREEN_PATIENT, AnswersIn(), SessionOut())
def answer(visit: UUID, told: Answers, *, scope: Scope) -> InfusionSession:
    """Tell facts about a visit."""
    return answers.answer(visit, told, scope=scope)


@blueprint.post("/sessions/<uuid:visit>/screening")
@act(Action.SCREEN_PATIENT, Empty(), SessionOut())
def complete_screening(visit: UUID, _: dict[str, Any], *, scope: Scope) -> InfusionSession:
    """All but the release is there; the prescriber is asked for it."""
    return screening.complete_screening(visit, scope=scope)


@blueprint.post("/sessions/<uuid:visit>/release")
@act(Action.RELEASE_VISIT, ReleaseIn(), SessionOut())
def release(visit: UUID, decided: Releasing, *, scope: Scope) -> InfusionSession:
    """The prescriber releases today's dose."""
    return screening.release(visit, decided, scope=scope)


@blueprint.post("/sessions/<uuid:visit>/release/withdrawal")
@act(Action.SCREEN_PATIENT, TapIn(), SessionOut())
def withdraw_release(visit: UUID, tap: Tap, *, scope: Scope) -> InfusionSession:
    """Take the release back: the patient is screened again."""
    return screening.withdraw_release(visit, tap, scope=scope)


@blueprint.post("/sessions/<uuid:visit>/dose")
@act(Action.SCREEN_PATIENT, DoseIn(), WorkingOut())
def work_out(visit: UUID, asked: Working, *, scope: Scope) -> "DoseWorkingRow":
    """Work today's dose out from the order in force and today's weight."""
    return dose.work_out(visit, asked, scope=scope)


@blueprint.post("/sessions/<uuid:visit>/substitutions")
@act(Action.AUTHORISE_SUBSTITUTION, SubstitutionIn(), SubstitutionOut())
def substitute(visit: UUID, asked: OtherLabel, *, scope: Scope) -> "Substitution":
    """Authorise another strength in the place of the one that the dose was worked out for."""
    return dose.substitute(visit, asked, scope=scope)


@blueprint.post("/sessions/<uuid:visit>/draws")
@act(Action.DRAW_DRUG, NewDraw(), PreparationOut())
def draw(visit: UUID, takes: tuple[AskedTake, ...], *, scope: Scope) -> "Preparation":
    """Draw the worked-out dose from one or more named containers and make it up."""
    return dose.draw(visit, takes, scope=scope)


@blueprint.post("/sessions/<uuid:visit>/dose-check")
@act(Action.START_INFUSION, DoseCheckIn(), SessionOut())
def check_dose(visit: UUID, seen: DoseSeen, *, scope: Scope) -> InfusionSession:
    """A second look at the dose and the pump."""
    return dose.check_dose(visit, seen, scope=scope)


@blueprint.post("/sessions/<uuid:visit>/abort")
@act(Action.SCREEN_PATIENT, TapIn(), SessionOut())
def abort(visit: UUID, tap: Tap, *, scope: Scope) -> InfusionSession:
    """The visit ends without a dose."""
    return leaving.abort(visit, tap, scope=scope)


@blueprint.post("/sessions/<uuid:visit>/order")
@act(Action.ORDER_DOSE, AttachOrderIn(), SessionOut())
def attach_order(visit: UUID, asked: dict[str, UUID], *, scope: Scope) -> InfusionSession:
    """Attach the order to a dose that was given before it was written."""
    return orders.attach_order(visit, asked["order"], scope=scope)
