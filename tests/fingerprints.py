"""Write ``migrations/fingerprints.toml`` from freshly migrated databases: ``python -m tests.fingerprints``."""

import tempfile

from clinic_api.database.engines import make_engine
from clinic_api.database.fingerprint import FILE, fingerprint
from clinic_api.database.migrate import upgrade
from tests.postgres import mine, stop_mine


def of(owner_url: str) -> str:
    """Migrate an empty database and take its fingerprint."""
    upgrade(owner_url)
    engine = make_engine(owner_url)
    try:
        with engine.connect() as connection:
            return fingerprint(connection)
    finally:
        engine.dispose()


def main() -> None:
    """Both engines, one line each."""
    with tempfile.TemporaryDirectory() as folder:
        sqlite = of(f"sqlite:///{folder}/clinic.db")
    try:
        postgresql = of(mine().create_database("fingerprint").migrate)
    finally:
        stop_mine()
    FILE.write_text(
        "# What the database refuses, as released; written by `python -m tests.fingerprints`.\n"
        f'sqlite = "{sqlite}"\npostgresql = "{postgresql}"\n',
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
