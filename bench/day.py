"""A clinic's day for the bench: chairs with drug running, made through the same routes as any other day."""

import json
import random
from dataclasses import dataclass
from typing import Any, Final

from clinic_api import clock
from tests.builders import Installation
from tests.sessions.ward import CALM, Ward

#: Sessions that sets are written to and read from; each already holds a hundred sets where it is read.
WRITTEN: Final = 24
READ: Final = 4
SETS: Final = 100
BODIES: Final = 400


@dataclass(frozen=True)
class Day:
    """What a caller needs: a nurse's token, and the requests to send."""

    token: str
    posts: list[tuple[str, str]]
    gets: list[tuple[str, str]]


def a_day(installation: Installation) -> Day:
    """Open a clinic now, and bring its chairs to where drug runs."""
    installation.set_clock(clock.system())
    ward = Ward(installation.found()).infusing()
    visits = [ward.visit, *(_another(ward, number) for number in range(WRITTEN + READ - 1))]
    read, written = visits[:READ], visits[READ:]
    for visit in read:
        for _ in range(SETS - _sets(ward, visit)):
            ward.ada.does(f"/sessions/{visit}/readings", **CALM)
    posts = [(f"/api/v1/sessions/{random.choice(written)}/readings", _body()) for _ in range(BODIES)]
    return Day(ward.ada.token, posts, [(f"/api/v1/sessions/{visit}", "") for visit in read])


def _another(ward: Ward, number: int) -> str:
    """Another patient in another chair, with drug running; the session."""
    ward.chair = ward.clinic.a_chair(f"Chair {number + 2}")
    ward.patient = ward.a_patient(mrn=f"MRN-{number + 2}", name=f"Ann Other {_letters(number)}")
    return ward.infusing().visit


def _letters(number: int) -> str:
    return "".join("abcdefghij"[int(digit)] for digit in str(number))


def _sets(ward: Ward, visit: str) -> int:
    return len(ward.ada.get(f"/sessions/{visit}").done()["readings"])


def _body() -> str:
    """A set such as any visit holds: nothing alarming, so that what is measured is the commonest case."""
    varied: dict[str, Any] = {
        "systolic_mmhg": random.randint(118, 134),
        "diastolic_mmhg": random.randint(70, 82),
        "heart_rate_bpm": random.randint(60, 84),
        "spo2_percent": random.randint(96, 99),
    }
    return json.dumps(CALM | varied)
