"""Reading the audit log."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from clinic_api.audit.models import AuditAccess, AuditEntry, AuditSeal, AuditWaiting
from clinic_api.database.keys import Place, unseal
from clinic_api.database.rows import Row, db
from clinic_api.database.saying import said
from clinic_api.database.scope import scope
from clinic_api.database.transactions import connection, on_sqlite
from clinic_api.database.types import Id

#: Entries read at a time when the whole log is walked.
STRIDE = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at records, its reason opened."""

    id: UUID
    at: datetime
    actor: UUID | None
    device: UUID | None
    action: str
    route: str
    object_id: UUID | None
    patients: list[str]
    rows: int
    reason: str | None


class SaidEntry(NamedTuple):
    """An entry with its place in the tree, its columns as texts."""

    log_index: int
    leaf: bytes
    salt: bytes
    canonical: bytes
    id: str
    at: str
    event: str
    actor: str | None
    operation: str | None
    organisation: str
    object_table: str | None
    object_id: str | None


_COLUMNS: Final = [
    AuditEntry.__table__.c[name]
    for name in ("id", "at", "event", "actor", "operation_id", "organisation", "object_table", "object_id")
]


def hold_log() -> None:
    """One sealer at a time per organisation; SQLite's write lock already sees to that."""
    if not on_sqlite():
        key = scope().organisation.int & 0x7FFFFFFFFFFFFFFF
        db.session.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


def log_size() -> int:
    """How many entries have their place."""
    query = sa.select(sa.func.coalesce(sa.func.max(AuditSeal.log_index) + 1, 0))
    return int(db.session.execute(query).scalar_one())


def unsealed() -> Sequence[sa.Row[UUID, bytes, bytes]]:
    """Entries that wait and whose transactions can no longer be preceded by another, oldest first."""
    query = (
        sa.select(AuditEntry.id, AuditEntry.salt, AuditEntry.canonical)
        .where(AuditEntry.id.in_(sa.select(AuditWaiting.id)), _place_of(AuditEntry).is_(None))
        .order_by(AuditEntry.tx, AuditEntry.id)
    )
    if not on_sqlite():
        oldest = sa.text("audit_entries.tx < pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        query = query.where(oldest)
    return db.session.execute(query).all()


def forgotten() -> Sequence[UUID]:
    """Entries that neither have a place nor wait for one; reads the whole log."""
    waits = sa.select(AuditWaiting.id).where(_same(AuditEntry, AuditWaiting))
    sealed = sa.select(AuditSeal.id).where(_same(AuditEntry, AuditSeal))
    query = sa.select(AuditEntry.id).where(~sealed.exists(), ~waits.exists()).order_by(AuditEntry.id)
    return db.session.execute(query).scalars().all()


def _same(one: type[Row], other: type[Row]) -> sa.ColumnElement[bool]:
    return sa.and_(other.organisation == one.organisation, other.id == one.id)


def _place_of(entry: type[Row]) -> sa.ScalarSelect[int]:
    """Looked for one by one: a join may rather read every seal there is."""
    query = sa.select(AuditSeal.log_index).where(_same(entry, AuditSeal)).correlate(entry)
    return query.limit(1).scalar_subquery()


def sealed_entries() -> Iterator[tuple[AuditEntry, AuditSeal]]:
    """The whole log in its order, a stride at a time."""
    after = -1
    while True:
        query = (
            sa.select(AuditEntry, AuditSeal)
            .join(
                AuditSeal,
                sa.and_(AuditSeal.organisation == AuditEntry.organisation, AuditSeal.id == AuditEntry.id),
            )
            .where(AuditSeal.log_index > after)
            .order_by(AuditSeal.log_index)
            .limit(STRIDE)
        )
        rows = db.session.execute(query).all()
        yield from ((row[0], row[1]) for row in rows)
        if len(rows) < STRIDE:
            return
        after = rows[-1][1].log_index
        db.session.expunge_all()


def said_log() -> Iterator[SaidEntry]:
    """The whole log in its order, each entry as the database says it, a stride at a time."""
    entries, seals = AuditEntry.__table__, AuditSeal.__table__
    same = sa.and_(seals.c.organisation == entries.c.organisation, seals.c.id == entries.c.id)
    query = (
        sa.select(seals.c.log_index, seals.c.leaf, entries.c.salt, entries.c.canonical, *map(said, _COLUMNS))
        .join_from(seals, entries, same)
        .where(seals.c.organisation == sa.literal(scope().organisation, Id()))
        .order_by(seals.c.log_index)
    )
    for row in connection().execute(query, execution_options={"yield_per": STRIDE}):
        yield SaidEntry(*row)


def hashed_log() -> Iterator[tuple[bytes, bytes]]:
    """Salt and bytes of every sealed entry, in the log's order: all that its tree is made of."""
    entries, seals = AuditEntry.__table__, AuditSeal.__table__
    same = sa.and_(seals.c.organisation == entries.c.organisation, seals.c.id == entries.c.id)
    query = sa.select(entries.c.salt, entries.c.canonical).join_from(seals, entries, same)
    own = seals.c.organisation == sa.literal(scope().organisation, Id())
    found = connection().execute(query.where(own).order_by(seals.c.log_index), execution_options={"yield_per": STRIDE})
    yield from ((row[0], row[1]) for row in found)


def entries_about(object_id: UUID) -> Sequence[AuditEntry]:
    """What happened to one record, oldest first."""
    query = sa.select(AuditEntry).where(AuditEntry.object_id == object_id).order_by(AuditEntry.id)
    return db.session.execute(query).scalars().all()


def entries(*, after: UUID | None, limit: int) -> Sequence[AuditEntry]:
    """The log by entry; one more than ``limit`` says that there is more."""
    query = sa.select(AuditEntry).order_by(AuditEntry.id).limit(limit + 1)
    return db.session.execute(query if after is None else query.where(AuditEntry.id > after)).scalars().all()


def accesses(*, after: UUID | None, limit: int) -> Sequence[Look]:
    """Who looked at what and why, by access; one more than ``limit`` says that there is more."""
    query = sa.select(AuditAccess).order_by(AuditAccess.id).limit(limit + 1)
    rows = db.session.execute(query if after is None else query.where(AuditAccess.id > after)).scalars()
    return [_look(row) for row in rows]


def reason_place(access: UUID) -> Place:
    """Where the reason of a look is sealed."""
    return Place(AuditAccess.__tablename__, "reason", access)


def _look(row: AuditAccess) -> Look:
    return Look(
        id=row.id,
        at=row.at,
        actor=row.actor,
        device=row.device,
        action=row.action,
        route=row.route,
        object_id=row.object_id,
        patients=row.patients,
        rows=row.rows,
        reason=None if row.reason is None else unseal(row.reason, reason_place(row.id)).decode(),
    )


def place_of(object_id: UUID) -> int | None:
    """The place of the first sealed entry about a record."""
    query = (
        sa.select(sa.func.min(AuditSeal.log_index))
        .join(AuditEntry, sa.and_(AuditEntry.organisation == AuditSeal.organisation, AuditEntry.id == AuditSeal.id))
        .where(AuditEntry.object_id == object_id)
    )
    place: int | None = db.session.execute(query).scalar_one()
    return place


def raw_seals() -> Iterator[sa.Row[int, bytes]]:
    """Every seal's place and leaf, in order, without making objects of them."""
    seals = AuditSeal.__table__
    query = sa.select(seals.c.log_index, seals.c.leaf).where(
        seals.c.organisation == sa.literal(scope().organisation, Id())
    )
    yield from connection().execute(query.order_by(seals.c.log_index), execution_options={"yield_per": STRIDE})


def canonical_bytes() -> Iterator[bytes]:
    """The hashed bytes of every entry, sealed or not, oldest first."""
    entries = AuditEntry.__table__
    query = sa.select(entries.c.canonical).where(entries.c.organisation == sa.literal(scope().organisation, Id()))
    yield from connection().execute(query.order_by(entries.c.id), execution_options={"yield_per": STRIDE}).scalars()
