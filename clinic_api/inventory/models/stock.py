"""Rows of stock: products, places, receipts, containers. Only a balance ever changes, together with a move."""

from datetime import date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from clinic_api.database.rows import CHANGES, STRICT, Regulated, Row, refers
from clinic_api.database.types import Code
from clinic_api.inventory.rules.products import ContainerKind
from clinic_api.quantities import Mass, Volume


class Product(Regulated, Row):
    """A package as one version of its drug's policy describes it; past moves keep theirs."""

    __tablename__ = "products"
    __table_args__ = (
        refers("policy", "policy_versions"),
        sa.UniqueConstraint("organisation", "policy", "key"),
        sa.CheckConstraint("content > 0 and volume > 0", name="holds_something"),
        STRICT,
    )

    policy: Mapped[UUID]
    key: Mapped[str]
    drug: Mapped[str]
    name: Mapped[str]
    labeler: Mapped[str]
    ndc: Mapped[str]
    schedule: Mapped[str]
    registration_schedule: Mapped[str]
    kind: Mapped[ContainerKind] = mapped_column(Code(ContainerKind))
    concentration: Mapped[Fraction]
    volume: Mapped[Volume]
    content: Mapped[Mass]
    beyond_use_days: Mapped[int]
    overfill_cap: Mapped[Mass]
    hub_cap: Mapped[Mass | None]
    resolutions: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class Location(Regulated, Row):
    """A locked place for drug under one registration; stock of two registrations never lies together."""

    __tablename__ = "locations"
    __table_args__ = (
        refers("site", "sites"),
        refers("registration", "registrations"),
        sa.UniqueConstraint("organisation", "registration", "name"),
        STRICT,
    )

    site: Mapped[UUID]
    registration: Mapped[UUID]
    name: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[UUID]


class Receipt(Regulated, Row):
    """Stock accepted from a supplier under one invoice."""

    __tablename__ = "receipts"
    __table_args__ = (
        refers("location", "locations"),
        refers("received_by", "accounts"),
        sa.UniqueConstraint("organisation", "operation_id"),
        STRICT,
    )

    location: Mapped[UUID]
    supplier_name: Mapped[str]
    supplier_address: Mapped[str]
    supplier_dea_number: Mapped[str]
    invoice_number: Mapped[str]
    invoice_date: Mapped[date]
    received_by: Mapped[UUID]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    late_reason: Mapped[str | None]
    operation_id: Mapped[UUID]


class ReceiptLine(Regulated, Row):
    """So many vials were invoiced, so many came; both numbers stay."""

    __tablename__ = "receipt_lines"
    __table_args__ = (
        refers("receipt", "receipts"),
        refers("product", "products"),
        sa.Index("ix_receipt_lines_receipt", "organisation", "receipt"),
        sa.CheckConstraint("invoiced >= 0 and received >= 0 and invoiced + received > 0", name="some_vials"),
        STRICT,
    )

    receipt: Mapped[UUID]
    product: Mapped[UUID]
    ndc: Mapped[str]
    lot: Mapped[str]
    expiry: Mapped[date]
    invoiced: Mapped[int]
    received: Mapped[int]


class Container(Regulated, Row):
    """A vial with its number, or what was drawn from some; ``balance`` is a checked cache of its moves.

    ``parent`` is the first that it was drawn from, whose number it continues; its moves say all of them, ``lot`` all
    their lots and ``expiry`` the earliest.
    """

    __tablename__ = "containers"
    __table_args__ = (
        refers("product", "products"),
        refers("registration", "registrations"),
        refers("site", "sites"),
        refers("location", "locations"),
        refers("receipt_line", "receipt_lines"),
        refers("parent", "containers"),
        refers("visit", "visits"),
        sa.UniqueConstraint("organisation", "label"),
        sa.UniqueConstraint("organisation", "id", "registration"),
        sa.UniqueConstraint("organisation", "id", "kind", "content"),
        sa.Index("ix_containers_site", "organisation", "site", "id"),
        sa.Index("ix_containers_location", "organisation", "location"),
        sa.Index("ix_containers_location_product", "organisation", "location", "product"),
        sa.Index(
            "ix_containers_holding",
            *("organisation", "location"),
            sqlite_where=sa.text("balance > 0"),
            postgresql_where=sa.text("balance > 0"),
        ),
        sa.Index(
            "ix_containers_vials",
            *("organisation", "id"),
            sqlite_where=sa.text("parent is null"),
            postgresql_where=sa.text("parent is null"),
        ),
        sa.Index("ix_containers_parent", "organisation", "parent"),
        sa.Index("ix_containers_visit", "organisation", "visit"),
        sa.CheckConstraint("balance >= 0", name="never_below_zero"),
        sa.CheckConstraint("content > 0", name="holds_something"),
        sa.CheckConstraint("(parent is null) = (receipt_line is not null)", name="received_or_drawn"),
        sa.CheckConstraint("visit is null or parent is not null", name="drawn_for_a_visit"),
        STRICT,
    )

    kind: Mapped[ContainerKind] = mapped_column(Code(ContainerKind))
    label: Mapped[str]
    product: Mapped[UUID]
    registration: Mapped[UUID]
    site: Mapped[UUID]
    location: Mapped[UUID]
    lot: Mapped[str]
    expiry: Mapped[date]
    concentration: Mapped[Fraction]
    content: Mapped[Mass]
    volume: Mapped[Volume]
    receipt_line: Mapped[UUID | None]
    parent: Mapped[UUID | None]
    visit: Mapped[UUID | None]
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]
    balance: Mapped[Mass] = mapped_column(info=CHANGES)


class Puncture(Regulated, Row):
    """The first opening of a vial. ``id`` is the container's, so there is one, and it never changes."""

    __tablename__ = "punctures"
    __table_args__ = (refers("id", "containers"), sa.CheckConstraint("use_by >= at", name="forward"), STRICT)

    at: Mapped[datetime]
    use_by: Mapped[datetime]
    by: Mapped[UUID]


class Quarantine(Regulated, Row):
    """A container is set apart. ``id`` is the container's."""

    __tablename__ = "quarantines"
    __table_args__ = (refers("id", "containers"), STRICT)

    reason: Mapped[str]
    by: Mapped[UUID]
    at: Mapped[datetime]


class Return(Regulated, Row):
    """A whole container is given back: to whom, under which document. ``id`` is the container's.

    It is the first; what comes after it was taken back is a further one.
    """

    __tablename__ = "returns"
    __table_args__ = (refers("id", "containers"), STRICT)

    receiver_name: Mapped[str]
    receiver_address: Mapped[str]
    receiver_dea_number: Mapped[str]
    document: Mapped[str]
    by: Mapped[UUID]
    at: Mapped[datetime]


class FurtherReturn(Regulated, Row):
    """A container whose return was taken back is given back again. ``id`` is its move's.

    ``before`` is the move of the return before it, and ``taken_back`` the reversal that took back the last of that one:
    so of all returns of a container one at most stands.
    """

    __tablename__ = "further_returns"
    __table_args__ = (
        refers("id", "moves"),
        refers("container", "returns"),
        sa.ForeignKeyConstraint(
            ["organisation", "before", "mass"],
            [f"moves.{each}" for each in ("organisation", "id", "mass")],
            name="fk_further_returns_before",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "taken_back", "before", "mass"],
            [f"reversals.{each}" for each in ("organisation", "id", "original", "total")],
            name="fk_further_returns_taken_back",
        ),
        sa.UniqueConstraint("organisation", "before"),
        sa.Index("ix_further_returns_container", "organisation", "container"),
        STRICT,
    )

    container: Mapped[UUID]
    before: Mapped[UUID]
    mass: Mapped[Mass]
    taken_back: Mapped[UUID]
    receiver_name: Mapped[str]
    receiver_address: Mapped[str]
    receiver_dea_number: Mapped[str]
    document: Mapped[str]
    by: Mapped[UUID]
    at: Mapped[datetime]
