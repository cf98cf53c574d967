"""Routes of suppliers, of schedule II orders and powers of attorney, and of what drug cost."""

from typing import Any
from uuid import UUID

from flask import Blueprint

from clinic_api.accounts.access.door import act, look
from clinic_api.accounts.rules.roles import Action
from clinic_api.database.scope import Scope
from clinic_api.inventory.models.stock_orders import RegistrantSigner
from clinic_api.inventory.queries import costs, stock_orders, suppliers
from clinic_api.inventory.queries.stock_orders import OrderShown, PowerShown
from clinic_api.inventory.queries.suppliers import SupplierShown
from clinic_api.inventory.rules.costs import LinePrice
from clinic_api.inventory.rules.powers import NewPower
from clinic_api.inventory.rules.receivers import NewVerification
from clinic_api.inventory.rules.receiving import Supplier
from clinic_api.inventory.rules.stock_orders import NewStockOrder
from clinic_api.inventory.schemas.stock_orders import (
    NewPowerIn,
    NewRevocation,
    NewStockOrderIn,
    NewVoid,
    PowerOut,
    PowerPage,
    SignerIn,
    SignerOut,
    StockOrderOut,
    StockOrderPage,
)
from clinic_api.inventory.schemas.suppliers import (
    CostPage,
    NewCosts,
    NewSupplier,
    SupplierOut,
    SupplierPage,
    VerificationIn,
)
from clinic_api.inventory.service import costing, ordering, supplying

blueprint = Blueprint("suppliers", __name__)


@blueprint.post("/suppliers")
@act(Action.KEEP_SUPPLIERS, NewSupplier(), SupplierOut())
def remember_supplier(told: Supplier, *, scope: Scope) -> SupplierShown:
    """Remember a supplier before it sends anything; another name or address is a new version."""
    return supplying.remembered(told, scope=scope)


@blueprint.get("/suppliers")
@look(Action.READ_LEDGER, SupplierPage())
def list_suppliers(*, scope: Scope) -> dict[str, Any]:
    """Every supplier as it is remembered now, and who verified it."""
    return {"items": suppliers.suppliers()}


@blueprint.post("/suppliers/<uuid:supplier>/verification")
@act(Action.KEEP_SUPPLIERS, VerificationIn(), SupplierOut())
def verify_supplier(supplier: UUID, asked: NewVerification, *, scope: Scope) -> SupplierShown:
    """Say that this version of a supplier is right, how you made sure, and what you saw of its registration."""
    return supplying.verify(supplier, asked, scope=scope)


@blueprint.post("/registrations/<uuid:registration>/signer")
@act(Action.KEEP_POWERS, SignerIn(), SignerOut())
def name_signer(registration: UUID, asked: dict[str, UUID], *, scope: Scope) -> RegistrantSigner:
    """Say who signed a registration's last application, and so orders schedule II without a power of attorney."""
    return ordering.name_signer(registration, asked["account"], scope=scope)


@blueprint.post("/powers-of-attorney")
@act(Action.KEEP_POWERS, NewPowerIn(), PowerOut())
def record_power(new: NewPower, *, scope: Scope) -> PowerShown:
    """Record a power of attorney for ordering schedule II."""
    return ordering.record_power(new, scope=scope)


@blueprint.post("/powers-of-attorney/<uuid:power>/revocation")
@act(Action.KEEP_POWERS, NewRevocation(), PowerOut())
def revoke_power(power: UUID, asked: dict[str, str], *, scope: Scope) -> PowerShown:
    """End a power of attorney today."""
    return ordering.revoke_power(power, asked["reason"], scope=scope)


@blueprint.get("/registrations/<uuid:registration>/powers-of-attorney")
@look(Action.READ_LEDGER, PowerPage())
def list_powers(registration: UUID, *, scope: Scope) -> dict[str, Any]:
    """A registration's powers of attorney, those that ended too."""
    return {"items": stock_orders.powers(registration)}


@blueprint.post("/stock-orders")
@act(Action.ORDER_STOCK, NewStockOrderIn(), StockOrderOut())
def record_order(new: NewStockOrder, *, scope: Scope) -> OrderShown:
    """Record a Form 222 or CSOS order as it was signed."""
    return ordering.record_order(new, scope=scope)


@blueprint.post("/stock-orders/<uuid:order>/void")
@act(Action.ORDER_STOCK, NewVoid(), StockOrderOut())
def void_order(order: UUID, asked: dict[str, str], *, scope: Scope) -> OrderShown:
    """Void an order: it is never corrected, only replaced."""
    return ordering.void_order(order, asked["reason"], scope=scope)


@blueprint.get("/stock-orders/<uuid:order>")
@look(Action.READ_LEDGER, StockOrderOut())
def stock_order(order: UUID, *, scope: Scope) -> OrderShown:
    """An order for schedule II, and what came under each line."""
    return stock_orders.shown(order)


@blueprint.get("/registrations/<uuid:registration>/stock-orders")
@look(Action.READ_LEDGER, StockOrderPage())
def list_orders(registration: UUID, *, scope: Scope) -> dict[str, Any]:
    """A registration's orders for schedule II, oldest first."""
    return {"items": stock_orders.orders(registration)}


@blueprint.post("/receipts/<uuid:receipt>/costs")
@act(Action.KEEP_COST, NewCosts(), CostPage())
def record_costs(receipt: UUID, prices: tuple[LinePrice, ...], *, scope: Scope) -> dict[str, Any]:
    """Write down what a receipt's lines cost, apart from the ledger."""
    return {"items": costing.record(receipt, prices, scope=scope)}


@blueprint.get("/receipts/<uuid:receipt>/costs")
@look(Action.SEE_COST, CostPage())
def receipt_costs(receipt: UUID, *, scope: Scope) -> dict[str, Any]:
    """What a receipt's lines cost; no inspector needs to see it (21 USC 880(b)(4))."""
    return {"items": costs.costs(receipt)}
