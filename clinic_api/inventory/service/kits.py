"""Binding containers to the patient they came for, and drawing from them for nobody else."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from clinic_api.accounts.rules.roles import Role
from clinic_api.audit import service as audit
from clinic_api.clinics import queries as clinics
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.inventory.models.kits import KitUse, PatientKit
from clinic_api.inventory.models.stock import Container
from clinic_api.inventory.queries import kits, law
from clinic_api.inventory.queries.storage import TakenIn
from clinic_api.inventory.rules.drawing import expires_at
from clinic_api.inventory.rules.kits import check_one_kit, check_patient_specific, last_day_for
from clinic_api.inventory.rules.moves import Event
from clinic_api.inventory.rules.settling import Settled
from clinic_api.quantities import NOTHING
from clinic_api.tasks import queries as open_tasks
from clinic_api.tasks import service as tasks
from clinic_api.tasks.rules import NewTask

if TYPE_CHECKING:
    from clinic_api.patients.models import Visit

#: The task that a kit opens: it is given, or sent back, by its last day.
DEADLINE = "kit-deadline"


def bind(taken: TakenIn, said: Settled, *, site: UUID, received_on: date, scope: Scope) -> list[PatientKit]:
    """Each vial of a patient-specific line is that patient's from now on, until its last day.

    Args:
        received_on: the day on which it came, at the site; the days run from there, as many as the law said then.

    Raises:
        NobodySays: no jurisdiction says how many.
    """
    if said.patient is None or said.prescription is None:
        return []
    version, within = law.administer_within(site, received_on=received_on)
    bound = []
    for vial in taken.vials:
        kit = put(
            PatientKit(
                organisation=scope.organisation,
                id=vial.id,
                receipt_line=taken.line.id,
                patient=said.patient,
                prescription=kits.sealed(said.prescription, vial.id),
                received_on=received_on,
                last_day=last_day_for(received_on, within),
                jurisdiction=version,
                at=scope.at,
            )
        )
        audit.record(Event.KIT_BOUND, kit)
        tasks.open_task(_deadline(kit, vial), scope=scope)
        bound.append(kit)
    return bound


def check_for(held: Iterable[Container], visit: "Visit", *, scope: Scope) -> None:
    """Refuse to draw from another patient's kit, after its last day, or from two in one draw.

    Raises:
        ForAnotherPatient, KitPastDeadline, OneKitAtATime: see ``rules.kits``.
    """
    found = [kits.kit_of(each) for each in held]
    for kit in found:
        check_patient_specific(kit, patient=visit.patient, at=scope.at)
    check_one_kit(found)


def used(held: Container, syringe: Container, visit: "Visit", *, scope: Scope) -> None:
    """Write down that a kit was drawn from; where nothing is left of it, its deadline is met."""
    if kits.kit_of(held) is None:
        return
    use = put(KitUse(organisation=scope.organisation, id=syringe.id, kit=held.id, patient=visit.patient, at=scope.at))
    audit.record(Event.KIT_USED, use)
    gone(held, "given", scope=scope)


def gone(held: Container, outcome: str, *, scope: Scope) -> None:
    """Close a kit's deadline when it holds nothing any more; of anything else nothing is asked."""
    asked = open_tasks.open_about(DEADLINE, held.id) if held.balance == NOTHING else None
    if asked is not None:
        tasks.close_task(asked.id, outcome, scope=scope)


def _deadline(kit: PatientKit, vial: Container) -> NewTask:
    return NewTask(
        kind=DEADLINE,
        subject_table=kit.__tablename__,
        subject=kit.id,
        role=Role.CUSTODIAN,
        due_at=expires_at(kit.last_day, clinics.site(vial.site).zone),
    )
