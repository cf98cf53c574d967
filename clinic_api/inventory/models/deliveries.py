"""Rows of deliveries: logged, counted, signed for, ended; all append-only. Stock itself begins with a receipt."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from clinic_api.database.rows import STRICT, Regulated, Row, refers
from clinic_api.database.types import Code
from clinic_api.inventory.rules.deliveries import State
from clinic_api.inventory.rules.papers import Group, PaperKind


class DeliveryRow(Regulated, Row):
    """What came to the door, from whom, under which paper; it pins how many people this practice receives with."""

    __tablename__ = "deliveries"
    __table_args__ = (
        refers("location", "locations"),
        refers("supplier", "suppliers"),
        refers("stock_order", "stock_orders"),
        refers("by", "accounts"),
        sa.UniqueConstraint("organisation", "operation_id"),
        sa.Index("ix_deliveries_location", "organisation", "location"),
        sa.Index("ix_deliveries_stock_order", "organisation", "stock_order"),
        sa.CheckConstraint("(drug_group = 'CII') = (document in ('form-222', 'csos'))", name="fitting_paper"),
        sa.CheckConstraint("(drug_group = 'CII') = (stock_order is not null)", name="two_is_ordered"),
        sa.CheckConstraint("drug_group in ('CII', 'CIII-V')", name="one_group"),
        sa.CheckConstraint("(attachment_name is null) = (attachment_sha256 is null)", name="whole_attachment"),
        sa.CheckConstraint("length(coalesce(attachment_sha256, '')) in (0, 64)", name="whole_hash"),
        sa.CheckConstraint("persons between 1 and 2", name="one_or_two"),
        STRICT,
    )

    location: Mapped[UUID]
    supplier: Mapped[UUID]
    drug_group: Mapped[Group] = mapped_column(Code(Group))
    document: Mapped[PaperKind] = mapped_column(Code(PaperKind))
    document_number: Mapped[str]
    document_date: Mapped[date]
    stock_order: Mapped[UUID | None]
    carrier: Mapped[str | None]
    condition: Mapped[str | None]
    attachment_name: Mapped[str | None]
    attachment_sha256: Mapped[str | None]
    blind: Mapped[bool]
    persons: Mapped[int]
    profile: Mapped[str]
    profile_version: Mapped[int]
    by: Mapped[UUID]
    arrived_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    late_reason: Mapped[str | None]
    operation_id: Mapped[UUID]


class DeliveryLine(Regulated, Row):
    """One line of the delivery's document: so many vials were charged."""

    __tablename__ = "delivery_lines"
    __table_args__ = (
        refers("delivery", "deliveries"),
        sa.UniqueConstraint("organisation", "delivery", "place"),
        sa.CheckConstraint("invoiced >= 0", name="from_zero"),
        sa.CheckConstraint("(lot is null) = (expiry is null)", name="whole_lot"),
        STRICT,
    )

    delivery: Mapped[UUID]
    place: Mapped[int]
    ndc: Mapped[str]
    invoiced: Mapped[int]
    lot: Mapped[str | None]
    expiry: Mapped[date | None]


class DeliveryCount(Regulated, Row):
    """Somebody counted what came; the newest counts. Its digest covers the delivery's and every line's.

    ``blind`` says that the document's figures were withheld from the one who counted.
    """

    __tablename__ = "delivery_counts"
    __table_args__ = (
        refers("delivery", "deliveries"),
        refers("counted_by", "accounts"),
        sa.UniqueConstraint("organisation", "delivery", "number"),
        sa.UniqueConstraint("organisation", "id", "delivery"),
        sa.CheckConstraint("number > 0", name="from_one"),
        STRICT,
    )

    delivery: Mapped[UUID]
    number: Mapped[int]
    counted_by: Mapped[UUID]
    blind: Mapped[bool]
    lines: Mapped[list[str]]
    at: Mapped[datetime]


class DeliveryCountLine(Regulated, Row):
    """What was there of one lot at the count of that number: to be accepted, and turned away with the reason.

    A prescription's number points to one patient, so it is sealed.
    """

    __tablename__ = "delivery_count_lines"
    __table_args__ = (
        refers("delivery", "deliveries"),
        refers("patient", "patients"),
        sa.UniqueConstraint("organisation", "delivery", "number", "place"),
        sa.CheckConstraint("received >= 0 and turned_away >= 0", name="from_zero"),
        sa.CheckConstraint("(turned_away > 0) = (turned_away_reason is not null)", name="turned_away_for_a_reason"),
        sa.CheckConstraint("(patient is null) = (prescription is null)", name="whole_kit"),
        STRICT,
    )

    delivery: Mapped[UUID]
    number: Mapped[int]
    place: Mapped[int]
    ndc: Mapped[str]
    lot: Mapped[str]
    expiry: Mapped[date]
    received: Mapped[int]
    turned_away: Mapped[int]
    turned_away_reason: Mapped[str | None]
    patient: Mapped[UUID | None]
    prescription: Mapped[bytes | None]


class DeliverySignature(Regulated, Row):
    """One person's signature for a delivery as it was counted; ``occurred_at`` is when custody is said to begin."""

    __tablename__ = "delivery_signatures"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["organisation", "count", "delivery"],
            ["delivery_counts.organisation", "delivery_counts.id", "delivery_counts.delivery"],
            name="fk_count_delivery_counts",
        ),
        refers("signer", "accounts"),
        refers("attestation", "attestations"),
        sa.UniqueConstraint("organisation", "delivery", "place"),
        sa.UniqueConstraint("organisation", "delivery", "signer"),
        sa.UniqueConstraint("organisation", "id", "delivery"),
        sa.CheckConstraint("place between 1 and 2", name="one_or_two"),
        STRICT,
    )

    delivery: Mapped[UUID]
    count: Mapped[UUID]
    place: Mapped[int]
    signer: Mapped[UUID]
    attestation: Mapped[UUID]
    occurred_at: Mapped[datetime]
    late_reason: Mapped[str | None]
    at: Mapped[datetime]


class DeliveryEnding(Regulated, Row):
    """What became of a delivery. ``id`` is the delivery's, so it is accepted once or refused once, never both."""

    __tablename__ = "delivery_endings"
    __table_args__ = (
        refers("id", "deliveries"),
        refers("receipt", "receipts"),
        sa.ForeignKeyConstraint(
            ["organisation", "signature", "id"],
            ["delivery_signatures.organisation", "delivery_signatures.id", "delivery_signatures.delivery"],
            name="fk_signature_delivery_signatures",
        ),
        refers("by", "accounts"),
        sa.UniqueConstraint("organisation", "receipt"),
        sa.CheckConstraint("outcome in ('accepted', 'refused')", name="one_of_two"),
        sa.CheckConstraint("(outcome = 'accepted') = (receipt is not null)", name="accepted_is_received"),
        sa.CheckConstraint("(outcome = 'accepted') = (signature is not null)", name="accepted_is_signed"),
        sa.CheckConstraint("(outcome = 'refused') = (reason is not null)", name="refused_for_a_reason"),
        STRICT,
    )

    outcome: Mapped[State] = mapped_column(Code(State))
    receipt: Mapped[UUID | None]
    signature: Mapped[UUID | None]
    reason: Mapped[str | None]
    by: Mapped[UUID]
    at: Mapped[datetime]
