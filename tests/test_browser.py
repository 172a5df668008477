"""Every page in Chromium, as a person sees it: light and dark, wide and narrow, on every data state."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from ingest.publish import publish
from ingest.refresh import open_work
from tests.browser import AXE_ALLOWED, PAGES, Visit, launch, revisit, serve, visit
from tests.homes import copy_home
from tests.states import state_homes

__all__ = ["state_homes"]
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


def take_picture(seen: Visit, name: str) -> None:
    """The whole page below LANDSCAPE_SHOTS, where that is asked for, to be looked at."""
    if not SHOTS:
        return
    size = seen.page.viewport_size
    assert size is not None
    height = seen.page.evaluate("""() => Math.max(900,
        ...[...document.querySelectorAll('[data-testid="stMain"]')].map(m => m.scrollHeight))""")
    seen.page.set_viewport_size({"width": size["width"], "height": int(height) + 20})
    seen.settle().page.screenshot(path=f"{SHOTS}/{name}.png")


def check_width(seen: Visit, name: str, width: int) -> None:
    """The window is never wider than the reader's."""
    overflow = seen.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert overflow <= 0, f"{name} is {overflow} px wider than a window of {width} px"


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_clean_and_accessible_in_every_mode_and_width(
    browser: Browser, served: str, name: str, mode: str
) -> None:
    with revisit(browser, mode=mode) as seen:
        seen.go(f"{served}/{PAGES[name]}")
        for width in (1440, 400):
            # The window is made narrow as by a hand; a page that opens in a narrow one is seen as of a date.
            seen.page.set_viewport_size({"width": width, "height": 900})
            seen.settle().check_clean()
            assert seen.page.locator("h1, h2").count() > 0
            check_width(seen, name, width)
            found = Axe().run(seen.page).response["violations"]
            serious = [
                (v["id"], [n["html"][:200] for n in v["nodes"][:3]])
                for v in found
                if v["impact"] in ("critical", "serious") and v["id"] not in AXE_ALLOWED
            ]
            assert serious == [], f"{name} at {width} px"
            take_picture(seen, f"{name}-{mode}-{width}")
        for chart in seen.page.get_by_test_id("stPlotlyChart").all():
            words = chart.evaluate(
                "e => (e.closest('[aria-label]') || e.querySelector('[aria-label]') || {}).ariaLabel"
            )
            assert words, "a chart has no words for those who do not see it"


def test_every_page_stands_on_the_bundled_data_alone(browser: Browser, served_seed: str) -> None:
    with revisit(browser) as seen:
        for name in seen.tour(served_seed, PAGES):
            seen.check_clean()
            assert seen.page.get_by_test_id("stPlotlyChart").count() > 0 or name in ("data", "methods")


@pytest.mark.parametrize(("day", "width"), [("2025-12-31", 400), ("2025-08-01", 1440)])
def test_every_page_as_of_a_date_is_clean(browser: Browser, served: str, day: str, width: int) -> None:
    with revisit(browser, width=width) as seen:
        for name in seen.tour(served, PAGES, f"?as_of={day}"):
            seen.check_clean()
            check_width(seen, name, width)
            said = seen.page.get_by_test_id("stMain").inner_text()
            assert "31 Dec 2025" in said if day.endswith("31") else "1 Aug 2025" in said, name


# The pages on which a state is told: the Hub is old, the price list failed, a price was refused. What the others say
# then is in test_states.py.
TOLD = {
    "stale": ("overview", "adoption", "data"),
    "failed": ("overview", "price", "compare", "data"),
    "quarantined": ("overview", "price", "compare", "data"),
    "empty": tuple(PAGES),
}


@pytest.mark.parametrize("state", TOLD)
def test_a_page_is_clean_in_every_state_it_tells(
    browser: Browser, state_homes: Callable[[str], Path], tmp_path: Path, state: str
) -> None:
    width = 400 if state == "empty" else 1440
    with serve(state_homes(state), tmp_path / "log") as url, revisit(browser, width=width) as seen:
        for name in seen.tour(url, TOLD[state]):
            seen.check_clean()
            said = seen.page.get_by_test_id("stMain").inner_text()
            assert "landscape" in said if state == "empty" else seen.page.get_by_role("heading", level=1).count()
            take_picture(seen, f"{name}-{state}")
            seen.page.set_viewport_size({"width": width, "height": 900})


@pytest.fixture(scope="module")
def served_hostile(state_homes: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Hostile text, served."""
    with serve(state_homes("hostile"), tmp_path_factory.mktemp("served_hostile") / "log") as url:
        yield url


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_hostile_text_changes_nothing_but_the_text_shown(browser: Browser, served_hostile: str, mode: str) -> None:
    """Every other page in either mode, each in a wide and a narrow window."""
    names = list(PAGES)[mode == "dark" :: 2]
    with visit(browser, mode=mode) as seen:
        alerts: list[str] = []
        seen.page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
        for name in seen.tour(served_hostile, names):
            for width in (1440, 400):
                seen.page.set_viewport_size({"width": width, "height": 900})
                seen.settle().check_clean()
                main = seen.page.get_by_test_id("stMain")
                assert alerts == [] and main.locator('img[src="x"]').count() == 0
                assert main.locator("a[href*='example.org']").count() == 0
                drawn = seen.page.locator("[data-testid=stPlotlyChart] svg text").all_text_contents()
                assert "\u202e" not in main.inner_text()
                # These two show no text of this home outside what is folded away.
                assert "<img src=x" in main.inner_text() + "".join(drawn) or name in ("openness", "methods")
                check_width(seen, name, width)
                take_picture(seen, f"{name}-hostile-{width}")
            seen.page.set_viewport_size({"width": 1440, "height": 900})


# Capability's link is copied by a colleague in test_tasks.py.
VIEWS = {
    "overview": "?open=OSI-style+licence",
    "adoption": "adoption?clock=Days+since+release&models=Qwen3+8B",
    "price": "price?model=gpt-oss-20b&blend=10%3A1&routers=Routers+out",
    "compare": "compare?models=gpt-oss-20b&models=Qwen3+8B&models=DeepSeek-V3.2&base=Qwen3+8B",
}


@pytest.mark.parametrize("name", VIEWS)
def test_a_copied_link_shows_the_same_to_someone_else(browser: Browser, served: str, name: str) -> None:
    def read(seen: Visit) -> list[str]:
        drawn = seen.page.locator("[data-testid=stPlotlyChart] svg text").all_text_contents()
        tiles = seen.page.get_by_test_id("stMetric").all_inner_texts()
        return [seen.page.get_by_role("heading", level=1).inner_text(), *tiles, *drawn]

    with revisit(browser) as mine:
        mine.go(f"{served}/{VIEWS[name]}")
        before = read(mine)
        mine.page.get_by_role("button", name="Take away").first.click()
        link = mine.settle().page.get_by_test_id("stCode").first.inner_text().strip()
    with revisit(browser) as theirs:  # a profile that stored nothing; one all of its own opens in test_tasks.py
        theirs.go(link).check_clean()
        assert read(theirs) == before and "As known on" in theirs.page.get_by_test_id("stMain").inner_text()
    with revisit(browser) as plain:
        plain.go(f"{served}/{VIEWS[name].partition('?')[0]}")
        assert read(plain) != before, "the filters made no difference, so this proves nothing"


def test_the_date_stays_in_the_address_of_every_page_and_on_the_way_back(browser: Browser, served: str) -> None:
    """What the address bar says is what is shown: copied from there, it shows the same to someone else."""

    def check(page: Page, path: str, day: str) -> None:
        main = page.get_by_test_id("stMain")
        assert page.evaluate("location.href") == f"{served}/{path}{f'?as_of={day}' if day else ''}"
        assert ("As known on" in main.inner_text()) == bool(day), path

    with visit(browser) as seen:  # one page's history is not another's
        seen.go(f"{served}/price")
        seen.page.get_by_role("button", name="As of: latest known").click()
        seen.page.get_by_test_id("stPopoverBody").locator("input").press_sequentially("2025-12-31")
        seen.page.get_by_role("option", name="2025-12-31", exact=True).click()
        seen.page.get_by_role("button", name="As known on").wait_for()
        seen.page.keyboard.press("Escape")
        check(seen.settle().page, "price", "2025-12-31")
        for name, path in (("Claims and events", "claims"), ("Overview", ""), ("Data", "data")):
            seen.page.get_by_role("link", name=name, exact=True).first.click()
            seen.page.wait_for_url(f"{served}/{path}?as_of=2025-12-31")
            check(seen.settle().page, path, "2025-12-31")
        for path, day in (("", "2025-12-31"), ("claims", "2025-12-31"), ("price", "2025-12-31"), ("price", "")):
            seen.back()
            check(seen.page, path, day)
        seen.check_clean()


def test_pages_keep_answering_while_new_data_is_published_and_show_it_next(
    browser: Browser, small_home: Path, tmp_path: Path
) -> None:
    home = copy_home(small_home, tmp_path / "home")
    stop = threading.Event()
    published: list[int] = []

    def keep_publishing() -> None:
        con = open_work(home / "work.duckdb")
        while not stop.wait(0.5):
            publish(con, home / "work.duckdb", home / "landscape.duckdb")
            published.append(1)
        # The last word: every price of gpt-oss-120b ten times as high.
        con.execute(
            "update stored.prices set input_usd_per_mtok = 10 * input_usd_per_mtok, "
            "output_usd_per_mtok = 10 * output_usd_per_mtok"
        )
        publish(con, home / "work.duckdb", home / "landscape.duckdb")
        con.close()

    with serve(home, tmp_path / "log") as url, revisit(browser) as seen:
        before = seen.go(url).page.get_by_test_id("stMain").inner_text()
        writer = threading.Thread(target=keep_publishing)
        writer.start()
        try:
            for _ in seen.tour(url, PAGES):
                seen.check_clean()
        finally:
            stop.set()
            writer.join(120)
        assert published and not writer.is_alive()
        seen.go(url).check_clean()
        after = seen.page.get_by_test_id("stMain").inner_text()
        assert "$0.06" in before and "$0.06" not in after and "$0.60" in after
