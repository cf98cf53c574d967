"""Everything that a snapshot is made from, read once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from clinic_api.accounts import queries as accounts
from clinic_api.accounts.rules.roles import Role
from clinic_api.clinics import queries as clinics
from clinic_api.clinics.rules.profile import Profile
from clinic_api.clinics.rules.standing import day_in
from clinic_api.dosing import queries as doses
from clinic_api.monitoring import queries as monitoring
from clinic_api.monitoring.rules.entries import KeptReading
from clinic_api.orders import queries as orders
from clinic_api.protocols.rules.protocol import Protocol
from clinic_api.quantities import decimal_text
from clinic_api.sessions import queries
from clinic_api.sessions.models import InfusionSession
from clinic_api.sessions.rules.answers import Told
from clinic_api.sessions.service.pinned import profile_of, protocol_of

if TYPE_CHECKING:
    from clinic_api.clinics.models import Site
    from clinic_api.dosing.models import Administration, DoseWorkingRow, Preparation
    from clinic_api.orders.models import SeriesOrderRow

Json = dict[str, Any]
#: The role that is printed where a person has several: the one closest to the patient's treatment.
PRINTED: Final = (Role.PRESCRIBER, Role.NURSE, Role.MEDICAL_ASSISTANT, Role.CUSTODIAN, Role.FRONT_DESK)
NOT_RECORDED: Final = "not recorded"
UNCLAIMED: Final = {"name": "a tablet without a person", "role": "not claimed"}


@dataclass(eq=False)
class Scene:
    """A visit and all that was written down about it, as of ``at``."""

    infusion: InfusionSession
    at: datetime
    _people: dict[UUID, Json] = field(default_factory=dict)

    @cached_property
    def protocol(self) -> Protocol:
        """The protocol that the visit pinned."""
        return protocol_of(self.infusion)

    @cached_property
    def profile(self) -> Profile:
        """The practice profile that the visit pinned."""
        return profile_of(self.infusion)

    @cached_property
    def told(self) -> Told:
        """Every fact that was told."""
        return queries.told(self.infusion.id)

    @cached_property
    def site(self) -> "Site":
        """Where it was."""
        return clinics.site(self.infusion.site)

    @cached_property
    def readings(self) -> Sequence[KeptReading]:
        """Every set, as it was taken."""
        return monitoring.readings(self.infusion.id)

    @cached_property
    def order(self) -> "SeriesOrderRow | None":
        """The order it was given under, if there is one."""
        return None if self.infusion.series_order is None else orders.order(self.infusion.series_order)

    @cached_property
    def preparation(self) -> "Preparation | None":
        """What was made up."""
        return doses.preparation_of(self.infusion.id)

    @cached_property
    def working(self) -> "DoseWorkingRow | None":
        """How the dose came about: the working it was made up from, or else the newest."""
        if self.preparation is not None:
            return doses.working(self.preparation.working)
        return doses.working_of(self.infusion.id)

    @cached_property
    def administration(self) -> "Administration | None":
        """What the patient got."""
        return doses.administration_of(self.infusion.id)

    def person(self, account: UUID | None) -> Json:
        """Somebody who acted, by name and role; a tablet alone says so."""
        if account is None:
            return UNCLAIMED
        if account not in self._people:
            roles = accounts.roles_of(account)
            printed = next((str(role) for role in PRINTED if role in roles), ", ".join(sorted(roles)))
            self._people[account] = {"name": accounts.account(account).name, "role": printed.replace("-", " ")}
        return self._people[account]

    def day(self, at: datetime) -> date:
        """The calendar day at the site."""
        return day_in(self.site.zone, at)

    def clock(self, at: datetime) -> str:
        """A time of day at the site, for text; the paper prints all its times so."""
        return f"{at.astimezone(ZoneInfo(self.site.zone)):%H:%M}"


def moment(at: datetime | None) -> str | None:
    """A time as a snapshot says it."""
    return None if at is None else at.isoformat().replace("+00:00", "Z")


def amount(exact: Fraction | None) -> str | None:
    """An amount as plain decimal text."""
    return None if exact is None else decimal_text(exact)
