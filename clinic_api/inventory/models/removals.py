"""Rows of stock that leaves by more than one hand: destroyed, sent away, transferred, broken; all append-only."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from clinic_api.database.rows import STRICT, Regulated, Row, refers
from clinic_api.database.types import Code
from clinic_api.inventory.rules.moves import Place
from clinic_api.quantities import Mass


class Removal(Regulated, Row):
    """Whole amounts of containers that are to leave the book; pending until two people have signed it.

    ``contents`` says each container and its micrograms, so that the digest, and a signature over it, covers them.
    ``seen_registration`` is the receiver's, where it leaves the organisation; a guard refuses to leave it out.
    """

    __tablename__ = "removals"
    __table_args__ = (
        refers("registration", "registrations"),
        refers("to_location", "locations"),
        refers("by", "accounts"),
        sa.UniqueConstraint("organisation", "id", "kind"),
        sa.UniqueConstraint("organisation", "operation_id"),
        sa.Index("ix_removals_registration", "organisation", "registration", "kind", "occurred_at"),
        sa.CheckConstraint(
            "kind in ('destroyed', 'reverse-distributor', 'transferred', 'broken')", name="leaves_like_this"
        ),
        sa.CheckConstraint(
            "(kind in ('reverse-distributor', 'transferred')) = (receiver_dea_number is not null)", name="has_receiver"
        ),
        sa.CheckConstraint("(kind = 'destroyed') = (method is not null)", name="destroyed_somehow"),
        sa.CheckConstraint("to_location is null or kind = 'transferred'", name="stays_ours_if_transferred"),
        sa.ForeignKeyConstraint(
            ["organisation", "seen_registration", "receiver_dea_number"],
            [f"seen_registrations.{each}" for each in ("organisation", "id", "dea_number")],
            name="fk_removals_seen_registration",
        ),
        sa.CheckConstraint(
            "seen_registration is null or (kind in ('reverse-distributor', 'transferred') and to_location is null)",
            name="seen_if_it_leaves_us",
        ),
        STRICT,
    )

    kind: Mapped[Place] = mapped_column(Code(Place))
    registration: Mapped[UUID]
    reason: Mapped[str]
    method: Mapped[str | None]
    receiver_name: Mapped[str | None]
    receiver_address: Mapped[str | None]
    receiver_dea_number: Mapped[str | None]
    document: Mapped[str | None]
    to_location: Mapped[UUID | None]
    contents: Mapped[list[Any]]
    share_percent: Mapped[str | None]
    by: Mapped[UUID]
    occurred_at: Mapped[datetime]
    at: Mapped[datetime]
    late_reason: Mapped[str | None]
    operation_id: Mapped[UUID]
    seen_registration: Mapped[UUID | None]


class RemovalLine(Regulated, Row):
    """So much of one container; it is promised to the removal from here on."""

    __tablename__ = "removal_lines"
    __table_args__ = (
        refers("removal", "removals"),
        refers("container", "containers"),
        sa.UniqueConstraint("organisation", "removal", "container"),
        sa.Index("ix_removal_lines_container", "organisation", "container"),
        sa.CheckConstraint("mass > 0", name="removes_something"),
        STRICT,
    )

    removal: Mapped[UUID]
    container: Mapped[UUID]
    mass: Mapped[Mass]


class RemovalSignature(Regulated, Row):
    """One of the two people who did it or watched it; two places, two people."""

    __tablename__ = "removal_signatures"
    __table_args__ = (
        refers("removal", "removals"),
        refers("signer", "accounts"),
        refers("attestation", "attestations"),
        sa.UniqueConstraint("organisation", "removal", "place"),
        sa.UniqueConstraint("organisation", "removal", "signer"),
        sa.UniqueConstraint("organisation", "attestation"),
        sa.CheckConstraint("place between 1 and 2", name="one_or_two"),
        STRICT,
    )

    removal: Mapped[UUID]
    place: Mapped[int]
    signer: Mapped[UUID]
    attestation: Mapped[UUID]
    at: Mapped[datetime]


class RemovalPosting(Regulated, Row):
    """Both have signed and the drug has left. ``id`` is the removal's, so it leaves once; its moves name this row."""

    __tablename__ = "removal_postings"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["organisation", "id", "kind"],
            ["removals.organisation", "removals.id", "removals.kind"],
            name="fk_removal_postings_removal",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "id", "first"],
            [f"removal_signatures.{each}" for each in ("organisation", "removal", "signer")],
            name="fk_removal_postings_first",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "id", "second"],
            [f"removal_signatures.{each}" for each in ("organisation", "removal", "signer")],
            name="fk_removal_postings_second",
        ),
        sa.UniqueConstraint("organisation", "id", "kind"),
        sa.CheckConstraint("first <> second", name="two_people"),
        STRICT,
    )

    kind: Mapped[Place] = mapped_column(Code(Place))
    first: Mapped[UUID]
    second: Mapped[UUID]
    at: Mapped[datetime]


class RemovalWithdrawal(Regulated, Row):
    """A removal that did not happen, with the reason. ``id`` is the removal's; what it held is free again."""

    __tablename__ = "removal_withdrawals"
    __table_args__ = (refers("id", "removals"), STRICT)

    reason: Mapped[str]
    by: Mapped[UUID]
    at: Mapped[datetime]


class Acknowledgement(Regulated, Row):
    """The receiver confirms what arrived. ``id`` is the removal's; until then a shipment is not closed."""

    __tablename__ = "acknowledgements"
    __table_args__ = (refers("id", "removal_postings"), STRICT)

    document: Mapped[str]
    arrived_as_sent: Mapped[bool]
    remarks: Mapped[str | None]
    received_at: Mapped[datetime]
    by: Mapped[UUID]
    at: Mapped[datetime]


class Eligibility(Regulated, Row):
    """Whether a person may be one of the two at a destruction or a loading; the newest row of a person counts."""

    __tablename__ = "eligibilities"
    __table_args__ = (
        refers("account", "accounts"),
        refers("by", "accounts"),
        sa.Index("ix_eligibilities_account", "organisation", "account", "id"),
        STRICT,
    )

    account: Mapped[UUID]
    eligible: Mapped[bool]
    basis: Mapped[str]
    by: Mapped[UUID]
    at: Mapped[datetime]
