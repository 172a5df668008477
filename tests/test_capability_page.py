"""The Capability page says what its data say: full, as of a date, partial, with one source, with none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.drawn import find_series
from tests.homes import ask, use_home
from tests.pages import one_source_home, open_page

__all__ = ["one_source_home"]

PAGE = "capability"


@pytest.fixture
def full(published_home: Path) -> Iterator[Path]:
    with use_home(published_home):
        yield published_home


def read_chart(page: AppTest, at: int) -> dict[str, Any]:
    figure: dict[str, Any] = json.loads(page.get("plotly_chart")[at].proto.spec)
    return figure


def test_the_headline_equals_the_measure(full: Path) -> None:
    page = open_page(PAGE)
    found = {
        r["measure_id"]: int(r["value"])
        for r in ask(
            full,
            """
        select measure_id, value from measures
        where subject = 'openai/gpt-oss-120b'
          and definition_id = 'index=epoch_eci;open=commercial;released=any'
        qualify as_of = max(as_of) over ()""",
        )
    }
    title = page.title[0].value
    assert title.startswith(
        f"{found['clearly_ahead_open']} open and {found['clearly_ahead_closed']} proprietary models"
    )
    assert title.endswith("none of the open ones was out when it was released.")
    assert f"Of {found['rated_open']} open and {found['rated_closed']} proprietary" in page.markdown[0].value


def test_as_of_the_end_of_2025_the_first_edition_speaks(full: Path) -> None:
    page = open_page(PAGE, as_of="2025-12-31")
    assert page.title[0].value.startswith("1 open and 12 proprietary models are clearly ahead")
    assert page.selectbox(key="edition").options == ["19 Dec 2025"]
    assert "As known on 31 Dec 2025" in page.warning[0].value


def test_before_the_first_edition_the_page_says_that_none_was_recorded(full: Path) -> None:
    page = open_page(PAGE, as_of="2025-09-01")
    assert page.title[0].value == "No edition had been recorded" and len(page.info) == 1


def test_a_partial_edition_gives_values_and_no_counts(full: Path) -> None:
    page = open_page(PAGE, edition="8 Oct 2026 (partial)")
    assert page.title[0].value.startswith("The edition of 8 Oct 2026 is partial (57 of 274 rows)")
    assert page.selectbox(key="subject").options == ["gpt-oss-120b", "gpt-oss-20b"]
    assert "Best open" not in json.dumps(read_chart(page, 0))
    assert "verdict" not in page.dataframe[0].value.columns


def test_openness_moves_the_count(full: Path) -> None:
    assert open_page(PAGE, open="OSI-style").title[0].value.startswith("10 open and 46")
    assert open_page(PAGE, open="Any weights").title[0].value.startswith("13 open and 46")


def test_arena_boards_stay_apart_and_say_when_they_cannot_judge(full: Path) -> None:
    text = open_page(PAGE, measure="Arena text")
    assert "has no intervals" in text.title[0].value and "11 Dec 2025" in text.markdown[0].value
    style = open_page(PAGE, measure="Arena style control")
    assert "Arena's style-control board" in style.title[0].value
    assert round(find_series(read_chart(style, 1), "gpt-oss-120b").y[0], 2) == 1352.52


def test_every_board_of_the_data_is_offered_by_domain_and_boards_with_gpt_oss_come_first(full: Path) -> None:
    told = open_page(PAGE).selectbox(key="measure").options
    assert told[:3] == ["Epoch index", "Arena text", "Arena style control"]
    domains = [option.partition(" · ")[0] for option in told[3:]]
    assert domains == sorted(domains) and {"Agentic", "Coding", "Factuality"} <= set(domains)
    held = ask(full, "select distinct board from scores where source_id = 'epoch_hub' and category = 'overall'")
    assert sum(option.endswith("(Epoch hub)") for option in told) == len(held)
    assert told.index("Agentic · Terminal-Bench (Epoch hub)") < told.index("Agentic · Cybench (Epoch hub)")


def test_where_lower_is_better_the_best_have_the_lowest_rate_and_no_line_crosses_the_break(full: Path) -> None:
    page = open_page(PAGE, measure="Factuality · Vectara: hallucination rate")
    title = page.title[0].value
    assert (
        title.startswith("gpt-oss-120b has 14.2 % on Vectara") and "No interval is published" in page.markdown[0].value
    )
    shown = page.dataframe[0].value
    assert list(shown["value"]) == sorted(shown["value"]) and "verdict" not in shown.columns
    assert any("its method changed (18 Nov 2025)" in m.value for m in page.markdown)
    own = find_series(read_chart(page, 1), "gpt-oss-120b")
    assert {"2025-10-16", "2025-11-18"} <= set(own.x)
    assert not any({"2025-10-16", "2025-11-18"} <= {day for day, _ in line} for line in own.lines)


def test_a_newest_edition_without_gpt_oss_keeps_its_last_value(full: Path) -> None:
    page = open_page(PAGE, measure="General · LiveBench: overall")
    assert page.title[0].value == "The edition of 25 Jun 2026 of LiveBench: overall does not rate gpt-oss-120b."
    [value] = ask(
        full,
        "select value from livebench_overall where edition = '2026-01-08' and model_id = 'openai/gpt-oss-120b'",
    )
    assert page.markdown[0].value.endswith(f"in the edition of 8 Jan 2026, at {value['value']:.1f} %.")
    assert find_series(read_chart(page, 1), "gpt-oss-120b").y
    never = open_page(PAGE, measure="Coding · SWE-bench Verified (Epoch hub)")
    assert "No complete edition" in never.markdown[0].value


def test_a_benchmark_with_intervals_is_judged_by_the_interval_of_the_difference(full: Path) -> None:
    page = open_page(PAGE, measure="Knowledge · GPQA Diamond (Epoch hub)")
    shown = page.dataframe[0].value.set_index("name_at_source")
    rows = ask(
        full,
        "select name_raw, value, (high - low) / 3.29 as se, model_id from scores "
        "where board = 'gpqa_diamond' and low is not null",
    )
    own = next(r for r in rows if r["model_id"] == "openai/gpt-oss-120b")
    for r in (r for r in rows if r is not own):
        z = (r["value"] - own["value"]) / (r["se"] ** 2 + own["se"] ** 2) ** 0.5
        said = "clearly ahead" if z > 1.96 else "clearly behind" if z < -1.96 else "too close to call"
        assert shown.loc[r["name_raw"], "verdict"] == said, r["name_raw"]


def test_gpt_oss_by_edition_is_what_the_file_holds(full: Path) -> None:
    own = find_series(read_chart(open_page(PAGE), 1), "gpt-oss-120b")
    assert [round(y, 2) for y in own.y] == [139.64, 139.78, 140.16, 140.73, 140.48, 139.93]


def test_the_picker_replaces_the_ten_and_keeps_gpt_oss(full: Path) -> None:
    page = open_page(PAGE, models="o4-mini")
    figure = read_chart(page, 1)
    shown = [name for name in ("o4-mini", "gpt-oss-120b", "GPT-5.6 Sol") if find_series(figure, name).x]
    assert shown == ["o4-mini", "gpt-oss-120b"]


def test_every_row_leads_to_its_payload(full: Path) -> None:
    table = open_page(PAGE).dataframe[0].value
    row = table[table["model"] == "gpt-oss-120b"].iloc[0]
    key, row_no = row["source"].removeprefix("/data?payload=").split("&row=")
    told = ask(full, f"select value from scores where payload_key = {key} and row_no = {row_no} and board = 'eci'")
    assert [r["value"] for r in told] == [row["value"]] == [140.48]


def test_without_a_database_the_page_says_what_helps(tmp_path: Path) -> None:
    with use_home(tmp_path):
        page = open_page(PAGE)
    assert "landscape" in page.info[0].value and not page.title


def test_with_one_other_source_the_page_says_which_command_reads_the_index(one_source_home: Path) -> None:
    with use_home(one_source_home):
        for measure in ("Epoch index", "Arena text"):
            page = open_page(PAGE, measure=measure)
            assert "landscape refresh" in page.info[0].value
