"""Rows of discrepancies and of what lies in their files; all append-only. Free words are sealed.

Nothing here changes: where a discrepancy stands, and who answers for it, is what its newest event says.
"""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from clinic_api.database.rows import STRICT, Regulated, Row, refers
from clinic_api.database.types import Code
from clinic_api.inventory.rules.containment import Measure
from clinic_api.inventory.rules.discrepancies import Act, Origin, State
from clinic_api.inventory.rules.investigating import EvidenceKind
from clinic_api.quantities import Mass


class Discrepancy(Regulated, Row):
    """Something does not add up. ``variance_ug`` is found less expected; ``sealed`` is what somebody saw."""

    __tablename__ = "discrepancies"
    __table_args__ = (
        refers("site", "sites"),
        refers("registration", "registrations"),
        sa.UniqueConstraint("organisation", "subject_table", "subject"),
        sa.Index("ix_discrepancies_site", "organisation", "site", "id"),
        sa.CheckConstraint("(subject_table is null) = (subject is null)", name="about_one_record"),
        sa.CheckConstraint("(subject is null) = (sealed is not null)", name="shown_or_seen"),
        sa.CheckConstraint("found_at <= at", name="found_before"),
        STRICT,
    )

    origin: Mapped[Origin] = mapped_column(Code(Origin))
    site: Mapped[UUID]
    registration: Mapped[UUID | None]
    subject_table: Mapped[str | None]
    subject: Mapped[UUID | None]
    variance_ug: Mapped[int | None]
    found_at: Mapped[datetime]
    sealed: Mapped[bytes | None]
    by: Mapped[UUID | None]
    at: Mapped[datetime]


class DiscrepancyEvent(Regulated, Row):
    """One act: from where to where, who answers from then on, and the record that it wrote.

    ``number`` counts the acts of one discrepancy, so of two that were decided on the same state one is refused.
    """

    __tablename__ = "discrepancy_events"
    __table_args__ = (
        refers("discrepancy", "discrepancies"),
        refers("owner", "accounts"),
        sa.UniqueConstraint("organisation", "discrepancy", "number"),
        sa.CheckConstraint("number > 0", name="from_one"),
        sa.CheckConstraint("(number = 1) = (from_state is null)", name="first_from_nowhere"),
        sa.CheckConstraint("(subject_table is null) = (subject is null)", name="about_one_record"),
        STRICT,
    )

    discrepancy: Mapped[UUID]
    number: Mapped[int]
    act: Mapped[Act] = mapped_column(Code(Act))
    from_state: Mapped[State | None] = mapped_column(Code(State))
    to_state: Mapped[State] = mapped_column(Code(State))
    owner: Mapped[UUID | None]
    subject_table: Mapped[str | None]
    subject: Mapped[UUID | None]
    sealed: Mapped[bytes | None]
    by: Mapped[UUID | None]
    device: Mapped[UUID | None]
    at: Mapped[datetime]


class DiscrepancyContainer(Regulated, Row):
    """A container that a discrepancy is about."""

    __tablename__ = "discrepancy_containers"
    __table_args__ = (
        refers("discrepancy", "discrepancies"),
        refers("container", "containers"),
        sa.UniqueConstraint("organisation", "discrepancy", "container"),
        sa.Index("ix_discrepancy_containers_container", "organisation", "container"),
        STRICT,
    )

    discrepancy: Mapped[UUID]
    container: Mapped[UUID]
    by: Mapped[UUID | None]
    at: Mapped[datetime]


class DiscrepancyHold(Regulated, Row):
    """A container is kept from use by a discrepancy, until it is released or the discrepancy is closed."""

    __tablename__ = "discrepancy_holds"
    __table_args__ = (
        refers("discrepancy", "discrepancies"),
        refers("container", "containers"),
        sa.Index("ix_discrepancy_holds_container", "organisation", "container"),
        sa.Index("ix_discrepancy_holds_discrepancy", "organisation", "discrepancy"),
        STRICT,
    )

    discrepancy: Mapped[UUID]
    container: Mapped[UUID]
    measure: Mapped[Measure] = mapped_column(Code(Measure))
    by: Mapped[UUID]
    at: Mapped[datetime]


class DiscrepancyRelease(Regulated, Row):
    """A container may be used again. ``id`` is the hold's, so each is released once; the reason is sealed."""

    __tablename__ = "discrepancy_releases"
    __table_args__ = (refers("id", "discrepancy_holds"), STRICT)

    sealed: Mapped[bytes]
    by: Mapped[UUID]
    at: Mapped[datetime]


class DiscrepancyEvidence(Regulated, Row):
    """A piece of the file. An attachment is kept by its hash; a count or a refused draw is named by its id."""

    __tablename__ = "discrepancy_evidence"
    __table_args__ = (
        refers("discrepancy", "discrepancies"),
        refers("by", "accounts"),
        sa.Index("ix_discrepancy_evidence_discrepancy", "organisation", "discrepancy"),
        sa.CheckConstraint("(kind = 'attachment') = (sha256 is not null)", name="attached_by_hash"),
        sa.CheckConstraint(
            "(kind in ('recount', 'refused_draw', 'counted_again')) = (refers_to is not null)", name="names_its_record"
        ),
        STRICT,
    )

    discrepancy: Mapped[UUID]
    kind: Mapped[EvidenceKind] = mapped_column(Code(EvidenceKind))
    sealed: Mapped[bytes]
    sha256: Mapped[str | None]
    refers_to: Mapped[UUID | None]
    by: Mapped[UUID]
    at: Mapped[datetime]


class RefusedTake(Regulated, Row):
    """Somebody asked a container for more than the book says it holds, and was refused; once for each act.

    ``discrepancy`` is the file that it went into, which is about the container.
    """

    __tablename__ = "refused_takes"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["organisation", "discrepancy", "container"],
            [f"discrepancy_containers.{each}" for each in ("organisation", "discrepancy", "container")],
            name="fk_refused_takes_file",
        ),
        refers("by", "accounts"),
        sa.UniqueConstraint("organisation", "operation_id"),
        sa.Index("ix_refused_takes_container", "organisation", "container"),
        sa.CheckConstraint("asked > 0", name="asks_for_something"),
        STRICT,
    )

    discrepancy: Mapped[UUID]
    container: Mapped[UUID]
    asked: Mapped[Mass]
    by: Mapped[UUID | None]
    device: Mapped[UUID | None]
    at: Mapped[datetime]
    operation_id: Mapped[UUID]
