"""The clocks of the house about a discrepancy: who is asked, and who next when nobody answered."""

from datetime import datetime
from typing import Final
from uuid import UUID

from clinic_api.clinics import queries as clinics
from clinic_api.database.scope import Scope
from clinic_api.inventory.models.discrepancies import Discrepancy
from clinic_api.inventory.queries import discrepancies, discrepancy_policy
from clinic_api.inventory.rules.discrepancies import OPENED_WITH, UNSETTLED, Act
from clinic_api.inventory.rules.loss_policy import Rung, climbed
from clinic_api.messages import service as messages
from clinic_api.tasks import queries as open_tasks
from clinic_api.tasks import service as tasks
from clinic_api.tasks.rules import NewTask

#: The kind of a due row whose subject is a discrepancy that nobody has settled.
CLOCK: Final = "discrepancy-clock"


def start(row: Discrepancy, *, since: datetime, act: Act, scope: Scope) -> None:
    """The first rung is asked, and the ladder is looked at again when it has passed.

    Where the act that showed the discrepancy opened a task of its own, that one is the first rung.

    Args:
        act: what started the clocks: it came up, or came up again.
    """
    rungs, zone = discrepancy_policy.clocks().rungs, clinics.site(row.site).zone
    if act is Act.REOPEN or row.origin not in OPENED_WITH:
        ask(row, rungs[0], since=since, scope=scope)
    messages.arm(CLOCK, row.id, rungs[0].due_at(since, zone=zone), scope=scope)


def climb(discrepancy: UUID, scope: Scope) -> datetime | None:
    """Somebody's time has passed: ask the next one.

    Returns:
        When to look again; None where it is settled, or everybody was asked.
    """
    row, last = discrepancies.discrepancy(discrepancy), discrepancies.last_event(discrepancy)
    if last.to_state not in UNSETTLED:
        return None
    since, zone = discrepancies.came_up_at(row), clinics.site(row.site).zone
    due, again = climbed(discrepancy_policy.clocks().rungs, since=since, at=scope.at, zone=zone)
    for rung in due:
        ask(row, rung, since=since, scope=scope)
    return again


def ask(row: Discrepancy, rung: Rung, *, since: datetime, scope: Scope) -> None:
    """Make a rung's task, unless it is open."""
    due_at = rung.due_at(since, zone=clinics.site(row.site).zone)
    asked = NewTask(kind=rung.task, subject_table=row.__tablename__, subject=row.id, role=rung.role, due_at=due_at)
    tasks.open_once(asked, scope=scope)


def settle(row: Discrepancy, outcome: str, *, scope: Scope) -> None:
    """It is known what it is: nobody is asked for that any more."""
    messages.disarm(CLOCK, row.id, scope=scope)
    clocks = discrepancy_policy.clocks()
    done(row.id, *(rung.task for rung in (*clocks.rungs, clocks.recount)), outcome=outcome, scope=scope)
    for subject in (row.subject, *discrepancies.counted_again(row.id)):
        if subject is not None and row.origin in OPENED_WITH:
            done(subject, OPENED_WITH[row.origin], outcome=outcome, scope=scope)


def done(subject: UUID, *kinds: str, outcome: str, scope: Scope) -> None:
    """Close the open tasks of some kinds about a record."""
    for kind in kinds:
        task = open_tasks.open_about(kind, subject)
        if task is not None:
            tasks.close_task(task.id, outcome, scope=scope)
