"""Rows of serial numbers, as they stand on packages; all append-only."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from clinic_api.database.rows import STRICT, Regulated, Row, refers


class CountedSerials(Regulated, Row):
    """The serial numbers that were read off a lot when a delivery was counted. ``id`` is the counted line's."""

    __tablename__ = "counted_serials"
    __table_args__ = (refers("id", "delivery_count_lines"), STRICT)

    serials: Mapped[list[str]]


class ContainerSerial(Regulated, Row):
    """The serial number of the package that a container came in. ``id`` is the container's, so it has one.

    A package of several has one number for all of them: ``place`` says which of them a container is, from one.
    """

    __tablename__ = "container_serials"
    __table_args__ = (
        refers("id", "containers"),
        sa.UniqueConstraint("organisation", "ndc", "serial", "place"),
        sa.CheckConstraint("place > 0", name="from_one"),
        STRICT,
    )

    ndc: Mapped[str]
    serial: Mapped[str]
    place: Mapped[int]
    by: Mapped[UUID]
    at: Mapped[datetime]
