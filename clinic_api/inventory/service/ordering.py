"""Recording orders for schedule II and the right to sign them; nothing here is ever corrected."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from clinic_api.accounts import queries as people
from clinic_api.audit import service as audit
from clinic_api.clinics import queries as clinics
from clinic_api.clinics.rules.standing import day_in
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import new_id
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
from clinic_api.inventory.models.suppliers import SupplierRow
from clinic_api.inventory.queries import stock_orders, storage
from clinic_api.inventory.queries.stock_orders import OrderShown, PowerShown
from clinic_api.inventory.queries.storage import TakenIn
from clinic_api.inventory.rules.filling import Filled
from clinic_api.inventory.rules.moves import Event
from clinic_api.inventory.rules.papers import group_of
from clinic_api.inventory.rules.powers import Named, NewPower, check_power, check_revocable, check_signer
from clinic_api.inventory.rules.stock_orders import (
    NewStockOrder,
    StockOrder,
    check_number_free,
    check_order,
    check_replaces,
    check_void,
)
from clinic_api.inventory.service import supplying


def name_signer(registration: UUID, account: UUID, *, scope: Scope) -> RegistrantSigner:
    """Write down who signed a registration's last application, and so orders without a power of attorney.

    Raises:
        NoSuchRegistration, NoSuchAccount: not here.
    """
    named = put(
        RegistrantSigner(
            organisation=scope.organisation,
            id=new_id(scope.at),
            registration=clinics.registration(registration).id,
            account=people.account(account).id,
            by=scope.by,
            at=scope.at,
        )
    )
    audit.record(Event.SIGNER_NAMED, named)
    return named


def record_power(new: NewPower, *, scope: Scope) -> PowerShown:
    """Write down a power of attorney as the paper says it.

    Raises:
        NoSuchRegistration, NoSuchAccount: not here.
        PowerBackwards, PowerNeedsFourPeople, NotTheRegistrant: see ``rules.powers``.
    """
    registration, grantee = clinics.registration(new.registration), people.account(new.grantee)
    first, second = map(_known, new.witnesses)
    new = replace(new, grantor=_known(new.grantor), witnesses=(first, second))
    signer = stock_orders.signer_of(registration.id)
    check_power(new, grantee=Named(grantee.id, grantee.name), registrant=signer)
    power = put(
        PowerOfAttorney(
            organisation=scope.organisation,
            id=new_id(scope.at),
            registration=registration.id,
            grantor=new.grantor.account,
            grantor_name=new.grantor.name,
            grantee=grantee.id,
            first_witness=first.account,
            first_witness_name=first.name,
            second_witness=second.account,
            second_witness_name=second.name,
            valid_from=new.valid_from,
            valid_until=new.valid_until,
            by=scope.by,
            at=scope.at,
        )
    )
    audit.record(Event.POWER_RECORDED, power)
    return stock_orders.power(power.id)


def revoke_power(id: UUID, reason: str, *, scope: Scope) -> PowerShown:
    """A power of attorney ends today: nothing that is signed from this day on counts under it.

    Raises:
        NoSuchPower: not here.
        PowerRevoked: it ended before.
    """
    found = stock_orders.power(id)
    check_revocable(found.power)
    registration = clinics.registration(found.row.registration)
    ended = put(
        PowerRevocation(
            organisation=scope.organisation,
            id=found.row.id,
            revoked_on=day_in(clinics.site(registration.site).zone, scope.at),
            reason=reason,
            by=scope.by,
            at=scope.at,
        )
    )
    audit.record(Event.POWER_REVOKED, ended)
    return stock_orders.power(id)


def record_order(new: NewStockOrder, *, scope: Scope) -> OrderShown:
    """Write down an order for schedule II as it was signed.

    Raises:
        NoSuchRegistration, NoSuchAccount, NoSuchStockOrder: not here.
        InvalidDeaNumber: the supplier's number fails its checksum.
        InvalidNdc, AmbiguousNdc, UnknownProduct: a line names nothing that the clinic stocks.
        NotAnOrderForm, NotOrderedSo, SignedAhead, OrderNumberTaken, OrderStands: see ``rules.stock_orders``.
        MayNotOrder: who signed it was neither the registrant nor held a power of attorney that day.
    """
    registration, signer = clinics.registration(new.registration), people.account(new.signed_by)
    wanted = [(line, storage.stocked_under(line.ndc)) for line in new.lines]
    groups = {str(each.package.ndc): group_of(each.drug.schedule) for _, each in wanted}
    check_order(new, groups=groups, today=day_in(clinics.site(registration.site).zone, scope.at))
    check_number_free(new.number, taken=stock_orders.number_taken(new.kind, new.number))
    if new.replaces is not None:
        check_replaces(stock_orders.order(new.replaces))
    power = check_signer(
        Named(signer.id, signer.name),
        registrant=stock_orders.signer_of(registration.id),
        powers=[each.power for each in stock_orders.powers(registration.id)],
        on=new.signed_on,
    )
    supplier = supplying.remember(new.supplier, scope=scope)
    order = put(_order(new, supplier, power, scope))
    lines = [
        put(
            StockOrderLine(
                organisation=scope.organisation,
                id=new_id(scope.at),
                stock_order=order.id,
                place=place,
                ndc=str(each.package.ndc),
                ordered=line.ordered,
            )
        )
        for place, (line, each) in enumerate(wanted, start=1)
    ]
    audit.record(Event.STOCK_ORDERED, order, *lines, *_replacement(new, order, scope))
    return stock_orders.shown(order.id)


def void_order(id: UUID, reason: str, *, scope: Scope) -> OrderShown:
    """An order counts no more: it is defective, lost, or not wanted.

    Raises:
        NoSuchStockOrder: not here.
        OrderVoided, OrderFilled: see ``rules.stock_orders``.
    """
    check_void(stock_orders.order(id))
    void = put(StockOrderVoid(organisation=scope.organisation, id=id, reason=reason, by=scope.by, at=scope.at))
    audit.record(Event.STOCK_ORDER_VOIDED, void)
    return stock_orders.shown(id)


def fill(order: StockOrder, filled: Filled, taken: TakenIn, *, received_on: date, scope: Scope) -> OrderFilling:
    """Write down, as on the purchaser's own copy, how many came under a line of an order, and on which day.

    Source:
        21 CFR 1305.13(e), 1305.22(g).
    """
    ordered = {line.id: line.ordered for line in order.lines}
    filling = put(
        OrderFilling(
            organisation=scope.organisation,
            id=new_id(scope.at),
            receipt_line=taken.line.id,
            order_line=filled.line,
            ordered=ordered[filled.line],
            received_before=filled.before,
            quantity=filled.quantity,
            received_on=received_on,
        )
    )
    audit.record(Event.STOCK_ORDER_FILLED, filling)
    return filling


def _known(person: Named) -> Named:
    """Somebody on a paper under the name that the clinic knows them by; a typed name stays as it was typed."""
    return person if person.account is None else Named(person.account, people.account(person.account).name)


def _order(new: NewStockOrder, supplier: SupplierRow, power: UUID | None, scope: Scope) -> StockOrderRow:
    return StockOrderRow(
        organisation=scope.organisation,
        id=new_id(scope.at),
        registration=new.registration,
        kind=new.kind,
        number=new.number,
        supplier=supplier.id,
        signed_by=new.signed_by,
        signed_on=new.signed_on,
        power=power,
        by=scope.by,
        at=scope.at,
    )


def _replacement(new: NewStockOrder, order: StockOrderRow, scope: Scope) -> list[StockOrderReplacement]:
    if new.replaces is None:
        return []
    return [
        put(StockOrderReplacement(organisation=scope.organisation, id=order.id, replaces=new.replaces, at=scope.at))
    ]
