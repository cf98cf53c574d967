"""Shapes of what is made up for nobody in particular."""

from typing import Any, Final

from marshmallow import ValidationError, fields, post_load, validate

from clinic_api.http.fields import Body, Moment, Text, VolumeField
from clinic_api.inventory.rules.drawing import Take
from clinic_api.inventory.rules.mixing import NO_FLUID, MixOrder
from clinic_api.inventory.rules.products import ContainerKind
from clinic_api.inventory.schemas.amounts import Plain
from clinic_api.inventory.schemas.stock import ContainerOut
from clinic_api.quantities import Volume

#: More vials than anybody draws into one.
MOST_SOURCES: Final = 10
KINDS: Final = (ContainerKind.BAG, ContainerKind.SYRINGE)


def some_volume(volume: Volume) -> None:
    """Refuse to draw nothing."""
    if volume == NO_FLUID:
        message = "Leave a container out that nothing is drawn from."
        raise ValidationError(message)


class StockTake(Body):
    """So much out of one vial."""

    container = fields.UUID(required=True)
    volume_ml = VolumeField(required=True, attribute="volume", validate=some_volume)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Take:
        return Take(**data)


class NewPreparation(Body):
    """POST /preparations"""

    kind = fields.Enum(ContainerKind, by_value=True, required=True, validate=validate.OneOf(KINDS))
    containers = fields.List(
        fields.Nested(StockTake()), required=True, attribute="takes", validate=validate.Length(1, MOST_SOURCES)
    )
    diluent = Text(required=True, allow_none=True, longest=100)
    diluent_ml = VolumeField(required=True, attribute="diluent_volume")

    @post_load
    def _order(self, data: dict[str, Any], **_: Any) -> MixOrder:
        return MixOrder(**data | {"takes": tuple(data["takes"])})


class StockPreparationOut(Body):
    """A stock bag or syringe: what it is made of, how strong it is, by whom it was made and until when it is used.

    ``strength`` is milligrams in so many millilitres, exactly, where the decimals of mg/mL do not end.
    """

    container = fields.Nested(ContainerOut())
    diluent = fields.String(attribute="preparation.diluent", allow_none=True)
    drawn_ml = VolumeField(attribute="preparation.drawn_volume")
    diluent_ml = VolumeField(attribute="preparation.diluent_volume")
    final_volume_ml = VolumeField(attribute="preparation.final_volume")
    strength_mg_per_ml = Plain(attribute="preparation.final")
    strength = fields.Function(lambda mixed: str(mixed.preparation.final), metadata={"type": "string"})
    use_by = Moment(attribute="preparation.use_by")
    made_by = fields.UUID(attribute="preparation.by")
    made_at = Moment(attribute="preparation.at")
