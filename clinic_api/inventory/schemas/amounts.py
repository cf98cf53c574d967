"""What several shapes of the ledger share: a strength, an amount above nothing, a move, a signature."""

from fractions import Fraction
from typing import Any, Final

from marshmallow import ValidationError, fields

from clinic_api.http.fields import Body, MassField, Moment, VolumeField
from clinic_api.inventory.rules.moves import Kind
from clinic_api.quantities import NOTHING, Concentration, Mass, decimal_text

UL_PER_ML: Final = 1000


class Strength(fields.Field[Concentration]):
    """Milligrams per millilitre, ``"50"``, as the label says."""

    def _serialize(self, value: Concentration | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.as_text()


class Difference(fields.Field[int]):
    """Milligrams that may lie below zero, ``"-200"``, from whole micrograms."""

    def _serialize(self, value: int | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else f"{'-' if value < 0 else ''}{Mass(abs(value)).as_mg_text()}"


class Fluid(fields.Field[Fraction]):
    """Millilitres that may lie below zero, ``"512.35"``, from exact microlitres."""

    def _serialize(self, value: Fraction | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else f"{'-' if value < 0 else ''}{decimal_text(abs(value) / UL_PER_ML)}"


class Percent(fields.Field[Fraction]):
    """Hundredths to two decimals, half to even, as an inspector writes them: ``"-0.47"``."""

    def _serialize(self, value: Fraction | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        if value is None:
            return None
        whole, part = divmod(abs(round(value * 100)), 100)
        return f"{'-' if value < 0 else ''}{whole}.{part:02d}"


class Plain(fields.Field[Fraction]):
    """An exact number as plain decimal text, ``"1.01"``."""

    def _serialize(self, value: Fraction | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else decimal_text(value)


def more_than_nothing(mass: Mass) -> None:
    """Refuse to move nothing: a remainder of nothing asks nobody."""
    if mass == NOTHING:
        message = "Nothing cannot be wasted; a remainder of nothing asks for no witness."
        raise ValidationError(message)


class MoveOut(Body):
    """One move of drug, with both balances after it."""

    id = fields.UUID()
    kind = fields.Enum(Kind, by_value=True)
    occurred_at = Moment()
    recorded_at = Moment()
    late_reason = fields.String(allow_none=True)
    source = fields.String()
    target = fields.String()
    case = fields.String(allow_none=True)
    mass_mg = MassField(attribute="mass")
    volume_ml = VolumeField(attribute="volume", allow_none=True)
    source_balance_mg = MassField(attribute="source_balance", allow_none=True)
    target_balance_mg = MassField(attribute="target_balance", allow_none=True)
    visit = fields.UUID(allow_none=True)
    patient = fields.UUID(allow_none=True)
    identity_version = fields.UUID(allow_none=True)
    by = fields.UUID(allow_none=True)
    witness = fields.UUID(allow_none=True)
    removal = fields.UUID(allow_none=True)
    reverses = fields.UUID(allow_none=True)
    incident = fields.UUID(allow_none=True)
    reason = fields.String(allow_none=True)
    disputed_at = Moment(allow_none=True)
    operation_id = fields.UUID()
