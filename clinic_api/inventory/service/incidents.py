"""Recording what already happened against a rule, attaching an order that was missing, and looking at it afterwards."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from clinic_api.accounts.rules.roles import Role
from clinic_api.audit import service as audit
from clinic_api.clinics import queries as clinics
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import new_id
from clinic_api.inventory.models.incidents import AttachedOrder, Incident, IncidentReview
from clinic_api.inventory.models.moves import Move
from clinic_api.inventory.models.stock import Container
from clinic_api.inventory.queries import corrections, incidents, storage
from clinic_api.inventory.queries.incidents import IncidentShown
from clinic_api.inventory.queries.phrases import wait_for
from clinic_api.inventory.rules.drawing import check_same_site
from clinic_api.inventory.rules.incidents import (
    IncidentOrder,
    IncidentReviewed,
    against,
    beyond_the_book,
    check_covers,
    check_order_settled,
    check_review,
    check_waits_for_order,
)
from clinic_api.inventory.rules.moments import check_when
from clinic_api.inventory.rules.moves import Event, Late, Place
from clinic_api.inventory.service import drawing, moving
from clinic_api.patients import service as visits
from clinic_api.patients.queries import patients
from clinic_api.quantities import NOTHING, Mass
from clinic_api.signatures import service as signatures
from clinic_api.signatures.rules import Meaning
from clinic_api.tasks import queries as open_tasks
from clinic_api.tasks import service as tasks
from clinic_api.tasks.rules import NewTask

#: The tasks that an incident opens: until somebody else has looked at it, and until a missing order is attached.
REVIEW = "incident-review"
ORDER = "incident-order"


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
    due_at = scope.at + clinics.profile().order_attached_within
    incident = _incident(order, vial, against(facts, mass=mass, at=occurred_at), occurred_at, scope)
    incident.order_due_at = due_at if order.order_missing else None
    put(incident)
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
    for kind in (REVIEW, ORDER) if order.order_missing else (REVIEW,):
        tasks.open_task(_task(kind, incident, due_at), scope=scope)
    return incidents.shown(incident.id)


def attach_order(incident_id: UUID, series_order: UUID, *, scope: Scope) -> IncidentShown:
    """The prescriber covers afterwards what was done without an order; late is taken too, and shows as late.

    That the order is signed, theirs, in force and of the same patient is for who calls to know: orders stand above.

    Raises:
        NoSuchIncident: not here.
        NoOrderMissing, OrderAttachedBefore, ReviewedWithoutOrder, CoversOwnIncident: see ``rules.incidents``.
    """
    incident, profile = incidents.incident(incident_id), clinics.profile()
    wait_for(incident.id)
    check_waits_for_order(
        missing=incident.order_missing,
        attached=incidents.attached(incident.id) is not None,
        reviewed=incidents.review(incident.id) is not None,
    )
    alone = check_covers(recorded_by=incident.by, prescriber=scope.by, alone_allowed=profile.same_person_may_cosign)
    order = put(
        AttachedOrder(
            organisation=scope.organisation,
            id=incident.id,
            author=incident.by,
            order_missing=incident.order_missing,
            series_order=series_order,
            prescriber=scope.by,
            alone=alone,
            due_at=incidents.order_due_at(incident, within=profile.order_attached_within),
            at=scope.at,
        )
    )
    attestation = signatures.sign(order, Meaning.ORDERED, scope=scope)
    audit.record(Event.INCIDENT_ORDERED, order, attestation=attestation.id)
    _close(ORDER, incident, "attached", scope)
    return incidents.shown(incident.id)


def review_incident(incident_id: UUID, said: IncidentReviewed, *, scope: Scope) -> IncidentShown:
    """Somebody else has looked at it, and says what they found; of a missing order, why none will come.

    Raises:
        NoSuchIncident: not here.
        ReviewerWasThere, ReviewedBefore, OrderStillMissing, NoOrderAwaited: see ``rules.incidents``.
    """
    incident = incidents.incident(incident_id)
    wait_for(incident.id)
    check_review(recorded_by=incident.by, reviewer=scope.by, reviewed=incidents.review(incident.id) is not None)
    check_order_settled(
        missing=incident.order_missing,
        attached=incidents.attached(incident.id) is not None,
        no_order_because=said.no_order_because,
    )
    review = put(
        IncidentReview(
            organisation=scope.organisation,
            id=incident.id,
            finding=said.finding,
            reviewer=scope.by,
            at=scope.at,
            no_order_because=said.no_order_because,
        )
    )
    audit.record(Event.INCIDENT_REVIEWED, review)
    _close(REVIEW, incident, "reviewed", scope)
    _close(ORDER, incident, "none-will-come", scope)
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


def _task(kind: str, incident: Incident, due_at: datetime) -> NewTask:
    return NewTask(
        kind=kind, subject_table=incident.__tablename__, subject=incident.id, role=Role.PRESCRIBER, due_at=due_at
    )


def _close(kind: str, incident: Incident, outcome: str, scope: Scope) -> None:
    asked = open_tasks.open_about(kind, incident.id)
    if asked is not None:
        tasks.close_task(asked.id, outcome, scope=scope)
