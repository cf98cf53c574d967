"""Routes after the dose: leaving, signing, and looking at a visit."""

from typing import Any
from uuid import UUID

from flask import Blueprint

from clinic_api.accounts.access.door import act, look
from clinic_api.accounts.rules.roles import Action
from clinic_api.database.scope import Scope
from clinic_api.http.fields import Empty
from clinic_api.sessions.models import InfusionSession
from clinic_api.sessions.rules.asked import LeavingTap, Override, Tap
from clinic_api.sessions.schemas.intake import LeftIn, OverridesIn, TapIn
from clinic_api.sessions.schemas.session import BOARD, DUE, WHOLE, SessionOut
from clinic_api.sessions.service import closing, leaving, looking

blueprint = Blueprint("sessions-after", __name__)


@blueprint.post("/sessions/<uuid:visit>/fitness")
@act(Action.DISCHARGE_PATIENT, Empty(), SessionOut())
def find_fit(visit: UUID, _: dict[str, Any], *, scope: Scope) -> InfusionSession:
    """The patient is fit to leave."""
    return leaving.find_fit(visit, scope=scope)


@blueprint.post("/sessions/<uuid:visit>/discharge/overrides")
@act(Action.OVERRIDE_DISCHARGE, OverridesIn(), SessionOut())
def override(visit: UUID, accepted: tuple[Override, ...], *, scope: Scope) -> InfusionSession:
    """A prescriber accepts discharge criteria that are not met."""
    return leaving.override(visit, accepted, scope=scope)


@blueprint.post("/sessions/<uuid:visit>/discharge")
@act(Action.DISCHARGE_PATIENT, TapIn(), SessionOut())
def discharge(visit: UUID, tap: Tap, *, scope: Scope) -> InfusionSession:
    """The patient leaves, proven fit."""
    return leaving.discharge(visit, tap, scope=scope)


@blueprint.post("/sessions/<uuid:visit>/left")
@act(Action.STOP_INFUSION, LeftIn(), SessionOut())
def left(visit: UUID, tap: LeavingTap, *, scope: Scope) -> InfusionSession:
    """The patient left without being discharged."""
    return leaving.leave(visit, tap, scope=scope)


@blueprint.post("/sessions/<uuid:visit>/emergency")
@act(Action.STOP_INFUSION, TapIn(), SessionOut())
def emergency(visit: UUID, tap: Tap, *, scope: Scope) -> InfusionSession:
    """The patient is handed over to an ambulance."""
    return leaving.emergency(visit, tap, scope=scope)


@blueprint.post("/sessions/<uuid:visit>/sign")
@act(Action.SIGN_SESSION, Empty(), SessionOut())
def sign(visit: UUID, _: dict[str, Any], *, scope: Scope) -> InfusionSession:
    """Whoever ran the visit signs its record."""
    return closing.sign(visit, scope=scope)


@blueprint.post("/sessions/<uuid:visit>/co-sign")
@act(Action.CO_SIGN_SESSION, Empty(), SessionOut())
def cosign(visit: UUID, _: dict[str, Any], *, scope: Scope) -> InfusionSession:
    """The prescriber signs the frozen record."""
    return closing.cosign(visit, scope=scope)


@blueprint.get("/sessions/<uuid:visit>")
@look(Action.READ_SESSION, WHOLE)
def whole(visit: UUID, *, scope: Scope) -> looking.Whole:
    """The whole session as it stands at this moment."""
    return looking.whole(visit, scope=scope)


@blueprint.get("/sessions/<uuid:visit>/due")
@look(Action.READ_SESSION, DUE)
def due(visit: UUID, *, scope: Scope) -> dict[str, Any]:
    """The sets that the protocol asks for."""
    return looking.due(visit, scope=scope)


@blueprint.get("/sites/<uuid:site>/board")
@look(Action.SEE_BOARD, BOARD)
def board(site: UUID, *, scope: Scope) -> dict[str, Any]:
    """Who sits where now: chair and initials."""
    return {"items": looking.board(site, scope=scope)}
