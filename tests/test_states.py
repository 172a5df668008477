"""Every page in every state of the data, as known now and as of a date: calm, without an exception."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.browser import PAGES
from tests.homes import use_home
from tests.pages import open_page
from tests.states import STATES, state_homes

__all__ = ["state_homes"]
AS_OF = ("", "2026-05-31", "2025-08-01")


def open_any(name: str, as_of: str = "") -> AppTest:
    """A page by name; Overview links to others, so it needs the frame around it."""
    address = {"as_of": as_of} if as_of else {}
    return open_page("../app" if name == "overview" else name, **address)


def read_words(page: AppTest) -> str:
    """Everything a page says as Markdown or in a box."""
    return "\n".join(str(e.value) for e in page.main if isinstance(getattr(e, "value", None), str))


@pytest.mark.parametrize("as_of", AS_OF)
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_calm_in_every_state(state_homes: Callable[[str], Path], state: str, name: str, as_of: str) -> None:
    with use_home(state_homes(state)):
        page = open_any(name, as_of)
    assert page.title or state == "empty"
    said = read_words(page)
    assert re.findall(r"\b(?:nan|NaN|NaT|<NA>)\b|\bNone\b(?! of)", said) == []
    if state == "empty":
        assert "landscape" in said
    elif as_of:
        assert "As known on" in said and "reconstructed" in said


@pytest.mark.parametrize("name", PAGES)
def test_a_page_stands_on_the_seed_and_on_every_recording(
    seed_home: Path, request: pytest.FixtureRequest, name: str
) -> None:
    homes = [seed_home]
    if (Path(__file__).parents[2] / "shared" / "sources" / "manifest.csv").is_file():
        homes.append(request.getfixturevalue("published_home"))
    for home in homes:
        for as_of in ("", "2025-12-31"):
            with use_home(home):
                page = open_any(name, as_of)
            assert page.title
