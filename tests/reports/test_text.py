"""Typed text reaches the paper whole, or says explicitly what could not be printed."""

from collections import Counter
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas

import clinic_api.reports
from clinic_api.reports.flowables.direction import in_reading_order
from clinic_api.reports.flowables.fonts import BOLD, REGULAR
from clinic_api.reports.flowables.ink import BODY, STRONG
from clinic_api.reports.flowables.text import cut_to, legible, lines_of, needs_explaining, para, width_of

MARKUP = [
    "K<Na and Na>K",
    "SpO2 <baseline> stable",
    "<!-- 45 mg diverted -->",
    "<font color='white'>hidden</font>",
    "<b>",
    "</para>",
    "<img src='/etc/hostname'/>",
    "<img src='http://localhost:1/x.png'/>",
    "<font size=0.01>tiny</font>",
    "<a href='javascript:alert(1)'>x</a>",
    "&#0;",
    "&#99999999;",
    "&bogus;",
    "&lt;",
    "<onDraw name='x' label='y'/>",
    "<seq/>",
    "<b>" * 2_000,
    "[[[getattr(pow, Word('__globals__'))['os'].system('touch canary') for Word in [str]]]]",
    "<para><font color=\"[[[getattr(pow,Word('__globals__'))['os'].system('touch canary')]]]\">x</font></para>",
    "{{7*7}}",
    "${7*7}",
    "%s%n",
    "=cmd|' /C calc'!A0",
    'x\r\n{"level":"INFO"}',
    "O'Brien",
    "d'; DROP TABLE patients",
]


def on_paper(text: str) -> str:
    """What a reader's program finds of a text."""
    buffer = BytesIO()
    canvas = Canvas(buffer, invariant=1)
    lines = para(text, width=500)
    for number, part in enumerate(split(lines)):
        part.wrapOn(canvas, 500, 700)
        part.drawOn(canvas, 50, 750 - part.height)
        canvas.showPage()
        assert number < 1_000
    canvas.save()
    return "\n".join(page.extract_text().strip("\n") for page in PdfReader(buffer).pages)


def split(lines: Any) -> list[Any]:
    """The pages that a text takes."""
    pages = []
    while True:
        parts = lines.split(500, 700)
        pages.append(parts[0])
        if len(parts) == 1:
            return pages
        lines = parts[1]


def without_breaks(text: str) -> str:
    """Without the white space that line breaks replace."""
    return "".join(text.split())


@pytest.mark.parametrize("text", MARKUP)
def test_what_looks_like_markup_is_printed_as_it_was_typed(text: str) -> None:
    assert without_breaks(on_paper(text)) == without_breaks(text)


@pytest.mark.parametrize(
    "name",
    [
        "Łukasz Żółć",
        "Nguyễn Thị Hồng",
        "Иван",
        "Ωμέγα",
        "İstanbul \u0131d\u0131r",
        "Straße",
        "5 µg = 5 μg",
        "≥ 3 × ½",
        "\u0391\u03b1 \u0410\u0430 Aa",
    ],
)
def test_a_name_in_a_european_alphabet_is_printed_as_it_is_written(name: str) -> None:
    assert on_paper(name) == name


@pytest.mark.parametrize("name", ["דוד", "שרה כהן", "מריץ"])
def test_a_hebrew_name_reads_from_right_to_left_and_copies_in_order(name: str) -> None:
    assert in_reading_order(name) == name[::-1]
    assert Counter(without_breaks(on_paper(name))) == Counter(without_breaks(name))


def test_a_dose_beside_a_hebrew_name_keeps_its_place_and_digits() -> None:
    assert in_reading_order("דוד 12.5 mg") == "דוד"[::-1] + " 12.5 mg"
    assert in_reading_order("אב 12.5 גד") == "דג 12.5 בא"
    assert in_reading_order("(אב) 5 mg") == "(בא) 5 mg"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\u202e5.0 gm\u202c", "[U+202E]5.0 gm[U+202C]"),
        ("a\u2066b\u2069", "a[U+2066]b[U+2069]"),
        ("a\u200bb", "a[U+200B]b"),
        ("soft\u00adhyphen", "soft[U+00AD]hyphen"),
        ("\x00", "[U+0000]"),
        ("\x0b\x0c\x1b[31m", "[U+000B][U+000C][U+001B][31m"),
        ("\rcarriage", "[U+000D]carriage"),
        ("\ud800", "[U+D800]"),
        ("\ufffe\uffff", "[U+FFFE][U+FFFF]"),
        ("\ufeffBOM", "[U+FEFF]BOM"),
        ("\ue000", "[U+E000]"),
        ("a\u2028b\u2029c\u0085", "a[U+2028]b[U+2029]c[U+0085]"),
        ("\u3164\u2800\ufe0f", "[U+3164][U+2800][U+FE0F]"),
        ("山田", "[U+5C71][U+7530]"),
        ("\U0001f489", "[U+1F489]"),
        ("👨\u200d👩", "[U+1F468][U+200D][U+1F469]"),
        ("न", "[U+0928]"),
        ("ก", "[U+0E01]"),
    ],
)
def test_what_cannot_be_seen_is_printed_as_its_number(text: str, shown: str) -> None:
    assert legible(text) == shown
    assert on_paper(text) == shown
    assert needs_explaining(text)


@pytest.mark.parametrize(
    "text", ["", "plain", "Łukasz", "two\nlines", "tab\there", "crlf\r\nhere", "[U+202E] typed", "\u00a0"]
)
def test_what_can_be_seen_needs_no_explanation(text: str) -> None:
    assert not needs_explaining(text)


def test_composed_and_decomposed_letters_print_alike() -> None:
    assert legible("e\u0301") == "é"


def test_newlines_and_indents_of_a_note_are_kept() -> None:
    assert lines_of("a\n\n  b\r\n\tc", width=500) == ["a", "", "  b", "    c"]


def test_two_hundred_marks_on_one_letter_stay_on_one_line() -> None:
    zalgo = "z" + "\u0336\u0321" * 100
    assert len(lines_of("word " + zalgo, width=60)) <= 2


@pytest.mark.parametrize("width", [30, 90, 500])
@pytest.mark.parametrize("text", ["x" * 20_000, "word " * 4_000, "Wide W" + "i" * 900 + " end"])
def test_no_line_is_wider_than_its_column_and_nothing_is_lost(text: str, width: int) -> None:
    lines = lines_of(text, width=width)
    assert all(width_of(line, BODY) <= width for line in lines)
    assert without_breaks("".join(lines)) == without_breaks(text)


def test_a_long_word_is_not_cut_before_a_combining_mark() -> None:
    lines = lines_of("x\u0336" * 500, width=40)
    assert all(line.startswith("x") for line in lines)


def test_bold_gives_way_to_regular_where_it_lacks_a_letter() -> None:
    assert STRONG.suited("Ada Marsh").face == BOLD
    assert STRONG.suited("Nguyễn").face == REGULAR


def test_a_footer_says_that_something_was_left_out() -> None:
    short = cut_to("Jordan Avery " * 50, 100, BODY)
    assert short.endswith("...")
    assert width_of(short, BODY) <= 100
    assert cut_to("Jordan", 100, BODY) == "Jordan"


def test_a_note_that_does_not_fit_at_all_waits_for_the_next_page() -> None:
    assert para("note", width=100).split(100, 5) == []


def test_no_report_reads_markup() -> None:
    package = Path(clinic_api.reports.__file__).parent
    readers = ("Paragraph", "XPreformatted", "paraparser")
    assert not [path for path in package.rglob("*.py") if any(reader in path.read_text("utf-8") for reader in readers)]
