"""Producing papers: gathered, hashed, sealed, and written down as a disclosure."""

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from clinic_api.audit import queries as log
from clinic_api.audit import service as audit
from clinic_api.database.keys import Place, seal, unseal
from clinic_api.database.rows import plain, put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import new_id
from clinic_api.inventory.queries import inventories as stock_taken
from clinic_api.inventory.rules.inventories import InventoryState
from clinic_api.inventory.service import inventories
from clinic_api.patients.queries import visits
from clinic_api.reports import exports, queries
from clinic_api.reports.models import ProducedFile
from clinic_api.reports.pdf import container_label, inventory_paper, session_summary
from clinic_api.reports.records.inventory import inventory_from
from clinic_api.reports.records.seal import Seal, Signature, Status
from clinic_api.reports.records.summary import summary_from
from clinic_api.reports.rules import (
    MIMETYPES,
    Event,
    Export,
    RegistrationNeeded,
    Wanted,
    check_closes,
    check_period,
    check_readable,
)
from clinic_api.signatures import queries as signed
from clinic_api.signatures import service as signatures

if TYPE_CHECKING:
    from clinic_api.signatures.models import Attestation

#: The kind under which a signed session is frozen.
SUMMARY = "session-summary"
#: Characters of the log's root on paper: enough to compare by eye.
ROOT_SHOWN = 16


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
    audit.record(Event.PRODUCED, produced, kind=wanted.kind, lines=rows)
    return produced


def file_bytes(id: UUID, *, audit: bool) -> bytes:
    """A produced file as it was, hashed again.

    Args:
        audit: whether who asks may export the audit log.

    Raises:
        NoSuchFile: not here.
        NotYours: it is the audit log's, and they may not.
        AlteredFile, NotOurSeal: it is not what was produced.
    """
    produced = queries.produced_file(id)
    check_readable(produced.kind, audit=audit)
    content = unseal(produced.sealed, _place(id))
    if hashlib.sha256(content).digest() != produced.content_sha256:
        raise AlteredFile(str(id))
    return content


def printed_summary(session: UUID) -> bytes:
    """The summary of a signed session as a PDF, from what was frozen at the signature and nothing else.

    Raises:
        NoSuchSignedRecord: nobody has signed it yet.
        NotFrozenLikeThis, NotOurSeal: what was frozen was altered.
    """
    record = signed.signed_record(SUMMARY, session)
    visit = visits.visit(session)
    audit.shows(visit.patient)
    seal = Seal(
        status=Status.DRAFT if visit.sealed_at is None else Status.FINAL,
        content_sha256=record.content_digest.hex(),
        signatures=tuple(_signature(given, record.content_digest.hex()) for given in signed.attestations_of(record.id)),
        **_place_in_log(record.id),
    )
    return session_summary(summary_from(signatures.read_frozen(SUMMARY, session)), seal)


def printed_inventory(inventory: UUID) -> bytes:
    """A statutory inventory as a PDF, from what was frozen at its first signature and nothing else.

    Raises:
        NoSuchInventory, NoSuchSignedRecord: not here, or nobody has signed it yet.
        NotFrozenLikeThis, NotOurSeal: what was frozen was altered.
    """
    content, shown = inventories.read_record(inventory), stock_taken.shown(inventory)
    record = signed.signed_record(inventories.RECORD, inventory)
    seal = Seal(
        status=Status.FINAL if shown.state is InventoryState.COMPLETE else Status.DRAFT,
        content_sha256=record.content_digest.hex(),
        signatures=tuple(_signature(given, record.content_digest.hex()) for given in signed.attestations_of(record.id)),
        **_place_in_log(record.id),
    )
    return inventory_paper(inventory_from(content), seal)


def printed_label(container: UUID) -> bytes:
    """The label of a container as a PDF; whose drug is in it is written down as having been seen.

    Raises:
        NoSuchContainer: not here.
    """
    return container_label(queries.container_label(container))


def _signature(given: "Attestation", content_sha256: str) -> Signature:
    return Signature(
        name=given.printed_name,
        role=", ".join(given.roles),
        meaning=str(given.meaning),
        signed_at=given.at,
        content_sha256=content_sha256,
    )


def _place_in_log(record: UUID) -> dict[str, Any]:
    """The first checkpoint that covers the record: the same for ever, so that the paper's bytes are."""
    covering = audit.checkpoint_covering(record)
    if covering is None:
        return {"audit_log_size": None, "audit_log_root": None}
    return {"audit_log_size": covering.size, "audit_log_root": covering.root.hex()[:ROOT_SHOWN]}


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
