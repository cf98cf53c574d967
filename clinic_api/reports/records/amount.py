"""An amount on paper: the decimal text that was signed, never a number that could be rounded again."""

import re
from typing import Final, Self

PLAIN: Final = re.compile(r"(0|[1-9][0-9]*)(\.[0-9]+)?")


class Amount(str):
    """Plain decimal text such as "37.5"; its unit is the last part of the field's name."""

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        """Take the text as it was signed.

        Raises:
            ValueError: the text is not a plain, unsigned decimal in ASCII digits.
        """
        if not PLAIN.fullmatch(text):
            raise ValueError(f"not a plain decimal amount: {text!r}")
        return super().__new__(cls, text)

    @property
    def is_zero(self) -> bool:
        """Whether this is nothing at all, however many noughts it is written with."""
        return not self.strip("0.")
