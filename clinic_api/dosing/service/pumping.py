"""Running the pump, and reckoning what was given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from clinic_api.audit import service as audit
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.dosing import queries
from clinic_api.dosing.models import Administration, InfusionEvent, Preparation
from clinic_api.dosing.rules.balance import waste_due
from clinic_api.dosing.rules.delivered import Delivered, delivered
from clinic_api.dosing.rules.intake import (
    AlreadyGiven,
    Event,
    NothingPrepared,
    PumpTap,
)
from clinic_api.dosing.rules.pump import PumpAct, PumpEvent, PumpRecord, after, check_event, pump_record
from clinic_api.identifiers import new_id
from clinic_api.inventory.rules.moves import Late
from clinic_api.inventory.service import drawing as inventory
from clinic_api.patients import service as visits
from clinic_api.patients.queries import patients
from clinic_api.quantities import NOTHING, Concentration, Mass


@dataclass(frozen=True, slots=True)
class Given:
    """How the dose ended."""

    administered: Mass
    waste_due: Mass
    syringe: UUID


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the dose stands at a moment."""

    record: PumpRecord
    delivered: Delivered
    left: Mass


def start(tap: PumpTap, *, scope: Scope) -> InfusionEvent:
    """The pump starts at the rate that it can be set to for the worked-out dose, or at the one that was really set."""
    preparation = _prepared(tap.visit)
    worked = queries.working(preparation.working)
    rate = tap.ml_per_h if tap.ml_per_h is not None else worked.pump_ml_per_h
    return _tap(PumpAct.START, tap, ml_per_h=rate, event=Event.STARTED, scope=scope)


def pause(tap: PumpTap, *, scope: Scope) -> InfusionEvent:
    """The pump is paused; never refused while the visit is open."""
    return _tap(PumpAct.PAUSE, tap, ml_per_h=None, event=Event.PAUSED, scope=scope)


def resume(tap: PumpTap, *, scope: Scope) -> InfusionEvent:
    """The pump runs again, at the rate it had or at another."""
    _check_possible(PumpAct.RESUME, tap)
    return _tap(PumpAct.RESUME, tap, ml_per_h=tap.ml_per_h, event=Event.RESUMED, scope=scope)


def change_rate(tap: PumpTap, *, scope: Scope) -> InfusionEvent:
    """The pump is set to another rate; a new stretch begins."""
    _check_possible(PumpAct.RATE, tap)
    return _tap(PumpAct.RATE, tap, ml_per_h=tap.ml_per_h, event=Event.RATE_CHANGED, scope=scope)


def stop(tap: PumpTap, *, scope: Scope) -> Given:
    """The infusion ends; what was given is reckoned once and leaves the syringe for the patient.

    Raises:
        NothingPrepared: there is nothing to stop.
        AlreadyGiven: it was stopped before.
    """
    visit = visits.hold(tap.visit)
    preparation = _prepared(tap.visit)
    if queries.administration_of(tap.visit) is not None:
        raise AlreadyGiven
    _tap(PumpAct.STOP, tap, ml_per_h=None, event=Event.STOPPED, scope=scope)
    progress = progress_at(preparation, at=tap.occurred_at)
    given = progress.delivered
    if given.mass > NOTHING:
        identity = patients.identity(visit.patient)
        inventory.administer(
            preparation.syringe,
            given.mass,
            visit=visit.id,
            identity_version=identity.version_id,
            occurred_at=Late(tap.occurred_at, tap.late_reason),
            scope=scope,
        )
    segments = progress.record.segments
    administration = put(
        Administration(
            organisation=scope.organisation,
            id=new_id(scope.at),
            visit=visit.id,
            preparation=preparation.id,
            mass=given.mass,
            volume_ul=given.volume_ul,
            running_seconds=given.running_seconds,
            started_at=segments[0].started_at if segments else None,
            stopped_at=tap.occurred_at,
            by=scope.actor,
            at=scope.at,
        )
    )
    audit.record(Event.ADMINISTERED, administration)
    due = waste_due(drawn=preparation.drawn, administered=given.mass, returned=NOTHING)
    return Given(given.mass, due, preparation.syringe)


def progress_at(preparation: Preparation, *, at: datetime) -> Progress:
    """What has been given of a preparation by a moment, and what is left."""
    return progress_of(preparation, queries.pump_events(preparation.visit), at=at)


def progress_of(preparation: Preparation, events: Sequence[PumpEvent], *, at: datetime) -> Progress:
    """The same from what was already read."""
    record = pump_record(events)
    given = delivered(
        record.segments,
        concentration=Concentration(preparation.final),
        prepared=preparation.final_volume,
        at=at,
    )
    return Progress(record, given, preparation.drawn - given.mass)


def _tap(act: PumpAct, tap: PumpTap, *, ml_per_h: Fraction | None, event: Event, scope: Scope) -> InfusionEvent:
    visits.hold(tap.visit)
    check_event(PumpEvent(act, tap.occurred_at, ml_per_h))
    row = put(
        InfusionEvent(
            organisation=scope.organisation,
            id=new_id(scope.at),
            visit=tap.visit,
            act=act,
            occurred_at=tap.occurred_at,
            recorded_at=scope.at,
            ml_per_h=ml_per_h,
            by=scope.actor,
            device=scope.device,
            late_reason=tap.late_reason,
        )
    )
    audit.record(event, row)
    return row


def _check_possible(act: PumpAct, tap: PumpTap) -> None:
    after(pump_record(queries.pump_events(tap.visit)).state, act)


def _prepared(visit: UUID) -> Preparation:
    preparation = queries.preparation_of(visit)
    if preparation is None:
        raise NothingPrepared
    return preparation
