"""Reading organisations, places, standing and policy."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from clinic_api.clinics.models import Chair, Licence, Organisation, PolicyVersion, Presence, Registration, Site
from clinic_api.clinics.rules.jurisdictions import read_jurisdiction
from clinic_api.clinics.rules.law import Answer, Jurisdiction, Question, answer
from clinic_api.clinics.rules.policies import is_name
from clinic_api.clinics.rules.profile import Profile, read_profile
from clinic_api.clinics.rules.standing import day_begins, day_in
from clinic_api.database.gather import Kind
from clinic_api.database.rows import R, db
from clinic_api.database.scope import scope
from clinic_api.errors import NotFound

#: How many policy versions a process keeps as they were read.
READ: Final = 512


class NoSuchSite(NotFound):
    """There is no such site here."""


class NoSuchChair(NotFound):
    """There is no such chair here."""


class NoSuchRegistration(NotFound):
    """There is no such registration here."""


class NoSuchPresence(NotFound):
    """There is no such check-in here."""


class NoSuchPolicy(NotFound):
    """The clinic has no such policy."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy version as others pin it. It never changes, so what is read from it may be kept by it."""

    id: UUID
    kind: str
    key: str
    version: int
    content: dict[str, Any] = field(compare=False)


def organisation() -> Organisation:
    """The organisation of the open scope."""
    return db.session.execute(sa.select(Organisation)).scalar_one()


def site(id: UUID) -> Site:
    """A site; NoSuchSite where there is none."""
    return _one(Site, id, NoSuchSite)


def chair(id: UUID) -> Chair:
    """A chair; NoSuchChair where there is none."""
    return _one(Chair, id, NoSuchChair)


def chair_of(id: sa.ScalarSelect[Any]) -> Kind:
    """A chair, for a statement that knows its id."""
    return Kind(Chair.__table__, Chair.__table__.c.id == id)


def registration(id: UUID) -> Registration:
    """A registration; NoSuchRegistration where there is none."""
    return _one(Registration, id, NoSuchRegistration)


def presence(id: UUID) -> Presence:
    """A check-in; NoSuchPresence where there is none."""
    return _one(Presence, id, NoSuchPresence)


def sites() -> Sequence[Site]:
    """All sites, oldest first."""
    return db.session.execute(sa.select(Site).order_by(Site.id)).scalars().all()


def chairs(site: UUID) -> Sequence[Chair]:
    """A site's chairs by name."""
    query = sa.select(Chair).where(Chair.site == site).order_by(Chair.name)
    return db.session.execute(query).scalars().all()


def registrations(site: UUID) -> Sequence[Registration]:
    """A site's registrations, oldest first."""
    query = sa.select(Registration).where(Registration.site == site).order_by(Registration.id)
    return db.session.execute(query).scalars().all()


def policy(kind: str, key: str) -> Policy:
    """The newest version of a policy.

    Raises:
        NoSuchPolicy: none was adopted.
    """
    if not (is_name(kind) and is_name(key)):
        raise NoSuchPolicy
    query = (
        sa.select(PolicyVersion)
        .where(PolicyVersion.kind == kind, PolicyVersion.key == key)
        .order_by(PolicyVersion.version.desc())
        .limit(1)
    )
    return _policy(db.session.execute(query).scalar_one_or_none())


def policies(kind: str) -> Sequence[Policy]:
    """The newest version of every policy of a kind, by key."""
    newer = aliased(PolicyVersion)
    follows = (
        (newer.organisation == PolicyVersion.organisation) & (newer.kind == kind) & (newer.key == PolicyVersion.key)
    )
    superseded = sa.exists().where(follows, newer.version > PolicyVersion.version)
    query = sa.select(PolicyVersion).where(PolicyVersion.kind == kind, ~superseded)
    return sorted((_policy(row) for row in db.session.execute(query).scalars()), key=lambda each: each.key)


def policy_version(id: UUID) -> Policy:
    """A pinned version.

    Raises:
        NoSuchPolicy: not here.
    """
    return _policy(db.session.execute(sa.select(PolicyVersion).where(PolicyVersion.id == id)).scalar_one_or_none())


def profile() -> Profile:
    """The practice profile that holds now: the newest version of the kind ``profile``."""
    query = sa.select(PolicyVersion).where(PolicyVersion.kind == "profile").order_by(PolicyVersion.id.desc()).limit(1)
    return profile_in(_policy(db.session.execute(query).scalar_one_or_none()))


@lru_cache(maxsize=READ)
def profile_in(policy: Policy) -> Profile:
    """A practice profile as one version says it."""
    return read_profile(policy.content)


def law(at_site: UUID, *, on: date | None = None, about: Sequence[Question] = tuple(Question)) -> Sequence[Answer]:
    """What the law asks at a site on a day, question by question: the strictest answer and all that were compared.

    Args:
        on: a day at the site; None for today there.

    Raises:
        NoSuchSite: not here.
    """
    place = site(at_site)
    day = day_in(place.zone, scope().at) if on is None else on
    laws = [_jurisdiction(each) for each in policies("jurisdiction")]
    return [answer(question, laws, state=place.state, on=day) for question in about]


def present(at_site: UUID, *, at: datetime) -> Sequence[Presence]:
    """Who is checked in at the site at a moment; who forgot to check out is gone when the site's day ends."""
    query = (
        sa.select(Presence)
        .where(
            Presence.site == at_site,
            Presence.from_at >= day_begins(site(at_site).zone, at),
            Presence.from_at <= at,
            sa.or_(Presence.until_at.is_(None), Presence.until_at > at),
        )
        .order_by(Presence.from_at)
    )
    return db.session.execute(query).scalars().all()


def presences_between(at_site: UUID, *, since: datetime, until: datetime) -> Sequence[Presence]:
    """Who was checked in at any time between two moments; the supervision timeline is drawn from this.

    A check-in that was never ended counts until the site's day ends, so one from a day before is left out.
    """
    never_ended = sa.and_(Presence.until_at.is_(None), Presence.from_at >= day_begins(site(at_site).zone, since))
    query = (
        sa.select(Presence)
        .where(
            Presence.site == at_site,
            Presence.from_at < until,
            sa.or_(never_ended, Presence.until_at > since),
        )
        .order_by(Presence.from_at)
    )
    return db.session.execute(query).scalars().all()


def open_presence(account: UUID, *, since: datetime) -> Presence | None:
    """Where somebody is checked in, if they checked in since a moment and did not leave."""
    query = (
        sa.select(Presence)
        .where(Presence.account == account, Presence.from_at >= since, Presence.until_at.is_(None))
        .order_by(Presence.from_at.desc())
        .limit(1)
    )
    return db.session.execute(query).scalar_one_or_none()


def licences(account: UUID, *, on: date) -> Sequence[Licence]:
    """A person's licences that are valid on a day."""
    query = sa.select(Licence).where(Licence.account == account, Licence.expires_on >= on)
    return db.session.execute(query).scalars().all()


def _one(kind: type[R], id: UUID, missing: type[NotFound]) -> R:
    row: R | None = db.session.execute(sa.select(kind).where(kind.id == id)).scalar_one_or_none()
    if row is None:
        raise missing
    return row


@lru_cache(maxsize=READ)
def _jurisdiction(policy: Policy) -> Jurisdiction:
    return read_jurisdiction(policy.content, adopted=policy.version)


def _policy(row: PolicyVersion | None) -> Policy:
    if row is None:
        raise NoSuchPolicy
    return Policy(row.id, row.kind, row.key, row.version, row.content)
