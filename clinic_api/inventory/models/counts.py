"""Rows of physical counts; all append-only."""

from datetime import datetime
from fractions import Fraction
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from clinic_api.database.rows import STRICT, Regulated, Row, refers
from clinic_api.database.types import Code
from clinic_api.inventory.rules.drift import Reason, Subject
from clinic_api.inventory.rules.kinds import CountKind
from clinic_api.inventory.rules.products import Method
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


class CountPart(Regulated, Row):
    """A count that covers a part of its location only: this container, or all of this product."""

    __tablename__ = "count_parts"
    __table_args__ = (
        refers("count", "counts"),
        refers("container", "containers"),
        sa.UniqueConstraint("organisation", "count", "container"),
        sa.UniqueConstraint("organisation", "count", "product"),
        sa.CheckConstraint("(container is null) <> (product is null)", name="one_of_both"),
        STRICT,
    )

    count: Mapped[UUID]
    container: Mapped[UUID | None]
    product: Mapped[str | None]


class CountRecount(Regulated, Row):
    """A count that was made to count another one's containers again. ``id`` is its own; both stay."""

    __tablename__ = "count_recounts"
    __table_args__ = (
        refers("id", "counts"),
        refers("of", "counts"),
        sa.CheckConstraint("of <> id", name="another"),
        sa.Index("ix_count_recounts_of", "organisation", "of"),
        STRICT,
    )

    of: Mapped[UUID]


class CountTally(Regulated, Row):
    """One person's own entry, signed as it was made; nobody sees it before everybody's is in.

    Place 1 is the first, 2 the second, 3 who counted again where those two did not agree. The key to the first
    entry makes the database refuse a person who would follow themself.
    """

    __tablename__ = "count_tallies"
    __table_args__ = (
        refers("count", "counts"),
        refers("counted_by", "accounts"),
        sa.ForeignKeyConstraint(
            ["organisation", "count", "first_place", "first_by"],
            [f"count_tallies.{name}" for name in ("organisation", "count", "place", "counted_by")],
            name="fk_count_tallies_first",
        ),
        sa.UniqueConstraint("organisation", "count", "place"),
        sa.UniqueConstraint("organisation", "count", "place", "counted_by"),
        sa.CheckConstraint("place between 1 and 3", name="up_to_three"),
        sa.CheckConstraint("(place = 1) = (first_by is null)", name="follows_the_first"),
        sa.CheckConstraint("(first_by is null) = (first_place is null)", name="whole_key"),
        sa.CheckConstraint("coalesce(first_place, 1) = 1", name="first_of_all"),
        sa.CheckConstraint("first_by is null or first_by <> counted_by", name="another_person"),
        STRICT,
    )

    count: Mapped[UUID]
    place: Mapped[int]
    counted_by: Mapped[UUID]
    first_place: Mapped[int | None]
    first_by: Mapped[UUID | None]
    lines: Mapped[list[str]]
    at: Mapped[datetime]


class CountTallyLine(Regulated, Row):
    """What one person found in one container, with what they typed and what was worked out of it.

    ``expected`` is what the book said when they counted, so that two entries can be compared although drug was
    drawn between them.
    """

    __tablename__ = "count_tally_lines"
    __table_args__ = (
        refers("tally", "count_tallies"),
        refers("container", "containers"),
        sa.UniqueConstraint("organisation", "tally", "container"),
        sa.CheckConstraint("(method is null) = (found is null)", name="found_somehow"),
        sa.CheckConstraint("coalesce(found, 0) >= 0 and expected >= 0 and resolution >= 0", name="from_zero"),
        sa.CheckConstraint("(coalesce(method, '') = 'weighed') = (gross_mg is not null)", name="weighed_on_a_scale"),
        sa.CheckConstraint(
            "(gross_mg is null) = (tare_mg is null) and (gross_mg is null) = (scale_mg is null) and "
            "(gross_mg is null) = (density is null) and (gross_mg is null) = (tare_weighed is null)",
            name="whole_weighing",
        ),
        sa.CheckConstraint("coalesce(gross_mg, 0) >= coalesce(tare_mg, 0)", name="not_lighter_than_empty"),
        STRICT,
    )

    tally: Mapped[UUID]
    container: Mapped[UUID]
    method: Mapped[Method | None] = mapped_column(Code(Method))
    volume: Mapped[Volume | None]
    found: Mapped[Mass | None]
    expected: Mapped[Mass]
    resolution: Mapped[Mass]
    gross_mg: Mapped[int | None]
    tare_mg: Mapped[int | None]
    tare_weighed: Mapped[bool | None]
    scale_mg: Mapped[int | None]
    density: Mapped[Fraction | None]


class CountEntry(Regulated, Row):
    """What was found in one container beside what the book said at that moment.

    ``id`` is that of the tally line that counts.
    """

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
    """The entries are in. ``id`` is the count's; its digest covers every entry's, so a signature does too.

    ``counted_by`` made the first entry; ``entries`` names what counts and then each person's whole entry.
    """

    __tablename__ = "count_sheets"
    __table_args__ = (
        refers("id", "counts"),
        refers("counted_by", "accounts"),
        sa.Index("ix_count_sheets_at", "organisation", "at", "id"),
        STRICT,
    )

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


class DriftAlert(Regulated, Row):
    """Small differences that add up: of what, how far, and by which rule somebody should look."""

    __tablename__ = "drift_alerts"
    __table_args__ = (
        refers("count", "counts"),
        refers("container", "containers"),
        refers("location", "locations"),
        refers("person", "accounts"),
        sa.Index("ix_drift_alerts_product", "organisation", "product"),
        sa.CheckConstraint("(subject = 'container') = (container is not null)", name="of_a_container"),
        sa.CheckConstraint("(subject = 'product') = (location is not null)", name="of_a_location"),
        sa.CheckConstraint("(subject in ('counter', 'handler')) = (person is not null)", name="of_a_person"),
        sa.CheckConstraint("counts > 0", name="some_counts"),
        STRICT,
    )

    count: Mapped[UUID]
    subject: Mapped[Subject] = mapped_column(Code(Subject))
    product: Mapped[str]
    container: Mapped[UUID | None]
    location: Mapped[UUID | None]
    person: Mapped[UUID | None]
    reason: Mapped[Reason] = mapped_column(Code(Reason))
    counts: Mapped[int]
    one_sided: Mapped[int]
    sum_ug: Mapped[int]
    resolution_ug: Mapped[int]
    at: Mapped[datetime]
