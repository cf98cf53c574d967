"""The other half of a transfer inside one organisation: what left one registration comes into another."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from clinic_api.audit import service as audit
from clinic_api.clinics import queries as clinics
from clinic_api.clinics import service as standing
from clinic_api.clinics.rules.standing import day_in
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import DeaNumber, new_id
from clinic_api.inventory.models.moves import Move
from clinic_api.inventory.models.removals import Removal
from clinic_api.inventory.models.stock import Container, Location, Puncture
from clinic_api.inventory.queries import containers, law, removals, storage, suppliers
from clinic_api.inventory.rules.moves import Event, Place
from clinic_api.inventory.rules.receivers import check_receiver
from clinic_api.inventory.rules.receiving import Supplier, syringe_label
from clinic_api.inventory.rules.removals import RemovalOrder
from clinic_api.inventory.rules.transfers import Share, check_share
from clinic_api.inventory.service import engaging, leftovers, moving
from clinic_api.quantities import Concentration, Mass, Volume


def receiver_of(order: RemovalOrder) -> Supplier | None:
    """Who receives: whoever was named, or the registration of the location that it goes to."""
    if order.to_location is None:
        return order.receiver
    holder = clinics.registration(storage.location(order.to_location).registration)
    return Supplier(name=holder.registrant, address=holder.address, dea_number=holder.dea_number)


def seen_registration(
    kind: Place, receiver: Supplier | None, held: Sequence[Container], *, at: datetime
) -> UUID | None:
    """What this clinic has seen of the registration of whoever receives; None where nothing leaves the organisation.

    Args:
        at: when it leaves, UTC; the day is the site's.

    Raises:
        ReceiverUnknown, ReceiverUnverified, ReceiverLapsed, ReceiverNotCovering, ReceiverOfAnotherKind: see
            ``rules.receivers``.
    """
    if receiver is None:
        return None
    told = replace(receiver, dea_number=str(DeaNumber.parse(receiver.dea_number)))
    codes = {storage.product(each.product).registration_schedule for each in held}
    day = day_in(clinics.site(held[0].site).zone, at)
    return check_receiver(kind, told, suppliers.known(told.dea_number), schedules=codes, on=day)


def check_still_seen(removal: Removal, held: Sequence[Container], *, at: datetime) -> None:
    """Refuse what would leave now to somebody whose registration has meanwhile ended, or was seen to be another.

    What is entered late has left already, and is judged by the day on which it did.

    Raises:
        ReceiverUnverified, ReceiverLapsed, ReceiverNotCovering, ReceiverOfAnotherKind: see ``rules.receivers``.
    """
    number = removal.receiver_dea_number
    if removal.to_location is None and number is not None:
        told = Supplier(name=str(removal.receiver_name), address=str(removal.receiver_address), dea_number=number)
        left_at = at if removal.late_reason is None else removal.occurred_at
        seen_registration(removal.kind, told, held, at=left_at)


def share_of(order: RemovalOrder, registration: UUID, mass: Mass, scope: Scope) -> Share | None:
    """What a transfer makes of the law's share; None for whatever is no transfer.

    Raises:
        TooMuchTransferred: the share would be passed.
        NobodySays: no jurisdiction says what share.
    """
    if order.kind is not Place.TRANSFERRED:
        return None
    share = removals.share(registration, more=mass, at=scope.at, limits=law.transfer_limits(registration))
    check_share(share)
    return share


def bring_in(removal: Removal, left: Sequence[Move], held: Sequence[Container], *, scope: Scope) -> None:
    """Each container that left becomes one of the other registration's, with the same lot, expiry and opening.

    Raises:
        RegistrationNotValid: the receiving registration does not cover the product on that day.
    """
    assert removal.to_location is not None  # noqa: S101  (who calls has asked)
    location = storage.location(removal.to_location)
    old = {each.id: each for each in held}
    for move in left:
        assert move.from_container is not None  # noqa: S101  (it left a container)
        _bring_in(removal, old[move.from_container], move.mass, location, scope)


def _bring_in(removal: Removal, old: Container, mass: Mass, location: Location, scope: Scope) -> None:
    standing.check_registration(
        clinics.registration(location.registration),
        schedule=storage.product(old.product).registration_schedule,
        on=day_in(clinics.site(location.site).zone, removal.occurred_at),
    )
    new = put(_container(old, mass, location, scope))
    came = moving.write(
        Move(
            from_place=Place.TRANSFERRED,
            to_container=new.id,
            mass=mass,
            to_balance=mass,
            removal=removal.id,
            occurred_at=removal.occurred_at,
            late_reason=removal.late_reason,
        ),
        ours=new,
        scope=scope,
    )
    opened = _opening(old.id, new.id, scope)
    audit.record(Event.VIALS_ACCEPTED, new, came, *opened)
    engaging.engaged(location, scope=scope)


def _container(old: Container, mass: Mass, location: Location, scope: Scope) -> Container:
    exact = Concentration(old.concentration).exact_ul_for(mass)
    return Container(
        organisation=scope.organisation,
        id=new_id(scope.at),
        kind=old.kind,
        label=syringe_label(old.label, containers.syringes_of(old.id) + 1),
        product=old.product,
        registration=location.registration,
        site=location.site,
        location=location.id,
        lot=old.lot,
        expiry=old.expiry,
        concentration=old.concentration,
        content=mass,
        volume=Volume.rounded(exact),
        parent=old.id,
        made_by=scope.by,
        made_at=scope.at,
        balance=mass,
    )


def _opening(old: UUID, new: UUID, scope: Scope) -> list[Puncture]:
    """An opened vial stays opened, and its use-by stays what it was."""
    opened = containers.puncture(old)
    if opened is None:
        return []
    leftovers.watch(new, opened.use_by, scope=scope)
    return [put(Puncture(organisation=scope.organisation, id=new, at=opened.at, use_by=opened.use_by, by=opened.by))]
