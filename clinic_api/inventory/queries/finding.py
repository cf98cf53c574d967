"""Finding our own containers: what lies ready, what a number or a label means, what is of one lot."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from clinic_api.clinics import queries as clinics
from clinic_api.database.rows import db
from clinic_api.inventory.models.stock import Container, Puncture, Quarantine
from clinic_api.inventory.queries import containers, storage
from clinic_api.inventory.queries.containers import Held, NoSuchContainer, Shown
from clinic_api.inventory.rules.drawing import MADE_UP
from clinic_api.inventory.rules.vials import State, state_of


def sealed_units(location: UUID, *, at: datetime) -> Mapping[str, int]:
    """How many containers of each product lie sealed in a location and may be used at a moment, by product key."""
    zone = clinics.site(storage.location(location).site).zone
    held = containers.at_location(location, and_named=(), zone=zone)
    return Counter(each.product.key for each in held if _ready(each, at))


def numbered(label: str) -> Shown:
    """The container that bears a number.

    Raises:
        NoSuchContainer: not here.
    """
    found = db.session.execute(sa.select(Container.id).where(Container.label == label)).scalar_one_or_none()
    if found is None:
        raise NoSuchContainer
    return containers.shown(found)


def of_lot(site: UUID, ndc: str, *, lot: str | None, expiry: date | None) -> Sequence[Shown]:
    """A site's containers of a package that hold drug; of one lot and one expiry where these are named.

    Raises:
        NoSuchSite: not here.
    """
    return [
        each
        for each in containers.at_site(site)
        if each.ndc == ndc and each.parent is None and lot in (None, each.lot) and expiry in (None, each.expiry)
    ]


def opening(container: UUID) -> Puncture | None:
    """When and by whom a vial was opened; None while it is sealed."""
    return db.session.execute(sa.select(Puncture).where(Puncture.id == container)).scalar_one_or_none()


def setting_apart(container: UUID) -> Quarantine | None:
    """When, why and by whom a container was set apart."""
    return db.session.execute(sa.select(Quarantine).where(Quarantine.id == container)).scalar_one_or_none()


def _ready(held: Held, at: datetime) -> bool:
    opened = held.facts.use_by is not None or held.container.kind in MADE_UP
    return state_of(held.facts, opened=opened) is State.SEALED and at < held.facts.expires_at
