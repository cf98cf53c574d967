"""Reading the book: moves line by line, and balances."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from clinic_api.audit import service as audit
from clinic_api.clinics import queries as clinics
from clinic_api.database.rows import db
from clinic_api.inventory.models.moves import Move
from clinic_api.inventory.models.serials import ContainerSerial
from clinic_api.inventory.models.stock import Container, Product
from clinic_api.inventory.queries import containers
from clinic_api.inventory.queries.containers import Shown
from clinic_api.inventory.queries.disputes import disputed_at
from clinic_api.inventory.queries.phrases import SECOND, at_an_end, kind_of_move, refers_to, sum_of, with_second
from clinic_api.inventory.queries.timeline import timeline
from clinic_api.inventory.rules.books import LedgerLine, SiteBalance
from clinic_api.inventory.rules.tracing import Happening
from clinic_api.inventory.rules.vials import State
from clinic_api.quantities import Concentration, Mass

#: Moves read at a time when a whole ledger is walked.
STRIDE: Final = 500
_From, _To, _Syringe = (aliased(Container, name=name) for name in ("source", "target", "syringe"))


def ledger_lines(registration: UUID, *, since: datetime, until: datetime, stride: int = STRIDE) -> Iterator[LedgerLine]:
    """Every move under a registration from ``since`` on and before ``until``, in the order in which it happened.

    Args:
        since, until: by when the move happened, UTC; late entries stand where they belong, with their reason.
        stride: how many are read at a time.

    A balance is left out of a line where that container's location is being counted, blind; the line says so.

    Raises:
        NoSuchRegistration: not here.
    """
    number = clinics.registration(registration).dea_number
    query = _lines().where(Move.registration == registration, Move.occurred_at >= since, Move.occurred_at < until)
    counted, last = containers.counted_places(), None
    while True:
        part = query if last is None else query.where(_after(last))
        rows = db.session.execute(part.limit(stride)).all()
        yield from (_line(row, number, counted) for row in rows)
        if len(rows) < stride:
            return
        last = rows[-1].Move


@dataclass(frozen=True, slots=True)
class History:
    """A container with its moves and its timeline; both are None while its location is being counted, blind."""

    container: Shown
    moves: Sequence[LedgerLine] | None
    timeline: Sequence[Happening] | None


def history(container: UUID) -> History:
    """A container and everything that went into it, out of it, and was found in it.

    Raises:
        NoSuchContainer: not here.
    """
    kept = containers.shown(container)
    if kept.being_counted:
        return History(kept, None, None)
    return History(kept, moves_of(container), timeline(container))


def moves_of(container: UUID) -> Sequence[LedgerLine]:
    """Every move into or out of a container, in the order in which it was written down."""
    query = _lines().where(at_an_end([container]))
    rows = db.session.execute(query.order_by(None).order_by(Move.id)).all()
    numbers = {row.Move.registration: clinics.registration(row.Move.registration).dea_number for row in rows[:1]}
    return [_line(row, numbers[row.Move.registration], {}) for row in rows]


def balances(site: UUID) -> Sequence[SiteBalance]:
    """What a site holds by the book, by product and strength; never summed over strengths.

    Raises:
        NoSuchSite: not here.
    """
    held: dict[str, list[Shown]] = defaultdict(list)
    for each in containers.at_site(site):
        held[each.product].append(each)
    return [_balance(held[product]) for product in sorted(held)]


def balances_and_moves() -> Mapping[str, tuple[int, int]]:
    """Every container's kept balance beside the one its moves give, in micrograms, by its number."""
    came, went = _sums(Move.to_container), _sums(Move.from_container)
    rows = db.session.execute(sa.select(Container.id, Container.label, Container.balance))
    return {row.label: (row.balance.ug, came.get(row.id, 0) - went.get(row.id, 0)) for row in rows}


def _sums(end: Any) -> dict[UUID, int]:
    query = sa.select(end, sum_of(Move.mass)).where(end.is_not(None)).group_by(end)
    return {container: mass.ug for container, mass in db.session.execute(query)}


def _lines() -> sa.Select[Any]:
    query = sa.select(Move).add_columns(Product, _From, _To, _Syringe.label.label("case_label"))
    query = query.add_columns(SECOND.label("witness"), disputed_at().label("disputed"), ContainerSerial.serial)
    query = query.join(Product, refers_to(Move.product, Product))
    for end, column in ((_From, Move.from_container), (_To, Move.to_container), (_Syringe, Move.syringe)):
        query = query.outerjoin(end, sa.and_(end.organisation == Move.organisation, end.id == column))
    ours = sa.func.coalesce(Move.from_container, Move.to_container)
    borne = sa.and_(ContainerSerial.organisation == Move.organisation, ContainerSerial.id == ours)
    query = query.outerjoin(ContainerSerial, borne)
    return with_second(query).order_by(Move.occurred_at, Move.id)


def _after(last: Move) -> sa.ColumnElement[bool]:
    return sa.or_(
        Move.occurred_at > last.occurred_at,
        sa.and_(Move.occurred_at == last.occurred_at, Move.id > last.id),
    )


def _show(patient: UUID | None) -> None:
    if patient is not None:
        audit.shows(patient)


def _line(row: sa.Row[Any], dea_number: str, counted: Mapping[UUID, str]) -> LedgerLine:
    move, product, source, target = row.Move, row.Product, row.source, row.target
    hidden = {end.id: counted[end.location] for end in (source, target) if end is not None and end.location in counted}
    ours: Container = source or target
    _show(move.patient)
    return LedgerLine(
        id=move.id,
        kind=kind_of_move(move),
        occurred_at=move.occurred_at,
        recorded_at=move.recorded_at,
        late_reason=move.late_reason,
        registration=move.registration,
        dea_number=dea_number,
        product=product.key,
        product_name=product.name,
        ndc=product.ndc,
        concentration=Concentration(product.concentration),
        lot=ours.lot,
        expiry=ours.expiry,
        source=str(move.from_place) if source is None else source.label,
        target=str(move.to_place) if target is None else target.label,
        case=row.case_label,
        mass=move.mass,
        volume=move.volume,
        source_balance=None if move.from_container in hidden else move.from_balance,
        target_balance=None if move.to_container in hidden else move.to_balance,
        visit=move.visit,
        patient=move.patient,
        identity_version=move.identity_version,
        by=move.by,
        witness=row.witness,
        operation_id=move.operation_id,
        removal=move.removal,
        reverses=move.reverses,
        incident=move.incident,
        reason=move.reason,
        disputed_at=row.disputed,
        counted=tuple(sorted(set(hidden.values()))),
        serial=row.serial,
    )


def _balance(held: Sequence[Shown]) -> SiteBalance:
    """Sums over the containers of one product; hidden as a whole while any of them is being counted."""
    first, hidden = held[0], any(each.being_counted for each in held)
    states = [each.state for each in held]
    return SiteBalance(
        product=first.product,
        product_name=first.product_name,
        ndc=first.ndc,
        concentration=first.concentration,
        on_hand=None if hidden else Mass.total(each.balance for each in held if each.balance is not None),
        sealed=None if hidden else states.count(State.SEALED),
        opened=None if hidden else states.count(State.OPEN),
        quarantined=None if hidden else states.count(State.QUARANTINED),
    )
