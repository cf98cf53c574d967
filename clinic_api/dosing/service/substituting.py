"""Another strength in the place of the one that a dose was worked out for: authorised, and used once."""

from clinic_api.audit import service as audit
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.dosing import queries
from clinic_api.dosing.models import DoseWorkingRow, Substitution
from clinic_api.dosing.rules.intake import AlreadyPrepared, Event, NotWorkedOut, Substitute
from clinic_api.dosing.rules.substitution import (
    AlreadyAuthorised,
    Authorised,
    Standing,
    check_authoriser,
    check_may_stand_in,
    find_authorised,
)
from clinic_api.identifiers import new_id
from clinic_api.patients import service as visits
from clinic_api.protocols.rules.protocol import Protocol
from clinic_api.quantities import Concentration


def authorise(asked: Substitute, *, protocol: Protocol, scope: Scope) -> Substitution:
    """Let another strength stand in for the one of the working that stands; both volumes are kept with it.

    Raises:
        NotWorkedOut, AlreadyPrepared: there is nothing to substitute.
        NothingToSubstitute, AlreadyAuthorised: it needs no authorisation, or has one.
        StrengthMayNotStandIn: the protocol does not list the strength.
        MayNotAuthorise: the protocol has somebody else do it.
        NoDrug, NothingToDraw: none of it could be drawn.
    """
    visits.hold(asked.visit)
    working = queries.working_of(asked.visit)
    if working is None:
        raise NotWorkedOut
    if queries.preparation_of(asked.visit) is not None:
        raise AlreadyPrepared
    change = check_may_stand_in(asked.strength, standing_of(working), protocol.substitution)
    check_authoriser(scope.roles, protocol.substitution)
    if any(given.strength == asked.strength for given in _given(working)):
        raise AlreadyAuthorised(asked.strength)
    row = put(
        Substitution(
            organisation=scope.organisation,
            id=new_id(scope.at),
            visit=asked.visit,
            working=working.id,
            from_strength=change.from_strength.exact,
            to_strength=change.to_strength.exact,
            from_volume=change.from_volume,
            to_volume=change.to_volume,
            policy=asked.policy,
            authorised_by=scope.by,
            reason=asked.reason,
            at=scope.at,
        )
    )
    audit.record(Event.SUBSTITUTED, row)
    return row


def authorisation_for(
    label: Concentration, standing: DoseWorkingRow | None, *, protocol: Protocol
) -> Authorised | None:
    """The authorisation under which a dose may be worked out for ``label``; None where it needs none.

    Args:
        standing: the working that stands for the visit; None for its first.

    Raises:
        StrengthMayNotStandIn, SubstitutionNeeded: there is none; both volumes are named.
    """
    if standing is None:
        return None
    return find_authorised(label, standing_of(standing), protocol.substitution, given=_given(standing))


def standing_of(working: DoseWorkingRow) -> Standing:
    """A working as the rules of substitution read it."""
    return Standing(
        strength=Concentration(working.label), ordered=working.ordered, cap=working.cap, volume=working.drawn_volume
    )


def _given(working: DoseWorkingRow) -> list[Authorised]:
    """What was authorised for a working."""
    return [
        Authorised(id=row.id, strength=Concentration(row.to_strength), volume=row.to_volume, by=row.authorised_by)
        for row in queries.substitutions_of(working.visit)
        if row.working == working.id
    ]
