"""Another strength than the dose was worked out for: which may stand in, who says so, and what it comes to."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from clinic_api.accounts.rules.roles import Role
from clinic_api.errors import Conflict, NotPermitted
from clinic_api.orders.rules.working import drawable
from clinic_api.protocols.rules.substitution import SubstitutionRule
from clinic_api.quantities import Concentration, Mass, Volume

#: How somebody who may is asked.
WAY_OUT: Final = "POST /sessions/{visit}/substitutions"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The working that stands for a visit: what another strength is held against.

    Args:
        ordered: the dose before any syringe.
        cap: the most that the order allows; None is no cap.
        volume: undiluted drug of ``strength``, as it would be drawn.
    """

    strength: Concentration
    ordered: Mass
    cap: Mass | None
    volume: Volume

    def volume_of(self, strength: Concentration) -> Volume:
        """The same dose out of another strength.

        Raises:
            NoDrug, NothingToDraw: there is none that could be drawn.
        """
        return drawable(self.ordered, strength, cap=self.cap)[0]


@dataclass(frozen=True, kw_only=True)
class Authorised:
    """A substitution that stands for a working.

    Args:
        id: the authorisation's.
        volume: what was shown to who authorised it.
        by: who authorised it.
    """

    id: UUID
    strength: Concentration
    volume: Volume
    by: UUID


@dataclass(frozen=True, kw_only=True)
class Substituted:
    """What one strength in the place of another comes to."""

    from_strength: Concentration
    to_strength: Concentration
    from_volume: Volume
    to_volume: Volume


@dataclass(eq=False)
class OtherStrength(Conflict):
    """The container holds another strength than the dose was worked out for."""

    worked_out_for: Concentration
    container: Concentration
    volume_worked_out: Volume
    volume_from_container: Volume

    def __str__(self) -> str:
        return (
            f"the dose was worked out for {self.worked_out_for} ({self.volume_worked_out}); this container holds "
            f"{self.container} ({self.volume_from_container}). Take a container of {self.worked_out_for}, or ask for "
            f"an authorised substitution ({WAY_OUT}) and work it out again"
        )


@dataclass(eq=False)
class SubstitutionNeeded(Conflict):
    """Nobody has authorised this strength in the place of the one that the dose was worked out for."""

    worked_out_for: Concentration
    asked_for: Concentration
    volume_worked_out: Volume
    volume_asked_for: Volume
    authorised_by: tuple[Role, ...]

    def __str__(self) -> str:
        return (
            f"the dose was worked out for {self.worked_out_for} ({self.volume_worked_out}); of {self.asked_for} it "
            f"would be {self.volume_asked_for}. Have it authorised ({WAY_OUT}) by one of: "
            f"{', '.join(self.authorised_by)}; or take a container of {self.worked_out_for}"
        )


@dataclass(eq=False)
class StrengthMayNotStandIn(Conflict):
    """The protocol does not let this strength stand in for the one that the dose was worked out for."""

    worked_out_for: Concentration
    asked_for: Concentration
    volume_worked_out: Volume
    volume_asked_for: Volume
    may_stand_in: tuple[Concentration, ...]

    def __str__(self) -> str:
        listed = ", ".join(map(str, self.may_stand_in)) or "none"
        return (
            f"the dose was worked out for {self.worked_out_for} ({self.volume_worked_out}); {self.asked_for} "
            f"({self.volume_asked_for}) may not stand in by this visit's version of the protocol (it lists: {listed}). "
            f"Take a container of {self.worked_out_for}"
        )


@dataclass(eq=False)
class NothingToSubstitute(Conflict):
    """The dose is already worked out for this strength."""

    strength: Concentration

    def __str__(self) -> str:
        return f"the dose is worked out for {self.strength}: draw it, no authorisation is needed"


@dataclass(eq=False)
class AlreadyAuthorised(Conflict):
    """This strength has been authorised already, for the working that stands."""

    strength: Concentration

    def __str__(self) -> str:
        return f"{self.strength} may stand in: work the dose out for it"


@dataclass(eq=False)
class MayNotAuthorise(NotPermitted):
    """The protocol has somebody else authorise another strength."""

    authorised_by: tuple[Role, ...]

    def __str__(self) -> str:
        return f"ask somebody who is one of: {', '.join(self.authorised_by)}"


@dataclass(eq=False)
class AuthoriserWorksItOut(NotPermitted):
    """Whoever authorised this strength does not work the dose out for it here."""

    by: UUID

    def __str__(self) -> str:
        return "this practice has two people for another strength; have a nurse work it out, on their own sign-in"


@dataclass(eq=False)
class OtherThanAuthorised(Conflict):
    """The dose comes to another volume than was authorised."""

    authorised: Volume
    worked_out: Volume

    def __str__(self) -> str:
        return (
            f"{self.authorised} were authorised, and this comes to {self.worked_out}; only the strength may be "
            "another. Work the dose out as it now is for the strength it was worked out for, then ask again"
        )


def check_may_stand_in(asked: Concentration, stands: Standing, rule: SubstitutionRule | None) -> Substituted:
    """What ``asked`` in the place of the strength that was worked out for comes to.

    Args:
        rule: the protocol's; None lets no strength stand in.

    Raises:
        NothingToSubstitute: it is the same strength.
        StrengthMayNotStandIn: the protocol does not list it.
        NoDrug, NothingToDraw: none of it could be drawn.
    """
    if asked == stands.strength:
        raise NothingToSubstitute(asked)
    volume = stands.volume_of(asked)
    if rule is None or asked not in rule.strengths:
        raise StrengthMayNotStandIn(
            worked_out_for=stands.strength,
            asked_for=asked,
            volume_worked_out=stands.volume,
            volume_asked_for=volume,
            may_stand_in=() if rule is None else rule.strengths,
        )
    return Substituted(from_strength=stands.strength, to_strength=asked, from_volume=stands.volume, to_volume=volume)


def check_authoriser(roles: Collection[str], rule: SubstitutionRule | None) -> None:
    """Refuse somebody whom the protocol does not name; one that has no rule names nobody.

    Raises:
        MayNotAuthorise: none of ``roles`` is one of the protocol's.
    """
    allowed = () if rule is None else rule.authorised_by
    if not set(roles) & set(allowed):
        raise MayNotAuthorise(allowed)


def find_authorised(
    asked: Concentration, stands: Standing, rule: SubstitutionRule | None, *, given: Collection[Authorised]
) -> Authorised | None:
    """The authorisation under which a dose may be worked out for ``asked``; None where it needs none.

    Args:
        given: what was authorised for that working; of an earlier one nothing counts, its volumes were others.

    Raises:
        StrengthMayNotStandIn: the protocol does not list it.
        SubstitutionNeeded: nobody has authorised it; it names both volumes and who may.
    """
    if asked == stands.strength:
        return None
    found = next((each for each in given if each.strength == asked), None)
    if found is not None:
        return found
    change = check_may_stand_in(asked, stands, rule)
    raise SubstitutionNeeded(
        worked_out_for=change.from_strength,
        asked_for=change.to_strength,
        volume_worked_out=change.from_volume,
        volume_asked_for=change.to_volume,
        authorised_by=() if rule is None else rule.authorised_by,
    )


def check_used(used: Authorised | None, *, by: UUID, worked_out: Volume, alone: bool) -> None:
    """Refuse a working that is more than its authorisation, or by the same hand where the practice has two.

    Args:
        used: the authorisation; None where none was needed.
        worked_out: what the new working draws.
        alone: one practitioner orders, gives and reviews here, and the record says so.

    Raises:
        AuthoriserWorksItOut: ``by`` authorised it.
        OtherThanAuthorised: it comes to another volume.
    """
    if used is None:
        return
    if by == used.by and not alone:
        raise AuthoriserWorksItOut(by)
    if worked_out != used.volume:
        raise OtherThanAuthorised(authorised=used.volume, worked_out=worked_out)
