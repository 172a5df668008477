"""Overview as a reader gets it: the page run on a home at a moment, and its words without their markup."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import parts
from tests.homes import use_home

APP = Path(__file__).parents[1] / "dashboard" / "app.py"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def full_home(request: pytest.FixtureRequest) -> Path:
    """Real data: the recorded payloads replayed where they are here, else the bundled seed."""
    shared = (Path(__file__).parents[2] / "shared" / "sources" / "manifest.csv").is_file()
    home: Path = request.getfixturevalue("published_home" if shared else "seed_home")
    return home


def show(home: Path, now: datetime = NOW, **address: str) -> AppTest:
    """Overview as a browser would ask for it; an exception box is a failure."""
    with use_home(home), pytest.MonkeyPatch.context() as patch:
        patch.setenv("LANDSCAPE_NOW", now.isoformat())
        page = AppTest.from_file(str(APP), default_timeout=60)
        for name, value in address.items():
            page.query_params[name] = value
        page.run()
    assert not page.exception, page.exception
    return page


def list_texts(page: AppTest) -> list[str]:
    """Everything the page says, as a reader sees it."""
    found = []
    for element in page.main:
        value = getattr(element, "value", None)
        if isinstance(value, str):
            found.append(re.sub(r":small\[|:gray\[|(?<!\\)[*\]`]", "", value).replace("\\", "").strip())
    return found


def list_values(page: AppTest) -> list[str]:
    """The four tiles' values."""
    return [metric.value.replace("\\", "") for metric in page.metric]


def read_all(page: AppTest) -> str:
    return "\n".join(list_texts(page))


def read_csv(home: Path) -> pd.DataFrame:
    """The page's CSV, made as a click makes it."""
    caught: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "show_csv_button", lambda make, *rest: caught.append(make))
        show(home)
    return pd.read_csv(io.BytesIO(parts.to_csv(caught[0]())))
