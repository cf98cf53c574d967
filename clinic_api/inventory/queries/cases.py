"""Reading cases and wastes: what became of each draw, and what still waits for a witness."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from clinic_api.database.rows import db
from clinic_api.errors import NotFound
from clinic_api.inventory.models.moves import Move, Waste, WastePosting, WasteWithdrawal
from clinic_api.inventory.models.stock import Container
from clinic_api.inventory.queries import containers
from clinic_api.inventory.queries.disputes import DisputeShown, disputes_of
from clinic_api.inventory.queries.phrases import refers_to, still_pending, sum_of
from clinic_api.inventory.rules.books import Flow, flow_of
from clinic_api.inventory.rules.moves import CaseBalance, kind_of
from clinic_api.inventory.rules.waste import WasteState, state_of_waste
from clinic_api.quantities import Mass


class NoSuchWaste(NotFound):
    """There is no such waste here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenWaste:
    """A remainder that waits for its witness."""

    id: UUID
    container: UUID
    container_label: str
    mass: Mass
    reason: str
    bag: str | None
    by: UUID
    at: datetime
    due_at: datetime

    def __str__(self) -> str:
        return f"{self.container_label}: {self.mass} waits for a witness until {self.due_at:%Y-%m-%d %H:%M} UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class WasteShown:
    """A waste as both people read it; ``digest`` is what the witness signs."""

    id: UUID
    state: WasteState
    container: UUID
    container_label: str
    visit: UUID | None
    mass: Mass
    reason: str
    method: str
    bag: str | None
    by: UUID
    at: datetime
    due_at: datetime
    digest: str
    witness: UUID | None
    witnessed_at: datetime | None
    withdrawn_by: UUID | None
    withdrawn_at: datetime | None
    withdrawal_reason: str | None
    disputes: Sequence[DisputeShown]


def case_balances(visit: UUID) -> Sequence[CaseBalance]:
    """Every draw for a visit and what became of it, oldest first."""
    syringes = sa.select(Container.id, Container.label).where(Container.visit == visit).order_by(Container.id)
    moved = (
        sa.select(Move.syringe, Move.from_place, Move.to_place, Move.reverses.is_not(None).label("reverses"))
        .add_columns(sum_of(Move.mass).label("mass"))
        .where(Move.visit == visit, Move.syringe.is_not(None))
        .group_by(Move.syringe, Move.from_place, Move.to_place, Move.reverses.is_not(None))
    )
    flows = defaultdict(list)
    for row in db.session.execute(moved):
        reverses = bool(row.reverses)
        flows[row.syringe].append((kind_of(row.from_place, row.to_place, reverses=reverses), row.mass, reverses))
    return [_balance(row.id, row.label, flow_of(flows[row.id])) for row in db.session.execute(syringes)]


def _balance(syringe: UUID, label: str, flow: Flow) -> CaseBalance:
    return CaseBalance(
        case=syringe,
        container_label=label,
        drawn=flow.drawn,
        administered=flow.administered,
        wasted=flow.wasted,
        returned=flow.returned,
        lost=flow.hub_loss + flow.broken,
    )


def waste(id: UUID) -> Waste:
    """A waste, posted or pending.

    Raises:
        NoSuchWaste: not here.
    """
    row = db.session.execute(sa.select(Waste).where(Waste.id == id)).scalar_one_or_none()
    if row is None:
        raise NoSuchWaste
    return row


def shown(id: UUID) -> WasteShown:
    """A waste as both people read it.

    Raises:
        NoSuchWaste: not here.
    """
    row, posted, back = waste(id), posting(id), withdrawal(id)
    return WasteShown(
        id=row.id,
        state=state_of_waste(posted=posted is not None, withdrawn=back is not None),
        container=row.container,
        container_label=containers.container(row.container).label,
        visit=row.visit,
        mass=row.mass,
        reason=row.reason,
        method=row.method,
        bag=row.bag,
        by=row.by,
        at=row.at,
        due_at=row.due_at,
        digest=row.digest.hex(),
        witness=None if posted is None else posted.witness,
        witnessed_at=None if posted is None else posted.at,
        withdrawn_by=None if back is None else back.by,
        withdrawn_at=None if back is None else back.at,
        withdrawal_reason=None if back is None else back.reason,
        disputes=disputes_of(row.id),
    )


def posting(waste: UUID) -> WastePosting | None:
    """Who watched a waste; None while nobody has."""
    return db.session.execute(sa.select(WastePosting).where(WastePosting.id == waste)).scalar_one_or_none()


def withdrawal(waste: UUID) -> WasteWithdrawal | None:
    """Who took a waste back and why; None while nobody has."""
    return db.session.execute(sa.select(WasteWithdrawal).where(WasteWithdrawal.id == waste)).scalar_one_or_none()


def open_wastes(visit: UUID | None = None) -> Sequence[OpenWaste]:
    """Wastes that nobody has witnessed or taken back yet, oldest first; of one visit, or all."""
    query = (
        sa.select(Waste, Container.label)
        .join(Container, refers_to(Waste.container, Container))
        .where(still_pending())
        .order_by(Waste.id)
    )
    if visit is not None:
        query = query.where(Waste.visit == visit)
    return [_open(row.Waste, row.label) for row in db.session.execute(query)]


def _open(row: Waste, label: str) -> OpenWaste:
    return OpenWaste(
        id=row.id,
        container=row.container,
        container_label=label,
        mass=row.mass,
        reason=row.reason,
        bag=row.bag,
        by=row.by,
        at=row.at,
        due_at=row.due_at,
    )
