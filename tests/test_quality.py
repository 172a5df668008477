"""Faults of the Hub's counters are told from the readings, as of any date, and scored against the known ones."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import duckdb
import pytest

from ingest.append import ingest_source
from ingest.archive import Archive
from ingest.publish import build_relations
from ingest.source import Parsed, Price, Refused, Snapshot
from tests.homes import ask, copy_home
from tests.toy_source import Toy, add_snapshot, make_archive, make_database

SMALL = "openai/gpt-oss-20b"
DAY = datetime(2026, 7, 1)
Reading = tuple[str, datetime, int, int | None]


def publish(readings: Iterable[Reading], origin: str = "live", rights: str = "no") -> duckdb.DuckDBPyConnection:
    """The published relations over some readings (repository, instant, 30-day count, all-time count)."""
    con = make_database()
    con.execute("insert into stored.payloads by name select 1 as payload_key, 'hf_hub' as source_id")
    con.executemany(
        "insert into stored.hub_readings by name select 'hf_hub' as source_id, $origin as origin, $repo as name_raw, "
        "$rights as redistributable, 1 as payload_key, $at::timestamp as observed_at, $at::timestamp as read_at, "
        "[] as flags, $recent as downloads_30d, $total as downloads_all_time",
        [
            {"origin": origin, "repo": repo, "rights": rights, "at": at, "recent": recent, "total": total}
            for repo, at, recent, total in readings
        ],
    )
    build_relations(con)
    return con


def read_daily(days: int, *, repos: int = 20, still: range = range(0), on: int = -1) -> Iterator[Reading]:
    """Noon readings of growing counters; on one day those of `still` repositories do not move."""
    for r in range(repos):
        for n in range(days):
            moved = n - 1 if n == on and r in still else n
            yield f"a/{r}", DAY + timedelta(days=n, hours=12), 100_000 + 1000 * r + 37 * moved, 10**6 + 3000 * moved


def list_flags(con: duckdb.DuckDBPyConnection, as_of: datetime | None = None) -> list[tuple[Any, ...]]:
    """Day, flag and how many repositories' days carry it, as of an instant."""
    con.execute("reset variable as_of") if as_of is None else con.execute(f"set variable as_of = '{as_of}'::timestamp")
    return con.execute(
        "select day - '2026-07-01'::date as n, flag, count(*) from (select day, unnest(flags) as flag from hub_counts) "
        "group by all order by 1, 2"
    ).fetchall()


def test_counters_that_move_are_flagged_with_nothing() -> None:
    assert list_flags(publish(read_daily(12))) == []


@pytest.mark.parametrize(
    ("still", "flagged"), [(range(3), []), (range(4), [(5, "stalled", 4)]), (range(20), [(5, "stalled", 20)])]
)
def test_a_day_on_which_a_fifth_stood_still_is_a_stall_of_those_that_did(
    still: range, flagged: list[tuple[Any, ...]]
) -> None:
    assert list_flags(publish(read_daily(12, still=still, on=5))) == flagged


def test_too_few_repositories_tell_nothing() -> None:
    assert list_flags(publish(read_daily(12, repos=9, still=range(9), on=5))) == []


def test_a_stall_is_known_from_its_evidence_on_and_not_before() -> None:
    con = publish(read_daily(12, still=range(20), on=5))
    assert list_flags(con, DAY + timedelta(days=5, hours=11)) == []
    assert list_flags(con, DAY + timedelta(days=5, hours=13)) == [(5, "stalled", 20)]
    assert con.execute("select count(*) from hub_faults").fetchall() == [(1,)]
    con.execute(f"set variable as_of = '{DAY + timedelta(days=5)}'::timestamp")
    assert con.execute("select count(*) from hub_faults").fetchall() == [(0,)]


def test_later_evidence_can_clear_a_day() -> None:
    """Ten still repositories make a stall; forty that moved, told of later, unmake it from then on."""
    first = list(read_daily(7, repos=10, still=range(10), on=5))
    others = [
        (f"b/{r}", at + timedelta(hours=2), n, total) for r in range(41) for _, at, n, total in read_daily(7, repos=1)
    ]
    con = publish([*first, *others])
    assert list_flags(con, DAY + timedelta(days=5, hours=13)) == [(5, "stalled", 10)]
    assert list_flags(con) == []


def test_an_early_refresh_before_the_first_reading_of_a_day_is_no_stall() -> None:
    """Read at 05:30 and 12:00: where nothing moved between, the refresh may have been at 04:30."""

    def read(moving: int) -> Iterator[Reading]:
        for r in range(20):
            yield f"a/{r}", DAY + timedelta(hours=5, minutes=30), 5000 + r, None
            yield f"a/{r}", DAY + timedelta(hours=12), 5000 + r + (r < moving), None

    assert list_flags(publish(read(0))) == []
    assert list_flags(publish(read(4))) == [(0, "stalled", 16)]


def test_a_fall_of_the_cohort_is_a_rollback_until_it_is_made_up() -> None:
    dip = {5: 0.7, 6: 0.75}
    con = publish((r, at, int(n * dip.get((at - DAY).days, 1)), None) for r, at, n, _ in read_daily(12))
    assert list_flags(con) == [(5, "rollback", 20), (6, "rollback", 20)]


def test_one_repositorys_own_fall_is_a_flag_only_where_it_can_be_no_less_than_a_restatement() -> None:
    def fall(column: str) -> duckdb.DuckDBPyConnection:
        return publish(
            (
                r,
                at,
                n // (2 if drop and column == "recent" else 1),
                (t or 0) // (2 if drop and column == "total" else 1),
            )
            for r, at, n, t in read_daily(8)
            for drop in [r == "a/3" and (at - DAY).days == 5]
        )

    assert list_flags(fall("recent")) == []
    assert list_flags(fall("total")) == [(5, "rollback", 1)]


def test_a_counter_unchanged_for_35_days_is_frozen() -> None:
    readings = [(r, at, 7777 if r == "a/1" else n, None if r == "a/1" else t) for r, at, n, t in read_daily(38)]
    assert list_flags(publish(readings)) == [(n, "frozen", 1) for n in (35, 36, 37)]


def test_a_day_with_part_of_a_readers_repositories_is_partial_for_that_reader() -> None:
    readings = [r for r in read_daily(8, repos=40) if (r[1] - DAY).days != 6 or int(r[0][2:]) < 20]
    assert list_flags(publish(readings)) == [(6, "partial", 20)]


def test_what_may_not_be_shared_flags_no_day_that_the_seed_shows() -> None:
    con = publish(read_daily(12, still=range(20), on=5), "pulse", "no")
    con.execute(
        "insert into stored.hub_readings select * replace ('llmfit' as origin, 'yes' as redistributable) "
        "from stored.hub_readings where name_raw = 'a/0'"
    )
    build_relations(con)
    assert list_flags(con) == []
    assert con.execute("select flag, repos, affected from hub_faults").fetchall() == [("stalled", 20, 20)]


def test_the_known_stall_is_flagged_on_gpt_oss_and_known_only_afterwards(published_home: Path) -> None:
    query = f"select downloads_30d as n, flags from hub_counts where repo_id = '{SMALL}' and day = '2026-04-29'"
    assert ask(published_home, query) == [{"n": 6507411, "flags": ["before_refresh", "stalled"]}]
    assert ask(published_home, query, "2026-04-29T23:00:00Z") == [{"n": 6507411, "flags": ["before_refresh"]}]


def test_recognised_faults_are_scored_against_the_dated_list(published_home: Path, shared_sources: Path) -> None:
    """Of the known faults within the recorded days none is missed; what is found beyond the list is printed."""
    found: dict[str, set[str]] = {"stalled": set(), "rollback": set()}
    for row in ask(published_home, "select day::varchar as day, flag from hub_faults"):
        found[row["flag"]].add(row["day"])
    first, last = "2026-03-01", "2026-08-22"
    with (shared_sources / "huggingface" / "hub_counter_glitches.csv").open(encoding="utf-8") as file:
        listed = [
            (r["start_day"], r["end_day"] or r["start_day"], kind)
            for r in csv.DictReader(file)
            if (kind := {"stall": "stalled", "half_stall": "stalled", "rollback": "rollback"}.get(r["kind"]))
            and first <= r["start_day"] <= last
        ]
    missed = [x for x in listed if not any(x[0] <= day <= x[1] for day in found[x[2]])]
    extra = {
        kind: sorted(d for d in days if not any(a <= d <= b and k == kind for a, b, k in listed))
        for kind, days in found.items()
    }
    days = sum(map(len, found.values()))
    beyond = sum(map(len, extra.values()))
    print(
        f"known faults {len(listed)}, found {len(listed) - len(missed)} (recall {1 - len(missed) / len(listed):.0%}); "
        f"days flagged {days}, listed {days - beyond} (precision {1 - beyond / days:.0%}); beyond the list: {extra}"
    )
    assert missed == []
    assert extra["rollback"] == []
    assert ("2026-04-29" in found["stalled"]) and found["rollback"] >= {f"2026-06-{n}" for n in range(13, 18)}
    assert 1 - beyond / days >= 0.7


def read_listed(con: duckdb.DuckDBPyConnection) -> dict[str, bool]:
    """Listing -> whether it is listed, by its newest row."""
    return dict(
        con.execute(
            "select listing_id, arg_max(is_listed, (observed_at, rowid)) from stored.prices group by all"
        ).fetchall()
    )


def ingest_lists(folder: Path, sizes: Sequence[int], steps: bool = True) -> duckdb.DuckDBPyConnection:
    """A toy price list read once an hour with so many listings, in steps or at once."""
    archive, con = make_archive(folder), make_database()
    for hour, size in enumerate(sizes):
        add_snapshot(archive, hour, {"prices": {f"m{n}": 1.0 for n in range(size)}, "hour": hour})
        if steps or hour == len(sizes) - 1:
            assert ingest_source(con, archive, Toy()).failure is None
    return con


@pytest.mark.parametrize(
    ("sizes", "listed"),
    [
        ([30, 19], 19),  # a third gone is within tolerance
        ([30, 17], 30),  # two fifths gone is a list cut off: nobody is delisted
        ([30, 17, 30], 30),
        ([30, 17, 17], 30),
        ([30, 17, 17, 17], 17),  # seen for the third time it is the list
        ([12, 1], 1),  # small lists may change as they like
    ],
)
@pytest.mark.parametrize("steps", [True, False])
def test_a_list_cut_off_by_its_host_delists_nobody(tmp_path: Path, sizes: list[int], listed: int, steps: bool) -> None:
    con = ingest_lists(tmp_path, sizes, steps)
    assert sum(read_listed(con).values()) == listed
    drops = con.execute("select count(*) from stored.listings where not complete").fetchone()
    assert drops == (int(listed > sizes[-1]) + sizes[1:-1].count(17),)


def test_epochs_sample_of_57_rows_delists_nobody(published_home: Path) -> None:
    """274 rows were announced and 57 recorded; the models of the edition that are not among them stay listed."""
    sample = "payload_key in (select payload_key from payloads where name like '%sample57of274%')"
    assert ask(published_home, f"select count(*) as n from scores_history where {sample} and not is_listed") == [
        {"n": 0}
    ]
    whole = f"source_id = 'epoch_eci' and board = 'eci' and not {sample}"
    [row] = ask(
        published_home,
        "select count(*) filter (is_listed) as listed, count(*) as n from scores "
        f"where {whole} and edition = (select max(edition) from scores where {whole})",
    )
    assert row["listed"] == row["n"] > 200


def read_faults(archive: Archive) -> list[tuple[Any, ...]]:
    """Fact, name, flag and reason of what a toy archive's values show, by name."""
    con = make_database()
    assert ingest_source(con, archive, Toy()).failure is None
    build_relations(con)
    return con.execute("select fact, name_raw, flag, reason from fact_faults order by all").fetchall()


def test_a_price_ten_times_its_last_is_a_jump_from_its_read_on_and_a_doubled_one_is_not(tmp_path: Path) -> None:
    archive = make_archive(tmp_path)
    add_snapshot(archive, 0, {"prices": {"a": 0.15, "b": 1.0, "c": 2.0}})
    add_snapshot(archive, 1, {"prices": {"a": 15000.0, "b": 2.0, "c": 0.2}})
    assert read_faults(archive) == [
        ("prices", "a", "jump", "was 0.15 in and 0.15 out, is 15000.0 and 15000.0"),
        ("prices", "c", "jump", "was 2.0 in and 2.0 out, is 0.2 and 0.2"),
    ]


def test_dates_that_cannot_be_and_scores_far_from_their_last_are_flagged(tmp_path: Path) -> None:
    archive = make_archive(tmp_path)
    epoch = (date(1970, 1, 1) - date(2026, 1, 1)).days
    add_snapshot(archive, 1, {"scores": {"old": [epoch, 5.0], "next": [9, 5.0], "same": [0, 50.0], "far": [0, 50.0]}})
    add_snapshot(archive, 2, {"scores": {"same": [0, 60.0], "far": [0, 80.0]}})
    assert read_faults(archive) == [
        ("scores", "far", "jump", "was 50.0, is 80.0"),
        ("scores", "next", "impossible_date", "the date 2026-01-10"),
        ("scores", "old", "impossible_date", "the date 1970-01-01"),
    ]


def test_a_score_beyond_its_benchmarks_range_and_a_count_that_fell_are_flagged(
    small_home: Path, tmp_path: Path
) -> None:
    work = duckdb.connect(str(copy_home(small_home, tmp_path / "home") / "work.duckdb"))
    work.execute(
        "insert into stored.scores by name select * replace ('gpqa_diamond' as benchmark_id, 67.7 as value, "
        "'high' as name_raw) from stored.scores limit 1"
    )
    work.execute(
        "insert into stored.counters by name select 'x' as source_id, 'm' as name_raw, 'pulls' as metric, "
        "true as is_cumulative, 100000 as step, observed_at, payload_key, n as row_no, '2026-01-01'::date + n as day, "
        "v as value "
        "from (select observed_at, payload_key from stored.payloads limit 1), "
        "(values (1, 1.6e6), (2, 1.5e6), (3, 9e5), (4, 2e7)) t(n, v)"
    )
    build_relations(work)
    found = work.execute("select flag, reason from fact_faults order by all").fetchall()
    work.close()
    assert ("fell", "pulls was 1500000.0, is 900000.0") in found
    assert ("jump", "pulls was 900000.0, is 20000000.0") in found
    assert [r for f, r in found if f == "out_of_range"] == ["67.7 lies beyond 0.0 to 1.0"]
    assert sum(f == "fell" for f, _ in found) == 1


class Strict(Toy):
    """The toy source with a parser that cannot read prices stated as text."""

    reads_text: ClassVar[bool] = False

    def parse(self, snapshot: Snapshot) -> Iterator[Parsed]:
        """Prices as Toy gives them, text refused until `reads_text`."""
        for item in super().parse(snapshot):
            usd = getattr(item, "input_usd_per_mtok", None)
            if not isinstance(item, Price) or not isinstance(usd, str):
                yield item
            elif self.reads_text:
                yield replace(item, input_usd_per_mtok=float(usd), output_usd_per_mtok=float(usd))
            else:
                yield Refused(item.payload_key, item.row_no, f"the price {usd!r} is text", json.dumps(usd))


def test_a_refused_row_is_quarantined_and_a_mended_parser_brings_it_back(tmp_path: Path) -> None:
    archive, con = make_archive(tmp_path), make_database()
    add_snapshot(archive, 0, {"prices": {"a": 1.0, "b": "2.5"}})
    assert ingest_source(con, archive, Strict()).refused == 1
    assert con.execute("select reason, row_json from stored.quarantine").fetchall() == [
        ("the price '2.5' is text", '"2.5"')
    ]
    mended, again = type("Mended", (Strict,), {"reads_text": True})(), make_database()
    assert ingest_source(again, archive, mended).refused == 0
    assert again.execute("select listing_id, input_usd_per_mtok from stored.prices order by all").fetchall() == [
        ("a", 1.0),
        ("b", 2.5),
    ]
    assert again.execute("select count(*) from stored.quarantine").fetchone() == (0,)
