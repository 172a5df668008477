"""Model Pulse's months in a home: right figures, few bytes, nothing twice, and what its publisher warns of."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import orjson
import pyarrow.parquet as pq
import pytest
from click.testing import Result

import ingest.backfill
from ingest.archive import Archive
from ingest.backfill import BackfillOptions, run_backfill
from ingest.history.extract import decode_extract
from ingest.refresh import open_writer
from tests.history_play import (
    LARGE,
    OTHER,
    SMALL,
    TRACKED,
    PulsePlay,
    count_downloads,
    list_days,
    make_month,
)
from tests.homes import ask, copy_home, list_archived, run_landscape, take_fingerprint, use_home
from tests.publishers import Edition
from tests.replay_server import ReplayServer

pytestmark = pytest.mark.usefixtures("newest_alone")

MONTHS = ("2026-04", "2026-05")
SPAN = ("--since", "2026-04-01", "--until", "2026-05-31")
COUNTERS = ("dl30", "dl_all", "likes")


@pytest.fixture(scope="module")
def bodies() -> Mapping[str, bytes]:
    """Two months of 40,003 repositories: 1.2 million rows each, in row groups of 200,000."""
    return {m: make_month(m) for m in MONTHS}


@pytest.fixture
def home(small_home: Path, tmp_path: Path) -> Path:
    """A home of one's own that never saw a backfill."""
    return copy_home(small_home, tmp_path / "home")


WARNED = (["2026-04-29"], ["2026-05-02"], ["2026-05-10"])


@pytest.fixture(scope="module")
def filled(
    bodies: Mapping[str, bytes], small_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, PulsePlay, Result]]:
    """A home after one backfill, to read only, what was served for it and what was printed."""
    home = copy_home(small_home, tmp_path_factory.mktemp("filled") / "home")
    with ReplayServer() as server:
        play = PulsePlay(server, bodies, *WARNED)
        yield home, play, backfill(home, play, *SPAN)


@pytest.fixture
def mine(filled: tuple[Path, PulsePlay, Result], tmp_path: Path) -> Path:
    """A copy of that home, to go on from."""
    return copy_home(filled[0], tmp_path / "mine")


def backfill(home: Path, play: PulsePlay, *words: str) -> Result:
    return run_landscape(home, "backfill", "hf_hub", *words, "--mirror", play.server.url)


def test_every_day_of_a_tracked_repository_is_there_with_the_figures_as_published(
    filled: tuple[Path, PulsePlay, Result],
) -> None:
    home, play, done = filled
    assert done.exit_code == 0 and play.server.unscripted == []
    rows = ask(home, "select * from hub_readings where origin = 'modelpulse' order by repo_id, read_at")
    days = [d for m in MONTHS for d in list_days(m)]
    assert {(r["repo_id"], r["read_at"], r["downloads_30d"]) for r in rows} == {
        (t, f"{d}T23:59:59", count_downloads(t, d)) for t in TRACKED for d in days
    }
    assert len(rows) == len(TRACKED) * len(days)
    small = {r["read_at"][:10]: r["downloads_30d"] for r in rows if r["repo_id"] == SMALL}
    assert (small["2026-04-29"], small["2026-04-30"]) == (6_507_411, 6_844_752)
    assert {
        (r["observed_kind"], r["licence_id"], r["redistributable"], r["is_listed"], r["observed_at"] == r["read_at"])
        for r in rows
    } == {("backfilled", "Apache-2.0", "yes", True, True)}


def test_days_the_publisher_warns_of_are_flagged_and_stand_with_their_flag(
    filled: tuple[Path, PulsePlay, Result],
) -> None:
    home, _, done = filled
    flagged = ask(home, f"select day, flags from hub_counts where repo_id = '{SMALL}' and len(flags) > 0 order by day")
    told = [(r["day"], [f for f in r["flags"] if f != "rollback"]) for r in flagged]  # the play's totals go up and down
    assert [row for row in told if row[1]] == [
        ("2026-04-29", ["skip_day"]),
        ("2026-05-02", ["low_day"]),
        ("2026-05-10", ["partial"]),
    ]
    assert "skip_day (counters stood still or had fallen back): 2026-04-29" in done.stdout
    assert len(ask(home, f"from hub_counts where repo_id = '{SMALL}'")) > 60


def test_only_the_row_groups_that_are_needed_travel(filled: tuple[Path, PulsePlay, Result]) -> None:
    """The share is what the counters of the wanted rows' row groups weigh; ids are read to find them."""
    _, play, done = filled
    for month, file in play.files.items():
        parquet = pq.ParquetFile(io.BytesIO(file.body))
        share = 0
        for n in range(parquet.num_row_groups):
            if set(parquet.read_row_group(n, columns=["id"]).column("id").to_pylist()) & set(TRACKED):
                group = parquet.metadata.row_group(n)
                share += sum(group.column(c).total_compressed_size for c in range(group.num_columns))
        assert share <= file.bytes_served <= 1.5 * share, month
        assert file.bytes_served < 0.4 * len(file.body)
        # The first bytes, the footer, the ids of five row groups, the counters of two: nothing twice.
        assert len(file.served) == 9
        told = f"{file.bytes_served / 1e6:,.1f} MB of {len(file.body) / 1e6:,.1f} MB in 9 requests"
        assert told in done.stdout


def test_the_price_is_told_first_and_is_not_exceeded(filled: tuple[Path, PulsePlay, Result]) -> None:
    _, play, done = filled
    first = done.stdout.splitlines()[0]
    assert first.startswith("Model Pulse (Apache-2.0): 2026-04 to 2026-05, ")
    assert f"of {sum(len(b) for b in play.months.values()) / 1e6:,.1f} MB in 2 files; 0 already here." in first
    told = float(first.partition("at most ")[2].partition(" MB")[0])
    assert play.bytes_served / 1e6 <= told + 0.2


def test_the_same_backfill_again_adds_nothing_and_reads_four_bytes_a_file(
    mine: Path, bodies: Mapping[str, bytes]
) -> None:
    before, archived = take_fingerprint(mine), list_archived(mine)
    with ReplayServer() as server:
        play = PulsePlay(server, bodies, *WARNED)
        done = backfill(mine, play, *SPAN)
        assert "Nothing new to read: 2 files already here (2026-04 to 2026-05).\n0 rows added\n" in done.stdout
        assert play.bytes_served == 4 * len(MONTHS)
    assert list_archived(mine) == archived and take_fingerprint(mine) == before


def test_what_was_backfilled_is_marked_as_known_only_since(filled: tuple[Path, PulsePlay, Result]) -> None:
    """As of a past date its rows are those of days until then; all were recorded later, so it is reconstructed."""
    home, _, _ = filled
    query = "select read_at, recorded_at from hub_readings where origin = 'modelpulse'"
    then = ask(home, query, as_of="2026-04-10")
    assert len(then) == 10 * len(TRACKED) and max(r["read_at"] for r in then) == "2026-04-10T23:59:59"
    assert min(r["recorded_at"] for r in then) > "2026-06-01"


def test_an_extract_leads_back_to_the_file_it_came_from(filled: tuple[Path, PulsePlay, Result]) -> None:
    home, play, _ = filled
    [payload] = ask(home, "from payloads where name = 'history:modelpulse:2026-04'")
    assert payload["url"].endswith("/series/2026-04.parquet") and payload["licence_id"] == "Apache-2.0"
    assert payload["complete"] and payload["rows"] == 90
    with use_home(home):
        [stored] = Archive(home / "raw").read("hf_hub", payload["snapshot_id"], {}).payloads
        extract = decode_extract(orjson.loads(stored.body))
    assert extract.stamp.etag == play.files["2026-04"].etag and extract.stamp.size == len(play.months["2026-04"])
    assert (extract.file_rows, extract.row_groups) == (40_003 * 30, 7)
    assert extract.warnings.skip_day == ("2026-04-29",) and len(extract.wanted) == len(set(extract.wanted)) > 50


def test_a_rebuild_from_the_archive_gives_the_same(filled: tuple[Path, PulsePlay, Result], tmp_path: Path) -> None:
    home = copy_home(filled[0], tmp_path / "home")
    done = run_landscape(home, "rebuild", "--to", tmp_path / "again")
    assert done.exit_code == 0 and "DIFFERS" not in done.stdout


def test_no_list_delists_and_no_live_figure_changes(filled: tuple[Path, PulsePlay, Result], small_home: Path) -> None:
    for query in (
        "select * exclude (revision) from hub_readings_history where origin <> 'modelpulse' order by all",
        "from stored.listings order by all",
        "select * exclude (revision) from repos_history order by all",
        "from quarantine order by all",
    ):
        assert ask(filled[0], query) == ask(small_home, query)


def test_a_month_that_was_published_again_is_read_again_and_rewrites_no_past(
    mine: Path, bodies: Mapping[str, bytes]
) -> None:
    with ReplayServer() as server:
        play = PulsePlay(server, bodies, *WARNED)
        play.files["2026-05"].replace(make_month("2026-05", bump=5))
        done = backfill(mine, play, *SPAN)
        assert f"{31 * len(TRACKED)} rows added" in done.stdout
        assert backfill(mine, play, *SPAN).stdout.startswith("Nothing new to read")
    query = f"select downloads_30d as n from hub_counts where repo_id = '{OTHER}' and day = '2026-05-20'"
    figure = count_downloads(OTHER, date(2026, 5, 20))
    assert ask(mine, query) == [{"n": figure + 5}]
    assert ask(mine, query, as_of="2026-06-30") == [{"n": figure}]


def test_a_day_that_is_warned_of_later_is_flagged_though_its_file_is_the_same(
    mine: Path, bodies: Mapping[str, bytes]
) -> None:
    with ReplayServer() as server:
        play = PulsePlay(server, bodies, ["2026-04-29", "2026-05-06"], *WARNED[1:])
        done = backfill(mine, play, *SPAN)
        assert "1 already here" in done.stdout and f"{len(TRACKED)} rows added" in done.stdout
    flagged = ask(mine, "select distinct day from hub_counts where list_contains(flags, 'skip_day') order by day")
    assert flagged == [{"day": "2026-04-29"}, {"day": "2026-05-06"}]


def test_a_repository_wanted_later_is_fetched_alone(
    home: Path, bodies: Mapping[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody = ingest.backfill.list_wanted
    with ReplayServer() as server:
        play = PulsePlay(server, {"2026-05": bodies["2026-05"]})
        monkeypatch.setattr(ingest.backfill, "list_wanted", lambda registry: (SMALL,))
        assert "31 rows of 1 repository " in backfill(home, play, *SPAN).stdout
        monkeypatch.setattr(ingest.backfill, "list_wanted", everybody)
        done = backfill(home, play, *SPAN)
        assert f"{2 * 31} rows of 2 repositories" in done.stdout and f"{2 * 31} rows added" in done.stdout
        assert backfill(home, play, *SPAN).stdout.startswith("Nothing new to read")
    assert {r["repo_id"] for r in ask(home, "from hub_readings where origin = 'modelpulse'")} == set(TRACKED)


def test_counts_that_were_not_kept_yet_are_absent_and_never_zero(home: Path) -> None:
    with ReplayServer() as server:
        play = PulsePlay(server, {"2025-01": make_month("2025-01", crowd=1_000)})
        assert backfill(home, play, "--since", "2025-01-10", "--until", "2025-01-11").exit_code == 0
    rows = ask(home, "from hub_readings where origin = 'modelpulse'")
    assert len(rows) == 31 * len(TRACKED), "a month is read whole"
    assert {r["downloads_all_time"] for r in rows} == {None} and all(r["downloads_30d"] for r in rows)


def test_a_month_before_any_wanted_repository_is_archived_as_silence(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest.backfill, "list_wanted", lambda registry: ("openai/not-there-yet",))
    with ReplayServer() as server:
        play = PulsePlay(server, {"2026-05": make_month("2026-05", crowd=1_000)})
        done = backfill(home, play, *SPAN)
        assert done.exit_code == 0 and "0 rows of 0 repositories " in done.stdout, done.output
        assert backfill(home, play, *SPAN).stdout.startswith("Nothing new to read")


def test_a_price_that_is_not_agreed_to_costs_the_footers_alone(home: Path, bodies: Mapping[str, bytes]) -> None:
    with ReplayServer() as server, use_home(home):
        play = PulsePlay(server, bodies)
        asked = []

        def decline(plan: ingest.backfill.Plan) -> bool:
            with open_writer():  # the lock is free while a person thinks
                asked.append((len(plan.files), plan.of_bytes))
            return False

        options = BackfillOptions("hf_hub", date(2026, 4, 1), date(2026, 5, 31), mirror=server.url)
        report = run_backfill(options, confirm=decline)
        assert report.is_declined and not report.published
        assert asked == [(2, sum(map(len, bodies.values())))]
        assert play.bytes_served == 2 * (4 + (64 << 10))


def test_a_live_read_after_a_backfill_is_as_any_other(mine: Path) -> None:
    """Its rows extend what is stored and its own past; the publishers are those of the recordings."""
    with ReplayServer() as server:
        Edition(downloads=4_300_000).serve(server)
        done = run_landscape(mine, "refresh", "hf_hub", "--mirror", server.url)
        assert done.exit_code == 0, done.output
    rows = ask(mine, f"select downloads_30d from hub_readings where origin = 'live' and repo_id = '{LARGE}'")
    assert rows == [{"downloads_30d": 4_300_000}]
    assert len(ask(mine, "from hub_readings where origin = 'modelpulse'")) == (30 + 31) * len(TRACKED)
