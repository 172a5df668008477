"""After a backfill the pages show the days: a daily line, its warned days marked, nothing stale."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.drawn import find_series
from tests.history_play import LARGE, SMALL, PulsePlay, list_days, make_month
from tests.homes import ask, copy_home, run_landscape, use_home
from tests.pages import open_page
from tests.replay_server import ReplayServer

pytestmark = pytest.mark.usefixtures("newest_alone")

MONTHS = [f"2025-{m:02}" for m in range(9, 13)] + [f"2026-{m:02}" for m in range(1, 12)]
LAST = "2026-11-22"


@pytest.fixture(scope="module")
def daily_home(small_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Fifteen months backfilled by the real command, to read only."""
    home = copy_home(small_home, tmp_path_factory.mktemp("daily") / "home")
    with ReplayServer() as server:
        months = {m: make_month(m, crowd=300, days=tuple(d for d in list_days(m) if f"{d}" <= LAST)) for m in MONTHS}
        PulsePlay(server, months, skip_days=["2026-06-14"])
        done = run_landscape(home, "backfill", "hf_hub", "--until", LAST, "--mirror", server.url)
    assert done.exit_code == 0, done.output
    with use_home(home):
        yield home


def test_adoption_draws_a_daily_line_with_its_warned_day_marked(daily_home: Path) -> None:
    page = open_page("adoption")
    figure: dict[str, Any] = json.loads(page.get("plotly_chart")[0].proto.spec)
    own = find_series(figure, "gpt-oss-20b")
    days = sum(len(list_days(m)) for m in MONTHS) - 8
    assert own.lines and all(len(line) >= days for line in own.lines), "every day, and no gap"
    at, other = own.x.index("2026-06-14"), own.x.index("2026-06-15")
    assert own.rings[at] and own.sizes[at] > own.sizes[other]
    assert "a day its recorder says to skip" in own.words[at].replace("<br>", " ")
    assert not any("days old" in i.value or "not read between" in i.value for i in page.info)


def test_the_data_page_counts_a_flag_once(daily_home: Path) -> None:
    page = open_page("data", source="hf_hub")
    said = [str(e.value).replace("\\", "") for e in page.markdown]
    flagged = ask(daily_home, "from stored.hub_readings where list_contains(flags, 'skip_day')")
    assert len(flagged) == 3
    [faults] = [text for text in said if text.startswith("**Faults**")]
    assert "3 on days their recorder says to skip" in faults and "partial" not in faults


def test_the_past_fills_both_sizes_and_status_counts_the_newest_day(daily_home: Path) -> None:
    query = "select repo_id, max(day) as day, count(*) as n from hub_counts where origin = 'modelpulse' group by all"
    newest = {r["repo_id"]: (r["day"], r["n"]) for r in ask(daily_home, query)}
    assert newest[SMALL][0] == newest[LARGE][0] == LAST
    [state] = [
        s for s in json.loads(run_landscape(daily_home, "status", "--json").stdout) if s["source_id"] == "hf_hub"
    ]
    assert state["newest_at"].startswith("2026-11-22T23:59:59")


def test_a_restated_month_of_long_ago_does_not_make_the_source_fresh(small_home: Path, tmp_path: Path) -> None:
    home = copy_home(small_home, tmp_path / "home")
    words = ("backfill", "hf_hub", "--since", "2025-09-01", "--until", "2025-09-30", "--mirror")
    with ReplayServer() as server:
        play = PulsePlay(server, {"2025-09": make_month("2025-09", crowd=300)})
        assert run_landscape(home, *words, server.url).exit_code == 0
        before = ask(home, "select newest_at from source_health where source_id = 'hf_hub'")
        play.files["2025-09"].replace(make_month("2025-09", crowd=300, bump=1))
        assert "90 rows added" in run_landscape(home, *words, server.url).stdout
    assert ask(home, "select newest_at from source_health where source_id = 'hf_hub'") == before
