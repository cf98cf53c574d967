"""Reading infusion sessions."""

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from clinic_api.clinics import queries as clinics
from clinic_api.database.gather import Gathering, Kind, by
from clinic_api.database.keys import Place, seal, unseal
from clinic_api.database.prepared import Prepared
from clinic_api.database.rows import Row, db
from clinic_api.database.scope import scope
from clinic_api.database.transactions import connection
from clinic_api.database.types import Id, plain_json
from clinic_api.dosing import queries as doses
from clinic_api.errors import NotFound
from clinic_api.monitoring import queries as monitoring
from clinic_api.orders import queries as orders
from clinic_api.patients.queries import patients, visits
from clinic_api.sessions.models import DischargeProof, InfusionSession, Release, SessionAnswer, SessionEvent
from clinic_api.sessions.rules.answers import Answer, Told, told_of
from clinic_api.sessions.rules.closing import SUMMARY
from clinic_api.sessions.rules.life import HERE, Act
from clinic_api.signatures import queries as signed

_visits, _sessions = visits.VISITS, InfusionSession.__table__
#: All that a set of readings is judged by, with the visit held against being sealed. The session is held too, and as
#: strongly: whoever waited here for a signature would otherwise still be shown the state from before it.
_WATCHED: Final = Prepared(
    sa.select(
        *(_visits.c.sealed_at, _sessions.c.state, _sessions.c.protocol, _sessions.c.started_at),
        monitoring.known_beside(sa.literal_column("infusion_sessions.started_at"), sa.literal(monitoring.NEWEST)).label(
            "known"
        ),
    )
    .join_from(
        _visits, _sessions, sa.and_(_sessions.c.organisation == _visits.c.organisation, _sessions.c.id == _visits.c.id)
    )
    .where(_visits.c.organisation == sa.bindparam("organisation"), _visits.c.id == sa.bindparam("visit"))
    .with_for_update(read=True, of=[_visits, _sessions])
)


#: The visit that a statement about everything is asked of, and what its session says of it.
_this = _sessions.alias("this")


def _of_this(name: str) -> sa.ScalarSelect[Any]:
    own = _this.c.organisation == sa.bindparam("organisation", type_=_this.c.organisation.type)
    return sa.select(_this.c[name]).where(own, _this.c.id == sa.bindparam("visit", type_=Id())).scalar_subquery()


_EVERYTHING: Final = Gathering(
    {
        "sessions": Kind(_sessions, _sessions.c.id == sa.bindparam("visit", type_=Id())),
        "events": by("visit", SessionEvent),
        "answers": by("visit", SessionAnswer),
        "releases": by("visit", Release),
        "chairs": clinics.chair_of(_of_this("chair")),
        "identities": patients.identities_of(_of_this("patient")),
        "orders": orders.order_of(_of_this("series_order")),
        **doses.HANGING,
        **monitoring.HANGING,
        **signed.hanging(SUMMARY, sa.bindparam("visit", type_=Id())),
    }
)


class NoSuchSession(NotFound):
    """There is no such session here."""


def infusion(visit: UUID) -> InfusionSession:
    """A session.

    Raises:
        NoSuchSession: not in this organisation.
    """
    return _one(sa.select(InfusionSession).where(InfusionSession.id == visit))


def watched(visit: UUID) -> Any:
    """When the visit was sealed, the session's state, protocol, start and newest sets, in one statement that holds it.

    Raises:
        NoSuchSession: not in this organisation.
    """
    given = {"organisation": scope().organisation, "visit": visit}
    rows = _WATCHED.found(connection(), given)
    if not rows:
        raise NoSuchSession
    return rows[0]


def everything(visit: UUID) -> dict[str, list[Any]]:
    """A session and all that hangs on it, by kind, in one statement.

    Raises:
        NoSuchSession: not in this organisation.
    """
    found = _EVERYTHING.gathered(visit=visit)
    if not found["sessions"]:
        raise NoSuchSession
    return found


def held(visit: UUID) -> InfusionSession:
    """A session, locked until the transaction ends: of two acts at one moment the second sees the first."""
    query = sa.select(InfusionSession).where(InfusionSession.id == visit).with_for_update(key_share=True)
    return _one(query.execution_options(populate_existing=True))


def here(patient: UUID) -> InfusionSession | None:
    """The session in which a patient is in the clinic now."""
    query = sa.select(InfusionSession).where(InfusionSession.patient == patient, InfusionSession.state.in_(HERE))
    return db.session.execute(query).scalar_one_or_none()


def on_the_board(site: UUID) -> Sequence[InfusionSession]:
    """The sessions of patients who are at a site now, oldest first."""
    query = (
        sa.select(InfusionSession)
        .where(InfusionSession.site == site, InfusionSession.state.in_(HERE))
        .order_by(InfusionSession.id)
    )
    return db.session.execute(query).scalars().all()


def sessions_of(patient: UUID) -> Sequence[InfusionSession]:
    """A patient's sessions, oldest first."""
    query = sa.select(InfusionSession).where(InfusionSession.patient == patient).order_by(InfusionSession.id)
    return db.session.execute(query).scalars().all()


def events(visit: UUID) -> Sequence[SessionEvent]:
    """Every act of a session, in the order in which they were written down."""
    query = sa.select(SessionEvent).where(SessionEvent.visit == visit).order_by(SessionEvent.id)
    return db.session.execute(query).scalars().all()


def states_and_steps() -> dict[UUID, tuple[str, list[tuple[str, str]]]]:
    """Every session's state, beside the steps that its acts say it took; as they are kept, be they words or not."""
    steps = defaultdict(list)
    came, went = (sa.type_coerce(column, sa.Text) for column in (SessionEvent.from_state, SessionEvent.to_state))
    for visit, left, to in db.session.execute(sa.select(SessionEvent.visit, came, went)):
        steps[visit].append((left, to))
    kept = db.session.execute(sa.select(InfusionSession.id, sa.type_coerce(InfusionSession.state, sa.Text)))
    return {id: (state, steps[id]) for id, state in kept}


def last_event(visit: UUID, act: Act) -> SessionEvent | None:
    """The newest act of one kind."""
    return newest_of(act, events(visit))


def newest_of(act: Act, events: Sequence[SessionEvent]) -> SessionEvent | None:
    """The newest act of one kind among a session's acts."""
    found = [event for event in events if event.act is act]
    return max(found, key=lambda event: (event.occurred_at, event.id), default=None)


def answer_rows(visit: UUID) -> Sequence[SessionAnswer]:
    """Every fact told about a visit, in the order in which they were written down."""
    query = sa.select(SessionAnswer).where(SessionAnswer.visit == visit).order_by(SessionAnswer.id)
    return db.session.execute(query).scalars().all()


def told(visit: UUID) -> Told:
    """Every fact told about a visit, as the rules read it."""
    return told_of(opened(row) for row in answer_rows(visit))


def opened(row: SessionAnswer) -> Answer:
    """An answer, out of its seal where it has one."""
    value = row.value if row.sealed is None else json.loads(unseal(row.sealed, place(row.id)))
    return Answer(row.fact, value, row.occurred_at, row.recorded_at, row.by)


def closed(value: Any, id: UUID) -> bytes:
    """An answer's value, sealed for its row."""
    return seal(plain_json(value).encode(), place(id))


def place(id: UUID) -> Place:
    """Where the sealed value of an answer lives."""
    return Place("session_answers", "sealed", id)


def release(visit: UUID) -> Release | None:
    """The release that holds: the newest, unless it was withdrawn since."""
    return holding(releases(visit), events(visit))


def holding(releases: Sequence[Release], events: Sequence[SessionEvent]) -> Release | None:
    """The release that holds among a session's releases, both oldest first."""
    withdrawn = newest_of(Act.WITHDRAW_RELEASE, events)
    if not releases or (withdrawn is not None and withdrawn.id > releases[-1].id):
        return None
    return releases[-1]


def releases(visit: UUID) -> Sequence[Release]:
    """Every release of a visit, oldest first."""
    return db.session.execute(sa.select(Release).where(Release.visit == visit).order_by(Release.id)).scalars().all()


def proofs(visit: UUID) -> Sequence[DischargeProof]:
    """Every discharge proof of a visit, oldest first."""
    query = sa.select(DischargeProof).where(DischargeProof.visit == visit).order_by(DischargeProof.id)
    return db.session.execute(query).scalars().all()


def wastes_of(visit: UUID) -> Sequence[UUID]:
    """The wastes of a visit's remainders, oldest first, by id; what each says is ``inventory``'s to tell."""
    wastes = Row.metadata.tables["wastes"]
    query = sa.select(wastes.c.id).where(wastes.c.organisation == scope().organisation, wastes.c.visit == visit)
    return db.session.execute(query.order_by(wastes.c.id)).scalars().all()


def _one(query: sa.Select[InfusionSession]) -> InfusionSession:
    row = db.session.execute(query).scalar_one_or_none()
    if row is None:
        raise NoSuchSession
    return row
