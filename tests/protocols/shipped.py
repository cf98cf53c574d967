"""The shipped policy content, as a clinic gets it, and one changed field of it."""

import tomllib
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from clinic_api.protocols.rules.instrument import Instrument, read_instrument
from clinic_api.protocols.rules.protocol import Protocol, read_protocol

CONFIG = Path(__file__).parents[2] / "config"


def shipped(name: str) -> dict[str, Any]:
    """One file of ``config/``, such as ``protocols/iv-ketamine``."""
    return tomllib.loads((CONFIG / f"{name}.toml").read_text())


def changed(content: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The same content with one field set, such as ``dose.minutes`` or ``alerts.limits.0.tier``; ``...`` removes it."""
    copy = deepcopy(dict(content))
    *way, last = path.split(".")
    table: Any = copy
    for step in way:
        table = table[int(step) if step.isdigit() else step]
    if value is ...:
        del table[last]
    else:
        table[last] = value
    return copy


def iv_ketamine() -> Protocol:
    """The shipped protocol for ketamine into a vein."""
    return read_protocol(shipped("protocols/iv-ketamine"))


def phq9() -> Instrument:
    """The shipped PHQ-9."""
    return read_instrument(shipped("instruments/phq-9"))
