"""Reading patient-specific kits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from clinic_api.audit import service as audit
from clinic_api.clinics import queries as clinics
from clinic_api.clinics.rules.standing import day_in
from clinic_api.database.keys import Place, seal, unseal
from clinic_api.database.rows import db
from clinic_api.database.scope import scope
from clinic_api.inventory.models.kits import PatientKit
from clinic_api.inventory.models.stock import Container, Product
from clinic_api.inventory.queries.phrases import refers_to
from clinic_api.inventory.rules.kits import Kit
from clinic_api.quantities import NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class KitShown:
    """A kit that still holds drug: whose it is, and how many days are left; below zero it is overdue."""

    container: UUID
    label: str
    product_name: str
    patient: UUID
    prescription: str
    received_on: date
    last_day: date
    days_left: int


def sealed(prescription: str, container: UUID) -> bytes:
    """A prescription's number for its place beside a container."""
    return seal(prescription.encode(), _place(container))


def prescription_of(kit: PatientKit) -> str:
    """Under which prescription a kit came."""
    return unseal(kit.prescription, _place(kit.id)).decode()


def kit_of(held: Container) -> Kit | None:
    """Whose kit a container is; None for general stock."""
    row = db.session.execute(sa.select(PatientKit).where(PatientKit.id == held.id)).scalar_one_or_none()
    if row is None:
        return None
    zone = clinics.site(held.site).zone
    return Kit(container=held.label, patient=row.patient, last_day=row.last_day, zone=zone)


def kits(site: UUID, *, until: date | None) -> Sequence[KitShown]:
    """A site's kits that hold drug, soonest due first.

    Args:
        until: only those whose last day is no later; None for all.

    Raises:
        NoSuchSite: not here.
    """
    today = day_in(clinics.site(site).zone, scope().at)
    query = (
        sa.select(PatientKit, Container, Product.name)
        .join(Container, refers_to(PatientKit.id, Container))
        .join(Product, refers_to(Container.product, Product))
        .where(Container.site == site, Container.balance > NOTHING)
        .order_by(PatientKit.last_day, PatientKit.id)
    )
    if until is not None:
        query = query.where(PatientKit.last_day <= until)
    rows = db.session.execute(query).all()
    audit.shows(*{kit.patient for kit, _, _ in rows})
    return [
        KitShown(
            container=kit.id,
            label=held.label,
            product_name=name,
            patient=kit.patient,
            prescription=prescription_of(kit),
            received_on=kit.received_on,
            last_day=kit.last_day,
            days_left=(kit.last_day - today).days,
        )
        for kit, held, name in rows
    ]


def _place(container: UUID) -> Place:
    return Place("patient_kits", "prescription", container)
