"""Discrepancies to test with: shown by real counts and receipts, worked on through the routes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from clinic_api.inventory.jobs import HANDLERS
from clinic_api.inventory.service.engaging import INITIAL
from clinic_api.messages.jobs import tick
from clinic_api.tasks import queries as tasks
from tests.builders import Clinic
from tests.inventory.stock import Stock
from tests.people import Answer, Person

LEASE: Final = timedelta(seconds=60)


@dataclass
class Doubt:
    """A safe with two nurses who count and draw, and people who had no part in it."""

    clinic: Clinic
    stock: Stock = field(init=False)
    compliance: Person = field(init=False)

    def __post_init__(self) -> None:
        self.stock = Stock(self.clinic)
        self.compliance = self.clinic.compliance()

    @property
    def nurse(self) -> Person:
        """The nurse who receives, draws and counts."""
        return self.stock.nurse

    def count(self, *lines: dict[str, Any], by: Person | None = None) -> str:
        """A count whose entries are in; its id."""
        counter = by or self.nurse
        count = counter.does("/counts", location=self.stock.location, kind="cycle")["id"]
        counter.does(f"/counts/{count}/entries", lines=list(lines))
        return str(count)

    def short(self, vial: UUID | None = None, ml: str = "9.4") -> tuple[str, UUID]:
        """A vial that a count finds short, and the discrepancy that this opens."""
        named = vial or self.stock.a_vial()
        self.count({"container": str(named), "method": "read", "volume_ml": ml})
        return self.newest(container=str(named)), named

    def too_much(self, vial: UUID, mg: str = "600", key: str | None = None, by: Person | None = None) -> str:
        """Somebody asks a vial for more than it holds and is refused; the key of that."""
        named = key or str(uuid4())
        body = {"container": vial, "mass_mg": mg, "reason": "dose complete", "method": "absorbent container"}
        answer = (by or self.nurse).send("POST", "/wastes", body, {"Idempotency-Key": named})
        assert answer["type"] == "not-enough-left", answer.json
        return named

    def newest(self, **asked: str) -> str:
        """The discrepancy that came up last."""
        return str(self.listed(**asked)[-1]["id"])

    def listed(self, **asked: str) -> list[dict[str, Any]]:
        """Discrepancies as the list shows them."""
        query = "&".join(f"{name}={value}" for name, value in asked.items())
        items: list[dict[str, Any]] = self.compliance.get(f"/discrepancies?{query}").done()["items"]
        return items

    def file(self, id: str) -> dict[str, Any]:
        """The whole file."""
        read: dict[str, Any] = self.compliance.get(f"/discrepancies/{id}").done().json
        return read

    def does(self, id: str, path: str, by: Person | None = None, **body: Any) -> Any:
        """An act on a discrepancy that must succeed."""
        return (by or self.compliance).does(f"/discrepancies/{id}/{path}", **body)

    def tries(self, id: str, path: str, by: Person | None = None, **body: Any) -> Answer:
        """An act on a discrepancy that may be refused."""
        return (by or self.compliance).post(f"/discrepancies/{id}/{path}", **body)

    def refused(self, answer_of: Callable[[], Answer], *said: object) -> Answer:
        """Something that is refused, with nothing changed."""
        with self.clinic.nothing_changes():
            answer = answer_of()
        assert (answer.status, answer["type"]) == said, answer.json
        return answer

    def investigated(self, vial: UUID | None = None) -> tuple[str, UUID]:
        """A discrepancy that is contained and looked into, with a note in its file; and its vial."""
        id, named = self.short(vial)
        self.does(id, "containment", measure="freeze")
        self.does(id, "investigation")
        self.does(id, "evidence", kind="note", words="the level was read at arm's length")
        return id, named

    def explained(self) -> tuple[str, UUID]:
        """A discrepancy that somebody explained, and its vial."""
        id, vial = self.investigated()
        self.does(id, "explanation", words="read against the light")
        return id, vial

    def work(self) -> int:
        """The worker does what is due; how much that was."""
        with self.clinic.app.app_context():
            return tick(HANDLERS, lease=LEASE)

    def asked(self) -> list[tuple[str, str]]:
        """Every open task but the first inventory, which is owed all the while, by kind and role as they are due."""
        with self.clinic.reading():
            return [(task.kind, task.role) for task in tasks.open_tasks() if task.kind != INITIAL]
