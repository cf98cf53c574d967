"""Rows of how locations are kept; all append-only, the newest version holds."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from clinic_api.database.rows import STRICT, Regulated, Row, refers
from clinic_api.database.types import Code
from clinic_api.inventory.rules.places import Lock, PlaceAct


class LocationAccess(Regulated, Row):
    """How a location is locked, and from when; who may do what there is in its grants."""

    __tablename__ = "location_accesses"
    __table_args__ = (
        refers("location", "locations"),
        refers("by", "accounts"),
        sa.UniqueConstraint("organisation", "location", "version"),
        sa.CheckConstraint("version > 0", name="version_from_one"),
        STRICT,
    )

    location: Mapped[UUID]
    version: Mapped[int]
    lock: Mapped[Lock] = mapped_column(Code(Lock))
    reason: Mapped[str]
    by: Mapped[UUID]
    at: Mapped[datetime]


class LocationGrant(Regulated, Row):
    """Somebody is on the list of one act, in one version; an act without grants is open to every fitting role."""

    __tablename__ = "location_grants"
    __table_args__ = (
        refers("access", "location_accesses"),
        refers("account", "accounts"),
        sa.UniqueConstraint("organisation", "access", "act", "account"),
        STRICT,
    )

    access: Mapped[UUID]
    act: Mapped[PlaceAct] = mapped_column(Code(PlaceAct))
    account: Mapped[UUID]


class ParLevel(Regulated, Row):
    """So many sealed vials or devices of a product should lie ready in a location."""

    __tablename__ = "par_levels"
    __table_args__ = (
        refers("location", "locations"),
        refers("by", "accounts"),
        sa.UniqueConstraint("organisation", "location", "product", "version"),
        sa.CheckConstraint("version > 0", name="version_from_one"),
        sa.CheckConstraint("least >= 0", name="from_zero"),
        STRICT,
    )

    location: Mapped[UUID]
    product: Mapped[str]
    version: Mapped[int]
    least: Mapped[int]
    by: Mapped[UUID]
    at: Mapped[datetime]
