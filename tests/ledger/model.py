"""The ledger against its oracle, at length: ``make model``, or ``python -m tests.ledger.model --runs N --steps M``."""

import argparse
import sys
from collections import Counter
from pathlib import Path
from typing import Any, Final

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.ledger.kept import ENGINES, Ward, wards
from tests.ledger.machine import Ledger
from tests.worlds import AtRest

#: What is told beside the refusals.
COUNTED: Final = ("done", "again", "faults")


def play(
    kept: AtRest[Ward], *, runs: int, steps: int, number: int | None = None, shrinks: bool = False
) -> Counter[str]:
    """Play so many days of so many steps; what was said, by name.

    Args:
        number: the seed; None plays the same days each time.
        shrinks: look for the shortest day that fails.

    Raises:
        AssertionError: the ledger and the oracle differ; the steps of a day that shows it are printed.
    """
    machine = type("Ledger", (Ledger,), {"kept": kept, "seen": Counter()})
    phases = [Phase.generate, Phase.shrink] if shrinks else [Phase.generate]
    chosen = settings(
        max_examples=runs,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        derandomize=number is None,
        print_blob=True,
        phases=phases,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine if number is None else seed(number)(machine), settings=chosen)
    seen: Counter[str] = machine.seen  # type: ignore[attr-defined]
    return seen


def figures(engine: str, seen: Counter[str], asked: argparse.Namespace) -> str:
    """One line that could show a failure."""
    refused = {name: seen[name] for name in sorted(seen) if name not in COUNTED}
    return (
        f"engine={engine} runs={asked.runs} steps={asked.steps} done={seen['done']} refused={sum(refused.values())} "
        f"classes={len(refused)} again={seen['again']} faults={seen['faults']} mismatches=0"
    )


def main() -> int:
    """Play on each engine; 0 where ledger and oracle never differed."""
    parser = argparse.ArgumentParser(prog="python -m tests.ledger.model", description=(__doc__ or "").partition(":")[0])
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--shrink", action="store_true", help="look for the shortest day that fails; takes minutes")
    parser.add_argument("--engines", default=",".join(ENGINES))
    asked: Any = parser.parse_args()
    failed = 0
    for engine in asked.engines.split(","):
        with wards(engine) as made:
            try:
                seen = play(made[engine], runs=asked.runs, steps=asked.steps, number=asked.seed, shrinks=asked.shrink)
            except AssertionError as difference:
                said = "\n".join([str(difference), *getattr(difference, "__notes__", ())])
                print(f"{said}\nengine={engine} runs={asked.runs} steps={asked.steps} mismatches=1")  # noqa: T201
                failed = 1
            else:
                print(figures(engine, seen, asked))  # noqa: T201
    return failed


if __name__ == "__main__":
    assert Path(__file__).parent.name == "ledger"
    sys.exit(main())
