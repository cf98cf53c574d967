"""Order × vial: working a dose out, drawing it and making it up."""

from uuid import UUID

from clinic_api.audit import service as audit
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.dosing import queries
from clinic_api.dosing.models import DoseWorkingRow, Preparation
from clinic_api.dosing.rules.intake import (
    AlreadyPrepared,
    DrawUp,
    Event,
    NotWorkedOut,
    WorkOut,
    takes_of,
)
from clinic_api.dosing.rules.substitution import OtherStrength, check_used
from clinic_api.dosing.service.substituting import authorisation_for, standing_of
from clinic_api.identifiers import new_id
from clinic_api.inventory.queries import containers
from clinic_api.inventory.rules.drawing import DrawOrder
from clinic_api.inventory.service import drawing as inventory
from clinic_api.inventory.service.drawing import Taken
from clinic_api.orders import queries as orders
from clinic_api.orders import service as ordering
from clinic_api.orders.rules.guards import LastVisit, check_reasons, check_working
from clinic_api.orders.rules.weights import Body
from clinic_api.orders.rules.working import DoseWorking, work_out
from clinic_api.patients import service as visits
from clinic_api.patients.queries.visits import visits as visits_of
from clinic_api.protocols.rules.protocol import Protocol
from clinic_api.quantities import Concentration, Weight


def work_out_dose(asked: WorkOut, *, protocol: Protocol, alone: bool, scope: Scope) -> DoseWorkingRow:
    """Work today's dose out and keep every figure of it.

    Args:
        alone: one practitioner orders, gives and reviews here.

    Raises:
        NoSuchOrder: not here.
        OrderNotSigned, OrderExpired, OrderUsedUp, …: the order does not hold.
        WeightCannotBe, DoseTooHigh, NeedsDiluent: a hard guard of the protocol.
        ReasonMissing: something unusual has no reason; it names all.
        SubstitutionNeeded, StrengthMayNotStandIn: it was worked out for another strength before.
        AuthoriserWorksItOut, OtherThanAuthorised: the authorisation does not cover this.
    """
    visit = visits.hold(asked.visit)
    order = orders.order(asked.order)
    used = queries.visits_used(order.id, without=visit.id)
    ordering.check_usable(order, at=scope.at, visits_used=used)
    allowed = authorisation_for(asked.label, queries.working_of(visit.id), protocol=protocol)
    working = work_out(
        order.series(),
        Body(asked.weight, asked.height_mm, asked.formula_sex),
        label=asked.label,
        diluent=asked.diluent,
        chosen=asked.chosen,
    )
    cautions = check_working(working, last=_last_visit(visit.patient, without=visit.id), guards=protocol.guards)
    check_reasons(cautions, asked.reasons)
    check_used(allowed, by=scope.by, worked_out=working.drawn_volume, alone=alone)
    row = _working_row(working, asked, cautions=[str(each) for each in cautions], scope=scope)
    row.substitution = None if allowed is None else allowed.id
    put(row)
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
    found, stands = Concentration(containers.container(container).concentration), standing_of(working)
    if found != stands.strength:
        raise OtherStrength(
            worked_out_for=stands.strength,
            container=found,
            volume_worked_out=stands.volume,
            volume_from_container=stands.volume_of(found),
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
