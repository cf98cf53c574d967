"""An order, a body and the guards, as the tests of orders and dosing start from them."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Final

from clinic_api.clinics.rules.content import Origin, Status
from clinic_api.orders.rules.series import SeriesOrder
from clinic_api.orders.rules.weights import Body
from clinic_api.orders.rules.working import Diluent, MadeUp
from clinic_api.protocols.rules.dose import DoseGuards, WeightBasis
from clinic_api.protocols.rules.protocol import Route
from clinic_api.quantities import Concentration, DosePerWeight, Volume, Weight

NOON: Final = datetime(2026, 1, 5, 12, tzinfo=UTC)
MINUTE: Final = timedelta(minutes=1)

#: Oracle D1's order: 0.5 mg/kg of actual weight over 40 minutes, six visits, no cap.
IV_SERIES: Final = SeriesOrder(
    route=Route.INTRAVENOUS,
    visits=6,
    mg_per_kg=DosePerWeight.exactly("0.5"),
    duration=40 * MINUTE,
    basis=WeightBasis.ACTUAL,
    cap=None,
    valid_until=NOON + timedelta(days=42),
)

GUARDS: Final = DoseGuards(
    mg_per_kg_soft_low=DosePerWeight.exactly("0.1"),
    mg_per_kg_soft_high=DosePerWeight.exactly("1.5"),
    mg_per_kg_hard_high=DosePerWeight.exactly("2"),
    weight_change_soft_percent=10,
    weight_change_hard_percent=25,
    dose_change_reason_percent=25,
    rate_times_reason=Fraction(2),
    duration_soft_least=30 * MINUTE,
    undiluted_refused_from=Concentration.mg_per_ml(100),
    origin=Origin(source="domain notes, sanity guards", status=Status.DESIGN),
)

STRONG: Final = Concentration.mg_per_ml(50)


def weighing(kg: str) -> Body:
    """A patient of whom only the weight is known."""
    return Body(Weight.kg(kg))


def made_up_to(ml: str) -> Diluent:
    """So many millilitres in all: as much fluid is taken out as drug goes in."""
    return Diluent(Volume.ml(ml), MadeUp.WITHDRAW_FIRST)


def added_to(ml: str) -> Diluent:
    """A bag of so many millilitres that the drug is added to."""
    return Diluent(Volume.ml(ml), MadeUp.ADD_TO_BAG)
