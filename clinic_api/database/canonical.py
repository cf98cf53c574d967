"""The one spelling of plain values (RFC 8785) that digests, seals and fingerprints are taken of."""

from typing import Any, Final

import orjson
import rfc8785

#: Names in order, and no number that a JSON reader could round.
_LIKE_RFC8785: Final = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER


def canonical(said: Any) -> bytes:
    """The bytes of what ``plain`` has made: texts, whole numbers, yes and no, nothing, lists, and tables of them.

    For ASCII orjson writes the same bytes a hundred times sooner; names in other scripts sort by another rule, so
    whatever holds any is left to rfc8785, and so is all that orjson refuses.

    Raises:
        IntegerDomainError: a whole number that a JSON reader could round.
    """
    try:
        text = orjson.dumps(said, option=_LIKE_RFC8785)
    except TypeError:
        return rfc8785.dumps(said)
    return text if text.isascii() else rfc8785.dumps(said)
