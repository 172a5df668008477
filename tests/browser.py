"""A dashboard served as a person gets it, and a Chromium that remembers what went wrong.

Pages are settled by what the app says of itself, not by waiting; every request's host, every console
error and every exception box is kept, so that a test can demand that there were none.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

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
    "compare": "compare",
    "data": "data",
}
# Streamlit's own: the sparkline of a metric is an svg without a name.
AXE_ALLOWED = {"svg-img-alt"}

_SETTLED = """() => {
    const app = document.querySelector('[data-testid="stApp"]');
    return app && app.getAttribute('data-test-script-state') === 'notRunning'
        && document.querySelectorAll('[data-testid="stElementContainer"]').length > 0
        && !document.querySelector('[data-testid="stSkeleton"]')
        && [...document.querySelectorAll('[data-testid="stPlotlyChart"]')]
            .every(c => c.querySelector('.js-plotly-plot .main-svg'));
}"""


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

    def go(self, url: str) -> Visit:
        """Open a url and wait until the app has drawn everything."""
        self.page.goto(url)
        return self.settle()

    def settle(self) -> Visit:
        """Wait until the script has stopped and every chart is drawn; two quiet looks, as a run may follow."""
        self.page.wait_for_selector('[data-testid="stApp"][data-test-connection-state="CONNECTED"]', timeout=30_000)
        for _ in range(2):
            self.page.wait_for_function(_SETTLED, timeout=30_000)
            self.page.wait_for_timeout(250)
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
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=mode, device_scale_factor=1.5)  # type: ignore[arg-type]
    seen = Visit(context.new_page())
    seen.page.on("console", lambda m: seen.problems.append(m.text) if m.type == "error" else None)
    seen.page.on("pageerror", lambda e: seen.problems.append(str(e)))
    seen.page.on(
        "request",
        lambda r: seen.hosts.add(urlsplit(r.url).hostname or "") if r.url.startswith(("http", "ws")) else None,
    )
    try:
        yield seen
    finally:
        context.close()
