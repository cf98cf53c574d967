"""Opening a discrepancy, keeping what it is about from use, and looking into it."""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from clinic_api.accounts import queries as people
from clinic_api.clinics import queries as clinics
from clinic_api.database.rows import Row, put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import new_id
from clinic_api.inventory.models.discrepancies import (
    Discrepancy,
    DiscrepancyContainer,
    DiscrepancyEvidence,
    DiscrepancyHold,
    DiscrepancyRelease,
)
from clinic_api.inventory.queries import containers, counts, discrepancies, discrepancy_policy, holds, parts
from clinic_api.inventory.queries.discrepancies import DiscrepancyShown
from clinic_api.inventory.rules.containment import (
    Containment,
    Measure,
    check_contained,
    check_held,
    check_not_linked,
)
from clinic_api.inventory.rules.discrepancies import Act, NewDiscrepancy, Origin, State, check_found
from clinic_api.inventory.rules.investigating import (
    EvidenceKind,
    NewEvidence,
    check_evidence,
    check_owner,
    check_recount,
    check_tried,
)
from clinic_api.inventory.service import discrepancy_clocks, upkeep
from clinic_api.inventory.service import discrepancy_steps as steps

#: What a quarantine says that was made for a discrepancy.
SET_APART: Final = "a discrepancy is being looked into"


def open_discrepancy(new: NewDiscrepancy, *, scope: Scope) -> Discrepancy:
    """Something does not add up: a file is opened, once for each record that shows it. Nothing is adjusted.

    Raises:
        NoSuchSite, NoSuchContainer: not here.
        FoundLater: it cannot have been found after now.
    """
    before = None if new.subject is None else discrepancies.about(str(new.subject_table), new.subject)
    if before is not None:
        return before
    check_found(found_at=new.found_at, at=scope.at)
    site = clinics.site(new.site)
    concerned = [containers.container(each) for each in dict.fromkeys(new.containers)]
    id = new_id(scope.at)
    row = put(
        Discrepancy(
            organisation=scope.organisation,
            id=id,
            origin=new.origin,
            site=site.id,
            registration=new.registration or (concerned[0].registration if concerned else None),
            subject_table=new.subject_table,
            subject=new.subject,
            variance_ug=new.variance_ug,
            found_at=new.found_at,
            sealed=None if new.seen is None else discrepancies.sealed(new.seen, Discrepancy.__tablename__, id),
            by=scope.actor,
            at=scope.at,
        )
    )
    steps.begin(row, *[_link(row.id, each.id, scope) for each in concerned], scope=scope)
    return row


def report(site: UUID, seen: str, found_at: datetime, concerned: Collection[UUID], *, scope: Scope) -> DiscrepancyShown:
    """Somebody of the staff saw something, and says what; nobody has to be sure.

    Raises:
        NoSuchSite, NoSuchContainer, FoundLater: see ``open_discrepancy``.
    """
    new = NewDiscrepancy(origin=Origin.REPORT, site=site, found_at=found_at, containers=tuple(concerned), seen=seen)
    return discrepancies.shown(open_discrepancy(new, scope=scope).id)


def assign(discrepancy: UUID, owner: UUID, reason: str, *, scope: Scope) -> DiscrepancyShown:
    """Somebody answers for it from now on.

    Raises:
        NoSuchDiscrepancy, NoSuchAccount: not here.
        NotYetPossible: it is closed.
        MayNotAnswer: their role does not let them work on it.
    """
    at = steps.check(discrepancy, Act.ASSIGN)
    check_owner(people.account(owner).name, people.roles_of(owner))
    steps.take(at, Act.ASSIGN, owner=owner, reason=reason, scope=scope)
    return discrepancies.shown(discrepancy)


def link(discrepancy: UUID, container: UUID, *, scope: Scope) -> DiscrepancyShown:
    """A further container is concerned; where the others are kept from use, it is frozen at once.

    Raises:
        NoSuchDiscrepancy, NoSuchContainer: not here.
        NotYetPossible: it is closed.
        LinkedBefore: it stands in the file.
    """
    at, held = steps.check(discrepancy, Act.LINK), containers.hold(container)
    check_not_linked(held.label, linked=held.id in holds.linked(discrepancy))
    frozen = [] if at[1].to_state is State.DETECTED else [_hold(discrepancy, held.id, Measure.FREEZE, scope)]
    steps.take(at, Act.LINK, _link(discrepancy, held.id, scope), *frozen, scope=scope)
    return discrepancies.shown(discrepancy)


def contain(discrepancy: UUID, how: Containment, *, scope: Scope) -> DiscrepancyShown:
    """Keep every linked container from use, and ask for a recount.

    Raises:
        NoSuchDiscrepancy: not here.
        NotYetPossible: it was contained before.
        NothingSetApart: nothing is linked, and no reason says why.
    """
    at = steps.check(discrepancy, Act.CONTAIN)
    concerned = [containers.hold(each) for each in sorted(holds.linked(discrepancy))]
    check_contained(set_apart=len(concerned), reason=how.reason)
    for each in concerned if how.measure is Measure.QUARANTINE else ():
        if not containers.source(each).quarantined:
            upkeep.quarantine(each.id, SET_APART, scope=scope)
    kept = [_hold(discrepancy, each.id, how.measure, scope) for each in concerned]
    steps.take(at, Act.CONTAIN, *kept, reason=how.reason, scope=scope)
    if concerned:
        discrepancy_clocks.ask(at[0], discrepancy_policy.clocks().recount, since=scope.at, scope=scope)
    return discrepancies.shown(discrepancy)


def release(discrepancy: UUID, container: UUID, reason: str, *, scope: Scope) -> DiscrepancyShown:
    """A frozen container may be used again, for a reason; the discrepancy goes on.

    Raises:
        NoSuchDiscrepancy, NoSuchContainer: not here.
        NotYetPossible: it is closed, and so is every hold of it.
        NotHeld: it does not keep this container.
    """
    at, held = steps.check(discrepancy, Act.RELEASE), containers.hold(container)
    hold = holds.hold_on(discrepancy, held.id)
    check_held(held.label, held=hold is not None)
    assert hold is not None  # noqa: S101  (just checked)
    freed = put(
        DiscrepancyRelease(
            organisation=scope.organisation,
            id=hold.id,
            sealed=discrepancies.sealed(reason, DiscrepancyRelease.__tablename__, hold.id),
            by=scope.by,
            at=scope.at,
        )
    )
    steps.take(at, Act.RELEASE, freed, scope=scope)
    return discrepancies.shown(discrepancy)


def investigate(discrepancy: UUID, *, scope: Scope) -> DiscrepancyShown:
    """Somebody looks into it; where nobody answers for it yet, that is they.

    Raises:
        NoSuchDiscrepancy: not here.
        NotYetPossible: it is not contained yet, or it is over.
    """
    at = steps.check(discrepancy, Act.INVESTIGATE)
    steps.take(at, Act.INVESTIGATE, owner=at[1].owner or scope.by, scope=scope)
    return discrepancies.shown(discrepancy)


def add_evidence(discrepancy: UUID, new: NewEvidence, *, scope: Scope) -> DiscrepancyEvidence:
    """Put something into the file; also into a closed one, where it is a later word.

    Raises:
        NoSuchDiscrepancy, NoSuchCount, NoSuchRefusedDraw: not here.
        EvidenceIncomplete, NotARecount, RecountedBySamePerson, NotTriedHere: see ``rules.investigating``.
    """
    at = steps.check(discrepancy, Act.ADD_EVIDENCE)
    check_evidence(new)
    if new.refers_to is not None:
        _LOOKED_UP[new.kind](at[0], new.refers_to)
    piece = _evidence(discrepancy, new, scope)
    steps.take(at, Act.ADD_EVIDENCE, piece, scope=scope)
    if new.kind is EvidenceKind.RECOUNT:
        asked = discrepancy_policy.clocks().recount.task
        discrepancy_clocks.done(discrepancy, asked, outcome="recounted", scope=scope)
    return piece


def add_of_itself(row: Discrepancy, new: NewEvidence, *wrote: Row, scope: Scope) -> None:
    """Another act goes into the file: a later count that differs too, a further attempt that was refused.

    Args:
        wrote: the rows that the other act wrote for it.
    """
    at = steps.check(row.id, Act.ADD_EVIDENCE)
    steps.take(at, Act.ADD_EVIDENCE, _evidence(row.id, new, scope), *wrote, scope=scope)


def explain(discrepancy: UUID, words: str, *, scope: Scope) -> DiscrepancyShown:
    """Somebody says how it came about; the book stays as it is.

    Raises:
        NoSuchDiscrepancy: not here.
        NotYetPossible: nobody looked into it yet, or it is over.
    """
    at = steps.check(discrepancy, Act.EXPLAIN)
    said = _evidence(discrepancy, NewEvidence(kind=EvidenceKind.EXPLANATION, words=words), scope)
    steps.take(at, Act.EXPLAIN, said, scope=scope)
    return discrepancies.shown(discrepancy)


def reopen(discrepancy: UUID, reason: str, *, scope: Scope) -> DiscrepancyShown:
    """The explanation does not hold, or there is more to it: it is looked into again, and the clocks start anew.

    Raises:
        NoSuchDiscrepancy: not here.
        NotYetPossible: it is closed, or was reported.
    """
    at = steps.check(discrepancy, Act.REOPEN)
    steps.take(at, Act.REOPEN, reason=reason, scope=scope)
    return discrepancies.shown(discrepancy)


def _check_recount(row: Discrepancy, count: UUID) -> None:
    counts.count(count)
    sheet = counts.sheet(count)
    check_recount(
        entered_at=None if sheet is None else sheet.at,
        since=row.at,
        about_it=bool(discrepancies.counted_in(count) & set(holds.linked(row.id))),
        counted_by=parts.counters(count),
        before=discrepancies.first_counters(row),
    )


def _check_tried(row: Discrepancy, key: UUID) -> None:
    check_tried(about_it=discrepancies.refused_take(key).container in holds.linked(row.id))


#: How the record that a piece of evidence names is looked up, for the kinds that name one and are added by hand.
_LOOKED_UP: Final = {EvidenceKind.RECOUNT: _check_recount, EvidenceKind.REFUSED_DRAW: _check_tried}


def _link(discrepancy: UUID, container: UUID, scope: Scope) -> DiscrepancyContainer:
    return put(
        DiscrepancyContainer(
            organisation=scope.organisation,
            id=new_id(scope.at),
            discrepancy=discrepancy,
            container=container,
            by=scope.actor,
            at=scope.at,
        )
    )


def _hold(discrepancy: UUID, container: UUID, measure: Measure, scope: Scope) -> DiscrepancyHold:
    return put(
        DiscrepancyHold(
            organisation=scope.organisation,
            id=new_id(scope.at),
            discrepancy=discrepancy,
            container=container,
            measure=measure,
            by=scope.by,
            at=scope.at,
        )
    )


def _evidence(discrepancy: UUID, new: NewEvidence, scope: Scope) -> DiscrepancyEvidence:
    id = new_id(scope.at)
    return put(
        DiscrepancyEvidence(
            organisation=scope.organisation,
            id=id,
            discrepancy=discrepancy,
            kind=new.kind,
            sealed=discrepancies.sealed(new.words, DiscrepancyEvidence.__tablename__, id),
            sha256=new.sha256,
            refers_to=new.refers_to,
            by=scope.by,
            at=scope.at,
        )
    )
