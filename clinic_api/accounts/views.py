"""Routes of people and access."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request

from clinic_api.accounts import queries
from clinic_api.accounts.access.door import act, look, signed_out
from clinic_api.accounts.access.identity import state
from clinic_api.accounts.models import Account, RoleProposal
from clinic_api.accounts.rules.roles import Action
from clinic_api.accounts.schemas import (
    EnrolledOut,
    EnrolmentAsked,
    MeOut,
    NewcomerOut,
    NewEnrolment,
    NewRoleProposal,
    NewSignIn,
    NewStaff,
    NewTablet,
    OperationOut,
    RoleAsked,
    RoleProposalOut,
    SignedInOut,
    SignInAsked,
    StaffAsked,
    StaffPage,
    TabletOut,
)
from clinic_api.accounts.service import devices, people, roles, tokens
from clinic_api.database.scope import Scope
from clinic_api.http import operations
from clinic_api.http.fields import Empty, PageQuery
from clinic_api.http.paging import Page, PageAsked, page_of

blueprint = Blueprint("accounts", __name__)


def _known(asked: SignInAsked, scope: Scope) -> tokens.Known:
    proof = tokens.Proof(asked.login, asked.password, asked.code, asked.device_secret)
    return tokens.know(proof, scope=scope)


def _prepared(asked: EnrolmentAsked, _: Scope) -> people.Prepared:
    return people.prepare(people.Secrets(asked.login, asked.code, asked.password, asked.pin))


@blueprint.post("/sign-in")
@signed_out(NewSignIn(), SignedInOut(), first=_known, status=201)
def sign_in(known: tokens.Known, *, scope: Scope) -> tokens.SignedIn:
    """Sign in for the day, with password and one-time code."""
    return tokens.sign_in(known, hours=state().settings.token_hours, scope=scope)


@blueprint.post("/enrolments")
@signed_out(NewEnrolment(), EnrolledOut(), first=_prepared, status=201)
def enrol(prepared: people.Prepared, *, scope: Scope) -> people.Enrolled:
    """Turn a one-time code into one's own password, PIN and authenticator."""
    return people.enrol(prepared, scope=scope)


@blueprint.post("/sign-out")
@act(Action.SEE_SELF, Empty(), None, status=204)
def sign_out(_: dict[str, Any], *, scope: Scope) -> None:
    """End the token at once."""
    tokens.sign_out(request.headers["Authorization"].partition(" ")[2], scope=scope)


@blueprint.get("/me")
@look(Action.SEE_SELF, MeOut())
def me(*, scope: Scope) -> dict[str, Any]:
    """Who is signed in, and as what."""
    name = queries.account(scope.by).name
    return {"account": scope.actor, "name": name, "roles": sorted(scope.roles), "device": scope.device}


@blueprint.post("/staff")
@act(Action.MANAGE_STAFF, NewStaff(), NewcomerOut())
def create_staff(asked: StaffAsked, *, scope: Scope) -> people.Newcomer:
    """Make an account for somebody who starts here."""
    return people.create_account(login=asked.login, name=asked.name, scope=scope)


@blueprint.get("/staff")
@look(Action.SEE_STAFF, StaffPage(), asks=PageQuery())
def staff(asked: PageAsked, *, scope: Scope) -> Page[Account]:
    """Who works here."""
    rows = queries.accounts(after=asked.after, limit=asked.limit)
    return page_of(rows, asked=asked, key=lambda row: row.id)


@blueprint.post("/staff/<uuid:account>/roles")
@act(Action.PROPOSE_ROLE, NewRoleProposal(), RoleProposalOut())
def propose_role(account: UUID, asked: RoleAsked, *, scope: Scope) -> RoleProposal:
    """Propose that somebody has, or no longer has, a role."""
    return roles.propose_role(account, role=asked.role, give=asked.give, scope=scope)


@blueprint.post("/role-proposals/<uuid:proposal>/approval")
@act(Action.APPROVE_ROLE, Empty(), RoleProposalOut())
def approve_role(proposal: UUID, _: dict[str, Any], *, scope: Scope) -> RoleProposal:
    """A second administrator agrees; the role holds from now on."""
    return roles.approve_role(proposal, scope=scope)


@blueprint.post("/devices")
@act(Action.MANAGE_STAFF, NewTablet(), TabletOut())
def enrol_device(asked: dict[str, str], *, scope: Scope) -> devices.NewDevice:
    """Enrol the tablet on which PINs count."""
    return devices.enrol_device(name=asked["name"], scope=scope)


@blueprint.get("/operations/<uuid:key>")
@look(Action.SEE_SELF, OperationOut())
def operation(key: UUID, *, scope: Scope) -> dict[str, Any]:
    """What became of an act whose answer was lost."""
    return {"id": key, "fate": operations.fate(key, actor=scope.by)}
