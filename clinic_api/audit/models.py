"""Rows of the audit log."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from clinic_api.database.rows import STRICT, Row, refers


class AuditEntry(Row):
    """One act: the exact bytes that were hashed, their salt, and columns extracted for searching."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        sa.CheckConstraint("length(salt) = 16", name="salt_is_16_bytes"),
        sa.Index("ix_audit_entries_object", "organisation", "object_id"),
        sa.Index("ix_audit_entries_at", "organisation", "at"),
        STRICT,
    )

    at: Mapped[datetime]
    event: Mapped[str]
    actor: Mapped[UUID | None]
    operation_id: Mapped[UUID | None]
    object_table: Mapped[str | None]
    object_id: Mapped[UUID | None]
    canonical: Mapped[bytes]
    salt: Mapped[bytes]
    #: PostgreSQL's transaction number, so that the sealer takes only what can no longer be preceded; 0 on SQLite.
    tx: Mapped[int] = mapped_column(
        server_default=sa.FetchedValue(),
    )


class AuditAccess(Row):
    """One look at records: who, when, which route, whose."""

    __tablename__ = "audit_accesses"
    __table_args__ = (sa.Index("ix_audit_accesses_at", "organisation", "at"), STRICT)

    at: Mapped[datetime]
    actor: Mapped[UUID | None]
    device: Mapped[UUID | None]
    action: Mapped[str]
    route: Mapped[str]
    object_id: Mapped[UUID | None]
    patients: Mapped[list[str]]
    rows: Mapped[int]
    #: Why somebody looked who does not treat the patient; sealed, since people write names into reasons.
    reason: Mapped[bytes | None]


class AuditSeal(Row):
    """An entry's fixed place in the tree. ``id`` is the entry's."""

    __tablename__ = "audit_seals"
    __table_args__ = (
        sa.UniqueConstraint("organisation", "log_index"),
        refers("id", "audit_entries"),
        sa.CheckConstraint("log_index >= 0", name="log_index_from_zero"),
        sa.CheckConstraint("length(leaf) = 32", name="leaf_is_sha256"),
        STRICT,
    )

    log_index: Mapped[int]
    leaf: Mapped[bytes]
    sealed_at: Mapped[datetime]


class AuditWaiting(Row):
    """An entry that has no place yet. ``id`` is the entry's.

    The database itself adds it with the entry, and the sealer takes it away: so a seal reads what is new, and not the
    whole log. It proves nothing; an entry that is neither here nor sealed is found by a verification.
    """

    __tablename__ = "audit_waiting"
