"""The rules of the past: which of two rows is the reading, which days are flagged, which reading stands."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from string import Template
from typing import Any

import duckdb
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.history.extract import UNUSED, Extract, HistoryRow, Warnings, decode_extract, is_extract, read_rows
from ingest.http_range import Stamp
from ingest.source import HubReading, Parsed, Payload, Refused, Snapshot, SourceError
from ingest.sources.hf_hub import HfHub
from ingest.store import DATA
from tests.history_play import LARGE, SMALL

AT = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


def make_extract(*rows: list[Any], warnings: Warnings | None = None) -> Extract:
    return Extract(
        "modelpulse", "https://x/2026-04.parquet", Stamp(9, '"a"'), 10, 1, (0,), (SMALL,), warnings or Warnings(), rows
    )


def parse(body: bytes, at: datetime = AT) -> list[Parsed]:
    payload = Payload(
        7,
        "hf_hub",
        "history:modelpulse:2026-04",
        "https://x",
        body,
        at,
        "backfilled",
        at,
        at,
        "LIVE",
        "Apache-2.0",
        "yes",
        complete=False,
        origin="modelpulse",
    )
    return list(HfHub().parse(Snapshot("s", "hf_hub", at, (payload,))))


counts = st.one_of(st.none(), st.integers(0, 3))
rows = st.lists(
    st.tuples(
        st.sampled_from([SMALL, LARGE]), st.sampled_from(["2026-04-29", "2026-04-30"]), counts, counts, counts
    ).map(list),
    max_size=10,
)


@given(rows=rows, data=st.data())
def test_one_row_a_repository_and_day_is_the_reading_whatever_their_order(
    rows: list[list[Any]], data: st.DataObject
) -> None:
    def settle(given: list[list[Any]]) -> tuple[set[tuple[Any, ...]], set[tuple[Any, ...]]]:
        found = [r for r in read_rows(make_extract(*given)) if isinstance(r, HistoryRow)]
        used = [(r.row["id"], r.read_at, *list(r.row.values())[1:]) for r in found if not r.unused]
        unused = {(r.row["id"], r.read_at, *list(r.row.values())[1:]) for r in found if r.unused}
        assert len({u[:2] for u in used}) == len(used), "one reading a key"
        assert all(r.row_no < len(given) for r in found) and {r.unused for r in found} <= {None, UNUSED}
        return set(used), unused

    used, unused = settle(rows)
    assert settle(data.draw(st.permutations(rows))) == (used, unused)
    assert settle([*rows, *rows]) == (used, unused), "a row that says the same is no other reading"
    assert len(used) == len({(r[0], r[1]) for r in rows})
    for name, at, _, all_time, _ in used:
        others = [u[3] for u in unused if u[:2] == (name, at)]
        assert all((o if o is not None else -1) <= (all_time if all_time is not None else -1) for o in others)


def test_of_two_rows_for_a_day_the_later_reading_counts_and_the_other_is_set_aside() -> None:
    """The publisher's crawl met the repository twice; the larger all-time count was read later."""
    early, late = [SMALL, "2026-04-30", 6_900_000, 100, 5], [SMALL, "2026-04-30", 6_844_752, 101, 5]
    for order in ((early, late), (late, early, late)):
        reading, refused = sorted(parse(make_extract(*order).encode()), key=lambda f: isinstance(f, Refused))
        assert isinstance(reading, HubReading) and reading.downloads_30d == 6_844_752
        assert isinstance(refused, Refused) and refused.reason == UNUSED
        assert json.loads(refused.row_json)["downloads"] == 6_900_000


days = st.sets(st.dates(datetime(2026, 4, 1).date(), datetime(2026, 4, 30).date()).map(str), max_size=4)


@given(skip=days, low=days, partial=days)
def test_every_warned_day_and_no_other_is_flagged(skip: set[str], low: set[str], partial: set[str]) -> None:
    warnings = Warnings(tuple(sorted(skip)), tuple(sorted(low)), tuple(sorted(partial)))
    extract = make_extract(*([SMALL, f"2026-04-{d:02}", d, None, 0] for d in range(1, 31)), warnings=warnings)
    readings = [r for r in parse(extract.encode()) if isinstance(r, HubReading)]
    assert len(readings) == 30, "a warned day is loaded, with its flag"
    for r in readings:
        day = f"{r.read_at:%Y-%m-%d}"
        expected = {"partial": day in partial, "skip_day": day in skip - partial, "low_day": day in low}
        assert set(r.flags) == {flag for flag, holds in expected.items() if holds}


def test_a_months_warnings_are_its_own() -> None:
    both = Warnings(("2026-04-29", "2026-05-01"), ("2026-04-29", "2026-04-29"), ("2025-11-24",))
    assert both.limit("2026-04-01", "2026-04-31") == Warnings(("2026-04-29",), ("2026-04-29",))


def test_a_day_is_dated_by_its_end_and_never_after_the_body_it_came_in() -> None:
    extract = make_extract([SMALL, "2026-05-31", 1, 2, 3], [SMALL, "2026-06-01", 1, 2, 3])
    first, last = (r for r in parse(extract.encode()) if isinstance(r, HubReading))
    assert first.read_at == first.observed_at == datetime(2026, 5, 31, 23, 59, 59, tzinfo=UTC)
    assert last.read_at == datetime(2026, 6, 1, 23, 59, 59, tzinfo=UTC) and last.observed_at == AT
    assert (first.origin, first.licence_id, first.redistributable) == ("modelpulse", "Apache-2.0", "yes")


def test_a_row_that_is_none_is_refused_and_the_others_are_read() -> None:
    good = [SMALL, "2026-04-29", 6_507_411, None, 0]
    bad: list[Any] = [
        [SMALL, "yesterday", 1, 1, 1],
        [SMALL, "2026-04-30", -1, 1, 1],
        [SMALL],
        "x",
        [None, "2026-04-30", 1, 1, 1],
    ]
    found = parse(make_extract(*bad, good).encode())
    assert [f.row_no for f in found if isinstance(f, Refused)] == [0, 1, 2, 3, 4]
    [reading] = [f for f in found if isinstance(f, HubReading)]
    assert (reading.downloads_30d, reading.downloads_all_time, reading.likes) == (6_507_411, None, 0)


def test_an_extract_without_rows_is_silence_and_one_of_another_version_is_an_error() -> None:
    assert parse(make_extract().encode()) == []
    document = orjson.loads(make_extract().encode())
    assert is_extract(document) and decode_extract(document) == make_extract()
    for change in ({"shape": "hub-history-extract/2"}, {"columns": ["id"]}, {"size": None, "rows": None}):
        with pytest.raises(SourceError, match="an extract"):
            parse(orjson.dumps({**document, **change}))


# Which reading stands for a day

READINGS = [
    # (origin, read_at, redistributable) in the order in which they would stand
    ("live", "2026-04-30 21:00:00", "no"),
    ("starscreener", "2026-04-30 13:00:00", "yes"),
    ("hub-stats", "2026-04-30 10:00:00", "yes"),
    ("modelpulse", "2026-04-30 23:59:59", "yes"),
    ("llmfit", "2026-04-30 09:59:59", "yes"),
    ("live", "2026-04-30 04:00:00", "no"),
]


@pytest.mark.parametrize("best", range(len(READINGS)))
def test_a_reading_with_a_clock_stands_before_a_days_figure_and_that_before_an_early_one(best: int) -> None:
    con = duckdb.connect()
    con.execute("""create table readings (repo_key bigint, repo_id varchar, read_at timestamp, origin varchar,
        downloads_30d bigint, downloads_all_time bigint, likes bigint, flags varchar[], observed_at timestamp,
        observed_kind varchar, licence_id varchar, redistributable varchar, payload_key bigint, row_no bigint)""")
    left = [*READINGS[best:], ("pulse", "2026-04-30 22:00:00", "no")]
    for n, (origin, at, rights) in enumerate(reversed(left)):
        con.execute(
            "insert into readings values (1, 'a/b', ?, ?, ?, null, 1, ['skip_day'], ?, 'x', 'x', ?, 1, ?)",
            [at, origin, n, at, rights, n],
        )
    view = Template((DATA / "sql/views/hub_days.sql").read_text()).substitute(hub_readings="readings")
    [(origin, at, flags)] = con.execute(f"select origin, read_at::varchar, flags from ({view})").fetchall()
    assert (origin, at) == READINGS[best][:2]
    assert flags == (["skip_day"] if best < 4 else ["skip_day", "before_refresh"])
