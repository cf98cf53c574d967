"""Producing papers: gathered, hashed, sealed, and written down as a disclosure."""

import hashlib
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from clinic_api.audit import queries as log
from clinic_api.audit import service as audit
from clinic_api.database.keys import Place, seal, unseal
from clinic_api.database.rows import plain, put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import new_id
from clinic_api.reports import exports, queries
from clinic_api.reports.models import ProducedFile
from clinic_api.reports.rules import (
    MIMETYPES,
    Event,
    Export,
    RegistrationNeeded,
    Wanted,
    check_closes,
    check_period,
)


class AlteredFile(RuntimeError):
    """A stored file's bytes are not the ones that its hash names."""


def export(wanted: Wanted, *, scope: Scope) -> ProducedFile:
    """Produce an export and keep it, with its hash and who wanted it why.

    Raises:
        NoTimeBetween, RegistrationNeeded: the request makes no sense.
        BooksDisagree: our own sums do not close; it names the line. A physical variance prints and refuses nothing.
    """
    check_period(wanted.since, wanted.until)
    rows, content = _content(wanted)
    id = new_id(scope.at)
    produced = put(
        ProducedFile(
            organisation=scope.organisation,
            id=id,
            kind=wanted.kind,
            mimetype=MIMETYPES[wanted.kind],
            name=f"{scope.at:%Y-%m-%d}-{wanted.kind}",
            since=wanted.since,
            until=wanted.until,
            reason=wanted.reason,
            rows=rows,
            content_sha256=hashlib.sha256(content).digest(),
            sealed=seal(content, _place(id)),
            log_size=log.log_size(),
            by=scope.by,
            at=scope.at,
        )
    )
    audit.record(Event.PRODUCED, produced, kind=wanted.kind, rows=rows)
    return produced


def file_bytes(id: UUID) -> bytes:
    """A produced file as it was, hashed again.

    Raises:
        NoSuchFile: not here.
        AlteredFile, NotOurSeal: it is not what was produced.
    """
    produced = queries.produced_file(id)
    content = unseal(produced.sealed, _place(id))
    if hashlib.sha256(content).digest() != produced.content_sha256:
        raise AlteredFile(str(id))
    return content


def _content(wanted: Wanted) -> tuple[int, bytes]:
    if wanted.kind is Export.AUDIT_JSONL:
        entries = list(queries.audit_objects(since=wanted.since, until=wanted.until))
        return len(entries), exports.json_lines([_heading(wanted), *entries])
    if wanted.registration is None:
        raise RegistrationNeeded
    lines = queries.ledger(wanted.registration, since=wanted.since, until=wanted.until)
    closing = queries.closing(wanted.registration, since=wanted.since, until=wanted.until)
    for line in closing:
        check_closes(line.registration, line.ndc, line.difference_ug)
    if wanted.kind is Export.LEDGER_CSV:
        return len(lines), exports.ledger_csv(lines)
    said: Sequence[dict[str, Any]] = [
        _heading(wanted),
        *map(exports.ledger_object, lines),
        *map(exports.closing_object, closing),
    ]
    return len(lines), exports.json_lines(said)


def _heading(wanted: Wanted) -> dict[str, Any]:
    return {
        "type": "heading",
        "kind": str(wanted.kind),
        "since": plain(wanted.since),
        "until": plain(wanted.until),
        "log_size": log.log_size(),
        "note": "A documentation aid. Amounts are exact by the book; counts carry their method and resolution.",
    }


def _place(id: UUID) -> Place:
    return Place("produced_files", "sealed", id)
