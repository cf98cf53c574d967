"""Who works in the demonstration clinic, by practice profile. Everybody is invented."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Member:
    """One member of staff and the roles they hold."""

    login: str
    name: str
    pin: str
    roles: tuple[str, ...]
    licence: str | None = None
    administrator: bool = False


@dataclass(frozen=True, slots=True)
class Cast:
    """The staff, and who takes which part of the day; in a small clinic one person takes several."""

    members: tuple[Member, ...]
    administrators: tuple[str, str]
    nurse: str
    second_nurse: str
    prescriber: str
    custodian: str
    compliance: str
    desk: str
    witness: str
    second_counter: str
    checker: str

    def member(self, login: str) -> Member:
        """The member with this login."""
        return next(member for member in self.members if member.login == login)


TEAM: Final = Cast(
    members=(
        Member("alma", "Alma Quist", "204816", (), administrator=True),
        Member("otto", "Otto Brandt", "918273", (), administrator=True),
        Member("ada", "Ada Novak, RN", "135791", ("nurse",), licence="RN"),
        Member("ben", "Ben Osei, RN", "246802", ("nurse",), licence="RN"),
        Member("reyes", "Dr Marisol Reyes, MD", "864213", ("prescriber",), licence="MD"),
        Member("kim", "Kim Duval, RPh", "571935", ("custodian",), licence="RPh"),
        Member("cora", "Cora Lindqvist", "682047", ("compliance",)),
        Member("finn", "Finn Walsh", "739148", ("front-desk",)),
    ),
    administrators=("alma", "otto"),
    nurse="ada",
    second_nurse="ben",
    prescriber="reyes",
    custodian="kim",
    compliance="cora",
    desk="finn",
    witness="ben",
    second_counter="ada",
    checker="ben",
)
DUO: Final = Cast(
    members=(
        Member(
            *("ada", "Ada Novak, RN", "135791", ("nurse", "custodian", "front-desk")), licence="RN", administrator=True
        ),
        Member(
            *("reyes", "Dr Marisol Reyes, MD", "864213", ("prescriber", "compliance")), licence="MD", administrator=True
        ),
    ),
    administrators=("ada", "reyes"),
    nurse="ada",
    second_nurse="ada",
    prescriber="reyes",
    custodian="ada",
    compliance="reyes",
    desk="ada",
    witness="reyes",
    second_counter="reyes",
    checker="reyes",
)
SOLO: Final = Cast(
    members=(
        Member(
            *("reyes", "Dr Marisol Reyes, MD", "864213", ("prescriber", "nurse", "custodian", "compliance")),
            licence="MD",
            administrator=True,
        ),
        Member(
            *("mia", "Mia Tanaka, MA", "957031", ("medical-assistant", "front-desk", "witness-only")),
            licence="MA",
            administrator=True,
        ),
    ),
    administrators=("reyes", "mia"),
    nurse="reyes",
    second_nurse="reyes",
    prescriber="reyes",
    custodian="reyes",
    compliance="reyes",
    desk="mia",
    witness="mia",
    second_counter="mia",
    checker="reyes",
)
CASTS: Final = {"team": TEAM, "duo": DUO, "solo": SOLO}
