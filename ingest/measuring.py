"""Measuring: every measure for every instant, none worked out twice.

A measure is a function of what its sources had said by an instant, of the code and of the catalogue. So its rows are
kept in the writer's file under a key of those, and computed again only where one of them changed. It refuses nothing
and decides nothing: the measures themselves say what cannot be had.
"""

from __future__ import annotations

import hashlib
import logging
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime, time, timedelta

import duckdb
import orjson

from ingest.append import PARSER_FAULTS
from ingest.fold import KIND_BY_NAME
from ingest.kept import hash_code
from ingest.measures import RELEASED_ON, Measure, MeasureRow, discover_measures
from ingest.rows import create_table
from ingest.store import read_row, set_as_of

log = logging.getLogger(__name__)
# The definition of a row that stands for a measure that stopped.
STOPPED = "stopped"
_MEASURES = {
    **dict.fromkeys(("measure_id", "method_version", "definition_id", "subject"), "varchar"),
    "day": "date",
    "as_of": "timestamp",
    **dict.fromkeys(("value", "low", "high"), "double"),
    **dict.fromkeys(("unit", "reason_absent", "told_by", "inputs", "inputs_hash", "method"), "varchar"),
}
_ROW = tuple(f.name for f in fields(MeasureRow))
# Rows already worked out, by key; in the writer's file only.
_KEPT = "create table if not exists logs.measured (key varchar, measure varchar, rows varchar)"


def choose_instants(con: duckdb.DuckDBPyConnection, asked: Iterable[datetime] = ()) -> list[datetime]:
    """Instants to measure: month ends since the release, those asked for, and the newest instant known.

    "Now" is the newest observation and not the clock, so the same archive gives the same measures."""
    row = read_row(con, "select max(observed_at) from stored.payloads")
    if not row or row[0] is None:
        return []
    newest = row[0].replace(tzinfo=UTC)
    instants = {newest, *(t for t in asked if t < newest)}
    first = RELEASED_ON.replace(day=1)
    while True:
        first = (first + timedelta(days=32)).replace(day=1)
        end = datetime.combine(first, time(), UTC) - timedelta(microseconds=1)
        if end >= newest:
            return sorted(instants)
        instants.add(end)


def create_measures(con: duckdb.DuckDBPyConnection) -> None:
    """An empty main.measures, so that views can be defined on it before anything is measured."""
    create_table(con, "measures", _MEASURES, [], "all")


def write_measures(con: duckdb.DuckDBPyConnection, as_ofs: Sequence[datetime]) -> None:
    """Create main.measures on an open copy; what is new of it stands in logs.measured, for the writer to keep."""
    con.execute(_KEPT)
    known = dict(con.execute("select key, rows from logs.measured").fetchall())
    said, ground = _Said.read(con), _hash_ground(con)
    read: dict[tuple[str, str], str] = {}
    used: dict[str, tuple[str, list[MeasureRow]]] = {}
    rows: list[Mapping[str, object]] = []
    for as_of in as_ofs:
        set_as_of(con, as_of)
        for measure in discover_measures():
            reads = said.tell(measure.sources, as_of)
            if measure.read_key:
                asked = measure.name, reads  # it reads nothing that its sources have not said
                if asked not in read:
                    read[asked] = measure.read_key(con)
                reads = read[asked]
            told = "|".join((ground, measure.name, measure.method_version, reads))
            key = hashlib.sha256(told.encode()).hexdigest()
            if key not in used:
                kept = known.get(key)
                used[key] = measure.name, _recall(kept) if kept else _compute(con, measure, as_of)
            rows.extend(_describe(r, measure, as_of) for r in used[key][1])
    set_as_of(con, None)
    create_table(con, "measures", _MEASURES, rows, "measure_id, definition_id, subject, as_of, day")
    kept_rows = [
        {
            "key": key,
            "measure": name,
            "rows": orjson.dumps(found, option=orjson.OPT_SERIALIZE_NUMPY).decode(),
        }
        for key, (name, found) in used.items()
    ]
    create_table(con, "logs.measured", dict.fromkeys(("key", "measure", "rows"), "varchar"), kept_rows, "all")


def _compute(con: duckdb.DuckDBPyConnection, measure: Measure, as_of: datetime) -> list[MeasureRow]:
    """A measure's rows; one that stops on data it did not expect costs its own rows and says so in their place."""
    try:
        return list(measure.compute(con, as_of))
    except PARSER_FAULTS as e:
        log.exception("The measure %s stopped as of %s.", measure.name, as_of.isoformat())
        reason = f"This measure stopped ({type(e).__name__}: {e}); what was published before is in earlier files."
        return [MeasureRow(measure.name, STOPPED, "all", "", reason_absent=reason)]


def keep_measured(work: duckdb.DuckDBPyConnection, copy: duckdb.DuckDBPyConnection) -> None:
    """Take what a copy worked out over into the writer's file, and out of the copy."""
    if not read_row(copy, "select 1 from duckdb_tables() where schema_name = 'logs' and table_name = 'measured'"):
        return
    rows = copy.execute("select key, measure, rows from logs.measured").fetchall()
    columns = ("key", "measure", "rows")
    create_table(
        work,
        "logs.measured",
        dict.fromkeys(columns, "varchar"),
        [dict(zip(columns, row, strict=True)) for row in rows],
        "all",
    )
    copy.execute("drop table logs.measured")


class _Said:
    """What each source had said by any instant, as a hash: stored rows are never changed."""

    def __init__(self, steps: Mapping[str, tuple[list[datetime], list[int]]]) -> None:
        self._steps = steps

    @classmethod
    def read(cls, con: duckdb.DuckDBPyConnection) -> _Said:
        """From the stored rows and listings of an open copy."""
        parts = [
            *(f"select source_id, observed_at as told_at, hash(t) as told from stored.{k} t" for k in KIND_BY_NAME),
            "select source_id, observed_at, hash(t) from stored.listings t",
            "select source_id, evident_at, hash(t) + 1 from stored.listings t where evident_at is not null",
        ]
        steps: dict[str, tuple[list[datetime], list[int]]] = {}
        for source_id, at, told in con.execute(f"""
                select source_id, told_at, (bit_xor(told) + count(*)::hugeint) from ({" union all ".join(parts)})
                group by all order by all""").fetchall():
            instants, sums = steps.setdefault(source_id, ([], []))
            instants.append(at)
            sums.append(int(told) + (sums[-1] if sums else 0))
        return cls(steps)

    def tell(self, sources: Iterable[str], as_of: datetime) -> str:
        """A hash of all that some sources had said by an instant."""
        at, told = as_of.astimezone(UTC).replace(tzinfo=None), []
        for source_id in sources:
            instants, sums = self._steps.get(source_id, ([], []))
            place = bisect_right(instants, at)
            told.append(f"{source_id}={sums[place - 1] if place else 0}")
        return ",".join(told)


def _hash_ground(con: duckdb.DuckDBPyConnection) -> str:
    """What every measure stands on whatever its sources: the code, the registries and the catalogue."""
    row = read_row(
        con,
        "select (select bit_xor(hash(m)) from main.models m), (select bit_xor(hash(n)) from main.model_names n)",
    )
    return f"{hash_code()}|{row}"


def _recall(kept: str) -> list[MeasureRow]:
    rows = orjson.loads(kept)
    for row in rows:
        row["day"] = date.fromisoformat(row["day"]) if row["day"] else None
        row["inputs"] = tuple(row["inputs"])
    return [MeasureRow(**row) for row in rows]


def _describe(r: MeasureRow, measure: Measure, as_of: datetime) -> Mapping[str, object]:
    inputs = orjson.dumps(sorted(r.inputs)).decode()
    told = f"{measure.method_version}|{r.definition_id}|{inputs}|{r.value}|{r.low}|{r.high}"
    return {
        **{name: getattr(r, name) for name in _ROW},
        "method": measure.name,
        "method_version": measure.method_version,
        "as_of": as_of.replace(tzinfo=None),
        "inputs": inputs,
        "inputs_hash": hashlib.sha256(told.encode()).hexdigest()[:16],
    }
