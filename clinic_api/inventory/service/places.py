"""Keeping locations: who may act there, and how much should lie ready."""

from uuid import UUID

from clinic_api.accounts import queries as people
from clinic_api.accounts.rules.roles import Role
from clinic_api.audit import service as audit
from clinic_api.clinics import queries as clinics
from clinic_api.clinics.rules.standing import day_ends
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import new_id
from clinic_api.inventory.models.places import LocationAccess, LocationGrant, ParLevel
from clinic_api.inventory.queries import containers, finding, places, storage
from clinic_api.inventory.rules.moves import Event
from clinic_api.inventory.rules.places import (
    BELOW_PAR,
    AccessShown,
    NewAccess,
    NewPar,
    ParShown,
    PlaceAct,
    check_access,
)
from clinic_api.inventory.rules.products import check_listed
from clinic_api.tasks import queries as open_tasks
from clinic_api.tasks import service as tasks
from clinic_api.tasks.rules import NewTask


def set_access(location: UUID, new: NewAccess, *, scope: Scope) -> AccessShown:
    """Say how a location is kept from now on: its lock, and who may draw, receive and count there.

    Raises:
        NoSuchLocation, NoSuchAccount: not here.
    """
    place = storage.location(location)
    for account in frozenset[UUID]().union(*new.may.values()):
        people.account(account)
    access = put(
        LocationAccess(
            organisation=scope.organisation,
            id=new_id(scope.at),
            location=place.id,
            version=places.newest_access(place.id) + 1,
            lock=new.lock,
            reason=new.reason,
            by=scope.by,
            at=scope.at,
        )
    )
    grants = [
        put(
            LocationGrant(
                organisation=scope.organisation, id=new_id(scope.at), access=access.id, act=act, account=account
            )
        )
        for act, listed in new.may.items()
        for account in sorted(listed)
    ]
    audit.record(Event.ACCESS_SET, access, *grants)
    return places.accesses(place.id)[0]


def check_may(location: UUID, act: PlaceAct, *, scope: Scope) -> None:
    """Refuse somebody whom a location's list leaves out.

    Raises:
        NotOnAccessList: names who may.
    """
    if listed := places.listed(location, act):
        check_access(storage.location(location).name, act, people.names(list(listed)), by=scope.by)


def set_par(location: UUID, new: NewPar, *, scope: Scope) -> ParShown:
    """Say how many of a product should lie ready in a location; none ends the watching.

    Raises:
        NoSuchLocation: not here.
        NotListed: the clinic's lists have no such product.
    """
    place = storage.location(location)
    check_listed(new.product, [stocked.package.key for stocked in storage.stocked()])
    before = places.par_level(place.id, new.product)
    level = put(
        ParLevel(
            organisation=scope.organisation,
            id=new_id(scope.at),
            location=place.id,
            product=new.product,
            version=1 if before is None else before.version + 1,
            least=new.least,
            by=scope.by,
            at=scope.at,
        )
    )
    audit.record(Event.PAR_SET, level)
    if before is not None:
        _no_longer_below(before, "superseded", scope)
    review_par(place.id, new.product, scope=scope)
    return next(shown for shown in places.par_levels(place.id, at=scope.at) if shown.product == new.product)


def review_par(location: UUID, *products: str, scope: Scope) -> None:
    """Ask for more where too little lies ready, and ask no longer where there is enough again.

    While the location is being counted nothing is said, since that would tell what the book says.
    """
    if location in containers.being_counted():
        return
    levels = [level for product in products if (level := places.par_level(location, product)) is not None]
    ready = finding.sealed_units(location, at=scope.at) if levels else {}
    for level in levels:
        if ready.get(level.product, 0) >= level.least:
            _no_longer_below(level, "restocked", scope)
        else:
            tasks.open_once(_below(level, scope), scope=scope)


def review_location(location: UUID, *, scope: Scope) -> None:
    """Review every product that has a level at a location."""
    review_par(location, *places.par_products(location), scope=scope)


def _no_longer_below(level: ParLevel, outcome: str, scope: Scope) -> None:
    asked = open_tasks.open_about(BELOW_PAR, level.id)
    if asked is not None:
        tasks.close_task(asked.id, outcome, scope=scope)


def _below(level: ParLevel, scope: Scope) -> NewTask:
    zone = clinics.site(storage.location(level.location).site).zone
    return NewTask(
        kind=BELOW_PAR,
        subject_table=level.__tablename__,
        subject=level.id,
        role=Role.CUSTODIAN,
        due_at=day_ends(zone, scope.at),
    )
