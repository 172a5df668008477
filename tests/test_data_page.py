"""The Data page says where numbers come from: its words are computed, its addresses lead to payloads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import orjson
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import provenance as words
from ingest.fold import KIND_BY_NAME
from tests.homes import ask, copy_home, run_landscape, use_home
from tests.pages import one_source_home, open_page
from tests.replay_server import ReplayServer

pytestmark = pytest.mark.usefixtures("newest_alone")

__all__ = ["one_source_home"]

PAGE = "data"
NOON = datetime(2026, 11, 23, 12)


def make_sources(
    *ages: int | None, cadence: float = 7.0, lost: int = 0, failing: int = 0, enabled: bool = True
) -> pd.DataFrame:
    """Sources whose newest data is so many days old; None has no data. The first so many are failing."""
    return pd.DataFrame(
        [
            {
                "newest_at": pd.NaT if age is None else NOON - timedelta(days=age),
                "fresh_at": pd.NaT if age is None else NOON - timedelta(days=age),
                "cadence_days": cadence,
                "facts": 0 if age is None else 1000,
                "unresolved_names": lost,
                "is_failing": n < failing,
                "enabled": enabled,
            }
            for n, age in enumerate(ages)
        ]
    )


@pytest.mark.parametrize(("age", "word"), [(7, "fresh"), (8, "due"), (14, "due"), (15, "overdue")])
def test_data_is_overdue_once_older_than_twice_its_cadence(age: int, word: str) -> None:
    assert words.judge_age(NOON - timedelta(days=age, hours=23), 7, NOON) == word
    assert words.judge_age(None, 7, NOON) == "no data"


@pytest.mark.parametrize("seconds", [-1, 0, 1])
def test_the_badge_says_overdue_where_the_status_command_does(small_home: Path, seconds: int) -> None:
    held = "select fresh_at, overdue_at, cadence_days from source_health where fresh_at is not null"
    for row in ask(small_home, held):
        fresh, overdue = (datetime.fromisoformat(row[name]) for name in ("fresh_at", "overdue_at"))
        now = overdue + timedelta(seconds=seconds)
        assert (words.judge_age(fresh, float(row["cadence_days"]), now) == "overdue") == (now >= overdue)


def test_the_finding_counts_sources_facts_and_lost_names() -> None:
    def write(*ages: int | None, lost: int = 0) -> str:
        return words.write_finding(make_sources(*ages, lost=lost), NOON)

    assert write(1, 20, 30, 3) == (
        "4 sources, 2 of them older than twice their cadence; 4,000 facts; 0 names lead to no model"
    )
    assert write(1, 20).startswith("2 sources, 1 of them older than twice its cadence")
    assert write(20, 20).startswith("2 sources, all older than twice their cadence")
    assert write(1, None, None, lost=1) == (
        "1 source, none of them older than twice their cadence; 2 without data; 1,000 facts; 3 names lead to no model"
    )
    assert write(None) == "0 sources; 1 without data; 0 facts; 0 names lead to no model"
    assert words.write_finding(make_sources(1, 20, failing=2), NOON).startswith(
        "2 sources, 1 of them older than twice its cadence; 2 failing; 2,000 facts"
    )
    off = make_sources(None, enabled=False)
    assert words.write_finding(pd.concat([make_sources(1), off]), NOON).startswith("1 source, none of them older")


@pytest.mark.parametrize(
    ("age", "failing", "enabled", "state"),
    [
        (1, 1, True, "failing"),
        (1, 0, True, "fresh"),
        (8, 0, True, "due"),
        (20, 0, True, "overdue"),
        (None, 0, True, "no data"),
        (None, 0, False, "off"),
        (None, 1, True, "failing"),
    ],
)
def test_the_worst_is_said_of_a_source(age: int | None, failing: int, enabled: bool, state: str) -> None:
    [source] = make_sources(age, failing=failing, enabled=enabled).to_dict("records")
    assert words.judge_source(source, NOON) == state and state in words.STATES


def test_a_failure_before_the_last_success_is_said_to_be_mended() -> None:
    source = {
        "last_success_at": NOON,
        "last_failure_at": NOON - timedelta(days=1),
        "last_failure": "cut gzip",
    }
    assert words.write_runs(source).endswith("Last failure on 22 Nov 2026 (since mended): cut gzip")
    later = {**source, "last_failure_at": NOON + timedelta(days=1)}
    assert words.write_runs(later).endswith("Last failure on 24 Nov 2026: cut gzip")
    never = {"last_success_at": None, "last_failure_at": pd.NaT, "last_failure": None}
    assert words.write_runs(never) == "No run of this source is recorded by then."


@pytest.mark.parametrize(
    ("text", "value", "decimals"),
    [
        ("1365.17", 1365.17, 2),
        ("$0.06", 0.06, 2),
        ("11,600,000", 11_600_000.0, 0),
        ("-3", -3.0, 0),
        (".5", 0.5, 1),
    ],
)
def test_a_number_is_searched_at_the_decimals_typed(text: str, value: float, decimals: int) -> None:
    search = words.read_search(f" {text} ")
    assert (search.value, search.decimals) == (value, decimals)


@pytest.mark.parametrize("text", ["gpt-oss-120b", "GPT-5.6", "1.2.3", "4 of 5", "nan", "1e5", "²"])
def test_anything_else_is_searched_as_words(text: str) -> None:
    assert words.read_search(text) == words.Search(text)


@given(st.text())
def test_an_address_never_breaks_the_page(text: str) -> None:
    key = words.read_integer(text)
    assert key is None or 0 <= key < 10**18
    words.read_search(text)


@given(st.integers(0, 2**52 - 1), st.integers(0, 10**7))
def test_a_link_carries_all_digits_of_a_key(key: int, row_no: int) -> None:
    link = words.link_payload(key, row_no, "2025-12-31")
    assert link == f"/data?payload={key}&row={row_no}&as_of=2025-12-31"
    assert words.read_integer(str(key)) == key


def test_local_rows_are_marked_and_others_are_not() -> None:
    rights = ["yes", "no", "share-alike", None]
    assert words.mark_rights(rights) == ["", "local only", "share-alike", ""]
    assert list(words.drop_local(pd.DataFrame({"redistributable": rights})).index) == [0, 2]
    holdings = pd.DataFrame(
        {"redistributable": ["no", "yes", "yes"], "facts": [3, 4, 5], "kind": ["scores", "scores", "prices"]}
    )
    assert words.write_rights(holdings) == "9 may be passed on; 3 local only."
    assert words.write_kinds(holdings) == "7 scores, 5 prices"


# ------------------------------------------------------------------ the page


@pytest.fixture
def full(published_home: Path) -> Iterator[Path]:
    with use_home(published_home):
        yield published_home


def test_the_headline_equals_the_database(full: Path) -> None:
    facts = sum(int(ask(full, f"select count(*) as n from stored.{kind}")[0]["n"]) for kind in KIND_BY_NAME)
    lost = int(ask(full, "select count(*) as n from unresolved_names")[0]["n"])
    [held] = ask(
        full,
        "select count(*) filter (newest_at is not null) as n, count(*) filter (newest_at is null and "
        "enabled) as without from source_health",
    )
    page = open_page(PAGE)
    without = f"; {held['without']} without data" if held["without"] else ""
    assert page.title[0].value == (
        f"{held['n']} sources, all older than twice their cadence{without}; {facts:,} facts; "
        f"{lost:,} names lead to no model"
    )


def test_every_source_has_a_line_with_its_state_and_faults(full: Path) -> None:
    page = open_page(PAGE)
    table = next(d.value for d in page.dataframe if "state" in d.value.columns)
    titles = {r["title"]: r for r in ask(full, "select title, source_id from sources")}
    assert set(table["title"]) == set(titles)
    flags = {
        r["source_id"]: r["n"]
        for r in ask(full, "select source_id, sum(facts)::bigint as n from source_flags group by 1")
    }
    for row in table.to_dict("records"):
        assert row["flags"] == int(flags.get(titles[row["title"]]["source_id"], 0))
    order = [list(words.STATES.values()).index(state) for state in table["state"]]
    assert order == sorted(order)


def test_one_source_tells_its_flags_licence_and_caveats_and_each_flag_leads_to_a_payload(full: Path) -> None:
    page = open_page(PAGE, source="hf_hub")
    [told] = ask(full, "select attribution, caveats from sources where source_id = 'hf_hub'")
    said = "\n".join(m.value.replace("\\", "") for m in page.markdown)
    assert told["attribution"] in said and "A download is a request for a file" in said
    assert "on days the Hub's counters stood still" in said
    prices = open_page(PAGE, source="models_dev")
    flagged = next(d.value for d in prices.dataframe if "reason" in d.value.columns and "since_at" in d.value.columns)
    assert set(flagged["source"].str.slice(0, 14)) == {"/data?payload="} and flagged["reason"].str.len().min() > 2


def test_a_failing_source_is_counted_in_the_headline_and_told_with_its_sentence(
    small_home: Path, tmp_path: Path
) -> None:
    home = copy_home(small_home, tmp_path / "home")
    with ReplayServer() as server:  # nothing is scripted: every url is missing
        assert run_landscape(home, "refresh", "--mirror", server.url, "lmarena").exit_code == 1
    with use_home(home):
        page = open_page(PAGE, source="lmarena")
    [state] = [s for s in orjson.loads(run_landscape(home, "status", "--json").stdout) if s["source_id"] == "lmarena"]
    assert "; 1 failing; " in page.title[0].value
    table = next(d.value for d in page.dataframe if "state" in d.value.columns)
    assert (table["title"].iloc[0], table["state"].iloc[0]) == (state["title"], words.STATES["failing"])
    assert any("Last failure on" in m.value and "404" in m.value for m in page.markdown)
    shown = run_landscape(home, "status").stdout
    assert any(line.startswith("lmarena ") and "FAILING" in line for line in shown.splitlines())
    assert state["is_failing"] and "lmarena: last failed on" in shown and state["last_failure"] in shown
    one = run_landscape(home, "status", "lmarena").stdout
    assert all(state[part] in one for part in ("licence_id", "attribution", "caveats"))
    assert run_landscape(home, "status", "nobody").exit_code == 2


@pytest.mark.parametrize("kind", ["benchmark_difficulty", "counters", "openness", "usage"])
def test_a_fact_of_any_kind_leads_to_its_payload_in_two_clicks(full: Path, kind: str) -> None:
    """Found by its name, its row links to the payload that states it: address, time and hash."""
    row = "name_raw, payload_key, row_no, source_id"
    [fact] = ask(
        full, f"select {row} from stored.{kind} where row_no >= 0 order by length(name_raw) desc, payload_key limit 1"
    )
    found = open_page(PAGE, find=fact["name_raw"], **{"in": fact["source_id"]})
    links = next(d.value for d in found.dataframe if "field" in d.value.columns)
    mine = links[links["kind"] == words.KINDS[kind]]
    assert len(mine) and mine["source"].iloc[0].startswith("/data?payload=")
    key, row_no = mine["source"].iloc[0].removeprefix("/data?payload=").split("&row=")
    shown = open_page(PAGE, payload=key, row=row_no)
    [payload] = ask(full, f"select sha256, observed_at from payloads where payload_key = {key}")
    said = "\n".join(m.value.replace("\\", "") for m in shown.markdown)
    assert shown.code[0].value == payload["sha256"] and payload["observed_at"][:10] in said


def test_as_of_a_date_counts_what_was_known_then(full: Path) -> None:
    page = open_page(PAGE, as_of="2025-12-31", source="models_dev")
    facts = ask(
        full,
        "select count(*) as n from stored.prices where source_id = 'models_dev' "
        "and observed_at <= '2025-12-31 23:59:59'",
    )
    assert any(f"{int(facts[0]['n']):,} prices" in m.value for m in page.markdown)


def test_a_number_leads_to_its_payload(full: Path) -> None:
    page = open_page(PAGE, find="1365.17")
    found = next(d.value for d in page.dataframe if "field" in d.value.columns)
    first = found.iloc[0]
    assert (first["model_id"], first["field"], round(first["value"], 2)) == (
        "openai/gpt-oss-120b",
        "value",
        1365.17,
    )
    key, row_no = first["source"].removeprefix("/data?payload=").split("&row=")
    shown = open_page(PAGE, payload=key, row=row_no)
    payload = ask(full, f"select url, sha256, bytes from payloads where payload_key = {key}")[0]
    said = "\n".join(m.value.replace("\\", "") for m in shown.markdown)
    assert payload["url"] in said and f"{payload['bytes']:,} bytes" in said
    assert shown.code[0].value == payload["sha256"]
    assert "1365.167" in said and f"Payload {key}, row {row_no}" in said


def test_a_name_search_can_be_narrowed_to_a_source(full: Path) -> None:
    page = open_page(PAGE, find="gpt-oss-20b", **{"in": "lmarena"})
    found = next(d.value for d in page.dataframe if "field" in d.value.columns)
    assert set(found["source_id"]) == {"lmarena"} and set(found["model_id"]) == {"openai/gpt-oss-20b"}


def test_rows_a_licence_keeps_here_are_called_local_only(full: Path) -> None:
    page = open_page(PAGE, find="1362.63")
    found = next(d.value for d in page.dataframe if "field" in d.value.columns)
    assert set(found.loc[found["model_id"] == "openai/gpt-oss-120b", "rights"]) == {"local only"}


@pytest.mark.parametrize("address", [{"payload": "17"}, {"payload": "abc"}, {"find": "no such thing"}])
def test_an_address_that_leads_nowhere_is_told_so(full: Path, address: dict[str, str]) -> None:
    assert len(open_page(PAGE, **address).info) == 1


def test_the_seed_is_said_to_hold_no_bodies(seed_home: Path) -> None:
    with use_home(seed_home):
        assert "not their bodies" in open_page(PAGE).markdown[0].value


def test_one_source_alone_fills_its_card_and_the_others_say_no_data(one_source_home: Path) -> None:
    with use_home(one_source_home):
        page = open_page(PAGE)
        searched = open_page(PAGE, find="0.15")
        other = open_page(PAGE, source="lmarena")
    assert page.title[0].value.startswith("1 source, 1 of them older than twice its cadence; ")
    table = next(d.value for d in page.dataframe if "state" in d.value.columns)
    assert list(table["facts"] > 0).count(True) == 1
    assert any("No data known by then" in m.value for m in other.markdown)
    assert any("field" in d.value.columns for d in searched.dataframe)


def test_without_a_database_the_page_says_what_helps(tmp_path: Path) -> None:
    with use_home(tmp_path):
        page = open_page(PAGE)
    assert "landscape" in page.info[0].value and not page.title


def test_a_new_file_shows_on_the_next_interaction(one_source_home: Path, small_home: Path, tmp_path: Path) -> None:
    home = copy_home(one_source_home, tmp_path / "home")
    with use_home(home):
        page = open_page(PAGE)
        before = page.title[0].value
        fresh = tmp_path / "fresh.duckdb"
        fresh.write_bytes((small_home / "landscape.duckdb").read_bytes())
        fresh.replace(home / "landscape.duckdb")
        page.run()
        assert page.title[0].value != before and not page.exception
