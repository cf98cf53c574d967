"""Setting a container apart, finding overfill in one, what stays in the hub, and giving a whole one back."""

from dataclasses import dataclass
from uuid import UUID

from clinic_api.audit import service as audit
from clinic_api.clinics import service as standing
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import DeaNumber
from clinic_api.inventory.models.moves import Move
from clinic_api.inventory.models.stock import Container, FurtherReturn, Quarantine, Return
from clinic_api.inventory.queries import allowances, containers, lineage, returns, storage
from clinic_api.inventory.rules.drawing import VIALS, check_return, mass_of
from clinic_api.inventory.rules.moves import Event, Place, check_enough
from clinic_api.inventory.rules.receiving import Supplier
from clinic_api.inventory.rules.vials import check_hub_loss, check_overfill, check_quarantine, hub_cap_at
from clinic_api.inventory.service import kits, moving, places
from clinic_api.patients import service as visits
from clinic_api.quantities import NOTHING, Concentration, Mass, Volume


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnOrder:
    """A whole container that is given back, to whom, under which document."""

    container: UUID
    receiver: Supplier
    document: str


@dataclass(frozen=True, slots=True)
class Noted:
    """A move as who made it is told of it; the balance is None while the location is being counted, blind."""

    move: Move
    balance: Mass | None


def quarantine(container: UUID, reason: str, *, scope: Scope) -> Quarantine:
    """Set a container apart: it still counts as on hand, and nothing is drawn from it any more.

    Raises:
        NoSuchContainer: not here.
        AlreadyQuarantined: it is set apart.
    """
    held = containers.hold(container)
    check_quarantine(held.label, quarantined=containers.source(held).quarantined)
    apart = put(
        Quarantine(organisation=scope.organisation, id=held.id, reason=reason, by=scope.by, at=scope.at),
    )
    audit.record(Event.CONTAINER_QUARANTINED, apart)
    places.review_par(held.location, storage.product(held.product).key, scope=scope)
    return apart


def record_overfill(container: UUID, volume: Volume, *, scope: Scope) -> Noted:
    """A vial holds more than its label says: recorded before anything above the balance is drawn.

    Raises:
        NoSuchContainer: not here.
        NotDrawable, NotAnAmount: the volume cannot be told to the microgram.
        NotAVial, Disposed, MoreThanOverfill: see ``rules.vials``.
        NotHereToday, NoValidLicence: who says so has no standing today.
    """
    vial = containers.hold(container)
    mass = mass_of(volume, Concentration(vial.concentration))
    check_overfill(
        containers.source(vial),
        mass,
        found_before=allowances.overfill_found(vial.id),
        at_most=storage.product(vial.product).overfill_cap,
    )
    standing.check_standing(scope.by, site=vial.site, scope=scope)
    found = moving.write(
        Move(
            from_place=Place.OVERFILL,
            to_container=vial.id,
            mass=mass,
            volume=volume,
            to_balance=moving.add(vial, mass),
            occurred_at=scope.at,
        ),
        ours=vial,
        scope=scope,
    )
    audit.record(Event.OVERFILL_FOUND, found)
    return Noted(found, containers.shown(vial.id).balance)


def record_hub_loss(container: UUID, mass: Mass, *, scope: Scope) -> Noted:
    """What stayed in needle and hub is a line of its own, never part of a waste.

    Raises:
        NoSuchContainer: not here.
        VisitSealed: nothing can be added to the syringe's visit.
        MoreThanStaysInTheHub: see ``rules.vials``.
        NotEnoughLeft: it holds less, or promised it to a waste.
        NotHereToday, NoValidLicence: who says so has no standing today.
    """
    visit = containers.container(container).visit
    patient = None if visit is None else visits.hold(visit).patient
    held = containers.hold(container)
    facts, product = containers.source(held), storage.product(held.product)
    drawn_from = held.kind in VIALS or facts.stock
    check_hub_loss(
        held.label,
        mass,
        lost_before=allowances.hub_loss(held.id),
        draws=lineage.draws_from(held.id) if drawn_from else 1,
        at_most=hub_cap_at(held.concentration, product.hub_cap or NOTHING, of=product.concentration),
    )
    check_enough(held.label, asked=mass, left=facts.free, counted=facts.counted)
    standing.check_standing(scope.by, site=held.site, scope=scope)
    lost = moving.write(
        Move(
            from_container=held.id,
            to_place=Place.HUB,
            mass=mass,
            from_balance=moving.take(held, mass),
            syringe=None if visit is None else held.id,
            visit=visit,
            patient=patient,
            occurred_at=scope.at,
        ),
        ours=held,
        scope=scope,
    )
    audit.record(Event.HUB_LOSS_RECORDED, lost)
    return Noted(lost, containers.shown(held.id).balance)


def give_back(order: ReturnOrder, *, scope: Scope) -> Move:
    """A container that was never opened goes back to the supplier or to a reverse distributor.

    It goes again after a correction took its return back; two returns of it never stand.

    Raises:
        NoSuchContainer: not here.
        InvalidDeaNumber: the receiver's number fails its checksum.
        NotWhole: it was opened, or is not full.
        NotHereToday, NoValidLicence: who gives it back has no standing today.
    """
    held, number = containers.hold(order.container), DeaNumber.parse(order.receiver.dea_number)
    check_return(containers.source(held), content=held.content)
    standing.check_standing(scope.by, site=held.site, scope=scope)
    back = moving.write(
        Move(
            from_container=held.id,
            to_place=Place.RETURNED,
            mass=held.content,
            volume=held.volume,
            from_balance=moving.take(held, held.content),
            occurred_at=scope.at,
        ),
        ours=held,
        scope=scope,
    )
    given = put(_return(order, number, held, back, scope))
    audit.record(Event.STOCK_RETURNED, back, given)
    places.review_par(held.location, storage.product(held.product).key, scope=scope)
    kits.gone(held, "returned", scope=scope)
    return back


def _return(order: ReturnOrder, number: DeaNumber, held: Container, back: Move, scope: Scope) -> Return | FurtherReturn:
    """To whom it went: of its first return, or of one that follows a return that was taken back."""
    before = returns.last_taken_back(held.id)
    row = (
        Return(id=held.id)
        if before is None
        else FurtherReturn(
            id=back.id, container=held.id, before=before.original, mass=before.total, taken_back=before.id
        )
    )
    row.organisation, row.by, row.at = scope.organisation, scope.by, scope.at
    row.receiver_name, row.receiver_address = order.receiver.name, order.receiver.address
    row.receiver_dea_number, row.document = str(number), order.document
    return row
