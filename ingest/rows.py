"""Python rows into a DuckDB relation, in one statement.

Rows made in Python reach the database as one JSON parameter. `executemany` is slower by two orders of magnitude,
and an Arrow table made of Python values imports pandas, a quarter of a second that a first start has not.
It refuses nothing of its own: a value that does not fit its column raises DuckDB's error. Arrow tables that a reader
already made are asked in a database of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import duckdb
import orjson


@cache
def _open_memory() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


@contextmanager
def open_scratch() -> Iterator[duckdb.DuckDBPyConnection]:
    """A cursor of one database in memory, for questions about Arrow tables that it registers. What is registered is its
    own and gone with it; a database for each question would cost more than most answers."""
    with _open_memory().cursor() as con:
        yield con


def create_table(
    con: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]], order: str
) -> None:
    """A new table of the rows' named columns (SQL types by name), sorted; a value a row lacks is null.

    Texts, numbers, booleans, dates, lists of them, and instants in UTC without a zone."""
    shape = orjson.dumps([{column: _write_shape(kind) for column, kind in columns.items()}]).decode()
    con.execute(
        f"create or replace table {name} as select * from "
        f"(select unnest(from_json($rows::json, '{shape}'), recursive := true)) order by {order}",
        {
            "rows": orjson.dumps(
                [{c: row.get(c) for c in columns} for row in rows], option=orjson.OPT_SERIALIZE_NUMPY
            ).decode()
        },
    )


def _write_shape(kind: str) -> str | list[str]:
    """A column's type as `from_json` wants it: a list is written as a list."""
    return [kind.removesuffix("[]")] if kind.endswith("[]") else kind
