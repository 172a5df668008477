"""Measuring: nothing of later is read, nothing is worked out twice, and one that stops costs its own rows."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

import ingest.measuring
from ingest.fold import KIND_BY_NAME
from ingest.measures import Measure, MeasureRow, discover_measures
from ingest.measuring import STOPPED, write_measures
from ingest.publish import resolve_stored
from ingest.store import set_as_of
from tests.homes import ask

NOW = datetime(2026, 11, 30, tzinfo=UTC)


@pytest.fixture
def copy(published_home: Path, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A published file that may be written."""
    con = duckdb.connect(str(shutil.copy(published_home / "landscape.duckdb", tmp_path / "copy.duckdb")))
    con.execute("set timezone = 'UTC'")
    yield con
    con.close()


@pytest.mark.parametrize("day", ["2025-12-31", "2026-05-31"])
def test_no_measure_reads_a_row_observed_later(copy: duckdb.DuckDBPyConnection, day: str) -> None:
    instant = datetime.fromisoformat(f"{day}T23:59:59.999999+00:00")
    set_as_of(copy, instant)
    before = {m.name: list(m.compute(copy, instant)) for m in discover_measures()}
    copy.execute("begin")  # rows keep their places, by which those that were replaced are known
    removed = 0
    for kind in KIND_BY_NAME:
        copy.execute(f"delete from stored.{kind} where observed_at > ?::timestamp", [instant.replace(tzinfo=None)])
        removed += copy.fetchall()[0][0]
    copy.execute(
        "delete from stored.listings where greatest(observed_at, coalesce(evident_at, observed_at)) > ?::timestamp",
        [instant.replace(tzinfo=None)],
    )
    resolve_stored(copy)
    after = {m.name: list(m.compute(copy, instant)) for m in discover_measures()}
    assert removed > 1000 and len(before) >= 15
    assert {name for name in before if before[name] != after[name]} == set()


def test_every_measure_says_something_now_and_every_number_is_finite(published_home: Path) -> None:
    rows = ask(
        published_home, "select distinct measure_id, definition_id from measures where definition_id = 'stopped'"
    )
    assert rows == []
    [odd] = ask(
        published_home,
        "select count(*) filter (value is not null and reason_absent is not null) as both, "
        "count(*) filter (value is null and reason_absent is null) as neither, "
        "count(*) filter (not isfinite(coalesce(value, 0)) or low > high or value < low or value > high) as odd "
        "from measures",
    )
    assert odd == {"both": 0, "neither": 0, "odd": 0}


def count_computed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The measures computed from here on, by name."""
    computed: list[str] = []
    real = ingest.measuring._compute

    def note(con: duckdb.DuckDBPyConnection, measure: Measure, as_of: datetime) -> list[MeasureRow]:
        computed.append(measure.name)
        return real(con, measure, as_of)

    monkeypatch.setattr(ingest.measuring, "_compute", note)
    return computed


def test_unchanged_inputs_are_not_measured_again(
    copy: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    cheap = tuple(m for m in discover_measures() if m.name in ("price_floor", "incidents", "openness_grade"))
    monkeypatch.setattr(ingest.measuring, "discover_measures", lambda: cheap)
    computed = count_computed(monkeypatch)
    instants = [datetime(2026, 6, 30, tzinfo=UTC), datetime(2026, 7, 31, tzinfo=UTC), NOW]
    write_measures(copy, instants)
    assert 3 <= len(computed) < 9, "between two instants at which its sources say the same nothing is measured twice"
    first = copy.execute("select * exclude (as_of) from main.measures order by all").fetchall()
    computed.clear()
    write_measures(copy, instants)
    assert computed == []
    assert copy.execute("select * exclude (as_of) from main.measures order by all").fetchall() == first
    added = "'2026-11-29'::timestamp as observed_at, 'aiid' as source_id"
    copy.execute(f"insert into stored.counters select * replace ({added}) from stored.counters limit 1")
    write_measures(copy, instants)
    assert computed == ["incidents"], "one more row of one source, at the newest instant alone"


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match="is no number to publish"):
        MeasureRow("bad", "d", "all", "share", value=number)
    with pytest.raises(ValueError, match="is no number to publish"):
        MeasureRow("bad", "d", "all", "share", value=0.5, low=number)


def test_a_measure_that_stops_costs_its_own_rows_and_says_so(
    copy: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(con: duckdb.DuckDBPyConnection, as_of: datetime) -> Iterator[MeasureRow]:
        yield MeasureRow("bad", "d", "all", "share", value=0.5)
        raise ValueError("a number that is none")

    def go(con: duckdb.DuckDBPyConnection, as_of: datetime) -> Iterator[MeasureRow]:
        yield MeasureRow("good", "d", "all", "share", value=0.5)

    measures = (Measure("bad", "1", (), stop), Measure("good", "1", (), go))
    monkeypatch.setattr(ingest.measuring, "discover_measures", lambda: measures)
    write_measures(copy, [NOW])
    rows = copy.execute("select measure_id, definition_id, value, reason_absent from measures").fetchall()
    assert rows[0][:3] == ("bad", STOPPED, None) and "ValueError: a number that is none" in rows[0][3]
    assert rows[1] == ("good", "d", 0.5, None)
