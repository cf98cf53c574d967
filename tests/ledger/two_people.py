"""A thousand dishonest second signatures, none accepted, and a thousand honest ones, none refused: ``make twopeople``.

A second account of one person is not among the tries: the product knows people by their accounts, and that nobody has
two is for who enrols them to see.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from clinic_api import clock
from tests.inventory.doubt import Doubt
from tests.inventory.stock import read
from tests.ledger.hands import CHALLENGE
from tests.ledger.kept import ENGINES, Ward, wards
from tests.people import Answer, Person
from tests.worlds import AtRest

FRESH: Final = timedelta(seconds=90)
WHY: Final = {"reason": "no longer to be used"}
#: How often each kind comes up among the honest; a count and a discrepancy take many acts before anybody signs.
KINDS: Final = {"waste": 40, "removal": 30, "correction": 22, "hand-over": 6, "count": 2, "adjustment": 1}


@dataclass
class Asked:
    """What waits for a second person: where it is signed, its challenge, and since when that lives."""

    path: str
    challenge: dict[str, Any]
    at: datetime


@dataclass
class Others:
    """Those who try: each lacks one thing."""

    desk: Person
    revoked: Person
    absent: Person
    left: Person
    clumsy: Person
    stranger: Person


@dataclass
class Pair:
    """An author, an honest second person, and those who try."""

    ward: Ward
    random: Random
    others: Others = field(init=False)
    waiting: dict[str, Asked] = field(default_factory=dict)
    counted: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        clinic, ward = self.ward.clinic, self.ward
        revoked, left = clinic.nurse("Rhea Revoked"), clinic.nurse("Lea Left")
        clinic.grant(revoked, "nurse", give=False)
        here = left.does("/presences", site=clinic.site)
        left.does(f"/presences/{here['id']}/end")
        other = clinic.installation.found("South Clinic").nurse("Sam Stranger")
        self.others = Others(
            desk=ward.desk,
            revoked=revoked,
            absent=clinic.nurse("Abe Absent", here=False),
            left=left,
            clumsy=clinic.nurse("Cleo Clumsy"),
            stranger=other,
        )
        self.vials = [UUID(each["id"]) for each in ward.receive()]
        self.empty = ward.a_location("Safe 3")
        self.custodian = clinic.custodian()

    # ----------------------------------------------------------------------------------------------- what is asked

    def ask(self, kind: str) -> Asked:
        """Something of a kind that waits for a second person."""
        path, said = getattr(self, f"_{kind.replace('-', '_')}")()
        return Asked(path, said["challenge"], clock.now())

    def _waste(self) -> tuple[str, Any]:
        made = self.ward.propose(self.random.choice(self.vials), "0.001")
        return f"/wastes/{made['id']}/witness", made

    def _removal(self) -> tuple[str, Any]:
        contents = [{"container": self.ward.a_vial(), "mass_mg": "0.001"}]
        made = self.ward.nurse.does("/removals", kind="broken", contents=contents, **WHY)
        return f"/removals/{made['id']}/signature", made

    def _correction(self) -> tuple[str, Any]:
        moves = self.ward.nurse.get(f"/containers/{self.random.choice(self.vials)}").done()["moves"]
        made = self.ward.nurse.does(f"/moves/{moves[0]['id']}/corrections", mass_mg="0.001", reason="entered wrongly")
        return f"/corrections/{made['id']}/signature", made

    def _hand_over(self) -> tuple[str, Any]:
        said = {"means": "keys", "reason": "spare keys"}
        made = self.ward.nurse.does(f"/locations/{self.empty}/hand-overs", **said)
        return f"/hand-overs/{made['id']}/acceptance", made

    def _count(self) -> tuple[str, Any]:
        count = str(self.ward.nurse.does("/counts", location=self.empty, kind="closing")["id"])
        self.ward.enter_both(count)
        return f"/counts/{count}/second", self.ward.nurse.does(f"/counts/{count}/signature")

    def _adjustment(self) -> tuple[str, Any]:
        doubt: Any = object.__new__(Doubt)
        doubt.clinic, doubt.stock, doubt.compliance = self.ward.clinic, self.ward, self.custodian
        vial = str(self.ward.a_vial())
        cycle = self.ward.nurse.does("/counts", location=self.ward.location, kind="cycle", containers=[vial])
        self.ward.enter(cycle["id"], read(vial, "9.4")).done()
        id = doubt.newest(container=vial)
        for path, body in (("containment", {"measure": "freeze"}), ("investigation", {})):
            self.custodian.does(f"/discrepancies/{id}/{path}", **body)
        self.ward.nurse.does(f"/discrepancies/{id}/evidence", kind="note", words="read at arm's length")
        asked = {"container": vial, "direction": "into", "mass_mg": "10", "reason": "more than its label"}
        made = self.ward.nurse.does(f"/discrepancies/{id}/adjustments", **asked)
        return f"/adjustments/{made['id']}/approval", made

    def pending(self, kind: str) -> Asked:
        """One of a kind that still waits, with a challenge that lives; shared, since nobody may have it."""
        asked = self.waiting.get(kind) or self.ask(kind)
        if clock.now() - asked.at > FRESH:
            challenge = self.ward.nurse.does(f"/challenges/{asked.challenge['id']}/renewal")
            asked = Asked(asked.path, challenge, clock.now())
        self.waiting[kind] = asked
        return asked

    # --------------------------------------------------------------------------------------------------- who signs

    def second(self, kind: str) -> Person:
        """Who honestly may."""
        return self.custodian if kind == "adjustment" else self.ward.witness

    def signs(self, asked: Asked, by: Person, *, challenge: Any = None, **different: str) -> Answer:
        """Somebody signs on the author's tablet."""
        proof = by.proof_for(challenge or asked.challenge) | different
        return self.ward.nurse.post(asked.path, **proof)

    def same_person(self, kind: str) -> Answer:
        return self.signs(self.pending(kind), self.ward.nurse)

    def not_eligible(self, kind: str) -> Answer:
        return self.signs(self.pending(kind), self.others.desk)

    def revoked_role(self, kind: str) -> Answer:
        return self.signs(self.pending(kind), self.others.revoked)

    def not_here(self, kind: str) -> Answer:
        return self.signs(self.pending(kind), self.others.absent)

    def left_the_site(self, kind: str) -> Answer:
        return self.signs(self.pending(kind), self.others.left)

    def other_organisation(self, kind: str) -> Answer:
        return self.signs(self.pending(kind), self.others.stranger)

    def from_elsewhere(self, kind: str) -> Answer:
        asked = self.pending(kind)
        return self.others.stranger.post(asked.path, **self.second(kind).proof_for(asked.challenge))

    def wrong_pin(self, kind: str) -> Answer:
        if self.counted["wrong pin"] % 4 == 3:  # five misses would ask for a full sign-in, and hide the wrong PIN
            self.ward.clinic.later(seconds=31)
            self.ward.clinic.sign_in(self.others.clumsy)
        self.counted["wrong pin"] += 1
        return self.signs(self.pending(kind), self.others.clumsy, pin="000000")

    def expired(self, kind: str) -> Answer:
        asked = self.pending(kind)
        self.ward.clinic.installation.set_clock(asked.at + CHALLENGE + timedelta(seconds=1))
        return self.signs(asked, self.second(kind))

    def swapped_content(self, kind: str) -> Answer:
        """The signature that was asked for one thing, sent to another of its kind."""
        other = kind if kind in {"waste", "removal", "correction"} else "waste"
        asked, challenge = self.pending(kind), self.ask(other).challenge
        if other == kind and self.random.random() < 0.5:
            return self.ward.nurse.post(asked.path, **self.second(kind).proof_for(challenge))
        return self.signs(asked, self.second(kind), challenge=challenge)

    def another_subject(self, kind: str) -> Answer:
        """A challenge of another kind of act."""
        other = self.random.choice([each for each in ("waste", "removal", "correction") if each != kind])
        return self.signs(self.pending(kind), self.second(kind), challenge=self.pending(other).challenge)

    def replay(self, kind: str) -> Answer:
        """A challenge that was answered, for what it was about and for what waits."""
        done = self.done(kind if kind in {"waste", "removal", "correction", "hand-over"} else "waste")
        target = done if self.random.random() < 0.5 else self.pending(kind)
        return self.signs(target, self.second(kind), challenge=done.challenge)

    def done(self, kind: str) -> Asked:
        """One that was honestly signed."""
        asked = self.ask(kind)
        self.signs(asked, self.second(kind)).done()
        return asked

    def honest(self, kind: str) -> Answer:
        """What is accepted."""
        return self.signs(self.ask(kind), self.second(kind))


TRIES: Final[tuple[Callable[[Pair, str], Answer], ...]] = (
    Pair.same_person,
    Pair.not_eligible,
    Pair.revoked_role,
    Pair.not_here,
    Pair.left_the_site,
    Pair.other_organisation,
    Pair.from_elsewhere,
    Pair.wrong_pin,
    Pair.expired,
    Pair.swapped_content,
    Pair.another_subject,
    Pair.replay,
)


def dishonest(pair: Pair, flows: int) -> tuple[list[str], Counter[str]]:
    """So many tries, every kind with every try before any comes twice; what was accepted, and the refusals."""
    every = [(each, kind) for each in TRIES for kind in KINDS]
    accepted, said = [], Counter[str]()
    while flows > 0:
        chosen = pair.random.sample(every, min(flows, len(every)))
        for attempt, kind in chosen:
            answer = attempt(pair, kind)
            said[str(answer.json.get("type", answer.status))] += 1
            accepted += [f"{attempt.__name__}:{kind}"] if answer.status < 400 else []
        flows -= len(chosen)
    return accepted, said


def honest(pair: Pair, flows: int) -> list[str]:
    """So many honest signatures; those that were refused."""
    chosen = [*KINDS, *pair.random.choices(list(KINDS), list(KINDS.values()), k=max(0, flows - len(KINDS)))][:flows]
    answers = [(kind, pair.honest(kind)) for kind in chosen]
    return [f"{kind}: {answer.json}" for kind, answer in answers if answer.status >= 400]


def line(kept: AtRest[Ward], *, flows: int, seed: int) -> tuple[str, int]:
    """The figures, and how many there are that should not be."""
    with kept.copied() as ward:
        pair = Pair(ward, Random(seed))
        (accepted, said), refused = dishonest(pair, flows), honest(pair, flows)
        wrong = ward.clinic.verify()
    words = (
        f"adversarial={flows} accepted={len(accepted)} honest={flows} refused={len(refused)} "
        f"classes={len(said)} faults={len(wrong)}"
    )
    return "\n".join([words, *accepted, *refused]), len(accepted) + len(refused) + len(wrong)


def main() -> int:
    """Try them on an engine; 0 where none was accepted and no honest one refused."""
    parser = argparse.ArgumentParser(prog="python -m tests.ledger.two_people", description="Two people, whatever.")
    parser.add_argument("--flows", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engines", default=",".join(ENGINES))
    asked = parser.parse_args()
    failed = 0
    with wards(*asked.engines.split(",")) as made:
        for engine, kept in made.items():
            said, wrong = line(kept, flows=asked.flows, seed=asked.seed)
            print(f"engine={engine} {said}", flush=True)  # noqa: T201
            failed += wrong
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
