"""Complete counts to test with, made by two people."""

from typing import Any
from uuid import UUID

from tests.inventory.stock import Stock


def count(stock: Stock, *lines: dict[str, Any], kind: str = "closing") -> str:
    """A complete count by two people; its id."""
    id = str(stock.nurse.does("/counts", location=stock.location, kind=kind)["id"])
    stock.enter_both(id, *lines).done()
    stock.sign_both(id)
    return id


def read(vial: UUID, ml: str) -> dict[str, Any]:
    """An open vial, read."""
    return {"container": str(vial), "method": "read", "volume_ml": ml}


def counted(vial: UUID) -> dict[str, Any]:
    """A sealed vial, counted."""
    return {"container": str(vial), "method": "counted"}
