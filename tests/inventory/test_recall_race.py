"""A recall and a draw at the same moment: whichever comes first, no drug of the lot stays in use."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from time import sleep
from uuid import UUID

import pytest

from clinic_api.inventory.queries.recalls import RecallShown
from clinic_api.inventory.rules.drawing import DrawOrder, Quarantined
from clinic_api.inventory.rules.recalls import RecallOrder
from clinic_api.inventory.service import drawing, recalling
from clinic_api.quantities import Volume
from tests.builders import Clinic
from tests.inventory.stock import KETAMINE_50, Stock
from tests.people import Person

ORDER = RecallOrder(
    ndc=KETAMINE_50,
    lots=("L1",),
    reason="particles seen",
    reference="Z-0412-2026",
    due_at=datetime(2026, 3, 6, tzinfo=UTC),
)
#: How long the second one is left to run into the first one's transaction.
A_MOMENT = 0.3


def recalled(stock: Stock, person: Person) -> RecallShown:
    with stock.acting(person) as scope:
        return recalling.recall(ORDER, scope=scope)


def test_a_draw_that_comes_second_is_refused(stock: Stock, clinic: Clinic) -> None:
    vial, visit, carl = stock.a_vial(), stock.a_visit(), clinic.custodian()
    with ThreadPoolExecutor() as pool:
        with stock.acting(carl) as scope:
            recalling.recall(ORDER, scope=scope)
            drawn = pool.submit(stock.draw, vial, "0.7", visit)
            sleep(A_MOMENT)
        with pytest.raises(Quarantined):
            drawn.result()


def test_a_recall_that_comes_second_finds_the_syringe_that_was_just_drawn(stock: Stock, clinic: Clinic) -> None:
    vial, visit, carl = stock.a_vial(), stock.a_visit(), clinic.custodian()
    with ThreadPoolExecutor() as pool:
        with stock.acting() as scope:
            syringe: UUID = drawing.draw(DrawOrder.of_one(vial, Volume.ml("0.7"), visit), scope=scope).syringe
            told = pool.submit(recalled, stock, carl)
            sleep(A_MOMENT)
        found = {each.container: each.set_apart for each in told.result().containers}
    assert found == {vial: True, syringe: True}
