"""What must be true before a dose may be given."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from clinic_api.clinics.rules.content import Content, Origin
from clinic_api.protocols.rules.signs import MINUTE, Sign

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Fasting:
    """How long before the dose the patient last ate, and last drank clear fluids."""

    solids: timedelta
    clear_fluids: timedelta
    origin: Origin


@dataclass(frozen=True)
class Screening:
    """The gates before a dose.

    Args:
        consents: codes of the consents that must be in force.
        signs: the signs a baseline set must hold as values.
        vitals_max_age: how old the baseline may be at the start.
        release_max_age: how old the prescriber's release may be at the start.
        questionnaire_max_age: how old the answered PHQ-9 may be.
        hold_systolic_mmhg: at or above, the prescriber must clear the dose.
        hold_diastolic_mmhg: likewise.
        escort_needed: whether a named adult must take the patient home.
    """

    consents: tuple[str, ...]
    fasting: Fasting
    signs: tuple[Sign, ...]
    vitals_max_age: timedelta
    release_max_age: timedelta
    questionnaire_max_age: timedelta
    hold_systolic_mmhg: int
    hold_diastolic_mmhg: int
    escort_needed: bool
    origin: Origin


def read_screening(table: Content, *, consents: Content, fasting: Content) -> Screening:
    """The gates before a dose.

    Raises:
        MalformedContent: a field is missing or wrong.
    """
    consents.origin()
    return Screening(
        consents=consents.words("required"),
        fasting=Fasting(
            solids=fasting.span("solids_hours", HOUR),
            clear_fluids=fasting.span("clear_fluids_hours", HOUR),
            origin=fasting.origin(),
        ),
        signs=table.choices("baseline_signs", Sign),
        vitals_max_age=table.span("vitals_max_age_minutes", MINUTE, least=1),
        release_max_age=table.span("release_max_age_minutes", MINUTE, least=1),
        questionnaire_max_age=table.span("questionnaire_max_age_days", DAY, least=1),
        hold_systolic_mmhg=table.whole("hold_systolic_mmhg", least=1),
        hold_diastolic_mmhg=table.whole("hold_diastolic_mmhg", least=1),
        escort_needed=table.flag("escort_needed"),
        origin=table.origin(),
    )
