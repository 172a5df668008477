"""Quality: faults that show in the data itself, recognised and dated.

A source can serve a plausible page with wrong numbers, so what is stored is judged at every publish by the
rules of data/sql/quality. A fault is flagged where it is seen and with the instant since which it could be
known, so that a page as of a past date shows what could be told then. Nothing here refuses, mends or hides
a value: what a parser cannot read is refused by the parser.
"""

from __future__ import annotations

import duckdb

from ingest.store import DATA

_RULES = DATA / "sql" / "quality"
# Read by the rules below alone and dropped again: they are as long as what they judge.
_STEPS = ("hub_day_readings", "hub_evidence")
_KEPT = ("hub_fault_days", "hub_repo_faults")


def mark_faults(con: duckdb.DuckDBPyConnection) -> None:
    """Write the relations of data/sql/quality beside the stored ones, on a writer's copy."""
    for name in _STEPS:
        con.execute(f"create or replace temp table {name} as {(_RULES / f'{name}.sql').read_text()}")
    for name in _KEPT:
        con.execute(f"create or replace table main.{name} as {(_RULES / f'{name}.sql').read_text()}")
    for name in _STEPS:
        con.execute(f"drop table temp.{name}")
