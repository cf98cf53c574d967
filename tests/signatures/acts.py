"""Asking for a signature and giving one, and what somebody with the database owner's rights could do to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from clinic_api.accounts import queries as people
from clinic_api.clinics import queries as places
from clinic_api.database.engines import make_engine
from clinic_api.database.rows import Row
from clinic_api.database.scope import Scope
from clinic_api.database.transactions import transaction
from clinic_api.signatures import service
from clinic_api.signatures.rules import Meaning, Proof
from tests.builders import Clinic
from tests.people import Person


@contextmanager
def acting(clinic: Clinic, person: Person) -> Iterator[Scope]:
    """A transaction of somebody who signed in on the clinic's tablet, as the door would open it."""
    scope = person.scope(device=UUID(clinic.tablet["id"]), auth_event=sign_in_of(clinic, person))
    with clinic.app.app_context(), transaction(scope):
        yield scope


def sign_in_of(clinic: Clinic, person: Person) -> UUID:
    """The strong sign-in of today that somebody's acts rest on."""
    with clinic.reading():
        signed_in = people.last_sign_in(UUID(person.id))
        assert signed_in is not None
        return signed_in.id


def asked(clinic: Clinic, author: Person, chair: str | None = None) -> UUID:
    """A request that somebody else witness a chair as it was placed; its id."""
    placed = UUID(chair or clinic.a_chair())
    with acting(clinic, author) as scope:
        return service.challenge(places.chair(placed), Meaning.WITNESSED, scope=scope).id


def answer(clinic: Clinic, author: Person, proof: Proof) -> UUID:
    """What the tablet of ``author`` sends when another person has typed their PIN; the signature's id."""
    with acting(clinic, author) as scope:
        return service.attest(proof, scope=scope).id


def change_behind_our_back(clinic: Clinic, table: str, id: UUID, **values: Any) -> None:
    """Change a kept row, as the owner of the database who first takes the guard away."""
    engine = make_engine(clinic.app.extensions["clinic"].settings.owner_url)
    guard = f"{table}_no_update"
    changed = Row.metadata.tables[table]
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(sa.text(f"DROP TRIGGER IF EXISTS {guard}"))
        else:
            tenant = sa.text("SELECT set_config('app.organisation', :organisation, true)")
            connection.execute(tenant, {"organisation": str(clinic.organisation)})
            connection.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER {guard}"))
        done = connection.execute(sa.update(changed).where(changed.c.id == id).values(**values))
        assert done.rowcount == 1
    engine.dispose()
