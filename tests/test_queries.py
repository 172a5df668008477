"""Questions to the published file: the present and the past agree, and a new file shows at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from dashboard import queries
from dashboard.overview.facts import list_download_facts
from dashboard.queries import Identity
from dashboard.queries import adoption as queries_adoption
from dashboard.queries import capability as queries_capability
from dashboard.queries import compare as queries_compare
from dashboard.queries import data as queries_data
from dashboard.queries import models as queries_models
from dashboard.queries import overview as queries_overview
from dashboard.rows import Row, list_rows
from ingest.store import StoreError
from tests.homes import copy_home, use_home

FAR = datetime(2100, 1, 1, tzinfo=UTC)
Question = Callable[[Identity, datetime | None], pd.DataFrame | list[Row]]
QUESTIONS: list[Question] = [
    queries_overview.read_index_edition,
    queries_overview.read_index_frontiers,
    queries_overview.read_index_rivals,
    queries_overview.read_downloads,
    queries_overview.read_prices,
    queries_overview.read_arena_places,
    queries_overview.read_clearly_ahead,
    queries_adoption.read_tracked_counts,
    queries_adoption.read_newest,
    queries_adoption.read_derivatives,
    lambda file, as_of: queries_adoption.read_counts(file, as_of, ["openai/gpt-oss-20b", "openai/gpt-oss-120b"]),
    lambda file, as_of: queries_capability.read_editions(file, as_of, "epoch_eci", "eci"),
    lambda file, as_of: queries_capability.read_ratings(file, as_of, "epoch_eci", "eci"),
    lambda file, as_of: queries_compare.read_scores(file, as_of, ("openai/gpt-oss-20b", "openai/gpt-oss-120b")),
]


def list_answer(answer: pd.DataFrame | list[Row]) -> list[Row]:
    """The rows of a question that answers in either form, with what a frame holds as an array as a list."""
    rows = answer if isinstance(answer, list) else list_rows(answer)
    return [{name: v.tolist() if isinstance(v, np.ndarray) else v for name, v in row.items()} for row in rows]


@pytest.fixture
def file(small_home: Path) -> Iterator[Identity]:
    """The hand-written recordings, published."""
    with use_home(small_home):
        yield queries.identify()


@pytest.mark.parametrize("number", range(len(QUESTIONS)))
def test_the_present_from_marts_is_the_past_of_a_far_day(file: Identity, number: int) -> None:
    present, far = (QUESTIONS[number](file, as_of) for as_of in (None, FAR))
    assert list_answer(present) == list_answer(far)


@pytest.mark.parametrize("number", range(len(QUESTIONS)))
def test_before_anything_was_known_every_answer_is_empty(file: Identity, number: int) -> None:
    assert list_answer(QUESTIONS[number](file, datetime(2020, 1, 1, tzinfo=UTC))) == []


def test_prices_change_where_the_list_changed(file: Identity) -> None:
    first, last = queries_overview.read_prices(file, None)
    assert (first["day"], last["day"]) == (date(2026, 7, 2), date(2026, 7, 20))
    assert first["median"] != last["median"] and first["providers"] - last["providers"] == 1


def test_without_a_file_the_reason_is_readable(tmp_path: Path) -> None:
    with use_home(tmp_path), pytest.raises(StoreError, match="is not there: run `landscape`"):
        queries.identify()


def test_a_file_that_takes_its_place_is_read_at_once(small_home: Path, tmp_path: Path) -> None:
    home = copy_home(small_home, tmp_path / "home")
    with use_home(home):
        before = queries.identify()
        dear = queries_overview.read_prices(before, None)[-1]["floor"]
        twin = tmp_path / "twin.duckdb"
        twin.write_bytes((home / "landscape.duckdb").read_bytes())
        with duckdb.connect(str(twin)) as con:
            con.execute("update marts.price_summary set floor_usd_per_mtok = floor_usd_per_mtok * 2")
            con.execute("checkpoint")
        twin.replace(home / "landscape.duckdb")
        after = queries.identify()
        assert after != before
        assert queries_overview.read_prices(after, None)[-1]["floor"] == pytest.approx(2 * dear)


def test_what_this_machine_read_itself_is_shown_and_not_exported(small_home: Path, tmp_path: Path) -> None:
    home = copy_home(small_home, tmp_path / "home")
    with duckdb.connect(str(home / "landscape.duckdb")) as con:
        con.execute("update stored.hub_readings set redistributable = 'no', origin = 'live'")
        con.execute("checkpoint")
    with use_home(home):
        rows = queries_overview.read_downloads(queries.identify(), FAR)
    assert rows and list_download_facts(rows) == ()


def test_rows_that_may_not_be_shared_are_left_out(small_home: Path, tmp_path: Path) -> None:
    home = copy_home(small_home, tmp_path / "home")
    with duckdb.connect(str(home / "landscape.duckdb")) as con:
        for relation in ("stored.hub_readings", "main.scores_history"):
            con.execute(f"update {relation} set redistributable = 'no', origin = 'another recorder'")
        con.execute("checkpoint")
    with use_home(home):
        file = queries.identify()
        for ask in (queries_overview.read_downloads, queries_adoption.read_tracked_counts):
            assert ask(file, FAR) == []
        assert queries_overview.read_arena_places(file, FAR) == []


def test_change_days_are_days_on_which_a_source_was_read(file: Identity) -> None:
    days = queries.read_change_days(file)
    assert days == sorted(set(days)) and {date(2026, 7, 2), date(2026, 7, 20)} <= set(days)


def test_a_home_that_refreshed_says_when_and_events_have_dates(file: Identity) -> None:
    assert queries.read_refresh(file) is not None
    events = queries.read_events(file)
    assert any(e["happened_on"] == date(2025, 8, 5) and "gpt-oss-120b" in e["title"] for e in events)


def test_rows_of_the_database_are_those_a_frame_lists(file: Identity) -> None:
    sql = """
        select date '2026-01-02' as day, timestamp '2026-01-02 10:00' as seen_at, 0.1::decimal(9, 2) as price,
               'nan'::double as x, null::integer as n, '=1+1<script>' as name, 2::hugeint as many
        union all select null, null, null, 10.5, 7, null, null order by n nulls first"""
    found = queries.ask_rows(file, sql)
    assert found == list_rows(queries.ask(file, sql))
    assert found[0]["x"] is None and isinstance(found[0]["price"], float)


@pytest.mark.parametrize("name", ["a\0b", "", "%", "'; drop table x", "=1+1", "<script>", "x" * 2000])
def test_a_name_of_an_address_that_is_no_model_finds_none(file: Identity, name: str) -> None:
    assert queries_models.find_models(file, (name,)) == {}


def test_names_are_listed_matched_and_short_ones_first(file: Identity) -> None:
    found = list_rows(queries_data.read_names(file, "", ""))
    order = [(row["model_id"] is None, len(row["name_raw"]), row["name_raw"], row["source_id"]) for row in found]
    assert order == sorted(order) and len(order) > 9
    named = list_rows(queries_data.read_names(file, "GPT-OSS", "models_dev"))
    assert named and all(row["source_id"] == "models_dev" for row in named)


def test_rows_are_plain_values_with_null_as_none() -> None:
    frame = pd.DataFrame(
        {
            "day": pd.Series([pd.Timestamp("2026-01-02"), pd.NaT]),
            "as_of": pd.Series([pd.Timestamp("2026-01-02 10:00"), pd.NaT]),
            "n": pd.array([1, None], dtype="Int64"),
            "x": [0.5, float("nan")],
            "name": ["a", None],
        }
    )
    assert list_rows(frame) == [
        {"day": date(2026, 1, 2), "as_of": datetime(2026, 1, 2, 10), "n": 1, "x": 0.5, "name": "a"},
        {"day": None, "as_of": None, "n": None, "x": None, "name": None},
    ]


def test_recorded_later_counts_rows_archived_after_the_day(file: Identity) -> None:
    shown, later = queries_overview.count_rows_recorded_later(file, FAR)
    assert shown > 0 and later == 0
    soon = datetime(2026, 7, 3, tzinfo=UTC) + timedelta(days=1)
    shown, later = queries_overview.count_rows_recorded_later(file, soon)
    assert 0 < shown == later
