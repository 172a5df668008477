"""As of when a reader looks: the control, the address and the page say the same, on every run."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.as_of import AS_OF_KEY, LATEST
from tests.homes import use_home
from tests.pages import NOW, open_page


def run(page: AppTest) -> AppTest:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LANDSCAPE_NOW", NOW)
        page.run()
    assert not page.exception, page.exception[0].stack_trace
    return page


def is_reconstructed(page: AppTest) -> bool:
    return any("reconstructed" in box.value for box in page.warning)


def test_a_date_of_the_address_stands_in_the_control_and_stays_when_something_else_changes(small_home: Path) -> None:
    with use_home(small_home):
        page = open_page("price", as_of="2026-07-02")
        for _ in range(2):
            assert page.selectbox(key=AS_OF_KEY).value == "2026-07-02" and is_reconstructed(page)
            run(page)


def test_what_the_control_says_goes_into_the_address_and_out_of_it(small_home: Path) -> None:
    with use_home(small_home):
        page = open_page("price")
        assert page.selectbox(key=AS_OF_KEY).value == LATEST and not is_reconstructed(page)
        page.selectbox(key=AS_OF_KEY).select("2025-12-31")
        run(page)
        assert page.query_params[AS_OF_KEY] == "2025-12-31" and is_reconstructed(page)
        page.selectbox(key=AS_OF_KEY).select(LATEST)
        run(page)
        assert AS_OF_KEY not in page.query_params and not is_reconstructed(page)


def test_an_address_that_changes_is_followed_and_one_that_loses_its_date_shows_the_latest(small_home: Path) -> None:
    with use_home(small_home):
        page = open_page("price", as_of="2026-07-02")
        page.query_params[AS_OF_KEY] = "2025-12-31"
        assert run(page).selectbox(key=AS_OF_KEY).value == "2025-12-31"
        del page.query_params[AS_OF_KEY]
        assert run(page).selectbox(key=AS_OF_KEY).value == LATEST and not is_reconstructed(page)


@pytest.mark.parametrize("given", ["<img src=x onerror=alert(1)>", "=1+1", "\u202e2025", "x" * 2000])
def test_a_date_that_is_none_is_named_and_the_latest_shown(small_home: Path, given: str) -> None:
    with use_home(small_home):
        page = open_page("price", as_of=given)
        assert not is_reconstructed(page) and any("is not a date" in box.value for box in page.warning)
