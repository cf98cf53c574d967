"""How a patient is found: by words that mean the same however they are spelt."""

from datetime import date

import pytest

from clinic_api.patients.rules.words import Asked, Kind, Word, asked_words, fits, search_words, words_of

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("O'Brien", ["obrien"]),
        ("O’Brien-Smith, Zoë", ["obrien", "smith", "zoe"]),
        ("STRASSE Straße", ["strasse", "strasse"]),
        ("Nguyễn Văn Hồng", ["nguyen", "van", "hong"]),
        ("山田 太郎", ["山田", "太郎"]),
        ("\uff3a\uff2f\uff25", ["zoe"]),
        ("…", []),
    ],
)
def test_what_differs_only_in_spelling_is_one_word(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_a_patient_is_found_by_whole_words_and_their_first_three_letters() -> None:
    found = search_words(name="Zoë Li", date_of_birth=date(1984, 2, 29), phone="+1 518 555 0142", mrn="M-1")
    assert found == {
        Word(Kind.NAME, "zoe"),
        Word(Kind.NAME_START, "zoe"),
        Word(Kind.NAME, "li"),
        Word(Kind.NAME_START, "li"),
        Word(Kind.DATE_OF_BIRTH, "1984-02-29"),
        Word(Kind.PHONE, "5185550142"),
        Word(Kind.MRN, "m1"),
    }
    assert Word(Kind.PHONE, "") not in search_words(name="A", date_of_birth=TODAY, phone=None, mrn="1")


def test_a_search_looks_up_the_beginnings_of_longer_words_and_whole_short_ones_only_where_there_is_nothing_else() -> (
    None
):
    assert asked_words(Asked(name="Smi Li")) == {Word(Kind.NAME_START, "smi")}
    assert asked_words(Asked(name="Li")) == {Word(Kind.NAME, "li")}
    assert asked_words(Asked(name="Li", mrn="M-1")) == {Word(Kind.MRN, "m1")}
    assert asked_words(Asked(date_of_birth=TODAY, phone="555 01 42")) == {
        Word(Kind.DATE_OF_BIRTH, "2026-03-02"),
        Word(Kind.PHONE, "5550142"),
    }
    assert asked_words(Asked()) == frozenset()


@pytest.mark.parametrize(("asked", "fit"), [("smi zo", True), ("smith", True), ("smiths", False), (None, True)])
def test_each_word_asked_for_begins_a_word_of_the_name(asked: str | None, fit: bool) -> None:
    assert fits("Zoë Smith", asked=asked) is fit
