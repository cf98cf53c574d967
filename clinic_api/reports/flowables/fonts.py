"""The two embedded faces: DejaVu Sans for everything, Bitstream Vera Bold, its parent, for headings.

Both come out of installed wheels (ziafont and reportlab), so the paper looks the same on every machine.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR: Final = "ClinicSans"
BOLD: Final = "ClinicSansBold"

#: The last character of the Basic Multilingual Plane.
LAST: Final = 0xFFFF

#: Where each face lies: the wheel's package, then the path inside it.
_FILES: Final = {REGULAR: ("ziafont", "fonts/DejaVuSans.ttf"), BOLD: ("reportlab", "fonts/VeraBd.ttf")}


@dataclass(frozen=True)
class Face:
    """A registered face and how wide each character it can draw is, in thousandths of the size."""

    name: str
    widths: Mapping[int, float]


@cache
def face(name: str) -> Face:
    """Register a face, once in the life of the process, and know its characters.

    Only the Basic Multilingual Plane counts as drawable: beyond it the maker writes wrong text
    for copying and searching.

    Raises:
        ModuleNotFoundError: the wheel that carries the face is not installed.
    """
    package, path = _FILES[name]
    font = TTFont(name, str(_folder(package) / path), asciiReadable=True)
    pdfmetrics.registerFont(font)
    measured, default = font.face.charWidths, font.face.defaultWidth
    return Face(name, {code: measured.get(code, default) for code in font.face.charToGlyph if code <= LAST})


def make_ready() -> None:
    """Register both faces, for drawings that name them without measuring text."""
    for name in _FILES:
        face(name)


def _folder(package: str) -> Path:
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(f"the wheel {package}, which carries a font of the reports, is not installed")
    return Path(found.submodule_search_locations[0])
