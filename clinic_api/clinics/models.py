"""Rows of organisations, places, standing and policy."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from clinic_api.database.rows import CHANGES, STRICT, Regulated, Row, refers


class Organisation(Regulated, Row):
    """The tenant; its id is the organisation of all its rows."""

    __tablename__ = "organisations"
    __table_args__ = (sa.CheckConstraint("id = organisation", name="is_its_own"), STRICT)

    name: Mapped[str]
    at: Mapped[datetime]


class PolicyVersion(Regulated, Row):
    """One version of a rule that the clinic lives by; sessions, scores and counts pin the version they used."""

    __tablename__ = "policy_versions"
    __table_args__ = (
        sa.UniqueConstraint("organisation", "kind", "key", "version"),
        sa.CheckConstraint("version > 0", name="version_from_one"),
        STRICT,
    )

    kind: Mapped[str]
    key: Mapped[str]
    version: Mapped[int]
    content: Mapped[dict[str, Any]]
    approved_by: Mapped[UUID | None]
    at: Mapped[datetime]


class Site(Regulated, Row):
    """A place where patients are treated, with its zone and state."""

    __tablename__ = "sites"
    __table_args__ = (STRICT,)

    name: Mapped[str]
    address: Mapped[str]
    phone: Mapped[str]
    state: Mapped[str]
    zone: Mapped[str]
    at: Mapped[datetime]


class Registration(Regulated, Row):
    """A numbered, addressed, dated DEA grant; every balance hangs off one."""

    __tablename__ = "registrations"
    __table_args__ = (
        refers("site", "sites"),
        sa.UniqueConstraint("organisation", "dea_number"),
        sa.CheckConstraint("valid_from <= valid_until", name="valid_forward"),
        STRICT,
    )

    site: Mapped[UUID]
    dea_number: Mapped[str]
    registrant: Mapped[str]
    kind: Mapped[str]
    address: Mapped[str]
    schedules: Mapped[list[str]]
    valid_from: Mapped[date]
    valid_until: Mapped[date]
    at: Mapped[datetime]


class Chair(Regulated, Row):
    """Where one patient sits."""

    __tablename__ = "chairs"
    __table_args__ = (refers("site", "sites"), sa.UniqueConstraint("organisation", "site", "name"), STRICT)

    site: Mapped[UUID]
    name: Mapped[str]
    at: Mapped[datetime]


class Licence(Regulated, Row):
    """What lets a member of staff practise, with its expiry."""

    __tablename__ = "licences"
    __table_args__ = (refers("account", "accounts"), STRICT)

    account: Mapped[UUID]
    kind: Mapped[str]
    number: Mapped[str]
    state: Mapped[str]
    expires_on: Mapped[date]
    recorded_by: Mapped[UUID]
    at: Mapped[datetime]


class Presence(Regulated, Row):
    """Somebody is here today: from checking in until checking out, with how we know."""

    __tablename__ = "presences"
    __table_args__ = (
        refers("account", "accounts"),
        refers("site", "sites"),
        sa.Index("ix_presences_site", "organisation", "site", "from_at"),
        sa.CheckConstraint("until_at is null or until_at >= from_at", name="forward"),
        STRICT,
    )

    account: Mapped[UUID]
    site: Mapped[UUID]
    from_at: Mapped[datetime]
    source: Mapped[str]
    device: Mapped[UUID | None]
    until_at: Mapped[datetime | None] = mapped_column(info=CHANGES)
