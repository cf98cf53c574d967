"""Rows of what people decided about a discrepancy: losses, reports, adjustments, closings; all append-only."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from clinic_api.database.rows import STRICT, Regulated, Row, refers
from clinic_api.database.types import Code
from clinic_api.inventory.rules.adjusting import Direction
from clinic_api.inventory.rules.investigating import Cause
from clinic_api.inventory.rules.losses import Finding, NoticeKind
from clinic_api.quantities import Mass


class DiscrepancyDetermination(Regulated, Row):
    """A person decided what it is; ``weights`` by factor, the words and the rationale sealed. Its signer is ``by``.

    ``deadlines`` is what the law's two clocks gave then, counted from both dates; ``warning`` is printed beside them.
    """

    __tablename__ = "discrepancy_determinations"
    __table_args__ = (
        refers("discrepancy", "discrepancies"),
        refers("by", "accounts"),
        sa.Index("ix_discrepancy_determinations_discrepancy", "organisation", "discrepancy"),
        STRICT,
    )

    discrepancy: Mapped[UUID]
    finding: Mapped[Finding] = mapped_column(Code(Finding))
    factors_version: Mapped[int]
    weights: Mapped[dict[str, Any]]
    sealed: Mapped[bytes]
    deadlines: Mapped[list[Any]]
    warning: Mapped[str]
    by: Mapped[UUID]
    at: Mapped[datetime]


class DiscrepancyNotice(Regulated, Row):
    """Something was sent: what, when, how, and under which reference."""

    __tablename__ = "discrepancy_notices"
    __table_args__ = (
        refers("discrepancy", "discrepancies"),
        refers("by", "accounts"),
        sa.Index("ix_discrepancy_notices_discrepancy", "organisation", "discrepancy"),
        sa.CheckConstraint("sent_at <= at", name="sent_before"),
        STRICT,
    )

    discrepancy: Mapped[UUID]
    kind: Mapped[NoticeKind] = mapped_column(Code(NoticeKind))
    reference: Mapped[str]
    channel: Mapped[str]
    sent_at: Mapped[datetime]
    by: Mapped[UUID]
    at: Mapped[datetime]


class DiscrepancyForm(Regulated, Row):
    """The data of Form 106 as somebody wrote them; each version is whole, the newest counts."""

    __tablename__ = "discrepancy_forms"
    __table_args__ = (
        refers("discrepancy", "discrepancies"),
        refers("by", "accounts"),
        sa.UniqueConstraint("organisation", "discrepancy", "version"),
        sa.CheckConstraint("version > 0", name="version_from_one"),
        STRICT,
    )

    discrepancy: Mapped[UUID]
    version: Mapped[int]
    spec_version: Mapped[int]
    sealed: Mapped[bytes]
    by: Mapped[UUID]
    at: Mapped[datetime]


class DiscrepancyAdjustment(Regulated, Row):
    """What the book should gain or lose in one container; an approval makes it count, a move carries it out."""

    __tablename__ = "discrepancy_adjustments"
    __table_args__ = (
        refers("discrepancy", "discrepancies"),
        refers("container", "containers"),
        refers("by", "accounts"),
        sa.UniqueConstraint("organisation", "id", "by"),
        sa.Index("ix_discrepancy_adjustments_discrepancy", "organisation", "discrepancy"),
        sa.CheckConstraint("mass > 0", name="adjusts_something"),
        STRICT,
    )

    discrepancy: Mapped[UUID]
    container: Mapped[UUID]
    direction: Mapped[Direction] = mapped_column(Code(Direction))
    mass: Mapped[Mass]
    sealed: Mapped[bytes]
    by: Mapped[UUID]
    at: Mapped[datetime]


class DiscrepancyApproval(Regulated, Row):
    """Another person approved an adjustment. ``id`` is the adjustment's, so each is approved once."""

    __tablename__ = "discrepancy_approvals"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["organisation", "id", "author"],
            [f"discrepancy_adjustments.{column}" for column in ("organisation", "id", "by")],
            name="fk_discrepancy_approvals_adjustment",
        ),
        refers("approver", "accounts"),
        refers("attestation", "attestations"),
        sa.UniqueConstraint("organisation", "attestation"),
        sa.CheckConstraint("approver <> author", name="two_people"),
        STRICT,
    )

    author: Mapped[UUID]
    approver: Mapped[UUID]
    attestation: Mapped[UUID]
    at: Mapped[datetime]


class DiscrepancyClosing(Regulated, Row):
    """It is over. ``id`` is the discrepancy's; ``chain`` is who had a part in it, by person, as it stood then."""

    __tablename__ = "discrepancy_closings"
    __table_args__ = (refers("id", "discrepancies"), refers("by", "accounts"), refers("move", "moves"), STRICT)

    cause: Mapped[Cause] = mapped_column(Code(Cause))
    sealed: Mapped[bytes]
    move: Mapped[UUID | None]
    profile: Mapped[str]
    profile_version: Mapped[int]
    replaced: Mapped[str | None]
    chain: Mapped[dict[str, Any]]
    by: Mapped[UUID]
    at: Mapped[datetime]


class DiscrepancyReview(Regulated, Row):
    """A person from outside read the file of a clinic of one. ``id`` is the closing's."""

    __tablename__ = "discrepancy_reviews"
    __table_args__ = (refers("id", "discrepancy_closings"), refers("by", "accounts"), STRICT)

    sealed: Mapped[bytes]
    by: Mapped[UUID]
    at: Mapped[datetime]
