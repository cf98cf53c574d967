"""Invented readings of the demonstration's patients, by minute; shaped like published courses, taken from nobody."""

from collections.abc import Mapping
from typing import Any, Final

Signs = Mapping[str, int]


def _set(pressure: tuple[int, int], pulse: int, spo2: int, *, sedation: int = 5, away: int = 0) -> Signs:
    return {
        "systolic_mmhg": pressure[0],
        "diastolic_mmhg": pressure[1],
        "heart_rate_bpm": pulse,
        "spo2_percent": spo2,
        "respiratory_rate_per_min": 14,
        "moaas": sedation,
        "dissociation_nrs": away,
    }


BASELINE: Final = _set((124, 76), 72, 98)
DURING: Final[Mapping[int, Signs]] = {
    0: _set((125, 77), 72, 98),
    10: _set((129, 79), 74, 98, away=2),
    20: _set((134, 82), 75, 97, away=4),
    30: _set((138, 85), 77, 97, away=6),
    39: _set((141, 87), 78, 97, away=5),
}
#: By minute after the stop.
RECOVERY: Final[Mapping[int, Signs]] = {
    15: _set((134, 83), 75, 98, away=3),
    30: _set((130, 80), 73, 98, away=1),
    45: _set((128, 78), 72, 98),
    60: _set((126, 77), 72, 98),
}


def body(signs: Signs) -> dict[str, Any]:
    """A set as the tablet sends it, taken now."""
    return dict(signs)
