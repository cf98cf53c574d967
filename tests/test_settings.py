"""Settings: read once, typed, and refused by name where they cannot be."""

import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from clinic_api.settings import CONFIG, FILES, BadSetting, Settings, load


def read(**environment: str) -> Settings:
    return load(environment={f"CLINIC_{name}": value for name, value in environment.items()})


def test_every_setting_stands_in_the_default_file_with_its_meaning() -> None:
    text = (CONFIG / "default.toml").read_text(encoding="utf-8")
    assert set(tomllib.loads(text)) == {field.name for field in fields(Settings)} - {"mode"}
    assert len([line for line in text.splitlines() if line.startswith("#")]) >= 15


@pytest.mark.parametrize("mode", list(FILES))
def test_each_mode_can_be_read_and_names_no_setting_that_does_not_exist(mode: str) -> None:
    assert load(mode, environment={}).mode == mode
    own = tomllib.loads((CONFIG / FILES[mode]).read_text(encoding="utf-8"))
    assert set(own) <= {field.name for field in fields(Settings)}


def test_production_is_what_runs_unless_something_else_is_asked_for() -> None:
    assert read().mode == "production"
    assert (read().clock, read(MODE="demo").mode) == ("system", "demo")
    assert load("test", environment={"CLINIC_MODE": "demo"}).mode == "test"


def test_the_environment_comes_before_the_files_and_an_argument_before_both() -> None:
    assert read(TOKEN_HOURS="8").token_hours == 8
    assert load("test", environment={"CLINIC_TOKEN_HOURS": "8"}, token_hours=4).token_hours == 4


def test_a_secret_address_may_lie_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.write_text("postgresql://clinic_app@db/clinic\n", encoding="utf-8")
    assert read(DATABASE_URL_FILE=str(file)).database_url == "postgresql+psycopg://clinic_app@db/clinic"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_a_plain_postgresql_address_is_given_our_driver(scheme: str) -> None:
    chosen = read(DATABASE_URL=f"{scheme}://app@db/clinic", MIGRATE_URL=f"{scheme}://owner@db/clinic")
    assert chosen.database_url == "postgresql+psycopg://app@db/clinic"
    assert chosen.owner_url == "postgresql+psycopg://owner@db/clinic"


def test_without_an_owners_address_migrations_use_the_applications() -> None:
    assert read(DATABASE_URL="sqlite:///x.db").owner_url == "sqlite:///x.db"


def test_what_cannot_be_a_setting_is_refused_by_name() -> None:
    with pytest.raises(BadSetting, match=r"'token_hours' is a whole number, not 'many'"):
        read(TOKEN_HOURS="many")
    with pytest.raises(BadSetting, match="mode 'holiday'"):
        read(MODE="holiday")
