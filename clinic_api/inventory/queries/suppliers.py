"""Reading the supplier directory."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from clinic_api.accounts import queries as people
from clinic_api.database.rows import db
from clinic_api.errors import NotFound
from clinic_api.inventory.models.suppliers import SeenRegistration, SupplierRow, SupplierVerification
from clinic_api.inventory.queries.phrases import refers_to
from clinic_api.inventory.rules.receivers import Known, Seen, Verification
from clinic_api.inventory.rules.receiving import Supplier


class NoSuchSupplier(NotFound):
    """There is no such supplier here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierShown:
    """One version of a supplier; ``verified`` is None where nobody made sure of it."""

    id: UUID
    version: int
    dea_number: str
    name: str
    address: str
    remembered_at: datetime
    verified: Verification | None

    @property
    def told(self) -> Supplier:
        """As a document names it."""
        return Supplier(name=self.name, address=self.address, dea_number=self.dea_number)


def supplier(id: UUID) -> SupplierRow:
    """A version of a supplier.

    Raises:
        NoSuchSupplier: not here.
    """
    row = db.session.execute(sa.select(SupplierRow).where(SupplierRow.id == id)).scalar_one_or_none()
    if row is None:
        raise NoSuchSupplier
    return row


def newest_of(dea_number: str) -> SupplierRow | None:
    """What is remembered of a DEA number."""
    query = sa.select(SupplierRow).where(SupplierRow.dea_number == dea_number).order_by(SupplierRow.version.desc())
    return db.session.execute(query.limit(1)).scalar_one_or_none()


def is_verified(id: UUID) -> bool:
    """Whether somebody made sure of a version."""
    query = sa.select(SupplierVerification.id).where(SupplierVerification.supplier == id).limit(1)
    return db.session.execute(query).scalar_one_or_none() is not None


def known(dea_number: str) -> Known | None:
    """A registrant as it is remembered, with what was last seen of its registration under that name and address."""
    row = newest_of(dea_number)
    if row is None:
        return None
    query = sa.select(SeenRegistration).where(SeenRegistration.supplier == row.id)
    seen = db.session.execute(query.order_by(SeenRegistration.id.desc()).limit(1)).scalar_one_or_none()
    told = Supplier(name=row.name, address=row.address, dea_number=row.dea_number)
    return Known(told, None if seen is None else seen.id, _seen(seen))


def shown(id: UUID) -> SupplierShown:
    """A version of a supplier as a person reads it.

    Raises:
        NoSuchSupplier: not here.
    """
    return _shown([supplier(id)])[0]


def suppliers() -> Sequence[SupplierShown]:
    """The newest version of every supplier, by name."""
    rows = db.session.execute(sa.select(SupplierRow).order_by(SupplierRow.version)).scalars()
    newest = {row.dea_number: row for row in rows}
    return _shown(sorted(newest.values(), key=lambda row: (row.name, row.dea_number)))


def _shown(rows: Sequence[SupplierRow]) -> list[SupplierShown]:
    query = (
        sa.select(SupplierVerification, SeenRegistration)
        .outerjoin(SeenRegistration, refers_to(SupplierVerification.id, SeenRegistration))
        .where(SupplierVerification.supplier.in_([row.id for row in rows]))
        .order_by(SupplierVerification.id)
    )
    found: Sequence[Any] = db.session.execute(query).all()
    names = people.names([each.by for each, _ in found])
    verified = {
        each.supplier: Verification(by=names[each.by], how=each.how, at=each.at, registration=_seen(seen))
        for each, seen in found
    }
    return [
        SupplierShown(
            id=row.id,
            version=row.version,
            dea_number=row.dea_number,
            name=row.name,
            address=row.address,
            remembered_at=row.at,
            verified=verified.get(row.id),
        )
        for row in rows
    ]


def _seen(row: SeenRegistration | None) -> Seen | None:
    if row is None:
        return None
    return Seen(seen_as=row.seen_as, activity=row.activity, schedules=tuple(row.schedules), valid_until=row.valid_until)
