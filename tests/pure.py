"""How much of the rules their own tests reach, branch by branch: ``make rules``, or ``python -m tests.pure``.

Runs the tests that need no database, which are quick, and fails where they leave a branch of a rule untried.
"""

import sys
from typing import Final

import coverage
import pytest

RULES: Final = ("clinic_api/*/rules.py", "clinic_api/*/rules/*.py")
#: Whoever asks for one of these, or for a fixture that does, needs a database.
DATABASES: Final = frozenset({"cluster", "engine_kind"})
#: Slow, and nothing of theirs is a rule.
ELSEWHERE: Final = ("tests/journeys", "tests/test_architecture.py", "tests/worker")
WHOLE: Final = 100


class Pure:
    """Leaves out the tests that need a database."""

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Keep the pure ones."""
        others = [item for item in items if DATABASES & set(getattr(item, "fixturenames", ()))]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in set(others)]


def main() -> int:
    """Run them, say what is missing; 0 where nothing is."""
    ignored = [f"--ignore={name}" for name in ELSEWHERE]
    failed = pytest.main(["-q", "-p", "no:randomly", "--cov", "--cov-report=", *ignored], plugins=[Pure()])
    seen = coverage.Coverage()
    seen.load()
    reached = seen.report(include=list(RULES), show_missing=True, skip_covered=True)
    print(f"rules: {reached:.2f} % of lines and branches")  # noqa: T201  (the figure is the point)
    return int(failed) or int(reached < WHOLE)


if __name__ == "__main__":
    sys.exit(main())
