"""Closing a discrepancy, and having it reviewed from outside where a clinic has nobody outside the chain."""

from datetime import datetime
from typing import Final
from uuid import UUID

from clinic_api.accounts import queries as people
from clinic_api.accounts.rules.roles import Role
from clinic_api.clinics import queries as clinics
from clinic_api.clinics.rules.profile import Control
from clinic_api.clinics.rules.standing import day_ends
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.inventory.models.discrepancies import Discrepancy
from clinic_api.inventory.models.findings import DiscrepancyClosing, DiscrepancyReview
from clinic_api.inventory.queries import chain, discrepancies, findings
from clinic_api.inventory.queries.discrepancies import DiscrepancyShown
from clinic_api.inventory.rules.closing import COUNTED, NewClosing, check_closer, check_ready, check_review
from clinic_api.inventory.rules.discrepancies import Act
from clinic_api.inventory.service import discrepancy_clocks
from clinic_api.inventory.service import discrepancy_steps as steps
from clinic_api.signatures import service as signatures
from clinic_api.signatures.rules import Meaning
from clinic_api.tasks import service as tasks
from clinic_api.tasks.rules import NewTask

#: The task that a closing opens where the practice profile asks for a review from outside.
OUTSIDE_REVIEW: Final = "discrepancy-outside-review"


def close(discrepancy: UUID, new: NewClosing, *, scope: Scope) -> DiscrepancyShown:
    """Somebody without a part in it signs that it is over; what it keeps from use is free again.

    Raises:
        NoSuchDiscrepancy: not here.
        NotYetPossible: its state does not allow it; names what must come first.
        NotReadyToClose, NotACloser, InTheChain: see ``rules.closing``.
        FullSignInNeeded: the act rests on no strong sign-in.
    """
    row, last = steps.check(discrepancy, Act.CLOSE)
    profile, parts = clinics.profile(), chain.of(row)
    mine = parts.get(scope.by, frozenset())
    check_closer(
        people.account(scope.by).name,
        roles=people.roles_of(scope.by),
        parts=mine,
        closer=profile.cases.closer,
        counted=COUNTED in mine,
    )
    check_ready(findings.standing(row, last.to_state))
    closing = put(
        DiscrepancyClosing(
            organisation=scope.organisation,
            id=row.id,
            cause=new.cause,
            sealed=discrepancies.sealed(new.words, DiscrepancyClosing.__tablename__, row.id),
            move=findings.adjusting_move(row.id),
            profile=profile.key,
            profile_version=profile.version,
            replaced=profile.replaced.get(Control.CASE_CLOSING),
            chain={str(person): sorted(did) for person, did in parts.items()},
            by=scope.by,
            at=scope.at,
        )
    )
    signatures.sign(closing, Meaning.APPROVED, scope=scope)
    steps.take((row, last), Act.CLOSE, closing, scope=scope)
    if profile.cases.outside_review is not None:
        zone = clinics.site(row.site).zone
        _ask_outside(row, day_ends(zone, scope.at + profile.cases.outside_review), scope)
    return discrepancies.shown(discrepancy)


def review(discrepancy: UUID, words: str, *, scope: Scope) -> DiscrepancyShown:
    """A person from outside has read the file, and signs what they think of it.

    Raises:
        NoSuchDiscrepancy: not here.
        NotYetPossible: it is not closed.
        ReviewedBefore, ReviewsOwnClosing: see ``rules.closing``.
        FullSignInNeeded: the act rests on no strong sign-in.
    """
    at, closing = steps.check(discrepancy, Act.REVIEW), findings.closing(discrepancy)
    check_review(
        closed_by=None if closing is None else closing.by,
        by=scope.by,
        reviewed=findings.review(discrepancy) is not None,
    )
    reviewed = put(
        DiscrepancyReview(
            organisation=scope.organisation,
            id=discrepancy,
            sealed=discrepancies.sealed(words, DiscrepancyReview.__tablename__, discrepancy),
            by=scope.by,
            at=scope.at,
        )
    )
    signatures.sign(reviewed, Meaning.CHECKED, scope=scope)
    steps.take(at, Act.REVIEW, reviewed, scope=scope)
    discrepancy_clocks.done(discrepancy, OUTSIDE_REVIEW, outcome="reviewed", scope=scope)
    return discrepancies.shown(discrepancy)


def _ask_outside(row: Discrepancy, due_at: datetime, scope: Scope) -> None:
    asked = NewTask(
        kind=OUTSIDE_REVIEW,
        subject_table=row.__tablename__,
        subject=row.id,
        role=Role.OUTSIDE_REVIEWER,
        due_at=due_at,
    )
    tasks.open_once(asked, scope=scope)
