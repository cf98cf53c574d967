"""Who sends drug: remembered from the first delivery, in versions, each verified by a person or not yet."""

from dataclasses import dataclass

from clinic_api.inventory.rules.receiving import Supplier


@dataclass(frozen=True, slots=True)
class Caution:
    """Something that a person should look at; it stops nothing."""

    code: str
    detail: str


def same_supplier(known: Supplier, told: Supplier) -> bool:
    """Whether a document names a supplier as it is remembered; spaces and capitals do not make another one."""
    return _plain(known) == _plain(told)


def cautions(told: Supplier, *, verified: bool) -> tuple[Caution, ...]:
    """What to say when something comes from a supplier.

    A number that fits its own check digit was not necessarily issued (docs/decisions/0031).
    """
    if verified:
        return ()
    detail = (
        f"nobody has verified {told.name} ({told.dea_number}) under this name and address; "
        "compare it with the DEA's or the state's register and record how (POST /suppliers/{id}/verification)"
    )
    return (Caution("supplier-unverified", detail),)


def _plain(supplier: Supplier) -> tuple[str, str, str]:
    name, address = (" ".join(text.split()).casefold() for text in (supplier.name, supplier.address))
    return name, address, supplier.dea_number
