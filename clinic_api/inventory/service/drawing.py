"""Drug out of vials into a syringe, and out of the syringe into the patient."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
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
from clinic_api.inventory.queries import containers, holds, lineage, storage
from clinic_api.inventory.rules.containment import check_free
from clinic_api.inventory.rules.drawing import (
    DrawOrder,
    Source,
    Take,
    check_draw,
    check_drawn_for,
    check_same_site,
    use_by,
)
from clinic_api.inventory.rules.mixing import NO_FLUID, Part, check_takes, check_together, lots_of, mass_taken
from clinic_api.inventory.rules.moves import Event, Late, Place
from clinic_api.inventory.rules.places import PlaceAct
from clinic_api.inventory.rules.products import ContainerKind
from clinic_api.inventory.rules.receiving import syringe_label
from clinic_api.inventory.service import kits, leftovers, moving, places
from clinic_api.patients import service as visits
from clinic_api.quantities import NOTHING, Concentration, Mass, Volume

if TYPE_CHECKING:
    from clinic_api.patients.models import Visit


@dataclass(frozen=True, slots=True)
class Taken:
    """One source of a draw, held: what is true of it, and how much is taken."""

    container: Container
    facts: Source
    volume: Volume
    mass: Mass


@dataclass(frozen=True, slots=True)
class Drawn:
    """A draw: its case, the syringe that holds it, how much that is, and what it came from."""

    case: UUID
    syringe: UUID
    label: str
    mass: Mass
    volume: Volume
    sources: tuple[Taken, ...]


def draw(order: DrawOrder, *, scope: Scope) -> Drawn:
    """Draw from named containers into one syringe; the first draw opens a vial. All of it, or nothing.

    Raises:
        NoSuchVisit, NoSuchContainer: not here.
        VisitSealed: nothing can be added to the visit.
        TakenTwice, AnotherPackage, AnotherPlace: see ``rules.mixing``.
        NotDrawable, NotAnAmount: the volume cannot be drawn to the microgram.
        OtherSite: a container is kept elsewhere.
        NotOnAccessList: the list of where they are kept has others.
        NotHereToday, NoValidLicence, RegistrationNotValid: who draws, or under what, has no standing today.
        Frozen: a discrepancy keeps a container from use.
        NotAVial, Quarantined, Disposed, Empty, StrengthLost, Expired, PastBeyondUse, SingleDoseUsed, NotEnoughLeft:
            see ``rules.drawing``.
        ForAnotherPatient, KitPastDeadline, OneKitAtATime: see ``rules.kits``.
    """
    visit = visits.hold(order.visit)
    sources = taken(order.takes)
    for each in sources:
        check_same_site(each.container.label, kept_at=each.container.site, visit_at=visit.site)
        check_usable(each, scope=scope)
    check_alike(sources)
    kits.check_for([each.container for each in sources], visit, scope=scope)
    check_may_draw(sources[0].container, scope=scope)
    return take_out(sources, visit, told=Late(scope.at, None), scope=scope)


def taken(takes: Sequence[Take]) -> list[Taken]:
    """The sources of a draw as they are named, held in everybody's order.

    Raises:
        NoSuchContainer: not here.
        TakenTwice: one is named twice.
        NotDrawable, NotAnAmount: a volume cannot be drawn to the microgram.
    """
    held = {id: containers.hold(id) for id in sorted({take.container for take in takes})}
    check_takes(held[take.container].label for take in takes)
    return [_taken(held[take.container], take.volume) for take in takes]


def check_usable(each: Taken, *, scope: Scope) -> None:
    """Refuse what a discrepancy, the container's own state or its dates forbid; see ``draw``."""
    check_free(each.container.label, frozen_by=holds.frozen_by(each.container.id))
    check_draw(each.facts, mass=each.mass, at=scope.at)


def check_may_draw(ours: Container, *, scope: Scope) -> None:
    """Refuse somebody who may not draw there, or has no standing today; a registration that does not cover it."""
    places.check_may(ours.location, PlaceAct.DRAW, scope=scope)
    standing.check_standing(scope.by, site=ours.site, scope=scope)
    standing.check_registration(
        clinics.registration(ours.registration),
        schedule=storage.product(ours.product).registration_schedule,
        on=day_in(clinics.site(ours.site).zone, scope.at),
    )


def check_alike(sources: Sequence[Taken]) -> None:
    """Refuse to draw what does not belong together into one; see ``rules.mixing``."""
    if len(sources) > 1:
        check_together([_part(each.container) for each in sources])


def take_out(sources: Sequence[Taken], visit: "Visit", *, told: Late, scope: Scope) -> Drawn:
    """Move drawn volumes into one syringe, and open each vial with its first draw.

    Who calls has decided that it may be, or writes down an incident since it has happened.
    """
    opened = open_vials(sources, told.occurred_at, scope=scope)
    syringe = put(filled(sources, ContainerKind.SYRINGE, scope=scope, visit=visit.id))
    drawn = pour(
        sources,
        syringe,
        lambda: Move(
            syringe=syringe.id,
            visit=visit.id,
            patient=visit.patient,
            occurred_at=told.occurred_at,
            late_reason=told.reason,
            incident=told.incident,
        ),
        scope=scope,
    )
    audit.record(Event.DRUG_DRAWN, *drawn, syringe, *opened)
    review_opened(sources, opened, scope=scope)
    for each in sources:
        if told.incident is None:
            kits.used(each.container, syringe, visit, scope=scope)
        else:
            kits.gone(each.container, "incident", scope=scope)
    return Drawn(syringe.id, syringe.id, syringe.label, syringe.content, syringe.volume, tuple(sources))


def pour(sources: Sequence[Taken], into: Container, move: Callable[[], Move], *, scope: Scope) -> list[Move]:
    """One move out of each source, each with both balances after it.

    Args:
        into: what was just put there, with all of it.
        move: makes what the moves have in common.
    """
    moves, held = [], NOTHING
    for each in sources:
        one, held = move(), held + each.mass
        one.from_container, one.to_container = each.container.id, into.id
        one.mass, one.volume = each.mass, None if each.facts.stock else each.volume
        one.from_balance, one.to_balance = moving.take(each.container, each.mass), held
        moves.append(moving.write(one, ours=each.container, scope=scope))
    return moves


def open_vials(sources: Sequence[Taken], at: datetime, *, scope: Scope) -> list[Puncture]:
    """The first opening of each vial that was not opened before."""
    return [_puncture(each, at, scope) for each in sources if each.facts.use_by is None]


def review_opened(sources: Sequence[Taken], opened: Sequence[Puncture], *, scope: Scope) -> None:
    """Where a vial was opened, fewer lie ready."""
    if opened:
        ours = sources[0].container
        places.review_par(ours.location, storage.product(ours.product).key, scope=scope)


def filled(
    sources: Sequence[Taken],
    kind: ContainerKind,
    *,
    scope: Scope,
    visit: UUID | None = None,
    diluent: Volume = NO_FLUID,
) -> Container:
    """What was drawn into, with everything that it then holds; its number continues that of its first source."""
    first, mass = sources[0].container, Mass.total(each.mass for each in sources)
    volume = Volume.total(each.volume for each in sources) + diluent
    return Container(
        organisation=scope.organisation,
        id=new_id(scope.at),
        kind=kind,
        label=syringe_label(first.label, containers.syringes_of(first.id) + 1),
        product=first.product,
        registration=first.registration,
        site=first.site,
        location=first.location,
        lot=lots_of(each.container.lot for each in sources),
        expiry=min(each.container.expiry for each in sources),
        concentration=first.concentration if visit is not None else Concentration.of(mass, volume).exact,
        content=mass,
        volume=volume,
        parent=first.id,
        visit=visit,
        made_by=scope.by,
        made_at=scope.at,
        balance=mass,
    )


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


def _part(held: Container) -> Part:
    return Part(
        label=held.label,
        product=storage.product(held.product).key,
        strength=Concentration(held.concentration),
        location=held.location,
    )


def _taken(held: Container, volume: Volume) -> Taken:
    facts = containers.source(held)
    draws = lineage.draws_from(held.id) if facts.stock else 0
    return Taken(held, facts, volume, mass_taken(facts, volume, Concentration(held.concentration), draws=draws))


def _puncture(each: Taken, at: datetime, scope: Scope) -> Puncture:
    vial, days = each.container, storage.product(each.container.product).beyond_use_days
    until = use_by(punctured_at=at, beyond_use=timedelta(days=days), expires_at=max(at, each.facts.expires_at))
    leftovers.watch(vial.id, until, scope=scope)
    return put(Puncture(organisation=scope.organisation, id=vial.id, at=at, use_by=until, by=scope.by))
