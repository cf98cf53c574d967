"""Draft the next numbered migration from what the models say: ``python -m migrations.draft NAME TOPIC [TABLE ...]``.

A draft, to be read and corrected: it creates the new tables and guards each with ``keep``.
"""

import re
import sys
import tempfile
from pathlib import Path

from alembic import command

from clinic_api.database.engines import make_engine
from clinic_api.database.migrate import config_for, upgrade
from clinic_api.database.rows import Row

VERSIONS = Path(__file__).parent / "versions"
CREATED = re.compile(r"op\.create_table\(\s*['\"](\w+)['\"]")


def draft(name: str, topic: str, *tables: str) -> Path | None:
    """Write ``versions/NNNN_name.py``; None when the models say nothing new."""
    number = f"{len(list(VERSIONS.glob('[0-9]*.py'))) + 1:04d}"
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/draft.db"
        upgrade(url)
        engine = make_engine(url)
        with engine.connect() as connection:
            config = config_for(connection)
            config.attributes["only"] = tables
            command.revision(config, message=topic, rev_id=number, autogenerate=True)
        engine.dispose()
    made = next(VERSIONS.glob(f"{number}_*.py"), None)
    if made is None:
        return None
    path = made.rename(VERSIONS / f"{number}_{name}.py")
    path.write_text(_guarded(path.read_text(encoding="utf-8")), encoding="utf-8")
    return path


def _guarded(text: str) -> str:
    lines = [_keep(table) for table in CREATED.findall(text.partition("def downgrade")[0])]
    head, mark, tail = text.partition("\n\n\ndef downgrade")
    return f"{head}\n{chr(10).join(lines)}{mark}{tail}"


def _keep(table: str) -> str:
    changes = [column.key for column in Row.metadata.tables[table].columns if column.info.get("changes")]
    named = f", changes={changes}" if changes else ""
    return f'    keep(op.get_bind(), "{table}"{named})'


if __name__ == "__main__":
    made = draft(*sys.argv[1:])
    sys.stdout.write(f"{made or 'the models say nothing new'}\n")
