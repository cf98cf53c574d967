"""Whether a drug may be made up before it is known for whom, and how long what was made up may be used."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from clinic_api.clinics.rules.content import Content, Origin

HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """A drug's policy on what is made up without a patient.

    Args:
        allowed: whether a bag or syringe may be made up for whoever needs it.
        bag_for, syringe_for: how long after it was made it may be used; its sources may end sooner.
    """

    allowed: bool
    bag_for: timedelta
    syringe_for: timedelta
    origin: Origin


def read_sharing(whole: Content) -> Sharing | None:
    """The policy out of a product list; None where that says nothing, and then nothing is shared.

    Raises:
        MalformedContent: a field is missing, unknown or wrong.
    """
    if not whole.has("preparations"):
        return None
    table = whole.table("preparations", "shared_preparations", "bag_use_by_hours", "syringe_use_by_hours")
    return Sharing(
        allowed=table.flag("shared_preparations"),
        bag_for=table.span("bag_use_by_hours", HOUR, least=1),
        syringe_for=table.span("syringe_use_by_hours", HOUR, least=1),
        origin=table.origin(),
    )
