"""What goes out about a dose: its working and its preparation."""

from marshmallow import fields

from clinic_api.http.fields import Body, MassField, Moment, VolumeField
from clinic_api.orders.rules.working import MadeUp
from clinic_api.orders.schemas import RatioField
from clinic_api.protocols.rules.dose import WeightBasis
from clinic_api.quantities import Weight


class WorkingOut(Body):
    """Every figure on the way from the order to the pump."""

    id = fields.UUID()
    visit = fields.UUID()
    order = fields.UUID(attribute="series_order")
    weight_kg = fields.Function(lambda row: Weight(row.weight_g).as_kg_text(), metadata={"type": "string"})
    basis = fields.Enum(WeightBasis, by_value=True)
    basis_kg = RatioField()
    formula = fields.String(allow_none=True)
    mg_per_kg = RatioField()
    effective_mg_per_kg = RatioField()
    computed_mg = MassField(attribute="uncapped")
    cap_mg = MassField(attribute="cap", allow_none=True)
    ordered_mg = MassField(attribute="ordered")
    strength_mg_per_ml = RatioField(attribute="label")
    drawn_ml = VolumeField(attribute="drawn_volume")
    drawn_mg = MassField(attribute="drawn")
    diluent_ml = VolumeField(attribute="diluent_volume", allow_none=True)
    made_up = fields.Enum(MadeUp, by_value=True, allow_none=True)
    final_volume_ml = VolumeField(attribute="final_volume")
    final_mg_per_ml = RatioField(attribute="final")
    minutes = fields.Integer(allow_none=True)
    ml_per_h = RatioField(allow_none=True)
    pump_ml_per_h = RatioField(allow_none=True)
    cautions = fields.List(fields.String())
    reasons = fields.Dict()
    substitution = fields.UUID(allow_none=True)
    worked_by = fields.UUID()
    at = Moment()


class SubstitutionOut(Body):
    """Another strength that may stand in for the one of a working, with what is drawn of either."""

    id = fields.UUID()
    visit = fields.UUID()
    working = fields.UUID()
    from_mg_per_ml = RatioField(attribute="from_strength")
    from_ml = VolumeField(attribute="from_volume")
    to_mg_per_ml = RatioField(attribute="to_strength")
    to_ml = VolumeField(attribute="to_volume")
    protocol = fields.UUID(attribute="policy")
    authorised_by = fields.UUID()
    reason = fields.String()
    at = Moment()


class DoseSourceOut(Body):
    """One container that a dose was drawn from."""

    container = fields.UUID()
    label = fields.String()
    lot = fields.String()
    expiry = fields.String()
    drawn_ml = fields.String()
    drawn_mg = fields.String()


class PreparationOut(Body):
    """Drug drawn from one or more containers and made up for a visit; ``source`` is the first of them."""

    id = fields.UUID()
    visit = fields.UUID()
    working = fields.UUID()
    syringe = fields.UUID()
    source = fields.UUID()
    sources = fields.List(fields.Nested(DoseSourceOut()), allow_none=True)
    drawn_mg = MassField(attribute="drawn")
    drawn_ml = VolumeField(attribute="drawn_volume")
    final_volume_ml = VolumeField(attribute="final_volume")
    final_mg_per_ml = RatioField(attribute="final")
    made_by = fields.UUID()
    at = Moment()
