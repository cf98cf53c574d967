"""A clinic to test in, made as a real one is: through founding, the door and the routes.

So no test stands on a state that the product cannot reach.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Final

from flask import Flask

from clinic_api import clock
from clinic_api.app import configure, create_app
from clinic_api.clinics import service as clinics
from clinic_api.database.rows import db
from clinic_api.database.scope import Scope
from clinic_api.database.transactions import transaction
from clinic_api.http.limits import limits
from clinic_api.identifiers import new_id
from clinic_api.settings import Settings, load
from tests.people import Person, Wire, enrolled
from tests.postgres import Urls
from tests.records import Records

#: Every clinic opens on a Monday at nine in New York, so that no test depends on the hour it runs at.
OPENING: Final = datetime(2026, 3, 2, 14, tzinfo=UTC)
ADMINISTRATORS: Final = (("olga", "Olga Ortiz"), ("piet", "Piet Post"))
numbers = count(1)


@dataclass(frozen=True)
class Installation:
    """A running application with its own database, vault and clock."""

    app: Flask
    clock_file: Path

    def set_clock(self, to: datetime) -> None:
        """Say what time it is. It stays that time, so that nothing depends on how fast a test runs."""
        fresh = self.clock_file.with_suffix(".fresh")
        fresh.write_text(f"={to.isoformat()}", encoding="ascii")
        fresh.replace(self.clock_file)  # whole at any moment, for whoever reads it meanwhile

    def found(self, name: str = "North Clinic", *, profile: str = "team") -> "Clinic":
        """An organisation with two enrolled administrators, a tablet and a site."""
        at = clock.now()
        system = Scope(organisation=new_id(at), at=at)
        with self.app.app_context(), transaction(system):
            founded = clinics.found(name, administrators=ADMINISTRATORS, profile=profile, scope=system)
        wire = Wire(self.app, system.organisation)
        first, second = (
            enrolled(wire, id=each.id, login=each.login, name=each.name, code=each.enrolment_code)
            for each in founded.administrators
        )
        first.sign_in()
        clinic = Clinic(wire, first.does("/devices", name="Tablet 1"), self, (first, second))
        for person in (first, second):
            clinic.sign_in(person)
        clinic.site = clinic.a_site()
        return clinic


@contextmanager
def installed(urls: Urls, folder: Path, **different: Any) -> Iterator[Installation]:
    """An application on a migrated database; ``different`` settings are those that mode ``test`` does not have."""
    chosen = settings_for(urls, folder, **different)
    with running(create_app(chosen), chosen) as installation:
        yield installation


@contextmanager
def running(app: Flask, chosen: Settings) -> Iterator[Installation]:
    """The application for as long as a test takes; afterwards nobody is connected to its database."""
    configure(app, chosen)
    app.extensions["clinic"].checked = True  # tests/test_migrations.py compares the guards, once
    limits.forget()
    installation = Installation(app, Path(chosen.clock.removeprefix("file:")))
    installation.set_clock(OPENING)
    try:
        yield installation
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        clock.use("system", mode="test")


def settings_for(urls: Urls, folder: Path, **different: Any) -> Settings:
    """The settings of mode ``test`` for one database, with vault and clock in ``folder``."""
    own = {"vault": str(folder / "vault"), "clock": f"file:{folder / 'clock'}"}
    addresses = {"database_url": urls.app, "migrate_url": urls.migrate}
    return load("test", environment={}, **{**addresses, **own, **different})


@dataclass(eq=False)
class Clinic(Records):
    """One organisation; people, places and time are asked of it."""

    installation: Installation
    administrators: tuple[Person, Person]
    site: str = ""

    # ------------------------------------------------------------------------------------------------------ people

    def person(self, name: str, *roles: str, licence: bool = True, here: bool = True) -> Person:
        """Somebody who works here: enrolled, signed in on the tablet, roles from both administrators."""
        first, _ = self.administrators
        login = f"{name.split(maxsplit=1)[0].lower()}{next(numbers)}"
        made = first.does("/staff", login=login, name=name)
        person = enrolled(self.wire, id=made["id"], login=login, name=name, code=made["enrolment_code"])
        for role in roles:
            self.grant(person, role)
        if licence:
            self.licence(person)
        self.sign_in(person)
        if here:
            person.does("/presences", site=self.site)
        return person

    def nurse(self, name: str = "Ada Nurse", **options: bool) -> Person:
        """A nurse with a licence, checked in."""
        return self.person(name, "nurse", **options)

    def prescriber(self, name: str = "Dora Prescriber", **options: bool) -> Person:
        """A prescriber with a licence, checked in."""
        return self.person(name, "prescriber", **options)

    def custodian(self, name: str = "Carl Custodian", **options: bool) -> Person:
        """A custodian of the drug safe, checked in."""
        return self.person(name, "custodian", **options)

    def front_desk(self, name: str = "Fay Desk", **options: bool) -> Person:
        """Somebody at the front desk, checked in."""
        return self.person(name, "front-desk", **options)

    def compliance(self, name: str = "Otto Compliance", **options: bool) -> Person:
        """A compliance officer, checked in."""
        return self.person(name, "compliance", **options)

    def medical_assistant(self, name: str = "Mia Assistant", **options: bool) -> Person:
        """A medical assistant, checked in."""
        return self.person(name, "medical-assistant", **options)

    def grant(self, person: Person, role: str, *, give: bool = True) -> None:
        """Give or take a role: one administrator proposes, the other approves."""
        first, second = self.administrators
        proposal = first.does(f"/staff/{person.id}/roles", role=role, give=give)
        second.does(f"/role-proposals/{proposal['id']}/approval")

    def licence(self, person: Person, *, expires_on: str = "2027-12-31") -> str:
        """Record a licence of somebody's; its id."""
        path = f"/staff/{person.id}/licences"
        made = self.administrators[0].does(path, kind="state", number="RN-1", state="NY", expires_on=expires_on)
        return str(made["id"])

    def sign_in(self, person: Person) -> None:
        """A full sign-in on the clinic's tablet."""
        person.sign_in(device_secret=self.tablet["secret"])

    # ------------------------------------------------------------------------------------------------------ places

    def a_site(self, **different: Any) -> str:
        """A site in New York; its id."""
        usual = {"name": "Main", "address": "1 Road, Albany", "phone": "+1 518 555 0100", "state": "NY"}
        made = self.administrators[0].does("/sites", **{**usual, "zone": "America/New_York", **different})
        return str(made["id"])

    def a_registration(self, site: str | None = None, **different: Any) -> str:
        """A DEA registration that covers ketamine (3N) all year; its id."""
        usual = {
            "dea_number": "AB1234563",
            "registrant": "North Clinic",
            "kind": "institutional",
            "address": "1 Road, Albany",
            "schedules": ["2", "2N", "3", "3N"],
            "valid_from": "2026-01-01",
            "valid_until": "2028-12-31",
        }
        path = f"/sites/{site or self.site}/registrations"
        return str(self.administrators[0].does(path, **{**usual, **different})["id"])

    def a_chair(self, name: str | None = None, site: str | None = None) -> str:
        """A chair; its id."""
        named = name or f"Chair {next(numbers)}"
        return str(self.administrators[0].does(f"/sites/{site or self.site}/chairs", name=named)["id"])

    # ------------------------------------------------------------------------------------------------------- time

    def later(self, **by: float) -> datetime:
        """Let time pass, as ``timedelta`` says it; what time it is then."""
        self.installation.set_clock(clock.now() + timedelta(**by))
        return clock.now()

    def tomorrow(self, *people: Person) -> datetime:
        """The same time on the next day; the administrators and ``people`` have signed in again."""
        at = self.later(days=1)
        for person in (*self.administrators, *people):
            self.sign_in(person)
        return at
