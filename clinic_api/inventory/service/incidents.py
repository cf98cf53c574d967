"""Recording what already happened against a rule, and looking at it afterwards."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from clinic_api.accounts.rules.roles import Role
from clinic_api.audit import service as audit
from clinic_api.clinics import queries as clinics
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import new_id
from clinic_api.inventory.models.incidents import Incident, IncidentReview
from clinic_api.inventory.models.moves import Move
from clinic_api.inventory.models.stock import Container
from clinic_api.inventory.queries import corrections, incidents, storage
from clinic_api.inventory.queries.incidents import IncidentShown
from clinic_api.inventory.rules.drawing import check_same_site
from clinic_api.inventory.rules.incidents import IncidentOrder, against, beyond_the_book, check_review
from clinic_api.inventory.rules.moments import check_when
from clinic_api.inventory.rules.moves import Event, Late, Place
from clinic_api.inventory.service import drawing, moving
from clinic_api.patients import service as visits
from clinic_api.patients.queries import patients
from clinic_api.quantities import NOTHING, Mass
from clinic_api.tasks import queries as open_tasks
from clinic_api.tasks import service as tasks
from clinic_api.tasks.rules import NewTask

#: The task that an incident opens until somebody else has looked at it.
REVIEW = "incident-review"


def record_incident(order: IncidentOrder, *, scope: Scope) -> IncidentShown:
    """A draw that happened, whatever rule it went against: expired, set apart, before an order, above the balance.

    What was drawn beyond the book is recorded as found first, so that no balance falls below zero, neither now nor at
    the moment at which it happened. Nobody is asked
    for standing: it is done.

    Raises:
        NoSuchVisit, NoSuchContainer: not here.
        VisitSealed: nothing can be added to the visit.
        NotDrawable, NotAnAmount: the volume cannot be told to the microgram.
        OtherSite: the vial is kept elsewhere.
        NotYetHappened, LateWithoutReason: the time cannot be; what happened is the reason for a late entry.
    """
    visit = visits.hold(order.draw.visit)
    sources = drawing.taken(order.draw.takes)
    vial, facts, mass = sources[0].container, sources[0].facts, sources[0].mass
    occurred_at = order.occurred_at or scope.at
    limits = storage.drug_of(vial.product).late_entry
    check_when(occurred_at, order.what_happened, at=scope.at, limits=limits)
    check_same_site(vial.label, kept_at=vial.site, visit_at=visit.site)
    facts = replace(facts, left=min(facts.left, corrections.least_since(vial.id, occurred_at)))
    incident = put(_incident(order, vial, against(facts, mass=mass, at=occurred_at), occurred_at, scope))
    audit.record(Event.INCIDENT_RECORDED, incident)
    late = Late(occurred_at, order.what_happened if occurred_at < scope.at else None, incident.id)
    _find(vial, beyond_the_book(facts, mass=mass), late, scope)
    drawn = drawing.take_out(sources, visit, told=late, scope=scope)
    if order.given:
        identity = patients.identity(visit.patient)
        drawing.administer(
            drawn.syringe,
            mass,
            visit=visit.id,
            identity_version=identity.version_id,
            occurred_at=late,
            scope=scope,
        )
    tasks.open_task(_task(incident, clinics.profile().order_attached_within), scope=scope)
    return incidents.shown(incident.id)


def review_incident(incident_id: UUID, finding: str, *, scope: Scope) -> IncidentShown:
    """Somebody else has looked at it, and says what they found.

    Raises:
        NoSuchIncident: not here.
        ReviewerWasThere, ReviewedBefore: see ``rules.incidents``.
    """
    incident = incidents.incident(incident_id)
    check_review(recorded_by=incident.by, reviewer=scope.by, reviewed=incidents.review(incident.id) is not None)
    review = put(
        IncidentReview(organisation=scope.organisation, id=incident.id, finding=finding, reviewer=scope.by, at=scope.at)
    )
    audit.record(Event.INCIDENT_REVIEWED, review)
    asked = open_tasks.open_about(REVIEW, incident.id)
    if asked is not None:
        tasks.close_task(asked.id, "reviewed", scope=scope)
    return incidents.shown(incident.id)


def _incident(
    order: IncidentOrder, vial: Container, broken: tuple[str, ...], occurred_at: datetime, scope: Scope
) -> Incident:
    return Incident(
        organisation=scope.organisation,
        id=new_id(scope.at),
        container=vial.id,
        visit=order.draw.visit,
        against=list(broken),
        what_happened=order.what_happened,
        order_missing=order.order_missing,
        by=scope.by,
        occurred_at=occurred_at,
        at=scope.at,
    )


def _find(vial: Container, mass: Mass, told: Late, scope: Scope) -> None:
    if mass == NOTHING:
        return
    found = moving.write(
        Move(
            from_place=Place.OVERFILL,
            to_container=vial.id,
            mass=mass,
            to_balance=moving.add(vial, mass),
            occurred_at=told.occurred_at,
            late_reason=told.reason,
            incident=told.incident,
        ),
        ours=vial,
        scope=scope,
    )
    audit.record(Event.OVERFILL_FOUND, found)


def _task(incident: Incident, within: timedelta) -> NewTask:
    return NewTask(
        kind=REVIEW,
        subject_table=incident.__tablename__,
        subject=incident.id,
        role=Role.PRESCRIBER,
        due_at=incident.at + within,
    )
