"""Keeping serial numbers: read when a delivery is counted, borne by its containers from when they are in the book."""

from collections.abc import Sequence

from clinic_api.audit import service as audit
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.inventory.models.deliveries import DeliveryCountLine
from clinic_api.inventory.models.serials import ContainerSerial, CountedSerials
from clinic_api.inventory.queries import serials
from clinic_api.inventory.queries.storage import Stocked, TakenIn
from clinic_api.inventory.rules.moves import Event
from clinic_api.inventory.rules.serials import check_each_once, check_fit, numbered
from clinic_api.inventory.rules.settling import CountedLine, Settled


def check(found: Sequence[tuple[CountedLine, Stocked]]) -> None:
    """Refuse numbers that cannot be those of what was counted, or that came before.

    Raises:
        UnreadableScan, SerialTwice, SerialsDoNotFit: see ``rules.serials``.
        SerialKnown: a package with that number is in the book.
    """
    read: dict[str, list[str]] = {}
    for line, stocked in found:
        check_fit(line.serials, ndc=line.ndc, lot=line.lot, vials=line.received, units=stocked.package.units)
        read.setdefault(str(stocked.package.ndc), []).extend(line.serials)
    for ndc, several in read.items():
        check_each_once(several)
        serials.check_unknown(ndc, several)


def keep(line: DeliveryCountLine, counted: CountedLine, *, scope: Scope) -> list[CountedSerials]:
    """What was read stands beside the counted line, so that whoever signs for it signs for the numbers too."""
    if not counted.serials:
        return []
    return [put(CountedSerials(organisation=scope.organisation, id=line.id, serials=list(counted.serials)))]


def bind(taken: TakenIn, said: Settled, *, units: int, scope: Scope) -> None:
    """Each container of a line bears the number of its package from now on.

    Raises:
        SerialKnown: meanwhile a package with that number came into the book.
    """
    serials.check_unknown(taken.line.ndc, said.serials)
    borne = [
        put(
            ContainerSerial(
                organisation=scope.organisation,
                id=vial.id,
                ndc=taken.line.ndc,
                serial=each.serial,
                place=each.place,
                by=scope.by,
                at=scope.at,
            )
        )
        for vial, each in zip(taken.vials, numbered(said.serials, vials=said.received, units=units), strict=False)
    ]
    if borne:
        audit.record(Event.SERIALS_KEPT, *borne)
