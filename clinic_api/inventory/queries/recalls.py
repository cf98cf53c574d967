"""Reading recalls, as they were frozen and as they were closed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from clinic_api.audit import service as audit
from clinic_api.database.rows import db
from clinic_api.errors import NotFound
from clinic_api.inventory.models.moves import Move
from clinic_api.inventory.models.recalls import Recall, RecallClosing
from clinic_api.inventory.models.stock import Container
from clinic_api.inventory.queries import containers
from clinic_api.inventory.queries.phrases import kind_of_move, refers_to
from clinic_api.inventory.queries.promises import taken_back_whole
from clinic_api.inventory.queries.tracing import Part
from clinic_api.inventory.rules.moves import Kind, Place
from clinic_api.inventory.rules.recalls import Found, Given, Outcome, became
from clinic_api.inventory.rules.vials import State
from clinic_api.quantities import Mass


class NoSuchRecall(NotFound):
    """There is no such recall here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallShown:
    """A recall as a person reads it; ``digest`` covers all that it found.

    Args:
        closed_at: None while it is open, and then nothing is known of outcomes, letters and note.
    """

    id: UUID
    product: str
    ndc: str
    lots: Sequence[str]
    reason: str
    reference: str
    due_at: datetime
    by: UUID
    at: datetime
    digest: str
    containers: Sequence[Found]
    given: Sequence[Given]
    closed_at: datetime | None
    closed_by: UUID | None
    outcomes: Sequence[Outcome] | None
    letters: str | None
    note: str | None


def recall(id: UUID) -> Recall:
    """A recall.

    Raises:
        NoSuchRecall: not here.
    """
    row = db.session.execute(sa.select(Recall).where(Recall.id == id)).scalar_one_or_none()
    if row is None:
        raise NoSuchRecall
    return row


def closing(id: UUID) -> RecallClosing | None:
    """What became of a recall; None while it is open."""
    return db.session.execute(sa.select(RecallClosing).where(RecallClosing.id == id)).scalar_one_or_none()


def recalls(*, part: Part) -> Sequence[Recall]:
    """The recalls, oldest first."""
    return db.session.execute(part.of(sa.select(Recall), Recall.id)).scalars().all()


def shown(id: UUID) -> RecallShown:
    """A recall with everything it froze; each patient in it is named in the access row.

    Raises:
        NoSuchRecall: not here.
    """
    row, closed = recall(id), closing(id)
    audit.shows(*(given.patient for given in given_in(row)))
    return RecallShown(
        id=row.id,
        product=row.product,
        ndc=row.ndc,
        lots=row.lots,
        reason=row.reason,
        reference=row.reference,
        due_at=row.due_at,
        by=row.by,
        at=row.at,
        digest=row.digest.hex(),
        containers=found_in(row),
        given=given_in(row),
        closed_at=None if closed is None else closed.at,
        closed_by=None if closed is None else closed.by,
        outcomes=None if closed is None else [_outcome(each) for each in closed.outcomes],
        letters=None if closed is None else closed.letters,
        note=None if closed is None else closed.note,
    )


def found_in(row: Recall) -> Sequence[Found]:
    """The containers as they were found; what they held is not told while they are being counted, blind."""
    hidden = containers.being_counted()
    return [_found(each, hidden) for each in row.containers]


def given_in(row: Recall) -> Sequence[Given]:
    """Who had got some, as it was frozen."""
    return [_given(each) for each in row.given]


def given_from(ids: Collection[UUID]) -> Sequence[Given]:
    """Every dose that was given out of some containers, in the order in which it happened."""
    query = (
        sa.select(Move)
        .add_columns(Container.label)
        .join(Container, refers_to(Move.from_container, Container))
        .where(Move.from_container.in_(ids), Move.to_place == Place.PATIENT, ~taken_back_whole())
        .order_by(Move.occurred_at, Move.id)
    )
    return [
        Given(
            move=row.Move.id,
            patient=row.Move.patient,
            identity_version=row.Move.identity_version,
            visit=row.Move.visit,
            container=row.Move.from_container,
            label=row.label,
            mass=row.Move.mass,
            occurred_at=row.Move.occurred_at,
        )
        for row in db.session.execute(query)
    ]


def outcomes_of(found: Sequence[Found]) -> Sequence[Outcome]:
    """What became of each container until now, by the kinds of the moves out of it."""
    ids = [each.container for each in found]
    went = sa.and_(Move.from_container.in_(ids), Move.reverses.is_(None))
    came_back = sa.and_(Move.to_container.in_(ids), Move.reverses.is_not(None))
    left: dict[UUID, list[tuple[Kind, int]]] = {each.container: [] for each in found}
    for move in db.session.execute(sa.select(Move).where(sa.or_(went, came_back)).order_by(Move.id)).scalars():
        if move.reverses is None and move.from_container is not None:
            left[move.from_container].append((kind_of_move(move), move.mass.ug))
        elif move.to_container is not None:
            left[move.to_container].append((kind_of_move(move), -move.mass.ug))
    return [became(each.container, each.label, left[each.container]) for each in found]


def _found(said: Mapping[str, Any], hidden: Collection[UUID]) -> Found:
    location = UUID(said["location"])
    return Found(
        container=UUID(said["container"]),
        label=said["label"],
        site=UUID(said["site"]),
        location=location,
        lot=said["lot"],
        state=State(said["state"]),
        held=None if location in hidden else Mass(said["held"]),
        set_apart=said["set_apart"],
    )


def _given(said: Mapping[str, Any]) -> Given:
    return Given(
        move=UUID(said["move"]),
        patient=UUID(said["patient"]),
        identity_version=UUID(said["identity_version"]),
        visit=UUID(said["visit"]),
        container=UUID(said["container"]),
        label=said["label"],
        mass=Mass(said["mass"]),
        occurred_at=datetime.fromisoformat(said["occurred_at"]),
    )


def _outcome(said: Mapping[str, Any]) -> Outcome:
    went = {Kind(kind): Mass(ug) for kind, ug in said["went"].items()}
    return Outcome(container=UUID(said["container"]), label=said["label"], went=went)
