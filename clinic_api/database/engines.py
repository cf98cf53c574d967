"""How engines are made: which driver, which pool, which deadlines."""

import importlib
import importlib.util
import logging
from types import ModuleType
from typing import Any, Final

import sqlalchemy as sa

from clinic_api.database.transactions import WAL_IS_SAFE_FROM, hook

log = logging.getLogger(__name__)

#: Connections per process, and seconds a request waits for one.
POOL: Final = {"pool_size": 10, "max_overflow": 10, "pool_timeout": 3, "pool_pre_ping": False}
#: A link that swallows packets must fail in seconds, not minutes; a lock that is not ours too.
POSTGRESQL: Final = {
    "connect_timeout": 5,
    "tcp_user_timeout": 4000,
    "application_name": "clinic_api",
    "options": "-c lock_timeout=3000 -c statement_timeout=15000 -c idle_in_transaction_session_timeout=20000 "
    "-c timezone=UTC",
}


def engine_options(url: str) -> dict[str, Any]:
    """What ``create_engine`` needs for ``url``; bound values never reach a log."""
    if url.startswith("sqlite"):
        return {"module": _sqlite(), "hide_parameters": True, "connect_args": {"timeout": 5}}
    return {**POOL, "hide_parameters": True, "connect_args": POSTGRESQL}


def make_engine(url: str) -> sa.Engine:
    """An engine of its own, for commands that run beside the application."""
    engine = sa.create_engine(url, **engine_options(url))
    hook(engine)
    return engine


def _sqlite() -> ModuleType:
    """The wheel's SQLite where there is one; the interpreter's own may carry the write-ahead-log bug."""
    found = importlib.util.find_spec("pysqlite3")
    module = importlib.import_module("pysqlite3" if found else "sqlite3")
    if tuple(module.sqlite_version_info) < WAL_IS_SAFE_FROM:
        log.warning("SQLite %s: using DELETE + EXTRA instead of WAL + FULL (slower)", module.sqlite_version)
    return module
