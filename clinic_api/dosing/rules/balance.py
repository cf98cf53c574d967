"""Whether a case closes: drawn is administered, wasted and returned, to the microgram."""

from dataclasses import dataclass

from clinic_api.errors import Conflict
from clinic_api.quantities import Mass


@dataclass(frozen=True)
class Case:
    """One preparation's drug, from the draw to the last drop.

    Args:
        container: the name on its label, as a person would ask for it.
        wasted: only what a witness has signed for.
    """

    container: str
    drawn: Mass
    administered: Mass
    wasted: Mass
    returned: Mass


@dataclass(eq=False)
class MoreThanDrawn(Conflict):
    """More drug is said to have been given or returned than was drawn."""

    drawn: Mass
    administered: Mass
    returned: Mass

    def __str__(self) -> str:
        return (
            f"{self.drawn} was drawn, so {self.administered} given and {self.returned} returned cannot both be right; "
            "correct the entry that is wrong"
        )


@dataclass(eq=False)
class NotAccountedFor(Conflict):
    """Some of the drawn drug is not accounted for."""

    container: str
    missing: Mass
    drawn: Mass

    def __str__(self) -> str:
        return (
            f"{self.container}: {self.missing} of the {self.drawn} drawn is neither given, wasted nor returned; "
            "waste it with a witness, return it, or correct an entry"
        )


@dataclass(eq=False)
class AccountedTwice(Conflict):
    """More drug is accounted for than was drawn."""

    container: str
    surplus: Mass
    drawn: Mass

    def __str__(self) -> str:
        return (
            f"{self.container}: {self.surplus} more is given, wasted and returned than the {self.drawn} drawn; "
            "correct the entry that is wrong"
        )


def waste_due(*, drawn: Mass, administered: Mass, returned: Mass) -> Mass:
    """What must still be wasted in front of a witness; nothing left asks for no witness.

    Raises:
        MoreThanDrawn: there cannot have been so much.

    Source:
        docs/decisions, the ledger conserves micrograms.
    """
    if administered + returned > drawn:
        raise MoreThanDrawn(drawn=drawn, administered=administered, returned=returned)
    return drawn - administered - returned


def check_balanced(case: Case) -> None:
    """Refuse to close a case that does not come out to the microgram; blocks the closing of a session, nothing else.

    Raises:
        NotAccountedFor: some is missing; the sentence names the container and the amount.
        AccountedTwice: there is more than was drawn.

    Source:
        21 CFR 1304.22(c): drawn is administered, wasted and returned.
    """
    accounted = Mass.total((case.administered, case.wasted, case.returned))
    if accounted < case.drawn:
        raise NotAccountedFor(container=case.container, missing=case.drawn - accounted, drawn=case.drawn)
    if accounted > case.drawn:
        raise AccountedTwice(container=case.container, surplus=accounted - case.drawn, drawn=case.drawn)
