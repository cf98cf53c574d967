"""The ids we give, and the numbers others gave to people and drugs, each checked by its own arithmetic.

Passing a check is no proof that a number was ever issued: who verified it, when and how is kept elsewhere.
"""

import re
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from queue import SimpleQueue
from typing import Final, Self
from uuid import UUID

from clinic_api.errors import Unacceptable

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_PRINTED: Final = ((4, 4, 2), (5, 3, 2), (5, 4, 1))  # labeller, product, package
_PADDED: Final = (5, 4, 2)


def uuid7(at_ms: int, randomness: Callable[[int], bytes]) -> UUID:
    """The UUID version 7 of one moment, in milliseconds since 1970; ``randomness`` gives so many random bytes.

    Source:
        RFC 9562, section 5.7.
    """
    if not 0 <= at_ms < 1 << 48:
        raise ValueError("an id carries a time from 1970 on, in 48 bits of milliseconds")
    tail = int.from_bytes(randomness(10)) & (1 << 74) - 1
    return UUID(int=at_ms << 80 | 7 << 76 | (tail >> 62) << 64 | 0b10 << 62 | tail & (1 << 62) - 1)


class IdSource:
    """Gives ids that sort in the order in which they were given, by any number of threads."""

    def __init__(self, randomness: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self._randomness = randomness
        # Milliseconds and tail of the last id: who takes them out has the turn until they are put back.
        self._last: SimpleQueue[tuple[int, int]] = SimpleQueue()
        self._last.put((-1, 0))

    def new(self, at: datetime) -> UUID:
        """An id greater than every one before it; in the same or an earlier millisecond, by counting on."""
        if at.tzinfo is None:
            raise ValueError("an id needs a time with its zone")
        asked, given = (at - _EPOCH) // timedelta(milliseconds=1), self._last.get()
        try:
            given = self._after(*given, asked=asked)
        finally:
            self._last.put(given)
        return uuid7(given[0], given[1].to_bytes)

    def _after(self, ms: int, tail: int, *, asked: int) -> tuple[int, int]:
        # 72 of the 74 random bits to begin with, and random steps below 33 bits: no id gives away the next, and
        # a million million ids fit in a millisecond (RFC 9562, section 6.2, method 2).
        if asked > ms:
            return asked, int.from_bytes(self._randomness(9))
        return ms, tail + 1 + int.from_bytes(self._randomness(4))


_IDS: Final = IdSource()


def new_id(at: datetime) -> UUID:
    """A new id (UUID version 7) that sorts after all that this process gave before.

    ``at`` is the server's own time, with its zone: a claimed time could lie ahead and drag all later ids along.
    """
    return _IDS.new(at)


class Check(StrEnum):
    """What an identifier failed, in the words a person reads."""

    DEA_SHAPE = "a DEA number is two characters and seven digits, such as AB1234563"
    DEA_SECOND = "the second character of a DEA number is a letter or 9"
    DEA_DIGIT = "the last digit of this DEA number does not fit the others"
    DEA_SUFFIX = "a suffix is up to 20 letters and digits after one hyphen, such as AB1234563-001AB"
    NPI_SHAPE = "an NPI is ten digits, the first of them 1 or 2"
    NPI_DIGIT = "the last digit of this NPI does not fit the others"
    GTIN_SHAPE = "a GTIN-14 is fourteen digits"
    GTIN_DIGIT = "the last digit of this GTIN does not fit the others"
    GTIN_NO_NDC = "only a GTIN with 03 after its first digit holds an NDC"
    NDC_SHAPE = "an NDC is written 4-4-2, 5-3-2 or 5-4-1 as on the package, or 5-4-2 with one zero added"


@dataclass(eq=False)
class InvalidIdentifier(Unacceptable):
    """An identifier does not pass its own check."""

    given: str
    failed: Check

    def __post_init__(self) -> None:
        self.given = repr(self.given[:40])  # short and safe to print, whatever it was

    def __str__(self) -> str:
        return f"{self.given}: {self.failed}; compare it with the document or the package"


class InvalidDeaNumber(InvalidIdentifier):
    """This cannot be a DEA number."""


class InvalidNpi(InvalidIdentifier):
    """This cannot be an NPI."""


class InvalidGtin(InvalidIdentifier):
    """This cannot be the GTIN-14 of a drug package."""


class InvalidNdc(InvalidIdentifier):
    """This cannot be an NDC."""


@dataclass(eq=False)
class AmbiguousNdc(Unacceptable):
    """These digits can be the NDC of more than one package."""

    given: str
    candidates: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.given} can be read as {' or '.join(self.candidates)}; write it as it is printed on the package"


@dataclass(frozen=True, slots=True)
class DeaNumber:
    """The number of a DEA registration: (d1+d3+d5) + 2 (d2+d4+d6) ends in d7. Nothing follows from its letters."""

    number: str
    suffix: str | None = None

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Z][A-Z0-9][0-9]{7}", self.number):
            raise InvalidDeaNumber(self.number, Check.DEA_SHAPE)
        if self.number[1] in "012345678":
            raise InvalidDeaNumber(self.number, Check.DEA_SECOND)
        digits = [int(digit) for digit in self.number[2:]]
        if (sum(digits[0:6:2]) + 2 * sum(digits[1:6:2])) % 10 != digits[6]:
            raise InvalidDeaNumber(self.number, Check.DEA_DIGIT)
        if self.suffix is not None and not re.fullmatch(r"[A-Z0-9]{1,20}", self.suffix):
            raise InvalidDeaNumber(self.suffix, Check.DEA_SUFFIX)

    @classmethod
    def parse(cls, text: object) -> Self:
        """A DEA number as people write it: in any case, with spaces, with a hospital's suffix after a hyphen."""
        # Before upper(): some letters of other alphabets turn into plain ones.
        if not _text(text).isascii():
            raise InvalidDeaNumber(_text(text), Check.DEA_SHAPE)
        number, hyphen, suffix = _text(text).replace(" ", "").upper().partition("-")
        return cls(number, suffix if hyphen else None)

    def __str__(self) -> str:
        return self.number if self.suffix is None else f"{self.number}-{self.suffix}"


@dataclass(frozen=True, slots=True)
class Npi:
    """The national number of a person or an organisation that gives care: Luhn over 80840 and the number."""

    number: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[12][0-9]{9}", self.number):
            raise InvalidNpi(self.number, Check.NPI_SHAPE)
        digits = [int(digit) for digit in reversed("80840" + self.number)]
        if (sum(digits[::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])) % 10:
            raise InvalidNpi(self.number, Check.NPI_DIGIT)

    @classmethod
    def parse(cls, text: object) -> Self:
        """An NPI as ten digits and nothing else."""
        return cls(_text(text))

    def __str__(self) -> str:
        return self.number


@dataclass(frozen=True, slots=True)
class Gtin14:
    """The number in a barcode. Where its first digit is not 0, it may stand for a case of packages, not for one."""

    digits: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9]{14}", self.digits):
            raise InvalidGtin(self.digits, Check.GTIN_SHAPE)
        if not has_check_digit(self.digits):
            raise InvalidGtin(self.digits, Check.GTIN_DIGIT)

    @classmethod
    def parse(cls, text: object) -> Self:
        """A GTIN-14 as fourteen digits and nothing else."""
        return cls(_text(text))

    def __str__(self) -> str:
        return self.digits


@dataclass(frozen=True, slots=True)
class Ndc:
    """The code of a drug package, in the three segments that are printed on it: ten digits in all."""

    labeller: str
    product: str
    package: str

    def __post_init__(self) -> None:
        segments = (self.labeller, self.product, self.package)
        if not re.fullmatch(r"[0-9]{10}", "".join(segments)) or tuple(map(len, segments)) not in _PRINTED:
            raise InvalidNdc(str(self), Check.NDC_SHAPE)

    @classmethod
    def parse(cls, text: object, *, known: "Collection[Ndc]" = ()) -> "Ndc":
        """An NDC as on the package, or padded to 5-4-2 with or without hyphens.

        ``InvalidNdc`` where it cannot be read; ``AmbiguousNdc`` where it can be in several ways, as ten bare digits
        always can, unless one of them is a ``known`` package, one that the clinic keeps.
        """
        return _the_one(_readings(_text(text)), given=_text(text), known=known)

    @classmethod
    def from_gtin14(cls, gtin: Gtin14, *, known: "Collection[Ndc]" = ()) -> "Ndc":
        """The NDC in a barcode. Its hyphens are lost, so it takes a ``known`` package; else ``AmbiguousNdc``."""
        if gtin.digits[1:3] != "03":
            raise InvalidGtin(gtin.digits, Check.GTIN_NO_NDC)
        return _the_one(_readings(gtin.digits[3:13]), given=gtin.digits, known=known)

    @property
    def ten_digits(self) -> str:
        """Without the hyphens, as in a barcode; two packages may share them."""
        return self.labeller + self.product + self.package

    @property
    def eleven_digits(self) -> str:
        """Padded to 5-4-2, as on a claim; two packages may share them (49799-0001-1 and 49799-001-01)."""
        return _padded(self.labeller, self.product, self.package)

    def to_gtin14(self) -> Gtin14:
        """The number in the barcode of this package itself."""
        return Gtin14(f"003{self.ten_digits}{_gtin_check(f'003{self.ten_digits}')}")

    def __str__(self) -> str:
        return f"{self.labeller}-{self.product}-{self.package}"


def eleven_digits(text: object) -> str:
    """An NDC padded to eleven digits, also where those eleven stand for two packages; refuses as ``Ndc.parse``."""
    readings = _readings(_text(text))
    same = len({reading.eleven_digits for reading in readings}) == 1
    return _the_one(readings[:1] if same else readings, given=_text(text)).eleven_digits


def _readings(text: str) -> list[Ndc]:
    """Every package that ``text`` may stand for; none if it is no NDC."""
    if not re.fullmatch(r"[0-9-]{10,13}", text):
        return []
    segments = _cut(text, _PADDED) if re.fullmatch(r"[0-9]{11}", text) else text.split("-")
    lengths = tuple(map(len, segments))
    if lengths == (10,):
        return [Ndc(*_cut(text, shape)) for shape in _PRINTED]
    if lengths == _PADDED:
        shorter = [[segment[-length:] for segment, length in zip(segments, shape, strict=True)] for shape in _PRINTED]
        return [Ndc(*printed) for printed in shorter if _padded(*printed) == "".join(segments)]
    return [Ndc(*segments)] if lengths in _PRINTED else []


def _the_one(readings: list[Ndc], *, given: str, known: Collection[Ndc] = ()) -> Ndc:
    likely = [reading for reading in readings if reading in known] or readings
    if not likely:
        raise InvalidNdc(given, Check.NDC_SHAPE)
    if len(likely) > 1:
        raise AmbiguousNdc(given, tuple(map(str, likely)))
    return likely[0]


def _cut(digits: str, lengths: tuple[int, int, int]) -> list[str]:
    return [digits[: lengths[0]], digits[lengths[0] : -lengths[2]], digits[-lengths[2] :]]


def _padded(labeller: str, product: str, package: str) -> str:
    return f"{labeller:0>5}{product:0>4}{package:0>2}"


def has_check_digit(digits: str) -> bool:
    """Whether the last of some digits is the one that GS1's arithmetic gives for the others."""
    return re.fullmatch(r"[0-9]{2,}", digits) is not None and digits[-1] == _gtin_check(digits[:-1])


def _gtin_check(digits: str) -> str:
    return str(-sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(digits))) % 10)


def _text(given: object) -> str:
    """What came from the wire; a number or anything else that is not text is no identifier, like no text at all."""
    return given if isinstance(given, str) else ""
