"""The page Claims and events says what the board and the list of events say: full, as of a date, and with nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import claims as rules
from dashboard.claims import events
from tests.homes import ask, use_home
from tests.pages import open_page
from tests.states import state_homes as state_homes

PAGE = "claims"
TODAY = date(2026, 11, 23)
NUMBER = {"low": None, "high": None, "reason_absent": None, "speaks": "for", "says": "it", "is_local": False}


@pytest.fixture
def full(published_home: Path) -> Iterator[Path]:
    with use_home(published_home):
        yield published_home


def read_all(page: AppTest) -> str:
    """Title, headings, sentences and source lines as a reader sees them."""
    texts = [*page.title, *page.subheader, *page.markdown, *page.caption, *page.info, *page.warning]
    return "\n".join(element.value.replace("\\", "") for element in texts)


@pytest.mark.parametrize("as_of", [None, "2026-01-31"])
def test_every_claim_stands_with_its_verdict_and_its_tests(full: Path, as_of: str | None) -> None:
    page = open_page(PAGE, **({"as_of": as_of} if as_of else {}))
    assert not page.exception
    said = read_all(page)
    until = as_of or "2999-12-31"
    known = ask(
        full, f"select * from claims where as_of = (select max(as_of) from claims where as_of::date <= '{until}')"
    )
    tests = ask(
        full,
        f"select * from claim_tests where as_of = (select max(as_of) from claims where as_of::date <= '{until}')",
    )
    assert len(known) == 7
    for claim in known:
        assert claim["claim"] in said and claim["reason"] in said and claim["flips"] in said
    assert said.count("No number]") == sum(t["speaks"] == "absent" for t in tests)
    counts = [f"{sum(c['verdict'] == v for c in known)} {v}" for v in rules.VERDICTS]
    assert all(words in said for words in counts if not words.startswith("0"))


def test_a_past_board_reads_nothing_of_later(full: Path) -> None:
    early, late = (
        ask(full, f"select max(day) as day from claim_tests where as_of::date <= '{day}'")[0]["day"]
        for day in ("2026-01-31", "2026-11-30")
    )
    assert early <= "2026-01-31" < late


@pytest.mark.parametrize(
    ("unit", "value", "said"),
    [
        ("share", 0.0126, "1.3 %"),
        ("usd_per_mtok", 0.06, "$0.06"),
        ("p_value", 0.043478, "p = 0.04"),
        ("ratio", 0.2286, "0.23 times"),
        ("providers", 43.0, "43 providers"),
        ("points", 5.5, "5.5 points"),
    ],
)
def test_a_number_is_worded_by_its_unit(unit: str, value: float, said: str) -> None:
    assert rules.write_number({**NUMBER, "unit": unit, "value": value}) == said


def test_an_interval_stands_beside_its_number_and_an_absent_one_says_why() -> None:
    assert rules.write_number({**NUMBER, "unit": "share", "value": 0.1, "low": 0.05, "high": 0.2}) == (
        "10.0 % (5.0 % to 20.0 %)"
    )
    assert rules.write_number({**NUMBER, "unit": "share", "value": 0.1, "low": 0.05}) == "10.0 % (at least 5.0 %)"
    assert rules.write_number({**NUMBER, "unit": "share", "value": 0.1, "high": 0.2}) == "10.0 % (at most 20.0 %)"
    absent = {**NUMBER, "unit": "share", "value": None, "reason_absent": "Not recorded yet.", "speaks": "absent"}
    assert rules.write_test(absent) == "it: no number. Not recorded yet."


def test_a_difference_of_shares_is_in_percentage_points() -> None:
    test = {**NUMBER, "unit": "share_difference", "value": -0.026, "low": -0.099, "high": 0.057}
    assert rules.write_number(test) == "−2.6 (−9.9 to +5.7) percentage points"


def test_what_may_not_leave_this_machine_is_not_in_what_is_passed_on() -> None:
    local = {**NUMBER, "unit": "share", "value": 0.1, "is_local": True}
    assert "10.0 %" in rules.write_test(local) and "10.0 %" not in rules.write_test(local, exported=True)


def test_a_headline_says_under_which_definitions_it_does_not_hold() -> None:
    shared = {**NUMBER, "unit": "models", "value": 12.0, "measure_id": "ahead", "subject": "openai/gpt-oss-120b"}
    first = {**shared, "is_default": True, "definition_id": "index=eci;open=commercial", "holds": True}
    same = {**first, "is_default": False, "definition_id": "index=eci;open=any_weights"}
    other = {**same, "definition_id": "index=arena_text;open=commercial", "value": 0.0, "holds": False}
    unknown = {**same, "holds": None}
    assert rules.write_holds([first]) == ""
    assert rules.write_holds([first, same]) == "Holds under its other definition."
    told = rules.write_holds([first, same, other, unknown])
    assert told.startswith("Holds under 1 of 2 other definitions, not under “Arena's text board” (0 models)")
    assert told.endswith("; 1 has no answer yet.")


def test_one_is_not_told_in_the_plural() -> None:
    assert rules.write_number({**NUMBER, "unit": "models", "value": 1.0}) == "1 model"
    assert rules.write_number({**NUMBER, "unit": "models", "value": 12.0}) == "12 models"


@pytest.mark.parametrize(
    ("speaks", "said", "holds"),
    [
        ("for", "Measured: it (12 models, 11 Aug 2026).", "Holds under its other definition."),
        ("against", "Measured, and not so: it (12 models, 11 Aug 2026).", "The same under its other definition."),
        ("neither", "Not settled: it (12 models, 11 Aug 2026).", "The same under its other definition."),
    ],
)
def test_a_headline_asserts_only_what_its_whole_interval_says(speaks: str, said: str, holds: str) -> None:
    first = {**NUMBER, "unit": "models", "value": 12.0, "day": date(2026, 8, 11), "speaks": speaks}
    rows = [{**first, "is_default": True, "holds": True}, {**first, "is_default": False, "holds": True}]
    assert rules.write_asked(rows) == said and rules.write_holds(rows) == holds


def test_the_timeline_is_filtered_by_kind_and_the_choice_is_in_the_address(full: Path) -> None:
    everything = read_all(open_page(PAGE))
    assert "2 to come, the next on 2 Dec 2026" in everything
    page = open_page(PAGE, kinds="incident")
    said = read_all(page)
    assert "1 of 97 dated events" in said and "PromptLock" in said and "approximate" in said
    assert "`https://cybertechnologyinsights.com" in said, "the address of the source stands beside the event"
    assert "OpenAI releases gpt-oss" not in said
    past = open_page(PAGE, as_of="2025-12-31")
    assert "to come" not in read_all(past) and "2026" not in " ".join(
        e.label for e in past.expander if "event" in e.label
    )


@pytest.mark.parametrize("state", ["empty", "hostile"])
def test_the_page_is_calm_without_measures(state: str, state_homes: Any) -> None:
    with use_home(state_homes(state)):
        page = open_page(PAGE)
    assert not page.exception
    assert state != "empty" or "Nothing has been published here yet." in read_all(page)


def test_what_happened_and_what_is_to_come_are_told_apart() -> None:
    def event(day: str, kind: str, precision: str = "day") -> dict[str, Any]:
        return {
            "happened_on": date.fromisoformat(day),
            "title": f"<b>{kind}</b> [future]",
            "kind": kind,
            "models": "",
            "source_url": "https://example.org/x",
            "precision": precision,
        }

    known = [
        event("2025-08-05", "gpt-oss"),
        event("2026-12-02", "policy"),
        event("2026-01-01", "new kind", "commit_date"),
    ]
    chosen = events.choose_events(known, {"gpt-oss", "policy"}, TODAY, is_past=False)
    assert [e["kind"] for e in chosen] == ["policy", "new kind", "gpt-oss"], "a kind that is not ours is never hidden"
    assert [e["kind"] for e in events.choose_events(known, {"policy"}, TODAY, is_past=True)] == ["new kind"]
    line = events.write_line(chosen[0], TODAY)
    assert "to come" in line and "[future]" not in line and "\\<b\\>" in line and "`https://example.org/x`" in line
    assert "day of a commit" in events.write_line(chosen[1], TODAY)
    assert list(events.group_years(chosen)) == [2026, 2025]
    assert events.head_events(chosen, 3, TODAY) == "2 dated events; 1 to come, the next on 2 Dec 2026"
