"""hub-stats' revisions: the latest of each day, ids first, and days that hold only part of the Hub."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import Result

from tests.history_play import (
    SMALL,
    TRACKED,
    PulsePlay,
    StatsPlay,
    count_downloads,
    list_days,
    make_month,
    make_revision,
    write_parquet,
)
from tests.homes import ask, copy_home, list_archived, run_landscape, take_fingerprint
from tests.replay_server import ReplayServer

pytestmark = pytest.mark.usefixtures("newest_alone")

DAYS = list_days("2025-11")[21:27]  # 22 to 27 November 2025
PARTIAL = date(2025, 11, 24)
SPAN = ("--since", "2025-11-23", "--until", "2025-11-26")


@pytest.fixture(scope="module")
def bodies() -> Mapping[date, bytes]:
    """Six days of 30,000 repositories, save the 24th, of which 26 % was uploaded."""
    return {d: make_revision(d, rows=7_800 if d == PARTIAL else 30_000) for d in DAYS}


@pytest.fixture
def home(small_home: Path, tmp_path: Path) -> Path:
    return copy_home(small_home, tmp_path / "home")


def backfill(home: Path, server: ReplayServer, *words: str) -> Result:
    return run_landscape(home, "backfill", "hf_hub", "--via", "hub-stats", *words, "--mirror", server.url)


@pytest.fixture(scope="module")
def filled(
    bodies: Mapping[date, bytes], small_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, StatsPlay, Result]:
    """A home after one backfill, to read only, what was served for it and what was printed."""
    home = copy_home(small_home, tmp_path_factory.mktemp("filled") / "home")
    with ReplayServer() as server:
        play = StatsPlay(server, bodies)
        done = backfill(home, server, *SPAN)
    assert done.exit_code == 0 and server.unscripted == [], done.output
    return home, play, done


def test_a_day_is_its_last_upload_and_a_partial_day_is_flagged(filled: tuple[Path, StatsPlay, Result]) -> None:
    home, play, done = filled
    for day in (DAYS[0], DAYS[-1]):
        assert play.files[day].bytes_served == 4 + (64 << 10), "of a neighbour the number of rows alone is asked"
    rows = ask(home, "from hub_readings where origin = 'hub-stats'")
    assert {(r["repo_id"], r["read_at"], r["downloads_30d"], tuple(r["flags"])) for r in rows} == {
        (t, f"{d}T13:07:41", count_downloads(t, d), ("partial",) if d == PARTIAL else ())
        for t in TRACKED
        for d in DAYS[1:-1]
    }
    assert {r["downloads_all_time"] == 3 * r["downloads_30d"] for r in rows} == {True}
    assert "partial (part of the repositories): 2025-11-24" in done.stdout
    partial = ask(home, "select name from payloads where origin = 'hub-stats' and not complete")
    assert partial == [{"name": "history:hub-stats:2025-11-24"}]


def test_counters_travel_only_from_row_groups_that_hold_a_wanted_id(filled: tuple[Path, StatsPlay, Result]) -> None:
    """The share: the ids of every row group, as the file is in no order, and the counters of those that hold one."""
    play = filled[1]
    for day in DAYS[1:-1]:
        file = play.files[day]
        parquet = pq.ParquetFile(io.BytesIO(file.body))
        share = holding = 0
        for n in range(parquet.num_row_groups):
            group, ids = parquet.metadata.row_group(n), parquet.read_row_group(n, columns=["id"]).column("id")
            holds = bool(set(ids.to_pylist()) & set(TRACKED))
            holding += holds
            for c in range(group.num_columns):
                chunk = group.column(c)
                if chunk.path_in_schema == "id" or (holds and chunk.path_in_schema != "tags"):
                    share += chunk.total_compressed_size
        assert 1 <= holding <= 2 and file.bytes_served <= share + (64 << 10) + 4 <= 3 * share
        if day != PARTIAL:
            assert file.bytes_served < 0.2 * len(file.body)


def test_the_price_of_many_days_is_reckoned_from_three(filled: tuple[Path, StatsPlay, Result]) -> None:
    done = filled[2]
    assert done.stdout.startswith("hub-stats (Apache-2.0): 2025-11-23 to 2025-11-26, ")
    assert "To read: at most about " in done.stdout and " in 4 files; 0 already here." in done.stdout


def test_the_same_days_again_are_not_read_again(home: Path, bodies: Mapping[date, bytes]) -> None:
    with ReplayServer() as server:
        play = StatsPlay(server, bodies)
        assert backfill(home, server, "--since", "2025-11-23", "--until", "2025-11-24").exit_code == 0
        before = {d: len(f.served) for d, f in play.files.items()}
        assert "2 already here" in backfill(home, server, *SPAN).stdout
        assert {d: len(play.files[d].served) - before[d] for d in DAYS[1:2]} == {DAYS[1]: 0}
        stored, archived = take_fingerprint(home), list_archived(home)
        done = backfill(home, server, *SPAN)
    assert "Nothing new to read: 4 files already here (2025-11-23 to 2025-11-26).\n0 rows added\n" in done.stdout
    assert (take_fingerprint(home), list_archived(home)) == (stored, archived)


def test_a_day_without_all_time_counts_or_with_gaps_in_them_is_absent_there(home: Path) -> None:
    day = date(2025, 2, 1)
    table = pq.read_table(io.BytesIO(make_revision(day, rows=600, has_all_time=False)))
    is_small = [name == SMALL for name in table.column("id").to_pylist()]
    downloads = [None if s else d for s, d in zip(is_small, table.column("downloads").to_pylist(), strict=True)]
    at = table.column_names.index("downloads")
    table = table.set_column(at, "downloads", pa.array(downloads, pa.float64()))
    with ReplayServer() as server:
        StatsPlay(server, {day: write_parquet(table, 100, statistics=False)})
        assert backfill(home, server, "--since", f"{day}", "--until", f"{day}").exit_code == 0
    rows = {r["repo_id"]: r for r in ask(home, "from hub_readings where origin = 'hub-stats'")}
    assert set(rows) == set(TRACKED) and {r["downloads_all_time"] for r in rows.values()} == {None}
    assert rows[SMALL]["downloads_30d"] is None and rows[SMALL]["likes"] is not None
    assert ask(home, f"from hub_counts where repo_id = '{SMALL}' and day = '{day}'") == []


def test_both_routes_may_fill_one_home_and_a_day_is_shown_once(home: Path, bodies: Mapping[date, bytes]) -> None:
    """Model Pulse is built from hub-stats: both say the same of a day, and the one with a clock stands for it."""
    with ReplayServer() as server:
        StatsPlay(server, bodies)
        PulsePlay(server, {"2025-11": make_month("2025-11", crowd=500)})
        assert backfill(home, server, *SPAN).exit_code == 0
        words = ("--since", "2025-11-01", "--until", "2025-11-30", "--mirror", server.url)
        assert run_landscape(home, "backfill", "hf_hub", *words).exit_code == 0
    rows = ask(home, f"from hub_counts where repo_id = '{SMALL}' and day between '2025-11-22' and '2025-11-27'")
    assert [r["origin"] for r in sorted(rows, key=lambda r: r["day"])] == [
        "modelpulse",
        *["hub-stats"] * 4,
        "modelpulse",
    ]
    assert [r["downloads_30d"] for r in sorted(rows, key=lambda r: r["day"])] == [
        count_downloads(SMALL, d) for d in DAYS
    ]
