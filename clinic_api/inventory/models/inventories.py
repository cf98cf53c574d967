"""Rows of statutory inventories; all append-only. What was signed is a signed record."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from clinic_api.database.rows import STRICT, Regulated, Row, refers
from clinic_api.database.types import Code
from clinic_api.inventory.rules.inventories import Business
from clinic_api.inventory.rules.kinds import CountKind


class Inventory(Regulated, Row):
    """A statutory inventory of a whole registration, opened: one count of each of its locations."""

    __tablename__ = "inventories"
    __table_args__ = (
        refers("registration", "registrations"),
        sa.Index("ix_inventories_registration", "organisation", "registration", "at"),
        sa.CheckConstraint("kind in ('initial', 'biennial', 'registration-closing')", name="asked_by_law"),
        sa.CheckConstraint("persons between 1 and 2", name="one_or_two"),
        STRICT,
    )

    registration: Mapped[UUID]
    kind: Mapped[CountKind] = mapped_column(Code(CountKind))
    business: Mapped[Business] = mapped_column(Code(Business))
    persons: Mapped[int]
    by: Mapped[UUID]
    at: Mapped[datetime]


class InventoryCount(Regulated, Row):
    """The count of one location of an inventory. ``id`` is the count's."""

    __tablename__ = "inventory_counts"
    __table_args__ = (
        refers("id", "counts"),
        refers("inventory", "inventories"),
        sa.Index("ix_inventory_counts_inventory", "organisation", "inventory"),
        STRICT,
    )

    inventory: Mapped[UUID]


class InventoryTaken(Regulated, Row):
    """An inventory as it was frozen and signed. ``id`` is the inventory's, so each is frozen once.

    ``counted_on`` is the site's day on which its first entries were in: the next one is due from there.
    """

    __tablename__ = "inventories_taken"
    __table_args__ = (
        refers("id", "inventories"),
        refers("record", "signed_records"),
        sa.UniqueConstraint("organisation", "record"),
        STRICT,
    )

    record: Mapped[UUID]
    counted_on: Mapped[date]
    by: Mapped[UUID]
    at: Mapped[datetime]


class InventorySignature(Regulated, Row):
    """One taker's signature under the signed record of an inventory."""

    __tablename__ = "inventory_signatures"
    __table_args__ = (
        refers("inventory", "inventories_taken"),
        refers("signer", "accounts"),
        refers("attestation", "attestations"),
        sa.UniqueConstraint("organisation", "inventory", "place"),
        sa.UniqueConstraint("organisation", "inventory", "signer"),
        sa.CheckConstraint("place between 1 and 2", name="one_or_two"),
        STRICT,
    )

    inventory: Mapped[UUID]
    place: Mapped[int]
    signer: Mapped[UUID]
    attestation: Mapped[UUID]
    at: Mapped[datetime]
