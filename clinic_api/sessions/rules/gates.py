"""What must be true before a dose: each gate names what is missing and the way out, all of them at once."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from clinic_api.errors import Conflict
from clinic_api.monitoring.rules.readings import Reading
from clinic_api.protocols.rules.screening import Screening


class Gate(StrEnum):
    """One thing that must be true before a dose, or before it goes on."""

    CONSENTS = "consents"
    FASTING = "fasting"
    ESCORT = "escort"
    BASELINE = "baseline"
    PRESSURE_HOLD = "pressure_hold"
    QUESTIONNAIRE = "questionnaire"
    SUICIDE_ITEM = "suicide_item"
    RELEASE = "release"
    ORDER = "order"
    DRUG = "drug"
    DOSE_CHECK = "dose_check"
    PRESCRIBER = "prescriber"
    PAUSE = "pause"
    PRESCRIBER_AGREES = "prescriber_agrees"


@dataclass(frozen=True)
class Unmet:
    """One gate that is not met, what is missing, and what would meet it."""

    gate: Gate
    what: str
    way_out: str


@dataclass(frozen=True, kw_only=True)
class ReadyFacts:
    """What is known of the patient before the dose. None is not known, and not known is not met.

    Args:
        consents_in_force: codes of consents neither missing, expired nor withdrawn.
        last_solids_at: when the patient last ate, UTC.
        last_clear_fluids_at: when the patient last drank clear fluids, UTC.
        escort_named: a named adult with a telephone number will take the patient home.
        baseline: the newest set before the dose.
        pressure_hold_cleared: a prescriber cleared a pressure at or above the hold, with a reason.
        questionnaire_at: when the PHQ-9 was answered, UTC.
        safety_answered: whatever the suicide item asked for has been answered.
        released_at: when the prescriber released this dose, UTC.
    """

    consents_in_force: frozenset[str]
    last_solids_at: datetime | None
    last_clear_fluids_at: datetime | None
    escort_named: bool | None
    baseline: Reading | None
    pressure_hold_cleared: bool | None
    questionnaire_at: datetime | None
    safety_answered: bool | None
    released_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class StartFacts:
    """What is known at the moment of the start; the gates before are looked at again.

    Args:
        order_active: signed, not expired, not used up.
        drug_drawn: the ledger holds a draw for this session.
        dose_check_required: whether the practice profile asks for a second check of this dose.
        dose_checked: it was made, and agreed.
        prescriber_on_site: recorded as here.
    """

    ready: ReadyFacts
    order_active: bool | None
    drug_drawn: bool | None
    dose_check_required: bool | None
    dose_checked: bool | None
    prescriber_on_site: bool | None


@dataclass(eq=False)
class GatesUnmet(Conflict):
    """Something that must be true before this step is not."""

    unmet: tuple[Unmet, ...]

    @property
    def facts(self) -> dict[str, Any]:
        """Each gate by name, with its way out."""
        return {"unmet": [asdict(it) for it in self.unmet]}

    def __str__(self) -> str:
        return "; ".join(f"{it.gate}: {it.what} ({it.way_out})" for it in self.unmet)


def ready_unmet(facts: ReadyFacts, *, screening: Screening, at: datetime) -> tuple[Unmet, ...]:
    """Every gate that keeps a patient from being ready; empty when ready."""
    found = (gate(facts, screening, at) for gate in READY_GATES)
    return tuple(unmet for unmet in found if unmet is not None)


def start_unmet(facts: StartFacts, *, screening: Screening, at: datetime) -> tuple[Unmet, ...]:
    """Every gate that keeps an infusion from starting, those of being ready included."""
    ages = (_release_age(facts.ready, screening, at), _baseline_age(facts.ready, screening, at))
    checked = facts.dose_checked is True or facts.dose_check_required is False
    told = (
        (facts.order_active is True, Unmet(Gate.ORDER, "no active order", "have a prescriber sign one")),
        (facts.drug_drawn is True, Unmet(Gate.DRUG, "no drug is drawn for this session", "draw the dose")),
        (checked, Unmet(Gate.DOSE_CHECK, "the dose has not been checked", "have it checked as the profile asks")),
        (
            facts.prescriber_on_site is True,
            Unmet(Gate.PRESCRIBER, "no prescriber is recorded as here", "have one tap in, or wait"),
        ),
    )
    here = (*ages, *(unmet for met, unmet in told if not met))
    return (*ready_unmet(facts.ready, screening=screening, at=at), *(it for it in here if it is not None))


def resume_unmet(
    *, paused_at: datetime, at: datetime, max_pause: timedelta, alert_open: bool, prescriber_agrees: bool | None
) -> tuple[Unmet, ...]:
    """What keeps a paused infusion from going on: too long a pause, or a grave alert no prescriber has answered.

    Args:
        paused_at: when the pump stopped, UTC.
        max_pause: the protocol's longest pause.
        alert_open: an urgent or critical alert of this session is open.
        prescriber_agrees: a prescriber said to go on.
    """
    unmet: list[Unmet] = []
    if at - paused_at > max_pause:
        what = f"paused for {at - paused_at}, at most {max_pause} is allowed"
        unmet.append(Unmet(Gate.PAUSE, what, "stop the infusion"))
    if alert_open and prescriber_agrees is not True:
        unmet.append(Unmet(Gate.PRESCRIBER_AGREES, "a grave alert is open", "ask the prescriber, or stop"))
    return tuple(unmet)


def check_gates(unmet: tuple[Unmet, ...]) -> None:
    """Refuse the step while any gate is not met.

    Raises:
        GatesUnmet: naming every one of them.
    """
    if unmet:
        raise GatesUnmet(unmet)


def check_ready(facts: ReadyFacts, *, screening: Screening, at: datetime) -> None:
    """Refuse to call a patient ready; ``GatesUnmet`` lists all that is missing."""
    check_gates(ready_unmet(facts, screening=screening, at=at))


def check_start(facts: StartFacts, *, screening: Screening, at: datetime) -> None:
    """Refuse to start an infusion; ``GatesUnmet`` lists all that is missing."""
    check_gates(start_unmet(facts, screening=screening, at=at))


def _consents(facts: ReadyFacts, screening: Screening, _at: datetime) -> Unmet | None:
    missing = [consent for consent in screening.consents if consent not in facts.consents_in_force]
    if not missing:
        return None
    return Unmet(Gate.CONSENTS, f"missing, expired or withdrawn: {', '.join(missing)}", "have the patient sign")


def _fasting(facts: ReadyFacts, screening: Screening, at: datetime) -> Unmet | None:
    rule = screening.fasting
    asked = (
        ("solid food", facts.last_solids_at, rule.solids),
        ("fluids", facts.last_clear_fluids_at, rule.clear_fluids),
    )
    for name, last, needed in asked:
        if last is None:
            return Unmet(Gate.FASTING, f"the time of the last {name} is not known", "ask the patient")
        if at - last < needed:
            return Unmet(Gate.FASTING, f"{at - last} since {name}, {needed} needed", f"wait {needed - (at - last)}")
    return None


def _escort(facts: ReadyFacts, screening: Screening, _at: datetime) -> Unmet | None:
    if facts.escort_named is True or not screening.escort_needed:
        return None
    return Unmet(Gate.ESCORT, "nobody is named to take the patient home", "name an adult and a telephone number")


def _baseline(facts: ReadyFacts, screening: Screening, _at: datetime) -> Unmet | None:
    baseline = facts.baseline
    missing = [sign for sign in screening.signs if baseline is None or baseline.value(sign) is None]
    if not missing:
        return None
    return Unmet(Gate.BASELINE, f"not read: {', '.join(missing)}", "take a baseline set")


def _pressure_hold(facts: ReadyFacts, screening: Screening, _at: datetime) -> Unmet | None:
    if facts.baseline is None or facts.pressure_hold_cleared is True:
        return None
    systolic, diastolic = facts.baseline.systolic_mmhg, facts.baseline.diastolic_mmhg
    high = systolic is not None and systolic >= screening.hold_systolic_mmhg
    if not high and (diastolic is None or diastolic < screening.hold_diastolic_mmhg):
        return None
    read = "/".join("not read" if value is None else str(value) for value in (systolic, diastolic))
    what = f"{read} mmHg, hold at {screening.hold_systolic_mmhg}/{screening.hold_diastolic_mmhg}"
    return Unmet(Gate.PRESSURE_HOLD, what, "have the prescriber clear it with a reason, or measure again")


def _questionnaire(facts: ReadyFacts, screening: Screening, at: datetime) -> Unmet | None:
    answered = facts.questionnaire_at
    if answered is None:
        return Unmet(Gate.QUESTIONNAIRE, "the PHQ-9 is not answered", "have the patient answer it")
    if at - answered > screening.questionnaire_max_age:
        return Unmet(Gate.QUESTIONNAIRE, f"the PHQ-9 is {at - answered} old", "have the patient answer it again")
    return None


def _suicide_item(facts: ReadyFacts, _screening: Screening, _at: datetime) -> Unmet | None:
    if facts.safety_answered is True:
        return None
    return Unmet(Gate.SUICIDE_ITEM, "the suicide item waits for an answer", "answer it before the dose")


def _release(facts: ReadyFacts, _screening: Screening, _at: datetime) -> Unmet | None:
    if facts.released_at is not None:
        return None
    return Unmet(Gate.RELEASE, "the prescriber has not released this dose", "ask for the release")


def _release_age(facts: ReadyFacts, screening: Screening, at: datetime) -> Unmet | None:
    if facts.released_at is None or at - facts.released_at <= screening.release_max_age:
        return None
    return Unmet(Gate.RELEASE, f"released {at - facts.released_at} ago", "ask for the release again")


def _baseline_age(facts: ReadyFacts, screening: Screening, at: datetime) -> Unmet | None:
    if facts.baseline is None or at - facts.baseline.taken_at <= screening.vitals_max_age:
        return None
    return Unmet(Gate.BASELINE, f"read {at - facts.baseline.taken_at} ago", "take the baseline again")


READY_GATES: Final[tuple[Callable[[ReadyFacts, Screening, datetime], Unmet | None], ...]] = (
    *(_consents, _fasting, _escort, _baseline),
    *(_pressure_hold, _questionnaire, _suicide_item, _release),
)
