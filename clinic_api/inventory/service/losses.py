"""Deciding that it is a theft or a loss, reporting it, and keeping the data of Form 106."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from clinic_api.accounts.rules.roles import Role
from clinic_api.clinics import queries as clinics
from clinic_api.database.rows import plain, put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import new_id
from clinic_api.inventory.models.discrepancies import Discrepancy
from clinic_api.inventory.models.findings import DiscrepancyDetermination, DiscrepancyForm, DiscrepancyNotice
from clinic_api.inventory.queries import discrepancies, discrepancy_policy, findings, law
from clinic_api.inventory.queries.discrepancies import DiscrepancyShown
from clinic_api.inventory.rules.discrepancies import Act
from clinic_api.inventory.rules.form_106 import check_answers
from clinic_api.inventory.rules.losses import (
    ACT_OF,
    NOTICE_ACT_OF,
    Deadline,
    Determination,
    Finding,
    NewNotice,
    NoticeKind,
    check_determination,
    check_sent,
    deadlines,
)
from clinic_api.inventory.service import discrepancy_clocks
from clinic_api.inventory.service import discrepancy_steps as steps
from clinic_api.signatures import service as signatures
from clinic_api.signatures.rules import Meaning
from clinic_api.tasks import service as tasks
from clinic_api.tasks.rules import NewTask

#: The tasks of the law's two clocks, each counted from both dates.
LOSS_TASKS: Final[Mapping[tuple[NoticeKind, str], str]] = {
    (NoticeKind.DEA_NOTICE, "variance_found_at"): "dea-notice-counted-from-finding",
    (NoticeKind.DEA_NOTICE, "loss_determined_at"): "dea-notice",
    (NoticeKind.FORM_106, "variance_found_at"): "form-106-counted-from-finding",
    (NoticeKind.FORM_106, "loss_determined_at"): "form-106",
}


@dataclass(frozen=True, slots=True)
class Described:
    """A version of the form's data, and the fields that are still missing."""

    form: DiscrepancyForm
    missing: tuple[str, ...]


def determine(discrepancy: UUID, made: Determination, *, scope: Scope) -> DiscrepancyShown:
    """A person decides, factor by factor, and signs; nothing is computed. The law's clocks run from now on.

    Raises:
        NoSuchDiscrepancy: not here.
        NotYetPossible: nobody looked into it yet, or it is over.
        NotWeighed, TheftStays, NoLossRule: see ``rules.losses``.
        FullSignInNeeded: the act rests on no strong sign-in.
    """
    act = ACT_OF[made.finding]
    row, last = steps.check(discrepancy, act)
    factors, clocks = discrepancy_policy.factors(), discrepancy_policy.clocks()
    before = [each.finding for each in findings.determinations_of(row.id)]
    check_determination(made, factors=factors, before=before)
    due = () if made.finding is Finding.NOT_SIGNIFICANT else _deadlines(row, scope)
    id = new_id(scope.at)
    said = {"rationale": made.rationale, "weighed": {each.factor: each.words for each in made.weighed}}
    determined = put(
        DiscrepancyDetermination(
            organisation=scope.organisation,
            id=id,
            discrepancy=row.id,
            finding=made.finding,
            factors_version=factors.version,
            weights={each.factor: str(each.weight) for each in made.weighed},
            sealed=discrepancies.sealed(said, DiscrepancyDetermination.__tablename__, id),
            deadlines=[_plain(each) for each in due],
            warning=clocks.warning,
            by=scope.by,
            at=scope.at,
        )
    )
    signatures.sign(determined, Meaning.SIGNED, scope=scope)
    steps.take((row, last), act, determined, scope=scope)
    if not due:
        discrepancy_clocks.done(row.id, *LOSS_TASKS.values(), outcome=made.finding, scope=scope)
    for each in due:
        _ask(row, each, clocks.reporter, scope)
    return discrepancies.shown(discrepancy)


def keep_notice(discrepancy: UUID, sent: NewNotice, *, scope: Scope) -> DiscrepancyShown:
    """Something was sent: its reference is kept. The written notice to the DEA is what makes it reported.

    Raises:
        NoSuchDiscrepancy: not here.
        NotYetPossible: nobody determined a theft or a loss yet, or it is over.
        SentLater: it cannot have been sent after now.
    """
    act = NOTICE_ACT_OF[sent.kind]
    at = steps.check(discrepancy, act)
    check_sent(sent_at=sent.sent_at, at=scope.at)
    notice = put(
        DiscrepancyNotice(
            organisation=scope.organisation,
            id=new_id(scope.at),
            discrepancy=discrepancy,
            kind=sent.kind,
            reference=sent.reference,
            channel=sent.channel,
            sent_at=sent.sent_at,
            by=scope.by,
            at=scope.at,
        )
    )
    steps.take(at, act, notice, scope=scope)
    asked = [task for (what, _), task in LOSS_TASKS.items() if what is sent.kind]
    discrepancy_clocks.done(discrepancy, *asked, outcome="sent", scope=scope)
    return discrepancies.shown(discrepancy)


def describe(discrepancy: UUID, answers: Mapping[str, Any], *, scope: Scope) -> Described:
    """Write down the data of Form 106, whole; nothing is carried over from the version before.

    Raises:
        NoSuchDiscrepancy: not here.
        NotYetPossible: nobody determined a theft or a loss yet, or it is over.
        NotThisForm: an answer that the form has no place for.
    """
    at = steps.check(discrepancy, Act.DESCRIBE)
    spec, before = discrepancy_policy.form(), findings.newest_form(discrepancy)
    check_answers(spec, answers)
    id = new_id(scope.at)
    written = put(
        DiscrepancyForm(
            organisation=scope.organisation,
            id=id,
            discrepancy=discrepancy,
            version=1 if before is None else before.version + 1,
            spec_version=spec.version,
            sealed=discrepancies.sealed(plain(answers), DiscrepancyForm.__tablename__, id),
            by=scope.by,
            at=scope.at,
        )
    )
    steps.take(at, Act.DESCRIBE, written, scope=scope)
    return Described(written, findings.missing_on_form(at[0]))


def _deadlines(row: Discrepancy, scope: Scope) -> tuple[Deadline, ...]:
    clocks, zone = law.loss_clocks(row.site), clinics.site(row.site).zone
    return deadlines(clocks, found_at=row.found_at, determined_at=scope.at, zone=zone)


def _ask(row: Discrepancy, due: Deadline, role: Role, scope: Scope) -> None:
    kind = LOSS_TASKS[due.what, due.counted_from]
    asked = NewTask(kind=kind, subject_table=row.__tablename__, subject=row.id, role=role, due_at=due.due_at)
    tasks.open_once(asked, scope=scope)


def _plain(due: Deadline) -> dict[str, Any]:
    said = {"what": due.what, "counted_from": due.counted_from, "due_at": due.due_at, "rule": due.rule}
    return {name: plain(value) for name, value in said.items()}
