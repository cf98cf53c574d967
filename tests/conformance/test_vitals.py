"""Published series of blood pressures, replayed as sets of visits: every value comes back, and a gap stays a gap."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Final

import pytest

from clinic_api import clock
from clinic_api.monitoring import queries, service
from clinic_api.monitoring.rules.entries import KeptReading, NewReading, Watch
from clinic_api.monitoring.rules.readings import ImpossibleValue, NotObtained
from clinic_api.protocols.rules.signs import Sign
from tests.builders import Clinic
from tests.conformance.data import load_table
from tests.monitoring.visits import Visit, a_visit
from tests.protocols.shipped import iv_ketamine

Row = dict[str, str]

COLUMNS: Final = {"sbp": Sign.SYSTOLIC, "dbp": Sign.DIASTOLIC}
LEAST_PEOPLE: Final = 50
PROTOCOL: Final = iv_ketamine()
DAY: Final = timedelta(hours=5)


def people() -> list[tuple[str, list[Row]]]:
    """Everybody's rows, in the order of the data."""
    rows = load_table("vitals/bp_session_series_preg.csv")
    return [(who, list(theirs)) for who, theirs in groupby(rows, key=itemgetter("subject"))]


def signs_of(row: Row) -> dict[str, int]:
    """What was read; an empty cell was not."""
    return {str(sign): int(row[column]) for column, sign in COLUMNS.items() if row[column]}


def as_set(row: Row, *, begun: datetime) -> NewReading:
    """A row as it would be typed in afterwards; one without its minute is entered as of now."""
    taken_at = begun + timedelta(minutes=int(row["minutes"])) if row["minutes"] else None
    return NewReading(signs=signs_of(row), occurred_at=taken_at, late_reason="replayed from a published series")


def obtained(new: NewReading) -> NewReading:
    """The set with what cannot be a reading marked as an artefact."""
    limits = PROTOCOL.plausibility.signs
    wrong = [sign for sign in Sign if sign in new.signs and not limits[sign].possible(new.signs[sign])]
    return NewReading(
        signs={sign: value for sign, value in new.signs.items() if sign not in wrong},
        not_obtained=dict.fromkeys(wrong, NotObtained.ARTEFACT),
        occurred_at=new.occurred_at,
        late_reason=new.late_reason,
    )


def replay(visit: Visit, rows: Iterable[Row], *, begun: datetime) -> list[int]:
    """Enter everybody's rows; the values that were refused as impossible, and then entered as not obtained."""
    refused = []
    watch = Watch(protocol=PROTOCOL, started_at=begun)
    with visit.clinic.transaction(visit.nurse) as scope:
        for row in rows:
            new = as_set(row, begun=begun)
            try:
                service.record_reading(visit.id, new, watch=watch, scope=scope)
            except ImpossibleValue as refusal:
                refused.append(refusal.value)
                service.record_reading(visit.id, obtained(new), watch=watch, scope=scope)
    return refused


def said(kept: KeptReading, *, begun: datetime) -> Row:
    """A kept set as the data would say it."""
    at_once = kept.occurred_at == kept.recorded_at
    minutes = "" if at_once else str((kept.occurred_at - begun) // timedelta(minutes=1))
    cells = {column: getattr(kept, sign) for column, sign in COLUMNS.items()}
    return {"minutes": minutes, **{name: "" if value is None else str(value) for name, value in cells.items()}}


def expected(row: Row, refused: list[int]) -> Row:
    """The row itself, without a value that cannot be one."""
    cells = {column: "" if row[column] and int(row[column]) in refused else row[column] for column in COLUMNS}
    return {"minutes": row["minutes"], **cells}


@pytest.mark.timeout(300)
def test_every_series_comes_back_as_it_was_taken(clinic: Clinic) -> None:
    nurse, begun = clinic.nurse(), clock.now()
    opened = [(a_visit(clinic, nurse, mrn=f"P-{who}"), rows) for who, rows in people()]
    assert len(opened) >= LEAST_PEOPLE
    clinic.later(seconds=DAY.total_seconds())
    refused = {visit.id: replay(visit, rows, begun=begun) for visit, rows in opened}
    with clinic.reading():
        for visit, rows in opened:
            kept = queries.readings(visit.id)
            assert [said(one, begun=begun) for one in kept] == [expected(row, refused[visit.id]) for row in rows]
            missing = [row for row in rows if not all(row[column] for column in COLUMNS)]
            held = queries.taken(visit.id)
            empty = sum(one.value(sign) is None for one in held for sign in COLUMNS.values())
            assert empty == len(missing) + len(refused[visit.id])
    assert sum(len(rows) for _, rows in opened) == sum(len(list(rows)) for _, rows in people())
