"""Patients as the front desk types them in."""

from typing import Any, Final

USUAL: Final = {
    "name": "Zoë O'Brien-Smith",
    "date_of_birth": "1984-02-29",
    "sex": "female",
    "zone": "America/New_York",
    "address": "7 Elm Street, Albany, NY 12207",
    "phone": "+1 518 555 0142",
    "email": "zoe@example.org",
    "mrn": "MRN-1",
}


def typed(**different: Any) -> dict[str, Any]:
    """A patient's identity as it is sent, but for what is different."""
    return {**USUAL, **different}
