"""A registration is engaged with its first stock: from that day on an initial inventory is owed until it is signed."""

from typing import Final

from clinic_api.accounts.rules.roles import Role
from clinic_api.clinics import queries as clinics
from clinic_api.clinics.rules.standing import day_ends
from clinic_api.database.scope import Scope
from clinic_api.inventory.models.inventories import Inventory
from clinic_api.inventory.models.stock import Location
from clinic_api.inventory.queries import inventories
from clinic_api.inventory.rules.kinds import CountKind
from clinic_api.tasks import queries as open_tasks
from clinic_api.tasks import service as tasks
from clinic_api.tasks.rules import NewTask

#: The task that the first stock of a registration opens.
INITIAL: Final = "initial-inventory"


def engaged(location: Location, *, scope: Scope) -> None:
    """Stock has come to a place: where its registration has no signed inventory, the initial one is asked, once.

    Source:
        21 CFR 1304.11(b): on the day on which it is first engaged.
    """
    if inventories.last_taken(location.registration) is None:
        zone = clinics.site(location.site).zone
        initial = NewTask(
            kind=INITIAL,
            subject_table="registrations",
            subject=location.registration,
            role=Role.CUSTODIAN,
            due_at=day_ends(zone, scope.at),
        )
        tasks.open_once(initial, scope=scope)


def inventoried(inventory: Inventory, *, scope: Scope) -> None:
    """An inventory was signed by everybody who had to: an initial one is no longer owed."""
    asked = open_tasks.open_about(INITIAL, inventory.registration)
    if asked is not None and inventory.kind is CountKind.INITIAL:
        tasks.close_task(asked.id, "taken", scope=scope)
