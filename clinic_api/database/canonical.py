"""The one spelling of plain values (RFC 8785) that digests, seals and fingerprints are taken of."""

import json
import re
from typing import Any, Final

import rfc8785

#: Numbers that JSON readers may round; rfc8785 refuses them, so they are left to it.
_LONG_NUMBER: Final = re.compile(r"\d{16}")
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def canonical(said: Any) -> bytes:
    """The bytes of what ``plain`` has made: texts, whole numbers, yes and no, nothing, lists, and tables of them.

    For ASCII the standard library writes the same bytes ten times sooner; names in other scripts sort by another
    rule, so whatever holds any is left to rfc8785.

    Raises:
        IntegerDomainError: a whole number that a JSON reader could round.
    """
    text = _ENCODER.encode(said)
    return text.encode() if text.isascii() and not _LONG_NUMBER.search(text) else rfc8785.dumps(said)
