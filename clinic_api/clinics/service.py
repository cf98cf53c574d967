"""Founding a clinic, keeping its places, and knowing who is here today."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from clinic_api.accounts import queries as people
from clinic_api.accounts.rules.roles import Role
from clinic_api.accounts.service import roles
from clinic_api.accounts.service.people import Newcomer, create_account
from clinic_api.audit import service as audit
from clinic_api.clinics import queries
from clinic_api.clinics.models import Chair, Licence, Organisation, PolicyVersion, Presence, Registration, Site
from clinic_api.clinics.rules.jurisdictions import check_named, read_jurisdiction
from clinic_api.clinics.rules.law import check_not_laxer
from clinic_api.clinics.rules.places import NewLicence, NewRegistration, NewSite, check_registration_paper, check_site
from clinic_api.clinics.rules.policies import check_policy
from clinic_api.clinics.rules.profile import read_profile
from clinic_api.clinics.rules.standing import (
    Event,
    NotHereToday,
    NoValidLicence,
    RegistrationNotValid,
    Source,
    check_own,
    covers,
    day_begins,
    day_in,
)
from clinic_api.database.keys import vault
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope, bound
from clinic_api.identifiers import new_id
from clinic_api.messages import service as messages
from clinic_api.messages.rules import DueKind
from clinic_api.settings import CONFIG

#: Shipped seed by kind; copied into the organisation once, at founding, and its own from then on.
SHIPPED: Final = {
    "protocol": "protocols",
    "instrument": "instruments",
    "product": "products",
    "jurisdiction": "jurisdictions",
    "eligibility": "eligibility",
    "schedule": "schedule",
    "discrepancy": "discrepancies",
}
#: What reads each kind, so that nothing is adopted that would break later; floors above know theirs (``configure``).
_READERS: Final[dict[str, Callable[[dict[str, Any]], object]]] = {"profile": read_profile}
#: The federal rules below which no clinic may go.
FLOOR: Final = "us-federal"


@dataclass(frozen=True, slots=True)
class Founded:
    """A new organisation and its two administrators, with their one-time codes."""

    organisation: UUID
    administrators: tuple[Newcomer, Newcomer]


def configure(readers: Mapping[str, Callable[[dict[str, Any]], object]]) -> None:
    """Say how the floors above read their kinds of policy; called once when the application is made."""
    _READERS.update(readers)


def found(name: str, *, administrators: tuple[tuple[str, str], tuple[str, str]], profile: str, scope: Scope) -> Founded:
    """Create an organisation: its key, its policies, and two administrators who then make everybody else.

    Args:
        administrators: login and printed name of each.
        profile: team, duo or solo.
    """
    vault.make_data_key(scope.organisation, id=new_id(scope.at))
    made = put(Organisation(organisation=scope.organisation, id=scope.organisation, name=name, at=scope.at))
    audit.record(Event.FOUNDED, made)
    for kind, folder in SHIPPED.items():
        for path in sorted((CONFIG / folder).glob("*.toml")):
            adopt(kind, path.stem, _shipped(folder, path.stem), scope=scope)
    adopt("profile", profile, _shipped("profiles", profile), scope=scope)
    first, second = (create_account(login=login, name=who, scope=scope) for login, who in administrators)
    for one, other in ((first, second), (second, first)):
        _grant_at_founding(one.id, by=other.id, approved_by=one.id, scope=scope)
    messages.arm(DueKind.SEAL, scope.organisation, scope.at, scope=scope)
    return Founded(scope.organisation, (first, second))


def adopt(kind: str, key: str, content: dict[str, Any], *, scope: Scope) -> PolicyVersion:
    """Take a version of a policy as the clinic's own; the newest holds from now on.

    Raises:
        NotAPolicy: no such kind, or a key that is no name.
        MalformedContent, InvalidNdc: a number that is not whole, or something that cannot be read as what it is; it
            names the field or the code.
        NamedOtherwise, LaxerThanTheFloor, FloorLeftOut: a law that the federal floor does not allow.
    """
    check_policy(kind, key, content, kinds=(*SHIPPED, "profile"))
    if kind in _READERS:
        _READERS[kind](content)
    if kind == "jurisdiction":
        _check_law(key, content, scope)
    try:
        version = queries.policy(kind, key).version + 1
    except queries.NoSuchPolicy:
        version = 1
    adopted = put(
        PolicyVersion(
            organisation=scope.organisation,
            id=new_id(scope.at),
            kind=kind,
            key=key,
            version=version,
            content=content,
            approved_by=scope.actor,
            at=scope.at,
        )
    )
    audit.record(Event.POLICY_ADOPTED, adopted, kind=kind, key=key, version=version)
    return adopted


def open_site(new: NewSite, *, scope: Scope) -> Site:
    """Open a site.

    Raises:
        UnknownZone: its time zone does not exist.
    """
    check_site(new)
    site = put(
        Site(
            organisation=scope.organisation,
            id=new_id(scope.at),
            name=new.name,
            address=new.address,
            phone=new.phone,
            state=new.state,
            zone=new.zone,
            at=scope.at,
        )
    )
    audit.record(Event.SITE_OPENED, site)
    return site


def record_registration(site: UUID, new: NewRegistration, *, scope: Scope) -> Registration:
    """Record a registration at its address.

    Raises:
        NoSuchSite: not here.
        InvalidDeaNumber, UnknownSchedule, ValidBackwards: see ``rules.places``.
    """
    queries.site(site)
    number = check_registration_paper(new)
    registration = put(
        Registration(
            organisation=scope.organisation,
            id=new_id(scope.at),
            site=site,
            dea_number=str(number),
            registrant=new.registrant,
            kind=new.kind,
            address=new.address,
            schedules=sorted(new.schedules),
            valid_from=new.valid_from,
            valid_until=new.valid_until,
            at=scope.at,
        )
    )
    audit.record(Event.REGISTRATION_RECORDED, registration)
    return registration


def place_chair(site: UUID, name: str, *, scope: Scope) -> Chair:
    """Place a chair at a site."""
    queries.site(site)
    chair = put(Chair(organisation=scope.organisation, id=new_id(scope.at), site=site, name=name, at=scope.at))
    audit.record(Event.CHAIR_PLACED, chair)
    return chair


def record_licence(account: UUID, new: NewLicence, *, scope: Scope) -> Licence:
    """Record a member of staff's licence."""
    people.account(account)
    licence = put(
        Licence(
            organisation=scope.organisation,
            id=new_id(scope.at),
            account=account,
            kind=new.kind,
            number=new.number,
            state=new.state,
            expires_on=new.expires_on,
            recorded_by=scope.by,
            at=scope.at,
        )
    )
    audit.record(Event.LICENCE_RECORDED, licence)
    return licence


def check_in(site: UUID, *, scope: Scope) -> Presence:
    """The acting person is here; where they already are, nothing is written twice.

    Nobody is in two places: who was checked in at another site has left it.
    """
    zone = queries.site(site).zone
    already = queries.open_presence(scope.by, since=day_begins(zone, scope.at))
    if already is not None and already.site == site:
        return already
    if already is not None:
        _leave(already, scope)
    presence = put(
        Presence(
            organisation=scope.organisation,
            id=new_id(scope.at),
            account=scope.by,
            site=site,
            from_at=scope.at,
            source=Source.CHECKED_IN,
            device=scope.device,
        )
    )
    audit.record(Event.CHECKED_IN, presence)
    return presence


def check_out(presence_id: UUID, *, scope: Scope) -> Presence:
    """The acting person leaves; leaving twice changes nothing.

    Raises:
        NotYourPresence: it is somebody else's.
    """
    presence = queries.presence(presence_id)
    check_own(presence.account, by=scope.by)
    if presence.until_at is None:
        _leave(presence, scope)
    return presence


def _leave(presence: Presence, scope: Scope) -> None:
    presence.until_at = scope.at
    audit.record(Event.CHECKED_OUT, presence)


def check_here_today(account: UUID, *, site: UUID, scope: Scope) -> None:
    """Refuse somebody who is not checked in at the site today.

    Raises:
        NotHereToday: says who.
    """
    begins = day_begins(queries.site(site).zone, scope.at)
    presence = queries.open_presence(account, since=begins)
    if presence is None or presence.site != site:
        raise NotHereToday(name=people.account(account).name)


def check_standing(account: UUID, *, site: UUID, scope: Scope) -> None:
    """Refuse somebody who is not here today or has no valid licence.

    Raises:
        NotHereToday, NoValidLicence: say who, and what to do.
    """
    check_here_today(account, site=site, scope=scope)
    if not queries.licences(account, on=day_in(queries.site(site).zone, scope.at)):
        raise NoValidLicence(name=people.account(account).name)


def check_registration(registration: Registration, *, schedule: str, on: date) -> None:
    """Refuse a registration that does not cover a schedule on a day.

    Raises:
        RegistrationNotValid: says which and when.
    """
    valid = (registration.valid_from, registration.valid_until)
    if not covers(registration.schedules, valid, schedule=schedule, on=on):
        raise RegistrationNotValid(dea_number=registration.dea_number, schedule=schedule, on=on)


def _check_law(key: str, content: dict[str, Any], scope: Scope) -> None:
    law = read_jurisdiction(content)
    check_named(key, law)
    check_not_laxer(law, read_jurisdiction(_shipped(SHIPPED["jurisdiction"], FLOOR)), on=scope.at.date())


def _shipped(folder: str, name: str) -> dict[str, Any]:
    return tomllib.loads((CONFIG / folder / f"{name}.toml").read_text(encoding="utf-8"))


def _grant_at_founding(account: UUID, *, by: UUID, approved_by: UUID, scope: Scope) -> None:
    """Each administrator is proposed by the other and accepts: two people from the first row on."""
    with bound(Scope(organisation=scope.organisation, at=scope.at, actor=by)) as proposing:
        proposal = roles.propose_role(account, role=Role.ADMINISTRATOR, give=True, scope=proposing)
    with bound(Scope(organisation=scope.organisation, at=scope.at, actor=approved_by)) as approving:
        roles.approve_role(proposal.id, scope=approving)
