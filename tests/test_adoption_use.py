"""Use beyond the Hub on the Adoption page: recomputed from stored rows, and said in words where nothing is known.

The recorded days come from the two sources alone, replayed into a home of their own; attention is read live from
the hand-written publishers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

import ingest.access
import ingest.refresh
from dashboard import queries
from dashboard.adoption import attention, pulls, routed
from dashboard.capability import SUBJECTS
from dashboard.charts import join_points
from dashboard.definitions import SMALLER, SUBJECT
from dashboard.queries import use
from ingest.http import Session
from tests.drawn import Drawn, find_series
from tests.homes import ask, copy_home, run_landscape, use_home
from tests.pages import open_page
from tests.published import find_published
from tests.replay_server import ReplayServer

pytestmark = pytest.mark.usefixtures("newest_alone")

PAGE = "adoption"
NOT_READ = "Not read yet: stories on Hacker News, papers on arXiv and stars on GitHub."


@pytest.fixture(scope="module")
def home(shared_sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """OpenRouter's and Ollama's recorded files, and nothing else."""
    folder = tmp_path_factory.mktemp("use")
    words = ("openrouter_rankings", "ollama_library", "--from", shared_sources)
    assert run_landscape(folder, "refresh", *words).exit_code == 0
    return folder


@pytest.fixture
def recorded(home: Path) -> Iterator[Path]:
    with use_home(home):
        yield home


def read_all(page: AppTest) -> str:
    texts = [element.value for element in page.main if isinstance(getattr(element, "value", None), str)]
    return re.sub(r":[a-z]+\[|(?<!\\)[*\]`]", "", "\n".join(texts)).replace("\\", "")


def find_drawn(page: AppTest, name: str) -> Drawn:
    """The series of a name in the first chart that has it; without dots where none has."""
    found = [find_series(json.loads(chart.proto.spec), name) for chart in page.get("plotly_chart")]
    return next((drawn for drawn in found if drawn.x), Drawn())


def test_shares_of_the_recorded_days_are_dots_without_a_line(recorded: Path) -> None:
    page = open_page(PAGE)
    stored = ask(
        recorded,
        "select sum(tokens) filter (name_raw like 'openai/gpt-oss-120b%') / sum(tokens) as share from usage "
        "group by day order by day",
    )
    drawn = find_drawn(page, "gpt-oss-120b")
    assert [round(y, 6) for y in drawn.y] == [round(100 * r["share"], 6) for r in stored]
    assert drawn.lines == []
    text = read_all(page)
    assert "gpt-oss-120b took 0.72 % of the tokens (rank 24) on 15 Sep 2026, and 0.89 %" in text
    assert "openrouter.ai/rankings, as of 2026-09-16" in text and "CC-BY-4.0" in text
    assert (
        "gpt-oss-20b is not among the 50 models named on 15 Sep 2026: its share is unknown, at most the 0.22 %" in text
    )


def test_the_share_of_open_weights_is_a_range_and_holds_what_is_known(recorded: Path) -> None:
    lows = find_drawn(open_page(PAGE), "Open weights, at least").y
    stored = ask(
        recorded,
        "select 100 * sum(share) filter (m.access in ('commercial_weights', 'restricted_commercial_weights')) as low "
        "from usage left join models m using (model_id) group by day order by day",
    )
    assert [round(y, 6) for y in lows] == [round(r["low"], 6) for r in stored]


def test_pulls_are_the_pooled_familys_and_the_place_is_of_a_whole_list(recorded: Path) -> None:
    page = open_page(PAGE)
    stored = ask(recorded, "select value from counters where model_id = 'openai/gpt-oss' order by day")
    assert [y for line in find_drawn(page, pulls.OWN_LABEL).lines for _, y in line] == [r["value"] for r in stored]
    more = ask(
        recorded,
        "select count(*) as n from counters where metric = 'ollama_pulls' and day = '2026-08-21' and value > 12e6",
    )
    text = read_all(page)
    assert (
        f"gpt-oss-20b and 120b, pooled: 12.0 M pulls by 21 Aug 2026; of 234 other entries, {more[0]['n']} had" in text
    )
    assert "rounded to 100,000 now" in text
    assert find_drawn(page, "gemma4").x and not find_drawn(page, "llama3.1").x  # the older had years to gather pulls


def test_what_was_never_read_has_a_sentence_with_its_command_and_no_chart(recorded: Path) -> None:
    page = open_page(PAGE)
    assert f"{NOT_READ} landscape refresh hackernews arxiv github_repo reads them." in read_all(page)
    before = open_page(PAGE, as_of="2025-08-05")
    text = read_all(before)
    for words in ("no day of OpenRouter's rankings is known here", "no pull count of gpt-oss"):
        assert f"Not read yet: {words}" in text
    assert len(before.get("plotly_chart")) == 0


def test_attention_is_drawn_once_read_and_stays_on_this_machine(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest.access, "Session", partial(Session, sleep=lambda seconds: None))
    mine = copy_home(home, tmp_path / "home")
    sources = ("hackernews", "arxiv", "github_repo")
    with ReplayServer() as server:
        for source in sources:
            find_published()[source].serve(server)
        assert run_landscape(mine, "refresh", *sources, "--mirror", server.url).exit_code == 0
    with use_home(mine):
        page = open_page(PAGE)
    text = read_all(page)
    assert "Not read yet" not in text
    assert "Stories on Hacker News a month. gpt-oss: 7 in Sep 2025, its most" in text
    assert "Papers on arXiv a month. gpt-oss: 9 in Sep 2025, its most" in text
    assert "rings: months not over" in text
    assert len(page.get("plotly_chart")) == 6


def test_the_present_from_marts_is_the_past_of_a_far_day(recorded: Path) -> None:
    file, far = queries.identify(), datetime(2100, 1, 1, tzinfo=UTC)
    for question in (use.read_routed, use.read_entries, use.read_attention):
        assert question(file, None) == question(file, far)
        assert question(file, datetime(2020, 1, 1, tzinfo=UTC)) == []
    names = ("gpt-oss", "gemma4")
    assert use.read_pulls(file, None, names) == use.read_pulls(file, far, names)
    assert {row["day"] for row in use.read_pulls(file, None, names)} >= {
        date(2026, 7, 15),
        date(2026, 8, 21),
    }


# The rules


def make_day(day: date, shares: dict[str, float | None]) -> list[dict[str, Any]]:
    return [
        {
            "day": day,
            "part": part,
            "share": share,
            "tokens": 1e9 if share is None else share * 1e12,
            "rank": None if part == "rest" else 3,
            "free_share": None,
            "lowest_share": share,
            "names": 1,
            "is_partial": False,
        }
        for part, share in shares.items()
    ]


SHARE = st.floats(0, 1, allow_nan=False)
PARTS = (SUBJECT, SMALLER, "commercial_weights", "proprietary", "unknown", "unresolved", "noncommercial_weights")


@given(st.dictionaries(st.sampled_from(PARTS), SHARE, min_size=1), SHARE)
def test_the_range_of_open_weights_leaves_room_for_all_that_is_not_known(shares: dict[str, float], rest: float) -> None:
    total = sum(shares.values()) + rest
    if not total:
        return
    parts = {part: share / total for part, share in {**shares, "rest": rest}.items()}
    [day] = routed.list_days(make_day(date(2026, 9, 15), parts))
    closed = sum(parts.get(part, 0) for part in ("proprietary", "noncommercial_weights"))
    unknown = sum(parts.get(part, 0) for part in ("rest", "unknown", "unresolved"))
    assert day.open_low is not None and day.open_high is not None
    assert day.open_high - day.open_low == pytest.approx(unknown)
    assert day.open_high == pytest.approx(1 - closed)


def test_without_the_days_total_no_share_is_drawn_or_worded() -> None:
    days = routed.list_days(make_day(date(2026, 9, 15), {SUBJECT: None, "proprietary": None}))
    assert (days[0].open_low, days[0].total) == (None, None)
    assert routed.draw_shares(days).series == [] and routed.draw_open(days).series == []
    assert routed.write_contrast(days) == ""
    assert routed.write_finding(days) == (
        "gpt-oss-120b took an unknown share of the tokens (rank 3) on 15 Sep 2026; no earlier day is recorded."
    )


def test_the_dots_are_told_apart_only_where_it_holds_on_every_day() -> None:
    one = make_day(date(2026, 9, 14), {SUBJECT: 0.2, SMALLER: 0.1, "rest": 0.7})
    two = make_day(date(2026, 9, 15), {SUBJECT: 0.1, SMALLER: 0.2, "rest": 0.7})
    assert "the upper is 120b" in routed.write_legend(routed.list_days(one))
    assert "the upper is 120b" not in routed.write_legend(routed.list_days(one + two))


def test_a_model_no_day_names_has_no_share_and_no_finding_of_one() -> None:
    days = routed.list_days(make_day(date(2026, 9, 15), {"proprietary": 0.9, "rest": 0.1}))
    assert (
        "gpt-oss-120b is not among the 1 models named on 15 Sep 2026: its share is unknown, at most the 90.00 %"
        in routed.write_finding(days)
    )
    assert routed.write_absences(days).startswith(f"{SUBJECTS[SMALLER]} is not among")


def make_month(month: date, value: float, name: str = "gpt-oss") -> dict[str, Any]:
    partial_month = month == date(2026, 11, 1)
    return {"metric": "hn_stories", "name_raw": name, "day": month, "value": value, "is_partial": partial_month}


def test_the_month_that_is_not_over_is_a_ring_and_never_the_most() -> None:
    rows = [make_month(date(2026, 9, 1), 4), make_month(date(2026, 10, 1), 3), make_month(date(2026, 11, 1), 90)]
    assert attention.write_months(rows, "hn_stories") == "gpt-oss: 4 in Sep 2026, its most; 3 in Oct 2026."
    [series] = attention.draw_months(rows, "hn_stories").series
    assert [point.hollow for point in series.points] == [False, False, True]
    assert attention.write_months([make_month(date(2026, 9, 1), 0)], "hn_stories").startswith("None names gpt-oss")


@given(st.lists(st.integers(1, 90), min_size=1, max_size=20))
def test_a_line_of_pulls_ends_where_more_than_45_days_were_not_read(steps: list[int]) -> None:
    day, rows = date(2025, 8, 6), []
    for step in [0, *steps]:
        day += timedelta(days=step)
        rows.append({"name_raw": "gpt-oss", "is_own": True, "day": day, "pulls": 1e6, "step": 1e5, "first_day": day})
    [series] = pulls.draw_pulls(rows).series
    assert len(join_points(series)) == 1 + sum(step > 45 for step in steps)
    assert ("not read between" in " ".join(pulls.list_pull_notes(rows))) == any(step > 45 for step in steps)
