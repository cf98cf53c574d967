"""What is left past its last moment of use: one task for each container, open until the container holds nothing."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from clinic_api.accounts.rules.roles import Role
from clinic_api.clinics import queries as clinics
from clinic_api.clinics.rules.standing import day_ends
from clinic_api.database.scope import Scope
from clinic_api.inventory.models.moves import Move
from clinic_api.inventory.models.stock import Container
from clinic_api.inventory.queries import containers
from clinic_api.messages import service as messages
from clinic_api.quantities import NOTHING
from clinic_api.tasks import queries as open_tasks
from clinic_api.tasks import service as tasks
from clinic_api.tasks.rules import NewTask

#: The kind of a due row whose subject is a container that was opened or made up.
USE_BY: Final = "container-use-by"
#: The task that somebody wastes or destroys what is left.
LEFTOVER: Final = "past-use-by"
#: The last moment of use still counts.
PAST: Final = timedelta(seconds=1)
#: Nothing is said while the location is being counted, since that would tell that something is there by the book.
LOOK_AGAIN: Final = timedelta(hours=1)


def watch(container: UUID, use_by: datetime, *, scope: Scope) -> None:
    """A container was opened or made up: the worker looks at it when its last moment of use is past, UTC."""
    messages.arm(USE_BY, container, use_by + PAST, scope=scope)


def use_by_passed(container: UUID, scope: Scope) -> datetime | None:
    """The last moment of use is past: whoever may waste or destroy what is left is asked, once.

    Returns:
        None: there is nothing to look at again; else when.
    """
    held = containers.hold(container)
    if held.balance == NOTHING:
        return None
    if held.location in containers.being_counted():
        return scope.at + LOOK_AGAIN
    left = NewTask(
        kind=LEFTOVER,
        subject_table=held.__tablename__,
        subject=held.id,
        role=Role.NURSE,
        due_at=day_ends(clinics.site(held.site).zone, scope.at),
    )
    tasks.open_once(left, scope=scope)
    return None


def moved(move: Move, *, ours: Container, scope: Scope) -> None:
    """Drug has left a container of stock: where nothing is left, nobody has to do anything with it any more."""
    if ours.visit is not None or move.from_container != ours.id or ours.balance != NOTHING:
        return
    asked = open_tasks.open_about(LEFTOVER, ours.id)
    if asked is not None:
        tasks.close_task(asked.id, "emptied", scope=scope)
