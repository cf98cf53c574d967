"""Reading schedule II orders, and who may sign them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from clinic_api.clinics import queries as clinics
from clinic_api.database.rows import db
from clinic_api.errors import NotFound
from clinic_api.inventory.models.stock_orders import (
    OrderFilling,
    PowerOfAttorney,
    PowerRevocation,
    RegistrantSigner,
    StockOrderLine,
    StockOrderReplacement,
    StockOrderRow,
    StockOrderVoid,
)
from clinic_api.inventory.queries import law, suppliers
from clinic_api.inventory.queries.phrases import refers_to
from clinic_api.inventory.queries.suppliers import SupplierShown
from clinic_api.inventory.rules.papers import PaperKind
from clinic_api.inventory.rules.powers import Power
from clinic_api.inventory.rules.stock_orders import OrderLine, StockOrder


class NoSuchStockOrder(NotFound):
    """There is no such order for schedule II here."""


class NoSuchPower(NotFound):
    """There is no such power of attorney here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderShown:
    """An order as a person reads it, with its ends and what came under each line."""

    row: StockOrderRow
    supplier: SupplierShown
    order: StockOrder
    last_day: date
    voided_at: datetime | None
    void_reason: str | None
    replaces: UUID | None
    replaced_by: UUID | None
    fillings: Sequence[OrderFilling]

    @property
    def id(self) -> UUID:
        """The order's."""
        return self.row.id


@dataclass(frozen=True, slots=True)
class PowerShown:
    """A power of attorney, and why it ended early where it did."""

    row: PowerOfAttorney
    power: Power
    revocation: PowerRevocation | None


def signer_of(registration: UUID) -> UUID | None:
    """Who signed a registration's last application; None where nobody recorded it."""
    query = sa.select(RegistrantSigner.account).where(RegistrantSigner.registration == registration)
    return db.session.execute(query.order_by(RegistrantSigner.id.desc()).limit(1)).scalar_one_or_none()


def powers(registration: UUID) -> Sequence[PowerShown]:
    """A registration's powers of attorney, oldest first, those that ended too.

    Raises:
        NoSuchRegistration: not here.
    """
    clinics.registration(registration)
    query = _powers().where(PowerOfAttorney.registration == registration).order_by(PowerOfAttorney.id)
    return [_power(row) for row in db.session.execute(query)]


def power(id: UUID) -> PowerShown:
    """A power of attorney.

    Raises:
        NoSuchPower: not here.
    """
    row = db.session.execute(_powers().where(PowerOfAttorney.id == id)).one_or_none()
    if row is None:
        raise NoSuchPower
    return _power(row)


def row(id: UUID) -> StockOrderRow:
    """An order as it was signed.

    Raises:
        NoSuchStockOrder: not here.
    """
    found = db.session.execute(sa.select(StockOrderRow).where(StockOrderRow.id == id)).scalar_one_or_none()
    if found is None:
        raise NoSuchStockOrder
    return found


def number_taken(kind: PaperKind, number: str) -> bool:
    """Whether an order of this number is on record."""
    query = sa.select(StockOrderRow.id).where(StockOrderRow.kind == kind, StockOrderRow.number == number)
    return db.session.execute(query).scalar_one_or_none() is not None


def order(id: UUID) -> StockOrder:
    """An order as it stands, for the rules.

    Raises:
        NoSuchStockOrder: not here.
    """
    found = row(id)
    return StockOrder(
        kind=found.kind,
        number=found.number,
        registration=found.registration,
        supplier_dea_number=suppliers.supplier(found.supplier).dea_number,
        signed_on=found.signed_on,
        voided=_void(id) is not None,
        replaced=_replaced_by(id) is not None,
        lines=_lines(id),
    )


def shown(id: UUID) -> OrderShown:
    """An order as a person reads it.

    Raises:
        NoSuchStockOrder: not here.
    """
    found, void = row(id), _void(id)
    replaces = sa.select(StockOrderReplacement.replaces).where(StockOrderReplacement.id == id)
    return OrderShown(
        row=found,
        supplier=suppliers.shown(found.supplier),
        order=order(id),
        last_day=found.signed_on + law.filled_within(found.registration, signed_on=found.signed_on),
        voided_at=None if void is None else void.at,
        void_reason=None if void is None else void.reason,
        replaces=db.session.execute(replaces).scalar_one_or_none(),
        replaced_by=_replaced_by(id),
        fillings=_fillings(id),
    )


def orders(registration: UUID) -> Sequence[OrderShown]:
    """A registration's orders, oldest first; schedule II and nothing else.

    Raises:
        NoSuchRegistration: not here.
    """
    clinics.registration(registration)
    query = sa.select(StockOrderRow.id).where(StockOrderRow.registration == registration).order_by(StockOrderRow.id)
    return [shown(id) for id in db.session.execute(query).scalars().all()]


def _lines(id: UUID) -> tuple[OrderLine, ...]:
    come = (
        sa.select(sa.cast(sa.func.coalesce(sa.func.sum(OrderFilling.quantity), 0), sa.BigInteger))
        .where(OrderFilling.organisation == StockOrderLine.organisation, OrderFilling.order_line == StockOrderLine.id)
        .scalar_subquery()
    )
    query = sa.select(StockOrderLine, come).where(StockOrderLine.stock_order == id).order_by(StockOrderLine.place)
    return tuple(
        OrderLine(id=line.id, ndc=line.ndc, ordered=line.ordered, received=int(received))
        for line, received in db.session.execute(query)
    )


def _fillings(id: UUID) -> Sequence[OrderFilling]:
    query = (
        sa.select(OrderFilling)
        .join(StockOrderLine, refers_to(OrderFilling.order_line, StockOrderLine))
        .where(StockOrderLine.stock_order == id)
        .order_by(OrderFilling.id)
    )
    return db.session.execute(query).scalars().all()


def _void(id: UUID) -> StockOrderVoid | None:
    return db.session.execute(sa.select(StockOrderVoid).where(StockOrderVoid.id == id)).scalar_one_or_none()


def _replaced_by(id: UUID) -> UUID | None:
    query = sa.select(StockOrderReplacement.id).where(StockOrderReplacement.replaces == id)
    return db.session.execute(query).scalar_one_or_none()


def _powers() -> Any:
    revoked = refers_to(PowerOfAttorney.id, PowerRevocation)
    return sa.select(PowerOfAttorney, PowerRevocation).outerjoin(PowerRevocation, revoked)


def _power(row: Any) -> PowerShown:
    found, revocation = row
    power = Power(
        id=found.id,
        grantee=found.grantee,
        valid_from=found.valid_from,
        valid_until=found.valid_until,
        revoked_on=None if revocation is None else revocation.revoked_on,
    )
    return PowerShown(found, power, revocation)
