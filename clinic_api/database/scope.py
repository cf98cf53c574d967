"""For whom, by whom and when a transaction runs. Required by type, readable below as ``scope()``."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """One act's surroundings.

    Args:
        organisation: the tenant; row-level security and every query follow it.
        at: the server's time of the act, UTC: the ``recorded_at`` of all it writes.
        actor: the account that acts; None for the system, and for a locked tablet's urgent entry.
        roles: what the actor may be here, from live grants.
        auth_event: the strong sign-in the act rests on.
        device: the enrolled tablet, if there is one.
        operation_id: the key the client made for this act; unique for ever.
        request_id: names the request in logs.
        claims: a worker's look at what is due, of whichever organisation; it sees that one table and nothing else.
    """

    organisation: UUID
    at: datetime
    actor: UUID | None = None
    roles: frozenset[str] = field(default_factory=frozenset)
    auth_event: UUID | None = None
    device: UUID | None = None
    operation_id: UUID | None = None
    request_id: UUID | None = None
    claims: bool = False

    @property
    def by(self) -> UUID:
        """The acting person.

        Raises:
            NobodyActs: the act has no person behind it.
        """
        if self.actor is None:
            raise NobodyActs
        return self.actor

    @property
    def key(self) -> UUID:
        """The act's key.

        Raises:
            NoKey: it has none.
        """
        if self.operation_id is None:
            raise NoKey
        return self.operation_id


#: Stands where no organisation does; no row belongs to it.
NO_ORGANISATION: Final = UUID(int=0)


def claiming(at: datetime) -> Scope:
    """The scope in which a worker takes the next due row.

    Source:
        docs/decisions/0003-worker-claims-across-organisations.md.
    """
    return Scope(organisation=NO_ORGANISATION, at=at, claims=True)


class NoKey(RuntimeError):
    """An operation was to be stored without its key: a fault in the program."""


class NobodyActs(RuntimeError):
    """A service that needs a person was called without one: a fault in the program."""


class NoScope(RuntimeError):
    """The database was asked for something outside a transaction or a reading: a fault in the program."""


_SCOPE: ContextVar[Scope | None] = ContextVar("scope", default=None)


def scope() -> Scope:
    """The scope of the transaction or reading that is open.

    Raises:
        NoScope: none is open.
    """
    current = _SCOPE.get()
    if current is None:
        raise NoScope
    return current


def scope_or_none() -> Scope | None:
    """The scope that is open, if one is."""
    return _SCOPE.get()


@contextmanager
def bound(current: Scope) -> Iterator[Scope]:
    """Make ``current`` readable below for as long as the block runs."""
    token = _SCOPE.set(current)
    try:
        yield current
    finally:
        _SCOPE.reset(token)
