"""Attaching an order to what was done without one: the same patient, and the prescriber who signed it; pure."""

from uuid import UUID

import pytest

from clinic_api.orders.rules.attaching import OrderOfAnotherPatient, OrderOfAnotherPrescriber, check_attachable
from clinic_api.orders.rules.series import OrderNotSigned

DORA, OTHER, ROSA, WILLA = (UUID(int=each) for each in (1, 2, 3, 4))


def test_the_prescriber_who_signed_an_order_attaches_it_for_its_own_patient() -> None:
    check_attachable(signed_by=DORA, by=DORA, ordered_for=ROSA, drawn_for=ROSA)


def test_an_order_that_nobody_signed_is_not_attached() -> None:
    with pytest.raises(OrderNotSigned):
        check_attachable(signed_by=None, by=DORA, ordered_for=ROSA, drawn_for=ROSA)


@pytest.mark.parametrize("drawn_for", [WILLA, None])
def test_an_order_of_another_patient_is_not_attached(drawn_for: UUID | None) -> None:
    with pytest.raises(OrderOfAnotherPatient, match="signed for the patient whom it was drawn for"):
        check_attachable(signed_by=DORA, by=DORA, ordered_for=ROSA, drawn_for=drawn_for)


def test_nobody_attaches_what_another_prescriber_signed() -> None:
    with pytest.raises(OrderOfAnotherPrescriber, match="Ask the prescriber who signed it"):
        check_attachable(signed_by=OTHER, by=DORA, ordered_for=ROSA, drawn_for=ROSA)
