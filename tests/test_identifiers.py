"""Ids sort as they were given; the numbers of others pass their own arithmetic or are refused with the reason."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic_api.errors import Unacceptable
from clinic_api.identifiers import (
    AmbiguousNdc,
    Check,
    DeaNumber,
    Gtin14,
    IdSource,
    InvalidDeaNumber,
    InvalidGtin,
    InvalidIdentifier,
    InvalidNdc,
    InvalidNpi,
    Ndc,
    Npi,
    eleven_digits,
    new_id,
    uuid7,
)

TEN = datetime(2026, 3, 2, 10, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
NOT_TEXT: list[object] = [None, 0, 1234567893, 1.5, True, b"1234567893", [], {}]


def zeros(size: int) -> bytes:
    return bytes(size)


def milliseconds_of(given_id: UUID) -> int:
    return given_id.int >> 80


def passes(parse: Callable[[object], object], text: str) -> bool:
    try:
        parse(text)
    except InvalidIdentifier:
        return False
    return True


def test_the_example_of_the_standard_is_reproduced() -> None:
    random_bits = 0xCC3 << 62 | 0x18C4DC0C0C07398F
    made = uuid7(0x017F22E279B0, random_bits.to_bytes)
    assert str(made) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


@pytest.mark.parametrize("filler", [b"\x00", b"\xff", b"\xa5"])
def test_whatever_the_randomness_an_id_says_its_version_and_its_time(filler: bytes) -> None:
    made = uuid7(1_772_445_600_123, lambda size: filler * size)
    assert (made.version, made.variant, milliseconds_of(made)) == (7, RFC_4122, 1_772_445_600_123)


@pytest.mark.parametrize("at_ms", [-1, 1 << 48])
def test_a_time_that_does_not_fit_is_refused(at_ms: int) -> None:
    with pytest.raises(ValueError, match="48 bits"):
        uuid7(at_ms, zeros)


def test_a_hundred_thousand_ids_of_one_moment_are_all_different_and_in_order() -> None:
    given_ids = [new_id(TEN) for _ in range(100_000)]
    assert len(set(given_ids)) == 100_000
    assert given_ids == sorted(given_ids)
    assert [str(each) for each in given_ids] == sorted(str(each) for each in given_ids)
    assert {each.version for each in given_ids} == {7}


def test_ids_of_many_threads_are_all_different_and_each_thread_sees_its_own_in_order() -> None:
    source = IdSource()

    def give_many(_: int) -> list[UUID]:
        return [source.new(TEN) for _ in range(2_000)]

    with ThreadPoolExecutor(8) as pool:
        given_ids = list(pool.map(give_many, range(8)))
    assert all(each == sorted(each) for each in given_ids)
    assert len({one for each in given_ids for one in each}) == 16_000


def test_an_id_of_an_earlier_moment_still_sorts_after_the_last() -> None:
    source = IdSource()
    times = [TEN, TEN - timedelta(hours=1), TEN, TEN + MILLISECOND, TEN, TEN + timedelta(days=1)]
    given_ids = [source.new(at) for at in times]
    assert given_ids == sorted(given_ids)
    assert len(set(given_ids)) == len(times)


def test_an_id_carries_the_millisecond_it_was_given_in() -> None:
    source = IdSource(zeros)
    assert milliseconds_of(source.new(TEN)) == TEN.timestamp() * 1000
    assert milliseconds_of(source.new(TEN + timedelta(microseconds=1999))) == TEN.timestamp() * 1000 + 1
    elsewhere = (TEN + 2 * MILLISECOND).astimezone(timezone(timedelta(hours=-6)))
    assert milliseconds_of(source.new(elsewhere)) == TEN.timestamp() * 1000 + 2


def test_even_without_any_randomness_no_id_is_given_twice() -> None:
    source = IdSource(zeros)
    first, second, next_millisecond = source.new(TEN), source.new(TEN), source.new(TEN + MILLISECOND)
    assert first < second < next_millisecond


@pytest.mark.parametrize("at", [datetime(2026, 3, 2, 10), datetime(1969, 12, 31, tzinfo=UTC)])  # noqa: DTZ001 - the point
def test_a_time_without_a_zone_or_before_1970_gives_no_id(at: datetime) -> None:
    with pytest.raises(ValueError, match="an id"):
        IdSource().new(at)


def test_when_randomness_fails_the_next_person_still_gets_an_id() -> None:
    answers: list[Callable[[int], bytes]] = [zeros]

    def sometimes(size: int) -> bytes:
        return answers.pop()(size)

    source = IdSource(sometimes)
    first = source.new(TEN)
    with pytest.raises(IndexError):
        source.new(TEN)
    answers.append(zeros)
    assert source.new(TEN) > first


@pytest.mark.parametrize("text", ["AB1234563", "BC2749185", "MK3074250", "FI9051361", "F91234563", "AB3214563"])
def test_a_dea_number_whose_digits_fit_is_accepted(text: str) -> None:
    assert DeaNumber.parse(text) == DeaNumber(text, suffix=None)


@pytest.mark.parametrize("text", ["f91234563-001ab", " F9 1234563 - 001AB ", "F91234563-001AB"])
def test_case_and_spaces_do_not_matter_and_the_suffix_is_kept_apart(text: str) -> None:
    dea = DeaNumber.parse(text)
    assert (dea.number, dea.suffix) == ("F91234563", "001AB")
    assert str(dea) == "F91234563-001AB"


DEA_REFUSED = {
    Check.DEA_SHAPE: ["", "AB123456", "AB12345630", "1B1234563", "AB123456X", "AB1234563\n", "AB123456\uff13",
                      "A\u017f1234563"],
    Check.DEA_SECOND: ["A81234563", "A01234563"],
    Check.DEA_DIGIT: ["AB1234564", "A91234562"],
    Check.DEA_SUFFIX: ["AB1234563-", "AB1234563-1-2", "AB1234563-#", "AB1234563-" + "1" * 21],
}  # fmt: skip


@pytest.mark.parametrize(("text", "failed"), [(text, why) for why, texts in DEA_REFUSED.items() for text in texts])
def test_a_refused_dea_number_says_what_is_wrong_with_it(text: str, failed: Check) -> None:
    with pytest.raises(InvalidDeaNumber) as refusal:
        DeaNumber.parse(text)
    assert refusal.value.failed is failed
    assert failed in str(refusal.value)
    assert refusal.value.code == "invalid-dea-number"


@given(st.integers(0, 999_999), st.integers(0, 9))
@settings(deadline=None)
def test_of_ten_last_digits_one_fits(digits: int, last: int) -> None:
    body = f"AB{digits:06}"
    fitting = [digit for digit in range(10) if passes(DeaNumber.parse, f"{body}{digit}")]
    assert len(fitting) == 1
    assert passes(DeaNumber.parse, f"{body}{last}") is (last in fitting)


NOT_TEN_DIGITS = ["", "123456789", "12345678930", "1234567893\n", " 1234567893", "\uff11234567893", "\u0661234567893"]


@pytest.mark.parametrize(
    ("text", "failed"),
    [
        *((text, Check.NPI_SHAPE) for text in (*NOT_TEN_DIGITS, "0000000006", "3234567893")),
        *((text, Check.NPI_DIGIT) for text in ("1234567890", "1243567893")),
    ],
)
def test_a_refused_npi_says_what_is_wrong_with_it(text: str, failed: Check) -> None:
    with pytest.raises(InvalidNpi) as refusal:
        Npi.parse(text)
    assert refusal.value.failed is failed


def test_an_npi_is_written_as_it_came() -> None:
    assert str(Npi.parse("1234567893")) == "1234567893"


@pytest.mark.parametrize(
    ("text", "failed"),
    [
        ("0350458028027", Check.GTIN_SHAPE),
        ("0035045802802\uff17", Check.GTIN_SHAPE),
        ("00350458028026", Check.GTIN_DIGIT),
        ("00354058028027", Check.GTIN_DIGIT),
    ],
)
def test_a_refused_gtin_says_what_is_wrong_with_it(text: str, failed: Check) -> None:
    with pytest.raises(InvalidGtin) as refusal:
        Gtin14.parse(text)
    assert refusal.value.failed is failed


@pytest.mark.parametrize(
    ("printed", "eleven", "gtin"),
    [
        ("50458-028-02", "50458002802", "00350458028027"),
        ("0409-2051-05", "00409205105", "00304092051057"),
        ("60505-2588-5", "60505258805", "00360505258857"),
    ],
)
def test_a_package_code_is_padded_for_a_claim_and_put_in_a_barcode(printed: str, eleven: str, gtin: str) -> None:
    ndc = Ndc.parse(printed)
    assert (str(ndc), ndc.eleven_digits, str(ndc.to_gtin14())) == (printed, eleven, gtin)


@pytest.mark.parametrize("text", ["70377002711", "70377-0027-11"])
def test_where_only_one_segment_can_have_been_padded_the_printed_code_comes_back(text: str) -> None:
    assert str(Ndc.parse(text)) == "70377-027-11"


def test_where_several_segments_can_have_been_padded_no_guess_is_made() -> None:
    with pytest.raises(AmbiguousNdc) as refusal:
        Ndc.parse("00409205105")
    assert refusal.value.candidates == ("0409-2051-05", "00409-2051-5")
    assert str(refusal.value) == (
        "00409205105 can be read as 0409-2051-05 or 00409-2051-5; write it as it is printed on the package"
    )
    assert isinstance(refusal.value, Unacceptable)
    assert eleven_digits("00409205105") == "00409205105"


def test_two_packages_may_share_their_eleven_digits_but_not_their_barcode() -> None:
    one, other = Ndc.parse("49799-0001-1"), Ndc.parse("49799-001-01")
    assert one != other
    assert one.eleven_digits == other.eleven_digits == "49799000101"
    assert one.to_gtin14() != other.to_gtin14()
    with pytest.raises(AmbiguousNdc):
        Ndc.parse("49799000101")
    assert Ndc.parse("49799000101", known={other}) == other
    with pytest.raises(AmbiguousNdc):
        Ndc.parse("49799000101", known={one, other})


def test_ten_bare_digits_are_never_guessed() -> None:
    for read in (Ndc.parse, eleven_digits):
        with pytest.raises(AmbiguousNdc) as refusal:
            read("5045802802")
        assert refusal.value.candidates == ("5045-8028-02", "50458-028-02", "50458-0280-2")


def test_a_barcode_is_read_by_the_packages_that_the_clinic_keeps() -> None:
    gtin = Gtin14.parse("00350458028027")
    spravato = Ndc.parse("50458-028-02")
    assert Ndc.from_gtin14(gtin, known=[Ndc.parse("0409-2051-05"), spravato]) == spravato
    for known in ([], [Ndc.parse("0409-2051-05")]):
        with pytest.raises(AmbiguousNdc):
            Ndc.from_gtin14(gtin, known=known)


def test_a_barcode_without_a_drug_code_is_refused() -> None:
    with pytest.raises(InvalidGtin) as refusal:
        Ndc.from_gtin14(Gtin14.parse("12345678901231"))
    assert refusal.value.failed is Check.GTIN_NO_NDC


@pytest.mark.parametrize(
    "text",
    ["", "-", "----------", "504580280", "504580280212", "5045-802-802", "123456-789-0", "12345-67890",
     "50458-028-02\n", "50458-028-0\uff12", "50458-028-02 ", "50458--28-02", "50458-1028-12", "12345678911",
     "1" * 10_000],
)  # fmt: skip
def test_what_cannot_be_a_package_code_is_refused(text: str) -> None:
    for read in (Ndc.parse, eleven_digits):
        with pytest.raises(InvalidNdc) as refusal:
            read(text)
        assert len(str(refusal.value)) < 250


def test_a_package_code_cannot_be_made_of_other_segments() -> None:
    with pytest.raises(InvalidNdc):
        Ndc("50458", "0028", "02")
    with pytest.raises(InvalidNdc):
        Ndc("5045a", "028", "02")


@pytest.mark.parametrize("parse", [DeaNumber.parse, Npi.parse, Gtin14.parse, Ndc.parse, eleven_digits])
@pytest.mark.parametrize("sent", NOT_TEXT, ids=repr)
def test_what_is_not_text_is_no_identifier(parse: Callable[[object], object], sent: object) -> None:
    with pytest.raises(InvalidIdentifier) as refusal:
        parse(sent)
    assert refusal.value.status == 422
