"""Settling a visit: the next one, the signature that freezes the record, and the second signature that locks it."""

from datetime import datetime
from uuid import UUID

from clinic_api.database.scope import Scope
from clinic_api.dosing import queries as doses
from clinic_api.inventory.queries import cases
from clinic_api.monitoring import queries as monitoring
from clinic_api.monitoring.rules.entries import KeptAlert
from clinic_api.patients import service as visits
from clinic_api.quantities import NOTHING, Mass
from clinic_api.sessions import queries
from clinic_api.sessions.models import InfusionSession
from clinic_api.sessions.rules.answers import Fact
from clinic_api.sessions.rules.asked import NextVisit
from clinic_api.sessions.rules.closing import SUMMARY, AmountAt, CloseFacts, DoseNotReckoned, check_close, check_cosign
from clinic_api.sessions.rules.life import Act, after
from clinic_api.sessions.rules.record import TaskKind, check_open
from clinic_api.sessions.rules.times import Happened
from clinic_api.sessions.service.answers import opened, tell
from clinic_api.sessions.service.duties import close_duties, open_duty
from clinic_api.sessions.service.facts import Asked, questionnaire, safety
from clinic_api.sessions.service.moves import move
from clinic_api.sessions.service.pinned import profile_of, protocol_of
from clinic_api.sessions.service.sets import unexplained
from clinic_api.sessions.service.snapshot.whole import summary_content
from clinic_api.signatures import queries as signed
from clinic_api.signatures import service as signatures
from clinic_api.signatures.rules import Meaning

#: Under which name the whole record is frozen; papers are printed from this and nothing else.


def record_next_visit(visit: UUID, planned: NextVisit, *, scope: Scope) -> InfusionSession:
    """Say what comes after this visit: a booking, a plan, or that none is wanted.

    Raises:
        NoSuchVisit, NoSuchSession: not here.
        VisitSealed, SessionSigned: the session is signed.
    """
    infusion = opened(visit)
    told = {
        "wanted": planned.wanted,
        "appointment": None if planned.appointment is None else str(planned.appointment),
        "at": None if planned.at is None else planned.at.isoformat(),
        "plan": planned.plan,
    }
    tell(infusion, [(Fact.NEXT_VISIT, told)], Happened(scope.at), scope=scope)
    return infusion


def sign(visit: UUID, *, scope: Scope) -> InfusionSession:
    """Whoever ran the visit signs; from here on the whole record is frozen.

    Raises:
        NotNow: the patient is still here.
        DoseNotReckoned: the end of the dose contradicts the record.
        NotSettled: names each thing that is open; one about drug says the container and the amount.
    """
    visits.hold(visit, for_update=True)
    infusion = queries.held(visit)
    check_open(infusion.state)
    after(infusion.state, Act.SIGN)
    check_close(close_facts(infusion, at=scope.at))
    _check_reckoned(infusion)
    for kind in (TaskKind.TELL_PRESCRIBER, TaskKind.RECKON_DOSE, TaskKind.RELEASE):
        close_duties(visit, kind, outcome="session signed", scope=scope)
    record = signatures.freeze(SUMMARY, visit, summary_content(infusion, at=scope.at), scope=scope)
    signatures.sign(record, Meaning.SIGNED, scope=scope)
    move(infusion, Act.SIGN, Happened(scope.at), scope=scope)
    open_duty(infusion, TaskKind.CO_SIGN, due_at=scope.at, scope=scope)
    return infusion


def _check_reckoned(infusion: InfusionSession) -> None:
    """A dose that was prepared and started has an end that the ledger could follow."""
    prepared = doses.preparation_of(infusion.id) is not None
    if infusion.started_at is not None and prepared and doses.administration_of(infusion.id) is None:
        raise DoseNotReckoned


def cosign(visit: UUID, *, scope: Scope) -> InfusionSession:
    """The prescriber has read the frozen record; nothing of the visit can be added any more.

    A practice of one has no second signature: the first stays alone, and the record says so.

    Raises:
        NotNow: nobody has signed, or it is locked.
        CosignNeedsAnotherPerson: whoever signed cannot also co-sign in this practice.
    """
    visits.hold(visit, for_update=True)
    infusion = queries.held(visit)
    after(infusion.state, Act.LOCK)
    record = signed.signed_record(SUMMARY, visit)
    signer = next(it.signer for it in signed.attestations_of(record.id) if it.meaning is Meaning.SIGNED)
    check_cosign(by=scope.by, signed_by=signer, profile=profile_of(infusion))
    if scope.by != signer:
        signatures.sign(record, Meaning.CO_SIGNED, scope=scope)
    move(infusion, Act.LOCK, Happened(scope.at), scope=scope)
    close_duties(visit, TaskKind.CO_SIGN, outcome="co-signed", scope=scope)
    visits.seal_visit(visit, scope=scope)
    return infusion


def close_facts(infusion: InfusionSession, *, at: datetime) -> CloseFacts:
    """What is still open of a visit."""
    told = queries.told(infusion.id)
    wastes = cases.open_wastes(infusion.id)
    asked = questionnaire(infusion, protocol_of(infusion))
    return CloseFacts(
        open_wastes=[AmountAt(it.container_label, it.mass) for it in wastes],
        unbalanced=_unbalanced(infusion, promised={it.container: it.mass for it in wastes}),
        open_alerts=[in_words(alert) for alert in monitoring.open_alerts(infusion.id) if alert.confirmed],
        unexplained_minutes=unexplained(infusion, told, at=at),
        safety_answered=True if _never_asked(infusion, asked) else safety(infusion, asked, told),
        next_visit_answered=True if told.newest(Fact.NEXT_VISIT) is not None else None,
    )


def in_words(alert: KeptAlert) -> str:
    """An alert in a few words, for who must answer it."""
    return f"{alert.tier} {alert.sign} {alert.value} at {alert.at:%H:%M} UTC"


def _never_asked(infusion: InfusionSession, asked: Asked) -> bool:
    """A patient who left before a dose, and before anybody asked, leaves nothing to answer."""
    here = asked.score is not None and asked.score.visit == infusion.id
    return infusion.started_at is None and not here


def _unbalanced(infusion: InfusionSession, *, promised: dict[UUID, Mass]) -> list[AmountAt]:
    """What a draw still owes beyond what already waits for a witness."""
    owed = []
    for balance in cases.case_balances(infusion.id):
        left = balance.left - min(balance.left, promised.get(balance.case, NOTHING))
        if left > NOTHING:
            owed.append(AmountAt(balance.container_label, left))
    return owed
