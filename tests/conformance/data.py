"""Where the published data sets lie. They stay outside the project: tests read them, nothing copies them."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

PROJECT_ROOT = Path(__file__).resolve().parents[2]
SHARED_DATA = PROJECT_ROOT.parent / "shared" / "data"


def path_of(name: str, *, within: Path = SHARED_DATA) -> Path:
    """The path of one data set, such as ``drugs/label_products.json``.

    Where there are no data sets at all, the tests that ask are skipped with one loud line; a set that is missing
    from data sets that are there is a failure.

    Raises:
        FileNotFoundError: the data sets are there, this one is not.
    """
    if not within.is_dir():
        pytest.skip("NOT RUN: the published data sets are not there (../shared/data)", allow_module_level=True)
    found = within / name
    if not found.exists():
        raise FileNotFoundError(f"no data set {name}; what is there: {sorted(each.name for each in within.iterdir())}")
    return found


def load_json(name: str) -> Any:
    """A data set that is JSON."""
    return json.loads(path_of(name).read_text(encoding="utf-8"))


def load_table(name: str) -> list[dict[str, str]]:
    """A data set that is CSV, or text between tabs, as one dictionary for each row."""
    path = path_of(name)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t" if path.suffix == ".tsv" else ","))
