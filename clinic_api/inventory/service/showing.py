"""What the floor's own acts do when something does not add up: a discrepancy is opened, and the act goes on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from clinic_api.database.scope import Scope
from clinic_api.inventory.models.counts import CountEntry
from clinic_api.inventory.models.discrepancies import Discrepancy
from clinic_api.inventory.models.moves import Waste
from clinic_api.inventory.models.stock import Location, Receipt, ReceiptLine
from clinic_api.inventory.queries import cases, containers, discrepancies, storage
from clinic_api.inventory.rules.counting import Found
from clinic_api.inventory.rules.discrepancies import NewDiscrepancy, Origin
from clinic_api.inventory.rules.investigating import EvidenceKind, NewEvidence
from clinic_api.inventory.rules.waste_overdue import Pending, overdue
from clinic_api.inventory.service.discrepancies import add_of_itself, open_discrepancy

#: The kind of a due row whose subject is a waste that waits for its witness.
DEADLINE: Final = "waste-deadline"


def count_differs(entry: CountEntry, found: Found, location: Location, *, scope: Scope) -> Discrepancy:
    """A line of a count is further from the book than its method can tell.

    While a discrepancy about the container is unsettled, what later counts find goes into its file.
    """
    before = discrepancies.unsettled(entry.container, Origin.COUNT)
    if before is not None:
        words = f"found less expected: {found.variance_ug} µg"
        again = NewEvidence(kind=EvidenceKind.COUNTED_AGAIN, words=words, refers_to=entry.id)
        add_of_itself(before, again, scope=scope)
        return before
    new = NewDiscrepancy(
        origin=Origin.COUNT,
        site=location.site,
        registration=location.registration,
        found_at=scope.at,
        containers=(entry.container,),
        subject_table=entry.__tablename__,
        subject=entry.id,
        variance_ug=found.variance_ug,
    )
    return open_discrepancy(new, scope=scope)


def receipt_differs(
    line: ReceiptLine, vials: Sequence[UUID], receipt: Receipt, location: Location, *, scope: Scope
) -> Discrepancy:
    """Other than was invoiced came; found when it came, or now where that is said to lie ahead."""
    new = NewDiscrepancy(
        origin=Origin.RECEIPT,
        site=location.site,
        registration=location.registration,
        found_at=min(receipt.occurred_at, scope.at),
        containers=tuple(vials),
        subject_table=line.__tablename__,
        subject=line.id,
        variance_ug=(line.received - line.invoiced) * storage.product(line.product).content.ug,
    )
    return open_discrepancy(new, scope=scope)


def open_overdue_wastes(*, scope: Scope) -> Sequence[Discrepancy]:
    """Open a discrepancy for each waste that nobody witnessed in time; one that has one keeps it."""
    waiting = [Pending(each.id, each.due_at) for each in cases.open_wastes()]
    return [_unwitnessed(cases.waste(each), scope) for each in overdue(waiting, at=scope.at)]


def deadline_passed(waste: UUID, scope: Scope) -> datetime | None:
    """A waste's deadline has come: where nobody has witnessed it, that is a discrepancy.

    Returns:
        None: there is nothing to look at again; a witness who comes later still counts, and shows as late.
    """
    row = cases.waste(waste)
    if cases.posting(waste) is None and overdue([Pending(waste, row.due_at)], at=scope.at):
        _unwitnessed(row, scope)
    return None


def _unwitnessed(waste: Waste, scope: Scope) -> Discrepancy:
    held = containers.container(waste.container)
    new = NewDiscrepancy(
        origin=Origin.WASTE,
        site=held.site,
        registration=held.registration,
        found_at=scope.at,
        containers=(held.id,),
        subject_table=waste.__tablename__,
        subject=waste.id,
        variance_ug=None,
    )
    return open_discrepancy(new, scope=scope)
