"""What a person waits for, in a real Chromium: first chart, warm page, page switch, filter to repaint.

A script in every page notes when each plotly chart was drawn and painted (its own after-plot event, then the
next frame) and when the mouse went down, on the page's clock; nothing is timed by polling. Ours and the plain
version take turns, so a busy machine slows both.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.bench.figures import Figure
from tests.bench.servers import SIDES, Server, Side, start, wait_until_open
from tests.bench.sites import SITES, Filter, PageError, Spot, find_spot
from tests.browser import ARGUMENTS, find_chromium

_WATCH = """(() => {
    // Seconds since 1970, so that the moments can be held against the server's start.
    const now = () => (performance.timeOrigin + performance.now()) / 1000;
    const seen = window.__bench = {painted: [], pressed: 0};
    const paint = () => requestAnimationFrame(() => setTimeout(() => seen.painted.push(now()), 0));
    const known = new WeakSet();
    const look = () => {
        for (const chart of document.querySelectorAll('.js-plotly-plot')) {
            if (known.has(chart) || !chart.on || !chart.querySelector('.main-svg')) continue;
            known.add(chart);
            paint();
            chart.on('plotly_afterplot', paint);
        }
    };
    new MutationObserver(look).observe(document, {childList: true, subtree: true, attributes: true,
        attributeFilter: ['class']});
    document.addEventListener('pointerdown', () => { seen.pressed = now(); seen.painted = []; }, true);
})();"""
_CALM = """() => {
    const app = document.querySelector('[data-testid="stApp"]');
    const fault = document.querySelector('[data-testid="stException"]');
    if (fault) return fault.innerText;
    const last = window.__bench.painted.at(-1);
    const now = (performance.timeOrigin + performance.now()) / 1000;
    return app && app.getAttribute('data-test-script-state') === 'notRunning' && last && now - last > 0.4
        && !document.querySelector('[data-testid="stSkeleton"]') && "calm";
}"""
_TIMEOUT = 60_000


def measure_browser(
    home: Path, seed_start: Callable[[], Path] | None, rounds: int, pages: Sequence[str]
) -> list[Figure]:
    """All figures a browser gives, on a published home; `seed_start` makes an empty home for the very first start.

    Raises PageError, or playwright's TimeoutError when a page never draws."""
    found: list[Figure] = []
    with launch() as browser, tempfile.TemporaryDirectory() as logs:
        found += measure_cold(browser, home, seed_start, rounds, Path(logs))
        with ExitStack() as stack:
            servers = {s: stack.enter_context(start(s, home, Path(logs) / f"{s}.log")) for s in SIDES}
            for server in servers.values():
                wait_until_open(server)
                for page in pages:
                    with open_profile(browser) as context:
                        load_page(context, server, find_spot(server.side, page))
            found += measure_warm(browser, servers, rounds, pages)
            found += measure_changes(browser, servers, rounds, pages)
    return found


@contextmanager
def launch() -> Iterator[Browser]:
    """Headless Chromium, started before any clock."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def open_profile(browser: Browser) -> Iterator[BrowserContext]:
    """A profile with an empty cache and the watching script in every page."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_init_script(_WATCH)
    try:
        yield context
    finally:
        context.close()


def measure_cold(
    browser: Browser, home: Path, seed_start: Callable[[], Path] | None, rounds: int, logs: Path
) -> list[Figure]:
    """From the start of the server's process to the first chart painted in a new profile."""
    first = Figure("browser", "process start to first chart, published data there", "s")
    empty = Figure("browser", "process start to first chart, seed built first", "s", budget=6)
    for _ in range(rounds):
        for side in SIDES:
            _get_readings(first, side).append(time_start(browser, side, home, logs))
        if seed_start is not None:
            empty.ours.append(time_start(browser, "ours", seed_start(), logs))
    # The plain version has no way to start without data, so its figure stands beside both.
    empty.plain = list(first.plain)
    return [first, empty] if empty.ours else [first]


def time_start(browser: Browser, side: Side, home: Path, logs: Path) -> float:
    """Seconds from a process's start until its first page's first chart is painted."""
    with start(side, home, logs / "cold.log") as server, open_profile(browser) as context:
        page = context.new_page()
        wait_until_open(server)
        page.goto(server.url)
        return _read_painted(page)[0] - server.began


def measure_warm(browser: Browser, servers: dict[Side, Server], rounds: int, pages: Sequence[str]) -> list[Figure]:
    """A page's load on a warm server until its first chart is painted, in a new and in a known profile."""
    found = []
    for name in pages:
        new = Figure("browser", f"{name}: load, new profile", "s")
        known = Figure("browser", f"{name}: load, known profile", "s", budget=1.2)
        for _ in range(rounds):
            for side, server in servers.items():
                with open_profile(browser) as context:
                    spot = find_spot(side, name)
                    _get_readings(new, side).append(load_page(context, server, spot))
                    _get_readings(known, side).append(load_page(context, server, spot))
        found += [new, known]
    return found


def load_page(context: BrowserContext, server: Server, spot: Spot) -> float:
    """Seconds from asking for an address to the first chart painted."""
    page = context.new_page()
    page.goto(f"{server.url}/{spot.path}")
    began = page.evaluate("performance.timeOrigin / 1000")
    seconds: float = _read_painted(page)[0] - began
    page.close()
    return seconds


def measure_changes(browser: Browser, servers: dict[Side, Server], rounds: int, pages: Sequence[str]) -> list[Figure]:
    """Filter to repaint (first and last chart) on each page, and the switch from one page to the next."""
    found = []
    for name in pages:
        spots = {side: find_spot(side, name) for side in SIDES}
        if not all(spot.filter for spot in spots.values()):
            continue
        first = Figure("browser", f"{name}: filter to first chart", "ms", budget=250)
        last = Figure("browser", f"{name}: filter to last chart", "ms", budget=500)
        with ExitStack() as stack:
            open_pages = {}
            for side, server in servers.items():
                page = stack.enter_context(open_profile(browser)).new_page()
                page.goto(f"{server.url}/{spots[side].path}")
                _read_painted(page)
                open_pages[side] = page
            # Two changes of each are not counted: they fill the caches of figures and answers.
            for turn in range(2 * rounds + 2):
                for side, page in open_pages.items():
                    control = spots[side].filter
                    assert control is not None
                    painted = change_filter(page, control, turn)
                    if turn >= 2:
                        _get_readings(first, side).append(painted[0] * 1000)
                        _get_readings(last, side).append(painted[-1] * 1000)
        found += [first, last]
    switch = Figure("browser", "switch to the next page", "s", budget=1.2)
    with ExitStack() as stack:
        open_pages = {s: stack.enter_context(open_profile(browser)).new_page() for s in SIDES}
        for side, page in open_pages.items():
            page.goto(servers[side].url)
            _read_painted(page)
        route = [*pages[1:], pages[0]]
        for turn in range(rounds + 1):
            for name in route:
                for side, page in open_pages.items():
                    seconds = switch_page(page, find_spot(side, name))
                    if turn:
                        _get_readings(switch, side).append(seconds)
    return [*found, switch] if len(pages) > 1 else found


def change_filter(page: Page, control: Filter, turn: int) -> list[float]:
    """Put a control on the option of this turn; seconds from the press to each painting that followed."""
    option = control.options[turn % len(control.options)]
    if control.control == "segment":
        page.get_by_role("radiogroup").or_(page.get_by_test_id("stButtonGroup")).get_by_text(option, exact=True).click()
    elif control.control == "radio":
        page.get_by_test_id("stRadio").filter(has_text=control.label).get_by_text(option, exact=True).click()
    else:
        # Key by key: put in at once, the text of a second choice arrives cut.
        page.get_by_test_id("stSelectbox").filter(has_text=control.label).locator("input").press_sequentially(option)
        page.get_by_role("option", name=option, exact=True).click()
    painted = _read_painted(page)
    pressed: float = page.evaluate("window.__bench.pressed")
    return [moment - pressed for moment in painted]


def switch_page(page: Page, spot: Spot) -> float:
    """Seconds from the press on a page's name in the navigation to the last chart painted."""
    page.get_by_role("link", name=spot.title, exact=True).first.click()
    painted = _read_painted(page)
    pressed: float = page.evaluate("window.__bench.pressed")
    return painted[0] - pressed


def _read_painted(page: Page) -> list[float]:
    """Moments of every painting since the last press, once the page has come to rest. Raises PageError."""
    state = page.wait_for_function(_CALM, timeout=_TIMEOUT).json_value()
    if state != "calm":
        raise PageError(f"{page.url} raised {state[:300]}")
    painted: list[Any] = page.evaluate("window.__bench.painted")
    return [float(moment) for moment in painted]


def _get_readings(figure: Figure, side: Side) -> list[float]:
    return figure.ours if side == "ours" else figure.plain


def list_pages() -> list[str]:
    """Names of the pages in the table, in the navigation's order."""
    return [spot.page for spot in SITES["ours"]]
