"""Reading what is due and what waits to be sent."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from clinic_api.database.rows import db
from clinic_api.errors import NotFound
from clinic_api.messages.models import Due, Message
from clinic_api.messages.rules import OVER


class NoSuchMessage(NotFound):
    """There is no such message here."""


def message(id: UUID) -> Message:
    """A message.

    Raises:
        NoSuchMessage: not here.
    """
    query = sa.select(Message).where(Message.id == id).execution_options(populate_existing=True)
    row = db.session.execute(query).scalar_one_or_none()
    if row is None:
        raise NoSuchMessage
    return row


def message_by_key(dedupe_key: str) -> Message | None:
    """The message that was asked for under this key, if it was."""
    return db.session.execute(sa.select(Message).where(Message.dedupe_key == dedupe_key)).scalar_one_or_none()


def messages_about(subject: UUID) -> Sequence[Message]:
    """Every message about one thing, oldest first."""
    query = sa.select(Message).where(Message.subject == subject).order_by(Message.id)
    return db.session.execute(query).scalars().all()


def waiting_about(subject: UUID) -> Sequence[UUID]:
    """The messages about one thing that did not leave yet, by id."""
    query = sa.select(Message.id).where(Message.subject == subject, Message.state.not_in(OVER)).order_by(Message.id)
    return db.session.execute(query).scalars().all()


def due(kind: str, subject: UUID) -> Due | None:
    """What is due about one thing, held for the rest of the transaction."""
    query = sa.select(Due).where(Due.kind == kind, Due.subject == subject).with_for_update()
    return db.session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()
