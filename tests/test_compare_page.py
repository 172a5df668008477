"""The Compare page: opened as a reader would, in every state, and held against the published file."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.formats import format_points
from dashboard.queries import identify
from dashboard.queries.models import read_findable
from tests.homes import ask, use_home
from tests.pages import NOW, open_page

LARGE, SMALL = "gpt-oss-120b", "gpt-oss-20b"
HOSTILE = "<img src=x onerror=alert(1)>"


def read_title(page: AppTest) -> str:
    """The headline in plain words."""
    [title] = page.title
    return title.value.replace("\\", "")


def list_alts(page: AppTest) -> list[str]:
    """The words of every chart."""
    return [str(chart.proto.alt) for chart in page.get("plotly_chart")]


def find_table(page: AppTest, column: str) -> Any:
    """The first table with a column of that name."""
    return next(table.value for table in page.dataframe if column in table.value.columns)


def open_with(models: list[str], **address: str) -> AppTest:
    """The page with these models in its address, in this order."""
    return open_page("compare", models=models, **address)  # type: ignore[arg-type]


def judge(one: dict[str, Any], base: dict[str, Any]) -> str:
    """DESIGN rule 6, written down a second time."""

    def error(row: dict[str, Any]) -> float:
        if row["low"] is None:
            return 0.0
        return float(row["high"] - row["low"]) / {90: 3.29, 95: 3.92}[row["interval_pct"]]

    gap, limit = one["value"] - base["value"], 1.96 * math.sqrt(error(one) ** 2 + error(base) ** 2)
    return "too close to call" if abs(gap) <= limit else "clearly ahead" if gap > 0 else "clearly behind"


def test_every_verdict_on_the_index_is_the_rule_applied_to_the_stored_rows(published_home: Path) -> None:
    models = {"gpt-oss-120b": "openai/gpt-oss-120b", "o4-mini": "openai/o4-mini", "GPT-5 nano": "openai/gpt-5-nano"}
    with use_home(published_home):
        alt = list_alts(open_with(list(models)))[0]
    rows = ask(
        published_home,
        "select model_id, value, low, high, interval_pct from scores where source_id = 'epoch_eci' and board = 'eci' "
        "and edition = '2026-08-11' and model_id in ('openai/gpt-oss-120b', 'openai/o4-mini', 'openai/gpt-5-nano')",
    )
    stored = {row["model_id"]: row for row in rows}
    assert len(stored) == 3 and "edition of 11 Aug 2026" in alt
    for label, model_id in models.items():
        row = stored[model_id]
        said = f"{label}: {format_points(row['value'])}"
        if row["low"] is not None:
            said += f" ({format_points(row['low'])} to {format_points(row['high'])})"
        if label != LARGE:
            said += f", {judge(row, stored['openai/gpt-oss-120b'])}"
        assert said in alt


def test_the_base_turns_every_verdict(published_home: Path) -> None:
    with use_home(published_home):
        there = list_alts(open_with([LARGE, "o4-mini"]))[0]
        back = list_alts(open_with([LARGE, "o4-mini"], base="o4-mini"))[0]
    assert "o4-mini: 146.3 (143.9 to 147.9), clearly ahead" in there and "clearly behind" not in there
    assert "gpt-oss-120b: 140.5 (135.7 to 143.3), clearly behind" in back and "clearly ahead" not in back


def test_the_first_models_are_both_gpt_oss_and_their_price_class(published_home: Path) -> None:
    with use_home(published_home):
        page = open_page("compare")
    facts = find_table(page, "fact")
    assert list(facts.columns[1:3]) == [LARGE, SMALL] and len(facts.columns) == 5
    rows = {row["fact"]: row for row in facts.to_dict("records")}
    assert rows["Total parameters"][LARGE] == "116.8 B" and rows["Licence"][LARGE] == "apache-2.0"
    assert rows["Since release"][LARGE] == "475 days"
    assert rows["Released"][SMALL] == "5 Aug 2025"


def test_no_row_mixes_editions_or_runs(published_home: Path) -> None:
    """Every value of the table is one stored row of the edition and run its row names."""
    with use_home(published_home):
        page = open_page("compare")
    table = find_table(page, "run_by")
    labels = [c for c in table.columns if c not in ("benchmark", "run_by", "domain", "edition", "rights", "where_from")]
    for row in table.to_dict("records"):
        for label in labels:
            if row[label] == "—":
                continue
            shown = float(re.match(r"[\d.]+", row[label])[0])  # type: ignore[index]
            stored = ask(
                published_home,
                f"select case when b.unit like 'share%' then 100 else 1 end * s.value as value "
                f"from (select name_raw, model_id, benchmark_id, edition, value, run, config_raw from scores "
                f"union all by name select name_raw, model_id, benchmark_id, edition, value, '' as run, "
                f"'' as config_raw from livebench_overall) s join main.models m using (model_id) "
                f"join main.benchmarks b using (benchmark_id) where m.name = '{label}' "
                f"and b.name = '{row['benchmark']}' and s.edition = '{row['edition']}' "
                f"and '{'' if row['run_by'] == 'not stated' else row['run_by']}' "
                f"in (s.run, '', regexp_extract(config_raw, 'harness=([^;]*)', 1))",
            )
            assert any(abs(one["value"] - shown) <= 0.0501 for one in stored), (row["benchmark"], label)


def test_prices_and_downloads_stand_with_their_day(published_home: Path) -> None:
    with use_home(published_home):
        page = open_with([LARGE, "GPT-5 nano"])
    said = {row["fact"]: row for t in page.dataframe if "fact" in t.value for row in t.value.to_dict("records")}
    [floor] = ask(
        published_home,
        "select floor_usd_per_mtok as floor, paid_providers, paid_routers from marts.price_summary "
        "where source_id = 'models_dev' and model_id = 'openai/gpt-oss-120b' qualify day = max(day) over ()",
    )
    assert said["Cheapest paid listing"][LARGE] == f"${floor['floor']:.3f}"
    assert said["Paid providers"][LARGE] == f"{floor['paid_providers']}, {floor['paid_routers']} of them routers"
    assert said["Downloads in 30 days"] == {
        "fact": "Downloads in 30 days",
        LARGE: "4.4 M",
        "GPT-5 nano": "not on the Hub",
    }
    assert said["Age"][LARGE] == "197 days old"


def test_names_in_the_address_keep_their_order_and_ids_count_as_names(published_home: Path) -> None:
    with use_home(published_home):
        page = open_with(["o4-mini", "openai/gpt-oss-20b", LARGE])
    assert list(find_table(page, "fact").columns) == ["fact", "o4-mini", SMALL, LARGE]
    # The base is the first gpt-oss chosen, not the first model.
    assert page.selectbox(key="base").value == SMALL


@pytest.mark.parametrize("strange", [HOSTILE, "\u202eabc", "x" * 2000, "=1+1", "nobody"])
def test_strange_names_are_ignored_with_a_sentence(small_home: Path, strange: str) -> None:
    with use_home(small_home):
        page = open_with([strange, LARGE, SMALL])
    said = next(c.value for c in page.caption if "no model known here" in c.value)
    assert "<" not in said.replace("\\<", "") and len(said) < 300
    assert list(find_table(page, "fact").columns) == ["fact", LARGE, SMALL]


def test_a_model_that_is_too_little_known_to_be_listed_is_found_by_its_id(published_home: Path) -> None:
    with use_home(published_home):
        models = read_findable(identify())
        counted = models[~models["is_rated"]].iloc[0]
        for name in (counted["label"], str(counted["model_id"]).upper()):
            page = open_with([LARGE, name])
            assert counted["label"] not in page.multiselect(key="models").options
            assert list(find_table(page, "fact").columns) == ["fact", LARGE, counted["label"]]
            assert not any("no model known" in c.value for c in page.caption)


def test_one_model_is_calmly_not_enough(small_home: Path) -> None:
    with use_home(small_home):
        page = open_with([SMALL])
    assert read_title(page) == "A comparison needs two models; only gpt-oss-20b is chosen"
    assert list(find_table(page, "fact").columns) == ["fact", SMALL]
    assert not page.warning


def test_more_than_six_are_not_shown(published_home: Path) -> None:
    names = [LARGE, SMALL, "o4-mini", "GPT-5 nano", "o3", "GPT-5", "GPT-4o"]
    with use_home(published_home):
        page = open_page("compare")
        page.session_state["models"] = names[:6]
        page.run()
    assert not page.exception
    assert list(find_table(page, "fact").columns) == ["fact", *names[:6]]


def test_every_configuration_is_one_switch_away(published_home: Path) -> None:
    def read_arena(page: AppTest) -> list[str]:
        tables = [t.value for t in page.dataframe if "benchmark" in t.value and "run_by" not in t.value]
        return [str(cell) for table in tables for cell in table["DeepSeek-V3.2"]]

    with use_home(published_home):
        best = read_arena(open_with([LARGE, "DeepSeek-V3.2"]))
        every = read_arena(open_with([LARGE, "DeepSeek-V3.2"], configurations="Every one published"))
    assert best and not any("; " in cell for cell in best)
    assert any("; " in cell and "thinking on" in cell for cell in every)


@pytest.mark.parametrize("as_of", ["2025-12-31", "2025-08-01"])
@pytest.mark.parametrize("home", ["published_home", "seed_home"])
def test_the_past_shows_nothing_learnt_later(home: str, as_of: str, request: pytest.FixtureRequest) -> None:
    with use_home(request.getfixturevalue(home)):
        page = open_page("compare", as_of=as_of)
    [banner] = page.warning
    assert "reconstructed" in banner.value
    for table in page.dataframe:
        if "edition" in table.value.columns:
            assert all(str(day) <= as_of for day in table.value["edition"])
    if as_of == "2025-08-01":
        assert "nothing that this page shows was known" in banner.value
        assert "No two of these models" in read_title(page)
    else:
        assert re.search(r"\d+ of the \d+ rows shown were recorded later", banner.value)


def test_an_empty_home_says_what_to_do(tmp_path: Path) -> None:
    with use_home(tmp_path):
        page = open_page("compare")
    assert not page.title and "landscape" in page.info[0].value


def test_the_clock_is_the_one_given(small_home: Path) -> None:
    assert NOW.startswith("2026-11-23")
    with use_home(small_home):
        page = open_with([LARGE, SMALL], as_of="2026-08-04")
    rows = {row["fact"]: row for row in find_table(page, "fact").to_dict("records")}
    assert rows["Since release"][LARGE] == "364 days"
