"""Reading serial numbers: whose a number is, and what was read off a lot when it was counted."""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa

from clinic_api.database.rows import db
from clinic_api.inventory.models.serials import ContainerSerial, CountedSerials
from clinic_api.inventory.models.stock import Container
from clinic_api.inventory.queries.phrases import refers_to
from clinic_api.inventory.rules.serials import SerialKnown


def bearing(ndc: str, serial: str) -> Sequence[UUID]:
    """The containers that came in the package with a number, in their order in it; nothing where none did."""
    query = (
        sa.select(ContainerSerial.id)
        .where(ContainerSerial.ndc == ndc, ContainerSerial.serial == serial)
        .order_by(ContainerSerial.place)
    )
    return db.session.execute(query).scalars().all()


def check_unknown(ndc: str, serials: Collection[str]) -> None:
    """Refuse a number that came before.

    Raises:
        SerialKnown: names the container that bears it.
    """
    if not serials:
        return
    query = (
        sa.select(ContainerSerial.serial, Container.label)
        .join(Container, refers_to(ContainerSerial.id, Container))
        .where(ContainerSerial.ndc == ndc, ContainerSerial.serial.in_(serials))
        .order_by(ContainerSerial.id)
        .limit(1)
    )
    known = db.session.execute(query).one_or_none()
    if known is not None:
        raise SerialKnown(serial=known.serial, container=known.label)


def counted(line: UUID) -> tuple[str, ...]:
    """What was read off a lot when it was counted, by the counted line."""
    row = db.session.execute(sa.select(CountedSerials).where(CountedSerials.id == line)).scalar_one_or_none()
    return () if row is None else tuple(row.serials)
