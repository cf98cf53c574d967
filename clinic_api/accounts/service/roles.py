"""Roles: one person proposes, another agrees."""

from uuid import UUID

from clinic_api.accounts import queries
from clinic_api.accounts.models import RoleApproval, RoleProposal
from clinic_api.accounts.rules.proving import Event, check_two_people
from clinic_api.accounts.rules.roles import Role
from clinic_api.audit import service as audit
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.errors import Conflict, NotFound
from clinic_api.identifiers import new_id


class NoSuchProposal(NotFound):
    """There is no such role proposal here."""


class AlreadyDecided(Conflict):
    """This was decided before."""

    def __str__(self) -> str:
        return "Propose the role again if it is to change once more."


def propose_role(account_id: UUID, *, role: Role, give: bool, scope: Scope) -> RoleProposal:
    """Wish that a person has, or no longer has, a role; a second administrator decides."""
    queries.account(account_id)
    proposal = put(
        RoleProposal(
            organisation=scope.organisation,
            id=new_id(scope.at),
            account=account_id,
            role=role,
            give=give,
            proposed_by=scope.by,
            at=scope.at,
        )
    )
    audit.record(Event.ROLE_PROPOSED, proposal, role=role, give=give)
    return proposal


def approve_role(proposal_id: UUID, *, scope: Scope) -> RoleProposal:
    """Agree to a proposal; from here on it holds.

    Raises:
        NoSuchProposal: not here.
        SamePerson: the proposer agrees with themself.
        AlreadyDecided: it was approved before.
    """
    proposal = queries.role_proposal(proposal_id)
    if proposal is None:
        raise NoSuchProposal
    check_two_people(proposal.proposed_by, scope.by)
    if queries.role_approval(proposal_id) is not None:
        raise AlreadyDecided
    approval = put(
        RoleApproval(
            organisation=scope.organisation,
            id=proposal.id,
            proposed_by=proposal.proposed_by,
            approved_by=scope.by,
            at=scope.at,
        )
    )
    audit.record(Event.ROLE_APPROVED, approval)
    return proposal
