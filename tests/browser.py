"""A dashboard served as a person gets it, and a Chromium that remembers what went wrong.

Pages are settled by what the app says of itself, not by waiting; every request's host, every console
error and every exception box is kept, so that a test can demand that there were none. A new profile costs more
work than the page it opens (a process, a window, every script compiled anew), so tests hand one page on, emptied,
and open a profile of their own where that is what they are about.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.homes import ROOT, use_home

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PAGES = {
    "overview": "",
    "capability": "capability",
    "adoption": "adoption",
    "price": "price",
    "openness": "openness",
    "claims": "claims",
    "compare": "compare",
    "data": "data",
    "methods": "methods",
}
# Streamlit's own: the sparkline of a metric is an svg without a name.
AXE_ALLOWED = {"svg-img-alt"}

# Seconds of a page's life in which it must look settled without a break: a run may follow a run.
_QUIET = 0.3
_SETTLED = """([look, quiet]) => {
    const app = document.querySelector('[data-testid="stApp"]');
    const settled = app && app.getAttribute('data-test-script-state') === 'notRunning'
        && document.querySelectorAll('[data-testid="stElementContainer"]').length > 0
        && !document.querySelector('[data-testid="stSkeleton"]')
        && [...document.querySelectorAll('[data-testid="stPlotlyChart"]')]
            .every(c => c.querySelector('.js-plotly-plot .main-svg'));
    const now = performance.now();
    if (!settled || !window.quiet || window.quiet.look !== look) window.quiet = {look, since: now};
    return settled && now - window.quiet.since >= 1000 * quiet;
}"""

# Moves within a visit. Until the run of the page gone to has begun, the one before looks settled; a short run may be
# over before it is seen to run, but never without a change of what is shown.
_MOVE = """move => new Promise((done, fail) => {
    const app = document.querySelector('[data-testid="stApp"]');
    const main = document.querySelector('[data-testid="stMain"]');
    const watch = new MutationObserver(found => {
        const running = app.getAttribute('data-test-script-state') === 'running';
        if (!running && !found.some(change => main.contains(change.target))) return;
        watch.disconnect();
        done();
    });
    watch.observe(app, {attributes: true, childList: true, characterData: true, subtree: true});
    setTimeout(() => fail(new Error(`nothing came of ${move}`)), 15000);
    eval(move);
})"""


def find_chromium() -> str:
    """Debian's Chromium; skipped with a sentence where it is missing, except where CI asks for it."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found:
        return found
    sentence = "Chromium is missing: `apt-get install chromium` lets the browser tests run."
    if os.environ.get("CI"):
        pytest.fail(sentence)
    pytest.skip(sentence)


@contextmanager
def serve(home: Path, log: Path, now: str = "2026-11-23T12:00:00Z") -> Iterator[str]:
    """A dashboard process on a home, as `landscape` starts it; fails if it printed a traceback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with use_home(home):
        environment = {**os.environ, "LANDSCAPE_NOW": now}
    with log.open("w") as out:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "streamlit",
                "run",
                "dashboard/server.py",
                "--server.port",
                str(port),
                "--server.address",
                "127.0.0.1",
                "--server.headless",
                "true",
            ],
            cwd=ROOT,
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_healthy(f"http://127.0.0.1:{port}", process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(15)
    assert "Traceback" not in log.read_text(), log.read_text()[-3000:]


def _wait_until_healthy(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(150):
        if process.poll() is not None:
            pytest.fail(f"The dashboard ended at once: {log.read_text()[-2000:]}")
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    pytest.fail("The dashboard did not become healthy within 30 s.")


@contextmanager
def launch() -> Iterator[Browser]:
    """Headless Chromium."""
    path = find_chromium()
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass(slots=True)
class Visit:
    """One open page and what it did: console errors, page errors, and hosts asked."""

    page: Page
    problems: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    looks: int = 0

    def go(self, url: str) -> Visit:
        """Open a url and wait until the app has drawn everything."""
        self.page.goto(url)
        return self.settle()

    def tour(self, url: str, names: Iterable[str], query: str = "") -> Iterator[str]:
        """Open the first of some pages by its address and go to the others from there; each name once it is drawn."""
        for place, name in enumerate(names):
            if place:
                self.follow(PAGES[name])
            else:
                self.go(f"{url}/{PAGES[name]}{query}")
            yield name

    def follow(self, path: str) -> Visit:
        """Go to another page of the same visit, as the button for forward does: what the reader chose for every page
        stays, and the program is not loaded anew, which takes four times as long as the page."""
        return self._move(f"history.pushState({{}}, '', '/{path}'); dispatchEvent(new PopStateEvent('popstate'))")

    def back(self) -> Visit:
        """Press the button for back within the visit."""
        return self._move("history.back()")

    def _move(self, script: str) -> Visit:
        # A run that is still to come, of a window made wide say, would pass for the one that is waited for.
        self.settle().page.evaluate(_MOVE, script)
        return self.settle()

    def settle(self) -> Visit:
        """Wait until the script has stopped and every chart is drawn, and stays so for a while."""
        self.page.wait_for_selector('[data-testid="stApp"][data-test-connection-state="CONNECTED"]', timeout=30_000)
        self.looks += 1
        self.page.wait_for_function(_SETTLED, arg=[self.looks, _QUIET], polling=50, timeout=30_000)
        return self

    def check_clean(self) -> None:
        """No exception box, console error or request to another host."""
        boxes = self.page.get_by_test_id("stException")
        assert boxes.count() == 0, boxes.first.inner_text()
        assert self.problems == []
        assert self.hosts <= {"127.0.0.1"}, f"another host was asked: {self.hosts}"


@contextmanager
def visit(browser: Browser, *, width: int = 1440, mode: str = "light") -> Iterator[Visit]:
    """A fresh profile of a width and colour mode."""
    seen = _open(browser)
    try:
        _shape(seen, width, mode)
        yield seen
    finally:
        seen.page.context.close()


@contextmanager
def revisit(browser: Browser, *, width: int = 1440, mode: str = "light") -> Iterator[Visit]:
    """The browser's own page at a width and in a colour mode: nothing is stored or noted from who had it before.

    A page that a test failed on is not handed on."""
    seen = _kept.pop(browser, None) or _open(browser)
    handed_on = False
    try:
        _shape(seen, width, mode)
        yield seen
        _empty(seen)
        handed_on = True
    finally:
        if handed_on:
            _kept[browser] = seen
        else:
            seen.page.context.close()


_kept: WeakKeyDictionary[Browser, Visit] = WeakKeyDictionary()


def _open(browser: Browser) -> Visit:
    """A page in a new profile, everything it does noted."""
    seen = Visit(browser.new_context(device_scale_factor=1.5).new_page())
    seen.page.on("console", lambda m: seen.problems.append(m.text) if m.type == "error" else None)
    seen.page.on("pageerror", lambda e: seen.problems.append(str(e)))
    seen.page.on(
        "request",
        lambda r: seen.hosts.add(urlsplit(r.url).hostname or "") if r.url.startswith(("http", "ws")) else None,
    )
    return seen


def _shape(seen: Visit, width: int, mode: str) -> None:
    seen.page.set_viewport_size({"width": width, "height": 900})
    seen.page.emulate_media(color_scheme=mode)  # type: ignore[arg-type]


def _empty(seen: Visit) -> None:
    """Forget what the profile stored and what was noted."""
    if seen.page.url.startswith("http"):
        seen.page.evaluate("localStorage.clear(); sessionStorage.clear()")
    seen.page.context.clear_cookies()
    seen.page.goto("about:blank")
    seen.problems.clear()
    seen.hosts.clear()
