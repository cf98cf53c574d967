"""Attaching an order afterwards to what was done without one: whose it is, and of whom."""

from uuid import UUID

from clinic_api.errors import Conflict, NotPermitted
from clinic_api.orders.rules.series import OrderNotSigned


class OrderOfAnotherPatient(Conflict):
    """The order is another patient's."""

    def __str__(self) -> str:
        return "Attach one that was signed for the patient whom it was drawn for."


class OrderOfAnotherPrescriber(NotPermitted):
    """Only who signed an order attaches it."""

    def __str__(self) -> str:
        return "Ask the prescriber who signed it, or write and sign one of your own."


def check_attachable(*, signed_by: UUID | None, by: UUID, ordered_for: UUID, drawn_for: UUID | None) -> None:
    """Refuse an order that nobody signed, that somebody else signed, or that is another patient's.

    Args:
        signed_by: the prescriber who signed it; None while nobody has.
        by: who attaches it.
        ordered_for, drawn_for: the patients of the order and of the visit.

    Raises:
        OrderNotSigned, OrderOfAnotherPatient, OrderOfAnotherPrescriber: so it is.
    """
    if signed_by is None:
        raise OrderNotSigned
    if ordered_for != drawn_for:
        raise OrderOfAnotherPatient
    if signed_by != by:
        raise OrderOfAnotherPrescriber
