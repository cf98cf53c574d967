"""Strings that break other programs, as notes and names on a summary: each is printed, or its explicit escape is."""

import re
import unicodedata
from dataclasses import replace
from io import BytesIO

from pypdf import PdfReader

from clinic_api.reports.pdf import session_summary
from clinic_api.reports.records.care import Note
from tests.conformance.data import load_json
from tests.reports.fixtures import final_seal, summary

FOOTER = "MRN-000123456|born"
RIGHT_TO_LEFT = {"R", "AL"}


def body_of(notes: list[str]) -> str:
    """The text of a paper with these notes, without footers and without white space."""
    blank = summary()
    told = tuple(Note(at=blank.checked_in_at, by=blank.prescriber, text=text) for text in notes)
    pages = PdfReader(BytesIO(session_summary(replace(blank, notes=told), final_seal()))).pages
    return "".join(re.sub(r"\s", "", page.extract_text()).split(FOOTER)[0] for page in pages)


def units_of(text: str) -> list[str]:
    """The characters of a text that leave ink, composed."""
    return [character for character in unicodedata.normalize("NFC", text) if not character.isspace()]


def either_way(character: str) -> str:
    """A pattern for a character, or for its escape."""
    return f"(?:{re.escape(character)}|\\[U\\+{ord(character):04X}\\])"


def reads_from_right(text: str) -> bool:
    """Whether a program may hand the letters back in another order."""
    return any(unicodedata.bidirectional(character) in RIGHT_TO_LEFT for character in text)


def between(body: str, number: int) -> str:
    """What is printed between two fences."""
    return body.partition(f"(((fence{number})))")[2].partition(f"(((fence{number + 1})))")[0]


def is_whole(text: str, said: str) -> bool:
    """Whether each character is there once, or its escape; in order, where a program keeps the order."""
    if not reads_from_right(text):
        return re.fullmatch("".join(map(either_way, units_of(text))), said) is not None
    left = said
    for character in units_of(text):
        escape = f"[U+{ord(character):04X}]"
        left = left.replace(escape if escape in left else character, "", 1)
    return not left and len(said) >= len(units_of(text))


def test_every_naughty_string_is_printed_whole_or_as_its_explicit_escape() -> None:
    strings = load_json("torture/naughty_strings.json")["strings"]
    fenced = [f"(((fence {number})))\n{text}\n" for number, text in enumerate(strings)]
    body = body_of(["".join(fenced) + f"(((fence {len(strings)})))"])
    lost = [text for number, text in enumerate(strings) if not is_whole(text, between(body, number))]
    assert lost == []


def test_a_naughty_string_is_printed_whole_as_the_name_of_a_patient() -> None:
    lost = []
    for text in load_json("torture/naughty_strings.json")["strings"][::15]:
        named = replace(summary(), patient=replace(summary().patient, name=text))
        page = PdfReader(BytesIO(session_summary(named, final_seal()))).pages[0].extract_text()
        said = re.sub(r"\s", "", page).partition("Allergies")[2].partition("1984-05-06MRN-000123456")[0]
        lost += [] if is_whole(text, said) else [text]
    assert lost == []


def test_no_character_of_a_naughty_string_is_printed_as_a_black_box_or_left_to_steer_the_text() -> None:
    strings = load_json("torture/naughty_strings.json")["strings"]
    body = body_of(strings)
    assert ("\u25a0" in body) == any("\u25a0" in text for text in strings)
    assert not {character for character in body if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co")}
