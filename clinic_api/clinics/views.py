"""Routes of places, standing and policy."""

from typing import Any
from uuid import UUID

from flask import Blueprint

from clinic_api.accounts.access.door import act, look
from clinic_api.accounts.rules.roles import Action
from clinic_api.clinics import queries, service
from clinic_api.clinics.models import Chair, Licence, PolicyVersion, Presence, Registration, Site
from clinic_api.clinics.rules.places import NewLicence, NewRegistration, NewSite
from clinic_api.clinics.schemas import (
    ChairIn,
    ChairOut,
    LawOut,
    LawQuery,
    LicenceIn,
    LicenceOut,
    PolicyIn,
    PolicyOut,
    PresenceIn,
    PresenceOut,
    PresencePage,
    RegistrationIn,
    RegistrationOut,
    SiteIn,
    SiteOut,
    SitePage,
)
from clinic_api.database.scope import Scope
from clinic_api.http.fields import Empty

blueprint = Blueprint("clinics", __name__)


@blueprint.post("/sites")
@act(Action.SET_UP_CLINIC, SiteIn(), SiteOut())
def open_site(new: NewSite, *, scope: Scope) -> Site:
    """Open a site."""
    return service.open_site(new, scope=scope)


@blueprint.get("/sites")
@look(Action.SEE_CLINIC, SitePage())
def sites(*, scope: Scope) -> dict[str, Any]:
    """The organisation's sites."""
    return {"items": queries.sites()}


@blueprint.post("/sites/<uuid:site>/registrations")
@act(Action.SET_UP_CLINIC, RegistrationIn(), RegistrationOut())
def record_registration(site: UUID, new: NewRegistration, *, scope: Scope) -> Registration:
    """Record a DEA registration at a site."""
    return service.record_registration(site, new, scope=scope)


@blueprint.post("/sites/<uuid:site>/chairs")
@act(Action.SET_UP_CLINIC, ChairIn(), ChairOut())
def place_chair(site: UUID, new: dict[str, str], *, scope: Scope) -> Chair:
    """Place a chair."""
    return service.place_chair(site, new["name"], scope=scope)


@blueprint.post("/staff/<uuid:account>/licences")
@act(Action.KEEP_LICENCES, LicenceIn(), LicenceOut())
def record_licence(account: UUID, new: NewLicence, *, scope: Scope) -> Licence:
    """Record a member of staff's licence."""
    return service.record_licence(account, new, scope=scope)


@blueprint.post("/presences")
@act(Action.BE_HERE, PresenceIn(), PresenceOut())
def check_in(new: dict[str, UUID], *, scope: Scope) -> Presence:
    """I am here today."""
    return service.check_in(new["site"], scope=scope)


@blueprint.post("/presences/<uuid:presence>/end")
@act(Action.BE_HERE, Empty(), PresenceOut(), status=200)
def check_out(presence: UUID, _: dict[str, Any], *, scope: Scope) -> Presence:
    """I leave."""
    return service.check_out(presence, scope=scope)


@blueprint.get("/sites/<uuid:site>/present")
@look(Action.SEE_CLINIC, PresencePage())
def present(site: UUID, *, scope: Scope) -> dict[str, Any]:
    """Who is here now."""
    return {"items": queries.present(queries.site(site).id, at=scope.at)}


@blueprint.post("/policies/<kind>/<key>")
@act(Action.ADOPT_POLICY, PolicyIn(), PolicyOut())
def adopt_policy(kind: str, key: str, new: dict[str, Any], *, scope: Scope) -> PolicyVersion:
    """Adopt a version of a policy; the newest holds from now on."""
    return service.adopt(kind, key, new["content"], scope=scope)


@blueprint.get("/policies/<kind>/<key>")
@look(Action.SEE_CLINIC, PolicyOut())
def policy(kind: str, key: str, *, scope: Scope) -> queries.Policy:
    """The version of a policy that holds."""
    return queries.policy(kind, key)


@blueprint.get("/sites/<uuid:site>/law")
@look(Action.SEE_CLINIC, LawOut(), asks=LawQuery())
def law(site: UUID, asked: dict[str, Any], *, scope: Scope) -> dict[str, Any]:
    """What the law asks at a site, with the rule that won each question."""
    return {"items": queries.law(site, on=asked["on"])}
