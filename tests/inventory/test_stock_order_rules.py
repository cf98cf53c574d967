"""Orders for schedule II and powers of attorney, without a database."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from clinic_api.inventory.rules.filling import (
    MoreThanOrdered,
    OrderLapsed,
    check_in_its_time,
    fill,
)
from clinic_api.inventory.rules.papers import Group, Paper, PaperKind
from clinic_api.inventory.rules.powers import (
    MayNotOrder,
    Named,
    NewPower,
    NotTheRegistrant,
    Power,
    PowerBackwards,
    PowerNeedsFourPeople,
    PowerRevoked,
    check_power,
    check_revocable,
    check_signer,
)
from clinic_api.inventory.rules.receiving import Supplier
from clinic_api.inventory.rules.settling import Settled
from clinic_api.inventory.rules.stock_orders import (
    NewStockOrder,
    NotAnOrderForm,
    NotOrderedSo,
    NotThisOrder,
    OrderedLine,
    OrderFilled,
    OrderLine,
    OrderNumberTaken,
    OrderStands,
    OrderVoided,
    SignedAhead,
    StockOrder,
    check_number_free,
    check_order,
    check_replaces,
    check_under,
    check_void,
)

DAY, TODAY = timedelta(days=1), date(2026, 3, 2)
ADA, BEN, DORA, HERE = (UUID(int=number) for number in range(1, 5))
ONE, TWO = UUID(int=11), UUID(int=12)


def order(*lines: OrderLine, **different: Any) -> StockOrder:
    """An order for ten vials of A, of which four came."""
    usual: dict[str, Any] = {
        "kind": PaperKind.FORM_222,
        "number": "F-1",
        "registration": HERE,
        "supplier_dea_number": "BC2749185",
        "signed_on": TODAY,
        "voided": False,
        "replaced": False,
        "lines": lines or (line(),),
    }
    return StockOrder(**(usual | different))


def line(id: UUID = ONE, ndc: str = "A", ordered: int = 10, received: int = 4) -> OrderLine:
    return OrderLine(id=id, ndc=ndc, ordered=ordered, received=received)


def came(vials: int, ndc: str = "A") -> Settled:
    return Settled(ndc=ndc, lot="L1", expiry=TODAY, invoiced=vials, received=vials)


def new_order(**different: Any) -> NewStockOrder:
    usual: dict[str, Any] = {
        "registration": HERE,
        "kind": PaperKind.FORM_222,
        "number": "F-1",
        "supplier": Supplier(name="North", address="9 Dock Street", dea_number="BC2749185"),
        "lines": (OrderedLine(ndc="A", ordered=10),),
        "signed_by": ADA,
        "signed_on": TODAY,
        "replaces": None,
    }
    return NewStockOrder(**(usual | different))


def test_an_order_is_on_a_form_for_schedule_two_and_not_dated_ahead() -> None:
    groups = {"A": Group.SCHEDULE_TWO}
    check_order(new_order(), groups=groups, today=TODAY)
    with pytest.raises(NotAnOrderForm, match="use csos or form-222, not invoice"):
        check_order(new_order(kind=PaperKind.INVOICE), groups=groups, today=TODAY)
    with pytest.raises(NotOrderedSo, match="B is CIII to CV"):
        check_order(new_order(), groups=groups | {"B": Group.OTHERS}, today=TODAY)
    with pytest.raises(SignedAhead, match="2026-03-03"):
        check_order(new_order(signed_on=TODAY + DAY), groups=groups, today=TODAY)


def test_a_form_is_never_corrected_only_voided_and_replaced_once() -> None:
    check_number_free("F-1", taken=False)
    with pytest.raises(OrderNumberTaken, match="void it and record a new form"):
        check_number_free("F-1", taken=True)
    check_replaces(order(voided=True))
    for standing in (order(), order(voided=True, replaced=True)):
        with pytest.raises(OrderStands, match="F-1: void it first"):
            check_replaces(standing)
    check_void(order(line(received=0)))
    with pytest.raises(OrderVoided):
        check_void(order(voided=True))
    with pytest.raises(OrderFilled, match="F-1 was received against"):
        check_void(order())


def test_a_delivery_names_the_order_that_went_to_its_supplier_for_its_registration() -> None:
    def check(kept: StockOrder, *, number: str = "F-1", supplier: str = "BC2749185", registration: UUID = HERE) -> None:
        paper = Paper(kind=PaperKind.FORM_222, number=number, date=TODAY, order=ONE)
        check_under(kept, paper, supplier=supplier, registration=registration)

    check(order())
    with pytest.raises(OrderVoided, match="F-1 counts no more"):
        check(order(voided=True))
    with pytest.raises(NotThisOrder, match="its kind is another"):
        check(order(kind=PaperKind.CSOS))
    with pytest.raises(NotThisOrder, match="its number is another"):
        check(order(), number="F-2")
    with pytest.raises(NotThisOrder, match="its supplier is another"):
        check(order(), supplier="AB1234563")
    with pytest.raises(NotThisOrder, match="its registration is another"):
        check(order(), registration=ONE)


def test_an_order_is_filled_within_sixty_days_of_its_signature() -> None:
    within = 60 * DAY
    check_in_its_time(order(), on=TODAY + within, within=within)
    with pytest.raises(OrderLapsed, match="F-1 was to be filled by 2026-05-01"):
        check_in_its_time(order(), on=TODAY + within + DAY, within=within)


def test_shipments_come_under_the_first_open_lines_and_together_never_above_the_order() -> None:
    (filled,) = fill(order(), [came(6)])
    assert (filled.place, filled.line, filled.before, filled.quantity) == (0, ONE, 4, 6)
    with pytest.raises(MoreThanOrdered, match="F-1, A: 6 are still open, not 7"):
        fill(order(), [came(7)])
    with pytest.raises(MoreThanOrdered, match="B: 0 are still open, not 1"):
        fill(order(), [came(1, "B")])
    both = order(line(), line(TWO, received=0))
    parts = fill(both, [came(5), came(3), came(0)])
    assert [(each.place, each.line, each.before, each.quantity) for each in parts] == [
        (0, ONE, 4, 5),
        (1, ONE, 9, 1),
        (1, TWO, 0, 2),
    ]
    mixed = fill(order(line(TWO, "B", 2, 0), line()), [came(1)])
    assert [each.line for each in mixed] == [ONE]


# ----------------------------------------------------------------------------------------------- powers of attorney


def person(account: UUID | None, name: str) -> Named:
    return Named(account, name)


def new_power(**different: Any) -> NewPower:
    usual: dict[str, Any] = {
        "registration": HERE,
        "grantor": person(ADA, "Ada"),
        "grantee": BEN,
        "witnesses": (person(DORA, "Dora"), person(None, "Uma Outside")),
        "valid_from": TODAY,
        "valid_until": None,
    }
    return NewPower(**(usual | different))


def check(new: NewPower) -> None:
    check_power(new, grantee=person(BEN, "Ben"), registrant=ADA)


def test_a_power_of_attorney_names_four_different_people_by_account_or_by_typed_name() -> None:
    check(new_power())
    check(new_power(grantor=person(None, "Former Signer"), valid_until=TODAY))
    uma = person(None, "Uma Outside")
    for wrong in (
        {"grantor": person(BEN, "Ben")},
        {"witnesses": (person(DORA, "Dora"), person(DORA, "Dora"))},
        {"witnesses": (uma, person(None, "uma  outside"))},
        {"witnesses": (person(None, " BEN"), uma)},
        {"witnesses": (uma, person(ADA, "Ada"))},
    ):
        with pytest.raises(PowerNeedsFourPeople, match="nobody stands on it twice"):
            check(new_power(**wrong))
    with pytest.raises(PowerBackwards, match="both days"):
        check(new_power(valid_until=TODAY - DAY))


def test_only_the_one_who_signed_the_application_gives_it() -> None:
    for registrant in (DORA, None):
        with pytest.raises(NotTheRegistrant, match="Ada did not sign it"):
            check_power(
                new_power(witnesses=(person(None, "Uma"), person(None, "Ugo"))),
                grantee=person(BEN, "Ben"),
                registrant=registrant,
            )


def power(**different: Any) -> Power:
    usual: dict[str, Any] = {"id": ONE, "grantee": BEN, "valid_from": TODAY, "valid_until": None, "revoked_on": None}
    return Power(**(usual | different))


def test_a_power_holds_from_its_first_day_to_its_last_and_not_on_the_day_of_its_revocation() -> None:
    assert [power(valid_until=TODAY).in_force(TODAY + step * DAY) for step in (-1, 0, 1)] == [False, True, False]
    assert power().in_force(TODAY + 999 * DAY)
    revoked = power(revoked_on=TODAY + 2 * DAY)
    assert [revoked.in_force(TODAY + step * DAY) for step in (1, 2, 3)] == [True, False, False]
    check_revocable(power())
    with pytest.raises(PowerRevoked, match="It ended on 2026-03-04"):
        check_revocable(revoked)


def test_an_order_is_signed_by_the_registrant_or_under_a_power_that_is_in_force() -> None:
    ben = person(BEN, "Ben")
    assert check_signer(person(ADA, "Ada"), registrant=ADA, powers=[], on=TODAY) is None
    assert check_signer(ben, registrant=ADA, powers=[power(valid_from=TODAY + DAY), power(id=TWO)], on=TODAY) == TWO
    for powers, on in (
        ([], TODAY),
        ([power(grantee=DORA)], TODAY),
        ([power()], TODAY - DAY),
        ([replace(power(), revoked_on=TODAY)], TODAY),
    ):
        with pytest.raises(MayNotOrder, match="Ben had neither on"):
            check_signer(ben, registrant=ADA, powers=powers, on=on)
    with pytest.raises(MayNotOrder):
        check_signer(ben, registrant=None, powers=[], on=TODAY)
