"""The signs that one set of readings can hold, and what may be plausible for each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from clinic_api.clinics.rules.content import Content, Origin

MINUTE: Final = timedelta(minutes=1)
LIMITS: Final = ("lowest", "highest", "confirm_below", "confirm_above")


class Sign(StrEnum):
    """One sign of a set; the unit ends the name."""

    SYSTOLIC = "systolic_mmhg"
    DIASTOLIC = "diastolic_mmhg"
    HEART_RATE = "heart_rate_bpm"
    SPO2 = "spo2_percent"
    RESPIRATORY_RATE = "respiratory_rate_per_min"
    MOAAS = "moaas"
    DISSOCIATION = "dissociation_nrs"
    DISTRESS = "distress_nrs"


class Measure(StrEnum):
    """What is measured of the body before a dose."""

    WEIGHT = "weight_kg"
    HEIGHT = "height_cm"


@dataclass(frozen=True)
class Limits:
    """What can be a reading at all, and what is rare enough to ask "real or artefact?".

    ``lowest`` and ``highest`` are still readings; below ``confirm_below`` and above
    ``confirm_above`` a value is recorded and asked about.
    """

    lowest: int
    highest: int
    confirm_below: int | None
    confirm_above: int | None

    def possible(self, value: int) -> bool:
        """Whether the value can be a reading at all."""
        return self.lowest <= value <= self.highest

    def rare(self, value: int) -> bool:
        """Whether the value is to be asked about."""
        low = self.confirm_below is not None and value < self.confirm_below
        return low or (self.confirm_above is not None and value > self.confirm_above)


@dataclass(frozen=True)
class Plausibility:
    """What a person can have typed: apart from the alerts, which say what is dangerous."""

    signs: Mapping[Sign, Limits]
    body: Mapping[Measure, Limits]
    pulse_pressure: Limits
    jump_mmhg: int
    jump_within: timedelta
    origin: Origin


def read_plausibility(table: Content) -> Plausibility:
    """The plausibility limits; every sign must have its own.

    Raises:
        MalformedContent: a field is missing or wrong, or a sign or measure has no limits.
    """
    signs = {row.choice("sign", Sign): _limits(row) for row in table.rows("signs", "sign", *LIMITS)}
    body = {row.choice("measure", Measure): _limits(row) for row in table.rows("body", "measure", *LIMITS)}
    for name, missing in (("signs", set(Sign) - set(signs)), ("body", set(Measure) - set(body))):
        if missing:
            raise table.refusal(name, f"has no limits for {', '.join(sorted(missing))}")
    return Plausibility(
        signs=signs,
        body=body,
        pulse_pressure=_limits(table.table("pulse_pressure", *LIMITS)),
        jump_mmhg=table.whole("jump_mmhg", least=1),
        jump_within=table.span("jump_within_minutes", MINUTE, least=1),
        origin=table.origin(),
    )


def _limits(row: Content) -> Limits:
    lowest = row.whole("lowest")
    return Limits(
        lowest=lowest,
        highest=row.whole("highest", least=lowest),
        confirm_below=row.optional_whole("confirm_below", least=lowest),
        confirm_above=row.optional_whole("confirm_above"),
    )
