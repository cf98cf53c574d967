"""Where one person counts alone, a second one counts along every week: the task that asks for it."""

from clinic_api.accounts.rules.roles import Role
from clinic_api.clinics import queries as clinics
from clinic_api.clinics.rules.standing import day_ends
from clinic_api.database.scope import Scope
from clinic_api.inventory.models.counts import Count
from clinic_api.inventory.queries import counts, parts, storage
from clinic_api.inventory.rules.kinds import second_due
from clinic_api.inventory.rules.sheets import CountState
from clinic_api.tasks import queries as asked
from clinic_api.tasks import service as tasks
from clinic_api.tasks.rules import NewTask

#: The task that asks for a count by a second person.
SECOND_PERSON = "second-person-count"


def after(count: Count, *, scope: Scope) -> None:
    """A count was signed: one by two people answers the week's task, and the next is asked for a week later.

    A count of a part answers nothing. The task is open from the week's first count on and due at its end, so that
    it also comes due in a week in which nobody counts.
    """
    if not clinics.profile().counts.second_person_weekly or not parts.part(count.id).whole:
        return
    if counts.state(count) is not CountState.COMPLETE:
        return
    open_one = asked.open_about(SECOND_PERSON, count.location)
    if count.persons > 1 and open_one is not None:
        tasks.close_task(open_one.id, "counted-by-two", scope=scope)
    tasks.open_once(_task(count, scope), scope=scope)


def _task(count: Count, scope: Scope) -> NewTask:
    zone = clinics.site(storage.location(count.location).site).zone
    last = parts.second_signed(count.location)
    return NewTask(
        kind=SECOND_PERSON,
        subject_table="locations",
        subject=count.location,
        role=Role.CUSTODIAN,
        due_at=day_ends(zone, second_due(last or scope.at)),
    )
