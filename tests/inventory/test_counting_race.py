"""Two at once: of two first entries one is the first, and the other is the second."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import sleep
from uuid import UUID

from clinic_api.accounts import queries as accounts
from clinic_api.inventory.service import counting
from tests.builders import Clinic
from tests.inventory.stock import Stock
from tests.people import Answer


def test_who_enters_while_another_is_entering_waits_and_is_the_second(clinic: Clinic) -> None:
    stock, entering = Stock(clinic), Event()
    count = stock.nurse.does("/counts", location=stock.location, kind="closing")["id"]

    def second() -> Answer:
        entering.wait()
        return stock.enter(count, by=stock.witness)

    with clinic.reading():
        found = accounts.last_sign_in(UUID(stock.nurse.id))
        signed_in = None if found is None else found.id
    with ThreadPoolExecutor() as pool:
        late = pool.submit(second)
        with stock.acting(auth_event=signed_in) as scope:
            counting.enter_count(UUID(count), [], scope=scope)
            entering.set()
            sleep(0.3)
        assert [each["name"] for each in late.result().done()["tallies"]] == ["Ada Nurse", "Ben Nurse"]
