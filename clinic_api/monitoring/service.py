"""Writing down what was read, judging it at once, and answering for it.

A set is the commonest entry of a visit, and the one that may not wait: it is written with statements that were
built when the program started, and nothing is asked that the entry itself does not need.
"""

from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from clinic_api.audit import service as audit
from clinic_api.database.last import write_last
from clinic_api.database.rows import digest_of, put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import new_id
from clinic_api.monitoring import queries
from clinic_api.monitoring.models import SIGNS, AlertAnswer, AlertRow, ReadingRow, ScoreRow
from clinic_api.monitoring.rules.alerts import Alert, alerts
from clinic_api.monitoring.rules.entries import (
    Event,
    KeptAlert,
    KeptReading,
    KeptScore,
    NewAnswer,
    NewCorrection,
    NewReading,
    NewScore,
    Watch,
    check_not_corrected,
    skew_ms,
)
from clinic_api.monitoring.rules.history import History
from clinic_api.monitoring.rules.lateness import Lateness, check_entry_time
from clinic_api.monitoring.rules.readings import Doubt, Reading, check_reading, doubts
from clinic_api.monitoring.rules.scales import judge_safety, score
from clinic_api.protocols.rules.instrument import Instrument
from clinic_api.protocols.rules.watch import LateEntryLimits

_READINGS: Final = ReadingRow.__table__
_ALERTS: Final = AlertRow.__table__


def record_reading(visit: UUID, new: NewReading, *, watch: Watch, scope: Scope) -> KeptReading:
    """Write down a set of readings and judge it: what could be a reading is kept, however grave.

    The caller holds the visit (``patients.hold``).

    Raises:
        NothingRead, ReadAndNotObtained, ImpossibleValue, SystolicNotAboveDiastolic: see ``rules.readings``.
        TimeWithoutZone, TimeInTheFuture, LateReasonMissing: see ``rules.lateness``.
    """
    reading = new.taken(scope.at)
    late = _checked(reading, new.late_reason, watch=watch, scope=scope)
    values = _values(visit, new, reading, scope=scope) | {"needs_countersign": late.needs_countersign}
    return _keep(values, reading, event=Event.READING_RECORDED, watch=watch, scope=scope)


def correct_reading(visit: UUID, original: UUID, new: NewCorrection, *, watch: Watch, scope: Scope) -> KeptReading:
    """Write down what a set should have said; the original stays as it is.

    Raises:
        NoSuchReading: not of this visit.
        AlreadyCorrected: another set has replaced it.
        NothingRead and the others: as for a new set.
    """
    kept = queries.reading(visit, original)
    check_not_corrected(kept.corrected_by)
    reading = new.reading.taken(kept.occurred_at)
    late = _checked(reading, new.reason, watch=watch, scope=scope)
    values = _values(visit, new.reading, reading, scope=scope)
    values |= {"needs_countersign": late.needs_countersign, "replaces": original, "reason": new.reason}
    return _keep(values, reading, event=Event.READING_CORRECTED, watch=watch, scope=scope)


def answer_alert(visit: UUID, alert: UUID, new: NewAnswer, *, scope: Scope) -> KeptAlert:
    """Answer an alert: real, or an artefact that counts neither for later alerts nor for discharge.

    Raises:
        NoSuchAlert: not of this visit.
    """
    raised = queries.alert(visit, alert)
    answer = put(
        AlertAnswer(
            organisation=scope.organisation,
            id=new_id(scope.at),
            visit=visit,
            reading=raised.reading,
            sign=raised.sign,
            answer=new.answer,
            by=scope.by,
            at=scope.at,
        )
    )
    audit.record(Event.ALERT_ANSWERED, answer, alert=alert, visit=visit, answer=new.answer)
    return replace(raised, answer=new.answer, answered_by=scope.by, answered_at=scope.at)


def record_score(
    visit: UUID, new: NewScore, *, patient: UUID, scale: tuple[UUID, Instrument], limits: LateEntryLimits, scope: Scope
) -> KeptScore:
    """Score a scale that was answered, under the version in ``scale``, and say what its suicide item asks for.

    Raises:
        UnknownItem, ImpossibleAnswer: see ``rules.scales``.
        TimeWithoutZone, TimeInTheFuture, LateReasonMissing: see ``rules.lateness``.
    """
    version, instrument = scale
    occurred_at = new.occurred_at or scope.at
    late = check_entry_time(occurred_at, recorded_at=scope.at, reason=new.late_reason, limits=limits)
    scored = score(instrument, new.answers)
    rule = instrument.safety
    answer = None if rule is None else new.answers.get(rule.item)
    row = ScoreRow(
        organisation=scope.organisation,
        id=new_id(scope.at),
        visit=visit,
        patient=patient,
        instrument=version,
        key=instrument.key,
        answers={str(item): answer for item, answer in new.answers.items() if answer is not None},
        total=scored.total,
        band=scored.band,
        answered=scored.answered,
        prorated=scored.prorated,
        flagged=scored.flagged,
        safety_answer=answer,
        occurred_at=occurred_at,
        recorded_at=scope.at,
        late_reason=new.late_reason,
        needs_countersign=late.needs_countersign,
        by=scope.by,
        operation=scope.operation_id,
    )
    audit.record(Event.SCORE_RECORDED, put(row), visit=visit, patient=patient, key=row.key)
    if rule is None:
        return queries.kept_score(row)
    previous = queries.safety_answer_before(patient, row.key, visit=visit)
    return queries.kept_score(row, judge_safety(rule, answer=answer, previous=previous, interview=None))


def _values(visit: UUID, new: NewReading, reading: Reading, *, scope: Scope) -> dict[str, Any]:
    """The columns of a set, in the order of the table."""
    return {
        "organisation": scope.organisation,
        "id": new_id(scope.at),
        "visit": visit,
        "occurred_at": reading.taken_at,
        "recorded_at": scope.at,
        **{sign: getattr(reading, sign) for sign in SIGNS},
        "not_obtained": {str(sign): str(why) for sign, why in reading.not_obtained.items()},
        "late_reason": new.late_reason,
        "replaces": None,
        "reason": None,
        "source": new.source,
        "by": scope.actor,
        "device": scope.device,
        "device_clock_skew_ms": skew_ms(new.device_at, at=scope.at),
        "operation": scope.operation_id,
    }


def _checked(reading: Reading, reason: str | None, *, watch: Watch, scope: Scope) -> Lateness:
    check_reading(reading, watch.protocol.plausibility)
    limits = watch.protocol.late_entry
    return check_entry_time(reading.taken_at, recorded_at=scope.at, reason=reason, limits=limits)


def _keep(values: dict[str, Any], reading: Reading, *, event: Event, watch: Watch, scope: Scope) -> KeptReading:
    """Write the set and its alerts in one act."""
    visit = values["visit"]
    found, asked = _judged(visit, reading, watch=watch, without=values["replaces"])
    digest = digest_of(_READINGS, values)
    write_last(_READINGS, values | {"digest": digest})
    raised = [_raised(alert, values, scope=scope) for alert in found]
    for row in raised:
        write_last(_ALERTS, row)
    rows: list[tuple[str, UUID, bytes | None]] = [(ReadingRow.__tablename__, values["id"], digest)]
    rows += [(AlertRow.__tablename__, row["id"], row["digest"]) for row in raised]
    audit.record_digests(event, rows, visit=visit, alerts=[str(alert.tier) for alert in found])
    del values["organisation"], values["operation"]
    return KeptReading(**values, alerts=tuple(_kept_alert(row) for row in raised), doubts=asked)


def _judged(
    visit: UUID, reading: Reading, *, watch: Watch, without: UUID | None
) -> tuple[tuple[Alert, ...], tuple[Doubt, ...]]:
    """What the set alarms about and what it is asked about; the whole visit is read only where the end does not do."""
    protocol, started_at = watch.protocol, watch.started_at
    known = queries.history(visit, started_at=started_at, without=without, known=watch.known)
    found = _alerts(reading, known, watch)
    if not known.enough_for(reading, found):
        known = queries.history(visit, started_at=started_at, without=without)
        found = _alerts(reading, known, watch)
    previous = known.previous_to(reading.taken_at)
    return found, doubts(reading, previous=previous, limits=protocol.plausibility)


def _alerts(reading: Reading, known: History, watch: Watch) -> tuple[Alert, ...]:
    return alerts(reading, before=known.before, baseline=known.baseline, rules=watch.protocol.alerts)


def _raised(alert: Alert, values: dict[str, Any], *, scope: Scope) -> dict[str, Any]:
    row = {
        "organisation": scope.organisation,
        "id": new_id(scope.at),
        "visit": values["visit"],
        "reading": values["id"],
        "sign": alert.sign,
        "tier": alert.tier,
        "value": alert.value,
        "comparison": alert.limit.when,
        "threshold": alert.limit.limit,
        "baseline": alert.baseline,
        "confirmed": alert.confirmed,
        "at": scope.at,
    }
    return row | {"digest": digest_of(_ALERTS, row)}


def _kept_alert(row: dict[str, Any]) -> KeptAlert:
    return KeptAlert(**{name: value for name, value in row.items() if name not in {"organisation", "digest"}})
