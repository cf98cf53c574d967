"""Rows of patient-specific kits; a container that has one is this patient's and nobody else's."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from clinic_api.database.rows import STRICT, Regulated, Row, refers


class PatientKit(Regulated, Row):
    """A container came for one patient, to be given by a day. ``id`` is the container's; it pins the law it goes by.

    The prescription's number is sealed.
    """

    __tablename__ = "patient_kits"
    __table_args__ = (
        refers("id", "containers"),
        refers("receipt_line", "receipt_lines"),
        refers("patient", "patients"),
        refers("jurisdiction", "policy_versions"),
        sa.UniqueConstraint("organisation", "id", "patient"),
        sa.Index("ix_patient_kits_last_day", "organisation", "last_day"),
        sa.CheckConstraint("last_day >= received_on", name="forward"),
        STRICT,
    )

    receipt_line: Mapped[UUID]
    patient: Mapped[UUID]
    prescription: Mapped[bytes]
    received_on: Mapped[date]
    last_day: Mapped[date]
    jurisdiction: Mapped[UUID]
    at: Mapped[datetime]


class KitUse(Regulated, Row):
    """A syringe was drawn from a kit. ``id`` is the syringe's; its patient can only be the kit's."""

    __tablename__ = "kit_uses"
    __table_args__ = (
        refers("id", "containers"),
        sa.ForeignKeyConstraint(
            ["organisation", "kit", "patient"],
            ["patient_kits.organisation", "patient_kits.id", "patient_kits.patient"],
            name="fk_kit_patient_kits",
        ),
        sa.Index("ix_kit_uses_kit", "organisation", "kit"),
        STRICT,
    )

    kit: Mapped[UUID]
    patient: Mapped[UUID]
    at: Mapped[datetime]
