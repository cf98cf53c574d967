"""Policies: what may be the name of one, and what may stand in one."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from clinic_api.clinics.rules.content import MalformedContent
from clinic_api.errors import Unacceptable

#: A key, such as ``iv-ketamine``.
NAME: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
LONGEST_NAME: Final = 60
#: The largest whole number that every reader of JSON keeps exactly (RFC 8785).
LARGEST: Final = 2**53 - 1


@dataclass(eq=False)
class NotAPolicy(Unacceptable):
    """A policy has one of a few kinds, and a key of small letters and digits."""

    kinds: tuple[str, ...]

    def __str__(self) -> str:
        return f"Use a kind out of {', '.join(self.kinds)}, and a key such as iv-ketamine."


def is_name(word: str) -> bool:
    """Whether a word can be the kind or the key of a policy."""
    return len(word) <= LONGEST_NAME and NAME.fullmatch(word) is not None


def check_policy(kind: str, key: str, content: Mapping[str, Any], *, kinds: Collection[str]) -> None:
    """Refuse a policy that nobody would look for, or whose numbers a record cannot hold exactly.

    Raises:
        NotAPolicy: the kind does not exist, or the key is no name.
        MalformedContent: a number is not whole or too large; names the field.
    """
    if kind not in kinds or not is_name(key):
        raise NotAPolicy(kinds=tuple(sorted(kinds)))
    _check_exact(content, "")


def _check_exact(value: Any, where: str) -> None:
    if isinstance(value, Mapping):
        for name, each in value.items():
            _check_exact(each, f"{where}.{name}" if where else str(name))
    elif isinstance(value, list | tuple):
        for number, each in enumerate(value):
            _check_exact(each, f"{where}[{number}]")
    elif value is not None and not isinstance(value, str | bool) and not _is_whole(value):
        raise MalformedContent(field=where, why='must be a whole number, or text in quotes such as "0.5"')


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and abs(value) <= LARGEST
