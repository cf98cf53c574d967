"""Making things due, claiming them, and moving messages through their life."""

import tomllib
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from clinic_api.audit import service as audit
from clinic_api.database.rows import db, put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import new_id
from clinic_api.messages import queries
from clinic_api.messages.models import Due, Message
from clinic_api.messages.rules import (
    MOST_ATTEMPTS,
    OVER,
    Channel,
    Claimed,
    DueKind,
    Event,
    GivenUp,
    Letter,
    NewMessage,
    State,
    Template,
    UnknownTemplate,
    domain_of,
    message_id,
    read_templates,
    wait_after,
)
from clinic_api.settings import CONFIG

#: The texts, read once.
TEMPLATES: Final[dict[str, Template]] = read_templates(
    tomllib.loads((CONFIG / "messages.toml").read_text(encoding="utf-8"))
)
#: How an address is found at the moment a message leaves, by kind of recipient; None where nothing may be sent.
Addresses = Mapping[str, Callable[[UUID, Channel, datetime], str | None]]
_due: Final[Any] = Due.__table__
_domain: list[str] = []


def configure(*, sender: str) -> None:
    """Set whose domain stands in every Message-ID; called once when the application is made."""
    _domain[:] = [domain_of(sender)]


# ------------------------------------------------------------------------------------------------------------ due


def arm(kind: str, subject: UUID, at: datetime, *, scope: Scope) -> Due:
    """Make something due at a time, or move it there if it already is; a worker that held it has lost it."""
    row = queries.due(kind, subject)
    if row is None:
        return put(
            Due(organisation=scope.organisation, id=new_id(scope.at), kind=kind, subject=subject, at=at, attempts=0)
        )
    row.at, row.lease_until, row.done_at = at, None, None
    row.attempts += 1
    return row


def disarm(kind: str, subject: UUID, *, scope: Scope) -> None:
    """Make something no longer due."""
    row = queries.due(kind, subject)
    if row is not None and row.done_at is None:
        row.done_at = scope.at


def claim(kinds: Collection[str], *, lease: timedelta, scope: Scope) -> Claimed | None:
    """Take the row that has been due longest, of any organisation, so that no other worker takes it for a while.

    Args:
        kinds: what this worker knows how to do; other rows stay for one that does.
        scope: a claiming one, see ``database.scope.claiming``.
    """
    free = sa.and_(
        _due.c.done_at.is_(None),
        _due.c.at <= scope.at,
        sa.or_(_due.c.lease_until.is_(None), _due.c.lease_until <= scope.at),
        _due.c.kind.in_(sorted(kinds)),
    )
    oldest = sa.select(_due.c.organisation, _due.c.id).where(free).order_by(_due.c.at, _due.c.id).limit(1)
    found = db.session.execute(oldest.with_for_update(skip_locked=True)).one_or_none()
    if found is None:
        return None
    taken = db.session.execute(
        sa.update(_due)
        .where(_due.c.organisation == found.organisation, _due.c.id == found.id, free)
        .values(lease_until=scope.at + lease, attempts=_due.c.attempts + 1)
        .returning(_due.c.organisation, _due.c.id, _due.c.kind, _due.c.subject, _due.c.attempts)
    ).one_or_none()
    return None if taken is None else Claimed(*taken)


def hold(claimed: Claimed) -> Due | None:
    """The claimed row for the rest of the transaction; None if another worker took it or it was moved or done."""
    row = queries.due(claimed.kind, claimed.subject)
    still_ours = row is not None and row.attempts == claimed.attempts and row.done_at is None
    return row if still_ours else None


def settle(row: Due, again: datetime | None, *, scope: Scope) -> None:
    """Done; or due again at a later time."""
    if again is None:
        row.done_at = scope.at
    else:
        row.at, row.lease_until = again, None


# ------------------------------------------------------------------------------------------------------- messages


def post(new: NewMessage, *, at: datetime, scope: Scope) -> Message:
    """Put a message into the outbox, to leave at a time; asked for twice under one key, it is there once.

    Raises:
        UnknownTemplate, BlanksDiffer: it could never be written.
    """
    already = queries.message_by_key(new.dedupe_key)
    if already is not None:
        return already
    _template(new.template).filled(new.params)
    id = new_id(scope.at)
    message = put(
        Message(
            organisation=scope.organisation,
            id=id,
            kind=new.kind,
            channel=new.channel,
            recipient_kind=new.recipient_kind,
            recipient=new.recipient,
            template=new.template,
            params=dict(new.params),
            dedupe_key=new.dedupe_key,
            subject=new.subject,
            message_id=message_id(id, domain=_domain[0]),
            at=scope.at,
            state=State.QUEUED,
            attempts=0,
        )
    )
    arm(DueKind.MESSAGE, message.id, at, scope=scope)
    audit.record(Event.QUEUED, message, kind=message.kind)
    return message


def cancel_about(subject: UUID, *, scope: Scope) -> int:
    """Take back every message about something that did not leave yet; how many there were."""
    cancelled = 0
    for id in queries.waiting_about(subject):
        disarm(DueKind.MESSAGE, id, scope=scope)  # what is due first, as a worker does, then what it is about
        message = queries.message(id)
        if message.state not in OVER:
            message.state = State.CANCELLED
            audit.record(Event.CANCELLED, message)
            cancelled += 1
    return cancelled


def take(claimed: Claimed, addresses: Addresses, *, scope: Scope) -> Letter | GivenUp | None:
    """Get a claimed message ready to leave.

    Returns:
        The letter; or what was given up just now; or None where there is nothing to do.
    """
    row = hold(claimed)
    if row is None:
        return None
    message = queries.message(claimed.subject)
    if message.state in OVER:
        settle(row, None, scope=scope)
        return None
    find = addresses.get(message.recipient_kind)
    address = find(message.recipient, message.channel, scope.at) if find else None
    if address is None or message.attempts >= MOST_ATTEMPTS:
        return _give_up(message, row, "no-address" if address is None else message.outcome or "no-answer", scope=scope)
    message.state = State.SENDING
    message.attempts += 1
    subject, text = _template(message.template).filled(message.params)
    return Letter(address, subject, text, message.message_id)


def sent(claimed: Claimed, *, scope: Scope) -> None:
    """It left; true even if the lease ran out meanwhile, so nobody sends it once more."""
    row, message = queries.due(claimed.kind, claimed.subject), queries.message(claimed.subject)
    if message.state in {State.SENT, State.DEAD}:
        return
    message.state, message.sent_at, message.outcome = State.SENT, scope.at, "sent"
    if row is not None:
        settle(row, None, scope=scope)
    audit.record(Event.SENT, message, attempts=message.attempts)


def not_sent(claimed: Claimed, outcome: str, *, for_good: bool, scope: Scope) -> GivenUp | None:
    """It did not leave: try again later, or give it up.

    Returns:
        What was given up, if it was; somebody must be told.
    """
    row = hold(claimed)
    if row is None:
        return None
    message = queries.message(claimed.subject)
    if for_good or message.attempts >= MOST_ATTEMPTS:
        return _give_up(message, row, outcome, scope=scope)
    message.state, message.outcome = State.QUEUED, outcome
    settle(row, scope.at + wait_after(message.attempts), scope=scope)
    return None


def _give_up(message: Message, row: Due, outcome: str, *, scope: Scope) -> GivenUp:
    message.state, message.outcome = State.DEAD, outcome
    settle(row, None, scope=scope)
    audit.record(Event.GIVEN_UP, message, outcome=outcome)
    return GivenUp(message.id, message.kind, message.subject, outcome)


def _template(name: str) -> Template:
    try:
        return TEMPLATES[name]
    except KeyError:
        raise UnknownTemplate(name) from None
