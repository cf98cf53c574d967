"""Routes of deliveries and receipts."""

from typing import Any
from uuid import UUID

from flask import Blueprint

from clinic_api.accounts.access.door import act, look
from clinic_api.accounts.rules.roles import Action
from clinic_api.database.scope import Scope
from clinic_api.http.paging import Page, page_of
from clinic_api.inventory.queries import deliveries, kits, receipts
from clinic_api.inventory.queries.deliveries import DeliveryShown
from clinic_api.inventory.queries.receipts import Received
from clinic_api.inventory.rules.deliveries import Claimed, NewDelivery
from clinic_api.inventory.rules.receiving import Delivery
from clinic_api.inventory.rules.settling import CountedLine
from clinic_api.inventory.schemas.deliveries import (
    CustodyOut,
    DeliveryOut,
    DeliveryPage,
    NewAcceptance,
    NewDeliveryCount,
    NewDeliveryIn,
    NewDeliveryRefusal,
)
from clinic_api.inventory.schemas.receipts import NewReceipt, ReceiptOut, ReceiptPage, RecordsAsked, RecordsQuery
from clinic_api.inventory.schemas.suppliers import KitPage, KitsAsked, KitsQuery
from clinic_api.inventory.service import accepting, delivering
from clinic_api.inventory.service.accepting import Custody
from clinic_api.signatures import service as signatures
from clinic_api.signatures.rules import Proof
from clinic_api.signatures.schemas import ProofIn

blueprint = Blueprint("deliveries", __name__)


@blueprint.post("/receipts")
@act(Action.RECEIVE_STOCK, NewReceipt(), ReceiptOut())
def receive(delivery: Delivery, *, scope: Scope) -> Received:
    """Receive stock from an invoice in one call; each vial gets its number."""
    return accepting.receive(delivery, scope=scope)


@blueprint.get("/receipts")
@look(Action.READ_LEDGER, ReceiptPage(), asks=RecordsQuery())
def list_receipts(asked: RecordsAsked, *, scope: Scope) -> Page[Received]:
    """A site's receipts of one group, oldest first."""
    rows = receipts.page(asked.site, asked.group, after=asked.page.after, limit=asked.page.limit)
    return page_of(rows, asked=asked.page, key=lambda row: row.receipt.id)


@blueprint.get("/receipts/<uuid:receipt>")
@look(Action.READ_LEDGER, ReceiptOut())
def receipt(receipt: UUID, *, scope: Scope) -> Received:
    """A receipt with its lines."""
    return receipts.received(receipt)


@blueprint.post("/deliveries")
@act(Action.RECEIVE_STOCK, NewDeliveryIn(), DeliveryOut())
def log_delivery(new: NewDelivery, *, scope: Scope) -> DeliveryShown:
    """Log what came to the door; nothing of it is in the book yet."""
    return deliveries.shown(delivering.log(new, scope=scope).id)


@blueprint.get("/deliveries")
@look(Action.READ_LEDGER, DeliveryPage(), asks=RecordsQuery())
def list_deliveries(asked: RecordsAsked, *, scope: Scope) -> Page[DeliveryShown]:
    """A site's deliveries of one group, oldest first."""
    rows = deliveries.page(asked.site, asked.group, after=asked.page.after, limit=asked.page.limit)
    return page_of(rows, asked=asked.page, key=lambda row: row.id)


@blueprint.get("/deliveries/<uuid:delivery>")
@look(Action.READ_LEDGER, DeliveryOut())
def delivery(delivery: UUID, *, scope: Scope) -> DeliveryShown:
    """A delivery, as far as it has come."""
    return deliveries.shown(delivery)


@blueprint.post("/deliveries/<uuid:delivery>/count")
@act(Action.RECEIVE_STOCK, NewDeliveryCount(), DeliveryOut())
def count_delivery(delivery: UUID, lines: tuple[CountedLine, ...], *, scope: Scope) -> DeliveryShown:
    """Write down what really came, lot by lot; only then is it told what the document says."""
    return delivering.count(delivery, lines, scope=scope)


@blueprint.post("/deliveries/<uuid:delivery>/acceptance")
@act(Action.RECEIVE_STOCK, NewAcceptance(), CustodyOut())
def accept_delivery(delivery: UUID, claimed: Claimed, *, scope: Scope) -> Custody:
    """Sign for what was counted; where one person is enough, it is in the book."""
    return accepting.accept(delivery, claimed, scope=scope)


@blueprint.post("/deliveries/<uuid:delivery>/second")
@act(Action.RECEIVE_STOCK, ProofIn(), CustodyOut())
def second_delivery(delivery: UUID, proof: Proof, *, scope: Scope) -> Custody:
    """A second person signs for the same count with their own login and PIN, and it is in the book."""
    return accepting.second(delivery, signatures.attest(proof, scope=scope), scope=scope)


@blueprint.post("/deliveries/<uuid:delivery>/refusal")
@act(Action.RECEIVE_STOCK, NewDeliveryRefusal(), DeliveryOut())
def refuse_delivery(delivery: UUID, asked: dict[str, str], *, scope: Scope) -> DeliveryShown:
    """Send a delivery back: it never comes into the book."""
    return delivering.refuse(delivery, asked["reason"], scope=scope)


@blueprint.get("/sites/<uuid:site>/kits")
@look(Action.READ_LEDGER, KitPage(), asks=KitsQuery())
def list_kits(site: UUID, asked: KitsAsked, *, scope: Scope) -> dict[str, Any]:
    """A site's patient-specific kits that still hold drug, soonest due first."""
    return {"items": kits.kits(site, until=asked.until)}
