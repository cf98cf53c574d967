"""One person's own entry at a count: what they found, worked out and kept as it was typed, signed as it is made."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from clinic_api.audit import service as audit
from clinic_api.clinics import queries as clinics
from clinic_api.database.rows import digest_of, put, values_of
from clinic_api.database.scope import Scope
from clinic_api.identifiers import new_id
from clinic_api.inventory.models.counts import Count, CountTally, CountTallyLine
from clinic_api.inventory.models.stock import Location
from clinic_api.inventory.queries import containers, law, lineage, parts, storage, tallies
from clinic_api.inventory.queries.containers import Held
from clinic_api.inventory.rules.counting import (
    CountLine,
    Found,
    Kept,
    absent,
    check_each_once,
    check_kept_here,
    check_on_this_count,
    judged,
)
from clinic_api.inventory.rules.drawing import VIALS
from clinic_api.inventory.rules.moves import Event
from clinic_api.inventory.rules.products import DrugPolicy, Method
from clinic_api.inventory.rules.statute import check_method
from clinic_api.inventory.rules.weighing import Typed
from clinic_api.quantities import NOTHING, Concentration, Volume
from clinic_api.signatures import service as signatures
from clinic_api.signatures.rules import Meaning


@dataclass(frozen=True, slots=True)
class Line:
    """One container of an entry: what was found beside the book of that moment, and what was typed for it."""

    container: UUID
    said: Found
    typed: Typed | None


def check_here(named: Collection[UUID], location: Location) -> None:
    """Refuse containers of another location.

    Raises:
        NoSuchContainer: not here.
        KeptElsewhere: names them.
    """
    kept = [containers.container(id) for id in named]
    check_kept_here(sorted(each.label for each in kept if each.location != location.id))


def check_named(named: Collection[UUID], covered: Collection[UUID]) -> None:
    """Refuse containers that a count does not cover.

    Raises:
        OutsideThisCount: names them.
    """
    check_on_this_count([containers.container(id).label for id in named if id not in covered])


def found(lines: Sequence[CountLine], count: Count, location: Location, before: Sequence[CountTally]) -> Sequence[Line]:
    """What one person found, line by line, and then what should hold something and was not entered.

    Args:
        before: the entries that were made already; what they name is looked for too, and where two do not agree,
            only that.

    Raises:
        NoSuchContainer, ContainerTwice, KeptElsewhere, OutsideThisCount, ExactOnly: see ``rules``.
        OpenedNotCounted, DrawnIsCounted, VolumeUnclear, ResolutionTooCoarse, NotWeighable, LighterThanEmpty: see
            ``rules.counting`` and ``rules.weighing``.
    """
    named = [line.container for line in lines]
    zone, handled = clinics.site(location.site).zone, storage.handled()
    known = {id for tally in before for id in tallies.lines_of(tally.id)}
    there = containers.at_location(location.id, and_named={*named, *known}, zone=zone)
    held = {each.container.id: each for each in there}
    check_here([id for id in named if id not in held], location)
    covered = _covered(count, there)
    check_named(named, covered)
    check_each_once(held[id].container.label for id in named)
    allowed = law.what_may_be_estimated(location.site)
    for line in lines:
        one = held[line.container]
        check_method(one.container.label, line.method, schedule=one.product.schedule, allowed=allowed)
    entered = [Line(line.container, judged(line, _kept(held[line.container], handled)), line.typed) for line in lines]
    missing = sorted(covered - set(named))
    return entered + [Line(id, absent(_kept(held[id], handled)), None) for id in missing]


def write(count: Count, lines: Sequence[Line], before: Sequence[CountTally], *, scope: Scope) -> CountTally:
    """Keep one person's entry with their signature; their PIN was proven at the door.

    Raises:
        FullSignInNeeded: the act rests on no strong sign-in.
    """
    id, first = new_id(scope.at), before[0] if before else None
    rows = [_row(id, line, scope) for line in lines]
    tally = put(
        CountTally(
            organisation=scope.organisation,
            id=id,
            count=count.id,
            place=len(before) + 1,
            counted_by=scope.by,
            first_place=None if first is None else first.place,
            first_by=None if first is None else first.counted_by,
            lines=[digest_of(row.__table__, values_of(row)).hex() for row in rows],
            at=scope.at,
        )
    )
    audit.record(Event.COUNT_TALLIED, tally, *(put(row) for row in rows))
    signatures.sign(tally, Meaning.COUNTED, scope=scope)
    return tally


def _covered(count: Count, held: Iterable[Held]) -> set[UUID]:
    """The containers that a count covers, out of those of its location."""
    part, disputed = parts.part(count.id), frozenset(tallies.disputed(count.id))
    return {
        each.container.id
        for each in held
        if (part.whole or each.container.id in part.containers or each.product.key in part.products)
        and (not disputed or each.container.id in disputed)
    }


def _kept(held: Held, handled: Mapping[str, DrugPolicy]) -> Kept:
    container, product, facts = held.container, held.product, held.facts
    handling = handled.get(product.drug)
    promised = facts.held > NOTHING and facts.free == NOTHING
    drawn = container.kind not in VIALS and (not facts.stock or promised)
    return Kept(
        label=container.label,
        product=product.key,
        concentration=Concentration(container.concentration),
        content=facts.held if drawn and facts.held > NOTHING else container.content,
        expected=container.balance,
        opened=lineage.touched(container.id) if facts.stock else facts.use_by is not None,
        drawn=drawn,
        resolutions={Method(method): Volume(ul) for method, ul in product.resolutions.items()},
        scale=None if handling is None or facts.stock else handling.scale,
    )


def _row(tally: UUID, line: Line, scope: Scope) -> CountTallyLine:
    said, of, typed = line.said, line.said.weighed, line.typed
    return CountTallyLine(
        organisation=scope.organisation,
        id=new_id(scope.at),
        tally=tally,
        container=line.container,
        method=said.method,
        volume=said.volume,
        found=said.found,
        expected=said.expected,
        resolution=said.resolution,
        gross_mg=None if typed is None else typed.gross.mg,
        tare_mg=None if of is None else of.tare.mg,
        tare_weighed=None if typed is None else typed.tare is not None,
        scale_mg=None if of is None else of.scale.mg,
        density=None if of is None else of.density,
    )
