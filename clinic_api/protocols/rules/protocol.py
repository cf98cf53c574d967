"""A clinical protocol: everything the pure rules of a visit need to know."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from clinic_api.clinics.rules.content import Content, Origin
from clinic_api.protocols.rules.alerts import AlertRules, read_alerts
from clinic_api.protocols.rules.discharge import DischargeCriteria, read_discharge
from clinic_api.protocols.rules.dose import DoseGuards, DoseRule, read_dose, read_guards
from clinic_api.protocols.rules.screening import Screening, read_screening
from clinic_api.protocols.rules.signs import MINUTE, Plausibility, read_plausibility
from clinic_api.protocols.rules.substitution import SubstitutionRule, read_substitution
from clinic_api.protocols.rules.watch import LateEntryLimits, MonitoringGrid, read_grid, read_late_entry


class Route(StrEnum):
    """How the drug enters the patient."""

    INTRAVENOUS = "intravenous"
    INTRAMUSCULAR = "intramuscular"
    INTRANASAL = "intranasal"


#: The fields of each block. A field that is not here is refused, so a misspelt limit cannot be lost.
FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "dose": ("mg_per_kg", "minutes", "weight_basis", "max_dose_mg"),
    "pause": ("most_minutes",),
    "guards": (
        *("mg_per_kg_soft_low", "mg_per_kg_soft_high", "mg_per_kg_hard_high"),
        *("weight_change_soft_percent", "weight_change_hard_percent", "dose_change_reason_percent"),
        *("rate_times_reason", "duration_soft_least_minutes", "undiluted_refused_from_mg_per_ml"),
    ),
    "consents": ("required",),
    "fasting": ("solids_hours", "clear_fluids_hours"),
    "screening": (
        *("baseline_signs", "vitals_max_age_minutes", "release_max_age_minutes", "questionnaire_max_age_days"),
        *("hold_systolic_mmhg", "hold_diastolic_mmhg", "escort_needed"),
    ),
    "monitoring": (
        *("minutes_from_start", "grace_minutes", "overdue_after_minutes", "missed_after_minutes"),
        "repeat_every_minutes",
    ),
    "alerts": ("consecutive", "limits"),
    "plausibility": ("signs", "body", "pulse_pressure", "jump_mmhg", "jump_within_minutes"),
    "discharge": (
        *("minimum_stay_minutes", "stay_may_be_overridden", "reading_max_age_minutes"),
        *("readings", "numbers", "answers"),
    ),
    "late_entry": (
        *("reason_after_minutes", "reason_least_characters", "countersign_after_hours"),
        "future_at_most_seconds",
    ),
}
#: Blocks that a protocol may leave out, as every version did that was adopted before there were any.
OPTIONAL: Final[Mapping[str, tuple[str, ...]]] = {"substitution": ("strengths_mg_per_ml", "authorised_by")}


@dataclass(frozen=True)
class Protocol:
    """One version of one protocol, as the medical director signed it.

    Args:
        instruments: keys of the scales it uses.
        max_pause: how long a pause may last before the infusion must be stopped.
        substitution: which other strengths may stand in; None is that none may.
    """

    key: str
    version: int
    title: str
    drug: str
    route: Route
    instruments: tuple[str, ...]
    dose: DoseRule
    max_pause: timedelta
    guards: DoseGuards
    screening: Screening
    grid: MonitoringGrid
    alerts: AlertRules
    plausibility: Plausibility
    discharge: DischargeCriteria
    late_entry: LateEntryLimits
    substitution: SubstitutionRule | None
    origin: Origin


def read_protocol(content: Mapping[str, Any]) -> Protocol:
    """A protocol from its data.

    Args:
        content: as in ``config/protocols/*.toml``.

    Raises:
        MalformedContent: a field is missing, unknown or cannot be right; the refusal names it.
    """
    whole = Content(content)
    whole.only("key", "version", "title", "drug", "route", "instruments", "source", "status", *FIELDS, *OPTIONAL)
    block = {name: whole.table(name, *fields) for name, fields in FIELDS.items()}
    screening = read_screening(block["screening"], consents=block["consents"], fasting=block["fasting"])
    return Protocol(
        key=whole.text("key"),
        version=whole.whole("version", least=1),
        title=whole.text("title"),
        drug=whole.text("drug"),
        route=whole.choice("route", Route),
        instruments=whole.words("instruments"),
        dose=read_dose(block["dose"]),
        max_pause=_max_pause(block["pause"]),
        guards=read_guards(block["guards"]),
        screening=screening,
        grid=read_grid(block["monitoring"], baseline_within=screening.vitals_max_age),
        alerts=read_alerts(block["alerts"]),
        plausibility=read_plausibility(block["plausibility"]),
        discharge=read_discharge(block["discharge"]),
        late_entry=read_late_entry(block["late_entry"]),
        substitution=_substitution(whole),
        origin=whole.origin(),
    )


def _max_pause(table: Content) -> timedelta:
    table.origin()
    return table.span("most_minutes", MINUTE)


def _substitution(whole: Content) -> SubstitutionRule | None:
    name = "substitution"
    return read_substitution(whole.table(name, *OPTIONAL[name])) if whole.has(name) else None
