"""The number that the next vial gets: found from the newest, and not by counting all."""

import sqlalchemy as sa

from clinic_api.database.rows import db
from clinic_api.database.scope import scope
from clinic_api.database.transactions import on_sqlite
from clinic_api.inventory.models.stock import Container, Product
from clinic_api.inventory.rules.receiving import number_of, vial_label


def next_number() -> int:
    """The number of the next vial; whoever asks holds it until the transaction ends.

    Numbers have no gaps, so the one after the newest vial's is the next where nobody has it. Somebody has it where a
    clock was set back, or two received at the same moment; then they are counted.
    """
    if not on_sqlite():
        key = (scope().organisation.int >> 64) & 0x7FFFFFFFFFFFFFFF
        db.session.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})
    newest = sa.select(Container.label).where(Container.parent.is_(None)).order_by(Container.id.desc()).limit(1)
    label = db.session.execute(newest).scalar_one_or_none()
    number = 1 if label is None else number_of(label) + 1
    return _vials() + 1 if _is_taken(number) else number


def _is_taken(number: int) -> bool:
    drugs = db.session.execute(sa.select(Product.drug).distinct()).scalars()
    labels = [vial_label(drug, number) for drug in drugs]
    query = sa.select(Container.id).where(Container.label.in_(labels)).limit(1)
    return db.session.execute(query).first() is not None


def _vials() -> int:
    query = sa.select(sa.func.count()).select_from(Container).where(Container.parent.is_(None))
    return int(db.session.execute(query).scalar_one())
