"""The Adoption page says what the stored readings say: every number again, by other code, in every data state.

The expected values come from stored relations through plain SQL and arithmetic (tests/overview_again.py and this
file), on the recorded data, the seed, hand-written homes and a copy with a reading for every day.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

import ingest.refresh
from dashboard.adoption.table import list_changes
from dashboard.peers import Baseline, Readings
from dashboard.queries import adoption as questions
from dashboard.queries import identify
from ingest.store import DATA
from tests.drawn import find_series
from tests.homes import ask, copy_home, run_landscape, use_home
from tests.overview_again import (
    BIG,
    SMALL,
    find_baseline,
    open_file,
    read_counts,
    word_change,
    word_millions,
    write_day,
)
from tests.pages import NOW, open_page
from tests.publishers import HUB, Edition
from tests.replay_server import Answer, ReplayServer

pytestmark = pytest.mark.usefixtures("newest_alone")

PAGE = "adoption"
TODAY = datetime.fromisoformat(NOW).date()
CLOCK = "Days since release"


@pytest.fixture(scope="module")
def full_home(request: pytest.FixtureRequest) -> Path:
    """Real data: the recorded payloads replayed where they are here, else the bundled seed."""
    shared = (Path(__file__).parents[2] / "shared" / "sources" / "manifest.csv").is_file()
    home: Path = request.getfixturevalue("published_home" if shared else "seed_home")
    return home


@pytest.fixture
def full(full_home: Path) -> Iterator[Path]:
    with use_home(full_home):
        yield full_home


def read_all(page: AppTest) -> str:
    """Everything the page says, as a reader sees it."""
    texts = [element.value for element in page.main if isinstance(getattr(element, "value", None), str)]
    return re.sub(r":[a-z]+\[|(?<!\\)[*\]`]", "", "\n".join(texts)).replace("\\", "")


def read_chart(page: AppTest, at: int) -> dict[str, Any]:
    figure: dict[str, Any] = json.loads(page.get("plotly_chart")[at].proto.spec)
    return figure


def read_both(home: Path) -> list[tuple[date, int, int]]:
    """Every day with a count of both sizes: day, 20b, 120b."""
    with open_file(home) as con:
        counts = read_counts(con, [BIG, SMALL])
    return sorted((d, counts[SMALL][d], counts[BIG][d]) for d in counts[BIG].keys() & counts[SMALL].keys())


def read_near(days: dict[date, int], day: date) -> int | None:
    order = sorted(range(-3, 4), key=lambda k: (abs(k), k))
    return next((days[day + timedelta(k)] for k in order if day + timedelta(k) in days), None)


def list_peer_changes(home: Path, since: date, until: date) -> list[float]:
    with open_file(home) as con:
        tracked: dict[str, date] = dict(
            con.execute(
                "select model_id, released_on from main.models "
                "where tracked and role is null and released_on is not null"
            ).fetchall()
        )
        counts = read_counts(con, [*tracked])
    changes = []
    for name, released in tracked.items():
        start, end = read_near(counts[name], since), read_near(counts[name], until)
        if name not in (BIG, SMALL) and (since - released).days >= 30 and start and end is not None:
            changes.append(end / start - 1)
    return changes


# The recorded data


def test_the_headline_and_its_numbers_are_what_the_stored_rows_say(full: Path) -> None:
    page = open_page(PAGE)
    both = [row for row in read_both(full) if row[0] >= date(2025, 9, 4)]
    with open_file(full) as con:
        baseline = find_baseline(con)
    assert baseline is not None
    since, own, count, middle = baseline
    changes = list_peer_changes(full, since, both[-1][0])
    low, _, high = quantiles(changes, n=4, method="inclusive")
    assert (len(changes), median(changes)) == (count, middle)
    place = "in the middle half of its peers" if low <= own <= high else "than most peers"
    title, text = page.title[0].value, read_all(page)
    age = (TODAY - both[-1][0]).days
    assert title.startswith(f"At the last count, {age} days old, gpt-oss had") == (age > 180)
    assert place in title and f"downloads {word_change(own)}, median peer {word_change(middle)}" in title
    first, last = (small + large for _, small, large in (both[0], both[-1]))
    began = f"{write_day(both[0][0])} ({word_millions(first)})"
    assert (
        f"gpt-oss-20b and 120b: {word_millions(last)} downloads in 30 days on {write_day(both[-1][0])}, "
        f"{word_change(last / first - 1)} since the first full count on {began}."
    ) in text
    assert (
        f"{word_change(own)}; median of {count} peers {word_change(middle)}, their middle half "
        f"{word_change(low)} to {word_change(high)}."
    ) in text
    assert ("landscape backfill hf_hub --since 2025-08-01" in page.info[0].value) == (age > 180)


def test_how_many_models_have_more_downloads_is_counted_near_the_same_day(full: Path) -> None:
    day, small, large = read_both(full)[-1]
    with open_file(full) as con:
        tracked = [
            r[0] for r in con.execute("select model_id from main.models where tracked and role is null").fetchall()
        ]
        counts = read_counts(con, tracked)
    near = [read_near(counts[name], day) for name in tracked if name not in (BIG, SMALL)]
    known = [count for count in near if count is not None]
    above = [sum(count > own for count in known) or "none" for own in (small, large)]
    assert (
        f"Of {len(known)} other tracked models read within 3 days of {write_day(day)}, {above[0]} had more downloads "
        f"than gpt-oss-20b and {above[1]} more than gpt-oss-120b."
    ) in read_all(open_page(PAGE))


@pytest.mark.parametrize("clock", ["Calendar date", CLOCK])
@pytest.mark.parametrize(("name", "repo"), [("gpt-oss-20b", SMALL), ("gpt-oss-120b", BIG)])
def test_every_reading_is_a_dot_and_no_line_spans_a_gap(full: Path, clock: str, name: str, repo: str) -> None:
    figure = read_chart(open_page(PAGE, clock=clock), 0)
    with open_file(full) as con:
        counts = read_counts(con, [repo])[repo]
        late = {
            row[0]
            for row in con.execute(
                "select read_at::date from stored.hub_readings where name_raw = ? and hour(read_at) >= 10 "
                "and (redistributable <> 'no' or origin = 'live')",
                [repo],
            ).fetchall()
        }
    drawn = find_series(figure, name)
    released = date(2025, 8, 5)
    places = [d.isoformat() if clock != CLOCK else (d - released).days for d in sorted(counts)]
    assert drawn.x == places and drawn.y == [counts[d] for d in sorted(counts)]
    assert drawn.rings == [d not in late for d in sorted(counts)]
    lines = [[x if clock == CLOCK else date.fromisoformat(x).toordinal() for x, _ in line] for line in drawn.lines]
    steps = [b - a for line in lines for a, b in pairwise(line)]
    assert steps and max(steps) <= 45 and drawn.widths == {3}
    assert not any(trace["connectgaps"] for trace in figure["data"] if "connectgaps" in trace)


def test_the_peers_stand_as_a_band_and_each_change_is_a_row(full: Path) -> None:
    page = open_page(PAGE)
    figure = read_chart(page, 1)
    with open_file(full) as con:
        baseline = find_baseline(con)
        counts = read_counts(con, [BIG, SMALL, "Qwen/Qwen2.5-7B-Instruct"])
    assert baseline is not None
    since, own, _, middle = baseline
    until = read_both(full)[-1][0]
    low, _, high = quantiles(list_peer_changes(full, since, until), n=4, method="inclusive")
    expected = [1 + own, 1 + middle]
    for days in counts.values():
        start, end = read_near(days, since), read_near(days, until)
        assert start and end
        expected.append(end / start)
    [dots] = [trace for trace in figure["data"] if trace.get("name") == "values"]
    for value in expected:
        assert any(x == pytest.approx(value) for x in dots["x"])
    assert dots["x"] == sorted(dots["x"], reverse=True)
    band = next(shape for shape in figure["layout"]["shapes"] if shape["type"] == "rect")
    assert (band["x0"], band["x1"]) == pytest.approx((1 + low, 1 + high))
    assert "not out for 30 days by then" in read_all(page)


def test_the_table_leads_to_the_reading_and_stands_beside_the_peers(full: Path) -> None:
    table = open_page(PAGE).dataframe[0].value
    day, small, large = read_both(full)[-1]
    for name, repo, count in (("gpt-oss-20b", SMALL, small), ("gpt-oss-120b", BIG, large)):
        row = table[table["model"] == name].iloc[0]
        assert row["downloads_30d"] == count and row["read_on"] == day
        assert row["age_days"] == (TODAY - day).days
        key, number = row["source"].removeprefix("/data?payload=").split("&row=")
        told = ask(
            full,
            "select name_raw, downloads_30d, licence_id from stored.hub_readings "
            f"where payload_key = {key} and row_no = {number}",
        )
        assert told == [{"name_raw": repo, "downloads_30d": count, "licence_id": row["licence_of_reading"]}]
        since = row["since"]
        changes = list_peer_changes(full, since, day)
        assert row["peers"] == len(changes) and row["peers_median_change_pct"] == pytest.approx(100 * median(changes))
    assert table["downloads_30d"].is_monotonic_decreasing
    assert "downloads_all_time" not in table.columns


def test_a_chosen_model_in_the_address_joins_both_gpt_oss_models(full: Path) -> None:
    page = open_page(PAGE, models="Qwen3 8B", clock=CLOCK)
    dots = [trace for trace in read_chart(page, 0)["data"] if trace["mode"] == "markers"]
    names = {said.partition("</b>")[0].removeprefix("<b>") for trace in dots for said in trace["hovertext"]}
    assert names == {"Qwen3 8B", "gpt-oss-20b", "gpt-oss-120b"}
    assert "Days since each model's release" in json.dumps(read_chart(page, 0)["layout"])


def test_a_model_without_a_release_date_is_named_where_a_clock_leaves_it_out(full: Path) -> None:
    page = open_page(PAGE, models="Qwen3-Next 80B-A3B Instruct", clock=CLOCK)
    assert "not drawn: Qwen3-Next 80B-A3B Instruct (release date unknown)" in read_all(page)
    assert "Qwen3-Next 80B-A3B Instruct (release date unknown)" in read_all(page).split("left out: ")[1]


def test_as_of_the_end_of_2025_one_reading_is_no_change(full: Path) -> None:
    page = open_page(PAGE, as_of="2025-12-31")
    day, small, large = read_both(full)[0]
    assert page.title[0].value == (
        f"gpt-oss had {word_millions(small + large)} downloads in 30 days on {write_day(day)}; "
        "one reading, so no change to report"
    )
    rows, later = ask(
        full,
        """select count(*) as n, count(*) filter (recorded_at > '2026-01-01') as later from stored.hub_readings h
        join main.models m on m.model_id = h.name_raw and m.tracked
        where h.observed_at <= '2025-12-31 23:59:59' and downloads_30d is not null and redistributable <> 'no'""",
    )[0].values()
    assert f"{later} of the {rows} rows shown were recorded later" in page.warning[0].value
    assert all(link.endswith("as_of=2025-12-31") for link in page.dataframe[0].value["source"])
    assert "landscape refresh hf_hub" in page.info[0].value


@pytest.mark.parametrize("clock", ["Calendar date", CLOCK])
def test_before_the_release_the_page_is_calm(full: Path, clock: str) -> None:
    page = open_page(PAGE, as_of="2025-08-01", clock=clock)
    assert page.title[0].value == "gpt-oss was released on 5 Aug 2025, after this date"
    assert "landscape backfill hf_hub" in page.info[0].value and not page.get("plotly_chart")


@pytest.mark.parametrize("address", [{}, {"as_of": "2025-12-31"}, {"as_of": "2025-08-01"}, {"clock": CLOCK}])
def test_the_seed_is_enough(seed_home: Path, address: dict[str, str]) -> None:
    with use_home(seed_home):
        page = open_page(PAGE, **address)
    assert page.title and "NaN" not in read_all(page) and "None of" not in page.title[0].value


def test_without_a_database_the_page_says_what_helps(tmp_path: Path) -> None:
    with use_home(tmp_path):
        page = open_page(PAGE)
    assert "landscape" in page.info[0].value and not page.title


def test_derivatives_that_were_not_listed_have_a_sentence_and_no_empty_chart(full: Path) -> None:
    assert "have not been listed yet" in read_all(open_page(PAGE))


# Derivatives, as a live run lists them


@pytest.fixture(scope="module")
def listed_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that read the Hub live: 120b's derivatives whole, 20b's broken off after a page."""
    home = tmp_path_factory.mktemp("listed")
    edition = Edition(derivatives=5)
    with pytest.MonkeyPatch.context() as patch, ReplayServer() as server:
        patch.setattr(ingest.refresh, "SEED", tmp_path_factory.mktemp("no-seed"))
        edition.serve(server)
        rows = edition.make_derivatives(SMALL)
        url = f"{HUB}/api/models?filter=base_model:{SMALL}"
        first = Answer(json.dumps(rows[:2]).encode(), headers={"Link": f'<{HUB}/api/models?gone=1>; rel="next"'})
        server.reply(url, first)
        server.reply(f"{HUB}/api/models?gone=1", Answer(b"gone", 404))
        done = run_landscape(home, "refresh", "hf_hub", "--mirror", server.url)
    assert "published" in done.output, done.output
    return home


def test_derivatives_are_counted_by_relation_once_listed(listed_home: Path) -> None:
    with use_home(listed_home):
        page = open_page(PAGE)
        bars = next(trace for trace in read_chart(page, -1)["data"] if trace["type"] == "bar")
    told = ask(
        listed_home,
        "select base_repo_id, relation, count(*) as n from stored.repos where base_repo_id is not null group by all",
    )
    assert sorted(bars["x"]) == sorted(row["n"] for row in told) == [2, 5]
    text = read_all(page)
    assert "quantised" in json.dumps(read_chart(page, -1))
    assert "the last list broke off and is partial" in text.split("gpt-oss-20b listed")[1]
    assert "broke off" not in text.split("gpt-oss-120b listed")[1].split("gpt-oss-20b listed")[0].split("\n")[0]


def test_what_this_machine_read_is_marked_to_stay_here(listed_home: Path) -> None:
    with use_home(listed_home):
        table = open_page(PAGE).dataframe[0].value
        readings = questions.read_readings(identify(), None)
    assert set(table["rights"]) == {"local only"} and set(table["recorded_by"]) == {"this machine"}
    assert readings[SMALL].local_days == set(readings[SMALL].days)
    day = readings[SMALL].days[0]
    two = replace(readings[SMALL], days=(day - timedelta(days=9), day), values=(1.0, 2.0))
    frame = list_changes({SMALL: two}, [SMALL], {SMALL: "gpt-oss-20b"}, Baseline(two.days[0], day, 1, 0.5, 1.0))
    assert frame.set_index("who")["redistributable"].to_dict() == {
        "gpt-oss-20b": "no",
        "gpt-oss, both sizes": "yes",
        "median of 1 peers": "yes",
    }


# A reading for every day, as a backfill leaves it


@pytest.fixture(scope="module")
def daily_home(small_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy with 420 days of readings of ten tracked models; gpt-oss doubles, the others grow by half."""
    home = copy_home(small_home, tmp_path_factory.mktemp("daily") / "home")
    with duckdb.connect(str(home / "landscape.duckdb")) as con:
        con.execute("""
            insert into stored.hub_readings by name
            select 'hf_hub' as source_id, 'model-pulse' as origin, m.model_id as name_raw, 'Apache-2.0' as licence_id,
                   'yes' as redistributable, d + interval '86399 seconds' as observed_at,
                   'backfilled' as observed_kind, now()::timestamp as recorded_at, true as is_listed,
                   (select min(payload_key) from stored.payloads where source_id = 'hf_hub') as payload_key,
                   1 as row_no, case when d = '2026-06-14' then ['rollback'] else [] end as flags,
                   d + interval '86399 seconds' as read_at,
                   1000 * (1 + n / case when m.model_id like 'openai/%' then 389.0 else 778.0 end) * least(n + 1, 31)
                       as downloads_30d,
                   200_000 * (n + 1) as downloads_all_time, 100 + n as likes
            from (select '2025-08-05'::timestamp + to_days(n::int) as d, n
                  from generate_series(0, 419) t(n)) g
            cross join (
                select model_id from main.models where tracked and role is null
                order by model_id not like 'openai/gpt-oss%', released_on nulls last limit 10) m""")
        for name in ("hub_counts", "tracked_counts", "tracked_newest"):
            sql = (DATA / "sql" / "marts" / f"{name}.sql").read_text()
            con.execute(f"create or replace table marts.{name} as {sql}")
        con.execute("checkpoint")
    return home


def test_daily_history_draws_gpt_oss_by_day_and_the_others_by_week(daily_home: Path) -> None:
    with use_home(daily_home):
        page = open_page(PAGE)
        figure = read_chart(page, 0)
        drawn = questions.read_counts(identify(), None, [SMALL, "deepseek-ai/DeepSeek-R1"])
    sizes = Counter(row["model_id"] for row in drawn)
    assert sizes[SMALL] >= 420 and 59 <= sizes["deepseek-ai/DeepSeek-R1"] <= 61
    own = find_series(figure, "gpt-oss-20b")
    assert own.lines and all(len(line) >= 420 for line in own.lines)
    ring = own.x.index("2026-06-14")
    assert own.rings[ring] and own.sizes[ring] > own.sizes[0]
    text = read_all(page)
    assert "gpt-oss every day, others the last day read of each week" in text
    assert "a model's first 30 days are its count filling up" in text
    # About 430 days of two models and 60 weeks of six: a page of the size a browser draws at once.
    assert len(json.dumps(figure)) < 400_000
    with use_home(daily_home):
        assert "others the last day" in read_all(open_page(PAGE, clock=CLOCK, as_of="2026-05-31"))


def test_daily_history_starts_the_comparison_where_the_count_is_full(daily_home: Path) -> None:
    with use_home(daily_home):
        page = open_page(PAGE)
        readings = questions.read_readings(identify(), None)
        table = page.dataframe[0].value
    assert isinstance(readings[SMALL], Readings) and readings[SMALL].days[0] == date(2025, 8, 5)
    assert "since the first full count on 4 Sep 2025" in read_all(page)
    assert "did better than most peers" in page.title[0].value and "days old" not in page.title[0].value
    row = table[table["model"] == "gpt-oss-120b"].iloc[0]
    # 200,000 a day: a million is reached on the fifth day, four days after release.
    assert row["days_to_million"] == 4 and row["downloads_all_time"] == 200_000 * 420
