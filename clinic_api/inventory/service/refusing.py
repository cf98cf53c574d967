"""What a refusal leaves behind where more was asked of a container than the book says it holds.

The door calls it in the transaction that keeps the refusal, after everything else of the act was undone.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, get_args
from uuid import UUID

from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.errors import Refusal
from clinic_api.identifiers import new_id
from clinic_api.inventory.models.discrepancies import Discrepancy, RefusedTake
from clinic_api.inventory.models.stock import Container
from clinic_api.inventory.queries import containers, discrepancies
from clinic_api.inventory.rules.discrepancies import Act, NewDiscrepancy, Origin
from clinic_api.inventory.rules.investigating import EvidenceKind, NewEvidence
from clinic_api.inventory.rules.shortfalls import Shortfall, beyond_the_book, words_of
from clinic_api.inventory.service import discrepancy_steps as steps
from clinic_api.inventory.service.discrepancies import add_of_itself, open_discrepancy


def write_down(refused: Shortfall, scope: Scope) -> None:
    """Somebody tried to take more than there is: that goes into the one file about the container.

    A file is opened where none of these is unsettled. Nothing is frozen and nothing adjusted, and what was there but
    promised is passed over; so is a container that came into the book with the act that was undone.
    """
    held = containers.hold_numbered(refused.container)
    if held is not None and beyond_the_book(asked=refused.asked, balance=held.balance):
        _put_into_its_file(held, refused, scope)


#: By kind of refusal.
AFTERMATH: Final[Mapping[type[Refusal], Callable[[Any, Scope], None]]] = dict.fromkeys(get_args(Shortfall), write_down)


def leave_behind(refused: Refusal, scope: Scope) -> None:
    """The same for floors above that go on after a refusal: whatever it left behind, if anything."""
    if isinstance(refused, Shortfall):
        write_down(refused, scope)


def _put_into_its_file(held: Container, refused: Shortfall, scope: Scope) -> None:
    id = new_id(scope.at)
    file = discrepancies.unsettled(held.id, Origin.REFUSED) or _opened(held, id, scope)
    tried = put(
        RefusedTake(
            organisation=scope.organisation,
            id=id,
            discrepancy=file.id,
            container=held.id,
            asked=refused.asked,
            by=scope.actor,
            device=scope.device,
            at=scope.at,
            operation_id=scope.key,
        )
    )
    if scope.actor is None:  # a locked tablet: evidence has an author, and here is none
        steps.take(steps.check(file.id, Act.ADD_EVIDENCE), Act.ADD_EVIDENCE, tried, scope=scope)
        return
    piece = NewEvidence(kind=EvidenceKind.REFUSED_DRAW, words=words_of(refused.asked), refers_to=scope.key)
    add_of_itself(file, piece, tried, scope=scope)


def _opened(held: Container, tried: UUID, scope: Scope) -> Discrepancy:
    new = NewDiscrepancy(
        origin=Origin.REFUSED,
        site=held.site,
        registration=held.registration,
        found_at=scope.at,
        containers=(held.id,),
        subject_table=RefusedTake.__tablename__,
        subject=tried,
    )
    return open_discrepancy(new, scope=scope)
