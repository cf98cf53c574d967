"""Correcting a move in two steps: one person says what was wrong, another looks and signs, and only then it moves."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from clinic_api.accounts import queries as people
from clinic_api.accounts.rules.roles import Role
from clinic_api.audit import service as audit
from clinic_api.clinics import queries as clinics
from clinic_api.clinics import service as standing
from clinic_api.clinics.rules.standing import day_ends
from clinic_api.database.rows import Row, put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import new_id
from clinic_api.inventory.models.corrections import Correction, Reversal
from clinic_api.inventory.models.moves import Move
from clinic_api.inventory.models.stock import Container
from clinic_api.inventory.queries import containers, corrections
from clinic_api.inventory.queries.corrections import CorrectionShown
from clinic_api.inventory.rules.corrections import (
    CorrectionOrder,
    check_both_halves,
    check_correction,
    check_not_posted,
    check_past,
    check_second,
    check_still_there,
)
from clinic_api.inventory.rules.moves import Event, Kind, Place, kind_of
from clinic_api.inventory.service import moving
from clinic_api.patients import service as visits
from clinic_api.quantities import NOTHING, Concentration, Mass, Volume
from clinic_api.signatures import service as signatures
from clinic_api.signatures.rules import Meaning
from clinic_api.tasks import queries as open_tasks
from clinic_api.tasks import service as tasks
from clinic_api.tasks.rules import NewTask

if TYPE_CHECKING:
    from clinic_api.signatures.models import Attestation, Challenge

#: The task that a correction opens until a second person has signed it.
SECOND = "correction-second-person"


@dataclass(frozen=True, slots=True)
class ProposedCorrection:
    """A pending correction, and what a second person is asked to sign."""

    correction: CorrectionShown
    challenge: "Challenge"


def propose_correction(order: CorrectionOrder, *, scope: Scope) -> ProposedCorrection:
    """Say that a move was entered wrongly, and what it should have said; nothing moves yet.

    A half of a transfer between own registrations is corrected together with the other half.

    Raises:
        NoSuchMove: not here.
        VisitSealed: the move belongs to a visit that was signed.
        ReversalsStand, AllTakenBack, MoreThanMoved, StatedByItsAct, RestatedOnlyWhole, TransferTakenBackWhole: see
            ``rules.corrections``.
        NotHereToday: who asks is not checked in at the site.
    """
    original = corrections.move(order.move)
    other = corrections.other_half(original)
    ours = _hold(original, other)[0]
    asked = _check_correction(order, original)
    check_both_halves(order, paired=other is not None)
    standing.check_here_today(scope.by, site=ours.site, scope=scope)
    correction = put(
        Correction(
            organisation=scope.organisation,
            id=new_id(scope.at),
            move=original.id,
            mass=asked,
            restated=order.restated,
            reason=order.reason,
            by=scope.by,
            at=scope.at,
            operation_id=scope.key,
            other=None if other is None else other.id,
        )
    )
    audit.record(Event.CORRECTION_PROPOSED, correction)
    due = day_ends(clinics.site(ours.site).zone, scope.at)
    tasks.open_task(
        NewTask(
            kind=SECOND,
            subject_table=correction.__tablename__,
            subject=correction.id,
            role=Role.CUSTODIAN,
            due_at=due,
            visit=original.visit,
        ),
        scope=scope,
    )
    challenge = signatures.challenge(correction, Meaning.CHECKED, scope=scope)
    return ProposedCorrection(corrections.shown(correction.id), challenge)


def post_correction(correction_id: UUID, attestation: "Attestation", *, scope: Scope) -> CorrectionShown:
    """A second person has signed exactly this: the move is taken back, and stated anew where that was asked.

    Both new moves stand at the moment at which the old one happened, and say that they were entered later. Of a
    transfer between own registrations both halves are taken back, so that drug neither appears nor vanishes.

    Raises:
        NoSuchCorrection: not here.
        VisitSealed: the move belongs to a visit that was signed.
        AlreadyPosted, NotAsAttested, CorrectorIsTheSamePerson, MayNotCorrect: see ``rules.corrections``.
        NotHereToday: the second person is not checked in at the site.
        AllTakenBack, MoreThanMoved: another correction was quicker.
        NotEnoughLeft, UsedThere, PastWouldBeNegative: drug that would go back was used since.
    """
    correction = corrections.correction(correction_id)
    original = corrections.move(correction.move)
    other = None if correction.other is None else corrections.move(correction.other)
    held = _hold(original, other)
    check_not_posted(posted=corrections.posting(correction.id) is not None)
    signatures.check_attests(attestation, correction, Meaning.CHECKED)
    check_second(
        author=correction.by,
        second=attestation.signer,
        name=attestation.printed_name,
        roles=people.roles_of(attestation.signer),
    )
    standing.check_here_today(attestation.signer, site=held[0].site, scope=scope)
    if other is None:
        wrote = _take_back(correction, original, attestation, held, scope=scope)
    else:
        wrote = _take_both_back(correction, (original, other), attestation, held, scope=scope)
    for container in held:
        check_past(container.label, corrections.past_of(container.id))
    audit.record(Event.CORRECTION_POSTED, *wrote)
    asked = open_tasks.open_about(SECOND, correction.id)
    if asked is not None:
        tasks.close_task(asked.id, "signed", scope=scope)
    return corrections.shown(correction.id)


def _hold(*moves: Move | None) -> list[Container]:
    """The containers at the ends of moves, each move's source first, held after its visit and in everybody's order."""
    known = [each for each in moves if each is not None]
    for visit in (each.visit for each in known if each.visit is not None):
        visits.hold(visit)
    ends = [id for each in known for id in (each.from_container, each.to_container) if id is not None]
    held = {id: containers.hold(id) for id in sorted(ends)}
    return [held[id] for id in ends]


def _check_correction(order: CorrectionOrder, original: Move) -> Mass:
    return check_correction(
        order,
        kind=_kind(original),
        mass=original.mass,
        taken_back=_taken_back(original),
        reverses=original.reverses is not None,
    )


def _take_back(
    correction: Correction, original: Move, given: "Attestation", held: list[Container], *, scope: Scope
) -> list[Row]:
    """The reversal and the moves of a correction of one move."""
    reversal = put(_reversal(correction, original, given, scope=scope))
    moves = [_written(_taken_back_by(reversal, original, correction), held, scope)]
    if correction.restated is not None:
        moves.append(_written(_stated_anew(correction, original), held, scope))
    return [reversal, *moves]


def _take_both_back(
    correction: Correction, halves: tuple[Move, Move], given: "Attestation", held: list[Container], *, scope: Scope
) -> list[Row]:
    """As ``_take_back``, of both halves; the correction of the other one follows from the one that was signed."""
    follows = put(_of_the_other_half(correction, scope))
    both = (
        _reversal(correction, halves[0], given, other=follows.id, scope=scope),
        _reversal(follows, halves[1], given, other=correction.id, scope=scope),
    )
    came = next(each for each in held if each.id in {half.to_container for half in halves})
    check_still_there(came.label, asked=correction.mass, held=came.balance)
    wrote: list[Row] = [follows]
    for reversal, half in zip(both, halves, strict=True):
        wrote += [put(reversal), _written(_taken_back_by(reversal, half, correction), held, scope)]
    return wrote


def _of_the_other_half(correction: Correction, scope: Scope) -> Correction:
    return Correction(
        organisation=scope.organisation,
        id=new_id(scope.at),
        move=correction.other,
        mass=correction.mass,
        restated=None,
        reason=correction.reason,
        by=correction.by,
        at=scope.at,
        operation_id=scope.key,
        other=correction.move,
    )


def _kind(original: Move) -> Kind:
    return kind_of(original.from_place, original.to_place, reverses=original.reverses is not None)


def _taken_back(original: Move) -> Mass:
    last = corrections.last_reversal(original.id)
    return NOTHING if last is None else last.total


def _reversal(
    correction: Correction, original: Move, given: "Attestation", *, other: UUID | None = None, scope: Scope
) -> Reversal:
    last, before = corrections.last_reversal(original.id), _taken_back(original)
    order = CorrectionOrder(move=original.id, mass=correction.mass, restated=None, reason=correction.reason)
    mass = _check_correction(order, original)
    return Reversal(
        organisation=scope.organisation,
        id=correction.id,
        author=correction.by,
        second=given.signer,
        attestation=given.id,
        original=original.id,
        original_mass=original.mass,
        mass=mass,
        follows=None if last is None else last.id,
        before=before,
        total=before + mass,
        at=scope.at,
        other=other,
    )


def _taken_back_by(reversal: Reversal, original: Move, correction: Correction) -> Move:
    """The move with its ends the other way round; what goes back out of where a transfer came to names the transfer."""
    return Move(
        from_container=original.to_container,
        from_place=original.to_place,
        to_container=original.from_container,
        to_place=original.from_place,
        mass=reversal.mass,
        volume=_volume(original, reversal.mass),
        syringe=original.syringe,
        visit=original.visit,
        patient=original.patient,
        identity_version=original.identity_version,
        occurred_at=original.occurred_at,
        late_reason=correction.reason,
        reversal=reversal.id,
        reverses=original.id,
        removal=original.removal if original.from_place is Place.TRANSFERRED else None,
    )


def _stated_anew(correction: Correction, original: Move) -> Move:
    assert correction.restated is not None  # noqa: S101  (who calls has asked)
    return Move(
        from_container=original.from_container,
        from_place=original.from_place,
        to_container=original.to_container,
        to_place=original.to_place,
        mass=correction.restated,
        volume=_volume(original, correction.restated),
        syringe=original.syringe,
        visit=original.visit,
        patient=original.patient,
        identity_version=original.identity_version,
        occurred_at=original.occurred_at,
        late_reason=correction.reason,
        incident=original.incident,
        stock=original.stock,
        restates=correction.id,
    )


def _volume(original: Move, mass: Mass) -> Volume | None:
    """The fluid that goes with a mass, at the strength of the move; None where the move says none, or not exactly."""
    if original.volume is None or original.volume == Volume(0):
        return None
    exact = Concentration.of(original.mass, original.volume).exact_ul_for(mass)
    return Volume(exact.numerator) if exact.denominator == 1 else None


def _written(move: Move, held: list[Container], scope: Scope) -> Move:
    """Change both balances, and write the move down."""
    by_id = {each.id: each for each in held}
    ours = [by_id[each] for each in (move.from_container, move.to_container) if each is not None]
    if move.from_container is not None:
        move.from_balance = moving.take(by_id[move.from_container], move.mass)
    if move.to_container is not None:
        move.to_balance = moving.add(by_id[move.to_container], move.mass)
    return moving.write(move, ours=ours[0], scope=scope)
