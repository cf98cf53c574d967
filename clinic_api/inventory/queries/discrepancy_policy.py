"""Reading what is data about discrepancies: the clinic's own version, or the shipped one where it adopted none."""

import tomllib
from collections.abc import Mapping
from typing import Any

from clinic_api.clinics import queries as clinics
from clinic_api.inventory.rules.loss_policy import Clocks, Factors, FormSpec, read_clocks, read_factors, read_form
from clinic_api.settings import CONFIG

KIND = "discrepancy"


def clocks() -> Clocks:
    """Who answers within what time."""
    return read_clocks(_content("clocks"))


def factors() -> Factors:
    """What is weighed before a loss is called significant."""
    return read_factors(_content("loss-factors"))


def form() -> FormSpec:
    """The fields of Form 106."""
    return read_form(_content("form-106"))


def _content(key: str) -> Mapping[str, Any]:
    """A clinic that was founded before there were discrepancies must still be able to count."""
    try:
        return clinics.policy(KIND, key).content
    except clinics.NoSuchPolicy:
        return tomllib.loads((CONFIG / "discrepancies" / f"{key}.toml").read_text(encoding="utf-8"))
