"""What was asked, proven and decided around the dose."""

from collections.abc import Iterator, Sequence
from typing import Final

from reportlab.platypus import Flowable

from clinic_api.reports.flowables.grid import Cell, Column, grid
from clinic_api.reports.flowables.ink import LABEL, STRONG, WIDTH
from clinic_api.reports.flowables.layout import HALF, gap, half, section
from clinic_api.reports.flowables.text import para
from clinic_api.reports.flowables.times import LocalTimes
from clinic_api.reports.records.care import AdverseEvent, Consent, NextVisit, Proof
from clinic_api.reports.records.people import Person, unless_named, usual_person
from clinic_api.reports.records.summary import SessionSummary

#: Columns of a half-width table, in points.
NAME: Final = 96.0
STATE: Final = 44.0
VALUE: Final = HALF - NAME - STATE
#: A consent's name is longer than what is said of it.
CONSENT: Final = 120.0
SIGNED: Final = 52.0
#: The column of names in the full-width list of facts.
FACT: Final = 70.0
_MET: Final = {True: "met", False: "NOT MET", None: "NOT ASSESSED"}


def adverse_events(events: Sequence[AdverseEvent], times: LocalTimes) -> list[Flowable]:
    """Each adverse event, graded, numbered as in the figure."""
    if not events:
        return []
    columns = (
        Column("", 18, STRONG),
        Column("Event", 100, STRONG),
        Column("Grade", 66),
        Column("From, to", 74),
        Column("Related", 62),
        Column("Action and treatment", 124),
        Column("Outcome", WIDTH - 444),
    )
    return section("Adverse events", grid(columns, [_event(f"E{n}", e, times) for n, e in enumerate(events, 1)]))


def _event(key: str, event: AdverseEvent, times: LocalTimes) -> tuple[str, ...]:
    grade = f"CTCAE {event.grade}, {'SERIOUS' if event.serious else 'not serious'}"
    lasted = f"{times.clock(event.onset_at)} to {times.clock(event.ended_at) or 'ongoing'}"
    action = ", ".join(filter(None, (event.action, event.treatment)))
    return key, event.term, grade, lasted, event.relatedness, action, event.outcome


def before_dose(summary: SessionSummary, times: LocalTimes) -> list[Flowable]:
    """What had to be true before the dose, with the consents."""
    consents = [
        (consent.name, f"{consent.version}, {consent.state}", _signed(consent, times)) for consent in summary.consents
    ]
    papers = grid(
        (Column("Consent", CONSENT), Column("version", HALF - CONSENT - SIGNED), Column("signed", SIGNED)), consents
    )
    none = para("No consent was recorded.", width=HALF, ink=STRONG)
    usual = usual_person(proof.by for proof in summary.gates)
    proofs = _proofs(summary.gates, usual, times)
    return half("Before the dose", proofs, gap(3), papers if consents else none, remark=unless_named(usual))


def _signed(consent: Consent, times: LocalTimes) -> str:
    return times.full(consent.signed_at)[:10] or "NOT SIGNED"


def before_leaving(summary: SessionSummary, times: LocalTimes) -> list[Flowable]:
    """What had to be true before leaving."""
    usual = usual_person(proof.by for proof in summary.discharge)
    return half("Before leaving", _proofs(summary.discharge, usual, times), remark=unless_named(usual))


def _proofs(proofs: Sequence[Proof], usual: Person | None, times: LocalTimes) -> Flowable:
    if not proofs:
        return para("Nothing was recorded.", width=HALF, ink=STRONG)
    columns = (Column("", NAME), Column("", VALUE), Column("", STATE))
    return grid(columns, [_proof(proof, usual, times) for proof in proofs])


def _proof(proof: Proof, usual: Person | None, times: LocalTimes) -> tuple[str | Cell, ...]:
    standing = f"{_MET[proof.met]} {times.clock(proof.at)}"
    by = "" if proof.by in (usual, None) else f" ({proof.by})"
    override = proof.override
    said = f"\nOVERRIDDEN {times.clock(override.at)} by {override.by}: {override.reason}" if override else ""
    return proof.name, f"{proof.value}{by}{said}", standing if proof.met else Cell(standing, STRONG)


def leaving(summary: SessionSummary, times: LocalTimes) -> list[Flowable]:
    """How the patient left and with whom, the suicide answer, the plan, who was told: one line each."""
    facts = [
        ("Left", _departure(summary, times)),
        ("Escort", _escort(summary, times)),
        ("Suicide item", _safety(summary, times)),
        ("Next visit", _next_visit(summary.next_visit, times)),
        (
            "Told outside",
            "\n".join(_contacts(summary, times)) or "Nobody: no contact with a treating clinician is recorded.",
        ),
    ]
    return section("Leaving and plan", _facts(facts))


def _facts(facts: Sequence[tuple[str, str]]) -> Flowable:
    return grid((Column("", FACT, LABEL), Column("", WIDTH - FACT)), facts)


def _departure(summary: SessionSummary, times: LocalTimes) -> str:
    left = summary.departure
    if left is None:
        return "Not yet, or not recorded."
    pressure = f"last BP {left.last_blood_pressure}" if left.last_blood_pressure else "BP before leaving NOT OBTAINED"
    return f"{times.clock(left.at)}, {left.manner}; {pressure}; recorded by {left.by or 'nobody named'}"


def _escort(summary: SessionSummary, times: LocalTimes) -> str:
    escort = summary.escort
    if escort is None:
        return "NO ESCORT"
    phone = f", {escort.telephone}" if escort.telephone else ""
    known = (
        f"identified {times.clock(escort.identified_at)} by {escort.identified_by}"
        if escort.identified_by
        else "NOT IDENTIFIED"
    )
    return f"{escort.name} ({escort.relation}{phone}), {escort.transport}; {known}"


def _safety(summary: SessionSummary, times: LocalTimes) -> str:
    safety = summary.safety
    if safety is None:
        return "NOT ASKED"
    read = (
        f"read {times.to_the_second(safety.read_at)} by {safety.read_by or 'nobody named'}"
        if safety.read_at
        else "NOT READ"
    )
    answered = times.to_the_second(safety.answered_at)
    return (
        f"{safety.instrument} = {safety.answer}, answered {answered}, {read}; {safety.action or 'NO ACTION RECORDED'}"
    )


def _next_visit(plan: NextVisit | None, times: LocalTimes) -> str:
    if plan is None:
        return "NOT PLANNED"
    when = times.full(plan.at)[:16]
    proposed = f"proposed by {plan.proposed_by} {times.to_the_second(plan.proposed_at)}" if plan.proposed_by else ""
    accepted = (
        f"accepted by {plan.accepted_by} {times.to_the_second(plan.accepted_at)}"
        if plan.accepted_by
        else "NOT ACCEPTED YET"
    )
    return "; ".join(filter(None, (when, plan.plan, proposed, accepted)))


def _contacts(summary: SessionSummary, times: LocalTimes) -> Iterator[str]:
    for contact in summary.contacts:
        by = f" by {contact.by}" if contact.by else ""
        yield f"{contact.whom}, {contact.manner} {times.clock(contact.at)}{by}: {contact.result}"
