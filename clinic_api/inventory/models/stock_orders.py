"""Rows of schedule II orders and of the right to sign them; all append-only."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from clinic_api.database.rows import STRICT, Regulated, Row, refers
from clinic_api.database.types import Code
from clinic_api.inventory.rules.papers import PaperKind


class RegistrantSigner(Regulated, Row):
    """Who signed the registration's last application; the newest counts."""

    __tablename__ = "registrant_signers"
    __table_args__ = (
        refers("registration", "registrations"),
        refers("account", "accounts"),
        sa.Index("ix_registrant_signers_registration", "organisation", "registration"),
        STRICT,
    )

    registration: Mapped[UUID]
    account: Mapped[UUID]
    by: Mapped[UUID]
    at: Mapped[datetime]


class PowerOfAttorney(Regulated, Row):
    """A paper by which the registrant lets somebody order schedule II; it ends by its last day or a revocation."""

    __tablename__ = "powers_of_attorney"
    __table_args__ = (
        refers("registration", "registrations"),
        refers("grantor", "accounts"),
        refers("grantee", "accounts"),
        refers("first_witness", "accounts"),
        refers("second_witness", "accounts"),
        sa.UniqueConstraint("organisation", "id", "registration", "grantee"),
        sa.Index("ix_powers_of_attorney_registration", "organisation", "registration"),
        sa.CheckConstraint("valid_until is null or valid_from <= valid_until", name="forward"),
        sa.CheckConstraint("grantor is null or grantor <> grantee", name="two_parties"),
        sa.CheckConstraint(
            "first_witness is null or second_witness is null or first_witness <> second_witness", name="two_witnesses"
        ),
        sa.CheckConstraint("first_witness is null or first_witness <> grantee", name="no_own_witness"),
        sa.CheckConstraint("second_witness is null or second_witness <> grantee", name="nor_as_the_second"),
        STRICT,
    )

    registration: Mapped[UUID]
    grantor: Mapped[UUID | None]
    grantor_name: Mapped[str]
    grantee: Mapped[UUID]
    first_witness: Mapped[UUID | None]
    first_witness_name: Mapped[str]
    second_witness: Mapped[UUID | None]
    second_witness_name: Mapped[str]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    by: Mapped[UUID]
    at: Mapped[datetime]


class PowerRevocation(Regulated, Row):
    """A power of attorney was taken back from a day on. ``id`` is the power's, so once."""

    __tablename__ = "power_revocations"
    __table_args__ = (refers("id", "powers_of_attorney"), refers("by", "accounts"), STRICT)

    revoked_on: Mapped[date]
    reason: Mapped[str]
    by: Mapped[UUID]
    at: Mapped[datetime]


class StockOrderRow(Regulated, Row):
    """An order for schedule II as it was signed, under a power of attorney or by the registrant."""

    __tablename__ = "stock_orders"
    __table_args__ = (
        refers("registration", "registrations"),
        refers("supplier", "suppliers"),
        refers("signed_by", "accounts"),
        sa.ForeignKeyConstraint(
            ["organisation", "power", "registration", "signed_by"],
            [
                "powers_of_attorney.organisation",
                "powers_of_attorney.id",
                "powers_of_attorney.registration",
                "powers_of_attorney.grantee",
            ],
            name="fk_power_powers_of_attorney",
        ),
        refers("by", "accounts"),
        sa.UniqueConstraint("organisation", "kind", "number"),
        sa.Index("ix_stock_orders_registration", "organisation", "registration"),
        sa.CheckConstraint("kind in ('form-222', 'csos')", name="order_form"),
        STRICT,
    )

    registration: Mapped[UUID]
    kind: Mapped[PaperKind] = mapped_column(Code(PaperKind))
    number: Mapped[str]
    supplier: Mapped[UUID]
    signed_by: Mapped[UUID]
    signed_on: Mapped[date]
    power: Mapped[UUID | None]
    by: Mapped[UUID]
    at: Mapped[datetime]


class StockOrderLine(Regulated, Row):
    """One numbered line of an order."""

    __tablename__ = "stock_order_lines"
    __table_args__ = (
        refers("stock_order", "stock_orders"),
        sa.UniqueConstraint("organisation", "stock_order", "place"),
        sa.UniqueConstraint("organisation", "id", "ordered"),
        sa.CheckConstraint("ordered > 0", name="orders_something"),
        STRICT,
    )

    stock_order: Mapped[UUID]
    place: Mapped[int]
    ndc: Mapped[str]
    ordered: Mapped[int]


class StockOrderVoid(Regulated, Row):
    """An order counts no more: defective, lost, not wanted. ``id`` is the order's."""

    __tablename__ = "stock_order_voids"
    __table_args__ = (refers("id", "stock_orders"), refers("by", "accounts"), STRICT)

    reason: Mapped[str]
    by: Mapped[UUID]
    at: Mapped[datetime]


class StockOrderReplacement(Regulated, Row):
    """An order stands in for a voided one. ``id`` is the new order's; a voided one is replaced once."""

    __tablename__ = "stock_order_replacements"
    __table_args__ = (
        refers("id", "stock_orders"),
        refers("replaces", "stock_order_voids"),
        sa.UniqueConstraint("organisation", "replaces"),
        sa.CheckConstraint("replaces <> id", name="another_order"),
        STRICT,
    )

    replaces: Mapped[UUID]
    at: Mapped[datetime]


class OrderFilling(Regulated, Row):
    """So many vials of a receipt's line came, on a day, under a line of an order; together never above ``ordered``.

    Fillings of a line make one chain: each begins where another ended, and only one does.
    """

    __tablename__ = "order_fillings"
    __table_args__ = (
        refers("receipt_line", "receipt_lines"),
        sa.ForeignKeyConstraint(
            ["organisation", "order_line", "ordered"],
            ["stock_order_lines.organisation", "stock_order_lines.id", "stock_order_lines.ordered"],
            name="fk_order_line_stock_order_lines",
        ),
        sa.UniqueConstraint("organisation", "order_line", "received_before"),
        sa.UniqueConstraint("organisation", "order_line", "receipt_line"),
        sa.CheckConstraint(
            "quantity > 0 and received_before >= 0 and received_before + quantity <= ordered", name="within_the_order"
        ),
        STRICT,
    )

    receipt_line: Mapped[UUID]
    order_line: Mapped[UUID]
    ordered: Mapped[int]
    received_before: Mapped[int]
    quantity: Mapped[int]
    received_on: Mapped[date]
