"""The paper's own evidence: who was on site, which rules were in force, notes, changes, signatures."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Final

from reportlab.platypus import Flowable

from clinic_api.reports.flowables.fonts import REGULAR
from clinic_api.reports.flowables.grid import Cell, Column, grid
from clinic_api.reports.flowables.ink import BLACK, LABEL, STRONG, WIDTH, Ink
from clinic_api.reports.flowables.layout import HALF, gap, half, section
from clinic_api.reports.flowables.text import para
from clinic_api.reports.flowables.times import LocalTimes
from clinic_api.reports.records.care import Note, Policy
from clinic_api.reports.records.people import Supervision
from clinic_api.reports.records.seal import Seal, Signature
from clinic_api.reports.records.summary import Amendment, SessionSummary

NOTE: Final = Ink(REGULAR, 7.6, 10.4, BLACK)
FINE: Final = Ink(REGULAR, 6.4, 8.2, BLACK)


def oversight(summary: SessionSummary, times: LocalTimes) -> tuple[list[Flowable], list[Flowable]]:
    """Two columns: who was on site, and which rules and profile held."""
    return _supervision(summary.supervision, times), _rules(summary, times)


def _supervision(intervals: Sequence[Supervision], times: LocalTimes) -> list[Flowable]:
    columns = (Column("From", 40), Column("To", 40), Column("On site", 130, STRONG), Column("Known from", HALF - 210))
    rows = [
        (times.clock(i.started_at), times.clock(i.ended_at) or "open", str(i.person or "GAP: nobody"), i.source)
        for i in intervals
    ]
    body = grid(columns, rows) if rows else para("No prescriber presence is recorded.", width=HALF)
    return half("Supervision", body)


def _rules(summary: SessionSummary, times: LocalTimes) -> list[Flowable]:
    pieces: list[Flowable] = [para(line, width=HALF, ink=ink) for line, ink in _once(summary.profile)]
    if summary.policies:
        columns = (Column("", 66), Column("", HALF - 66))
        pieces += [gap(2), grid(columns, [_policy(policy, times) for policy in summary.policies])]
    return half("Rules in force", *pieces)


def _once(lines: Sequence[str]) -> Iterator[tuple[str, Ink]]:
    """The lines of a practice profile; what they begin with, "single-person practice", is said once above them."""
    for practice, each in groupby((line.partition(": ") for line in lines), key=itemgetter(0)):
        yield practice, STRONG
        yield from ((f"\N{EN DASH} {what}", FINE) for _, _, what in each if what)


def _policy(policy: Policy, times: LocalTimes) -> tuple[str, str]:
    approved = f"version {policy.version}, approved {times.full(policy.approved_at)[:10]} by {policy.approved_by}"
    return policy.name, f"{approved}; {policy.change}" if policy.change else approved


def notes(notes: Sequence[Note], times: LocalTimes) -> list[Flowable]:
    """Free text as it was typed, each note under its author and time."""
    pieces: list[Flowable] = []
    for note in notes:
        pieces += [
            para(f"{times.clock(note.at)}  {note.by}", width=WIDTH, ink=LABEL),
            para(note.text, width=WIDTH, ink=NOTE),
            gap(3),
        ]
    return section("Notes", *pieces) if pieces else []


def amendments(amendments: Sequence[Amendment], times: LocalTimes) -> list[Flowable]:
    """What later versions changed, and why."""
    columns = (
        Column("Version", 36, STRONG),
        Column("Time", 130),
        Column("By", 96),
        Column("Reason and changes", WIDTH - 262),
    )
    rows = [(f"v{a.version}", times.full(a.at), str(a.by), "\n".join((a.reason, *a.changes))) for a in amendments]
    return section("Amendments", grid(columns, rows)) if rows else []


def signatures(seal: Seal, times: LocalTimes) -> list[Flowable]:
    """Who signed what, meaning what, and when."""
    if not seal.signatures:
        return section("Signatures", para("NOT SIGNED: this is a draft.", width=WIDTH, ink=STRONG))
    columns = (
        Column("Name, role", 168),
        Column("Meaning", 62),
        Column("Signed", 124),
        Column("Content SHA-256", WIDTH - 354),
    )
    return section("Signatures", grid(columns, [_signature(s, times) for s in seal.signatures]))


def _signature(signature: Signature, times: LocalTimes) -> tuple[str | Cell, ...]:
    digest = Cell(signature.content_sha256, LABEL)
    return (
        Cell(f"{signature.name}, {signature.role}", STRONG),
        signature.meaning,
        times.full(signature.signed_at),
        digest,
    )
