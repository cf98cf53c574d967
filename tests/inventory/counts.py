"""Complete counts to test with, made by two people."""

from typing import Any
from uuid import UUID

from tests.inventory.stock import Stock


def count(stock: Stock, *lines: dict[str, Any], kind: str = "closing") -> str:
    """A complete count by two people; its id."""
    id = stock.nurse.does("/counts", location=stock.location, kind=kind)["id"]
    stock.nurse.does(f"/counts/{id}/entries", lines=list(lines))
    challenge = stock.nurse.does(f"/counts/{id}/signature")["challenge"]
    stock.nurse.does(f"/counts/{id}/second", **stock.witness.proof_for(challenge))
    return str(id)


def read(vial: UUID, ml: str) -> dict[str, Any]:
    """An open vial, read."""
    return {"container": str(vial), "method": "read", "volume_ml": ml}


def counted(vial: UUID) -> dict[str, Any]:
    """A sealed vial, counted."""
    return {"container": str(vial), "method": "counted"}
