"""Who was there: the clinic, the patient, the people who acted, the rules that held."""

from uuid import UUID

from clinic_api.accounts import queries as accounts
from clinic_api.accounts.rules.roles import Role
from clinic_api.clinics import queries as clinics
from clinic_api.patients.queries import patients, records
from clinic_api.patients.rules.history import Allergy, DiagnosisState
from clinic_api.sessions import queries
from clinic_api.sessions.rules.answers import Fact
from clinic_api.sessions.rules.supervision import Stretch, with_gaps
from clinic_api.sessions.service.orders import prescriber_of
from clinic_api.sessions.service.snapshot.scene import NOT_RECORDED, Json, Scene, moment


def who(scene: Scene) -> Json:
    """Clinic, patient, and what the visit is part of."""
    infusion, site = scene.infusion, scene.site
    known = patients.identity(infusion.patient)
    return {
        "session_id": str(infusion.id),
        "version": 1,
        "zone": site.zone,
        "checked_in_at": moment(infusion.at),
        "clinic": {
            "name": f"{clinics.organisation().name}, {site.name}",
            "address": site.address,
            "telephone": site.phone,
        },
        "series": _series(scene),
        "patient": {"name": known.name, "born_on": known.date_of_birth.isoformat(), "mrn": known.mrn},
        "diagnosis": _diagnosis(scene),
        "allergies": _allergies(infusion.patient),
        "prescriber": prescriber(scene),
        "protocol": f"{scene.protocol.title}, version {scene.protocol.version}",
    }


def around(scene: Scene) -> Json:
    """Who watched over it, under which rules, and who was told."""
    replaced = list(scene.profile.replaced.values())
    return {
        "supervision": _supervision(scene),
        "profile": replaced or [f"{scene.profile.title}: every control by two people is kept."],
        "policies": [],
        "contacts": _contacts(scene),
        "amendments": [],
    }


def prescriber(scene: Scene) -> Json:
    """Who ordered the dose: the signer of the order, or else whoever released it."""
    released = queries.releases(scene.infusion.id)
    if scene.order is not None:
        return scene.person(prescriber_of(scene.order))
    return scene.person(released[-1].released_by) if released else {"name": NOT_RECORDED, "role": ""}


def _series(scene: Scene) -> Json:
    """Which visit of how many; without an order, which of this patient's at all."""
    infusion, order = scene.infusion, scene.order
    earlier = [it for it in queries.sessions_of(infusion.patient) if it.started_at is not None and it.id < infusion.id]
    if order is None:
        return {"phase": "no series order", "number": len(earlier) + 1, "of": None}
    same = [it for it in earlier if it.series_order == order.id]
    return {"phase": "series order", "number": len(same) + 1, "of": order.visits}


def _diagnosis(scene: Scene) -> Json:
    if scene.order is not None:
        return {"code": scene.order.indication, "text": "as ordered"}
    active = [it for it in records.diagnoses(scene.infusion.patient) if it.state is DiagnosisState.ACTIVE]
    return {"code": active[0].code if active else "", "text": "" if active else NOT_RECORDED}


def _allergies(patient: UUID) -> list[str]:
    known = records.allergies(patient)
    if known is None:
        return []
    return ["none known"] if known.none_known else [_allergy(it) for it in known.items]


def _allergy(item: Allergy) -> str:
    reaction = f", {item.reaction}" if item.reaction else ""
    return f"{item.substance} ({item.severity}{reaction})"


def _supervision(scene: Scene) -> list[Json]:
    infusion = scene.infusion
    until = infusion.left_at or scene.at
    here = clinics.presences_between(infusion.site, since=infusion.at, until=until)
    stretches = [
        Stretch(account=it.account, since=it.from_at, until=it.until_at, source=it.source)
        for it in here
        if Role.PRESCRIBER in accounts.roles_of(it.account)
    ]
    return [
        {
            "person": None if it.account is None else scene.person(it.account),
            "started_at": moment(it.since),
            "ended_at": moment(it.until),
            "source": it.source,
        }
        for it in with_gaps(stretches, since=infusion.at, until=until)
    ]


def _contacts(scene: Scene) -> list[Json]:
    return [
        {
            "whom": "prescriber",
            "manner": NOT_RECORDED,
            "at": moment(it.occurred_at),
            "by": scene.person(it.by),
            "result": it.value,
        }
        for it in scene.told.every(Fact.PRESCRIBER_TOLD)
    ]
