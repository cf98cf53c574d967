"""Counting what is really there: blind, each for themself, in writing; never an adjustment of the book."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clinic_api.accounts.rules.roles import Role
from clinic_api.audit import service as audit
from clinic_api.clinics import queries as clinics
from clinic_api.clinics import service as standing
from clinic_api.clinics.rules.profile import Profile
from clinic_api.clinics.rules.standing import day_ends
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import new_id
from clinic_api.inventory.models.counts import (
    Count,
    CountEntry,
    CountPart,
    CountRecount,
    CountSheet,
    CountTally,
    CountTallyLine,
)
from clinic_api.inventory.models.stock import Location
from clinic_api.inventory.queries import counts, parts, storage, tallies
from clinic_api.inventory.queries.counts import CountShown
from clinic_api.inventory.rules.agreeing import which_counts
from clinic_api.inventory.rules.counting import CountLine
from clinic_api.inventory.rules.kinds import CountKind, NewCount, check_opening, persons_asked
from clinic_api.inventory.rules.moves import Event
from clinic_api.inventory.rules.places import PlaceAct
from clinic_api.inventory.rules.sheets import check_enter, check_open_still, check_recountable
from clinic_api.inventory.service import drifting, places, showing, tallying
from clinic_api.tasks import queries as asked
from clinic_api.tasks import service as tasks
from clinic_api.tasks.rules import NewTask

#: The task that a difference above the method's resolution opens.
VARIANCE = "count-variance"
#: The task that two entries open which do not agree.
DISAGREEMENT = "count-disagreement"


@dataclass(frozen=True, slots=True)
class Settled:
    """The entries that count, and the sheet that names them."""

    sheet: CountSheet
    entries: Sequence[CountEntry]


def open_count(new: NewCount, *, scope: Scope) -> CountShown:
    """Begin a count of a location, or of a part of it; how many people it takes is the practice profile's.

    Raises:
        NoSuchLocation, NoSuchContainer: not here.
        OpenedElsewhere, WholeLocation, MorePeopleNeeded: see ``rules.kinds``.
        KeptElsewhere: a container that is to be counted is kept in another location.
        NotHereToday: who opens it is not checked in at the site.
    """
    check_opening(new)
    location = storage.location(new.location)
    tallying.check_here(new.containers, location)
    return begin(new, location, scope=scope)


def open_recount(count_id: UUID, containers: Sequence[UUID], *, scope: Scope) -> CountShown:
    """Begin to count again what a count found; somebody who did not make it enters, and both stay.

    Args:
        containers: which of its containers; none for all whose difference is above the resolution.

    Raises:
        NoSuchCount, NoSuchContainer: not here.
        NothingToRecount: its entries are not in, or nothing of it is to be counted again.
        KeptElsewhere, OutsideThisCount: a container is kept in another location, or was not part of that count.
        NotHereToday: who opens it is not checked in at the site.
    """
    count, made = counts.count(count_id), counts.lines(count_id)
    again = tuple(containers) or tuple(line.container for line in made if not line.explained)
    check_recountable(counts.state(count), again=again)
    location = storage.location(count.location)
    tallying.check_here(again, location)
    tallying.check_named(again, {line.container for line in made})
    new = NewCount(location=location.id, kind=CountKind.RECOUNT, containers=again)
    return begin(new, location, scope=scope, recounts=count.id)


def begin(new: NewCount, location: Location, *, scope: Scope, recounts: UUID | None = None) -> CountShown:
    """Open a count whose kind and parts were decided on; the book's figures are hidden from now on.

    Raises:
        MorePeopleNeeded: fewer were named than the practice profile asks for.
        NotOnAccessList: the location's list has others.
        NotHereToday: who opens it is not checked in at the site.
    """
    profile = clinics.profile()
    places.check_may(location.id, PlaceAct.COUNT, scope=scope)
    standing.check_here_today(scope.by, site=location.site, scope=scope)
    count = put(_count(new, profile, scope))
    covers = [put(_part(count, scope, product=product)) for product in new.products]
    covers += [put(_part(count, scope, container=container)) for container in new.containers]
    audit.record(Event.COUNT_OPENED, count, *covers, kind=count.kind)
    if recounts is not None:
        again = put(CountRecount(organisation=scope.organisation, id=count.id, of=recounts))
        audit.record(Event.COUNT_REPEATED, again)
    return counts.shown(count.id)


def enter_count(count_id: UUID, lines: Sequence[CountLine], *, scope: Scope) -> CountShown:
    """One person enters all that they found, once and signed; compared with the book only when everybody has.

    Where two count, neither sees the other's entry or the book before both are in. What they do not agree on is
    counted again by somebody else. A container that should hold something and was not entered is not found.

    Raises:
        NoSuchCount, NoSuchContainer: not here.
        CountLapsed, EntriesAlreadyIn, SecondIsTheSamePerson, CountedBefore: see ``rules.sheets``.
        ContainerTwice, KeptElsewhere, OutsideThisCount, OpenedNotCounted, DrawnIsCounted, VolumeUnclear,
            ResolutionTooCoarse, NotWeighable, LighterThanEmpty, ExactOnly: see ``rules``; none of them tells what
            the book says.
        NotHereToday: who enters it is not checked in at the site.
    """
    count = counts.hold(count_id)
    before = tallies.of_count(count.id)
    _check_turn(count, before, scope)
    location = storage.location(count.location)
    standing.check_here_today(scope.by, site=location.site, scope=scope)
    found = tallying.found(lines, count, location, before)
    tally = tallying.write(count, found, before, scope=scope)
    made, due = [*before, tally], day_ends(clinics.site(location.site).zone, scope.at)
    if len(made) > count.persons or (len(made) == count.persons and not tallies.disputed(count.id)):
        settled = _settle(count, made, scope)
        _ask_about(settled, location, due, scope)
        drifting.look(settled.sheet, site=location.site, scope=scope)
    elif len(made) == count.persons:
        tasks.open_task(_task(DISAGREEMENT, count, due), scope=scope)
    return counts.shown(count.id)


def _check_turn(count: Count, before: Sequence[CountTally], scope: Scope) -> None:
    again = parts.recounts(count.id)
    check_enter(
        counts.state(count),
        by=scope.by,
        counters=[tally.counted_by for tally in before],
        excluded=() if again is None else parts.counters(again),
        staff=clinics.profile().clinical_persons,
    )
    check_open_still(opened_at=count.at, at=scope.at)


def _settle(count: Count, made: Sequence[CountTally], scope: Scope) -> Settled:
    """Of each container the line that counts stands beside the book."""
    entries = [put(_entry(count, line)) for line in _chosen(made)]
    sheet = put(
        CountSheet(
            organisation=scope.organisation,
            id=count.id,
            counted_by=made[0].counted_by,
            entries=[*(entry.digest.hex() for entry in entries), *(tally.digest.hex() for tally in made)],
            at=scope.at,
        )
    )
    audit.record(Event.COUNT_ENTERED, sheet, *entries)
    return Settled(sheet, entries)


def _chosen(made: Sequence[CountTally]) -> Sequence[CountTallyLine]:
    """The line that counts of each container, in the order of their numbers."""
    lines: dict[UUID, list[CountTallyLine]] = {}
    for tally in made:
        for container, line in tallies.lines_of(tally.id).items():
            lines.setdefault(container, []).append(line)
    return [each[which_counts([tallies.found_in(line) for line in each])] for _, each in sorted(lines.items())]


def _count(new: NewCount, profile: Profile, scope: Scope) -> Count:
    return Count(
        organisation=scope.organisation,
        id=new_id(scope.at),
        location=new.location,
        kind=new.kind,
        persons=persons_asked(new, profile.counts),
        profile=profile.key,
        profile_version=profile.version,
        by=scope.by,
        at=scope.at,
    )


def _part(count: Count, scope: Scope, *, container: UUID | None = None, product: str | None = None) -> CountPart:
    return CountPart(
        organisation=scope.organisation, id=new_id(scope.at), count=count.id, container=container, product=product
    )


def _entry(count: Count, line: CountTallyLine) -> CountEntry:
    return CountEntry(
        organisation=count.organisation,
        id=line.id,
        count=count.id,
        container=line.container,
        method=line.method,
        volume=line.volume,
        found=line.found,
        expected=line.expected,
        resolution=line.resolution,
    )


def _ask_about(settled: Settled, location: Location, due: datetime, scope: Scope) -> None:
    """What differs by more than its method can tell is a task; that two did not agree no longer is."""
    for entry in settled.entries:
        if not tallies.found_in(entry).explained:
            tasks.open_task(_task(VARIANCE, entry, due), scope=scope)
            showing.count_differs(entry, tallies.found_in(entry), location, scope=scope)
    places.review_location(location.id, scope=scope)  # nothing was said while it was being counted
    disagreed = asked.open_about(DISAGREEMENT, settled.sheet.id)
    if disagreed is not None:
        tasks.close_task(disagreed.id, "counted-again", scope=scope)


def _task(kind: str, about: Count | CountEntry, due_at: datetime) -> NewTask:
    return NewTask(kind=kind, subject_table=about.__tablename__, subject=about.id, role=Role.CUSTODIAN, due_at=due_at)
