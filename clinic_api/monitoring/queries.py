"""Reading sets, alerts and scores."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from clinic_api.database.aggregates import JsonRows
from clinic_api.database.gather import by, moment
from clinic_api.database.last import written
from clinic_api.database.rows import db
from clinic_api.database.scope import scope
from clinic_api.database.transactions import connection
from clinic_api.errors import NotFound
from clinic_api.monitoring.models import SIGNS, AlertAnswer, AlertRow, ReadingRow, ScoreRow
from clinic_api.monitoring.rules.entries import KeptAlert, KeptReading, KeptScore
from clinic_api.monitoring.rules.history import History, baseline_of
from clinic_api.monitoring.rules.readings import Confirmation, NotObtained, Reading
from clinic_api.monitoring.rules.scales import Safety
from clinic_api.protocols.rules.signs import Sign

#: The newest sets that a new one is first held against; more are read only where these do not settle it.
NEWEST: Final = 2
ALL: Final = 1_000_000
_NEVER: Final = datetime(1, 1, 1, tzinfo=UTC)


class NoSuchReading(NotFound):
    """There is no such set of readings in this visit."""


class NoSuchAlert(NotFound):
    """There is no such alert in this visit."""


_readings = ReadingRow.__table__
_alerts = AlertRow.__table__
_answers = AlertAnswer.__table__


def _of_visit(table: sa.FromClause) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.organisation == sa.bindparam("organisation"), table.c.visit == sa.bindparam("visit"))


# Each statement asks one table for one visit, by the index that begins with it, and leaves the joining to us: a plan
# that PostgreSQL made while the tables were empty then still holds when they are not.
_READINGS: Final = (
    sa.select(*(_readings.c[name] for name in KeptReading._fields[:-3]))
    .where(_of_visit(_readings))
    .order_by(_readings.c.occurred_at, _readings.c.id)
)
_artefacts = (
    sa.exists()
    .where(_of_visit(_answers), _answers.c.answer == sa.literal_column(f"'{Confirmation.ARTEFACT}'"))
    .select()
    .scalar_subquery()
)
_COLUMNS: Final = ("id", "occurred_at", *SIGNS, "not_obtained")


_RAISED: Final = [name for name in KeptAlert.__dataclass_fields__ if name in _alerts.c]
_ALERTS: Final = sa.select(*(_alerts.c[name] for name in _RAISED)).where(_of_visit(_alerts)).order_by(_alerts.c.id)
_ANSWERS: Final = (
    sa.select(*(_answers.c[name] for name in ("reading", "sign", "answer", "by", "at")))
    .where(_of_visit(_answers))
    .order_by(_answers.c.id)
)


#: The columns of a set that is passed on, in their order.
SAID: Final = KeptReading._fields[:-3]
_ID, _TAKEN_AT, _REPLACES = (SAID.index(name) for name in ("id", "occurred_at", "replaces"))
#: What is written down at the chair, for a statement that binds ``visit``; the sets as JSON says them (``Sets``).
HANGING: Final = {
    "readings": by("visit", ReadingRow, names=SAID, typed=False),
    "alerts": by("visit", AlertRow),
    "alert_answers": by("visit", AlertAnswer),
    "scores": by("visit", ScoreRow),
}


class Sets:
    """A visit's sets of readings as a statement said them: passed on, a hundred at a time, and never judged.

    ``kept`` holds each with when it was taken, by that time; ``corrected_by`` says which were replaced, and by which.
    A set is a list of the columns in ``SAID``, in their order.
    """

    def __init__(self, rows: Sequence[list[Any]]) -> None:
        self.kept: Final = sorted((moment(row[_TAKEN_AT]), row) for row in rows)
        self.corrected_by: Final = {row[_REPLACES]: row[_ID] for row in rows if row[_REPLACES] is not None}

    def held_at(self) -> list[datetime]:
        """When the sets that hold were taken."""
        return [taken_at for taken_at, row in self.kept if row[_ID] not in self.corrected_by]


def known_beside(started_at: sa.ColumnElement[Any], newest: sa.ColumnElement[Any]) -> sa.ScalarSelect[Any]:
    """A column, for a statement that knows ``organisation`` and ``visit``: the sets that a new one is held against.

    Args:
        started_at: when the infusion started, as that statement says it.
        newest: how many of the newest sets; those taken up to the start are always there.
    """
    sets = sa.select(*(_readings.c[name] for name in _COLUMNS)).where(_of_visit(_readings))
    last = sets.order_by(_readings.c.occurred_at.desc()).limit(newest).subquery()
    known = sa.union_all(sa.select(last), sets.where(_readings.c.occurred_at <= started_at)).subquery("known")
    correction = _readings.alias("correction")
    corrected_by = sa.select(correction.c.id).where(_of_visit(correction), correction.c.replaces == known.c.id)
    said = JsonRows(*(known.c[name] for name in _COLUMNS), corrected_by.scalar_subquery(), _artefacts)
    return sa.select(said).select_from(known).scalar_subquery()


_KNOWN: Final = sa.select(
    known_beside(
        sa.bindparam("started_at", type_=_readings.c.occurred_at.type), sa.bindparam("newest", type_=sa.Integer)
    )
)


def readings(visit: UUID) -> Sequence[KeptReading]:
    """Every set of a visit as recorded, by the time it was taken; one that was corrected says by which."""
    rows = _rows(_READINGS, visit=visit)
    corrected = {row.replaces: row.id for row in rows if row.replaces is not None}
    return [KeptReading._make((*row, corrected.get(row.id), (), ())) for row in rows]


def reading(visit: UUID, id: UUID) -> KeptReading:
    """One set of a visit; NoSuchReading where there is none."""
    found = next((kept for kept in readings(visit) if kept.id == id), None)
    if found is None:
        raise NoSuchReading
    return found


def taken(visit: UUID) -> list[Reading]:
    """The sets that hold, oldest first: neither those that were corrected, nor what was answered to be an artefact."""
    return _known_sets(visit, None, newest=ALL, started_at=None, without=None)[0]


def latest(visit: UUID) -> Reading | None:
    """The newest set that holds."""
    found = taken(visit)
    return found[-1] if found else None


def history(
    visit: UUID, *, started_at: datetime | None, without: UUID | None = None, known: str | None = None
) -> History:
    """What a new set of the visit is held against; see ``taken``.

    Args:
        known: the newest sets, where ``known_beside`` has read them; without it, the whole visit is read.
    """
    sets, whole = _known_sets(visit, known, newest=NEWEST, started_at=started_at, without=without)
    return History(before=sets, baseline=baseline_of(sets, started_at=started_at), whole=whole)


def alerts(visit: UUID) -> Sequence[KeptAlert]:
    """Every alert of a visit with the answer that counts, oldest first."""
    raised = _rows(_ALERTS, visit=visit)
    answers = _rows(_ANSWERS, visit=visit) if raised else ()
    return answered([row._asdict() for row in raised], answers)


def answered(raised: Sequence[Mapping[str, Any]], answers: Sequence[Any]) -> list[KeptAlert]:
    """Alerts, each with its newest answer; both oldest first."""
    newest = {(row.reading, row.sign): row for row in answers}
    return [_alert(row, newest.get((row["reading"], row["sign"]))) for row in raised]


def open_alerts(visit: UUID) -> Sequence[KeptAlert]:
    """The alerts that nobody has answered, of sets that still hold, oldest first."""
    unanswered = [alert for alert in alerts(visit) if alert.answer is None]
    corrected = {kept.id for kept in (readings(visit) if unanswered else ()) if kept.corrected_by is not None}
    return [alert for alert in unanswered if alert.reading not in corrected]


def alert(visit: UUID, id: UUID) -> KeptAlert:
    """One alert of a visit; NoSuchAlert where there is none."""
    found = next((alert for alert in alerts(visit) if alert.id == id), None)
    if found is None:
        raise NoSuchAlert
    return found


def scores(visit: UUID) -> Sequence[KeptScore]:
    """The scales answered in a visit, oldest entry first; the newest of a key counts."""
    query = sa.select(ScoreRow).where(ScoreRow.visit == visit).order_by(ScoreRow.id)
    return [kept_score(row) for row in db.session.execute(query).scalars()]


def series(patient: UUID, key: str) -> Sequence[KeptScore]:
    """One scale over all visits of a patient, by the time it was answered: the course of the treatment."""
    query = (
        sa.select(ScoreRow)
        .where(ScoreRow.patient == patient, ScoreRow.key == key)
        .order_by(ScoreRow.occurred_at, ScoreRow.id)
    )
    return [kept_score(row) for row in db.session.execute(query).scalars()]


def safety_answer_before(patient: UUID, key: str, *, visit: UUID) -> int | None:
    """What the patient answered to the suicide item at the last visit before this one; ids follow the visits' order."""
    before = [it for it in series(patient, key) if it.visit < visit and it.safety_answer is not None]
    return before[-1].safety_answer if before else None


def kept_score(row: ScoreRow, safety: Safety | None = None) -> KeptScore:
    """A score as others see it; ``safety`` where it was just judged."""
    kept = {name: getattr(row, name) for name in KeptScore.__dataclass_fields__ if name != "safety"}
    return KeptScore(**kept, safety=safety)


def _rows(query: sa.Select[Any], **values: Any) -> Sequence[sa.Row[Any]]:
    given = {"organisation": scope().organisation, **values}
    opened = connection()
    written(opened)  # a set that was entered a moment ago is read like any other
    return opened.execute(query, given).all()


def _known_sets(
    visit: UUID, known: str | None, *, newest: int, started_at: datetime | None, without: UUID | None
) -> tuple[list[Reading], bool]:
    """The sets that hold, oldest first, and whether the visit has no others."""
    if known is None:
        newest = ALL
        known = _rows(_KNOWN, visit=visit, newest=newest, started_at=started_at or _NEVER)[0][0]
    rows = {row[0]: row for row in json.loads(known or "[]")}
    artefacts = _artefacts_of(visit) if any(row[-1] for row in rows.values()) else {}
    held = (row for id, row in rows.items() if row[-2] is None and id != str(without))
    return sorted((_taken(row, artefacts) for row in held), key=attrgetter("taken_at")), len(rows) < newest


def _taken(row: Sequence[Any], artefacts: Mapping[UUID, Sequence[Sign]]) -> Reading:
    id, taken_at, *values, not_obtained, _, _ = row
    signs: Mapping[str, Any] = dict(zip(SIGNS, values, strict=True))
    why = {} if not_obtained == "{}" else json.loads(not_obtained)
    reading = Reading(
        taken_at=datetime.fromisoformat(taken_at),
        not_obtained={Sign(sign): NotObtained(code) for sign, code in why.items()},
        **signs,
    )
    wrong = artefacts.get(UUID(id), ()) if artefacts else ()
    return reading.without_artefacts(dict.fromkeys(wrong, Confirmation.ARTEFACT)) if wrong else reading


def _artefacts_of(visit: UUID) -> dict[UUID, list[Sign]]:
    """By set, the signs whose newest answer is "artefact"; most visits have none, and are not asked."""
    newest = {(row.reading, row.sign): row.answer for row in _rows(_ANSWERS, visit=visit)}
    found: dict[UUID, list[Sign]] = {}
    for (reading, sign), answer in newest.items():
        if answer is Confirmation.ARTEFACT:
            found.setdefault(reading, []).append(sign)
    return found


def _alert(row: Mapping[str, Any], answer: Any) -> KeptAlert:
    raised = {name: row[name] for name in _RAISED}
    if answer is None:
        return KeptAlert(**raised)
    return KeptAlert(**raised, answer=answer.answer, answered_by=answer.by, answered_at=answer.at)
