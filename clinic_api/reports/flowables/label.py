"""A label of 2 by 1 inch, drawn line by line; the barcode leads back to the container."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from operator import itemgetter
from typing import Final

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.pdfgen.canvas import Canvas

from clinic_api.reports.flowables.fonts import BOLD, REGULAR
from clinic_api.reports.flowables.ink import BLACK, WHITE, Ink
from clinic_api.reports.flowables.text import cut_to, legible, put, width_of
from clinic_api.reports.flowables.times import LocalTimes
from clinic_api.reports.records.label import ContainerLabel, LabelKind

#: Points: two inches wide and one inch high.
SIZE: Final = (144.0, 72.0)
EDGE: Final = 3.5
#: The barcode with its quiet zone: 25 modules and 4 on each side, each wide enough for a printer of 203 dots an inch.
CODE: Final = 42.0
#: Between what stands beside the barcode and what stands below it.
GAP: Final = 1.8
BESIDE: Final = SIZE[0] - CODE - 2 * EDGE
FULL: Final = SIZE[0] - 2 * EDGE
NUMBER: Final = Ink(BOLD, 9.5, 10, BLACK)
KIND: Final = Ink(BOLD, 6.2, 6.8, BLACK)
DRUG: Final = Ink(BOLD, 7.4, 8, BLACK)
AMOUNT: Final = Ink(BOLD, 6.2, 6.7, BLACK)
LINE: Final = Ink(REGULAR, 5.4, 6.2, BLACK)
UNTIL: Final = Ink(BOLD, 5.8, 6.4, BLACK)
#: Below this nobody reads a label at arm's length.
SMALLEST: Final = 4.6
#: What is set smaller to fit must not be a hair too wide, or it would be cut for that.
ALMOST: Final = 0.999


def draw_label(canvas: Canvas, label: ContainerLabel) -> None:
    """The whole label: beside the barcode what it is, below it whose, since when and until when."""
    _code(canvas, label.code)
    top = _heading(canvas, label, SIZE[1] - EDGE)
    for text, ink in _beside(label):
        top = _line(canvas, text, ink, top, width=BESIDE)
    top = SIZE[1] - CODE - GAP
    for text, ink in _below(label, LocalTimes.of(label.zone, anchor=label.at)):
        top = _line(canvas, text, ink, top, width=FULL)


def _beside(label: ContainerLabel) -> list[tuple[str, Ink]]:
    amount = f"{label.content} mg" if label.volume is None else f"{label.content} mg in {label.volume} mL"
    return [(label.drug.upper(), DRUG), (f"{label.strength} mg/mL", AMOUNT), (amount, AMOUNT)]


def _below(label: ContainerLabel, times: LocalTimes) -> list[tuple[str, Ink]]:
    done = (f"{label.kind.when} {times.stamped(label.at)}  by {label.initials}", LINE)
    return [*_whose(label), *_forbidden(label), done, *_until(label, times)]


def _whose(label: ContainerLabel) -> list[tuple[str, Ink]]:
    if label.patient is None:
        return []
    return [(label.patient.name, UNTIL), (f"Born {label.patient.born_on}  MRN {label.patient.mrn}", LINE)]


def _forbidden(label: ContainerLabel) -> list[tuple[str, Ink]]:
    return [] if label.reason is None else [(f"DO NOT USE: {label.reason}", UNTIL)]


def _until(label: ContainerLabel, times: LocalTimes) -> list[tuple[str, Ink]]:
    """Until when it may be used, where it may be used at all; of stock and of a mix, lots and expiries too."""
    stock = [] if label.patient is not None else [(_lots(label.lots, begin="Lot ", between="  exp. "), LINE)]
    if label.kind is LabelKind.QUARANTINE:
        return stock
    if label.use_by is not None:
        return [(f"USE BY {times.stamped(label.use_by)}", UNTIL), *stock]
    if label.patient is None:
        return stock
    if len(label.lots) == 1:
        return [("USE for this visit only", UNTIL)]
    return [(_lots(label.lots, begin="THIS VISIT ONLY  ", between=" "), LINE)]


def _lots(lots: Sequence[tuple[str, date]], *, begin: str, between: str) -> str:
    """As many lots as one line holds; where not all do, those that expire first, and how many a scan finds besides."""
    every = [f"{lot}{between}{expires_on}" for lot, expires_on in lots]
    whole = begin + " + ".join(every)
    if len(lots) == 1 or _fits(whole):
        return whole
    soonest = [f"{lot}{between}{expires_on}" for lot, expires_on in sorted(lots, key=itemgetter(1))]
    tried = (f"{begin}{' + '.join(soonest[:n])} +{_so_many(len(lots) - n)}" for n in range(len(lots) - 1, 0, -1))
    return next(filter(_fits, tried), f"{begin}{_so_many(len(lots))}")


def _so_many(lots: int) -> str:
    return f"{lots} {'lot' if lots == 1 else 'lots'}"


def _fits(text: str) -> bool:
    """Whether a line can be set small enough to be read whole."""
    plain = legible(text)
    return width_of(plain, replace(LINE.suited(plain), size=SMALLEST)) <= FULL


def _heading(canvas: Canvas, label: ContainerLabel, top: float) -> float:
    if label.kind is LabelKind.QUARANTINE:
        canvas.setFillColor(BLACK)
        canvas.rect(EDGE - 1, top - KIND.leading - 0.6, BESIDE, KIND.leading + 1, stroke=0, fill=1)
        put(canvas, (EDGE + 1, top - KIND.size + 0.4), label.kind, ink=Ink(BOLD, KIND.size, KIND.leading, WHITE))
    else:
        put(canvas, (EDGE, top - KIND.size + 0.4), label.kind, ink=KIND)
    return _line(canvas, label.number, NUMBER, top - KIND.leading - 1, width=BESIDE)


def _line(canvas: Canvas, text: str, ink: Ink, top: float, *, width: float) -> float:
    """One line, set smaller before it is cut; where it is cut, three full stops say so."""
    plain = legible(text).replace("\n", " ")
    suited = ink.suited(plain)
    size = max(min(1.0, ALMOST * width / max(width_of(plain, suited), 1.0)) * suited.size, SMALLEST)
    fitting = replace(suited, size=size)
    put(canvas, (EDGE, top - ink.size), cut_to(plain, width, fitting), ink=fitting)
    return top - ink.leading


def _code(canvas: Canvas, held: str) -> None:
    code = QrCodeWidget(held, barWidth=CODE, barHeight=CODE, barLevel="M", barBorder=4)
    drawing = Drawing(CODE, CODE)
    drawing.add(code)
    renderPDF.draw(drawing, canvas, SIZE[0] - CODE, SIZE[1] - CODE)
