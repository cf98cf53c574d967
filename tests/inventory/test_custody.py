"""Keys and codes change hands: by a count or a reason, accepted by the other with their own PIN."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from clinic_api.accounts.rules.roles import Role
from clinic_api.database.rows import Row, db
from clinic_api.identifiers import new_id
from clinic_api.inventory.models.custody import HandOver, KeyAcceptance
from clinic_api.inventory.rules.custody import (
    AcceptedBefore,
    CountBeforeHolder,
    CountedElsewhere,
    CountMade,
    CountNotComplete,
    CountOrReason,
    HandedOverMeanwhile,
    HandOverOrder,
    Holder,
    MayNotHold,
    Means,
    NotTheHolder,
    check_accept,
    check_count,
    check_hand_over,
    check_may_hold,
)
from clinic_api.inventory.rules.sheets import CountState
from tests.builders import OPENING, Clinic
from tests.inventory.counts import count, counted
from tests.inventory.stock import Stock
from tests.people import Answer, Person

PLACE, ADA, BEN = UUID(int=1), UUID(int=2), UUID(int=3)
HELD = Holder(means=Means.KEYS, number=1, account=ADA, name="Ada Nurse", since=OPENING)
BY_REASON = HandOverOrder(location=PLACE, means=Means.KEYS, reason="first day")
COMPLETE = CountMade(location=PLACE, state=CountState.COMPLETE, entered_at=OPENING)


def give(stock: Stock, by: Person, **said: Any) -> Answer:
    """Somebody hands the safe's keys over."""
    return by.post(f"/locations/{stock.location}/hand-overs", **{"means": "keys", **said})


def take(by: Person, given: Answer, to: Person) -> Answer:
    """The other one takes them, on the tablet of the one who gave."""
    return by.post(f"/hand-overs/{given['id']}/acceptance", **to.proof_for(given["challenge"]))


def handed(stock: Stock, by: Person, to: Person, **said: Any) -> str:
    """The keys changed hands; the hand-over's id."""
    given = give(stock, by, **said).done()
    take(by, given, to).done()
    return str(given["id"])


def holders(stock: Stock) -> dict[str, str]:
    """Who holds what."""
    items = stock.nurse.get(f"/locations/{stock.location}/holders").done()["items"]
    return {each["means"]: each["name"] for each in items}


def test_keys_are_held_by_whoever_accepted_them_and_not_before(stock: Stock) -> None:
    given = give(stock, stock.nurse, reason="first day").done()
    assert (given["holder"], given["challenge"]["meaning"], holders(stock)) == (None, "received", {})
    taken = take(stock.nurse, given, stock.witness).done()
    assert (taken["holder_name"], taken["by_name"], taken["held_by"]) == ("Ben Nurse", "Ada Nurse", None)
    assert holders(stock) == {"keys": "Ben Nurse"}
    assert stock.clinic.trail(given["id"]) == ["keys:handed-over", "keys:accepted"]
    assert stock.clinic.verify() == []


def test_the_holder_hands_over_by_a_complete_count(stock: Stock) -> None:
    vial = stock.a_vial()
    handed(stock, stock.witness, stock.nurse, reason="first day")
    made = count(stock, counted(vial))
    handed(stock, stock.nurse, stock.witness, count=made)
    log = stock.nurse.get(f"/locations/{stock.location}/hand-overs").done()["items"]
    assert [(each["by_name"], each["holder_name"], each["count"]) for each in log] == [
        ("Ben Nurse", "Ada Nurse", None),
        ("Ada Nurse", "Ben Nurse", made),
    ]
    assert log[1]["held_by"] == stock.nurse.id


def test_keys_and_code_have_each_their_own_holder(stock: Stock, clinic: Clinic) -> None:
    handed(stock, stock.nurse, stock.witness, reason="first day")
    carl = clinic.custodian()
    given = give(stock, stock.nurse, means="code", reason="code set anew").done()
    take(stock.nurse, given, carl).done()
    assert holders(stock) == {"keys": "Ben Nurse", "code": "Carl Custodian"}


def test_an_administrator_gives_the_first_keys_and_reads_no_ledger(stock: Stock, clinic: Clinic) -> None:
    olga = clinic.administrators[0]
    handed(stock, olga, stock.nurse, reason="safe delivered")
    assert holders(stock) == {"keys": "Ada Nurse"}
    assert olga.get(f"/locations/{stock.location}/holders").status == 403


def test_somebody_else_hands_over_only_with_a_reason_that_is_kept(stock: Stock, clinic: Clinic) -> None:
    handed(stock, stock.nurse, stock.witness, reason="first day")
    carl, made = clinic.custodian(), count(stock)
    with clinic.nothing_changes():
        refused = give(stock, carl, count=made)
    assert (refused.status, refused["type"], refused["facts"]) == (409, "not-the-holder", {"holder": "Ben Nurse"})
    handed(stock, carl, stock.nurse, count=made, reason="Ben is ill; spare keys")
    assert holders(stock) == {"keys": "Ada Nurse"}
    log = stock.nurse.get(f"/locations/{stock.location}/hand-overs").done()["items"]
    assert (log[1]["held_by"], log[1]["by"], log[1]["reason"]) == (
        stock.witness.id,
        carl.id,
        "Ben is ill; spare keys",
    )


def test_without_a_count_or_a_reason_nothing_is_handed_over(stock: Stock, clinic: Clinic) -> None:
    with clinic.nothing_changes():
        refused = give(stock, stock.nurse)
    assert (refused.status, refused["type"]) == (422, "count-or-reason")


def test_a_count_that_is_not_complete_is_of_another_place_or_is_older_says_nothing(
    stock: Stock, clinic: Clinic
) -> None:
    vial = stock.a_vial()
    old = count(stock, counted(vial))
    begun = stock.nurse.does("/counts", location=stock.location, kind="closing")["id"]
    stock.enter_both(begun, counted(vial)).done()
    clinic.later(minutes=1)
    handed(stock, stock.witness, stock.nurse, reason="first day")
    safe, stock.location = stock.location, stock.a_location("Safe 2")
    elsewhere, stock.location = count(stock), safe
    for asked, kind in ((begun, "count-not-complete"), (elsewhere, "counted-elsewhere"), (old, "count-before-holder")):
        with clinic.nothing_changes():
            refused = give(stock, stock.nurse, count=asked)
        assert (refused.status, refused["type"]) == (409, kind)
    assert give(stock, stock.nurse, count=uuid4()).status == 404


def test_nobody_takes_keys_from_themself(stock: Stock, clinic: Clinic) -> None:
    given = give(stock, stock.nurse, reason="first day").done()
    with clinic.nothing_changes():
        refused = take(stock.nurse, given, stock.nurse)
    assert (refused.status, refused["type"]) == (403, "own-witness")


def test_keys_are_not_taken_by_somebody_who_may_not_hold_them_or_is_not_here(stock: Stock, clinic: Clinic) -> None:
    given = give(stock, stock.nurse, reason="first day").done()
    away = clinic.custodian("Abe Away", here=False)
    for person, kind in ((clinic.medical_assistant(), "may-not-hold"), (away, "not-here-today")):
        with clinic.nothing_changes():
            refused = take(stock.nurse, given, person)
        assert refused["type"] == kind
    assert holders(stock) == {}


def test_a_hand_over_is_accepted_once_and_one_that_was_overtaken_never(stock: Stock, clinic: Clinic) -> None:
    first, second = (give(stock, stock.nurse, reason="first day").done() for _ in range(2))
    take(stock.nurse, first, stock.witness).done()
    with clinic.nothing_changes():
        assert take(stock.nurse, first, stock.witness)["type"] == "challenge-used"
        assert take(stock.nurse, second, stock.witness)["type"] == "handed-over-meanwhile"
    renewed = give(stock, stock.witness, reason="end of shift").done()
    assert take(stock.witness, renewed, stock.nurse).done()["holder_name"] == "Ada Nurse"


def test_a_signature_under_another_hand_over_does_not_count(stock: Stock, clinic: Clinic) -> None:
    one, other = (give(stock, stock.nurse, reason="first day", means=means).done() for means in ("keys", "code"))
    with clinic.nothing_changes():
        refused = stock.nurse.post(f"/hand-overs/{one['id']}/acceptance", **stock.witness.proof_for(other["challenge"]))
    assert (refused.status, refused["type"]) == (409, "not-as-attested")


def test_the_log_is_read_in_pages_and_only_here(stock: Stock, clinic: Clinic) -> None:
    for _ in range(3):
        give(stock, stock.nurse, reason="first day").done()
    path = f"/locations/{stock.location}/hand-overs"
    first = stock.nurse.get(f"{path}?limit=2").done()
    rest = stock.nurse.get(f"{path}?limit=2&cursor={first['next']}").done()
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (2, 1, None)
    assert stock.nurse.get(f"/locations/{clinic.site}/holders").status == 404
    assert stock.nurse.get(f"/locations/{clinic.site}/hand-overs").status == 404
    assert stock.nurse.post(f"/locations/{clinic.site}/hand-overs", means="keys", reason="x").status == 404
    assert stock.nurse.post(f"/hand-overs/{clinic.site}/acceptance", **_proof(stock)).status == 404
    assert clinic.front_desk().post(path, means="keys", reason="x").status == 403


# -------------------------------------------------------------------------------------------------------- the rules


def test_the_holder_needs_a_count_or_a_reason_and_anybody_else_a_reason() -> None:
    check_hand_over(BY_REASON, holder=None, by=BEN)
    check_hand_over(BY_REASON, holder=HELD, by=BEN)
    by_count = replace(BY_REASON, reason=None, count=UUID(int=9))
    check_hand_over(by_count, holder=HELD, by=ADA)
    with pytest.raises(NotTheHolder, match="Ada Nurse holds them"):
        check_hand_over(by_count, holder=HELD, by=BEN)
    with pytest.raises(CountOrReason, match="write in reason"):
        check_hand_over(replace(BY_REASON, reason=None), holder=None, by=BEN)


def test_a_count_counts_when_it_is_complete_of_this_place_and_not_older_than_the_holder() -> None:
    check_count(COMPLETE, location=PLACE, holder=HELD)
    check_count(COMPLETE, location=PLACE, holder=None)
    for made, refusal in (
        (replace(COMPLETE, location=ADA), CountedElsewhere),
        (replace(COMPLETE, state=CountState.SIGNED), CountNotComplete),
        (replace(COMPLETE, entered_at=None), CountNotComplete),
        (replace(COMPLETE, entered_at=OPENING.replace(hour=13)), CountBeforeHolder),
    ):
        with pytest.raises(refusal) as refused:
            check_count(made, location=PLACE, holder=HELD)
        assert str(refused.value)


def test_an_acceptance_follows_the_holder_whom_it_was_written_for() -> None:
    check_accept(accepted=False, after=0, number=0)
    with pytest.raises(AcceptedBefore):
        check_accept(accepted=True, after=0, number=1)
    with pytest.raises(HandedOverMeanwhile, match="Look who holds them now"):
        check_accept(accepted=False, after=0, number=1)


def test_who_may_hold_keys_is_the_custodian_a_nurse_or_a_prescriber() -> None:
    for role in (Role.CUSTODIAN, Role.NURSE, Role.PRESCRIBER):
        check_may_hold("Ada", [role])
    with pytest.raises(MayNotHold, match="Mia may not hold them"):
        check_may_hold("Mia", [Role.MEDICAL_ASSISTANT])


# ---------------------------------------------------------------------------------------------- the database's own


def _copy(kind: type[Row], **different: Any) -> Any:
    table: Any = kind.__table__
    return dict(db.session.execute(sa.select(table)).mappings().first() or {}) | different


def refused_by_database(stock: Stock, statement: Any) -> None:
    with pytest.raises(DBAPIError), stock.clinic.transaction():
        db.session.execute(statement)


def test_the_database_refuses_a_hand_over_without_a_word_and_an_acceptance_of_ones_own(stock: Stock) -> None:
    handed(stock, stock.nurse, stock.witness, reason="first day")
    giver = UUID(stock.nurse.id)
    with stock.clinic.reading() as scope:
        given = _copy(HandOver, id=new_id(scope.at), operation_id=uuid4())
        taken = _copy(KeyAcceptance)
    for wrong in (
        {"reason": None},
        {"after": -1},
        {"after": 1},
        {"held_by": giver},
        {"after": 1, "held_by": UUID(stock.witness.id), "reason": None},
        {"count": uuid4()},
        {"location": uuid4()},
    ):
        refused_by_database(stock, sa.insert(HandOver.__table__).values(given | wrong))  # type: ignore[arg-type]
    refused_by_database(stock, sa.insert(KeyAcceptance.__table__).values(taken))  # type: ignore[arg-type]
    with stock.clinic.transaction():
        db.session.execute(sa.insert(HandOver.__table__).values(given))  # type: ignore[arg-type]
    for forged in ({"holder": giver}, {"by": UUID(stock.witness.id)}, {"means": "code"}, {"attestation": uuid4()}, {}):
        other = taken | {"id": given["id"]} | forged
        refused_by_database(stock, sa.insert(KeyAcceptance.__table__).values(other))  # type: ignore[arg-type]


def test_no_hand_over_is_changed_or_deleted(stock: Stock) -> None:
    handed(stock, stock.nurse, stock.witness, reason="first day")
    with stock.clinic.nothing_changes():
        for table in ("hand_overs", "key_acceptances"):
            refused_by_database(stock, sa.text(f"DELETE FROM {table}"))
            refused_by_database(stock, sa.text(f"UPDATE {table} SET at = at, means = 'code'"))


def _proof(stock: Stock) -> dict[str, str]:
    given = give(stock, stock.nurse, reason="first day").done()
    return stock.witness.proof_for(given["challenge"])
