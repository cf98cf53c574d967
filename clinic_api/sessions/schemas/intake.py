"""What comes in around the dose: check-in, release, working, draw, taps, leaving."""

from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from clinic_api.dosing.rules.intake import AskedTake
from clinic_api.http.fields import Amount, Body, Day, Moment, Note, Text, VolumeField, YesNo
from clinic_api.inventory.schemas.preparations import MOST_SOURCES, some_volume
from clinic_api.orders.rules.guards import Caution
from clinic_api.orders.rules.working import Diluent, MadeUp
from clinic_api.orders.schemas import DoseField
from clinic_api.quantities import Concentration, Rate, parse_mg_per_ml, parse_rate
from clinic_api.sessions.rules.asked import (
    DoseSeen,
    GoOnTap,
    Identifier,
    LeavingTap,
    Manner,
    NewVisit,
    OtherLabel,
    Override,
    Releasing,
    Rescue,
    StartTap,
    Tap,
    Working,
)
from clinic_api.sessions.rules.dose_check import DoseLook

LONGEST_REASON = 400


class StrengthField(Amount[Concentration]):
    """Milligrams per millilitre, ``"50"``."""

    read = staticmethod(parse_mg_per_ml)
    say = staticmethod(Concentration.as_text)


class RateField(Amount[Rate]):
    """Millilitres per hour, ``"75"``, in the pump's steps of 0.1."""

    read = staticmethod(parse_rate)
    say = staticmethod(Rate.as_text)


class CheckInIn(Body):
    """POST /sessions: somebody who was not booked; who was arrives by POST /appointments/{id}/check-in."""

    patient = fields.UUID(required=True)
    site = fields.UUID(required=True)
    chair = fields.UUID(required=True)
    identifiers_checked = fields.List(fields.Enum(Identifier, by_value=True), required=True)
    protocol = Text(longest=60, load_default=None, allow_none=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> NewVisit:
        return NewVisit(**data | {"identifiers_checked": tuple(data["identifiers_checked"])})


class ReleaseIn(Body):
    """POST /sessions/{id}/release"""

    pressure_hold_reason = Text(longest=LONGEST_REASON, load_default=None, allow_none=True)
    safety_plan_on = Day(load_default=None, allow_none=True)
    safety_action = Note(longest=2000, load_default=None, allow_none=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Releasing:
        return Releasing(**data)


class DiluentIn(Body):
    """What the drug is diluted with, and how."""

    volume_ml = VolumeField(required=True, attribute="volume")
    made_up = fields.Enum(MadeUp, by_value=True, required=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Diluent:
        return Diluent(**data)


class OneStrength(Body):
    """A strength, or a container that has it."""

    strength_mg_per_ml = StrengthField(load_default=None, attribute="label")
    container = fields.UUID(load_default=None)

    @validates_schema
    def _one_strength(self, data: dict[str, Any], **_: Any) -> None:
        if (data["label"] is None) == (data["container"] is None):
            message = "Name the strength, or the container whose strength counts."
            raise ValidationError(message, "strength_mg_per_ml")


class DoseIn(OneStrength):
    """POST /sessions/{id}/dose: which strength or whose, which diluent; the weight is the one told today."""

    diluent = fields.Nested(DiluentIn(), required=True, allow_none=True)
    mg_per_kg = DoseField(load_default=None, allow_none=True, attribute="chosen")
    reasons = fields.Dict(
        keys=fields.Enum(Caution, by_value=True), values=Text(longest=LONGEST_REASON), load_default=dict
    )

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Working:
        container = data.pop("container")
        return Working(**data | {"label": data["label"] or container})


class SubstitutionIn(OneStrength):
    """POST /sessions/{id}/substitutions: which strength or whose may stand in, and why."""

    reason = Text(required=True, longest=LONGEST_REASON, validate=validate.Length(min=3))

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> OtherLabel:
        return OtherLabel(label=data["label"] or data["container"], reason=data["reason"])


class TakeIn(Body):
    """So much out of one container."""

    container = fields.UUID(required=True)
    volume_ml = VolumeField(required=True, attribute="volume", validate=some_volume)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> AskedTake:
        return AskedTake(**data)


class NewDraw(Body):
    """POST /sessions/{id}/draws: from which container; or from which, and how much of each."""

    container = fields.UUID(load_default=None)
    containers = fields.List(fields.Nested(TakeIn()), load_default=None, validate=validate.Length(1, MOST_SOURCES))

    @validates_schema
    def _from_something(self, data: dict[str, Any], **_: Any) -> None:
        if (data["container"] is None) == (data["containers"] is None):
            message = "Name one container, or several with a volume each."
            raise ValidationError(message, "container")

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> tuple[AskedTake, ...]:
        if data["container"] is not None:
            return (AskedTake(data["container"]),)
        return tuple(data["containers"])


class DoseCheckIn(Body):
    """POST /sessions/{id}/dose-check: what the second pair of eyes sees, before the expected values are shown."""

    wristband_matches = YesNo(required=True)
    strength_mg_per_ml = StrengthField(required=True)
    drawn_ml = VolumeField(required=True)
    ml_per_h = RateField(required=True, allow_none=True)
    to_infuse_ml = VolumeField(required=True, allow_none=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> DoseSeen:
        look = DoseLook(
            mg_per_ml=data["strength_mg_per_ml"].exact,
            drawn=data["drawn_ml"],
            ml_per_h=None if data["ml_per_h"] is None else data["ml_per_h"].exact,
            to_infuse=data["to_infuse_ml"],
        )
        return DoseSeen(wristband_matches=data["wristband_matches"], look=look)


class TapIn(Body):
    """A tap at the chair. Without a time it is now; a late one says why."""

    occurred_at = Moment(load_default=None, allow_none=True)
    reason = Text(longest=LONGEST_REASON, load_default=None, allow_none=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Tap:
        return Tap(**data)


class NewStart(Body):
    """POST /sessions/{id}/start. ``already_happened`` records a start that did not wait for its gates."""

    occurred_at = Moment(load_default=None, allow_none=True)
    reason = Text(longest=LONGEST_REASON, load_default=None, allow_none=True)
    ml_per_h = RateField(load_default=None, allow_none=True)
    already_happened = YesNo(load_default=False)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> StartTap:
        return StartTap(**data | {"ml_per_h": None if data["ml_per_h"] is None else data["ml_per_h"].exact})


class GoOnIn(Body):
    """POST /sessions/{id}/resume and /rate"""

    occurred_at = Moment(load_default=None, allow_none=True)
    reason = Text(longest=LONGEST_REASON, load_default=None, allow_none=True)
    ml_per_h = RateField(load_default=None, allow_none=True)
    agreed_by = fields.UUID(load_default=None, allow_none=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> GoOnTap:
        return GoOnTap(**data | {"ml_per_h": None if data["ml_per_h"] is None else data["ml_per_h"].exact})


class LeftIn(Body):
    """POST /sessions/{id}/left"""

    manner = fields.Enum(Manner, by_value=True, required=True)
    occurred_at = Moment(load_default=None, allow_none=True)
    reason = Text(longest=LONGEST_REASON, load_default=None, allow_none=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> LeavingTap:
        return LeavingTap(**data)


class OverrideShape(Body):
    """One criterion that is accepted as it is."""

    criterion = Text(required=True, longest=60)
    reason = Text(required=True, longest=LONGEST_REASON, validate=validate.Length(min=3))

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Override:
        return Override(**data)


class OverridesIn(Body):
    """POST /sessions/{id}/discharge/overrides"""

    criteria = fields.List(fields.Nested(OverrideShape()), required=True, validate=validate.Length(1, 20))

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> tuple[Override, ...]:
        return tuple(data["criteria"])


class RescueIn(Body):
    """POST /sessions/{id}/rescues: a drug given because something went wrong; ``reason`` is what for."""

    drug = Text(required=True, longest=100)
    dose = Text(required=True, longest=60)
    route = Text(required=True, longest=60)
    reason = Text(longest=LONGEST_REASON, load_default=None, allow_none=True)
    ordered_by = fields.UUID(load_default=None, allow_none=True)
    occurred_at = Moment(load_default=None, allow_none=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Rescue:
        return Rescue(**data)


class AttachOrderIn(Body):
    """POST /sessions/{id}/order"""

    order = fields.UUID(required=True)
