"""Reading visits, the anchors that drug, dose and session hang on."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from clinic_api.database.rows import db
from clinic_api.errors import NotFound
from clinic_api.patients.models import (
    Visit,
)

#: The anchor, for a statement above this floor that holds a visit and reads at once what shares its id.
VISITS: Final = Visit.__table__


class NoSuchVisit(NotFound):
    """There is no such visit here."""


def visit(id: UUID) -> Visit:
    """A visit; NoSuchVisit where there is none."""
    row = db.session.execute(sa.select(Visit).where(Visit.id == id)).scalar_one_or_none()
    if row is None:
        raise NoSuchVisit
    return row


def held_visit(id: UUID, *, for_update: bool) -> Visit:
    """A visit, locked against being sealed meanwhile; with ``for_update``, against being added to."""
    query = sa.select(Visit).where(Visit.id == id).with_for_update(read=not for_update, key_share=not for_update)
    row = db.session.execute(query, execution_options={"populate_existing": True}).scalar_one_or_none()
    if row is None:
        raise NoSuchVisit
    return row


def visits(patient: UUID) -> Sequence[Visit]:
    """A patient's visits, oldest first."""
    return db.session.execute(sa.select(Visit).where(Visit.patient == patient).order_by(Visit.id)).scalars().all()
