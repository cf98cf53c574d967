"""A short race on each engine, and the proof that the judge would notice (``make race`` is the long one)."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.postgres import Urls
from tests.race import Plan, run


@pytest.mark.timeout(240)
def test_two_hundred_draws_survive_two_killed_workers_to_the_microgram(
    new_database: Callable[[], Urls], engine_kind: str, tmp_path: Path
) -> None:
    plan = Plan(engine=engine_kind, clients=8, vials=5, draws=200, kills=2, workers=2, most_steps=60)
    outcome = run(plan, new_database(), tmp_path)
    assert outcome.sound, str(outcome)
    assert outcome.kills == 2
    assert outcome.refused > 0
    assert outcome.resent > 0


@pytest.mark.timeout(240)
def test_a_draw_that_reads_checks_and_then_writes_is_found_broken(
    new_database: Callable[[], Urls], engine_kind: str, tmp_path: Path
) -> None:
    plan = Plan(engine=engine_kind, clients=8, vials=2, draws=64, kills=0, workers=1, naive=True)
    outcome = run(plan, new_database(), tmp_path)
    assert outcome.broken, str(outcome)


@pytest.mark.timeout(240)
def test_of_a_hot_vial_exactly_what_it_holds_is_drawn_while_backends_end(
    new_database: Callable[[], Urls], engine_kind: str, tmp_path: Path
) -> None:
    cuts = 2 if engine_kind == "postgresql" else 0
    plan = Plan(engine=engine_kind, clients=16, vials=1, draws=120, kills=0, cuts=cuts, workers=2, each_steps=10)
    outcome = run(plan, new_database(), tmp_path)
    assert outcome.sound, str(outcome)
    assert (outcome.accepted, outcome.refused, outcome.undecided, outcome.cuts) == (100, 20, 0, cuts)
