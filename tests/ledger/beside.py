"""The ledger and its oracle, side by side."""

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from typing import Any, ClassVar, Final

from hypothesis.stateful import RuleBasedStateMachine

from tests.ledger.hands import Hands
from tests.ledger.kept import Ward
from tests.ledger.oracle import No, Oracle, Thing
from tests.worlds import AtRest

#: NDC, micrograms per microlitre, content, and the caps of overfill and hub, in micrograms.
PRODUCTS: Final = (
    ("0409-2053-10", 50, 500_000, (25_000, 5_000)),
    ("42023-113-10", 10, 200_000, (10_000, 1_000)),
    ("0409-2051-05", 100, 500_000, (25_000, 10_000)),
)
#: The last day, and the first moment after it in New York.
EXPIRIES: Final = (
    ("2026-03-31", datetime(2026, 4, 1, 4, tzinfo=UTC)),
    ("2027-06-30", datetime(2027, 7, 1, 4, tzinfo=UTC)),
)
SAME_MOMENT: Final = timedelta(milliseconds=500)


class Beside(RuleBasedStateMachine):
    """Both, how they are compared, and how an act picks what it is about."""

    kept: ClassVar[AtRest[Ward]]
    seen: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.hands = Hands(self.stack.enter_context(self.kept.copied()))
        self.oracle = Oracle()
        self.before()

    def before(self) -> None:
        """What the ward has done before (``kept.Ward.BEFORE``), by its own times."""
        ndc, strength, content, caps = PRODUCTS[0]
        times = [row[-1] for row in self.hands.stands() if isinstance(row, tuple)]
        for at in times[:2]:
            self.oracle.receive(Thing(ndc, strength, content, EXPIRIES[1][1], "here", caps), at)
        for vial, mass in enumerate((500_000, 480_000)):
            drawn, given = times[2 + 2 * vial : 4 + 2 * vial]
            syringe = self.oracle.take_out(vial, mass, vial, drawn)
            self.oracle.give(syringe, mass, vial, given)
        self.same()

    def teardown(self) -> None:
        """What a verification finds, and the clinic is thrown away."""
        with self.stack:
            faults = self.hands.faults()
            self.seen["faults"] += len(faults)
            assert faults == []

    def both(self, expected: Callable[[Oracle], Any], done: Callable[[], str | None]) -> None:
        """The oracle and the ledger do the same, or refuse the same and change nothing."""
        after, says = deepcopy(self.oracle), None
        try:
            expected(after)
        except No as refused:
            says = str(refused)
        said = done()
        self.seen[said or "done"] += 1
        assert said == says, f"the ledger says {said or 'done'}, the oracle {says or 'done'}"
        if says is None:
            self.oracle = after
        self.same()

    def same(self) -> None:
        """Every move and every balance; nothing below zero at any time; each product adds up."""
        stands, things = self.hands.stands(), self.oracle.things
        for step, row in zip(self.oracle.steps, stands, strict=False):
            if isinstance(row, tuple) and abs(row[-1] - step.at) < SAME_MOMENT:
                step.at = row[-1]  # the server's clock was read a moment later
        says = [*(_as_row(each) for each in self.oracle.steps), *(each.balance for each in things)]
        differ = [pair for pair in zip_longest(stands, says) if pair[0] != pair[1]]
        assert not differ, f"the ledger has {differ[0][0]}, the oracle {differ[0][1]}"
        assert all(balance >= 0 for number in range(len(things)) for balance in self.oracle.past(number))
        for product in {each.product for each in things}:
            ours = {number for number, each in enumerate(things) if each.product == product}
            come = sum(each.mass for each in self.oracle.steps if each.target in ours and each.source is None)
            left = sum(each.mass for each in self.oracle.steps if each.source in ours and each.target is None)
            assert come - left == sum(things[number].balance for number in ours)

    # ------------------------------------------------------------------------------------------------------ picking

    def thing(self, pick: int, *, vial: bool = False) -> int | None:
        """A container, counted from the newest."""
        known = [number for number, each in enumerate(self.oracle.things) if not (vial and each.visit is not None)]
        return known[-1 - pick % len(known)] if known else None

    def mass(self, thing: int, part: str) -> int:
        """A part of what is free, at least one microgram."""
        free = self.oracle.free(thing)
        return max(1, {"all": free, "more": free + 1, "half": free // 2, "least": 1}[part])

    def volume(self, thing: int, part: str) -> int:
        """A part of what it holds, in steps of ten microlitres."""
        full = self.oracle.things[thing].balance // self.oracle.things[thing].strength // 10 * 10
        return max(10, {"all": full, "more": full + 10, "half": full // 20 * 10, "least": 10}[part])


def _as_row(step: Any) -> tuple[Any, ...]:
    """A step as the ledger keeps it."""
    outside = {"drawn": None, "transferred-in": "transferred"}.get(step.kind, step.kind)
    source = outside if step.source is None else None
    target = outside if step.target is None else None
    return (source, step.source, target, step.target, step.mass, step.at)
