"""Exports as bytes: CSV that a spreadsheet cannot be tricked with, and JSON Lines as the evidential twin."""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

from clinic_api.quantities import Mass, Volume
from clinic_api.reports.records.ledger import ClosingLine, CountLine, FlowLine, LedgerLine

#: A cell that begins so would be read as a formula.
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "\uff1d", "\uff0b", "\uff0d", "\uff20")
#: What a spreadsheet may step over before it looks for a formula: spaces of any width, and characters without ink.
BEFORE: Final = re.compile("[ \u00a0\u00ad\u034f\u1680\u180e\u2000-\u200f\u202a-\u202f\u205f-\u206f\u3000\ufeff]*")
LEDGER_COLUMNS: Final = (
    *("move", "kind", "occurred_at", "recorded_at", "late_reason", "registration", "ndc", "product", "strength"),
    *("lot", "serial", "expires_on", "source", "target", "case", "mass_mg", "volume_ml", "source_balance_mg"),
    *("target_balance_mg", "patient_name", "patient_address", "by", "witness"),
    *("reverses", "removal", "incident", "reason", "disputed_at", "note"),
)


def ledger_csv(lines: Iterable[LedgerLine]) -> bytes:
    """The ledger as RFC 4180 CSV in UTF-8 with a byte-order mark, so that a spreadsheet reads names right."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(LEDGER_COLUMNS)
    for line in lines:
        values = ledger_object(line)
        writer.writerow([_cell(values[column]) for column in LEDGER_COLUMNS])
    return out.getvalue().encode("utf-8-sig")


def json_lines(objects: Iterable[Mapping[str, Any]]) -> bytes:
    """One JSON object a line, keys sorted; the copy that proves."""
    return "".join(
        json.dumps(each, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n" for each in objects
    ).encode()


def ledger_object(line: LedgerLine) -> dict[str, Any]:
    """A ledger line with plain values and the unit in each name."""
    return {
        "type": "move",
        "move": line.move,
        "kind": line.kind,
        "occurred_at": _moment(line.occurred_at),
        "recorded_at": _moment(line.recorded_at),
        "late_reason": line.late_reason,
        "registration": line.registration,
        "ndc": line.ndc,
        "product": line.product,
        "strength": line.strength,
        "lot": line.lot,
        "serial": line.serial,
        "expires_on": _day(line.expires_on),
        "source": line.source,
        "target": line.target,
        "case": line.case,
        "mass_mg": line.mass.as_mg_text(),
        "volume_ml": _ml(line.volume),
        "source_balance_mg": _mg(line.source_balance),
        "target_balance_mg": _mg(line.target_balance),
        "patient_name": line.patient_name,
        "patient_address": line.patient_address,
        "by": line.by,
        "witness": line.witness,
        "reverses": line.reverses,
        "removal": line.removal,
        "incident": line.incident,
        "reason": line.reason,
        "disputed_at": None if line.disputed_at is None else _moment(line.disputed_at),
        "note": line.note,
    }


def closing_object(line: ClosingLine) -> dict[str, Any]:
    """A product's accountability line: its variance prints as it is, its difference must be nothing."""
    return {
        "type": "closing",
        "registration": line.registration,
        "ndc": line.ndc,
        "product": line.product,
        "opening_count": _count(line.opening),
        "between_counts": None if line.between is None else _flow(line.between),
        "closing_count": _count(line.closing),
        "accountable_for_mg": _mg(line.accountable_for),
        "accounted_for_mg": _mg(line.accounted_for),
        "variance_ug": line.variance_ug,
        "book": None if line.ever is None else _flow(line.ever) | {"on_hand_mg": _mg(line.on_hand)},
        "difference_ug": line.difference_ug,
        "note": line.note,
    }


def _flow(flow: FlowLine) -> dict[str, str | None]:
    return {f"{name}_mg": mass.as_mg_text() for name, mass in flow.amounts.items()}


def _count(line: CountLine | None) -> dict[str, Any] | None:
    if line is None:
        return None
    return {
        "at": _moment(line.at),
        "found_mg": line.found.as_mg_text(),
        "book_mg": line.book.as_mg_text(),
        "resolution_mg": line.resolution.as_mg_text(),
    }


def guarded(text: str) -> str:
    """Text that a spreadsheet shows instead of running.

    Source:
        ASVS 5.0, 1.2.10.
    """
    return f"'{text}" if BEFORE.sub("", text, count=1).startswith(FORMULA) else text


def rows_of(data: bytes) -> Sequence[Sequence[str]]:
    """The cells of a CSV made here; for checking what was written."""
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def _cell(value: Any) -> str:
    return "" if value is None else guarded(str(value))


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _day(value: date) -> str:
    return value.isoformat()


def _mg(value: Mass | None) -> str | None:
    return None if value is None else value.as_mg_text()


def _ml(value: Volume | None) -> str | None:
    return None if value is None else value.as_ml_text()
