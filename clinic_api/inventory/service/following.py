"""What follows a removal that was proposed: it is withdrawn, or its receiver says that it arrived; and who may sign."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clinic_api.accounts import queries as people
from clinic_api.audit import service as audit
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import new_id
from clinic_api.inventory.models.removals import Acknowledgement, Eligibility, RemovalWithdrawal
from clinic_api.inventory.queries import containers, removals, storage
from clinic_api.inventory.queries.removals import RemovalShown
from clinic_api.inventory.rules.moments import check_when
from clinic_api.inventory.rules.moves import Event
from clinic_api.inventory.rules.removals import RemovalState, check_state
from clinic_api.inventory.service.removing import ACKNOWLEDGEMENT, SECOND, close, hold


def withdraw_removal(removal_id: UUID, reason: str, *, scope: Scope) -> RemovalShown:
    """It did not happen after all: what it held is free again, and both entries stay.

    Raises:
        NoSuchRemoval: not here.
        NotThisState: it is not pending.
    """
    removal = removals.removal(removal_id)
    hold([line.container for line in removals.lines(removal_id)])
    check_state(removals.state(removal.id), RemovalState.PENDING)
    withdrawn = put(
        RemovalWithdrawal(organisation=scope.organisation, id=removal.id, reason=reason, by=scope.by, at=scope.at)
    )
    audit.record(Event.REMOVAL_WITHDRAWN, withdrawn)
    close(SECOND, removal, "withdrawn", scope)
    return removals.shown(removal.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What the receiver says of a shipment."""

    document: str
    arrived_as_sent: bool
    remarks: str | None
    received_at: datetime


def acknowledge(removal_id: UUID, arrival: Arrival, *, scope: Scope) -> RemovalShown:
    """The receiver confirms a shipment; only that closes it (21 CFR 1317.05).

    Raises:
        NoSuchRemoval: not here.
        NotThisState: it was not posted, or was acknowledged before.
        NotYetHappened: the arrival is dated ahead.
    """
    removal = removals.removal(removal_id)
    check_state(removals.state(removal.id), RemovalState.POSTED)
    limits = storage.drug_of(containers.container(removals.lines(removal.id)[0].container).product).late_entry
    check_when(arrival.received_at, arrival.remarks or arrival.document, at=scope.at, limits=limits)
    heard = put(
        Acknowledgement(
            organisation=scope.organisation,
            id=removal.id,
            document=arrival.document,
            arrived_as_sent=arrival.arrived_as_sent,
            remarks=arrival.remarks,
            received_at=arrival.received_at,
            by=scope.by,
            at=scope.at,
        )
    )
    audit.record(Event.REMOVAL_ACKNOWLEDGED, heard)
    close(ACKNOWLEDGEMENT, removal, "acknowledged", scope)
    return removals.shown(removal.id)


def record_eligibility(account: UUID, basis: str, *, eligible: bool, scope: Scope) -> Eligibility:
    """Say whether a person is an employee who may be one of the two at a destruction, and why.

    Raises:
        NoSuchAccount: not here.

    Source:
        21 CFR 1300.05: an employee is paid, directed and evaluated by the registrant.
    """
    people.account(account)
    row = put(
        Eligibility(
            organisation=scope.organisation,
            id=new_id(scope.at),
            account=account,
            eligible=eligible,
            basis=basis,
            by=scope.by,
            at=scope.at,
        )
    )
    audit.record(Event.ELIGIBILITY_RECORDED, row)
    return row
