"""Shapes of physical counts."""

from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from clinic_api.http.fields import Amount, Body, MassField, Moment, Text, VolumeField, WholeNumber
from clinic_api.inventory.rules.counting import CountLine
from clinic_api.inventory.rules.kinds import CountKind, NewCount
from clinic_api.inventory.rules.products import Method
from clinic_api.inventory.rules.sheets import CountState
from clinic_api.inventory.rules.weighing import Grams, Typed
from clinic_api.inventory.schemas.amounts import Plain
from clinic_api.signatures.schemas import ChallengeOut

MOST_LINES = 500
MOST_PRODUCTS = 50
WITHOUT_GROSS = "Write gross_g too: what the scale showed with the container on it."


class GramsField(Amount[Grams]):
    """Grams as a scale shows them, ``"21.43"``; at most three decimals, so whole milligrams."""

    read = staticmethod(Grams.parse)
    say = staticmethod(Grams.as_g_text)


class OpenCount(Body):
    """POST /counts; ``products`` and ``containers`` name the part of the location that a cycle count covers."""

    location = fields.UUID(required=True)
    kind = fields.Enum(CountKind, by_value=True, required=True)
    persons = WholeNumber(least=1, most=2, load_default=None)
    products = fields.List(Text(longest=100), load_default=list, validate=validate.Length(0, MOST_PRODUCTS))
    containers = fields.List(fields.UUID(), load_default=list, validate=validate.Length(0, MOST_LINES))

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> NewCount:
        products, containers = data.pop("products"), data.pop("containers")
        return NewCount(**data, products=tuple(dict.fromkeys(products)), containers=tuple(dict.fromkeys(containers)))


class NewRecount(Body):
    """POST /counts/{id}/recount; without containers, all whose difference is above the resolution."""

    containers = fields.List(fields.UUID(), load_default=list, validate=validate.Length(0, MOST_LINES))

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> tuple[Any, ...]:
        return tuple(dict.fromkeys(data["containers"]))


class NewCountLine(Body):
    """What was found in one container: counted as full, weighed, or a volume with how it was measured.

    A weighed one has ``gross_g``; ``tare_g`` where the empty container was weighed too, and ``scale_g``, what the
    scale can tell apart, where it is not the clinic's usual one.
    """

    container = fields.UUID(required=True)
    method = fields.Enum(Method, by_value=True, required=True)
    volume_ml = VolumeField(load_default=None, allow_none=False, attribute="volume")
    resolution_ml = VolumeField(load_default=None, allow_none=False, attribute="resolution")
    gross_g = GramsField(load_default=None, allow_none=False, attribute="gross")
    tare_g = GramsField(load_default=None, allow_none=False, attribute="tare")
    scale_g = GramsField(load_default=None, allow_none=False, attribute="scale")

    @validates_schema
    def _on_a_scale(self, data: dict[str, Any], **_: Any) -> None:
        for name in ("tare", "scale"):
            if data.get(name) is not None and data.get("gross") is None:
                raise ValidationError(WITHOUT_GROSS, f"{name}_g")

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> CountLine:
        gross, tare, scale = (data.pop(name) for name in ("gross", "tare", "scale"))
        return CountLine(**data, typed=None if gross is None else Typed(gross=gross, tare=tare, scale=scale))


class NewEntries(Body):
    """POST /counts/{id}/entries; an empty list says that nothing was found."""

    lines = fields.List(fields.Nested(NewCountLine()), required=True, validate=validate.Length(0, MOST_LINES))

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> tuple[CountLine, ...]:
        return tuple(data["lines"])


class CountLineOut(Body):
    """One container by the entry that counts, beside the book, with how it was found and how finely."""

    id = fields.UUID()
    container = fields.UUID()
    label = fields.String()
    method = fields.Enum(Method, by_value=True, allow_none=True)
    volume_ml = VolumeField(attribute="volume", allow_none=True)
    found_mg = MassField(attribute="found", allow_none=True)
    expected_mg = MassField(attribute="expected")
    resolution_mg = MassField(attribute="resolution")
    variance_ug = fields.Integer()
    explained = fields.Boolean()
    counted_by = fields.UUID(allow_none=True)
    place = fields.Integer(allow_none=True)
    recounted_in = fields.UUID(allow_none=True)


class TallyLineOut(Body):
    """One container as one person found it: how, how finely, and what they typed for it; ``method`` null: not found."""

    id = fields.UUID()
    container = fields.UUID()
    label = fields.String()
    method = fields.Enum(Method, by_value=True, allow_none=True)
    volume_ml = VolumeField(attribute="volume", allow_none=True)
    found_mg = MassField(attribute="found", allow_none=True)
    resolution_mg = MassField(attribute="resolution")
    gross_g = GramsField(attribute="gross", allow_none=True)
    tare_g = GramsField(attribute="tare", allow_none=True)
    tare_weighed = fields.Boolean(allow_none=True)
    scale_g = GramsField(attribute="scale", allow_none=True)
    density_g_per_ml = Plain(attribute="density", allow_none=True)
    counts = fields.Boolean()


class TallyOut(Body):
    """One person's own entry; ``lines`` is null until everybody's is in."""

    place = fields.Integer()
    counted_by = fields.UUID()
    name = fields.String()
    at = Moment()
    lines = fields.List(fields.Nested(TallyLineOut()), allow_none=True)


class DisputedOut(Body):
    """A container that somebody else must count again; no figure is told of it."""

    container = fields.UUID()
    label = fields.String()


class CountSignatureOut(Body):
    """Who signed, in which place."""

    place = fields.Integer()
    signer = fields.UUID()
    name = fields.String()
    at = Moment()


class CountOut(Body):
    """A count; ``lines`` is null until everybody's entry is in, and nothing else tells what the book says."""

    id = fields.UUID()
    location = fields.UUID()
    kind = fields.Enum(CountKind, by_value=True)
    state = fields.Enum(CountState, by_value=True)
    persons = fields.Integer()
    profile = fields.String()
    profile_version = fields.Integer()
    opened_by = fields.UUID()
    opened_at = Moment()
    counted_by = fields.UUID(allow_none=True)
    entered_at = Moment(allow_none=True)
    recounts = fields.UUID(allow_none=True)
    products = fields.List(fields.String())
    containers = fields.List(fields.UUID())
    tallies = fields.List(fields.Nested(TallyOut()))
    disputed = fields.List(fields.Nested(DisputedOut()))
    lines = fields.List(fields.Nested(CountLineOut()), allow_none=True)
    signatures = fields.List(fields.Nested(CountSignatureOut()))


class SignedCountOut(CountOut):
    """A count with its first signature, and what a second person is asked to sign, where one is needed."""

    challenge = fields.Nested(ChallengeOut(), allow_none=True)

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """The challenge stands beside the count; everything else is the count's."""
        return super().get_attribute(obj if attr == "challenge" else obj.count, attr, default)
