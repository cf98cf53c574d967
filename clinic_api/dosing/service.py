"""Order × vial: working a dose out, drawing it, running the pump, and reckoning what was given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from clinic_api.audit import service as audit
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.dosing import queries
from clinic_api.dosing.models import Administration, DoseWorkingRow, InfusionEvent, Preparation
from clinic_api.dosing.rules.balance import waste_due
from clinic_api.dosing.rules.delivered import Delivered, delivered
from clinic_api.dosing.rules.intake import (
    AlreadyGiven,
    AlreadyPrepared,
    DrawUp,
    Event,
    NothingPrepared,
    NotWorkedOut,
    OtherStrength,
    PumpTap,
    WorkOut,
    takes_of,
)
from clinic_api.dosing.rules.pump import PumpAct, PumpEvent, PumpRecord, after, check_event, pump_record
from clinic_api.identifiers import new_id
from clinic_api.inventory.queries import containers
from clinic_api.inventory.rules.drawing import DrawOrder
from clinic_api.inventory.rules.moves import Late
from clinic_api.inventory.service import drawing as inventory
from clinic_api.inventory.service.drawing import Taken
from clinic_api.orders import queries as orders
from clinic_api.orders import service as ordering
from clinic_api.orders.rules.guards import LastVisit, check_reasons, check_working
from clinic_api.orders.rules.weights import Body
from clinic_api.orders.rules.working import DoseWorking, work_out
from clinic_api.patients import service as visits
from clinic_api.patients.queries import patients
from clinic_api.patients.queries.visits import visits as visits_of
from clinic_api.protocols.rules.protocol import Protocol
from clinic_api.quantities import NOTHING, Concentration, Mass, Volume, Weight


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


def work_out_dose(asked: WorkOut, *, protocol: Protocol, scope: Scope) -> DoseWorkingRow:
    """Work today's dose out and keep every figure of it.

    Raises:
        NoSuchOrder: not here.
        OrderNotSigned, OrderExpired, OrderUsedUp, …: the order does not hold.
        WeightCannotBe, DoseTooHigh, NeedsDiluent: a hard guard of the protocol.
        ReasonMissing: something unusual has no reason; it names all.
    """
    visit = visits.hold(asked.visit)
    order = orders.order(asked.order)
    used = queries.visits_used(order.id, without=visit.id)
    ordering.check_usable(order, at=scope.at, visits_used=used)
    working = work_out(
        order.series(),
        Body(asked.weight, asked.height_mm, asked.formula_sex),
        label=asked.label,
        diluent=asked.diluent,
        chosen=asked.chosen,
    )
    cautions = check_working(working, last=_last_visit(visit.patient, without=visit.id), guards=protocol.guards)
    check_reasons(cautions, asked.reasons)
    row = put(_working_row(working, asked, cautions=[str(each) for each in cautions], scope=scope))
    audit.record(Event.WORKED_OUT, row)
    return row


def draw_and_prepare(draw: DrawUp, *, scope: Scope) -> Preparation:
    """Draw the worked-out volume from one or more named containers and make it up.

    Raises:
        NotWorkedOut, AlreadyPrepared: out of order.
        OtherVolume: the volumes named do not come to what was worked out.
        OtherStrength: a container is not of the strength that was worked out for; both volumes are named.
        NotEnoughLeft, Expired, …: see ``inventory.service.draw``.
    """
    visits.hold(draw.visit)
    working = queries.working_of(draw.visit)
    if working is None:
        raise NotWorkedOut
    if queries.preparation_of(draw.visit) is not None:
        raise AlreadyPrepared
    order = orders.order(working.series_order)
    ordering.check_usable(order, at=scope.at, visits_used=queries.visits_used(order.id, without=draw.visit))
    takes = takes_of(draw, working.drawn_volume)
    for take in takes:
        _check_strength(working, take.container)
    drawn = inventory.draw(DrawOrder(takes, draw.visit), scope=scope)
    preparation = put(
        Preparation(
            organisation=scope.organisation,
            id=new_id(scope.at),
            visit=draw.visit,
            working=working.id,
            syringe=drawn.syringe,
            source=takes[0].container,
            drawn=drawn.mass,
            drawn_volume=drawn.volume,
            final_volume=working.final_volume,
            final=drawn.mass.exact / working.final_volume.exact,
            made_by=scope.by,
            at=scope.at,
            sources=[_said_of(each) for each in drawn.sources],
        )
    )
    audit.record(Event.PREPARED, preparation)
    return preparation


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


def _said_of(each: Taken) -> dict[str, str]:
    return {
        "container": str(each.container.id),
        "label": each.container.label,
        "lot": each.container.lot,
        "expiry": each.container.expiry.isoformat(),
        "drawn_ml": each.volume.as_ml_text(),
        "drawn_mg": each.mass.as_mg_text(),
    }


def _check_strength(working: DoseWorkingRow, container: UUID) -> None:
    found = containers.container(container).concentration
    if found != working.label:
        raise OtherStrength(
            worked_out_for=Concentration(working.label),
            container=Concentration(found),
            volume_worked_out=working.drawn_volume,
            volume_from_container=Volume.rounded_to_step(working.ordered.ug / found),
        )


def _last_visit(patient: UUID, *, without: UUID) -> LastVisit:
    earlier = [visit.id for visit in visits_of(patient) if visit.id != without]
    last = queries.last_working_of_patient(earlier)
    if last is None:
        return LastVisit()
    return LastVisit(weight=Weight(last.weight_g), ordered=last.ordered, ml_per_h=last.ml_per_h)


def _working_row(working: DoseWorking, asked: WorkOut, *, cautions: list[str], scope: Scope) -> DoseWorkingRow:
    diluent, duration = working.diluent, working.duration
    return DoseWorkingRow(
        organisation=scope.organisation,
        id=new_id(scope.at),
        visit=asked.visit,
        series_order=asked.order,
        weight_g=working.body.weight.g,
        height_mm=working.body.height_mm,
        formula_sex=None if working.body.formula_sex is None else str(working.body.formula_sex),
        basis=working.basis.basis,
        basis_kg=working.basis.kg,
        formula=working.basis.formula,
        mg_per_kg=working.mg_per_kg.exact,
        effective_mg_per_kg=working.effective_mg_per_kg.exact,
        uncapped=working.uncapped,
        cap=working.cap,
        ordered=working.ordered,
        label=working.label.exact,
        drawn_volume=working.drawn_volume,
        drawn=working.drawn,
        diluent_volume=None if diluent is None else diluent.volume,
        made_up=None if diluent is None else diluent.made_up,
        final_volume=working.final_volume,
        final=working.final.exact,
        minutes=None if duration is None else int(duration.total_seconds()) // 60,
        ml_per_h=working.ml_per_h,
        pump_ml_per_h=None if working.pump is None else working.pump.exact,
        cautions=cautions,
        reasons={str(caution): reason for caution, reason in asked.reasons.items()},
        worked_by=scope.by,
        at=scope.at,
    )
