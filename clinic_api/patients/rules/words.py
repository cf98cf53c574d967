"""How a name, a number or a day is made into search words: what differs only in spelling is one word."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from clinic_api.errors import Unacceptable

START: Final = 3
#: National numbers differ in how the country is written; the last ten digits do not.
PHONE_TAIL: Final = 10
#: Joined, not parted: O'Brien is one word.
_APOSTROPHES: Final = "'`’\N{ACUTE ACCENT}\N{MODIFIER LETTER APOSTROPHE}"


class Kind(StrEnum):
    """What a search word is a word of."""

    NAME = "name"
    NAME_START = "name-start"
    DATE_OF_BIRTH = "date-of-birth"
    PHONE = "phone"
    MRN = "mrn"


@dataclass(frozen=True, slots=True)
class Word:
    """One thing a patient can be found by."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a patient is looked for by; everything given must fit."""

    name: str | None = None
    date_of_birth: date | None = None
    phone: str | None = None
    mrn: str | None = None


class AskForMore(Unacceptable):
    """The search asks for nothing, or for too many."""

    def __str__(self) -> str:
        return "Enter more: the whole name, the date of birth, the telephone or the record number."


def words_of(text: str) -> list[str]:
    """The words of a name, without case, marks and punctuation, so that Zoë is found as ZOE."""
    flat = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(letter for letter in flat if letter not in _APOSTROPHES and not unicodedata.combining(letter))
    return "".join(letter if letter.isalnum() else " " for letter in kept).split()


def digits_of(text: str) -> str:
    """The digits of a telephone number, in any script's figures."""
    return "".join(str(unicodedata.digit(letter)) for letter in text if unicodedata.digit(letter, None) is not None)


def phone_word(phone: str) -> str:
    """A telephone number in its one spelling, with or without its country."""
    return digits_of(phone)[-PHONE_TAIL:]


def mrn_word(mrn: str) -> str:
    """A record number in its one spelling."""
    return "".join(words_of(mrn))


def search_words(*, name: str, date_of_birth: date, phone: str | None, mrn: str) -> frozenset[Word]:
    """Everything a patient is found by."""
    found = {Word(Kind.DATE_OF_BIRTH, date_of_birth.isoformat()), Word(Kind.MRN, mrn_word(mrn))}
    for word in words_of(name):
        found |= {Word(Kind.NAME, word), Word(Kind.NAME_START, word[:START])}
    if phone is not None:
        found.add(Word(Kind.PHONE, phone_word(phone)))
    return frozenset(found)


def asked_words(asked: Asked) -> frozenset[Word]:
    """What a search looks up. From three letters on the beginning of a name is enough; shorter words count whole,
    and only where there is nothing better to look up: ``fits`` then narrows what was found.
    """
    return frozenset(_sure_words(asked)) or frozenset(Word(Kind.NAME, word) for word in words_of(asked.name or ""))


def _sure_words(asked: Asked) -> Iterator[Word]:
    for word in words_of(asked.name or ""):
        if len(word) >= START:
            yield Word(Kind.NAME_START, word[:START])
    if asked.date_of_birth is not None:
        yield Word(Kind.DATE_OF_BIRTH, asked.date_of_birth.isoformat())
    if asked.phone is not None:
        yield Word(Kind.PHONE, phone_word(asked.phone))
    if asked.mrn is not None:
        yield Word(Kind.MRN, mrn_word(asked.mrn))


def fits(name: str, *, asked: str | None) -> bool:
    """Whether each word asked for begins some word of the name."""
    have = words_of(name)
    return all(any(word.startswith(part) for word in have) for part in words_of(asked or ""))
