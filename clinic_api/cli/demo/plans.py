"""What the three visits of the day are, and what each must come to."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a visit must come to.

    Args:
        opens: minutes after opening at which the patient arrives.
        runs: how long the pump runs.
        chair: where.
        nurse: who conducts it.
        late: the minute whose set is entered late, and the one whose set is corrected; None where neither happens.
    """

    key: str
    opens: int
    weight_kg: str
    runs: timedelta
    chair: str
    nurse: str
    drawn_ml: str
    drawn_mg: str
    administered_mg: str
    wasted_mg: str
    late: int | None = None
    corrected: int | None = None


PLANS: Final = (
    Plan(
        key="whole",
        opens=60,
        weight_kg="70",
        runs=timedelta(minutes=40),
        chair="Chair 1",
        nurse="nurse",
        drawn_ml="0.7",
        drawn_mg="35",
        administered_mg="35",
        wasted_mg="0",
    ),
    Plan(
        key="stopped",
        opens=240,
        weight_kg="70",
        runs=timedelta(minutes=12),
        chair="Chair 2",
        nurse="nurse",
        drawn_ml="0.7",
        drawn_mg="35",
        administered_mg="10.5",
        wasted_mg="24.5",
    ),
    Plan(
        key="complete",
        opens=390,
        weight_kg="70",
        runs=timedelta(minutes=39, seconds=30),
        chair="Chair 1",
        nurse="second_nurse",
        drawn_ml="0.7",
        drawn_mg="35",
        administered_mg="34.562",
        wasted_mg="0.438",
        late=20,
        corrected=30,
    ),
)
