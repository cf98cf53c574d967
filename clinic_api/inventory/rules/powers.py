"""Who may sign an order for schedule II: the registrant, or somebody with a power of attorney that is in force."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from clinic_api.errors import Conflict, NotPermitted, Unacceptable


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody on a paper: one of the staff under their name, or a typed name alone."""

    account: UUID | None
    name: str

    def same_as(self, other: "Named") -> bool:
        """Whether both are one person: the same account, or the same name however it is spaced and cased."""
        if self.account is not None and other.account is not None:
            return self.account == other.account
        return _plain(self.name) == _plain(other.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPower:
    """A power of attorney as the paper says it; without ``valid_until`` it holds until it is revoked."""

    registration: UUID
    grantor: Named
    grantee: UUID
    witnesses: tuple[Named, Named]
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """A power of attorney as it stands; it ends with the day before it was revoked."""

    id: UUID
    grantee: UUID
    valid_from: date
    valid_until: date | None
    revoked_on: date | None

    def in_force(self, on: date) -> bool:
        """Whether it holds on a day."""
        if on < self.valid_from or (self.valid_until is not None and on > self.valid_until):
            return False
        return self.revoked_on is None or on < self.revoked_on


class PowerNeedsFourPeople(Unacceptable):
    """A power of attorney names four different people: who gives it, who holds it, and two witnesses."""

    def __str__(self) -> str:
        return "Compare it with the paper; nobody stands on it twice."


class PowerBackwards(Unacceptable):
    """A power of attorney ends before it begins."""

    def __str__(self) -> str:
        return "Compare both days with the paper."


@dataclass(eq=False)
class NotTheRegistrant(NotPermitted):
    """Only who signed the registration's last application gives a power of attorney."""

    name: str

    def __str__(self) -> str:
        return f"{self.name} did not sign it; name who did, or record the registration's signer first"


@dataclass(eq=False)
class PowerRevoked(Conflict):
    """This power of attorney was revoked before."""

    on: date

    def __str__(self) -> str:
        return f"It ended on {self.on}; record a new one to give it again."


@dataclass(eq=False)
class MayNotOrder(NotPermitted):
    """Schedule II is ordered by the registrant or under a power of attorney that is in force."""

    name: str
    on: date

    def __str__(self) -> str:
        return (
            f"{self.name} had neither on {self.on}; void the form and have the registrant sign another, "
            "or record the power of attorney that was in force"
        )


def check_power(new: NewPower, *, grantee: Named, registrant: UUID | None) -> None:
    """Refuse a power of attorney that cannot be one.

    Args:
        grantee: the holder with their name.
        registrant: who signed the registration's last application; None where nobody recorded it.

    Raises:
        PowerBackwards, PowerNeedsFourPeople, NotTheRegistrant: say what is wrong.

    Source:
        21 CFR 1305.05(c), (d).
    """
    if new.valid_until is not None and new.valid_until < new.valid_from:
        raise PowerBackwards
    people = (new.grantor, grantee, *new.witnesses)
    if any(one.same_as(other) for place, one in enumerate(people) for other in people[place + 1 :]):
        raise PowerNeedsFourPeople
    if new.grantor.account is not None and new.grantor.account != registrant:
        raise NotTheRegistrant(name=new.grantor.name)


def check_revocable(power: Power) -> None:
    """Refuse to revoke what was revoked; PowerRevoked."""
    if power.revoked_on is not None:
        raise PowerRevoked(on=power.revoked_on)


def check_signer(signer: Named, *, registrant: UUID | None, powers: Iterable[Power], on: date) -> UUID | None:
    """The power of attorney under which somebody signs an order; None for the registrant.

    Args:
        registrant: who signed the registration's last application.
        powers: of the registration.
        on: the day of the signature.

    Raises:
        MayNotOrder: the signer is neither.

    Source:
        21 CFR 1305.04, 1305.05.
    """
    if signer.account == registrant is not None:
        return None
    held = (power.id for power in powers if power.grantee == signer.account and power.in_force(on))
    found = next(held, None)
    if found is None:
        raise MayNotOrder(name=signer.name, on=on)
    return found


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
