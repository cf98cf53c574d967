"""The look of the paper, in one place: letter page, one dark colour, greys that survive a photocopier."""

from dataclasses import dataclass, replace
from typing import Final

from reportlab.lib.colors import Color, HexColor, white
from reportlab.lib.pagesizes import letter

from clinic_api.reports.flowables.fonts import BOLD, REGULAR, face

PAGE: Final = letter
MARGIN: Final = 36.0
WIDTH: Final = PAGE[0] - 2 * MARGIN

BLACK: Final = HexColor("#15191d")
SOFT: Final = HexColor("#565f69")
RULE: Final = HexColor("#c3c9cf")
TINT: Final = HexColor("#eef1f3")
DEEP: Final = HexColor("#16465a")
WHITE: Final = white


@dataclass(frozen=True)
class Ink:
    """How a piece of text is set: face, size and leading in points, colour."""

    face: str
    size: float
    leading: float
    colour: Color

    def suited(self, text: str) -> "Ink":
        """This ink, in the regular face where the bold one lacks a letter: a name is never mangled."""
        widths = face(self.face).widths
        carried = self.face == REGULAR or all(ord(character) in widths or character == "\n" for character in text)
        return self if carried else replace(self, face=REGULAR)


BODY: Final = Ink(REGULAR, 7.1, 9.4, BLACK)
QUIET: Final = Ink(REGULAR, 6.3, 8.4, SOFT)
LABEL: Final = Ink(REGULAR, 5.9, 7.6, SOFT)
COLUMN: Final = Ink(BOLD, 6.1, 8.0, SOFT)
STRONG: Final = Ink(BOLD, 7.1, 9.4, BLACK)
HEADING: Final = Ink(BOLD, 8.2, 10.5, DEEP)
