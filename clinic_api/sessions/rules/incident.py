"""Refusals around what already happened: recorded always, put right afterwards."""

from dataclasses import dataclass
from uuid import UUID

from clinic_api.clinics.rules.profile import Profile
from clinic_api.errors import Conflict, NotPermitted, Unacceptable


class OrderOfAnother(Conflict):
    """This order is for another patient."""

    def __str__(self) -> str:
        return "Look at the patient's own orders and attach one of them."


class WhichProtocol(Unacceptable):
    """No order says by which protocol this visit is run."""

    def __str__(self) -> str:
        return "Name the protocol, or have a prescriber sign an order first."


@dataclass(eq=False)
class AlreadyHere(Conflict):
    """This patient is checked in already."""

    session: UUID

    def __str__(self) -> str:
        return "Go on with the session that is open, or end it first."


class ChairElsewhere(Conflict):
    """This chair stands at another site."""

    def __str__(self) -> str:
        return "Choose a chair of this site."


class NotWeighed(Conflict):
    """The patient has not been weighed for this visit."""

    def __str__(self) -> str:
        return "Weigh the patient and enter weight_kg first; an old weight is never taken."


@dataclass(eq=False)
class ReleaserStartsIt(NotPermitted):
    """Whoever released this dose does not start it here."""

    by: UUID

    def __str__(self) -> str:
        return "this practice has two people for release and start; have a nurse start it, or release it anew"


def check_starter(by: UUID, *, released_by: UUID | None, profile: Profile) -> None:
    """Refuse a start by the person who released the dose, unless the practice has only one and prints so.

    Raises:
        ReleaserStartsIt: they are one person, and the profile asks for two.
    """
    if by == released_by and not profile.same_person_may_cosign:
        raise ReleaserStartsIt(by)
