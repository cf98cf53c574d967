"""Statutory inventories: every location of a registration counted, frozen as one record, signed by who took it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from clinic_api.accounts.rules.roles import Role
from clinic_api.audit import service as audit
from clinic_api.clinics import queries as clinics
from clinic_api.clinics import service as standing
from clinic_api.clinics.rules.profile import Control
from clinic_api.clinics.rules.standing import day_closes, day_in
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import new_id
from clinic_api.inventory.models.inventories import Inventory, InventoryCount, InventorySignature, InventoryTaken
from clinic_api.inventory.queries import inventories, storage, tallies
from clinic_api.inventory.queries.inventories import InventoryShown
from clinic_api.inventory.rules.inventories import (
    InventoryState,
    NewInventory,
    check_freeze,
    check_inventory,
    check_second_taker,
    listing,
)
from clinic_api.inventory.rules.kinds import NewCount, persons_for
from clinic_api.inventory.rules.moves import Event
from clinic_api.inventory.rules.sheets import CountState
from clinic_api.inventory.service import counting, engaging
from clinic_api.signatures import queries as signed
from clinic_api.signatures import service as signatures
from clinic_api.signatures.rules import Meaning
from clinic_api.tasks import queries as asked
from clinic_api.tasks import service as tasks
from clinic_api.tasks.rules import NewTask

if TYPE_CHECKING:
    from clinic_api.signatures.models import Attestation, Challenge

#: The signed record of an inventory.
RECORD: Final = "inventory"
#: The task that the next inventory is due.
DUE: Final = "inventory-due"


@dataclass(frozen=True, slots=True)
class SignedInventory:
    """An inventory with its first signature, and what a second taker is asked to sign, where one is needed."""

    inventory: InventoryShown
    challenge: "Challenge | None"


def open_inventory(new: NewInventory, *, scope: Scope) -> InventoryShown:
    """Begin an inventory: a count of every location of the registration, all blind from now on.

    Raises:
        NoSuchRegistration: not here.
        NotAnInventory, NowhereToCount: see ``rules.inventories``.
        NotHereToday: who opens it is not checked in at the site.
    """
    holder, profile = clinics.registration(new.registration), clinics.profile()
    places = storage.locations(holder.id)
    check_inventory(new.kind, locations=len(places))
    standing.check_here_today(scope.by, site=holder.site, scope=scope)
    made = put(
        Inventory(
            organisation=scope.organisation,
            id=new_id(scope.at),
            registration=holder.id,
            kind=new.kind,
            business=new.business,
            persons=persons_for(new.kind, profile.counts),
            by=scope.by,
            at=scope.at,
        )
    )
    opened = [counting.begin(NewCount(location=each.id, kind=new.kind), each, scope=scope) for each in places]
    rows = [put(InventoryCount(organisation=scope.organisation, id=each.id, inventory=made.id)) for each in opened]
    audit.record(Event.INVENTORY_OPENED, made, *rows, kind=made.kind)
    return inventories.shown(made.id)


def sign_inventory(inventory_id: UUID, *, scope: Scope) -> SignedInventory:
    """The first of those who counted signs: what was found is frozen as it is, and never changes again.

    Raises:
        NoSuchInventory: not here.
        FrozenBefore, CountsNotComplete, NotATaker: see ``rules.inventories``.
        FullSignInNeeded: the act rests on no strong sign-in.
    """
    inventory = inventories.hold(inventory_id)
    check_freeze(
        frozen=inventories.taken(inventory.id) is not None,
        incomplete=[
            each.location_name for each in inventories.counts_of(inventory.id) if each.state is not CountState.COMPLETE
        ],
        takers=inventories.takers(inventory.id),
        by=scope.by,
    )
    content = _content(inventory)
    record = signatures.freeze(RECORD, inventory.id, content, scope=scope)
    row = put(
        InventoryTaken(
            organisation=scope.organisation,
            id=inventory.id,
            record=record.id,
            counted_on=content["counted_on"],
            by=scope.by,
            at=scope.at,
        )
    )
    audit.record(Event.INVENTORY_FROZEN, row)
    _sign(inventory, signatures.sign(record, Meaning.COUNTED, scope=scope), place=1, scope=scope)
    challenge = signatures.challenge(record, Meaning.COUNTED, scope=scope) if inventory.persons > 1 else None
    return SignedInventory(inventories.shown(inventory.id), challenge)


def second_inventory(inventory_id: UUID, attestation: "Attestation", *, scope: Scope) -> InventoryShown:
    """Another of those who counted signs the same record.

    Args:
        attestation: their signature, just given with their own PIN.

    Raises:
        NoSuchInventory: not here.
        NotFrozenYet, FrozenBefore, NotATaker: see ``rules.inventories``.
        NotAsAttested: the signature is about something else.
    """
    inventory, frozen = inventories.hold(inventory_id), inventories.taken(inventory_id)
    check_second_taker(
        inventories.state(inventory),
        takers=inventories.takers(inventory.id),
        first=None if frozen is None else frozen.by,
        second=attestation.signer,
    )
    signatures.check_attests(attestation, signed.signed_record(RECORD, inventory.id), Meaning.COUNTED)
    _sign(inventory, attestation, place=2, scope=scope)
    return inventories.shown(inventory.id)


def read_record(inventory_id: UUID) -> dict[str, Any]:
    """An inventory as it was signed; nothing that happened since changes it.

    Raises:
        NoSuchInventory, NoSuchSignedRecord: not here, or not signed.
        NotFrozenLikeThis, NotOurSeal: it was altered since.
    """
    return signatures.read_frozen(RECORD, inventories.inventory(inventory_id).id)


def _sign(inventory: Inventory, given: "Attestation", *, place: int, scope: Scope) -> None:
    """Keep a signature; with the last one the inventory is taken, and the next is due from the day of its counts."""
    signature = put(
        InventorySignature(
            organisation=scope.organisation,
            id=new_id(scope.at),
            inventory=inventory.id,
            place=place,
            signer=given.signer,
            attestation=given.id,
            at=scope.at,
        )
    )
    audit.record(Event.INVENTORY_SIGNED, signature)
    if inventories.state(inventory) is not InventoryState.COMPLETE:
        return
    for before in inventories.of(inventory.registration):
        answered = asked.open_about(DUE, before)
        if answered is not None:
            tasks.close_task(answered.id, "taken", scope=scope)
    engaging.inventoried(inventory, scope=scope)
    _ask_for_the_next(inventory, scope)


def _ask_for_the_next(inventory: Inventory, scope: Scope) -> None:
    due = inventories.next_inventory(inventory.registration)
    if due.due_on is None or due.last is None:
        return
    zone = clinics.site(clinics.registration(inventory.registration).site).zone
    tasks.open_task(
        NewTask(
            kind=DUE,
            subject_table=inventory.__tablename__,
            subject=due.last,
            role=Role.CUSTODIAN,
            due_at=day_closes(zone, due.due_on),
        ),
        scope=scope,
    )


def _content(inventory: Inventory) -> dict[str, Any]:
    """All that the record says, so that a paper can be printed from it and nothing else."""
    holder, profile = clinics.registration(inventory.registration), clinics.profile()
    zone, (first, last) = clinics.site(holder.site).zone, inventories.counted_between(inventory.id)
    replaced = profile.replaced.get(Control.CLOSING_COUNT)
    return {
        "kind": inventory.kind,
        "business": inventory.business,
        "counted_on": day_in(zone, first),
        "counted_from": first,
        "counted_until": last,
        "zone": zone,
        "registration": {
            "id": holder.id,
            "dea_number": holder.dea_number,
            "registrant": holder.registrant,
            "kind": holder.kind,
            "address": holder.address,
            "schedules": holder.schedules,
        },
        "profile": {"key": profile.key, "version": profile.version, "replaced": replaced},
        "takers": [
            {"account": each.counted_by, "name": each.name, "location": of.location_name, "entered_at": each.at}
            for of in inventories.counts_of(inventory.id)
            for each in tallies.shown(of.count, counting=None)
        ],
        "lists": listing(inventories.listed(holder.id), inventories.on_shelf(inventory.id)),
    }
