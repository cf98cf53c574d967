"""Idempotency: one row per act, with the reply that its sender got, sealed because a reply names patients."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from clinic_api.database.keys import Place, blind_index, seal, unseal
from clinic_api.database.last import write_last
from clinic_api.database.rows import STRICT, Row, db
from clinic_api.database.scope import Scope
from clinic_api.errors import Unacceptable


class KeyReused(Unacceptable):
    """This Idempotency-Key already stands for another act."""

    def __str__(self) -> str:
        return "Make a new key for a new act; send the first act unchanged to have its reply again."


class Operation(Row):
    """An act that was decided: done or refused. ``id`` is the key that the sender made; it never expires."""

    __tablename__ = "operations"
    __table_args__ = (sa.CheckConstraint("status between 200 and 499", name="status_is_decided"), STRICT)

    actor: Mapped[UUID | None]
    device: Mapped[UUID | None]
    fingerprint: Mapped[bytes]
    status: Mapped[int]
    reply: Mapped[bytes]
    etag: Mapped[str | None]
    at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back, and went back the first time."""

    status: int
    body: bytes
    etag: str | None = None
    replayed: bool = False


def fingerprint(method: str, route: str, path: dict[str, Any], body: bytes, version: int | None) -> bytes:
    """What an act is, so that a key cannot stand for two; ``body`` is canonical, after parsing."""
    parts = [method, route, *(f"{name}={path[name]}" for name in sorted(path)), str(version)]
    return hashlib.sha256("\n".join(parts).encode() + b"\n\n" + body).digest()


def store(reply: Reply, *, fingerprint: bytes, scope: Scope) -> None:
    """Keep the reply with the act. The key's uniqueness decides between two at once."""
    write_last(
        Operation.__table__,
        {
            "organisation": scope.organisation,
            "id": scope.key,
            "actor": scope.actor,
            "device": scope.device,
            "fingerprint": _kept(fingerprint),
            "status": reply.status,
            "reply": seal(reply.body, _place(scope.key)),
            "etag": reply.etag,
            "at": scope.at,
        },
    )


def find(key: UUID, *, fingerprint: bytes, scope: Scope) -> Reply | None:
    """The reply stored under ``key``, if the act was decided before.

    Raises:
        KeyReused: another person or another content stands under it.
    """
    row = db.session.execute(sa.select(Operation).where(Operation.id == key)).scalar_one_or_none()
    if row is None:
        return None
    if row.fingerprint != _kept(fingerprint) or row.actor != scope.actor:
        raise KeyReused
    return Reply(row.status, unseal(row.reply, _place(key)), row.etag, replayed=True)


def fate(key: UUID, *, actor: UUID) -> str:
    """What became of an act: ``committed``, ``refused`` or ``unknown``."""
    query = sa.select(Operation.status).where(Operation.id == key, Operation.actor == actor)
    status = db.session.execute(query).scalar_one_or_none()
    if status is None:
        return "unknown"
    return "committed" if status < 400 else "refused"  # noqa: PLR2004  (HTTP's own border)


def _kept(fingerprint: bytes) -> bytes:
    """What is kept of a fingerprint: under the organisation's key, because a body may hold six guessable digits."""
    return blind_index("operation", fingerprint.hex())


def _place(key: UUID) -> Place:
    return Place("operations", "reply", key)
