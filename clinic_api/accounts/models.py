"""Rows of people and access."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from clinic_api.accounts.rules.proving import CredentialKind
from clinic_api.accounts.rules.roles import Role
from clinic_api.database.rows import CHANGES, STRICT, Regulated, Row, refers
from clinic_api.database.types import Code


class Account(Regulated, Row):
    """One person in one organisation; never given to another."""

    __tablename__ = "accounts"
    __table_args__ = (sa.UniqueConstraint("organisation", "login"), STRICT)

    login: Mapped[str]
    name: Mapped[str]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]


class Credential(Row):
    """Something that proves a person; the newest of a kind counts. Hashes, and a sealed TOTP secret."""

    __tablename__ = "credentials"
    __table_args__ = (
        refers("account", "accounts"),
        sa.Index("ix_credentials_account", "organisation", "account", "kind"),
        STRICT,
    )

    account: Mapped[UUID]
    kind: Mapped[CredentialKind] = mapped_column(Code(CredentialKind))
    secret: Mapped[bytes]
    at: Mapped[datetime]


class UsedCode(Row):
    """A one-time code's time step, used once by one person."""

    __tablename__ = "used_codes"
    __table_args__ = (
        refers("account", "accounts"),
        sa.UniqueConstraint("organisation", "account", "step"),
        STRICT,
    )

    account: Mapped[UUID]
    step: Mapped[int]
    at: Mapped[datetime]


class SignIn(Regulated, Row):
    """A strong sign-in (password and one-time code) that acts rest on."""

    __tablename__ = "sign_ins"
    __table_args__ = (
        refers("account", "accounts"),
        refers("device", "devices"),
        sa.Index("ix_sign_ins_account", "organisation", "account", "at"),
        STRICT,
    )

    account: Mapped[UUID]
    device: Mapped[UUID | None]
    at: Mapped[datetime]


class Miss(Row):
    """A wrong password, code or PIN."""

    __tablename__ = "misses"
    __table_args__ = (sa.Index("ix_misses_login", "organisation", "login", "at"), STRICT)

    login: Mapped[str]
    kind: Mapped[CredentialKind] = mapped_column(Code(CredentialKind))
    device: Mapped[UUID | None]
    at: Mapped[datetime]


class Token(Row):
    """What a signed-in person carries; only its hash is kept."""

    __tablename__ = "tokens"
    __table_args__ = (
        refers("account", "accounts"),
        refers("auth_event", "sign_ins"),
        refers("device", "devices"),
        sa.UniqueConstraint("organisation", "hash"),
        STRICT,
    )

    hash: Mapped[bytes]
    account: Mapped[UUID]
    auth_event: Mapped[UUID]
    device: Mapped[UUID | None]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(info=CHANGES)


class Device(Regulated, Row):
    """An enrolled tablet; its own secret lets it take urgent entries while nobody is signed in."""

    __tablename__ = "devices"
    __table_args__ = (sa.UniqueConstraint("organisation", "hash"), STRICT)

    name: Mapped[str]
    hash: Mapped[bytes]
    enrolled_by: Mapped[UUID]
    at: Mapped[datetime]


class RoleProposal(Regulated, Row):
    """One person's wish to give or take a role."""

    __tablename__ = "role_proposals"
    __table_args__ = (
        refers("account", "accounts"),
        sa.UniqueConstraint("organisation", "id", "proposed_by"),
        sa.Index("ix_role_proposals_account", "organisation", "account"),
        STRICT,
    )

    account: Mapped[UUID]
    role: Mapped[Role] = mapped_column(Code(Role))
    give: Mapped[bool]
    proposed_by: Mapped[UUID]
    at: Mapped[datetime]


class RoleApproval(Regulated, Row):
    """Another person's consent. ``id`` is the proposal's, so there is one at most."""

    __tablename__ = "role_approvals"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["organisation", "id", "proposed_by"],
            ["role_proposals.organisation", "role_proposals.id", "role_proposals.proposed_by"],
            name="fk_role_approvals_proposal",
        ),
        sa.CheckConstraint("approved_by <> proposed_by", name="two_people"),
        STRICT,
    )

    proposed_by: Mapped[UUID]
    approved_by: Mapped[UUID]
    at: Mapped[datetime]
