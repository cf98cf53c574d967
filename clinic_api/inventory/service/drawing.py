"""Drug out of a vial into a syringe, and out of the syringe into the patient."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from clinic_api.audit import service as audit
from clinic_api.clinics import queries as clinics
from clinic_api.clinics import service as standing
from clinic_api.clinics.rules.standing import day_in
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import new_id
from clinic_api.inventory.models.moves import Move
from clinic_api.inventory.models.stock import Container, Puncture
from clinic_api.inventory.queries import containers, holds, storage
from clinic_api.inventory.rules.containment import check_free
from clinic_api.inventory.rules.drawing import (
    DrawOrder,
    Source,
    check_draw,
    check_drawn_for,
    check_same_site,
    mass_of,
    use_by,
)
from clinic_api.inventory.rules.moves import Event, Late, Place, check_enough
from clinic_api.inventory.rules.places import PlaceAct
from clinic_api.inventory.rules.products import ContainerKind
from clinic_api.inventory.rules.receiving import syringe_label
from clinic_api.inventory.service import kits, moving, places
from clinic_api.patients import service as visits
from clinic_api.quantities import NOTHING, Concentration, Mass, Volume


@dataclass(frozen=True, slots=True)
class Drawn:
    """A draw: its case, the syringe that holds it, and how much that is."""

    case: UUID
    syringe: UUID
    label: str
    mass: Mass
    volume: Volume


def draw(order: DrawOrder, *, scope: Scope) -> Drawn:
    """Draw a volume from a named vial into a syringe of its own; the first draw opens the vial.

    Raises:
        NoSuchVisit, NoSuchContainer: not here.
        VisitSealed: nothing can be added to the visit.
        NotDrawable, NotAnAmount: the volume cannot be drawn to the microgram.
        OtherSite: the vial is kept elsewhere.
        NotOnAccessList: the list of where the vial is kept has others.
        NotHereToday, NoValidLicence, RegistrationNotValid: who draws, or under what, has no standing today.
        Frozen: a discrepancy keeps the vial from use.
        NotAVial, Quarantined, Disposed, Empty, Expired, PastBeyondUse, SingleDoseUsed, NotEnoughLeft: see
            ``rules.drawing``.
        ForAnotherPatient, KitPastDeadline: see ``rules.kits``.
    """
    visit, vial = visits.hold(order.visit), containers.hold(order.container)
    facts = containers.source(vial)
    mass = mass_of(order.volume, Concentration(vial.concentration))
    check_same_site(vial.label, kept_at=vial.site, visit_at=visit.site)
    check_free(vial.label, frozen_by=holds.frozen_by(vial.id))
    check_draw(facts, mass=mass, at=scope.at)
    places.check_may(vial.location, PlaceAct.DRAW, scope=scope)
    kits.check_for(vial, visit, scope=scope)
    standing.check_standing(scope.by, site=vial.site, scope=scope)
    _check_registration(vial, scope)
    return take_out(order, vial, facts, mass, told=Late(scope.at, None), scope=scope)


def take_out(order: DrawOrder, vial: Container, facts: Source, mass: Mass, *, told: Late, scope: Scope) -> Drawn:
    """Move a drawn volume into a syringe of its own, and open the vial with the first draw.

    Who calls has decided that it may be, or writes down an incident since it has happened.
    """
    visit, syringe = visits.hold(order.visit), put(_syringe(vial, order, mass, scope))
    opened = [] if facts.use_by is not None else [_puncture(vial, facts, told.occurred_at, scope)]
    drawn = moving.write(
        Move(
            from_container=vial.id,
            to_container=syringe.id,
            mass=mass,
            volume=order.volume,
            from_balance=moving.take(vial, mass),
            to_balance=mass,
            syringe=syringe.id,
            visit=order.visit,
            patient=visit.patient,
            occurred_at=told.occurred_at,
            late_reason=told.reason,
            incident=told.incident,
        ),
        ours=vial,
        scope=scope,
    )
    audit.record(Event.DRUG_DRAWN, drawn, syringe, *opened)
    if opened:
        places.review_par(vial.location, storage.product(vial.product).key, scope=scope)
    if told.incident is None:
        kits.used(vial, syringe, visit, scope=scope)
    else:
        kits.gone(vial, "incident", scope=scope)
    return Drawn(syringe.id, syringe.id, syringe.label, mass, order.volume)


def administer(
    syringe: UUID, mass: Mass, *, visit: UUID, identity_version: UUID, occurred_at: datetime | Late, scope: Scope
) -> Move | None:
    """What the patient got leaves the syringe; giving nothing moves nothing.

    A waste that was promised meanwhile does not stand in the way: what happened is written down.

    Args:
        identity_version: who the patient is, as identified at that moment.
        occurred_at: when it was given, UTC; a ``Late`` says why it is entered later.

    Raises:
        NoSuchVisit, NoSuchContainer: not here.
        VisitSealed: nothing can be added to the visit.
        DrawnForAnother: the syringe is another visit's.
        NotEnoughLeft: more than it holds.
    """
    held, drawn = visits.hold(visit), containers.hold(syringe)
    told = occurred_at if isinstance(occurred_at, Late) else Late(occurred_at, None)
    check_drawn_for(drawn.label, drawn_for=drawn.visit, visit=held.id)
    check_enough(drawn.label, asked=mass, left=drawn.balance)
    if mass == NOTHING:
        return None
    given = moving.write(
        Move(
            from_container=drawn.id,
            to_place=Place.PATIENT,
            mass=mass,
            from_balance=moving.take(drawn, mass),
            syringe=drawn.id,
            visit=held.id,
            patient=held.patient,
            identity_version=identity_version,
            occurred_at=told.occurred_at,
            late_reason=told.reason,
            incident=told.incident,
        ),
        ours=drawn,
        scope=scope,
    )
    audit.record(Event.DRUG_ADMINISTERED, given)
    return given


def _check_registration(vial: Container, scope: Scope) -> None:
    standing.check_registration(
        clinics.registration(vial.registration),
        schedule=storage.product(vial.product).registration_schedule,
        on=day_in(clinics.site(vial.site).zone, scope.at),
    )


def _syringe(vial: Container, order: DrawOrder, mass: Mass, scope: Scope) -> Container:
    return Container(
        organisation=scope.organisation,
        id=new_id(scope.at),
        kind=ContainerKind.SYRINGE,
        label=syringe_label(vial.label, containers.syringes_of(vial.id) + 1),
        product=vial.product,
        registration=vial.registration,
        site=vial.site,
        location=vial.location,
        lot=vial.lot,
        expiry=vial.expiry,
        concentration=vial.concentration,
        content=mass,
        volume=order.volume,
        parent=vial.id,
        visit=order.visit,
        made_by=scope.by,
        made_at=scope.at,
        balance=mass,
    )


def _puncture(vial: Container, facts: Source, at: datetime, scope: Scope) -> Puncture:
    days = storage.product(vial.product).beyond_use_days
    until = use_by(punctured_at=at, beyond_use=timedelta(days=days), expires_at=max(at, facts.expires_at))
    return put(Puncture(organisation=scope.organisation, id=vial.id, at=at, use_by=until, by=scope.by))
