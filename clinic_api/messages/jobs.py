"""What a worker does at each tick: claim what is due, handle it, go on until nothing is."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from clinic_api import clock
from clinic_api.database.scope import Scope, claiming
from clinic_api.database.transactions import transaction
from clinic_api.messages import service
from clinic_api.messages.messenger import Messenger, NotCarried
from clinic_api.messages.rules import Claimed, GivenUp, Letter

log = logging.getLogger(__name__)
#: Handles one claimed row, in transactions of its own.
Handler = Callable[[Claimed], None]
#: Does the work in a transaction that is open; when it is due again, or None.
Work = Callable[[UUID, Scope], datetime | None]


def tick(handlers: Mapping[str, Handler], *, lease: timedelta) -> int:
    """Handle everything of these kinds that is due now; how many rows that were.

    A row whose handling fails stays claimed until its lease runs out, and is then tried again.
    """
    handled = 0
    while (claimed := _claim(handlers, lease)) is not None:
        handled += 1
        try:
            handlers[claimed.kind](claimed)
        except Exception as failure:  # noqa: BLE001  (one row must not stop the others; what went wrong may name people)
            log.error("%s %s failed: %s", claimed.kind, claimed.id, type(failure).__name__)
    return handled


def system_scope(claimed: Claimed) -> Scope:
    """The system's own scope in the row's organisation, now."""
    return Scope(organisation=claimed.organisation, at=clock.now())


def in_one_transaction(work: Work) -> Handler:
    """A handler that does its work and settles its row in the same transaction, so both happen or neither."""

    def handle(claimed: Claimed) -> None:
        scope = system_scope(claimed)
        with transaction(scope):
            row = service.hold(claimed)
            if row is not None:
                service.settle(row, work(claimed.subject, scope), scope=scope)

    return handle


@dataclass(frozen=True, slots=True)
class PostOffice:
    """How messages leave.

    Args:
        addresses: how an address is found, by kind of recipient.
        given_up: tells somebody of a message that will not arrive; runs in the transaction that gives it up.
    """

    messenger: Messenger
    addresses: service.Addresses
    given_up: Callable[[GivenUp, Scope], None]

    def deliver(self, claimed: Claimed) -> None:
        """Take the message in one transaction, send it in none, write down what came of it in another.

        Whoever dies in between leaves a lease that runs out; the next one sends the same letter under the same id.
        """
        with transaction(taking := system_scope(claimed)):
            letter = service.take(claimed, self.addresses, scope=taking)
            if isinstance(letter, GivenUp):
                self.given_up(letter, taking)
        if isinstance(letter, Letter):
            self._send(claimed, letter)

    def _send(self, claimed: Claimed, letter: Letter) -> None:
        try:
            self.messenger.send(to=letter.to, subject=letter.subject, text=letter.text, message_id=letter.message_id)
        except NotCarried as failure:
            self._not_sent(claimed, failure)
            return
        with transaction(marking := system_scope(claimed)):
            service.sent(claimed, scope=marking)

    def _not_sent(self, claimed: Claimed, failure: NotCarried) -> None:
        with transaction(marking := system_scope(claimed)):
            given_up = service.not_sent(claimed, failure.outcome, for_good=failure.for_good, scope=marking)
            if given_up is not None:
                self.given_up(given_up, marking)


def _claim(handlers: Mapping[str, Handler], lease: timedelta) -> Claimed | None:
    with transaction(claiming_now := claiming(clock.now())):
        return service.claim(handlers.keys(), lease=lease, scope=claiming_now)
