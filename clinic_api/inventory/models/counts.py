"""Rows of physical counts; all append-only."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from clinic_api.database.rows import STRICT, Regulated, Row, refers
from clinic_api.database.types import Code
from clinic_api.inventory.rules.products import Method
from clinic_api.inventory.rules.sheets import CountKind
from clinic_api.quantities import Mass, Volume


class Count(Regulated, Row):
    """A count of one location, opened; it pins the practice profile it is made under."""

    __tablename__ = "counts"
    __table_args__ = (
        refers("location", "locations"),
        sa.Index("ix_counts_location", "organisation", "location", "at"),
        sa.CheckConstraint("persons between 1 and 2", name="one_or_two"),
        STRICT,
    )

    location: Mapped[UUID]
    kind: Mapped[CountKind] = mapped_column(Code(CountKind))
    persons: Mapped[int]
    profile: Mapped[str]
    profile_version: Mapped[int]
    by: Mapped[UUID]
    at: Mapped[datetime]


class CountEntry(Regulated, Row):
    """What was found in one container beside what the book said at that moment."""

    __tablename__ = "count_entries"
    __table_args__ = (
        refers("count", "counts"),
        refers("container", "containers"),
        sa.UniqueConstraint("organisation", "count", "container"),
        sa.CheckConstraint("(method is null) = (found is null)", name="found_somehow"),
        sa.CheckConstraint("coalesce(found, 0) >= 0 and expected >= 0 and resolution >= 0", name="from_zero"),
        STRICT,
    )

    count: Mapped[UUID]
    container: Mapped[UUID]
    method: Mapped[Method | None] = mapped_column(Code(Method))
    volume: Mapped[Volume | None]
    found: Mapped[Mass | None]
    expected: Mapped[Mass]
    resolution: Mapped[Mass]


class CountSheet(Regulated, Row):
    """The entries are in. ``id`` is the count's; its digest covers every entry's, so a signature does too."""

    __tablename__ = "count_sheets"
    __table_args__ = (refers("id", "counts"), refers("counted_by", "accounts"), STRICT)

    counted_by: Mapped[UUID]
    entries: Mapped[list[str]]
    at: Mapped[datetime]


class CountSignature(Regulated, Row):
    """One person's signature under a count sheet."""

    __tablename__ = "count_signatures"
    __table_args__ = (
        refers("count", "count_sheets"),
        refers("signer", "accounts"),
        refers("attestation", "attestations"),
        sa.UniqueConstraint("organisation", "count", "place"),
        sa.UniqueConstraint("organisation", "count", "signer"),
        sa.CheckConstraint("place between 1 and 2", name="one_or_two"),
        STRICT,
    )

    count: Mapped[UUID]
    place: Mapped[int]
    signer: Mapped[UUID]
    attestation: Mapped[UUID]
    at: Mapped[datetime]
