"""What was ordered, how it was worked out, what went in, and where every milligram is."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from clinic_api.reports.records.amount import Amount
from clinic_api.reports.records.people import Person


@dataclass(frozen=True, kw_only=True)
class Dose:
    """One side of "ordered against given".

    ``ml_per_h`` lists the pump rates in the order they ran; ``minutes`` is running time without pauses.
    """

    mg_per_kg: Amount | None
    weight_basis: str
    mg: Amount
    ml_per_h: tuple[Amount, ...]
    minutes: Amount | None


@dataclass(frozen=True, kw_only=True)
class SecondCheck:
    """What the checker saw: wristband, strength, syringe, pump."""

    by: Person
    at: datetime
    seen: str


@dataclass(frozen=True, kw_only=True)
class Order:
    """The prescriber's order. ``manner`` tells a series order from a verbal one read back."""

    drug: str
    route: str
    dose: Dose
    ordered_by: Person
    ordered_at: datetime
    manner: str
    second_check: SecondCheck | None


@dataclass(frozen=True, kw_only=True)
class Substitution:
    """Another strength that was let stand in for the one worked out for, with what is drawn of either.

    ``worked_out_by`` is nobody where it was not used; ``replaced`` is what the profile says where one person did both.
    """

    from_mg_per_ml: Amount
    from_ml: Amount
    to_mg_per_ml: Amount
    to_ml: Amount
    authorised_by: Person
    authorised_at: datetime
    reason: str
    worked_out_by: Person | None
    replaced: str | None


@dataclass(frozen=True, kw_only=True)
class Working:
    """How the dose came about, step by step, so that it can be checked by hand.

    ``change_from_last`` is said whenever the dose moved; a change without ``change_reason`` prints as such.
    Records signed before there were ``substitutions`` say nothing of them.
    """

    weight_kg: Amount
    weighed_at: datetime | None
    weight_basis: str
    rule: str
    computed_mg: Amount
    cap_mg: Amount | None
    cap_applied: bool
    effective_mg_per_kg: Amount | None
    vial_mg_per_ml: Amount | None
    drawn_ml: Amount | None
    drawn_mg: Amount
    final_volume_ml: Amount | None
    final_mg_per_ml: Amount | None
    ml_per_h: Amount | None
    rounding: str | None
    change_from_last: str | None
    change_reason: str | None
    substitutions: tuple[Substitution, ...] = ()


class SegmentKind(StrEnum):
    """What the line was doing: running, held, or a dose given at one moment."""

    INFUSING = "infusing"
    PAUSED = "paused"
    DOSE = "dose"


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A stretch at one rate, a pause, or an injection or device; without an end it is still going on."""

    kind: SegmentKind
    started_at: datetime
    ended_at: datetime | None
    ml_per_h: Amount | None
    volume_ml: Amount | None
    mg: Amount | None
    reason: str | None
    by: Person


@dataclass(frozen=True, kw_only=True)
class Rescue:
    """A drug given because something went wrong."""

    at: datetime
    drug: str
    dose: str
    route: str
    indication: str
    ordered_by: Person | None
    given_by: Person
    response: str | None


@dataclass(frozen=True, kw_only=True)
class Witness:
    """The second person who saw the remainder wasted."""

    person: Person
    at: datetime


@dataclass(frozen=True, kw_only=True)
class LedgerLine:
    """One container's part in this visit: drawn = administered + residual in the line + wasted + returned.

    ``held_under`` is the bag number of a remainder sealed until a witness is there.
    """

    container: str
    product: str
    ndc: str
    lot: str
    expires: str
    use_by: datetime | None
    drawn_mg: Amount
    drawn_ml: Amount | None
    administered_mg: Amount
    residual_mg: Amount | None
    wasted_mg: Amount
    returned_mg: Amount
    waste_reason: str | None
    waste_method: str | None
    held_under: str | None
    witness: Witness | None


@dataclass(frozen=True, kw_only=True)
class Registration:
    """Whose controlled-substance registration the drug moved under."""

    holder: str
    number: str
