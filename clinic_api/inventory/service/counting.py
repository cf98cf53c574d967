"""Counting what is really there: blind, in writing, signed; never an adjustment of the book."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from clinic_api.accounts import queries as people
from clinic_api.accounts.rules import Role
from clinic_api.audit import service as audit
from clinic_api.clinics import queries as clinics
from clinic_api.clinics import service as standing
from clinic_api.clinics.rules.standing import day_ends
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import new_id
from clinic_api.inventory.models.counts import Count, CountEntry, CountSheet, CountSignature
from clinic_api.inventory.queries import containers, counts, storage
from clinic_api.inventory.queries.containers import Held
from clinic_api.inventory.queries.counts import CountShown
from clinic_api.inventory.rules.counting import (
    CountLine,
    Found,
    Kept,
    absent,
    check_each_once,
    check_kept_here,
    judged,
)
from clinic_api.inventory.rules.drawing import VIALS
from clinic_api.inventory.rules.moves import Event
from clinic_api.inventory.rules.places import PlaceAct
from clinic_api.inventory.rules.products import Method
from clinic_api.inventory.rules.sheets import (
    NewCount,
    check_counter,
    check_enter,
    check_second,
    check_sign,
    persons_for,
)
from clinic_api.inventory.service import places, showing
from clinic_api.quantities import NOTHING, Concentration, Volume
from clinic_api.signatures import service as signatures
from clinic_api.signatures.rules import Meaning
from clinic_api.tasks import service as tasks
from clinic_api.tasks.rules import NewTask

if TYPE_CHECKING:
    from clinic_api.signatures.models import Attestation, Challenge

#: The task that a difference above the method's resolution opens.
VARIANCE = "count-variance"


@dataclass(frozen=True, slots=True)
class Signed:
    """A count with its first signature, and what a second person is asked to sign, where one is needed."""

    count: CountShown
    challenge: "Challenge | None"


@dataclass(frozen=True, slots=True)
class _Line:
    container: UUID
    volume: Volume | None
    said: Found


def open_count(new: NewCount, *, scope: Scope) -> CountShown:
    """Begin a count of a location; how many people it takes is the practice profile's.

    Raises:
        NoSuchLocation: not here.
        NotOnAccessList: the location's list has others.
        NotHereToday: who opens it is not checked in at the site.
    """
    location, profile = storage.location(new.location), clinics.profile()
    places.check_may(location.id, PlaceAct.COUNT, scope=scope)
    standing.check_here_today(scope.by, site=location.site, scope=scope)
    count = put(
        Count(
            organisation=scope.organisation,
            id=new_id(scope.at),
            location=location.id,
            kind=new.kind,
            persons=persons_for(new.kind, profile.counts),
            profile=profile.key,
            profile_version=profile.version,
            by=scope.by,
            at=scope.at,
        )
    )
    audit.record(Event.COUNT_OPENED, count, kind=count.kind)
    return counts.shown(count.id)


def enter_count(count_id: UUID, lines: Sequence[CountLine], *, scope: Scope) -> CountShown:
    """Enter all that was found, once; only then is it compared with the book.

    A container that should hold something and was not entered is written down as not found.

    Raises:
        NoSuchCount, NoSuchContainer: not here.
        EntriesAlreadyIn, ContainerTwice, KeptElsewhere, OpenedNotCounted, DrawnIsCounted, VolumeUnclear,
            ResolutionTooCoarse: see ``rules.counting`` and
            ``rules.sheets``; none of them tells what the book says.
        NotHereToday: who enters it is not checked in at the site.
    """
    count = counts.count(count_id)
    check_enter(counts.state(count))
    location = storage.location(count.location)
    standing.check_here_today(scope.by, site=location.site, scope=scope)
    zone, named = clinics.site(location.site).zone, [line.container for line in lines]
    held = {each.container.id: each for each in containers.at_location(location.id, and_named=named, zone=zone)}
    check_kept_here(sorted(containers.container(id).label for id in named if id not in held))
    check_each_once(held[id].container.label for id in named)
    found = _found(lines, held)
    entries = [put(_entry(count, each, scope)) for each in found]
    sheet = put(
        CountSheet(
            organisation=scope.organisation,
            id=count.id,
            counted_by=scope.by,
            entries=[entry.digest.hex() for entry in entries],
            at=scope.at,
        )
    )
    audit.record(Event.COUNT_ENTERED, sheet, *entries)
    for entry, each in zip(entries, found, strict=True):
        if not each.said.explained:
            tasks.open_task(_variance(entry, day_ends(zone, scope.at)), scope=scope)
            showing.count_differs(entry, each.said, location, scope=scope)
    places.review_location(location.id, scope=scope)  # nothing was said while it was being counted
    return counts.shown(count.id)


def sign_count(count_id: UUID, *, scope: Scope) -> Signed:
    """The one who counted signs what was entered; where two are needed, a second person is asked.

    Raises:
        NoSuchCount: not here.
        NothingEnteredYet, NotTheCounter, SignedBefore: see ``rules.counting``.
    """
    count, sheet = counts.count(count_id), counts.sheet(count_id)
    check_sign(counts.state(count), counted_by=None if sheet is None else sheet.counted_by, by=scope.by)
    assert sheet is not None  # noqa: S101  (a count without a sheet is not signed)
    signed = put(_signature(sheet, signatures.sign(sheet, Meaning.COUNTED, scope=scope), place=1, scope=scope))
    audit.record(Event.COUNT_SIGNED, signed)
    asked = signatures.challenge(sheet, Meaning.COUNTED, scope=scope) if count.persons > 1 else None
    return Signed(counts.shown(count.id), asked)


def second_count(count_id: UUID, attestation: "Attestation", *, scope: Scope) -> CountShown:
    """A second person has signed exactly these entries.

    Args:
        attestation: their signature, just given with their own PIN.

    Raises:
        NoSuchCount: not here.
        NotSignedYet, SignedBefore, SecondIsTheSamePerson, MayNotCount: see ``rules.counting``.
        NotAsAttested: the signature is about something else.
        NotHereToday: the second person is not checked in at the site.
    """
    count, sheet = counts.count(count_id), counts.sheet(count_id)
    check_second(counts.state(count), counted_by=None if sheet is None else sheet.counted_by, second=attestation.signer)
    assert sheet is not None  # noqa: S101  (a count without a sheet is not signed)
    signatures.check_attests(attestation, sheet, Meaning.COUNTED)
    check_counter(attestation.printed_name, people.roles_of(attestation.signer))
    site = storage.location(count.location).site
    standing.check_here_today(attestation.signer, site=site, scope=scope)
    audit.record(Event.COUNT_SECONDED, put(_signature(sheet, attestation, place=2, scope=scope)))
    return counts.shown(count.id)


def _found(lines: Sequence[CountLine], held: Mapping[UUID, Held]) -> list[_Line]:
    """Each entered line beside its container, then what should hold something and was not entered."""
    entered = {line.container for line in lines}
    found = [_Line(line.container, line.volume, judged(line, _kept(held[line.container]))) for line in lines]
    missing = [each for id, each in held.items() if id not in entered]
    return found + [_Line(each.container.id, None, absent(_kept(each))) for each in missing]


def _kept(held: Held) -> Kept:
    container, facts = held.container, held.facts
    drawn = container.kind not in VIALS
    return Kept(
        label=container.label,
        concentration=Concentration(container.concentration),
        content=facts.held if drawn and facts.held > NOTHING else container.content,
        expected=container.balance,
        opened=facts.use_by is not None,
        drawn=drawn,
        resolutions={Method(method): Volume(ul) for method, ul in held.product.resolutions.items()},
    )


def _entry(count: Count, line: _Line, scope: Scope) -> CountEntry:
    return CountEntry(
        organisation=scope.organisation,
        id=new_id(scope.at),
        count=count.id,
        container=line.container,
        method=line.said.method,
        volume=line.volume,
        found=line.said.found,
        expected=line.said.expected,
        resolution=line.said.resolution,
    )


def _signature(sheet: CountSheet, given: "Attestation", *, place: int, scope: Scope) -> CountSignature:
    return CountSignature(
        organisation=scope.organisation,
        id=new_id(scope.at),
        count=sheet.id,
        place=place,
        signer=given.signer,
        attestation=given.id,
        at=scope.at,
    )


def _variance(entry: CountEntry, due_at: datetime) -> NewTask:
    return NewTask(
        kind=VARIANCE, subject_table=entry.__tablename__, subject=entry.id, role=Role.CUSTODIAN, due_at=due_at
    )
