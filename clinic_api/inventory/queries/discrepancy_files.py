"""The whole file of a discrepancy as one frozen record: what a screen shows, and what a paper will be drawn from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from clinic_api.accounts import queries as people
from clinic_api.clinics import queries as clinics
from clinic_api.database.rows import db
from clinic_api.inventory.models.discrepancies import Discrepancy, DiscrepancyEvent, DiscrepancyHold, DiscrepancyRelease
from clinic_api.inventory.models.findings import DiscrepancyClosing, DiscrepancyDetermination
from clinic_api.inventory.queries import discrepancies, disputes, findings
from clinic_api.inventory.queries.discrepancies import DiscrepancyShown
from clinic_api.inventory.queries.findings import Adjustment
from clinic_api.inventory.queries.phrases import refers_to
from clinic_api.inventory.rules.discrepancy_file import (
    Adjusted,
    Closed,
    Determined,
    Due,
    Factor,
    Form,
    Kept,
    Notice,
    Piece,
    Step,
)
from clinic_api.inventory.rules.losses import NoticeKind, Weight
from clinic_api.signatures import queries as signatures


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscrepancyFile:
    """Everything about one discrepancy; ``form`` is None until a theft or a loss was determined."""

    discrepancy: DiscrepancyShown
    seen: str | None
    timeline: Sequence[Step]
    evidence: Sequence[Piece]
    kept: Sequence[Kept]
    determinations: Sequence[Determined]
    notices: Sequence[Notice]
    form: Form | None
    adjustments: Sequence[Adjusted]
    closing: Closed | None


def whole_file(id: UUID) -> DiscrepancyFile:
    """A discrepancy with all that lies in its file.

    Raises:
        NoSuchDiscrepancy: not here.
    """
    row = discrepancies.discrepancy(id)
    determined, closing = findings.determinations_of(id), findings.closing(id)
    return DiscrepancyFile(
        discrepancy=discrepancies.shown(id),
        seen=disputes.seen(row),
        timeline=_timeline(id),
        evidence=_pieces(id),
        kept=_kept(id),
        determinations=[_determined(each, row) for each in determined],
        notices=[
            Notice(kind=e.kind, reference=e.reference, channel=e.channel, sent_at=e.sent_at, by=e.by, at=e.at)
            for e in findings.notices_of(id)
        ],
        form=_form(row) if determined else None,
        adjustments=[_adjusted(each) for each in findings.adjustments_of(id)],
        closing=None if closing is None else _closed(closing),
    )


def _timeline(discrepancy: UUID) -> Sequence[Step]:
    query = sa.select(DiscrepancyEvent).where(DiscrepancyEvent.discrepancy == discrepancy)
    events = db.session.execute(query.order_by(DiscrepancyEvent.number)).scalars().all()
    names = people.names([event.by for event in events if event.by is not None])
    return [
        Step(
            number=event.number,
            act=event.act,
            state=event.to_state,
            owner=event.owner,
            by=event.by,
            name=None if event.by is None else names[event.by],
            at=event.at,
            reason=discrepancies.opened(event),
            subject_table=event.subject_table,
            subject=event.subject,
        )
        for event in events
    ]


def _pieces(discrepancy: UUID) -> Sequence[Piece]:
    pieces = discrepancies.evidence_of(discrepancy)
    names = people.names([piece.by for piece in pieces])
    return [
        Piece(
            id=piece.id,
            kind=piece.kind,
            words=discrepancies.opened(piece),
            sha256=piece.sha256,
            refers_to=piece.refers_to,
            by=piece.by,
            name=names[piece.by],
            at=piece.at,
        )
        for piece in pieces
    ]


def _kept(discrepancy: UUID) -> Sequence[Kept]:
    query = (
        sa.select(DiscrepancyHold, DiscrepancyRelease)
        .outerjoin(DiscrepancyRelease, refers_to(DiscrepancyHold.id, DiscrepancyRelease))
        .where(DiscrepancyHold.discrepancy == discrepancy)
        .order_by(DiscrepancyHold.id)
    )
    return [
        Kept(
            container=hold.container,
            measure=hold.measure,
            by=hold.by,
            at=hold.at,
            released_by=None if freed is None else freed.by,
            released_at=None if freed is None else freed.at,
            release_reason=None if freed is None else discrepancies.opened(freed),
        )
        for hold, freed in db.session.execute(query)
    ]


def _determined(made: DiscrepancyDetermination, row: Discrepancy) -> Determined:
    said = discrepancies.opened(made)
    return Determined(
        id=made.id,
        finding=made.finding,
        rationale=said["rationale"],
        factors=[
            Factor(factor=key, weight=Weight(made.weights[key]), words=words) for key, words in said["weighed"].items()
        ],
        factors_version=made.factors_version,
        variance_found_at=row.found_at,
        loss_determined_at=made.at,
        deadlines=[
            Due(
                what=NoticeKind(each["what"]),
                counted_from=each["counted_from"],
                due_at=datetime.fromisoformat(each["due_at"]),
                rule=each["rule"],
            )
            for each in made.deadlines
        ],
        warning=made.warning,
        signer=made.by,
        printed_name=_printed(made.id),
    )


def _factor(key: str, made: DiscrepancyDetermination, words: str) -> Factor:
    return Factor(factor=key, weight=Weight(made.weights[key]), words=words)


def _form(row: Discrepancy) -> Form:
    form, registration = findings.newest_form(row.id), discrepancies.registration_of(row)
    holder = None if registration is None else clinics.registration(registration)
    return Form(
        version=None if form is None else form.version,
        spec_version=None if form is None else form.spec_version,
        registrant={}
        if holder is None
        else {
            "registrant_name": holder.registrant,
            "registrant_address": holder.address,
            "dea_number": holder.dea_number,
        },
        answers={} if form is None else discrepancies.opened(form),
        missing=findings.missing_on_form(row),
    )


def _adjusted(found: Adjustment) -> Adjusted:
    proposed, approval = found.proposed, found.approval
    return Adjusted(
        id=proposed.id,
        container=proposed.container,
        direction=proposed.direction,
        mass=proposed.mass,
        reason=discrepancies.opened(proposed),
        by=proposed.by,
        at=proposed.at,
        approver=None if approval is None else approval.approver,
        approved_at=None if approval is None else approval.at,
    )


def _closed(closing: DiscrepancyClosing) -> Closed:
    review = findings.review(closing.id)
    return Closed(
        cause=closing.cause,
        words=discrepancies.opened(closing),
        move=closing.move,
        profile=closing.profile,
        replaced=closing.replaced,
        chain=closing.chain,
        by=closing.by,
        printed_name=_printed(closing.id),
        at=closing.at,
        review=None if review is None else discrepancies.opened(review),
        reviewed_by=None if review is None else review.by,
        reviewed_at=None if review is None else review.at,
    )


def _printed(subject: UUID) -> str:
    """Under which name a record was signed first; a review signs the same id later."""
    return signatures.attestations_of(subject)[0].printed_name
