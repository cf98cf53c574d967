"""Drift: when a count is in, what small differences add up to, told once as a task; never an adjustment."""

from uuid import UUID

from clinic_api.accounts.rules.roles import Role
from clinic_api.audit import service as audit
from clinic_api.clinics import queries as clinics
from clinic_api.clinics.rules.standing import day_ends
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import new_id
from clinic_api.inventory.models.counts import CountSheet, DriftAlert
from clinic_api.inventory.queries import drift as drifts
from clinic_api.inventory.rules.drift import Drift, Reason
from clinic_api.inventory.rules.moves import Event
from clinic_api.tasks import queries as asked
from clinic_api.tasks import service as tasks
from clinic_api.tasks.rules import NewTask

#: The task that small differences open which add up.
DRIFT = "count-drift"


def look(sheet: CountSheet, *, site: UUID, scope: Scope) -> None:
    """Tell what drifts too far since it was last told; while that task is open, the same is not told again."""
    for fresh in drifts.since_told(site, sheet.id):
        reason = fresh.drift.reason(fresh.limits)
        if reason is None or (fresh.told is not None and asked.open_about(DRIFT, fresh.told) is not None):
            continue
        alert = put(_alert(fresh.drift, reason, sheet, scope))
        audit.record(Event.DRIFT_FOUND, alert, reason=reason)
        tasks.open_task(
            NewTask(
                kind=DRIFT,
                subject_table=alert.__tablename__,
                subject=alert.id,
                role=Role.CUSTODIAN,
                due_at=day_ends(clinics.site(site).zone, scope.at),
            ),
            scope=scope,
        )


def _alert(drift: Drift, reason: Reason, sheet: CountSheet, scope: Scope) -> DriftAlert:
    return DriftAlert(
        organisation=scope.organisation,
        id=new_id(scope.at),
        count=sheet.id,
        subject=drift.key.subject,
        product=drift.key.product,
        container=drift.key.container,
        location=drift.key.location,
        person=drift.key.person,
        reason=reason,
        counts=drift.counts,
        one_sided=drift.one_sided,
        sum_ug=drift.sum_ug,
        resolution_ug=drift.resolution_ug,
        at=scope.at,
    )
