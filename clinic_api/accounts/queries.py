"""Reading people and access."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from clinic_api.accounts.models import (
    Account,
    Credential,
    Device,
    Miss,
    RoleApproval,
    RoleProposal,
    SignIn,
    Token,
    UsedCode,
)
from clinic_api.accounts.rules.proving import CredentialKind
from clinic_api.accounts.rules.roles import Role, held
from clinic_api.database.prepared import Prepared
from clinic_api.database.rows import db
from clinic_api.database.scope import scope
from clinic_api.database.transactions import connection
from clinic_api.errors import NotFound


class NoSuchAccount(NotFound):
    """There is no such person here."""


@dataclass(frozen=True, slots=True)
class LiveToken:
    """What a token stands for, with the roles that hold now."""

    account: UUID
    name: str
    auth_event: UUID
    device: UUID | None
    signed_in_at: datetime
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class KnownTablet:
    """An enrolled tablet."""

    id: UUID
    name: str


#: One statement: the token, its person, and every approved grant and withdrawal, oldest first.
_TOKEN: Final = Prepared(
    sa.select(
        Token.account,
        Account.name,
        Token.auth_event,
        Token.device,
        Token.issued_at,
        RoleProposal.role,
        RoleProposal.give,
        RoleApproval.at.label("approved_at"),
    )
    .join(Account, sa.and_(Account.organisation == Token.organisation, Account.id == Token.account))
    .outerjoin(
        RoleProposal, sa.and_(RoleProposal.organisation == Token.organisation, RoleProposal.account == Token.account)
    )
    .outerjoin(
        RoleApproval,
        sa.and_(RoleApproval.organisation == RoleProposal.organisation, RoleApproval.id == RoleProposal.id),
    )
    .where(
        Token.organisation == sa.bindparam("organisation"),
        Token.hash == sa.bindparam("hash"),
        Token.ended_at.is_(None),
        Token.expires_at > sa.bindparam("at", type_=Token.expires_at.type),
    )
    .order_by(RoleApproval.at, RoleApproval.id)
)


_TABLET: Final = sa.select(Device.id, Device.name).where(
    Device.organisation == sa.bindparam("organisation"), Device.hash == sa.bindparam("hash")
)


def live_token(*, organisation: UUID, hash: bytes, at: datetime) -> LiveToken | None:
    """Who carries this token now, if anybody."""
    rows = _TOKEN.found(connection(), {"organisation": organisation, "hash": hash, "at": at})
    if not rows:
        return None
    first = rows[0]
    roles = held([(row.role, row.give) for row in rows if row.approved_at is not None])
    return LiveToken(first.account, first.name, first.auth_event, first.device, first.issued_at, roles)


def device_by_secret(hash: bytes) -> KnownTablet | None:
    """The enrolled tablet that carries this secret."""
    given = {"organisation": scope().organisation, "hash": hash}
    row = connection().execute(_TABLET, given).one_or_none()
    return None if row is None else KnownTablet(row.id, row.name)


def account(id: UUID) -> Account:
    """A person.

    Raises:
        NoSuchAccount: not in this organisation.
    """
    row = db.session.execute(sa.select(Account).where(Account.id == id)).scalar_one_or_none()
    if row is None:
        raise NoSuchAccount
    return row


def account_by_login(login: str) -> Account | None:
    """The person with this login, in its one spelling."""
    return db.session.execute(sa.select(Account).where(Account.login == login)).scalar_one_or_none()


def accounts(*, after: UUID | None, limit: int) -> Sequence[Account]:
    """The staff by id; one more than ``limit`` says that there is more."""
    query = sa.select(Account).order_by(Account.id).limit(limit + 1)
    if after is not None:
        query = query.where(Account.id > after)
    return db.session.execute(query).scalars().all()


def credential(account: UUID, kind: CredentialKind) -> Credential | None:
    """The person's newest credential of a kind."""
    query = (
        sa.select(Credential)
        .where(Credential.account == account, Credential.kind == kind)
        .order_by(Credential.id.desc())
        .limit(1)
    )
    return db.session.execute(query).scalar_one_or_none()


def names(ids: Sequence[UUID]) -> dict[UUID, str]:
    """Printed names by account."""
    rows = db.session.execute(sa.select(Account.id, Account.name).where(Account.id.in_(ids))).all()
    return {row.id: row.name for row in rows}


def roles_of(account: UUID) -> frozenset[Role]:
    """The roles that hold now."""
    query = (
        sa.select(RoleProposal.role, RoleProposal.give)
        .join(
            RoleApproval,
            sa.and_(RoleApproval.organisation == RoleProposal.organisation, RoleApproval.id == RoleProposal.id),
        )
        .where(RoleProposal.account == account)
        .order_by(RoleApproval.at, RoleApproval.id)
    )
    return held([(row.role, row.give) for row in db.session.execute(query)])


def role_proposal(id: UUID) -> RoleProposal | None:
    """A wish to give or take a role."""
    return db.session.execute(sa.select(RoleProposal).where(RoleProposal.id == id)).scalar_one_or_none()


def role_approval(id: UUID) -> RoleApproval | None:
    """The consent to a proposal, if it was given."""
    return db.session.execute(sa.select(RoleApproval).where(RoleApproval.id == id)).scalar_one_or_none()


def last_sign_in(account: UUID) -> SignIn | None:
    """The person's newest strong sign-in."""
    query = sa.select(SignIn).where(SignIn.account == account).order_by(SignIn.at.desc()).limit(1)
    return db.session.execute(query).scalar_one_or_none()


def misses_since(login: str, kinds: Sequence[CredentialKind], since: datetime | None) -> tuple[int, datetime | None]:
    """How often this login was proved wrong since a moment, and when last."""
    query = sa.select(sa.func.count(), sa.type_coerce(sa.func.max(Miss.at), Miss.at.type)).where(
        Miss.login == login, Miss.kind.in_(kinds)
    )
    if since is not None:
        query = query.where(Miss.at > since)
    row = db.session.execute(query).one()
    return row[0], row[1]


def token_by_hash(hash: bytes) -> Token | None:
    """A token, live or not."""
    return db.session.execute(sa.select(Token).where(Token.hash == hash)).scalar_one_or_none()


def code_was_used(account: UUID, step: int) -> bool:
    """Whether the one-time code of a time step was used by this person."""
    query = sa.select(UsedCode.id).where(UsedCode.account == account, UsedCode.step == step)
    return db.session.execute(query).first() is not None
