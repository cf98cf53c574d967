"""The clinic comes to be and opens: founding, place, tablet, people, patients."""

from typing import Any

from clinic_api.cli.demo.people import Person
from clinic_api.cli.demo.stage import Stage

NEXT_CODE_SECONDS = 31


def open_clinic(stage: Stage) -> None:
    """From two one-time codes to a clinic with everybody here and signed in."""
    _administrators(stage)
    _place(stage)
    _staff(stage)
    _everybody_signs_in(stage)


def _administrators(stage: Stage) -> None:
    for login in stage.cast.administrators:
        person = _person(stage, login)
        person.enrol(stage.codes[login])
        person.sign_in()
        stage.step(f"{person.name} enrols with the one-time code and signs in as administrator")


def _person(stage: Stage, login: str) -> Person:
    member = stage.cast.member(login)
    stage.people[login] = Person(stage.api, member.login, member.name, member.pin)
    return stage.people[login]


def _place(stage: Stage) -> None:
    first = stage.people[stage.cast.administrators[0]]
    site = first.post(
        "/sites",
        {
            "name": "Albany",
            "address": "1 Example Street, Albany, NY 12207",
            "phone": "+1 518 555 0100",
            "state": "NY",
            "zone": "America/New_York",
        },
    )
    stage.made["site"] = site["id"]
    stage.step(f"site {site['name']} in {site['zone']}")
    first.post(f"/sites/{site['id']}/registrations", _registration("AB1234564"), expect=422)
    registration = first.post(f"/sites/{site['id']}/registrations", _registration("AB1234563"))
    stage.made["registration"] = registration["id"]
    stage.step(f"DEA registration {registration['dea_number']} (one with a wrong check digit was refused)")
    for name in ("Chair 1", "Chair 2"):
        stage.made[name] = first.post(f"/sites/{site['id']}/chairs", {"name": name})["id"]
    tablet = first.post("/devices", {"name": "Tablet 1"})
    stage.made["tablet"], stage.made["tablet_secret"] = tablet["id"], tablet["secret"]
    stage.step("two chairs and an enrolled tablet")
    stage.clock.later(seconds=NEXT_CODE_SECONDS)
    for login in stage.cast.administrators:
        stage.people[login].sign_in(tablet=tablet["secret"])


def _registration(number: str) -> dict[str, Any]:
    return {
        "dea_number": number,
        "registrant": "Demonstration Clinic (synthetic)",
        "kind": "institutional",
        "address": "1 Example Street, Albany, NY 12207",
        "schedules": ["3N", "4"],
        "valid_from": "2020-01-01",
        "valid_until": "2099-12-31",
    }


def _staff(stage: Stage) -> None:
    proposer, approver = (stage.people[login] for login in stage.cast.administrators)
    for member in stage.cast.members:
        if not member.administrator:
            person = _person(stage, member.login)
            made = proposer.post("/staff", {"login": member.login, "name": member.name})
            person.enrol(made["enrolment_code"])
        account = stage.people[member.login].id
        for role in member.roles:
            proposal = proposer.post(f"/staff/{account}/roles", {"role": role, "give": True})
            if role == member.roles[0]:
                proposer.post(f"/role-proposals/{proposal['id']}/approval", expect=403)
            approver.post(f"/role-proposals/{proposal['id']}/approval")
        if member.licence:
            proposer.post(
                f"/staff/{account}/licences",
                {"kind": member.licence, "number": "SYN-0001", "state": "NY", "expires_on": "2099-12-31"},
            )
        if member.roles:
            stage.step(f"{member.name}: {', '.join(member.roles)} (proposed by one, approved by another)")


def _everybody_signs_in(stage: Stage) -> None:
    stage.clock.later(seconds=NEXT_CODE_SECONDS)
    for person in stage.people.values():
        person.sign_in(tablet=stage.made["tablet_secret"])
        person.post("/presences", {"site": stage.made["site"]})
    stage.step(f"{len(stage.people)} people sign in for the day, each with their own login, and are here")
