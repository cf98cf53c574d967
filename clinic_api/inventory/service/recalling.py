"""Recalling lots at all sites in one transaction, and closing a recall when nothing of it is left."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, Final
from uuid import UUID

from clinic_api.accounts.rules.roles import Role
from clinic_api.audit import service as audit
from clinic_api.database.rows import plain, put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import new_id
from clinic_api.inventory.models.recalls import Recall, RecallClosing
from clinic_api.inventory.models.stock import Container
from clinic_api.inventory.queries import containers, recalls, storage, tracing
from clinic_api.inventory.queries.recalls import RecallShown
from clinic_api.inventory.rules.recalls import (
    Event,
    Found,
    Given,
    Outcome,
    RecallOrder,
    check_close,
    check_order,
    is_to_set_apart,
    people_in,
)
from clinic_api.inventory.rules.vials import State
from clinic_api.inventory.service import upkeep
from clinic_api.quantities import NOTHING
from clinic_api.tasks import queries as open_tasks
from clinic_api.tasks import service as tasks
from clinic_api.tasks.rules import NewTask

#: The tasks that a recall opens, and who does them.
LETTERS: Final = "recall-letters"
RETURN: Final = "recall-return"


def recall(order: RecallOrder, *, scope: Scope) -> RecallShown:
    """Call lots back: all their containers at all sites are found, and those that hold drug are set apart.

    A syringe that is being given from is set apart too; that keeps nobody from recording what the patient gets.

    Raises:
        InvalidNdc, AmbiguousNdc, UnknownProduct: the NDC is none of ours.
        DueBefore: it is to be done by a time that is past.
    """
    check_order(order, at=scope.at)
    product = storage.key_of(order.ndc)
    held = _hold(product, order.lots)
    before = {each.id: each.state for each in containers.several(list(held))}
    found = [_found(each, before[id], order, scope) for id, each in held.items()]
    given = recalls.given_from(list(held))
    made = put(_recall(order, product, (found, given), scope))
    audit.record(Event.RECALLED, made, product=product, containers=len(found), given=len(given))
    if given:
        tasks.open_task(_task(LETTERS, Role.PRESCRIBER, made), scope=scope)
    if any(each.held is not None and each.held > NOTHING for each in found):
        tasks.open_task(_task(RETURN, Role.CUSTODIAN, made), scope=scope)
    return recalls.shown(made.id)


def close_recall(id: UUID, *, note: str, letters: str | None, scope: Scope) -> RecallShown:
    """Write down what became of each container, once none of them holds anything, and how patients were told.

    Raises:
        NoSuchRecall: not here.
        RecallClosed, StillHeld, LettersNotSaid: see ``rules.recalls``.
    """
    row, before = recalls.recall(id), recalls.closing(id)
    found, given = recalls.found_in(row), recalls.given_in(row)
    check_close(
        closed_at=None if before is None else before.at,
        held={each.label: containers.hold(each.container).balance for each in found},
        patients=people_in(given),
        letters=letters,
    )
    closing = put(
        RecallClosing(
            organisation=scope.organisation,
            id=row.id,
            outcomes=_as_said(recalls.outcomes_of(found)),
            letters=letters,
            note=note,
            by=scope.by,
            at=scope.at,
        )
    )
    audit.record(Event.CLOSED, closing)
    for kind in (LETTERS, RETURN):
        asked = open_tasks.open_about(kind, row.id)
        if asked is not None:
            tasks.close_task(asked.id, "recall-closed", scope=scope)
    return recalls.shown(row.id)


def _hold(product: str, lots: Sequence[str]) -> Mapping[UUID, Container]:
    """The lots' containers, held, oldest first; who held one of them before may just have drawn another."""
    held: dict[UUID, Container] = {}
    while fresh := sorted(tracing.containers_of_lots(product, lots) - held.keys()):
        held |= {id: containers.hold(id) for id in fresh}
    return held


def _found(held: Container, state: State, order: RecallOrder, scope: Scope) -> Found:
    set_apart = is_to_set_apart(state, held.balance)
    if set_apart:
        upkeep.quarantine(held.id, f"recall {order.reference}: {order.reason}", scope=scope)
    return Found(
        container=held.id,
        label=held.label,
        site=held.site,
        location=held.location,
        lot=held.lot,
        state=state,
        held=held.balance,
        set_apart=set_apart,
    )


def _recall(order: RecallOrder, product: str, frozen: tuple[Sequence[Found], Sequence[Given]], scope: Scope) -> Recall:
    found, given = frozen
    return Recall(
        organisation=scope.organisation,
        id=new_id(scope.at),
        product=product,
        ndc=order.ndc,
        lots=sorted(set(order.lots)),
        reason=order.reason,
        reference=order.reference,
        containers=_as_said(found),
        given=_as_said(given),
        due_at=order.due_at,
        by=scope.by,
        at=scope.at,
        operation_id=scope.key,
    )


def _as_said(lines: Sequence[Found | Given | Outcome]) -> list[Any]:
    """Lines as JSON can say them exactly, field by field."""
    said: list[Any] = plain([{field.name: getattr(line, field.name) for field in fields(line)} for line in lines])
    return said


def _task(kind: str, role: Role, made: Recall) -> NewTask:
    return NewTask(kind=kind, subject_table=made.__tablename__, subject=made.id, role=role, due_at=made.due_at)
