"""A worker of the race: a process of its own that draws as it is told, until it is killed."""

import contextlib
import json
import socketserver
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError, IntegrityError

from clinic_api import clock, settings
from clinic_api.app import create_app
from clinic_api.database.rows import db, put
from clinic_api.database.scope import Scope
from clinic_api.database.transactions import reading, transaction
from clinic_api.errors import Refusal
from clinic_api.identifiers import new_id
from clinic_api.inventory.models.moves import Move
from clinic_api.inventory.models.stock import Container
from clinic_api.inventory.queries import containers
from clinic_api.inventory.rules.drawing import DrawOrder, mass_of
from clinic_api.inventory.rules.moves import check_enough
from clinic_api.inventory.rules.products import ContainerKind
from clinic_api.inventory.service import drawing, moving
from clinic_api.quantities import Concentration, Mass, Volume

ACCEPTED: Final = "accepted"
REFUSED: Final = "refused"
AGAIN: Final = "again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Where the race is run: plain text, so that it fits on a command line.

    Args:
        naive: read, check, then write, as the service must not; the control that has to fail.
    """

    database: str
    vault: str
    clock: str
    socket: str
    organisation: str
    nurse: str
    tablet: str
    visit: str
    naive: bool = False


@dataclass(frozen=True, slots=True)
class Draw:
    """One draw under one key; it keeps its key however often it is sent."""

    operation: str
    vial: str
    ul: int


class Racer:
    """Draws in this process, for any number of threads."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self.app: Flask = create_app(
            settings.load("test", environment={}, database_url=course.database, vault=course.vault, clock=course.clock)
        )

    def decide(self, asked: Draw) -> str:
        """Draw; what became of it, also when an earlier sending had been done although nobody heard."""
        scope = self._scope(asked)
        try:
            with self.app.app_context():
                (self._naive if self.course.naive else self._serve)(asked, scope)
        except (Refusal, IntegrityError):
            return ACCEPTED if self._is_in_the_ledger(asked) else REFUSED
        except DBAPIError:
            return AGAIN
        return ACCEPTED

    def _scope(self, asked: Draw) -> Scope:
        return Scope(
            organisation=UUID(self.course.organisation),
            at=clock.now(),
            actor=UUID(self.course.nurse),
            device=UUID(self.course.tablet),
            operation_id=UUID(asked.operation),
        )

    def _serve(self, asked: Draw, scope: Scope) -> None:
        with transaction(scope):
            drawing.draw(DrawOrder.of_one(UUID(asked.vial), Volume(asked.ul), UUID(self.course.visit)), scope=scope)

    def _naive(self, asked: Draw, scope: Scope) -> None:
        """What everybody writes first: look, decide, then write what was decided on."""
        with reading(scope):
            vial = containers.container(UUID(asked.vial))
            mass = mass_of(Volume(asked.ul), Concentration(vial.concentration))
            check_enough(vial.label, asked=mass, left=vial.balance, counted=False)
            left = vial.balance - mass
        with transaction(scope):
            visit = UUID(self.course.visit)
            syringe = put(_like(vial, label=asked.operation, content=mass, visit=visit, scope=scope))
            db.session.execute(sa.update(Container).where(Container.id == vial.id).values(balance=left))
            drawn = Move(from_container=vial.id, to_container=syringe.id, mass=mass, syringe=syringe.id, visit=visit)
            drawn.from_balance, drawn.to_balance, drawn.occurred_at = left, mass, scope.at
            moving.write(drawn, ours=vial, scope=scope)

    def _is_in_the_ledger(self, asked: Draw) -> bool:
        scope = self._scope(asked)
        with self.app.app_context(), reading(scope):
            query = sa.select(Move.id).where(Move.operation_id == UUID(asked.operation))
            return db.session.execute(query).first() is not None


def _like(vial: Container, *, label: str, content: Mass, visit: UUID, scope: Scope) -> Container:
    """A syringe of the vial's drug, written as the naive draw would."""
    same = ("product", "registration", "site", "location", "lot", "expiry", "concentration", "volume")
    syringe = Container(**{name: getattr(vial, name) for name in same})
    syringe.organisation, syringe.id, syringe.label = scope.organisation, new_id(scope.at), label
    syringe.kind, syringe.parent, syringe.visit = ContainerKind.SYRINGE, vial.id, visit
    syringe.content, syringe.balance = content, content
    syringe.made_by, syringe.made_at = scope.by, scope.at
    return syringe


def serve(course: Course) -> None:
    """Answer draws on a socket, a line each, until killed."""
    racer = Racer(course)

    class Line(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            for line in self.rfile:
                self.wfile.write(racer.decide(Draw(**json.loads(line))).encode() + b"\n")

    class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
        daemon_threads = True
        request_queue_size = 64

    with contextlib.suppress(FileNotFoundError):
        Path(course.socket).unlink()
    with Server(course.socket, Line) as server:
        server.serve_forever()


if __name__ == "__main__":
    serve(Course(**json.loads(sys.argv[1])))
