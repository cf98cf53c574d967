"""Writing down what happened and who looked; sealing it."""

import os
import secrets
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Final
from uuid import UUID

import orjson
import sqlalchemy as sa
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from clinic_api.audit import queries
from clinic_api.audit.models import AuditAccess, AuditEntry, AuditSeal, AuditWaiting
from clinic_api.audit.rules import (
    SALT_BYTES,
    Checkpoint,
    Fault,
    Finding,
    NotACheckpoint,
    grown,
    leaf,
    read_note,
)
from clinic_api.database import keys
from clinic_api.database.canonical import canonical
from clinic_api.database.keys import keep_secret, vault
from clinic_api.database.last import write_last
from clinic_api.database.rows import Row, db, plain
from clinic_api.database.scope import Scope, scope
from clinic_api.database.transactions import connection
from clinic_api.errors import Refusal
from clinic_api.identifiers import new_id

#: Stands between two notes in the checkpoint file.
SEPARATOR: Final = "---\n"
#: What an entry's bytes say and its columns repeat.
_SAID_TWICE: Final = ("id", "event", "at", "actor", "operation", "organisation")
# arg-type: a mapped class says FromClause of what is a Table
_SEALS: Final = sa.insert(AuditSeal.__table__)  # type: ignore[arg-type]
_UNTRACKED: Final = {"synchronize_session": False}
_SHOWN: ContextVar[set[UUID] | None] = ContextVar("shown", default=None)
#: How long the checkpoint file was before a reading began: of which reading, and bytes.
_BEFORE: ContextVar[tuple[UUID, datetime, int] | None] = ContextVar("before", default=None)


@dataclass(eq=False)
class ForkedLog(Refusal):
    """The log no longer contains what an earlier checkpoint signed: it was restored, cut or rewritten."""

    status: ClassVar[int] = 503
    faults: list[Fault]

    @property
    def facts(self) -> dict[str, Any]:
        """Where it differs."""
        return {"faults": [f"{fault.finding}: {fault.where}" for fault in self.faults]}

    def __str__(self) -> str:
        return "Run `flask --app wsgi verify`; charting goes on, nothing leaves the clinic until it is known why."


def record(event: str, *rows: Row, **facts: Any) -> None:
    """Write down an act in its own transaction, naming every regulated row it wrote with that row's digest.

    Args:
        event: ``noun:verb-past``, from the feature's StrEnum.
        rows: what was written; the first is what the act is about.
        facts: plain values worth searching for; never a name, a note or an address.
    """
    record_digests(event, [(row.__tablename__, row.id, getattr(row, "digest", None)) for row in rows], **facts)


def record_digests(event: str, rows: list[tuple[str, UUID, bytes | None]], **facts: Any) -> None:
    """As ``record``, for rows that were written without being made into objects (hot paths)."""
    now = scope()
    entry = new_id(now.at)
    said = canonical(
        {
            "v": 1,
            "organisation": str(now.organisation),
            "id": str(entry),
            "event": event,
            "at": plain(now.at),
            "actor": plain(now.actor),
            "auth_event": plain(now.auth_event),
            "device": plain(now.device),
            "operation": plain(now.operation_id),
            "rows": [{"table": table, "id": str(key), "digest": plain(digest)} for table, key, digest in rows],
            "facts": plain(facts),
        }
    )
    table, about = (rows[0][0], rows[0][1]) if rows else (None, None)
    write_last(
        AuditEntry.__table__,
        {
            "organisation": now.organisation,
            "id": entry,
            "at": now.at,
            "event": event,
            "actor": now.actor,
            "operation_id": now.operation_id,
            "object_table": table,
            "object_id": about,
            "canonical": said,
            "salt": secrets.token_bytes(SALT_BYTES),
        },
    )


def shows(*patients: UUID) -> None:
    """Note whose record is being looked at; the door writes it down before the first byte leaves."""
    shown = _SHOWN.get()
    if shown is not None:
        shown.update(patients)


def before_reading(scope: Scope) -> None:
    """Look into the vault before the database is read in ``scope``.

    A checkpoint that somebody else adds meanwhile is of a longer log than the reading shows, and no cut.
    """
    path = _notes_path(scope.organisation)
    _BEFORE.set((scope.organisation, scope.at, path.stat().st_size if path.exists() else 0))


def start_looking() -> None:
    """Begin a look: nobody's record has been shown yet."""
    _SHOWN.set(set())


def record_access(
    *, action: str, route: str, object_id: UUID | None, rows: int, reason: str | None = None, scope: Scope
) -> None:
    """Write down one look, with everybody it showed and why it was made, when it ends."""
    id = new_id(scope.at)
    shown = sorted(str(patient) for patient in _SHOWN.get() or ())
    write_last(
        AuditAccess.__table__,
        {
            "organisation": scope.organisation,
            "id": id,
            "at": scope.at,
            "actor": scope.actor,
            "device": scope.device,
            "action": action,
            "route": route,
            "object_id": object_id,
            "patients": shown,
            "rows": rows,
            "reason": None if reason is None else keys.seal(reason.encode(), queries.reason_place(id)),
        },
    )


def seal() -> int:
    """Give every finished entry its place in the tree; return how many were placed.

    Runs in a transaction of its own. On PostgreSQL only entries of transactions below the snapshot's oldest
    are taken, so that no late entry can slip in under a sealed one.
    """
    now = scope()
    queries.hold_log()
    first = queries.log_size()
    sealed = [
        {
            "organisation": now.organisation,
            "id": entry.id,
            "log_index": place,
            "leaf": leaf(entry.salt, entry.canonical),
            "sealed_at": now.at,
        }
        for place, entry in enumerate(queries.unsealed(), start=first)
    ]
    if sealed:
        connection().execute(_SEALS, sealed)
        placed = sa.select(AuditSeal.id).where(AuditSeal.log_index >= first)
        db.session.execute(sa.delete(AuditWaiting).where(AuditWaiting.id.in_(placed)), execution_options=_UNTRACKED)
    return len(sealed)


def checkpoint() -> Checkpoint:
    """Sign the log's size and root and keep the note in the vault, outside the database.

    Raises:
        ForkedLog: the log no longer contains an earlier checkpoint, or one is not ours; nothing is signed.
    """
    kept, unreadable = _kept_notes()
    tree, different = grown((row.leaf for row in queries.raw_seals()), kept)
    if faults := unreadable + different:
        raise ForkedLog(faults)
    newest = max(_kept_notes(whole=True)[0], key=lambda each: each.size, default=None)
    if newest is not None and newest.size >= tree.size:
        return newest  # nothing was added since, or somebody else has signed it meanwhile
    path = _notes_path(scope().organisation)
    made = Checkpoint(_origin(), tree.size, tree.root())
    with path.open("a", encoding="utf-8") as notes:
        notes.write(made.note(signer=_origin(), signature=_log_key().sign(made.body().encode())) + SEPARATOR)
        notes.flush()
        os.fsync(notes.fileno())
    return made


def verify_log() -> list[Fault]:
    """Recompute every leaf and root of the log and compare with what was kept; empty when all is as written."""
    faults = list[Fault]()
    kept, unreadable = _kept_notes()
    _, different = grown(_recomputed(faults), kept)
    forgotten = [Fault(Finding.NEVER_SEALED, f"entry {id}") for id in queries.forgotten()]
    return faults + unreadable + different + forgotten


def _recomputed(faults: list[Fault]) -> Iterator[bytes]:
    """Every leaf, computed anew from its entry; what is wrong with an entry or its place is added to ``faults``."""
    expected = 0
    for entry in queries.said_log():
        if entry.log_index != expected:
            faults.append(Fault(Finding.SEAL_MISSING, f"log index {expected}", f"until {entry.log_index - 1}"))
        expected = entry.log_index + 1
        computed = leaf(entry.salt, entry.canonical)
        if computed != entry.leaf:
            faults.append(Fault(Finding.LEAF_DIFFERS, f"entry {entry.id}", f"log index {entry.log_index}"))
        faults += _columns_differ(entry)
        yield computed


def checkpoint_covering(object_id: UUID) -> Checkpoint | None:
    """The first kept checkpoint that covers the first entry about a record; None while there is none."""
    place = queries.place_of(object_id)
    if place is None:
        return None
    return min((kept for kept in _kept_notes()[0] if kept.size > place), key=lambda kept: kept.size, default=None)


def newest_checkpoint_size() -> int | None:
    """How many entries the newest kept checkpoint covers; None where none is kept."""
    return max((kept.size for kept in _kept_notes()[0]), default=None)


def _columns_differ(entry: queries.SaidEntry) -> list[Fault]:
    try:
        said = orjson.loads(entry.canonical)
    except ValueError:
        return [Fault(Finding.ENTRY_ALTERED, f"entry {entry.id}", "it cannot be read")]
    if not isinstance(said, dict) or "rows" not in said:
        return [Fault(Finding.ENTRY_ALTERED, f"entry {entry.id}", "it does not say what it is about")]
    about = said["rows"][0] if said["rows"] else {"table": None, "id": None}
    same = all(said.get(name) == getattr(entry, name) for name in _SAID_TWICE)
    if same and about["table"] == entry.object_table and about["id"] == entry.object_id:
        return []
    return [Fault(Finding.COLUMNS_DIFFER, f"entry {entry.id}")]


def _origin() -> str:
    return f"clinic.example/log/{scope().organisation}"


def _notes_path(organisation: UUID) -> Path:
    return vault.folder / f"checkpoints-{organisation}.txt"


def _notes(*, whole: bool) -> list[str]:
    """The notes that were there before the reading began; all of them if ``whole``, or where nobody looked before."""
    now, before = scope(), _BEFORE.get()
    path = _notes_path(now.organisation)
    if not path.exists():
        return []
    ours = not whole and before is not None and before[:2] == (now.organisation, now.at)
    read = path.read_bytes()[: before[2] if before and ours else None]
    return [note for note in read.decode().split(SEPARATOR) if note]


def _kept_notes(*, whole: bool = False) -> tuple[list[Checkpoint], list[Fault]]:
    """The checkpoints that we signed for this log, and a fault for each note that is something else."""
    kept, faults = list[Checkpoint](), list[Fault]()
    for number, note in enumerate(_notes(whole=whole), start=1):
        try:
            kept.append(_ours(note))
        except (NotACheckpoint, InvalidSignature) as failure:
            faults.append(Fault(Finding.SIGNATURE_BAD, f"checkpoint note {number}", type(failure).__name__))
    return kept, faults


def _ours(note: str) -> Checkpoint:
    made, signature = read_note(note)
    _log_key().public_key().verify(signature, made.body().encode())
    if made.origin != _origin():
        raise NotACheckpoint(made.origin)
    return made


def _log_key() -> Ed25519PrivateKey:
    path = vault.folder / "log-signing.key"
    keep_secret(path, Ed25519PrivateKey.generate().private_bytes_raw())
    return Ed25519PrivateKey.from_private_bytes(path.read_bytes())
