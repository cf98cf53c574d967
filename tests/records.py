"""A clinic's records: reading and writing them as the product does, and the proof that they are whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import sleep
from typing import Any, Final
from uuid import UUID

from flask import Flask

from clinic_api import clock
from clinic_api.audit import queries as audit_queries
from clinic_api.audit import service as audit
from clinic_api.audit.rules import Fault
from clinic_api.database.scope import Scope
from clinic_api.database.transactions import reading, transaction
from tests.evidence import contents, entries, row_faults
from tests.people import Person, Wire

#: What a refused request may add to: who tried, what was answered, who looked, what was sealed before anything left.
TRACES: Final = frozenset({"audit_accesses", "audit_entries", "audit_seals", "audit_waiting", "misses", "operations"})

#: What an act that asks a container for more than it holds leaves behind beside its refusal.
FILED: Final = frozenset(
    {
        *("discrepancies", "discrepancy_events", "discrepancy_containers", "discrepancy_evidence", "refused_takes"),
        *("tasks", "due"),
    }
)


@dataclass(eq=False)
class Records:
    """What one organisation has on record."""

    wire: Wire
    tablet: dict[str, Any]

    @property
    def app(self) -> Flask:
        """The running application."""
        return self.wire.app

    @property
    def organisation(self) -> UUID:
        """The tenant."""
        return self.wire.organisation

    def system(self) -> Scope:
        """The system's own scope, now."""
        return Scope(organisation=self.organisation, at=clock.now())

    @contextmanager
    def transaction(self, person: Person | None = None) -> Iterator[Scope]:
        """A transaction as the door would open it, for tests that call a service."""
        given = self.system() if person is None else person.scope(device=UUID(self.tablet["id"]))
        with self.app.app_context(), transaction(given):
            yield given

    @contextmanager
    def reading(self) -> Iterator[Scope]:
        """A reading, for tests that call a query."""
        given = self.system()
        with self.app.app_context(), reading(given):
            yield given

    def trail(self, id: object) -> list[str]:
        """What the audit says happened to a record, oldest first."""
        with self.reading():
            return [entry.event for entry in audit_queries.entries_about(UUID(str(id)))]

    def seal(self) -> int:
        """Give every entry its place; how many the log then holds.

        On PostgreSQL an entry waits for every open transaction of the server, those of other threads included.
        """
        for _ in range(100):
            with self.transaction():
                audit.seal()
            with self.reading():
                if (size := audit_queries.log_size()) == entries():
                    return size
            sleep(0.02)
        message = "some transaction never ended, and nothing after it can be sealed"
        raise TimeoutError(message)

    def verify(self) -> list[Fault]:
        """Seal, sign and recompute everything: the log, and each regulated row against the entry that names it."""
        self.seal()
        with self.reading():
            audit.checkpoint()
            return audit.verify_log() + row_faults()

    def contents(self) -> dict[str, tuple[int, str]]:
        """How many rows each table holds of this organisation, and a digest of them."""
        with self.reading():
            return contents()

    @contextmanager
    def nothing_changes(self, *, but: frozenset[str] = frozenset()) -> Iterator[None]:
        """Whatever happens inside, no record of the clinic is other than before; traces of a try may be added."""
        before = self.contents()
        yield
        after = self.contents()
        changed = {name for name in after if after[name] != before[name]} - TRACES - but
        assert not changed, f"changed: {', '.join(sorted(changed))}"
