"""Receiving step by step, schedule II orders, patient-specific kits, suppliers, and cost kept apart.

Safe to run while the clinic is open: adds tables, touches no row.
"""

from typing import Any, Final

import sqlalchemy as sa
from alembic import op

from clinic_api.database import types
from clinic_api.database.guards import keep

revision = "0022"
down_revision = "0021"

#: In the order in which each refers only to those before it.
TABLES: Final = (
    "suppliers",
    "supplier_verifications",
    "registrant_signers",
    "powers_of_attorney",
    "power_revocations",
    "stock_orders",
    "stock_order_lines",
    "stock_order_voids",
    "stock_order_replacements",
    "deliveries",
    "delivery_lines",
    "delivery_counts",
    "delivery_count_lines",
    "delivery_signatures",
    "delivery_endings",
    "order_fillings",
    "patient_kits",
    "kit_uses",
    "receipt_costs",
)


KINDS: Final[dict[str, type[Any]]] = {
    "id": types.Id,
    "text": sa.Text,
    "whole": types.Whole,
    "flag": types.Flag,
    "day": types.CalendarDate,
    "moment": types.UtcDateTime,
    "document": types.Document,
    "digest": sa.LargeBinary,
    "sealed": sa.LargeBinary,
}


def columns(said: str) -> list[sa.Column[Any]]:
    """Columns by name and kind; one that may be empty ends in a question mark."""
    pairs = [each.split() for each in said.split(", ")]
    return [sa.Column(name, KINDS[kind.rstrip("?")](), nullable=kind.endswith("?")) for name, kind in pairs]


def refers(column: str, table: str, *, also: dict[str, str] | None = None) -> sa.ForeignKeyConstraint:
    """A reference inside one organisation, which may hold further columns to those of the same row."""
    here, there = ["organisation", column, *(also or {})], ["organisation", "id", *(also or {}).values()]
    return sa.ForeignKeyConstraint(here, [f"{table}.{name}" for name in there], name=f"fk_{column}_{table}")


def unique(*names: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint("organisation", *names)


def check(name: str, text: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(text, name=name)


def make(table: str, *parts: Any) -> None:
    said = [each for part in parts for each in (part if isinstance(part, list) else [part])]
    key = sa.PrimaryKeyConstraint("organisation", "id", name=op.f(f"pk_{table}"))
    op.create_table(table, *columns("organisation id, id id"), *said, key, sqlite_strict=True)


def index(table: str, *names: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(names)}", table, ["organisation", *names], unique=False)


def make_suppliers_and_orders() -> None:
    make(
        "suppliers",
        columns("dea_number text, version whole, name text, address text, by id, at moment, digest digest"),
        check("from_one", "version > 0"),
        refers("by", "accounts"),
        unique("dea_number", "version"),
    )
    make(
        "supplier_verifications",
        columns("supplier id, how text, by id, at moment, digest digest"),
        refers("by", "accounts"),
        refers("supplier", "suppliers"),
    )
    index("supplier_verifications", "supplier")
    make(
        "registrant_signers",
        columns("registration id, account id, by id, at moment, digest digest"),
        refers("account", "accounts"),
        refers("registration", "registrations"),
    )
    index("registrant_signers", "registration")
    make(
        "powers_of_attorney",
        columns("registration id, grantor id?, grantor_name text, grantee id, first_witness id?"),
        columns("first_witness_name text, second_witness id?, second_witness_name text, valid_from day"),
        columns("valid_until day?, by id, at moment, digest digest"),
        check("forward", "valid_until is null or valid_from <= valid_until"),
        check("no_own_witness", "first_witness is null or first_witness <> grantee"),
        check("nor_as_the_second", "second_witness is null or second_witness <> grantee"),
        check("two_parties", "grantor is null or grantor <> grantee"),
        check("two_witnesses", "first_witness is null or second_witness is null or first_witness <> second_witness"),
        refers("first_witness", "accounts"),
        refers("grantee", "accounts"),
        refers("grantor", "accounts"),
        refers("registration", "registrations"),
        refers("second_witness", "accounts"),
        unique("id", "registration", "grantee"),
    )
    index("powers_of_attorney", "registration")
    make(
        "power_revocations",
        columns("revoked_on day, reason text, by id, at moment, digest digest"),
        refers("by", "accounts"),
        refers("id", "powers_of_attorney"),
    )
    make(
        "stock_orders",
        columns("registration id, kind text, number text, supplier id, signed_by id, signed_on day, power id?"),
        columns("by id, at moment, digest digest"),
        check("order_form", "kind in ('form-222', 'csos')"),
        refers("by", "accounts"),
        refers("power", "powers_of_attorney", also={"registration": "registration", "signed_by": "grantee"}),
        refers("registration", "registrations"),
        refers("signed_by", "accounts"),
        refers("supplier", "suppliers"),
        unique("kind", "number"),
    )
    index("stock_orders", "registration")
    make(
        "stock_order_lines",
        columns("stock_order id, place whole, ndc text, ordered whole, digest digest"),
        check("orders_something", "ordered > 0"),
        refers("stock_order", "stock_orders"),
        unique("id", "ordered"),
        unique("stock_order", "place"),
    )
    make(
        "stock_order_voids",
        columns("reason text, by id, at moment, digest digest"),
        refers("by", "accounts"),
        refers("id", "stock_orders"),
    )
    make(
        "stock_order_replacements",
        columns("replaces id, at moment, digest digest"),
        check("another_order", "replaces <> id"),
        refers("id", "stock_orders"),
        refers("replaces", "stock_order_voids"),
        unique("replaces"),
    )


def make_deliveries() -> None:
    make(
        "deliveries",
        columns("location id, supplier id, drug_group text, document text, document_number text"),
        columns("document_date day, stock_order id?, carrier text?, condition text?, attachment_name text?"),
        columns("attachment_sha256 text?, blind flag, persons whole, profile text, profile_version whole, by id"),
        columns("arrived_at moment, recorded_at moment, late_reason text?, operation_id id, digest digest"),
        check("fitting_paper", "(drug_group = 'CII') = (document in ('form-222', 'csos'))"),
        check("one_group", "drug_group in ('CII', 'CIII-V')"),
        check("one_or_two", "persons between 1 and 2"),
        check("two_is_ordered", "(drug_group = 'CII') = (stock_order is not null)"),
        check("whole_attachment", "(attachment_name is null) = (attachment_sha256 is null)"),
        check("whole_hash", "length(coalesce(attachment_sha256, '')) in (0, 64)"),
        refers("by", "accounts"),
        refers("location", "locations"),
        refers("stock_order", "stock_orders"),
        refers("supplier", "suppliers"),
        unique("operation_id"),
    )
    index("deliveries", "location")
    index("deliveries", "stock_order")
    make(
        "delivery_lines",
        columns("delivery id, place whole, ndc text, invoiced whole, lot text?, expiry day?, digest digest"),
        check("from_zero", "invoiced >= 0"),
        check("whole_lot", "(lot is null) = (expiry is null)"),
        refers("delivery", "deliveries"),
        unique("delivery", "place"),
    )
    make(
        "delivery_counts",
        columns("delivery id, number whole, counted_by id, blind flag, lines document, at moment, digest digest"),
        check("from_one", "number > 0"),
        refers("counted_by", "accounts"),
        refers("delivery", "deliveries"),
        unique("delivery", "number"),
        unique("id", "delivery"),
    )
    make(
        "delivery_count_lines",
        columns("delivery id, number whole, place whole, ndc text, lot text, expiry day, received whole"),
        columns("turned_away whole, turned_away_reason text?, patient id?, prescription sealed?, digest digest"),
        check("from_zero", "received >= 0 and turned_away >= 0"),
        check("turned_away_for_a_reason", "(turned_away > 0) = (turned_away_reason is not null)"),
        check("whole_kit", "(patient is null) = (prescription is null)"),
        refers("delivery", "deliveries"),
        refers("patient", "patients"),
        unique("delivery", "number", "place"),
    )
    make(
        "delivery_signatures",
        columns("delivery id, count id, place whole, signer id, attestation id, occurred_at moment"),
        columns("late_reason text?, at moment, digest digest"),
        check("one_or_two", "place between 1 and 2"),
        refers("attestation", "attestations"),
        refers("count", "delivery_counts", also={"delivery": "delivery"}),
        refers("signer", "accounts"),
        unique("delivery", "place"),
        unique("delivery", "signer"),
        unique("id", "delivery"),
    )
    make(
        "delivery_endings",
        columns("outcome text, receipt id?, signature id?, reason text?, by id, at moment, digest digest"),
        check("accepted_is_received", "(outcome = 'accepted') = (receipt is not null)"),
        check("accepted_is_signed", "(outcome = 'accepted') = (signature is not null)"),
        check("one_of_two", "outcome in ('accepted', 'refused')"),
        check("refused_for_a_reason", "(outcome = 'refused') = (reason is not null)"),
        refers("by", "accounts"),
        refers("id", "deliveries"),
        refers("receipt", "receipts"),
        refers("signature", "delivery_signatures", also={"id": "delivery"}),
        unique("receipt"),
    )


def make_what_hangs_on_receipts() -> None:
    make(
        "order_fillings",
        columns("receipt_line id, order_line id, ordered whole, received_before whole, quantity whole"),
        columns("received_on day, digest digest"),
        check("within_the_order", "quantity > 0 and received_before >= 0 and received_before + quantity <= ordered"),
        refers("order_line", "stock_order_lines", also={"ordered": "ordered"}),
        refers("receipt_line", "receipt_lines"),
        unique("order_line", "receipt_line"),
        unique("order_line", "received_before"),
    )
    make(
        "patient_kits",
        columns("receipt_line id, patient id, prescription sealed, received_on day, last_day day, jurisdiction id"),
        columns("at moment, digest digest"),
        check("forward", "last_day >= received_on"),
        refers("id", "containers"),
        refers("jurisdiction", "policy_versions"),
        refers("patient", "patients"),
        refers("receipt_line", "receipt_lines"),
        unique("id", "patient"),
    )
    index("patient_kits", "last_day")
    make(
        "kit_uses",
        columns("kit id, patient id, at moment, digest digest"),
        refers("id", "containers"),
        refers("kit", "patient_kits", also={"patient": "patient"}),
    )
    index("kit_uses", "kit")
    make(
        "receipt_costs",
        columns("receipt_line id, version whole, unit_cents whole, by id, at moment"),
        check("from_zero", "unit_cents >= 0 and version > 0"),
        refers("by", "accounts"),
        refers("receipt_line", "receipt_lines"),
        unique("receipt_line", "version"),
    )


def upgrade() -> None:
    make_suppliers_and_orders()
    make_deliveries()
    make_what_hangs_on_receipts()
    for table in TABLES:
        keep(op.get_bind(), table)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
