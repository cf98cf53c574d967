"""What drug cost: written beside the ledger, where no digest and no entry says how much."""

from collections.abc import Sequence
from uuid import UUID

from clinic_api.audit import service as audit
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import new_id
from clinic_api.inventory.models.suppliers import ReceiptCost
from clinic_api.inventory.queries import costs, receipts
from clinic_api.inventory.queries.costs import CostShown
from clinic_api.inventory.rules.costs import LinePrice, check_lines
from clinic_api.inventory.rules.moves import Event


def record(receipt: UUID, prices: tuple[LinePrice, ...], *, scope: Scope) -> Sequence[CostShown]:
    """Write down what one vial of some lines cost; a later word about a line stands beside the earlier one.

    Raises:
        NoSuchReceipt: not here.
        NotALineOfIt: see ``rules.costs``.
    """
    row = receipts.receipt(receipt)
    check_lines(prices, lines=frozenset(line.id for line in receipts.lines(row.id)))
    for price in prices:
        put(
            ReceiptCost(
                organisation=scope.organisation,
                id=new_id(scope.at),
                receipt_line=price.line,
                version=costs.newest_version(price.line) + 1,
                unit_cents=price.unit_cents,
                by=scope.by,
                at=scope.at,
            )
        )
    audit.record(Event.COST_RECORDED, row)  # that it was told, and not how much
    return costs.costs(row.id)
