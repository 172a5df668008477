"""The page Openness says what its stored rows say: full, as of a date, filtered, and with nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import openness as rules
from dashboard.openness import charts, tables, words
from dashboard.queries import identify
from dashboard.queries import openness as queries
from dashboard.theme import LIGHT
from tests.homes import ask, use_home
from tests.pages import open_page
from tests.states import state_homes as state_homes

PAGE = "openness"
TODAY = date(2026, 11, 23)


@pytest.fixture
def full(published_home: Path) -> Iterator[Path]:
    with use_home(published_home):
        yield published_home


def read_all(page: AppTest) -> str:
    """Title, headings, sentences and source lines as a reader sees them."""
    texts = [*page.title, *page.subheader, *page.markdown, *page.caption, *page.info, *page.warning]
    return "\n".join(element.value.replace("\\", "") for element in texts)


def system(name: str, total: float, modality: str = "text", **more: Any) -> dict[str, Any]:
    row = {"name_raw": name, "total": total, "modality": modality, "criteria": "a", "dimensions": 12}
    return {**row, "open": 5, "partial": 1, "is_focus": False, "is_tracked": False, **more}


FOCUS = system("GPT OSS", 5.5, is_focus=True)


def test_the_finding_is_what_the_stored_grades_say(full: Path) -> None:
    page = open_page(PAGE)
    sums = ask(
        full,
        "select o.name_raw, sum(o.value) as total from openness o join model_attributes a on a.name_raw = o.name_raw "
        "and a.source_id = o.source_id and a.attribute = 'modality' where o.edition = '2026-06-12' "
        "and a.value like '%text%' and o.name_raw <> 'GPT OSS' group by all",
    )
    lower, higher = sum(r["total"] < 5.5 for r in sums), sum(r["total"] > 5.5 for r in sums)
    rank = (
        f"{higher} of {len(sums)} other text systems are more open"
        if higher > lower
        else f"more open than {lower} of {len(sums)} other text systems"
    )
    assert page.title[0].value.replace("\\", "") == f"gpt-oss is open in 5 of 12 dimensions and partly in 1; {rank}"
    said = read_all(page)
    for sentence in (
        "**Open:** Base model's weights, tuned model's weights, architecture, preprint, model card",
        "**Partial:** Licences",
        "Its sum is 5.5 of 12: of the 193 systems of the edition",
        "On 8 Aug 2025 the index asked 14 dimensions and graded 6 open and 1 partial; it asks 12 now",
        "OpenAI: 48 of 100 in 2023 (place 3 of 10); 49 of 100 in 2024 (place 11 of 14); 35 of 100 in 2025",
        "so this is no rise or fall",
        "None of 1,509 recorded incidents names gpt-oss: this list cannot show its misuse",
        "158 of them name OpenAI as developer (10 %)",
        "the last three always look low",
    ):
        assert sentence in said, sentence


def test_as_of_a_date_shows_what_was_known_and_nothing_later(full: Path) -> None:
    page = open_page(PAGE, as_of="2025-12-31")
    said = read_all(page)
    assert page.title[0].value.replace("\\", "") == "gpt-oss is open in 6 of 14 dimensions and partly in 1"
    assert "no other system of this edition is known here, so it has no place" in said
    assert "35 of 100 in 2025" in said and "Incidents, as context" in said
    before = read_all(open_page(PAGE, as_of="2025-08-07"))
    assert "No grade of gpt-oss's openness had been recorded" in before and "35 of 100" not in before


def test_grades_stand_beside_the_tracked_models_and_the_most_open(full: Path) -> None:
    file = identify()
    systems = queries.read_systems(file, None)
    focus = rules.find_focus(systems)
    assert focus is not None and focus["name_raw"] == "GPT OSS"
    rivals = [row["name_raw"] for row in rules.choose_rivals(systems, focus)]
    assert rivals[:3] == ["YuLan", "BLOOMZ", "OLMo"]
    assert {"DeepSeek R1", "Kimi K2.5"} <= set(rivals) and len(rivals) <= rules.MOST_SHOWN


@pytest.mark.parametrize("state", ["fresh", "hostile", "empty"])
def test_the_page_is_calm_without_grades_and_under_hostile_text(state: str, state_homes: Any) -> None:
    with use_home(state_homes(state)):
        page = open_page(PAGE)
    said = read_all(page)
    if state == "empty":
        assert "Nothing has been published here yet." in said
        return
    assert "No grade of gpt-oss's openness had been recorded" in said
    for source in ("osai_index", "fmti", "aiid"):
        assert f"landscape refresh {source}" in said
    assert not [e for e in page.markdown if "<img" in e.value and "\\<img" not in e.value]


def test_a_place_needs_others_under_the_same_dimensions() -> None:
    others = [system("A", 11), system("B", 5.5), system("C", 2), system("D", 9, "image"), system("E", 1, criteria="b")]
    assert rules.find_standing([FOCUS], FOCUS, text_only=True) is None
    assert rules.find_standing([FOCUS, *others], FOCUS, text_only=True) == rules.Standing(4, 1, 1, 1)
    assert rules.find_standing([FOCUS, *others], FOCUS, text_only=False) == rules.Standing(5, 2, 1, 1)
    more = [FOCUS, *(system(f"M{n}", 8) for n in range(3)), system("L", 1)]
    assert words.write_finding(FOCUS, more).endswith("3 of 4 other text systems are more open")


def test_a_grade_is_a_word_and_a_mark_and_its_ground_repeats_it() -> None:
    grades = [
        {"name_raw": name, "dimension": d, "grade": g, "value": 0.0, "edition": TODAY, "criteria": "a"}
        for name in ("GPT OSS", "OLMo")
        for d, g in (("licenses", "partial"), ("weights_basemodel", "open"), ("new_one", "closed"))
    ]
    table = tables.show_grades(grades, FOCUS, [system("OLMo", 11.5)])
    assert list(table["Dimension"]) == ["Base model's weights", "Licences", "new one", "Sum"]
    assert list(table["GPT OSS"]) == ["● open", "◐ partial", "○ closed", "5.5"]
    html = tables.shade_grades(table, "light").to_html()
    assert LIGHT.mute in html and html.count("background-color") >= 2


def test_editions_of_the_transparency_index_are_rows_that_nothing_joins() -> None:
    rows = [
        {"edition": date(year, 12, 1), "developer": name, "disclosed": n, "asked": 100}
        for year, name, n in ((2023, "OpenAI", 48), (2023, "Meta", 54), (2025, "OpenAI", 35), (2025, "IBM", 95))
    ]
    chart = charts.draw_transparency(rows)
    assert [(r.label, r.value, r.low, r.high, r.verdict) for r in chart.rows] == [
        ("2023's 100 questions", 48, 48, 54, "place 2 of 2"),
        ("2025's 100 questions", 35, 35, 95, "place 2 of 2"),
    ]
    assert isinstance(tables.tabulate_transparency([{**r, "payload_key": 1} for r in rows]), pd.DataFrame)
