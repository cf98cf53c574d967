"""What a person does, through the door or a service, and what it then says: nothing, or a refusal's name."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from clinic_api import clock
from clinic_api.database.rows import db
from clinic_api.database.scope import Scope
from clinic_api.errors import Refusal
from clinic_api.inventory.models.moves import Move
from clinic_api.inventory.models.stock import Container
from clinic_api.inventory.rules.drawing import DrawOrder
from clinic_api.inventory.service import drawing
from clinic_api.oversight import service as oversight
from clinic_api.patients import service as visits
from clinic_api.patients.queries import patients
from clinic_api.quantities import Mass, Volume
from tests.inventory.stock import COLLEAGUE, REVERSE
from tests.ledger import past
from tests.ledger.kept import Ward
from tests.people import Answer

RECEIVERS: Final = {"reverse-distributor": REVERSE, "transferred": COLLEAGUE}
SITE: Final = ZoneInfo("America/New_York")
CHALLENGE: Final = timedelta(seconds=120)


@dataclass
class Sent:
    """A request as it was sent, to send it again."""

    path: str
    body: dict[str, Any]
    key: str
    answer: Answer


@dataclass
class Asked:
    """What waits for a second person: where to sign, where to take it back, and the challenge."""

    signing: str
    withdrawing: str
    challenge: str
    at: datetime
    signed: bool = False


@dataclass
class Hands:
    """The nurse at the tablet."""

    ward: Ward
    things: list[UUID] = field(default_factory=list)
    moves: list[UUID] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    last: Sent | None = None
    again: Callable[[], str | None] | None = None

    # --------------------------------------------------------------------------------------------------- the door

    def post(self, path: str, **body: Any) -> Answer:
        """Send as the nurse, with a new key."""
        return self.send(path, body, str(uuid4()))

    def send(self, path: str, body: dict[str, Any], key: str) -> Answer:
        """Send with a key; what was sent is remembered."""
        answer = self.ward.nurse.send("POST", path, body, {"Idempotency-Key": key})
        self.last, self.again = Sent(path, body, key, answer), None
        return answer

    def says(self, path: str, **body: Any) -> str | None:
        """A refusal's name, or None."""
        return refusal(self.post(path, **body))

    def asks(self, path: str, signing: str, withdrawing: str, **body: Any) -> str | None:
        """As ``says``; what is then to be signed is kept."""
        answer = self.post(path, **body)
        if (named := refusal(answer)) is None:
            at, id = clock.now(), answer["id"]
            self.asked.append(Asked(signing.format(id), withdrawing.format(id), answer["challenge"]["id"], at))
        return named

    def sign(self, number: int, signer: str) -> str | None:
        """Somebody signs, after the challenge was renewed where it ran out."""
        asked = self.asked[number]
        if clock.now() - asked.at >= CHALLENGE and not asked.signed:
            renewed = self.ward.nurse.does(f"/challenges/{asked.challenge}/renewal")
            asked.challenge, asked.at = renewed["id"], clock.now()
        named = self.says(asked.signing, **self.ward.people[signer].proof_for(asked.challenge))
        asked.signed = asked.signed or named is None
        return named

    def withdraw(self, number: int) -> str | None:
        """Take it back."""
        return self.says(self.asked[number].withdrawing, reason="it was another container")

    # --------------------------------------------------------------------------------------------------- services

    def serve(self, act: Callable[[Scope], Any], key: UUID | None = None) -> str | None:
        """A service in a transaction of the nurse's."""
        known = key or uuid4()
        self.last, self.again = None, lambda: self.serve(act, known)
        try:
            with self.ward.acting(operation_id=known) as scope:
                act(scope)
        except Refusal as refused:
            return refused.code
        except IntegrityError:
            return "integrity-error"
        return None

    def draw(self, vial: int, ul: int, visit: int) -> str | None:
        """Draw so many microlitres."""
        order = DrawOrder.of_one(self.things[vial], Volume(ul), self.ward.visits[visit])
        return self.serve(lambda scope: drawing.draw(order, scope=scope))

    def give(self, syringe: int, mass: int, visit: int) -> str | None:
        """Give so many micrograms."""
        return self.serve(lambda scope: self._give(syringe, mass, visit, scope))

    def _give(self, syringe: int, mass: int, visit: int, scope: Scope) -> None:
        named = self.ward.visits[visit]
        identity = patients.identity(visits.hold(named).patient).version_id
        drawing.administer(
            self.things[syringe],
            Mass(mass),
            visit=named,
            identity_version=identity,
            occurred_at=scope.at,
            scope=scope,
        )

    def give_back(self, thing: int) -> str | None:
        """Give a whole container back."""
        return self.says(f"/containers/{self.things[thing]}/return", receiver=REVERSE, document="R-1")

    # -------------------------------------------------------------------------------------------------- what stands

    def stands(self) -> list[tuple[Any, ...]]:
        """Every move as it was recorded, and every container with its balance; their ids are kept."""
        with self.ward.clinic.reading():
            moves: Any = Move.__table__
            things: Any = Container.__table__
            held = db.session.execute(sa.select(things.c.id, things.c.balance).order_by(things.c.id)).all()
            rows = db.session.execute(sa.select(moves).order_by(moves.c.id)).all()
        self.things, self.moves = [each.id for each in held], [each.id for each in rows]
        number = {id: place for place, id in enumerate(self.things)}
        said = [
            (
                *(each.from_place, number.get(each.from_container)),
                *(each.to_place, number.get(each.to_container)),
                *(each.mass.ug, each.occurred_at),
            )
            for each in rows
        ]
        return [*said, *(each.balance.ug for each in held)]

    def faults(self) -> list[str]:
        """What a full verification finds, and what is told otherwise of the past than the moves say."""
        clinic = self.ward.clinic
        clinic.seal()
        with clinic.reading():
            return [*map(str, oversight.verify().faults), *past.differences()]

    def sleep(self, until: datetime) -> None:
        """Time passes; on another day everybody comes in again."""
        before = clock.now()
        self.ward.clinic.installation.set_clock(until)
        if until.astimezone(SITE).date() != before.astimezone(SITE).date():
            for person in self.ward.people.values():
                self.ward.clinic.sign_in(person)
                person.does("/presences", site=self.ward.clinic.site)


def refusal(answer: Answer) -> str | None:
    """The name of a refusal; None where it was done."""
    return None if answer.status < 400 else str(answer["type"])


def mg(mass: int) -> str:
    """Micrograms as milligrams on the wire."""
    return Mass(mass).as_mg_text()


def ml(ul: int) -> str:
    """Microlitres as millilitres on the wire."""
    return str(Decimal(ul) / 1000)
