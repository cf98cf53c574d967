"""Patient-specific kits: a pharmacy's delivery for one patient, given to nobody else and in time (21 USC 829a)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from clinic_api.errors import Conflict
from clinic_api.inventory.rules.drawing import expires_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """A container that came for one patient.

    Args:
        container: its number.
        last_day: the last day, at the site, on which it may be given.
        zone: the site's time zone.
    """

    container: str
    patient: UUID
    last_day: date
    zone: str

    @property
    def ends_at(self) -> datetime:
        """The first moment, UTC, at which it may no longer be given."""
        return expires_at(self.last_day, self.zone)


@dataclass(eq=False)
class ForAnotherPatient(Conflict):
    """The container came for another patient, and no patient's kit stands in for another's."""

    container: str

    def __str__(self) -> str:
        return f"{self.container} is another patient's by its prescription; take this patient's own, or general stock"


@dataclass(eq=False)
class KitPastDeadline(Conflict):
    """The patient-specific container was to be given by a day that is over."""

    container: str
    last_day: date

    def __str__(self) -> str:
        return (
            f"{self.container} was to be given by {self.last_day}; quarantine it, ask the pharmacy, "
            "and take another container"
        )


@dataclass(eq=False)
class OneKitAtATime(Conflict):
    """Two patient-specific containers would go into one syringe, and the record of a syringe names one."""

    container: str

    def __str__(self) -> str:
        return f"{self.container} is a second kit in one draw; take what is missing from general stock"


def check_one_kit(kits: Iterable[Kit | None]) -> None:
    """Refuse two kits in one draw.

    Raises:
        OneKitAtATime: names the second.
    """
    for kit in [kit for kit in kits if kit is not None][1:]:
        raise OneKitAtATime(container=kit.container)


def last_day_for(received_on: date, within: timedelta) -> date:
    """The last day on which a kit may be given: so many days after the one on which it came."""
    return received_on + within


def check_patient_specific(kit: Kit | None, *, patient: UUID, at: datetime) -> None:
    """Refuse to take from a kit for another patient, or after its last day; general stock is nobody's.

    Args:
        kit: None where the container is general stock.
        patient: whose visit it is.
        at: the moment of the draw, UTC.

    Raises:
        ForAnotherPatient, KitPastDeadline: say which container and why.

    Source:
        21 USC 829a(a)(5): only to the patient named, within the days of the jurisdiction's data.
    """
    if kit is None:
        return
    if kit.patient != patient:
        raise ForAnotherPatient(container=kit.container)
    if at >= kit.ends_at:
        raise KitPastDeadline(container=kit.container, last_day=kit.last_day)
