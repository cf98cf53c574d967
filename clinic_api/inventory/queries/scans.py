"""What a scanned code stands for among the clinic's products and containers; looking creates nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from clinic_api.clinics import queries as clinics
from clinic_api.clinics.rules.standing import day_in
from clinic_api.database.scope import scope
from clinic_api.inventory.queries import containers, finding, serials, storage
from clinic_api.inventory.queries.containers import Shown
from clinic_api.inventory.queries.storage import Stocked
from clinic_api.inventory.rules.scanning import Scanned, find_scanned, read_scan


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanFound:
    """What a code stands for: a package of some maker, or one container of ours.

    Args:
        ndc, lot, expiry: as a line of a receipt takes them; None for a container of ours.
        units: how many vials or devices stand behind the code.
        expired: whether the expiry is past at the site; None where the code does not tell it.
        containers: those of ours that it fits, oldest first; by a serial number that we read before, that very one.
    """

    stocked: Stocked | None
    ndc: str | None
    units: int | None
    gtin: str | None
    lot: str | None
    expiry: date | None
    expired: bool | None
    serial: str | None
    containers: Sequence[Shown]


def found(text: str, site: UUID) -> ScanFound:
    """What a code stands for.

    Args:
        text: as the scanner sent it, or as somebody typed it from the package.
        site: whose containers are meant, and whose day it is.

    Raises:
        NoSuchSite, NoSuchContainer: not here.
        UnreadableScan, InvalidGtin, InvalidNdc, AmbiguousNdc, NotStocked, CaseOfPackages: see ``rules.scanning``.
    """
    today = day_in(clinics.site(site).zone, scope().at)
    scanned = read_scan(text, on=today)
    if scanned.container is not None:
        return _ours(containers.shown(scanned.container))
    if scanned.number is not None:
        return _ours(finding.numbered(scanned.number))
    return _package(scanned, site, today)


def _ours(container: Shown) -> ScanFound:
    return ScanFound(
        stocked=None,
        ndc=None,
        units=None,
        gtin=None,
        lot=None,
        expiry=None,
        expired=None,
        serial=None,
        containers=[container],
    )


def _borne(ndc: str, serial: str | None) -> Sequence[Shown]:
    """The very containers that came under a serial number, wherever they are kept; none where it was never read."""
    return [] if serial is None else containers.several(serials.bearing(ndc, serial))


def _package(scanned: Scanned, site: UUID, today: date) -> ScanFound:
    stocked = storage.stocked()
    drugs = {each.drug.drug: each.drug for each in stocked}
    read = find_scanned(scanned, drugs.values())
    ndc = str(read.package.ndc)
    return ScanFound(
        stocked=next(each for each in stocked if each.package == read.package),
        ndc=str(read.ndc),
        units=read.units,
        gtin=None if scanned.gtin is None else str(scanned.gtin),
        lot=scanned.lot,
        expiry=scanned.expiry,
        expired=None if scanned.expiry is None else scanned.expiry < today,
        serial=scanned.serial,
        containers=_borne(ndc, scanned.serial) or finding.of_lot(site, ndc, lot=scanned.lot, expiry=scanned.expiry),
    )
