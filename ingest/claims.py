"""The claims of data/sql/checks: what must be true of every published file.

Each file is a query for the rows that contradict its claim, which is the file's name in words. A publish stops at
the first that does not hold; `landscape check` tells of each. A claim that cannot be asked is one that fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from ingest.store import DATA

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """A claim in words, how many rows contradict it, and the first of them."""

    claim: str
    offending: int
    examples: tuple[dict[str, Any], ...]

    def __str__(self) -> str:
        if not self.offending:
            return f"ok     {self.claim}"
        shown = "; ".join(", ".join(f"{k} {v}" for k, v in row.items() if v is not None) for row in self.examples)
        rows = "1 row contradicts" if self.offending == 1 else f"{self.offending:,} rows contradict"
        return f"FAILS  {self.claim}: {rows} it, for example {shown}"


def judge_claims(con: duckdb.DuckDBPyConnection) -> Iterator[Verdict]:
    """Ask every claim, in their names' order."""
    for path in sorted((DATA / "sql" / "checks").glob("*.sql")):
        asked = con.execute(path.read_text())
        names = [d[0] for d in asked.description or ()]
        rows = asked.fetchall()
        examples = tuple(dict(zip(names, r, strict=True)) for r in rows[:SHOWN])
        yield Verdict(path.stem.replace("_", " "), len(rows), examples)
