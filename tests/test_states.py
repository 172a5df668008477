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
# What a page is asked as of, where the answer differs: as of a date a home knows nothing of what failed, aged or was
# refused later, and one that was never filled knows no date. In May 2026 one reading is known, in 2025 none.
_EARLIER, _BEFORE_ALL = "2026-05-31", "2025-08-01"
ASKED = (
    *(("fresh", as_of) for as_of in ("", _EARLIER, _BEFORE_ALL, "nonsense")),
    *(("hostile", as_of) for as_of in ("", _EARLIER)),
    *((state, "") for state in ("stale", "failed", "quarantined", "empty")),
    ("failed", _EARLIER),
)


def open_any(name: str, as_of: str = "") -> AppTest:
    """A page by name; Overview links to others, so it needs the frame around it."""
    address = {"as_of": as_of} if as_of else {}
    return open_page("../app" if name == "overview" else name, **address)


def read_words(page: AppTest) -> str:
    """Everything a page says as Markdown or in a box."""
    return "\n".join(str(e.value) for e in page.main if isinstance(getattr(e, "value", None), str))


def test_every_state_is_asked() -> None:
    assert {state for state, _ in ASKED} == set(STATES)


@pytest.mark.parametrize(("state", "as_of"), ASKED)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_calm_in_every_state(state_homes: Callable[[str], Path], state: str, name: str, as_of: str) -> None:
    with use_home(state_homes(state)):
        page = open_any(name, as_of)
    assert page.title or state == "empty"
    said = read_words(page)
    assert re.findall(r"\b(?:nan|NaN|NaT|<NA>)\b|\bNone\b(?! of)", said) == []
    if state == "empty":
        assert "landscape" in said
    elif as_of == "nonsense":
        assert "As known on" not in said
    elif as_of:
        assert "As known on" in said and "reconstructed" in said


@pytest.mark.parametrize("name", PAGES)
def test_a_page_stands_on_the_seed_as_of_a_date(seed_home: Path, name: str) -> None:
    """As known now it is seen in test_browser.py, as is every page on every recording, now and as of this date."""
    with use_home(seed_home):
        assert open_any(name, "2025-12-31").title
