"""Runs against the engine that the caller opened; never opens one of its own."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import MigrationScript

import clinic_api.app  # noqa: F401  (every floor, so that every table is known)
from clinic_api.database.rows import Row


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Our own column types by name; their words stay in the model."""
    if kind == "type" and type(item).__module__ == "clinic_api.database.types":
        return "sa.Text()" if type(item).__name__ == "Code" else f"types.{type(item).__name__}()"
    return False


def only_when_something_changed(_context: Any, _revision: Any, directives: list[MigrationScript]) -> None:
    """A draft of nothing is no file."""
    operations = directives[0].upgrade_ops
    if operations is not None and operations.is_empty():
        directives[:] = []


def in_topic(_item: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    """A draft holds one topic: only the tables that were named, or all where none was."""
    only = context.config.attributes.get("only")
    return kind != "table" or not only or name in only


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Row.metadata,
    render_as_batch=False,  # batch mode rebuilds a table and silently drops its triggers
    render_item=render_item,
    include_object=in_topic,
    process_revision_directives=only_when_something_changed if "only" in context.config.attributes else None,
    compare_type=False,  # our column types render differently per database
)
context.run_migrations()
