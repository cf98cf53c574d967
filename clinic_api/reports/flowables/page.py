"""What every page carries: whose record it is, which page of how many, and the evidence."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Final

from reportlab import rl_config
from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from clinic_api.reports.flowables.fonts import BOLD
from clinic_api.reports.flowables.ink import BODY, DEEP, LABEL, MARGIN, PAGE, QUIET, RULE, WIDTH, Ink
from clinic_api.reports.flowables.text import cut_to, needs_explaining, put, width_of
from clinic_api.reports.flowables.times import LocalTimes
from clinic_api.reports.records.inventory import Inventory
from clinic_api.reports.records.seal import Seal, Status
from clinic_api.reports.records.summary import SessionSummary

#: Plain binary streams: a fifth smaller than ReportLab's default, whose letters-only coding is slow and for post by
#: wire. Pinned here, because the bytes of a signed paper are hashed.
rl_config.useA85 = 0

AID: Final = "Documentation aid; the bedside monitor's alarms are primary."
INVENTORY: Final = "What was counted, as it was signed; each line with its method and resolution."
STRANGE: Final = (
    "[U+XXXX] stands for a character that cannot be seen or printed here. Right-to-left letters are printed unjoined."
)
TOP_OF_FOOTER: Final = 46.0
ROOM_FOR_RECORD: Final = 200.0
MARK: Final = Ink(BOLD, 120, 120, HexColor("#eceff1"))
PAGE_NUMBER: Final = Ink(BOLD, 7.1, 9.4, DEEP)


@dataclass(frozen=True)
class Footer:
    """The lines at the foot of every page; ``explained`` says what ``[U+XXXX]`` means, ``aid`` what the paper is."""

    who: str
    evidence: str
    record: str
    status: str
    explained: bool
    aid: str = AID


def footer_of(summary: SessionSummary, seal: Seal, times: LocalTimes) -> Footer:
    """The footer of a summary: identifiers first, so that a long name cannot push them off the page."""
    patient = summary.patient
    who = f"{patient.mrn} | born {patient.born_on} | session {summary.series.number}, {times.day} | {patient.name}"
    evidence = _evidence(seal)
    status = f"{'FINAL' if seal.status is Status.FINAL else 'DRAFT'} v{summary.version}"
    return Footer(who, evidence, f"session {summary.session_id}", status, any(map(needs_explaining, words_in(summary))))


def foot_of_inventory(inventory: Inventory, seal: Seal) -> Footer:
    """The footer of an inventory: whose it is and of which day, so that a loose sheet says where it belongs."""
    holder = inventory.registration
    who = f"DEA {holder.dea_number} | {inventory.kind} inventory of {inventory.counted_on} | {holder.registrant}"
    status = "SIGNED" if seal.status is Status.FINAL else "DRAFT"
    explained = any(map(needs_explaining, words_in(inventory)))
    return Footer(who, _evidence(seal), f"registration {holder.id}", status, explained, aid=INVENTORY)


def _evidence(seal: Seal) -> str:
    log = (
        f"audit log {seal.audit_log_size} entries, root {seal.audit_log_root}"
        if seal.audit_log_root
        else "not in the audit log yet"
    )
    return f"content SHA-256 {seal.content_sha256} | {log}"


def words_in(record: Any) -> Iterator[str]:
    """Every text in a record, at any depth."""
    if isinstance(record, str):
        yield record
    elif isinstance(record, tuple):
        for item in record:
            yield from words_in(item)
    elif is_dataclass(record):
        for field in fields(record):
            yield from words_in(getattr(record, field.name))


class NumberedCanvas(Canvas):
    """Keeps every page back until it is known how many there are, then writes the footers."""

    def __init__(self, *args: Any, footer: Footer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._footer = footer
        self._kept: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 (ReportLab's name)
        """Keep the page."""
        self._kept.append(dict(self.__dict__))
        self._startPage()  # type: ignore[attr-defined]  # ReportLab's own way to begin a page; untyped

    def save(self) -> None:
        """Finish every page with its number, and write the file."""
        kept = self._kept
        for number, page in enumerate(kept, 1):
            self.__dict__.update(page)
            draw_footer(self, self._footer, number=number, of=len(kept))
            super().showPage()
        super().save()


def draw_footer(canvas: Canvas, footer: Footer, *, number: int, of: int) -> None:
    """Identifiers and page, evidence, and what this paper is not."""
    canvas.setStrokeColor(RULE)
    canvas.setLineWidth(0.5)
    canvas.line(MARGIN, TOP_OF_FOOTER, MARGIN + WIDTH, TOP_OF_FOOTER)
    right = MARGIN + WIDTH
    page = f"{footer.status}   Page {number}/{of}"
    room = WIDTH - width_of(page, PAGE_NUMBER) - 10
    put(canvas, (MARGIN, TOP_OF_FOOTER - 9), cut_to(footer.who, room, BODY), ink=BODY)
    put(canvas, (right, TOP_OF_FOOTER - 9), page, ink=PAGE_NUMBER, right=True)
    put(canvas, (MARGIN, TOP_OF_FOOTER - 17.5), cut_to(footer.evidence, WIDTH, LABEL), ink=LABEL)
    put(canvas, (MARGIN, TOP_OF_FOOTER - 26), footer.aid, ink=QUIET)
    put(canvas, (right, TOP_OF_FOOTER - 26), cut_to(footer.record, ROOM_FOR_RECORD, LABEL), ink=LABEL, right=True)
    if footer.explained:
        put(canvas, (MARGIN, TOP_OF_FOOTER - 34), STRANGE, ink=LABEL)


def bare(_: Canvas, __: Any) -> None:
    """A signed record has nothing behind its text."""


def draft_mark(canvas: Canvas, _: Any) -> None:
    """DRAFT behind the text of every page."""
    canvas.saveState()
    canvas.translate(PAGE[0] / 2, PAGE[1] / 2)
    canvas.rotate(52)
    canvas.setFont(MARK.face, MARK.size)
    canvas.setFillColor(MARK.colour)
    canvas.drawCentredString(0, -MARK.size / 3, "DRAFT")
    canvas.restoreState()
