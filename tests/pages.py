"""Pages for tests: one opened under its own file with a fixed clock, and a home with one source's data.

A page is opened as a reader would by its address. It refuses a page that raised: an exception box is never
the state a test is about.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ingest.refresh import RunOptions, run_refresh
from tests.homes import ROOT, use_home
from tests.shared_homes import share_home

NOW = "2026-11-23T12:00:00Z"


def open_page(name: str, **address: str) -> AppTest:
    """The page `name` of the home in force, with these query parameters; fails if it raised."""
    page = AppTest.from_file(str(ROOT / "dashboard" / "app_pages" / f"{name}.py"), default_timeout=60)
    for key, value in address.items():
        page.query_params[key] = value
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LANDSCAPE_NOW", NOW)
        page.run()
    assert not page.exception, page.exception[0].stack_trace
    return page


@pytest.fixture(scope="session")
def one_source_home(shared_sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home that holds models.dev alone."""

    def build(home: Path) -> None:
        options = RunOptions(only=("models_dev",), replay_from=shared_sources)
        with use_home(home):
            assert run_refresh(options, on_outcome=lambda o: None).published

    with share_home(tmp_path_factory, "one_source", build) as home:
        yield home
