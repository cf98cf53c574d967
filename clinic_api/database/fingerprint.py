"""A digest of what the database refuses, compared at start with the one that was released."""

import hashlib
import tomllib
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clinic_api.settings import ROOT

FILE: Final = ROOT / "migrations" / "fingerprints.toml"
SQLITE: Final = """
SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master
WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> 'alembic_version' ORDER BY 1
"""
POSTGRESQL: Final = """
SELECT 'trigger ' || c.relname || ' ' || t.tgname || ' ' || t.tgtype || ' ' || t.tgenabled::text
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
  WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace
UNION ALL
SELECT 'policy ' || c.relname || ' ' || p.polname || ' ' || p.polcmd::text || ' '
       || coalesce(pg_get_expr(p.polqual, p.polrelid), '') || ' '
       || coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '')
  FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = current_schema()::regnamespace
UNION ALL
SELECT 'fence ' || relname || ' ' || relrowsecurity || ' ' || relforcerowsecurity
  FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
UNION ALL
SELECT 'function ' || proname || ' ' || md5(prosrc)
  FROM pg_proc WHERE pronamespace = current_schema()::regnamespace AND prorettype = 'trigger'::regtype
UNION ALL
SELECT 'check ' || c.relname || ' ' || k.conname
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
  WHERE k.contype IN ('c', 'u', 'p', 'f', 'x') AND c.relnamespace = current_schema()::regnamespace
ORDER BY 1
"""


def fingerprint(connection: Connection) -> str:
    """SHA-256 over triggers and what they run, policies, fences and constraints, as hex."""
    query = SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL
    lines = connection.execute(sa.text(query)).scalars().all()
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def released(dialect: str) -> str | None:
    """The fingerprint this release was built with."""
    if not FILE.exists():
        return None
    value = tomllib.loads(FILE.read_text(encoding="utf-8")).get(dialect)
    return None if value is None else str(value)


def bypasses_the_fence(connection: Connection) -> bool:
    """Whether the connected role sees every organisation's rows whatever the policies say."""
    if connection.dialect.name == "sqlite":
        return False
    query = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    return bool(connection.execute(sa.text(query)).scalar())
