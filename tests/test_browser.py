"""Every page in Chromium, as a person sees it: light and dark, wide and narrow, on every data state."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from ingest.publish import publish
from ingest.refresh import open_work
from tests.browser import AXE_ALLOWED, PAGES, launch, serve, visit
from tests.homes import copy_home

pytestmark = pytest.mark.browser
SHOTS = os.environ.get("LANDSCAPE_SHOTS")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launch() as started:
        yield started


@pytest.fixture(scope="module")
def served(published_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The recorded data, served."""
    with serve(published_home, tmp_path_factory.mktemp("served") / "log") as url:
        yield url


@pytest.fixture(scope="module")
def served_seed(seed_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The bundled data, served."""
    with serve(seed_home, tmp_path_factory.mktemp("served_seed") / "log") as url:
        yield url


@pytest.mark.parametrize("width", [1440, 400])
@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_clean_and_accessible_in_every_mode_and_width(
    browser: Browser, served: str, name: str, mode: str, width: int
) -> None:
    with visit(browser, width=width, mode=mode) as seen:
        seen.go(f"{served}/{PAGES[name]}")
        seen.check_clean()
        assert seen.page.locator("h1, h2").count() > 0
        overflow = seen.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert overflow <= 0, f"{name} is {overflow} px wider than a window of {width} px"
        found = Axe().run(seen.page).response["violations"]
        serious = [
            (v["id"], [n["html"][:200] for n in v["nodes"][:3]])
            for v in found
            if v["impact"] in ("critical", "serious") and v["id"] not in AXE_ALLOWED
        ]
        assert serious == []
        if SHOTS:
            height = seen.page.evaluate("""() => Math.max(900,
                ...[...document.querySelectorAll('[data-testid="stMain"]')].map(m => m.scrollHeight))""")
            seen.page.set_viewport_size({"width": width, "height": int(height) + 20})
            seen.settle()
            seen.page.screenshot(path=f"{SHOTS}/{name}-{mode}-{width}.png")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_stands_on_the_bundled_data_alone(browser: Browser, served_seed: str, name: str) -> None:
    with visit(browser) as seen:
        seen.go(f"{served_seed}/{PAGES[name]}").check_clean()
        assert seen.page.get_by_test_id("stPlotlyChart").count() > 0 or name == "data"


@pytest.mark.parametrize("query", ["as_of=2025-12-31", "as_of=2025-08-01", "as_of=nonsense"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_as_of_a_date_is_clean(browser: Browser, served: str, name: str, query: str) -> None:
    with visit(browser) as seen:
        seen.go(f"{served}/{PAGES[name]}?{query}").check_clean()
        if query.endswith("31"):
            assert "31 Dec 2025" in seen.page.get_by_test_id("stMain").inner_text()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_without_any_data_says_what_to_do(browser: Browser, tmp_path: Path, name: str) -> None:
    home = tmp_path / "empty"
    home.mkdir()
    with serve(home, tmp_path / "log") as url, visit(browser) as seen:
        seen.go(f"{url}/{PAGES[name]}").check_clean()
        assert "landscape" in seen.page.get_by_test_id("stMain").inner_text()


def test_every_chart_has_words_for_those_who_do_not_see_it(browser: Browser, served: str) -> None:
    with visit(browser) as seen:
        for path in PAGES.values():
            seen.go(f"{served}/{path}")
            for chart in seen.page.get_by_test_id("stPlotlyChart").all():
                assert chart.evaluate(
                    "e => (e.closest('[aria-label]') || e.querySelector('[aria-label]') || {}).ariaLabel"
                )


def test_pages_keep_answering_while_new_data_is_published_and_show_it_next(
    browser: Browser, published_home: Path, tmp_path: Path
) -> None:
    home = copy_home(published_home, tmp_path / "home")
    stop = threading.Event()
    published: list[int] = []

    def keep_publishing() -> None:
        con = open_work(home / "work.duckdb")
        while not stop.is_set():
            publish(con, home / "work.duckdb", home / "landscape.duckdb")
            published.append(1)
        # The last word: every price of gpt-oss-120b ten times as high.
        con.execute(
            "update stored.prices set input_usd_per_mtok = 10 * input_usd_per_mtok, "
            "output_usd_per_mtok = 10 * output_usd_per_mtok"
        )
        publish(con, home / "work.duckdb", home / "landscape.duckdb")
        con.close()

    with serve(home, tmp_path / "log") as url, visit(browser) as seen:
        seen.go(url)
        before = seen.page.get_by_test_id("stMain").inner_text()
        writer = threading.Thread(target=keep_publishing)
        writer.start()
        try:
            for path in list(PAGES.values()) * 2:
                seen.go(f"{url}/{path}").check_clean()
        finally:
            stop.set()
            writer.join(120)
        assert published and not writer.is_alive()
        seen.go(url).check_clean()
        after = seen.page.get_by_test_id("stMain").inner_text()
        assert "$0.06" in before and "$0.06" not in after and "$0.60" in after
