"""Twenty faults, each planted while the program runs, and whether the model notices: ``make bugs``.

A fault replaces one function of the product in this process and is taken out again; nothing of it is ever written.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from clinic_api.audit import service as audit
from clinic_api.http import operations
from clinic_api.inventory.queries import corrections as known
from clinic_api.inventory.rules import corrections, drawing, moments, moves, vials, waste
from clinic_api.inventory.rules.drawing import Source
from clinic_api.inventory.service import correcting, moving, removing, transferring
from clinic_api.quantities import Mass
from clinic_api.signatures import rules as signatures
from tests.ledger.kept import Ward, wards
from tests.ledger.model import play
from tests.worlds import AtRest

Planting = Callable[[ExitStack], None]
DAY: Final = timedelta(days=1)


def nothing(*_: Any, **__: Any) -> None:
    """A check that checks nothing."""


@contextmanager
def instead(owner: Any, name: str, other: Any) -> Iterator[None]:
    """Something else under a name, for as long as the block lasts."""
    before = getattr(owner, name)
    setattr(owner, name, other)
    try:
        yield
    finally:
        setattr(owner, name, before)


def everywhere(stack: ExitStack, right: Any, wrong: Any) -> None:
    """The wrong function wherever the product has taken the right one in."""
    for module in [each for name, each in sys.modules.items() if name.startswith("clinic_api.")]:
        for name in [name for name, value in vars(module).items() if value is right]:
            stack.enter_context(instead(module, name, wrong))


def all_that_is_left_is_refused(stack: ExitStack) -> None:
    def enough(container: str, *, asked: Mass, left: Mass, counted: bool) -> None:
        if asked >= left:
            raise moves.NotEnoughLeft(container=container, asked=asked, left=None if counted else left)

    everywhere(stack, moves.check_enough, enough)


def what_is_promised_is_free(stack: ExitStack) -> None:
    stack.enter_context(instead(Source, "free", property(lambda source: source.left)))


def a_balance_is_not_taken(stack: ExitStack) -> None:
    stack.enter_context(instead(moving, "take", lambda container, mass: container.balance - mass))


def a_balance_has_the_wrong_sign(stack: ExitStack) -> None:
    stack.enter_context(instead(moving, "add", moving.take))


def a_witness_is_not_compared(stack: ExitStack) -> None:
    everywhere(stack, signatures.check_another_person, nothing)
    everywhere(stack, waste.check_witness, nothing)


def a_reversal_has_no_cap(stack: ExitStack) -> None:
    right = corrections.check_correction

    def uncapped(order: Any, *, kind: Any, mass: Mass, taken_back: Mass, reverses: bool) -> Mass:
        if reverses or order.mass is None:
            return right(order, kind=kind, mass=mass, taken_back=taken_back, reverses=reverses)
        asked: Mass = order.mass
        return asked

    everywhere(stack, right, uncapped)


def the_past_is_not_looked_at(stack: ExitStack) -> None:
    everywhere(stack, corrections.check_past, nothing)


def a_waste_is_taken_twice(stack: ExitStack) -> None:
    right = waste.check_not_withdrawn
    written = moving.write

    def twice(move: Any, *, ours: Any, scope: Any) -> Any:
        if move.waste is not None and ours.balance >= move.mass:
            moving.take(ours, move.mass)
        return written(move, ours=ours, scope=scope)

    assert right is not None
    stack.enter_context(instead(moving, "write", twice))


def a_key_stands_for_any_content(stack: ExitStack) -> None:
    stack.enter_context(instead(operations, "fingerprint", lambda *_: b"the same"))


def late_begins_a_second_too_late(stack: ExitStack) -> None:
    right = moments.check_when

    def lax(occurred_at: Any, late_reason: Any, *, at: Any, limits: Any) -> None:
        more = replace(limits, reason_after=limits.reason_after + timedelta(seconds=1))
        right(occurred_at, late_reason, at=at, limits=more)

    everywhere(stack, right, lax)


def hub_loss_has_no_cap(stack: ExitStack) -> None:
    everywhere(stack, vials.check_hub_loss, nothing)


def overfill_has_no_cap(stack: ExitStack) -> None:
    everywhere(stack, vials.check_overfill, nothing)


def a_removal_moves_one_line_only(stack: ExitStack) -> None:
    right = removing._post

    def first(removal: Any, lines: Any, held: Any, **who: Any) -> None:
        right(removal, lines[:1], held, **who)

    stack.enter_context(instead(removing, "_post", first))


def a_transfer_does_not_arrive(stack: ExitStack) -> None:
    stack.enter_context(instead(transferring, "bring_in", nothing))


def what_is_stated_anew_is_not_taken_back(stack: ExitStack) -> None:
    right = correcting._written

    def written(move: Any, held: Any, scope: Any) -> Any:
        return right(move, held, scope) if move.reverses is None else known.move(move.reverses)

    stack.enter_context(instead(correcting, "_written", written))


def a_volume_holds_ten_times_as_much(stack: ExitStack) -> None:
    right = drawing.mass_of
    everywhere(stack, right, lambda volume, concentration: Mass(right(volume, concentration).ug * 10))


def an_expiry_is_a_day_late(stack: ExitStack) -> None:
    right = drawing.expires_at
    everywhere(stack, right, lambda expiry, zone: right(expiry, zone) + DAY)


def an_opened_vial_is_used_for_ever(stack: ExitStack) -> None:
    def never(*, expires_at: Any, **_: Any) -> Any:
        return expires_at

    everywhere(stack, drawing.use_by, never)


def quarantine_is_not_looked_at(stack: ExitStack) -> None:
    right = drawing.check_draw

    def lax(source: Source, *, mass: Mass, at: Any) -> None:
        right(replace(source, quarantined=False), mass=mass, at=at)

    everywhere(stack, right, lax)


def an_act_leaves_no_trace(stack: ExitStack) -> None:
    right = audit.record

    def silent(event: str, *rows: Any, **facts: Any) -> None:
        if event != moves.Event.WASTE_PROPOSED:
            right(event, *rows, **facts)

    stack.enter_context(instead(audit, "record", silent))


BUGS: Final[tuple[Planting, ...]] = (
    all_that_is_left_is_refused,
    what_is_promised_is_free,
    a_balance_is_not_taken,
    a_balance_has_the_wrong_sign,
    a_witness_is_not_compared,
    a_reversal_has_no_cap,
    the_past_is_not_looked_at,
    a_waste_is_taken_twice,
    a_key_stands_for_any_content,
    late_begins_a_second_too_late,
    hub_loss_has_no_cap,
    overfill_has_no_cap,
    a_removal_moves_one_line_only,
    a_transfer_does_not_arrive,
    what_is_stated_anew_is_not_taken_back,
    a_volume_holds_ten_times_as_much,
    an_expiry_is_a_day_late,
    an_opened_vial_is_used_for_ever,
    quarantine_is_not_looked_at,
    an_act_leaves_no_trace,
)


def found(bug: Planting, kept: AtRest[Ward], *, runs: int, steps: int) -> str | None:
    """What the model says with a fault planted; None where it notices nothing.

    Raises:
        TypeError: the planted function does not fit any more, so what stops the model says nothing of the model.
    """
    with ExitStack() as stack:
        bug(stack)
        try:
            play(kept, runs=runs, steps=steps, shrinks=False)
        except Exception as noticed:
            if "the ledger says fault" in str(noticed):
                message = f"{bug.__name__} no longer fits into the program"
                raise TypeError(message) from noticed
            return f"{type(noticed).__name__}: {str(noticed).splitlines()[0] if str(noticed) else ''}"
    return None


def main() -> int:
    """Plant each in turn; 0 where at most one is missed, and the program as it is passes."""
    parser = argparse.ArgumentParser(prog="python -m tests.ledger.bugs", description="Plant faults and look for them.")
    parser.add_argument("--runs", type=int, default=150)
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--only", default="", help="a part of a fault's name")
    asked = parser.parse_args()
    chosen = [bug for bug in BUGS if asked.only in bug.__name__]
    missed = []
    with wards("sqlite") as made:
        for bug in chosen:
            said = found(bug, made["sqlite"], runs=asked.runs, steps=asked.steps)
            print(f"{bug.__name__}: {said or 'NOT FOUND'}", flush=True)  # noqa: T201
            missed += [] if said else [bug.__name__]
    print(f"found={len(chosen) - len(missed)} of {len(chosen)} missed={','.join(missed) or 'none'}")  # noqa: T201
    return int(len(missed) > 1)


if __name__ == "__main__":
    sys.exit(main())
