"""Right-to-left writing on a machine that draws from left to right."""

import re
from typing import Final

_LETTER: Final = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
_MARK: Final = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
#: From one right-to-left letter to the last one before a left-to-right letter.
_STRETCH: Final = re.compile(rf"[{_LETTER}](?:[\W\d_]*[{_LETTER}])*")
_CLUSTER: Final = re.compile(rf".[{_MARK}]*", re.DOTALL)
_NUMBER: Final = re.compile(r"\d+(?:[.,:/-]\d+)*")
_MIRROR: Final = str.maketrans("()[]{}<>«»", ")(][}{><»«")


def in_reading_order(line: str) -> str:
    """A line with its right-to-left stretches turned round, ready to be drawn.

    Numbers keep their own order and never change sides with the words around a stretch. Letters are
    not joined, so Arabic is legible but not handsome.
    """
    if line.isascii() or max(line) < "\u0590":
        return line
    return _STRETCH.sub(lambda stretch: _turned(stretch[0]), line)


def _turned(stretch: str) -> str:
    turned = "".join(reversed(_CLUSTER.findall(stretch)))
    return _NUMBER.sub(lambda number: number[0][::-1], turned).translate(_MIRROR)
