"""Several rows in one value, so that what travels beside another row costs no statement of its own."""

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

_ROWS: Final = {"postgresql": "json_agg(json_build_array(%s))", "sqlite": "json_group_array(json_array(%s))"}


class JsonRows(FunctionElement[str]):
    """The rows of a query as the text of a JSON array of arrays, in no order; nothing, or an empty array, for none.

    Moments come as text with their offset, identifiers as text.
    """

    type = sa.Text()
    inherit_cache = True


@compiles(JsonRows)
def _rows(element: JsonRows, compiler: SQLCompiler, **kw: Any) -> str:
    rows = _ROWS[compiler.dialect.name] % compiler.process(element.clauses, **kw)
    return f"CAST({rows} AS TEXT)"


class Hex(FunctionElement[str]):
    """Bytes as hexadecimal digits, which is how JSON can say them; nothing for nothing."""

    type = sa.Text()
    inherit_cache = True


@compiles(Hex)
def _hex(element: Hex, compiler: SQLCompiler, **kw: Any) -> str:
    value = compiler.process(element.clauses, **kw)
    if compiler.dialect.name == "postgresql":
        return f"encode({value}, 'hex')"
    return f"CASE WHEN {value} IS NOT NULL THEN hex({value}) END"
