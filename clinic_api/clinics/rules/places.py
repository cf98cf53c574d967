"""Places and papers: what is recorded of a site, a registration and a licence, and what of it cannot be right."""

from dataclasses import dataclass
from datetime import date

from clinic_api.clinics.rules.standing import check_schedules, check_zone
from clinic_api.errors import Unacceptable
from clinic_api.identifiers import DeaNumber


@dataclass(eq=False)
class ValidBackwards(Unacceptable):
    """A registration cannot end before it begins."""

    valid_from: date
    valid_until: date

    def __str__(self) -> str:
        return f"It ends on {self.valid_until} and begins on {self.valid_from}; send the two dates the other way round."


@dataclass(frozen=True, slots=True)
class NewSite:
    """A place to open."""

    name: str
    address: str
    phone: str
    state: str
    zone: str


@dataclass(frozen=True, slots=True)
class NewRegistration:
    """A DEA registration to record."""

    dea_number: str
    registrant: str
    kind: str
    address: str
    schedules: list[str]
    valid_from: date
    valid_until: date


@dataclass(frozen=True, slots=True)
class NewLicence:
    """A licence to record."""

    kind: str
    number: str
    state: str
    expires_on: date


def check_site(new: NewSite) -> None:
    """Refuse a site whose clocks nobody knows.

    Raises:
        UnknownZone: its zone does not exist.
    """
    check_zone(new.zone)


def check_registration_paper(new: NewRegistration) -> DeaNumber:
    """Refuse a registration that cannot be a real one; its number, checked.

    Raises:
        InvalidDeaNumber: the checksum or the form is wrong.
        UnknownSchedule: a code that does not exist.
        ValidBackwards: it ends before it begins.
    """
    check_schedules(new.schedules)
    if new.valid_until < new.valid_from:
        raise ValidBackwards(valid_from=new.valid_from, valid_until=new.valid_until)
    return DeaNumber.parse(new.dea_number)
