"""To whom stock may go outside: every answer of the rule, without a database."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from clinic_api.errors import Refusal
from clinic_api.inventory.rules.moves import Place
from clinic_api.inventory.rules.receivers import (
    RECEIVES,
    Activity,
    Known,
    ReceiverLapsed,
    ReceiverNotCovering,
    ReceiverOfAnotherKind,
    ReceiverUnknown,
    ReceiverUnverified,
    Seen,
    SeenAs,
    check_receiver,
)
from clinic_api.inventory.rules.receiving import Supplier
from clinic_api.inventory.rules.removals import WHOLE
from clinic_api.inventory.rules.shortfalls import beyond_the_book, words_of
from clinic_api.quantities import Mass

TOLD = Supplier(name="Reverse Ltd", address="1 Depot", dea_number="RR7654329")
DAY, ROW = date(2026, 3, 2), UUID(int=5)
SEEN = Seen(
    seen_as=SeenAs.CERTIFICATE_COPY,
    activity=Activity.REVERSE_DISTRIBUTOR,
    schedules=("3", "3N"),
    valid_until=DAY,
)
KNOWN = Known(TOLD, ROW, SEEN)


def check(known: Known | None, *, kind: Place = Place.REVERSE_DISTRIBUTOR, on: date = DAY, codes: str = "3N") -> UUID:
    return check_receiver(kind, TOLD, known, schedules={codes}, on=on)


def test_a_receiver_whose_registration_was_seen_covers_it_up_to_its_last_day() -> None:
    assert check(KNOWN) == ROW
    written_otherwise = replace(KNOWN, told=replace(TOLD, name="REVERSE  ltd"))
    assert check(written_otherwise) == ROW


@pytest.mark.parametrize(
    ("known", "different", "refusal", "way_out"),
    [
        (None, {}, ReceiverUnknown, "remember RR7654329 with name and address"),
        (Known(TOLD, None, None), {}, ReceiverUnverified, "see the registration of Reverse Ltd"),
        (replace(KNOWN, told=replace(TOLD, address="2 Depot")), {}, ReceiverUnverified, "its certificate or the DEA's"),
        (KNOWN, {"on": date(2026, 3, 3)}, ReceiverLapsed, "valid until 2026-03-02; see the renewed registration"),
        (KNOWN, {"codes": "2"}, ReceiverNotCovering, "does not cover schedule 2; send it to a registrant"),
        (KNOWN, {"kind": Place.TRANSFERRED}, ReceiverOfAnotherKind, "nothing is transferred to one"),
        (
            replace(KNOWN, seen=replace(SEEN, activity=Activity.PHARMACY)),
            {},
            ReceiverOfAnotherKind,
            "registered as pharmacy; nothing is sent to be destroyed by one",
        ),
    ],
)
def test_everybody_else_is_refused_with_what_would_help(
    known: Known | None, different: dict[str, object], refusal: type[Refusal], way_out: str
) -> None:
    with pytest.raises(refusal, match=way_out):
        check(known, **different)  # type: ignore[arg-type]


def test_for_each_way_out_of_the_organisation_somebody_may_receive_and_no_one_for_both() -> None:
    assert set(RECEIVES) == WHOLE
    assert not RECEIVES[Place.TRANSFERRED] & RECEIVES[Place.REVERSE_DISTRIBUTOR]


def test_one_microgram_more_than_the_book_says_is_beyond_it() -> None:
    assert not beyond_the_book(asked=Mass(500), balance=Mass(500))
    assert beyond_the_book(asked=Mass(501), balance=Mass(500))
    assert "500 mg was asked for" in words_of(Mass.mg(500))
