"""What the ledger must say after each act: whole micrograms in lists and dictionaries, and nothing of the product's.

An act either changes the oracle or raises ``No`` with the refusal's name, in the order in which a person is told.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

GONE: Final = {"waste", "returned", "destroyed", "reverse-distributor", "transferred"}
STATED_BY_THEIR_ACT: Final = GONE | {"supplier", "broken", "transferred-in"}
WHOLE: Final = {"reverse-distributor", "transferred"}
BY_EMPLOYEES: Final = {"destroyed", "reverse-distributor"}
BEYOND_USE: Final = timedelta(days=28)
LATE: Final = timedelta(minutes=15)


class No(Exception):
    """The act is refused; by this name."""


@dataclass
class Thing:
    """A vial or a syringe; amounts in micrograms, strength in micrograms per microlitre."""

    product: str
    strength: int
    content: int
    expires_at: datetime
    registration: str
    caps: tuple[int, int]
    visit: int | None = None
    parent: int | None = None
    balance: int = 0
    use_by: datetime | None = None
    quarantined: bool = False


@dataclass
class Step:
    """One move: its kind, its ends, when it happened, and how much of it was taken back.

    ``half`` is the place of the other half of a transfer between own registrations.
    """

    kind: str
    mass: int
    source: int | None
    target: int | None
    at: datetime
    incident: bool = False
    reverses: bool = False
    half: int | None = None
    back: int = 0


@dataclass
class Promise:
    """A waste, a removal or a correction that waits for its second person."""

    kind: str
    lines: dict[int, int]
    at: datetime
    author: str = "nurse"
    state: str = "pending"
    used: bool = False
    ours: bool = False
    restated: int | None = None


@dataclass
class Oracle:
    """Everything that was done, and what follows from it."""

    things: list[Thing] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)

    # --------------------------------------------------------------------------------------------------- questions

    def held(self, thing: int) -> int:
        """What was promised to wastes and removals."""
        waits = [each for each in self.promises if each.state == "pending" and each.kind != "correction"]
        return sum(each.lines.get(thing, 0) for each in waits)

    def free(self, thing: int) -> int:
        """What may still be promised or drawn."""
        return max(0, self.things[thing].balance - self.held(thing))

    def gone(self, thing: int) -> bool:
        """Whether it lies in the bin or went away."""
        left = [each for each in self.steps if each.source == thing and not each.reverses and each.back < each.mass]
        return any(each.kind in GONE for each in left)

    def sum_of(self, kind: str, thing: int) -> int:
        """What stands of a kind of move that is capped."""
        ours = [each for each in self.steps if thing in {each.source, each.target} and each.kind == kind]
        return sum(each.mass - each.back for each in ours if not each.reverses and not each.incident)

    def moved(self, kind: str, registration: str) -> int:
        """What a registration gave or transferred this year."""
        own = [each for each in self.steps if each.kind == kind and not each.reverses and each.source is not None]
        return sum(each.mass - each.back for each in own if self.things[each.source or 0].registration == registration)

    def children(self, vial: int) -> int:
        """How many were drawn from, or made of, a vial."""
        return sum(each.parent == vial for each in self.things)

    def past(self, thing: int) -> list[int]:
        """The balance after each move, in the order in which they happened."""
        held, after = 0, []
        for each in sorted(self.steps, key=lambda step: step.at):  # stable: within a moment as they were recorded
            held += (each.mass if each.target == thing else 0) - (each.mass if each.source == thing else 0)
            after.append(held)
        return after

    def least_since(self, thing: int, at: datetime) -> int:
        """The least that it has held from a moment on."""
        past, steps = self.past(thing), sorted(self.steps, key=lambda step: step.at)
        before = [after for step, after in zip(steps, past, strict=True) if step.at <= at]
        return min([before[-1] if before else 0, *past[len(before) :]])

    # -------------------------------------------------------------------------------------------------------- acts

    def move(self, step: Step) -> None:
        """Change both balances; NotEnoughLeft where there is less."""
        if step.source is not None:
            if self.things[step.source].balance < step.mass:
                raise No("not-enough-left")
            self.things[step.source].balance -= step.mass
        if step.target is not None:
            self.things[step.target].balance += step.mass
        self.steps.append(step)

    def check_past(self, *things: int | None) -> None:
        """No moment at which a container held less than nothing."""
        if any(balance < 0 for each in things if each is not None for balance in self.past(each)):
            raise No("past-would-be-negative")

    def receive(self, thing: Thing, at: datetime) -> int:
        """A vial comes from a supplier; its place in the list."""
        self.things.append(thing)
        self.move(Step("supplier", thing.content, None, len(self.things) - 1, at))
        return len(self.things) - 1

    def check_draw(self, vial: int, mass: int, at: datetime) -> None:
        """Everything that forbids a draw."""
        thing = self.things[vial]
        met = {
            "not-a-vial": thing.visit is not None,
            "quarantined": thing.quarantined,
            "disposed": self.gone(vial),
            "empty": thing.balance == 0,
            "expired": at >= thing.expires_at,
            "past-beyond-use": thing.use_by is not None and at > thing.use_by,
            "not-enough-left": mass > self.free(vial),
        }
        for name in (name for name, is_met in met.items() if is_met):
            raise No(name)

    def take_out(self, vial: int, mass: int, visit: int, at: datetime, *, incident: bool = False) -> int:
        """A syringe is filled, and the vial opened by the first draw."""
        thing = self.things[vial]
        if thing.use_by is None:
            thing.use_by = min(at + BEYOND_USE, max(at, thing.expires_at))
        made = Thing(thing.product, thing.strength, mass, thing.expires_at, thing.registration, thing.caps)
        made.visit, made.parent = visit, vial
        self.things.append(made)
        self.move(Step("drawn", mass, vial, len(self.things) - 1, at, incident))
        return len(self.things) - 1

    def give(self, syringe: int, mass: int, visit: int, at: datetime) -> None:
        """The patient gets some."""
        if self.things[syringe].visit != visit:
            raise No("drawn-for-another")
        self.move(Step("patient", mass, syringe, None, at))

    def incident(self, vial: int, mass: int, at: datetime, *, given: bool) -> None:
        """What happened is written down; what was beyond the book is found first."""
        if beyond := mass - min(mass, self.least_since(vial, at)):
            self.move(Step("overfill", beyond, None, vial, at, incident=True))
        syringe = self.take_out(vial, mass, 0, at, incident=True)
        if given:
            self.move(Step("patient", mass, syringe, None, at, incident=True))

    def overfill(self, vial: int, mass: int, at: datetime) -> None:
        """More is in a vial than its label says, up to a cap."""
        if self.things[vial].visit is not None:
            raise No("not-a-vial")
        if self.gone(vial):
            raise No("disposed")
        if mass + self.sum_of("overfill", vial) > self.things[vial].caps[0]:
            raise No("more-than-overfill")
        self.move(Step("overfill", mass, None, vial, at))

    def hub(self, thing: int, mass: int, at: datetime) -> None:
        """What stays in the needle, up to a cap for each draw."""
        draws = 1 if self.things[thing].visit is not None else max(1, self.children(thing))
        if mass + self.sum_of("hub", thing) > self.things[thing].caps[1] * draws:
            raise No("more-than-stays-in-the-hub")
        if mass > self.free(thing):
            raise No("not-enough-left")
        self.move(Step("hub", mass, thing, None, at))

    def give_back(self, thing: int, at: datetime) -> None:
        """A whole, sealed container goes back; again, once that was taken back."""
        held = self.things[thing]
        opened = held.visit is not None or held.use_by is not None
        if opened or self.gone(thing) or held.balance != held.content or self.held(thing):
            raise No("not-whole")
        self.move(Step("returned", held.content, thing, None, at))

    def quarantine(self, thing: int) -> None:
        """Set apart, once."""
        if self.things[thing].quarantined:
            raise No("already-quarantined")
        self.things[thing].quarantined = True

    # -------------------------------------------------------------------------------------------------- two people

    def propose_waste(self, thing: int, mass: int, at: datetime) -> None:
        """Promise some to a waste."""
        if mass > self.free(thing):
            raise No("not-enough-left")
        self.promises.append(Promise("waste", {thing: mass}, at))

    def propose_removal(
        self, kind: str, asked: Sequence[tuple[int, int | None]], at: datetime, *, ours: bool, mute: timedelta
    ) -> None:
        """Promise some of several to a removal; ``mute`` is how late it is told without a reason."""
        lines: dict[int, int] = {}
        for thing, mass in asked:
            lines[thing] = self._content(kind, thing, mass, again=thing in lines)
        here = {self.things[each].registration for each in lines}
        if len(here) > 1:
            raise No("other-registration")
        if ours and here == {"there"}:
            raise No("same-registration")
        if mute >= LATE:  # the server looks at its clock a moment after the tablet
            raise No("late-without-reason")
        if kind == "transferred":
            sent = self.moved(kind, here.pop()) + sum(lines.values())
            used = self.moved("patient", self.things[next(iter(lines))].registration)
            if 100 * sent > 5 * (sent + used):
                raise No("too-much-transferred")
        self.promises.append(Promise(kind, lines, at, ours=ours))

    def _content(self, kind: str, thing: int, mass: int | None, *, again: bool) -> int:
        taken = self.free(thing) if mass is None else mass
        met = {
            "removed-twice": again,
            "disposed": self.gone(thing),
            "drawn-stays": kind != "broken" and self.things[thing].visit is not None,
            "nothing-left": taken == 0,
            "not-enough-left": taken > self.free(thing),
            "only-whole": kind in WHOLE and taken != self.things[thing].balance,
        }
        for name in (name for name, is_met in met.items() if is_met):
            raise No(name)
        return taken

    def propose_correction(self, move: int, mass: int | None, restated: int | None, at: datetime) -> None:
        """Ask that a move be taken back."""
        step = self.steps[move]
        if step.reverses:
            raise No("reversals-stand")
        asked = self.standing(step, mass)
        if restated is not None and step.kind in STATED_BY_THEIR_ACT:
            raise No("stated-by-its-act")
        if restated is not None and asked != step.mass - step.back:
            raise No("restated-only-whole")
        if step.half is not None and mass is not None:
            raise No("transfer-taken-back-whole")
        self.promises.append(Promise("correction", {move: asked}, at, restated=restated))

    def standing(self, step: Step, mass: int | None) -> int:
        """How much is taken back, where that may be."""
        standing = step.mass - step.back
        if standing == 0:
            raise No("all-taken-back")
        if (asked := standing if mass is None else mass) > standing:
            raise No("more-than-moved")
        return asked

    def withdraw(self, promise: Promise) -> None:
        """Take a promise back."""
        self.check_pending(promise)
        promise.state = "withdrawn"

    def check_pending(self, promise: Promise) -> None:
        """Nothing is signed or taken back that was before."""
        if promise.state != "pending" and promise.kind not in {"waste", "correction"}:
            raise No("not-this-state")
        if promise.state != "pending":
            raise No("already-witnessed" if promise.state == "posted" else "waste-withdrawn")
