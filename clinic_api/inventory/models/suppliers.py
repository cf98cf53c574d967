"""Rows of suppliers, and of what a delivery cost, which no digest covers and no ledger names."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from clinic_api.database.rows import STRICT, Regulated, Row, refers
from clinic_api.database.types import Code
from clinic_api.inventory.rules.receivers import Activity, SeenAs


class SupplierRow(Regulated, Row):
    """A supplier as one document named it; the newest version of a DEA number counts."""

    __tablename__ = "suppliers"
    __table_args__ = (
        refers("by", "accounts"),
        sa.UniqueConstraint("organisation", "dea_number", "version"),
        sa.UniqueConstraint("organisation", "id", "dea_number"),
        sa.CheckConstraint("version > 0", name="from_one"),
        STRICT,
    )

    dea_number: Mapped[str]
    version: Mapped[int]
    name: Mapped[str]
    address: Mapped[str]
    by: Mapped[UUID]
    at: Mapped[datetime]


class SupplierVerification(Regulated, Row):
    """Somebody made sure that this version is right. A later one stands beside it."""

    __tablename__ = "supplier_verifications"
    __table_args__ = (
        refers("supplier", "suppliers"),
        refers("by", "accounts"),
        sa.UniqueConstraint("organisation", "id", "supplier"),
        sa.Index("ix_supplier_verifications_supplier", "organisation", "supplier"),
        STRICT,
    )

    supplier: Mapped[UUID]
    how: Mapped[str]
    by: Mapped[UUID]
    at: Mapped[datetime]


class SeenRegistration(Regulated, Row):
    """What was seen of a registration when its holder was verified. ``id`` is the verification's; stock that leaves
    names this row, under the same DEA number.
    """

    __tablename__ = "seen_registrations"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["organisation", "id", "supplier"],
            [f"supplier_verifications.{each}" for each in ("organisation", "id", "supplier")],
            name="fk_seen_registrations_verification",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "supplier", "dea_number"],
            [f"suppliers.{each}" for each in ("organisation", "id", "dea_number")],
            name="fk_seen_registrations_supplier",
        ),
        sa.UniqueConstraint("organisation", "id", "dea_number"),
        STRICT,
    )

    supplier: Mapped[UUID]
    dea_number: Mapped[str]
    seen_as: Mapped[SeenAs] = mapped_column(Code(SeenAs))
    activity: Mapped[Activity] = mapped_column(Code(Activity))
    schedules: Mapped[list[str]]
    valid_until: Mapped[date]


class ReceiptCost(Row):
    """What one vial of a receipt's line cost; the newest version counts.

    Not regulated: a digest of so few possible amounts would tell the amount, and the audit log is an inspector's.
    """

    __tablename__ = "receipt_costs"
    __table_args__ = (
        refers("receipt_line", "receipt_lines"),
        refers("by", "accounts"),
        sa.UniqueConstraint("organisation", "receipt_line", "version"),
        sa.CheckConstraint("unit_cents >= 0 and version > 0", name="from_zero"),
        STRICT,
    )

    receipt_line: Mapped[UUID]
    version: Mapped[int]
    unit_cents: Mapped[int]
    by: Mapped[UUID]
    at: Mapped[datetime]
