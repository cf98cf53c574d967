"""Drawing up the accountability audit: the moves of a period, each with what proves it, and the counts at its ends."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from clinic_api.clinics import queries as clinics
from clinic_api.database.rows import db
from clinic_api.inventory.models.counts import CountEntry
from clinic_api.inventory.models.moves import Move
from clinic_api.inventory.models.stock import Container, Product, ReceiptLine
from clinic_api.inventory.queries import containers, periods, storage
from clinic_api.inventory.queries.counts import CompleteCount
from clinic_api.inventory.queries.periods import Period
from clinic_api.inventory.queries.phrases import kind_of_move, refers_to, sum_of
from clinic_api.inventory.rules.accountability import (
    LINE_OF,
    Account,
    LateEntry,
    Posted,
    Subject,
    check_nobody_counts,
    faults_of,
    lines_of,
)
from clinic_api.inventory.rules.drawing import MADE_UP, VIALS
from clinic_api.inventory.rules.moves import Place
from clinic_api.inventory.rules.tallies import Counted, Tally, tally
from clinic_api.quantities import Concentration, Mass


@dataclass(frozen=True, slots=True)
class _Window:
    """One location after its opening count, until its closing count or the end of what was asked."""

    registration: UUID
    location: UUID
    began: datetime
    ended: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moved:
    """What the moves of a registration's periods say, by product."""

    posted: Mapping[str, Sequence[Posted]]
    late: Mapping[str, Sequence[LateEntry]]
    change: Mapping[str, int]
    balances: Mapping[str, Mapping[str, tuple[int, int]]]


def accounts(registration: UUID, *, since: datetime, until: datetime) -> Sequence[Account]:
    """The accountability audit of every product under a registration, each between its two counts.

    The opening count is the last complete one at ``since`` or before, else the first one after; the closing count
    is the last one until ``until``. The cut-off is by when a move happened; late entries are listed.

    Args:
        since, until: the period asked for, UTC.

    Raises:
        NoSuchRegistration: not here.
        CountUnderWay: a location is being counted, blind.

    Source:
        21 CFR 1304.11, 1304.22; docs/decisions/0044-an-audit-stands-on-two-counts.md.
    """
    holder, places = clinics.registration(registration), storage.locations(registration)
    counted = containers.being_counted()
    check_nobody_counts(place.name for place in places if place.id in counted)
    spans = [periods.period(place.id, since=since, until=until) for place in places]
    held, moved = periods.held(registration), _moved(_windows(holder.id, spans, until))
    drawn_up = []
    for product in periods.products(registration):
        mine = [span for span in spans if (span.location, product.key) in held]
        subject = Subject(
            registration=holder.id,
            dea_number=holder.dea_number,
            product=product.key,
            product_name=product.name,
            ndc=product.ndc,
            concentration=Concentration(product.concentration),
        )
        drawn_up.append(_account(subject, mine, moved))
    return drawn_up


def _account(subject: Subject, mine: Sequence[Period], moved: _Moved) -> Account:
    key = subject.product
    opening = _tally(key, [span.opening for span in mine])
    closing = _tally(key, [span.closing for span in mine])
    posted, concentration = moved.posted.get(key, ()), subject.concentration
    lines = lines_of(posted, opening=opening, closing=closing, concentration=concentration)
    faults = faults_of(lines, change_ug=moved.change.get(key, 0), balances=moved.balances.get(key, {}))
    return Account(
        of=subject, opening=opening, closing=closing, lines=lines, late=tuple(moved.late.get(key, ())), faults=faults
    )


def _tally(product: str, made: Sequence[CompleteCount | None]) -> Tally | None:
    """What the counts of all its locations found of a product; None where one of them was not counted."""
    done = [count for count in made if count is not None]
    if not done or len(done) < len(made):
        return None
    query = (
        sa.select(CountEntry)
        .add_columns(Container.kind)
        .join(Container, refers_to(CountEntry.container, Container))
        .join(Product, refers_to(Container.product, Product))
        .where(CountEntry.count.in_([count.id for count in done]), Product.key == product)
        .order_by(CountEntry.id)
    )
    entries = [
        Counted(
            method=row.CountEntry.method,
            volume=row.CountEntry.volume,
            found=row.CountEntry.found,
            expected=row.CountEntry.expected,
            resolution=row.CountEntry.resolution,
            made_up=row.kind in MADE_UP,
        )
        for row in db.session.execute(query)
    ]
    return tally(max(count.at for count in done), [count.id for count in done], entries)


def _windows(registration: UUID, spans: Sequence[Period], until: datetime) -> Sequence[_Window]:
    return [
        _Window(registration, span.location, span.opening.at, until if span.closing is None else span.closing.at)
        for span in spans
        if span.opening is not None
    ]


def _moved(windows: Sequence[_Window]) -> _Moved:
    posted: dict[str, list[Posted]] = defaultdict(list)
    late: dict[str, list[LateEntry]] = defaultdict(list)
    change: dict[str, int] = defaultdict(int)
    balances: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for window in windows:
        for row in db.session.execute(_across(_within(window))):
            _post(row, posted)
        for which in (_older(window), _late(window)):
            for row in db.session.execute(_across(which)):
                late[row.key].append(_late_entry(row, window))
        for key, ug in _changed(window):
            change[key] += ug
        for key, label, kept, in_all in _kept(window):
            balances[key][label] = (kept, in_all)
    return _Moved(posted=posted, late=late, change=change, balances=balances)


def _within(window: _Window) -> sa.ColumnElement[bool]:
    """Moves that happened after the opening count and not after the closing one."""
    happened = sa.and_(Move.occurred_at > window.began, Move.occurred_at <= window.ended)
    return sa.and_(_of(window), happened)


def _of(window: _Window) -> sa.ColumnElement[bool]:
    """Moves of a location; its registration is said as well, because that is what moves can be found by."""
    return sa.and_(Move.registration == window.registration, Container.location == window.location)


def _late(window: _Window) -> sa.ColumnElement[bool]:
    """Late ones of the period, and what the closing count did not know."""
    return sa.and_(_within(window), sa.or_(Move.late_reason.is_not(None), Move.recorded_at > window.ended))


def _older(window: _Window) -> sa.ColumnElement[bool]:
    """What is older than the opening count and was learned of in the period.

    Found by when it was learned of: all that is older is most of the ledger, and SQLite might look there.
    """
    learned = sa.and_(Move.recorded_at > window.began, Move.recorded_at <= window.ended)
    older = sa.case((Move.occurred_at <= window.began, 1), else_=0)
    return sa.and_(_of(window), learned, older == 1)


def _across(within: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Moves across the border of the book, with the container of ours and what proves a receipt."""
    ours = sa.func.coalesce(Move.from_container, Move.to_container)
    line = refers_to(Container.receipt_line, ReceiptLine)
    return (
        sa.select(Move)
        .add_columns(Product.key.label("key"), Container.content, Container.kind, ReceiptLine.receipt)
        .join(Container, sa.and_(Container.organisation == Move.organisation, Container.id == ours))
        .join(Product, refers_to(Container.product, Product))
        .outerjoin(ReceiptLine, line)
        .where(within, sa.or_(Move.from_container.is_(None), Move.to_container.is_(None)))
        .order_by(Move.occurred_at, Move.id)
    )


def _post(row: sa.Row[Any], posted: dict[str, list[Posted]]) -> None:
    move, line = row.Move, LINE_OF[kind_of_move(row.Move)]
    if line is None:
        return
    incoming = move.from_container is None
    receipt = row.receipt if incoming and move.mass == row.content else None
    posted[row.key].append(
        Posted(
            line=line,
            incoming=incoming,
            mass=move.mass,
            whole=row.kind in VIALS and move.mass == row.content,
            evidence=receipt or move.waste or move.removal or move.adjustment or move.id,
        )
    )


def _late_entry(row: sa.Row[Any], window: _Window) -> LateEntry:
    move = row.Move
    return LateEntry(
        move=move.id,
        line=LINE_OF[kind_of_move(move)],
        mass=move.mass,
        occurred_at=move.occurred_at,
        recorded_at=move.recorded_at,
        reason=move.late_reason,
        counted=move.occurred_at > window.began,
    )


def _changed(window: _Window) -> Sequence[tuple[str, int]]:
    """What came into the location's containers and what left them, by the ends of the moves and nothing else.

    Adjustments stand on no line, so they are left out here too.
    """
    found = []
    for end, sign in ((Move.to_container, 1), (Move.from_container, -1)):
        query = (
            sa.select(Product.key, sum_of(Move.mass).label("mass"))
            .join(Container, refers_to(end, Container))
            .join(Product, refers_to(Container.product, Product))
            .where(_within(window), ~_adjusts())
            .group_by(Product.key)
        )
        found += [(row.key, sign * row.mass.ug) for row in db.session.execute(query)]
    return found


def _adjusts() -> sa.ColumnElement[bool]:
    return sa.func.coalesce(Move.from_place, Move.to_place, "").in_([Place.ADJUSTED])


def _kept(window: _Window) -> Sequence[tuple[str, str, int, int]]:
    """Each container that moved in the period: its kept balance beside the one that all its moves give."""
    moved = [
        sa.select(end).join(Container, refers_to(end, Container)).where(_within(window))
        for end in (Move.to_container, Move.from_container)
    ]
    touched = sa.union(*moved).subquery()
    came, went = (
        _sum_of(end).label(name) for end, name in ((Move.to_container, "came"), (Move.from_container, "went"))
    )
    query = (
        sa.select(Product.key, Container.id, Container.label, Container.balance, came, went)
        .join(Product, refers_to(Container.product, Product))
        .where(Container.id.in_(sa.select(touched.c[0])))
    )
    return [(row.key, row.label, row.balance.ug, row.came.ug - row.went.ug) for row in db.session.execute(query)]


def _sum_of(end: Any) -> sa.ScalarSelect[Mass]:
    """All that ever passed an end at a container, asked for each one: a join may rather read every move there is."""
    here = sa.and_(Move.organisation == Container.organisation, end == Container.id)
    return sa.select(sum_of(Move.mass)).where(here).correlate(Container).scalar_subquery()
