"""The rules of the past: which of two rows is the reading, which days are flagged, which reading stands."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from string import Template
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.history.extract import UNUSED, Extract, HistoryRow, Warnings, decode_extract, is_extract, read_rows
from ingest.http_range import Stamp
from ingest.publish import mark_replaced
from ingest.source import HubReading, Parsed, Payload, Refused, Snapshot, SourceError
from ingest.sources.hf_hub import HfHub
from ingest.store import DATA
from tests.history_play import LARGE, SMALL
from tests.toy_source import make_database

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

# Times from the one that stands last to the one that stands first; what this machine read itself always counts.
RIGHTS = {"live": "no", "pulse": "yes", "reserved": "no"}
TIMES = ("03:00:00", "09:59:59", "23:59:59", "10:00:00", "21:30:00")
READINGS = [
    # (origin, read_at, redistributable) in the order in which they would stand
    ("live", "2026-04-30 21:00:00", "no"),
    ("starscreener", "2026-04-30 13:00:00", "yes"),
    ("hub-stats", "2026-04-30 10:00:00", "yes"),
    ("modelpulse", "2026-04-30 23:59:59", "yes"),
    ("llmfit", "2026-04-30 09:59:59", "yes"),
    ("live", "2026-04-30 04:00:00", "no"),
]


Version = tuple[str, str, str, int | None, int]  # origin, read_at, redistributable, count, observed in hours


def list_standing(versions: Iterable[Version], hour: int | None = None) -> dict[date, tuple[str, str, int, list[str]]]:
    """Which reading stands for each day as of an hour: origin, read_at, count, flags."""
    con = make_database()
    con.executemany(
        "insert into stored.hub_readings by name select 'hf_hub' as source_id, $origin as origin, 'a/b' as name_raw, "
        "$rights as redistributable, $at::timestamp as read_at, $count as downloads_30d, ['skip_day'] as flags, "
        "timestamp '2026-05-01' + to_hours($hour) as observed_at",
        [
            {"origin": origin, "at": at, "rights": rights, "count": count, "hour": observed}
            for origin, at, rights, count, observed in versions
        ],
    )
    mark_replaced(con)
    con.execute(f"create table hub_superseded as {(DATA / 'sql/history/hub_superseded.sql').read_text()}")
    as_of = "'infinity'::timestamp" if hour is None else f"timestamp '2026-05-01' + to_hours({hour})"
    for name in ("hub_readings_history", "hub_readings", "hub_days"):
        text = Template((DATA / f"sql/views/{name}.sql").read_text())
        con.execute(f"create view {name} as {text.substitute(as_of=as_of, hub_readings='hub_readings')}")
    found = con.execute("select day, origin, read_at::varchar, downloads_30d, flags from hub_days").fetchall()
    assert len(found) == len({day for day, *_ in found})
    return {day: (origin, at, count, flags) for day, origin, at, count, flags in found}


@pytest.mark.parametrize("best", range(len(READINGS)))
def test_a_reading_with_a_clock_stands_before_a_days_figure_and_that_before_an_early_one(best: int) -> None:
    left = [*READINGS[best:], ("pulse", "2026-04-30 22:00:00", "no")]
    [(origin, at, _, flags)] = list_standing((*one, n, n) for n, one in enumerate(reversed(left))).values()
    assert (origin, at) == READINGS[best][:2]
    assert flags == (["skip_day"] if best < 4 else ["skip_day", "before_refresh"])


@given(
    st.lists(
        st.tuples(
            st.sampled_from(list(RIGHTS)),
            st.builds("2026-04-{} {}".format, st.integers(29, 30), st.sampled_from(TIMES)),
            st.just(""),
            st.integers(1, 9),
            st.integers(0, 9),
        ),
        min_size=1,
        max_size=9,
        unique_by=lambda v: (v[0], v[1], v[4]),
    ).map(lambda found: [(v[0], v[1], RIGHTS[v[0]], *v[3:]) for v in found]),
    st.integers(0, 9),
)
@settings(max_examples=40, deadline=None)
def test_as_of_any_hour_the_day_has_the_best_of_what_was_known(versions: list[Version], hour: int) -> None:
    known: dict[tuple[str, str], Version] = {}
    for one in sorted((v for v in versions if v[4] <= hour), key=lambda v: v[4]):
        known[one[:2]] = one
    free = [v for v in known.values() if v[0] != "reserved"]
    expected: dict[date, Version] = {}
    for v in sorted(free, key=lambda v: (-TIMES.index(v[1].partition(" ")[2]), v[0])):
        expected.setdefault(date.fromisoformat(v[1].partition(" ")[0]), v)
    found = {day: (origin, at, count) for day, (origin, at, count, _) in list_standing(versions, hour).items()}
    assert found == {day: (v[0], v[1], v[3]) for day, v in expected.items()}


def test_a_count_that_is_taken_back_leaves_the_day_to_the_next_one() -> None:
    first, better = ("live", "2026-04-30 12:00:00", "no", 7, 1), ("live", "2026-04-30 13:00:00", "no", 8, 3)
    versions = [first, better, (*better[:3], None, 5)]
    told = [list_standing(versions, hour).values() for hour in (2, 4, 6)]
    assert [count for standing in told for _, _, count, _ in standing] == [7, 8, 7]
