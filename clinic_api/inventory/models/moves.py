"""Rows of moves and wastes; all append-only."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from clinic_api.database.rows import STRICT, Regulated, Row, refers
from clinic_api.database.types import Code
from clinic_api.inventory.rules.moves import Place
from clinic_api.quantities import Mass, Volume

#: The coded places by their kind, as the database checks them.
_IN = "('supplier', 'overfill', 'transferred', 'adjusted')"
_OUT = (
    "('patient', 'waste', 'returned', 'hub', 'destroyed', 'reverse-distributor', 'transferred', 'broken', "
    "'adjusted', 'lost')"
)
_DRAWN = "(from_container is not null and to_container is not null and reversal is null)"
_BY_TWO = "('destroyed', 'reverse-distributor', 'transferred', 'broken')"


class Waste(Regulated, Row):
    """A remainder that somebody wants to waste; pending until it is posted or taken back."""

    __tablename__ = "wastes"
    __table_args__ = (
        refers("container", "containers"),
        refers("visit", "visits"),
        refers("by", "accounts"),
        sa.UniqueConstraint("organisation", "id", "by"),
        sa.UniqueConstraint("organisation", "operation_id", "container"),
        sa.Index("ix_wastes_container", "organisation", "container"),
        sa.Index("ix_wastes_visit", "organisation", "visit"),
        sa.CheckConstraint("mass > 0", name="wastes_something"),
        STRICT,
    )

    container: Mapped[UUID]
    visit: Mapped[UUID | None]
    mass: Mapped[Mass]
    reason: Mapped[str]
    method: Mapped[str]
    bag: Mapped[str | None]
    by: Mapped[UUID]
    at: Mapped[datetime]
    due_at: Mapped[datetime]
    operation_id: Mapped[UUID]


class WastePosting(Regulated, Row):
    """Another person watched. ``id`` is the waste's, so each is posted once; its move names this row."""

    __tablename__ = "waste_postings"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["organisation", "id", "author"],
            ["wastes.organisation", "wastes.id", "wastes.by"],
            name="fk_waste_postings_waste",
        ),
        refers("witness", "accounts"),
        refers("attestation", "attestations"),
        sa.UniqueConstraint("organisation", "attestation"),
        sa.CheckConstraint("witness <> author", name="two_people"),
        STRICT,
    )

    author: Mapped[UUID]
    witness: Mapped[UUID]
    attestation: Mapped[UUID]
    at: Mapped[datetime]


class WasteWithdrawal(Regulated, Row):
    """The proposal was wrong, or was overtaken. ``id`` is the waste's, so each is taken back once; nothing moves."""

    __tablename__ = "waste_withdrawals"
    __table_args__ = (
        refers("id", "wastes"),
        refers("by", "accounts"),
        sa.CheckConstraint("length(reason) >= 3", name="says_why"),
        STRICT,
    )

    reason: Mapped[str]
    by: Mapped[UUID]
    at: Mapped[datetime]


class Move(Regulated, Row):
    """Drug goes from one end to the other; an end is a container or a coded place.

    ``syringe`` names the case: one draw, one syringe, one case, however many containers it came from. ``stock`` names
    what was made up for nobody yet. ``reverses`` names the move that this one takes back.
    """

    __tablename__ = "moves"
    __table_args__ = (
        refers("registration", "registrations"),
        refers("product", "products"),
        refers("from_container", "containers"),
        refers("to_container", "containers"),
        refers("syringe", "containers"),
        refers("visit", "visits"),
        refers("patient", "patients"),
        refers("identity_version", "identity_versions"),
        refers("waste", "waste_postings"),
        refers("removal", "removal_postings"),
        refers("incident", "incidents"),
        refers("adjustment", "discrepancy_approvals"),
        refers("stock", "stock_preparations"),
        *(
            sa.ForeignKeyConstraint(
                ["organisation", end, "registration"],
                [f"containers.{each}" for each in ("organisation", "id", "registration")],
                name=f"fk_moves_{end}_registration",
            )
            for end in ("from_container", "to_container")
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "restates"],
            ["reversals.organisation", "reversals.id"],
            name="fk_restates_reversals",
            use_alter=True,
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "removal", "to_place"],
            [f"removal_postings.{each}" for each in ("organisation", "id", "kind")],
            name="fk_moves_removal_kind",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "reversal", "reverses", "mass"],
            [f"reversals.{each}" for each in ("organisation", "id", "original", "mass")],
            name="fk_moves_reversal",
            use_alter=True,  # a reversal refers to the move that it takes back
        ),
        sa.UniqueConstraint("organisation", "id", "mass"),
        sa.UniqueConstraint("organisation", "operation_id", "from_container"),
        sa.Index(
            "ix_moves_comes_in_once",
            *("organisation", "operation_id", "to_container"),
            unique=True,
            sqlite_where=sa.text("from_container is null"),
            postgresql_where=sa.text("from_container is null"),
        ),
        sa.UniqueConstraint("organisation", "waste"),
        sa.UniqueConstraint("organisation", "reversal"),
        sa.UniqueConstraint("organisation", "restates"),
        sa.UniqueConstraint("organisation", "removal", "from_container"),
        sa.UniqueConstraint("organisation", "adjustment"),
        sa.Index("ix_moves_registration", "organisation", "registration", "occurred_at", "id"),
        sa.Index("ix_moves_learned", "organisation", "registration", "recorded_at"),
        sa.Index("ix_moves_from_container", "organisation", "from_container"),
        sa.Index("ix_moves_to_container", "organisation", "to_container"),
        sa.Index("ix_moves_visit", "organisation", "visit"),
        sa.Index("ix_moves_reverses", "organisation", "reverses"),
        sa.CheckConstraint("mass > 0", name="moves_something"),
        sa.CheckConstraint("volume is null or volume > 0", name="some_volume"),
        sa.CheckConstraint("(from_container is null) = (from_place is not null)", name="one_source"),
        sa.CheckConstraint("(to_container is null) = (to_place is not null)", name="one_target"),
        sa.CheckConstraint("from_container is not null or to_container is not null", name="one_of_ours"),
        sa.CheckConstraint(
            "from_container is null or to_container is null or from_container <> to_container", name="two_ends"
        ),
        sa.CheckConstraint(f"coalesce(from_place, 'supplier') in {_IN} or reversal is not null", name="from_outside"),
        sa.CheckConstraint(f"coalesce(to_place, 'waste') in {_OUT} or reversal is not null", name="to_outside"),
        sa.CheckConstraint("(from_container is null) = (from_balance is null)", name="source_balance"),
        sa.CheckConstraint("(to_container is null) = (to_balance is null)", name="target_balance"),
        sa.CheckConstraint("coalesce(from_balance, 0) >= 0 and coalesce(to_balance, 0) >= 0", name="never_below_zero"),
        sa.CheckConstraint("(coalesce(to_place, '') = 'waste') = (waste is not null)", name="waste_is_witnessed"),
        sa.CheckConstraint(
            f"(coalesce(to_place, '') in {_BY_TWO} or (coalesce(from_place, '') = 'transferred' and reversal is null))"
            " = (removal is not null)",
            name="removed_by_two",
        ),
        sa.CheckConstraint("(reverses is null) = (reversal is null)", name="reversed_by_two"),
        sa.CheckConstraint(
            "(coalesce(from_place, '') = 'adjusted' or coalesce(to_place, '') in ('adjusted', 'lost'))"
            " = (adjustment is not null)",
            name="adjusted_by_two",
        ),
        sa.CheckConstraint(
            "coalesce(to_place, '') <> 'patient' or "
            "(visit is not null and patient is not null and identity_version is not null and syringe is not null)",
            name="given_to_somebody",
        ),
        sa.CheckConstraint(
            "from_container is null or to_container is null or (visit is null) = (syringe is null)",
            name="drawn_for_somebody",
        ),
        sa.CheckConstraint(f"({_DRAWN} and visit is null) = (stock is not null)", name="made_up_for_nobody"),
        sa.CheckConstraint("stock is null or stock = to_container", name="into_what_is_made_up"),
        sa.CheckConstraint(f"not ({_DRAWN} and visit is not null) or syringe = to_container", name="into_its_case"),
        STRICT,
    )

    registration: Mapped[UUID]
    product: Mapped[UUID]
    from_container: Mapped[UUID | None]
    from_place: Mapped[Place | None] = mapped_column(Code(Place))
    to_container: Mapped[UUID | None]
    to_place: Mapped[Place | None] = mapped_column(Code(Place))
    mass: Mapped[Mass]
    volume: Mapped[Volume | None]
    from_balance: Mapped[Mass | None]
    to_balance: Mapped[Mass | None]
    syringe: Mapped[UUID | None]
    visit: Mapped[UUID | None]
    patient: Mapped[UUID | None]
    identity_version: Mapped[UUID | None]
    waste: Mapped[UUID | None]
    by: Mapped[UUID | None]
    device: Mapped[UUID | None]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    late_reason: Mapped[str | None]
    operation_id: Mapped[UUID]
    removal: Mapped[UUID | None]
    reversal: Mapped[UUID | None]
    reverses: Mapped[UUID | None]
    restates: Mapped[UUID | None]
    incident: Mapped[UUID | None]
    adjustment: Mapped[UUID | None]
    reason: Mapped[str | None]
    stock: Mapped[UUID | None]
