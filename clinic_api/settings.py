"""Settings: read once, typed, passed in. Nothing else reads the environment."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CONFIG = ROOT / "config"
FILES = {"production": "production.toml", "demo": "demo.toml", "test": "testing.toml"}


class BadSetting(ValueError):
    """A setting is missing, unknown or not of its kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting; units and meaning stand in ``config/default.toml``."""

    mode: str
    database_url: str
    migrate_url: str
    vault: str
    clock: str
    public_url: str
    token_hours: int
    pin_misses: int
    challenge_seconds: int
    argon2_memory_kib: int
    argon2_passes: int
    writes_per_minute: int
    reads_per_minute: int
    exports_per_hour: int
    max_body_bytes: int
    smtp_host: str
    smtp_port: int
    smtp_sender: str
    lease_seconds: int
    tick_seconds: int
    seal_seconds: int

    @property
    def owner_url(self) -> str:
        """Where migrations connect."""
        return self.migrate_url or self.database_url


def load(mode: str | None = None, *, environment: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Read ``config/``, then the environment, then ``overrides``.

    Args:
        mode: production, demo or test; by default what ``CLINIC_MODE`` says, else production.

    Raises:
        BadSetting: unknown mode or name, or a value of the wrong kind.
    """
    env = os.environ if environment is None else environment
    mode = mode or env.get("CLINIC_MODE", "production")
    if mode not in FILES:
        message = f"mode {mode!r} is not one of {', '.join(FILES)}"
        raise BadSetting(message)
    values = _toml("default.toml") | _toml(FILES[mode]) | _from_environment(env) | overrides | {"mode": mode}
    values["database_url"] = _with_driver(str(values["database_url"]))
    values["migrate_url"] = _with_driver(str(values["migrate_url"]))
    typed: dict[str, Any] = {field.name: _typed(field.name, field.type, values) for field in fields(Settings)}
    return Settings(**typed)


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((CONFIG / name).read_text(encoding="utf-8"))


def _from_environment(env: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for field in fields(Settings):
        name = f"CLINIC_{field.name.upper()}"
        if name in env:
            found[field.name] = env[name]
        elif f"{name}_FILE" in env:
            found[field.name] = Path(env[f"{name}_FILE"]).read_text(encoding="utf-8").strip()
    return found


def _typed(name: str, kind: object, values: Mapping[str, Any]) -> str | int:
    if name not in values:
        message = f"setting {name!r} is missing"
        raise BadSetting(message)
    if kind is not int:
        return str(values[name])
    try:
        return int(values[name])
    except ValueError:
        message = f"setting {name!r} is a whole number, not {values[name]!r}"
        raise BadSetting(message) from None


def _with_driver(url: str) -> str:
    """Plain PostgreSQL addresses name no driver; ours is psycopg."""
    for scheme in ("postgres://", "postgresql://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url
