"""Typed text on paper: nothing is parsed, nothing vanishes, nothing overflows.

ReportLab's own paragraphs read a markup language, and silently delete what looks like it. Text here never
meets a parser: ``legible`` cleans it, ``lines_of`` breaks it into lines, ``para`` lets it flow over pages.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from clinic_api.reports.flowables.direction import in_reading_order
from clinic_api.reports.flowables.fonts import REGULAR, face
from clinic_api.reports.flowables.ink import BODY, Ink

#: Categories without a visible shape: controls, direction marks, surrogates, private use, separators.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
#: Drawn as nothing although they count as letters or marks: fillers and variation selectors.
_BLANK: Final = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0]")


def legible(text: str) -> str:
    """The text with every character that cannot be seen written as ``[U+XXXX]``.

    That is what the face lacks, control and direction characters, fillers and stray surrogates.
    Newlines stay; a tab becomes four spaces. Composed and decomposed letters print alike (NFC).
    """
    if text.isascii() and text.isprintable():
        return text
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", "    "))
    return "".join(map(_shown, plain))


def needs_explaining(text: str) -> bool:
    """Whether printing this text leaves marks that a reader has to be told about."""
    return not (text.isascii() and text.isprintable()) and legible(text).count("[U+") > text.count("[U+")


@lru_cache(maxsize=8192)
def _shown(character: str) -> str:
    hidden = unicodedata.category(character) in _UNSEEN or _BLANK.match(character)
    if character == "\n" or (not hidden and ord(character) in face(REGULAR).widths):
        return character
    return f"[U+{ord(character):04X}]"


def width_of(line: str, ink: Ink) -> float:
    """How wide a legible line is, in points."""
    widths = face(ink.face).widths
    return sum([widths[code] for code in map(ord, line)]) * ink.size / 1000


def lines_of(text: str, *, width: float, ink: Ink = BODY) -> list[str]:
    """The lines that a text takes in a column ``width`` points wide, ready to be drawn.

    Breaks at spaces; a word wider than the column breaks anywhere but before a combining mark.
    """
    lines: list[str] = []
    for line in legible(text).split("\n"):
        lines += [line] if width_of(line, ink) <= width else _broken(line, width, ink)
    return [in_reading_order(line) for line in lines]


def _broken(line: str, width: float, ink: Ink) -> Iterator[str]:
    gap = width_of(" ", ink)
    held: list[str] = []
    used = -gap
    for piece in _pieces(line, width, ink):
        wide = width_of(piece, ink)
        if held and used + gap + wide > width:
            yield " ".join(held)
            held, used = [], -gap
        held.append(piece)
        used += gap + wide
    yield " ".join(held)


def _pieces(line: str, width: float, ink: Ink) -> Iterator[str]:
    for word in line.split(" "):
        if width_of(word, ink) <= width:
            yield word
        else:
            yield from _chopped(word, width, ink)


def _chopped(word: str, width: float, ink: Ink) -> Iterator[str]:
    widths = face(ink.face).widths
    limit, start, used = width * 1000 / ink.size, 0, 0.0
    for place, character in enumerate(word):
        wide = widths[ord(character)]
        if used + wide > limit and place > start and not unicodedata.combining(character):
            yield word[start:place]
            start, used = place, 0.0
        used += wide
    yield word[start:]


def put(canvas: Canvas, spot: tuple[float, float], text: str, *, ink: Ink, right: bool = False) -> None:
    """One line of text at a spot; its end is there if ``right``."""
    plain = legible(text).replace("\n", " ")
    ink, line = ink.suited(plain), in_reading_order(plain)
    x, y = spot
    canvas.setFont(ink.face, ink.size)
    canvas.setFillColor(ink.colour)
    canvas.drawString(x - width_of(line, ink) if right else x, y, line)


def cut_to(text: str, width: float, ink: Ink) -> str:
    """The text on one line; what does not fit is left out, and three full stops say so. For footers only."""
    plain = legible(text).replace("\n", " ")
    if width_of(plain, ink.suited(plain)) <= width:
        return text
    dots = "..."
    return next(_broken(plain, width - width_of(dots, ink), ink.suited(plain))) + dots


class Lines(Flowable):
    """Lines of text that flow from page to page."""

    def __init__(self, lines: Sequence[str], ink: Ink) -> None:
        super().__init__()
        self._lines = lines
        self._ink = ink

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:  # noqa: N803 (ReportLab's names)
        """The room that the lines take."""
        self.width, self.height = availWidth, len(self._lines) * self._ink.leading
        return self.width, self.height

    def split(self, availWidth: float, availHeight: float) -> list[Flowable]:  # noqa: N803
        """What fits here, and the rest."""
        fitting = int(availHeight / self._ink.leading)
        if fitting < 1:
            return []
        return [Lines(part, self._ink) for part in (self._lines[:fitting], self._lines[fitting:]) if part]

    def draw(self) -> None:
        """Each line as it is; there is no markup to be misread."""
        ink = self._ink
        pen = self.canv.beginText(0, self.height - ink.leading + (ink.leading - ink.size) / 2 + ink.size * 0.18)
        pen.setFont(ink.face, ink.size, ink.leading)
        pen.setFillColor(ink.colour)
        for line in self._lines:
            pen.textLine(line)
        self.canv.drawText(pen)


def para(text: str, *, width: float, ink: Ink = BODY) -> Lines:
    """What somebody typed, newlines kept, as long as it likes to be."""
    plain = legible(text)
    ink = ink.suited(plain)
    return Lines(lines_of(plain, width=width, ink=ink), ink)
