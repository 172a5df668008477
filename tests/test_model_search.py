"""Finding models by name: labels that tell any two apart, names of an address, and the search above every page."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from dashboard.find_model import pair_with_focus, write_address
from dashboard.model_search import label_for_search, label_models, match_names, write_strange
from dashboard.queries import identify
from dashboard.queries.models import read_findable, read_models
from tests.browser import launch, serve, visit
from tests.homes import use_home
from tests.pages import open_page

KNOWN = {"openai/gpt-oss-20b": "gpt-oss-20b", "openai/gpt-5-nano": "GPT-5 nano", "lab/x": "X (beta)"}
HOSTILE = ("<img src=x onerror=alert(1)>", "\u202eabc\u2066", "n" * 2000, "a\nb\tc", "", "=1+1")


def make_models(names: list[tuple[str, str]]) -> pd.DataFrame:
    """A frame of `read_findable`, by id and name."""
    frame = pd.DataFrame(names, columns=["model_id", "name"])
    return frame.assign(label=frame["name"], is_rated=True)


names = st.lists(
    st.tuples(st.text(min_size=1, max_size=200), st.sampled_from(HOSTILE) | st.text(max_size=120)),
    max_size=12,
    unique_by=lambda pair: pair[0],
)


@given(names)
def test_labels_tell_any_two_models_apart_on_one_short_line(given_names: list[tuple[str, str]]) -> None:
    for labels in (label_models(dict(given_names)), label_for_search(make_models(given_names))):
        assert list(labels) == [model_id for model_id, _ in given_names]
        assert len(set(labels.values())) == len(labels)
        for label in labels.values():
            assert label.isprintable() and len(label) < 300


@given(names)
def test_a_label_leads_back_to_its_model(given_names: list[tuple[str, str]]) -> None:
    labels = label_models(dict(given_names))
    found, strange = match_names(labels.values(), labels)
    assert found == list(labels) and not strange


def test_an_id_a_label_and_another_case_name_one_model_once_in_the_order_given() -> None:
    given_names = ["GPT-5 nano", "openai/gpt-oss-20b", "gpt-oss-20b", "gpt-5 NANO", "nobody"]
    assert match_names(given_names, KNOWN) == (["openai/gpt-5-nano", "openai/gpt-oss-20b"], ["nobody"])


def test_strange_names_are_said_shortly() -> None:
    said = write_strange(list(HOSTILE))
    assert said.isprintable() and len(said) < 260 and said.endswith("so nothing is shown of them.")
    assert write_strange(["x"]) == "“x” is no model known here, so nothing is shown of it."


def test_what_is_found_stands_beside_gpt_oss() -> None:
    assert pair_with_focus("lab/x") == ["openai/gpt-oss-120b", "lab/x"]
    assert pair_with_focus("openai/gpt-oss-120b") == ["openai/gpt-oss-120b", "openai/gpt-oss-20b"]


@given(
    st.lists(st.sampled_from(HOSTILE) | st.text(max_size=50), max_size=3), st.sampled_from(["", "latest", "2025-12-31"])
)
def test_the_address_leads_to_compare_whatever_the_names(labels: list[str], as_of: str) -> None:
    address = write_address(labels, as_of)
    parts = urlsplit("http://127.0.0.1/" + address)
    assert parts.path == "/compare" and not parts.fragment
    pairs = parse_qs(parts.query, keep_blank_values=True, errors="surrogatepass")
    assert pairs.get("models", []) == labels
    assert pairs.get("as_of", []) == (["2025-12-31"] if as_of == "2025-12-31" else [])


def test_only_models_with_a_fact_are_offered(small_home: Path) -> None:
    with use_home(small_home):
        found, everyone = read_findable(identify()), read_models(identify())
    assert {"openai/gpt-oss-120b", "openai/gpt-oss-20b"} <= set(found["model_id"])
    assert len(found) < len(everyone) and found["model_id"].is_unique
    assert list(found["is_rated"]) == sorted(found["is_rated"], reverse=True)


def test_the_frame_stands_without_data_and_the_search_says_why(tmp_path: Path) -> None:
    with use_home(tmp_path):
        page = open_page("../app")
        assert not page.title
        assert "Nothing has been published here yet" in page.info[0].value
        page.session_state["search_0"] = True
        page.run()
    assert not page.exception
    assert "landscape" in page.caption[0].value


def test_the_search_reads_nothing_until_it_is_opened(small_home: Path) -> None:
    with use_home(small_home):
        page = open_page("../app")
        assert _find_search(page) is None
        page.session_state["search_0"] = True
        page.run()
        search = _find_search(page)
    assert not page.exception
    assert search is not None and "gpt-oss-120b · openai/gpt-oss-120b" in search.options


def _find_search(page: AppTest) -> object:
    return next((box for box in page.selectbox if box.label.startswith("Any of")), None)


@pytest.mark.browser
def test_a_model_found_by_id_opens_beside_gpt_oss_and_the_address_can_be_passed_on(
    small_home: Path, tmp_path: Path
) -> None:
    """From a page whose controls are bound to its address, which `st.switch_page` refuses to leave."""
    with serve(small_home, tmp_path / "log") as url, launch() as browser:
        with visit(browser) as seen:
            seen.go(f"{url}/capability?as_of=2026-07-31")
            seen.page.get_by_role("button", name="Find a model").click()
            box = seen.page.get_by_role("combobox", name="Any of")
            box.fill("openai/o4-mi")
            seen.page.get_by_role("option").first.click()
            seen.page.wait_for_url("**/compare?**")
            seen.settle()
            address, title = seen.page.url, seen.page.locator("h1").inner_text()
            seen.check_clean()
        assert address == f"{url}/compare?models=gpt-oss-120b&models=o4-mini&as_of=2026-07-31"
        assert "o4-mini" in title
        with visit(browser, width=400, mode="dark") as other:
            other.go(address)
            assert other.page.url == address and other.page.locator("h1").inner_text() == title
            other.check_clean()
