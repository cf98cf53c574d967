"""The supplier directory: remembered from what documents say, verified by people."""

from uuid import UUID

from clinic_api.audit import service as audit
from clinic_api.clinics.rules.standing import check_schedules
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import DeaNumber, new_id
from clinic_api.inventory.models.suppliers import SeenRegistration, SupplierRow, SupplierVerification
from clinic_api.inventory.queries import numbering, suppliers
from clinic_api.inventory.queries.suppliers import SupplierShown
from clinic_api.inventory.rules.moves import Event
from clinic_api.inventory.rules.receivers import NewVerification, Seen
from clinic_api.inventory.rules.receiving import Supplier
from clinic_api.inventory.rules.suppliers import same_supplier


def remember(told: Supplier, *, scope: Scope) -> SupplierRow:
    """The supplier as it is remembered; another name or address under its number is a version that nobody verified.

    Raises:
        InvalidDeaNumber: the number fails its checksum.
    """
    number = str(DeaNumber.parse(told.dea_number))
    numbering.next_number()  # whoever else receives waits here, and then sees the supplier
    known = suppliers.newest_of(number)
    if known is not None and same_supplier(
        Supplier(name=known.name, address=known.address, dea_number=known.dea_number),
        Supplier(name=told.name, address=told.address, dea_number=number),
    ):
        return known
    version = put(
        SupplierRow(
            organisation=scope.organisation,
            id=new_id(scope.at),
            dea_number=number,
            version=1 if known is None else known.version + 1,
            name=told.name,
            address=told.address,
            by=scope.by,
            at=scope.at,
        )
    )
    audit.record(Event.SUPPLIER_REMEMBERED, version)
    return version


def remembered(told: Supplier, *, scope: Scope) -> SupplierShown:
    """As ``remember``, and how it is shown."""
    return suppliers.shown(remember(told, scope=scope).id)


def verify(supplier: UUID, new: NewVerification, *, scope: Scope) -> SupplierShown:
    """The acting person made sure that this version of a supplier is right, and perhaps saw its registration.

    Raises:
        NoSuchSupplier: not here.
        UnknownSchedule: no registration has such a code.
    """
    row = suppliers.supplier(supplier)
    if new.registration is not None:
        check_schedules(new.registration.schedules)
    verified = put(
        SupplierVerification(
            organisation=scope.organisation,
            id=new_id(scope.at),
            supplier=row.id,
            how=new.how,
            by=scope.by,
            at=scope.at,
        )
    )
    seen = [] if new.registration is None else [put(_seen(verified, row, new.registration))]
    audit.record(Event.SUPPLIER_VERIFIED, verified, *seen)
    return suppliers.shown(supplier)


def _seen(verified: SupplierVerification, row: SupplierRow, seen: Seen) -> SeenRegistration:
    return SeenRegistration(
        organisation=verified.organisation,
        id=verified.id,
        supplier=row.id,
        dea_number=row.dea_number,
        seen_as=seen.seen_as,
        activity=seen.activity,
        schedules=list(seen.schedules),
        valid_until=seen.valid_until,
    )
