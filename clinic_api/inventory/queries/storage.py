"""Reading products and the places where drug is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

import sqlalchemy as sa

from clinic_api.clinics import queries as clinics
from clinic_api.clinics.queries import READ, Policy
from clinic_api.database.rows import db
from clinic_api.errors import NotFound
from clinic_api.identifiers import Ndc
from clinic_api.inventory.models.stock import Container, Location, Product, ReceiptLine
from clinic_api.inventory.rules.products import DrugPolicy, Package, UnknownProduct, find_package, read_drug


class NoSuchLocation(NotFound):
    """There is no such storage location here."""


@dataclass(frozen=True, slots=True)
class Stocked:
    """A package that the clinic may stock, and the policy version that says so."""

    policy: UUID
    drug: DrugPolicy
    package: Package


@dataclass(frozen=True, slots=True)
class Listing:
    """A drug's list, and the policy version that it is."""

    policy: UUID
    drug: DrugPolicy


@dataclass(frozen=True, slots=True)
class TakenIn:
    """One line of a receipt with the vials that it put into the book."""

    line: ReceiptLine
    vials: Sequence[Container]


def stocked() -> Sequence[Stocked]:
    """Every package that the clinic may stock, by drug, in the order of its list."""
    return [Stocked(policy, drug, package) for policy, drug in _drugs() for package in drug.packages]


def stocked_under(ndc: str) -> Stocked:
    """The package that carries an NDC.

    Raises:
        InvalidNdc, AmbiguousNdc, UnknownProduct: see ``rules.products``.
    """
    listed = _drugs()
    policies = {drug.drug: policy for policy, drug in listed}
    drug, package = find_package(ndc, [drug for _, drug in listed])
    return Stocked(policies[drug.drug], drug, package)


def key_of(ndc: str) -> str:
    """The key of the product that carries an NDC: one that the clinic may stock, or that it ever received.

    Raises:
        InvalidNdc, AmbiguousNdc: it cannot be read, or in several ways.
        UnknownProduct: the clinic never had it.
    """
    listed = {code: package.key for _, drug in _drugs() for package in drug.packages for code in package.codes}
    received: dict[Ndc, str] = {
        Ndc.parse(row.ndc): row.key for row in db.session.execute(sa.select(Product.ndc, Product.key))
    }
    known = received | listed
    read = Ndc.parse(ndc, known=known)
    if read not in known:
        raise UnknownProduct(ndc=str(read))
    return known[read]


def stocked_as(drug: str) -> Listing:
    """How a drug is handled now, and the policy version that says so."""
    return next(Listing(policy, listed) for policy, listed in _drugs() if listed.drug == drug)


def handled() -> Mapping[str, DrugPolicy]:
    """How each drug is handled and counted now, by its name."""
    return {drug.drug: drug for _, drug in _drugs()}


def product(id: UUID) -> Product:
    """A product that was received."""
    return db.session.execute(sa.select(Product).where(Product.id == id)).scalar_one()


def drug_of(product_id: UUID) -> DrugPolicy:
    """How a received product's drug is handled, by the policy version that it was received under."""
    return _drug(clinics.policy_version(product(product_id).policy))


def product_of(policy: UUID, key: str) -> Product | None:
    """A package as one policy version describes it, if it was received under that version."""
    query = sa.select(Product).where(Product.policy == policy, Product.key == key)
    return db.session.execute(query).scalar_one_or_none()


def location(id: UUID) -> Location:
    """A storage location.

    Raises:
        NoSuchLocation: not here.
    """
    row = db.session.execute(sa.select(Location).where(Location.id == id)).scalar_one_or_none()
    if row is None:
        raise NoSuchLocation
    return row


def location_called(registration: UUID, name: str) -> Location | None:
    """A registration's storage location of a name."""
    query = sa.select(Location).where(Location.registration == registration, Location.name == name)
    return db.session.execute(query).scalar_one_or_none()


def locations(registration: UUID) -> Sequence[Location]:
    """A registration's storage locations, oldest first."""
    query = sa.select(Location).where(Location.registration == registration).order_by(Location.id)
    return db.session.execute(query).scalars().all()


def _drugs() -> Sequence[tuple[UUID, DrugPolicy]]:
    return [(policy.id, _drug(policy)) for policy in clinics.policies("product")]


@lru_cache(maxsize=READ)
def _drug(policy: Policy) -> DrugPolicy:
    return read_drug(policy.content)
