"""The queries behind each default page, in process: for the present from marts, for a past date from views.

A page is run as Streamlit's test driver runs it, once, while every question it asks of the database is noted;
the same questions are then asked again on a warm connection, with no cache, page or chart in between. So the
list of queries is never kept by hand.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import queries
from tests.bench.figures import Figure
from tests.bench.servers import NOW
from tests.bench.sites import PageError
from tests.homes import ROOT

PAST = "2026-05-31"


@dataclass(frozen=True, slots=True)
class Question:
    """One query a page asked, and whether it took the answer as rows or as a frame."""

    sql: str
    parameters: dict[str, Any]
    as_of: datetime | None
    as_rows: bool

    def answer(self, path: str) -> int:
        """Ask it and read the answer to the end, as the page does; how many rows it has."""
        ask = queries.ask_rows if self.as_rows else queries.ask
        return len(ask((path, 0, 0), self.sql, self.parameters, self.as_of))


def measure_queries(
    home: Path, pages: Sequence[str], rounds: int, group: str, scale: float = 1.0, past: bool = True
) -> list[Figure]:
    """Milliseconds of all queries behind each page, now and, unless told not to, as of a past date; `scale` in millions
    of fact rows."""
    found = []
    asks: list[tuple[str, dict[str, str], int]] = [("now", {}, 50)]
    if past:
        asks.append((f"as of {PAST}", {"as_of": PAST}, 300 if scale <= 1 else 2000))
    for page in pages:
        for words, address, budget in asks:
            asked = list_questions(home, page, address)
            name = f"{page}: {len(asked)} queries, {words}"
            spent = time_questions(home, asked, rounds)
            found.append(Figure(group, name, "ms", [s for s, _ in spent], budget=budget, cpu=[c for _, c in spent]))
    return found


def list_questions(home: Path, page: str, address: Mapping[str, str]) -> list[Question]:
    """What a page asks of the database for its first paint. Raises PageError."""
    asked: list[Question] = []

    def listen(real: Callable[..., Any], as_rows: bool) -> Callable[..., Any]:
        def note(
            file: queries.Identity, sql: str, parameters: Mapping[str, Any] | None = None, as_of: datetime | None = None
        ) -> Any:
            asked.append(Question(sql, dict(parameters or {}), as_of, as_rows))
            return real(file, sql, parameters, as_of)

        return note

    with _use_home(home), pytest.MonkeyPatch.context() as patch:
        for name, as_rows in (("ask", False), ("ask_rows", True)):
            real = getattr(queries, name)
            note = listen(real, as_rows)
            # Modules of the package took the function by name.
            for module in _list_modules():
                if getattr(module, name, None) is real:
                    patch.setattr(module, name, note)
        st.cache_data.clear()
        st.cache_resource.clear()
        patch.setenv("LANDSCAPE_NOW", NOW)
        app = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=600)
        if page != "Overview":
            app.switch_page(f"app_pages/{page.lower()}.py")
        for key, value in address.items():
            app.query_params[key] = value
        app.run()
    if app.exception:
        raise PageError(f"{page} raised {app.exception[0].message}")
    return asked


def time_questions(home: Path, asked: Sequence[Question], rounds: int) -> list[tuple[float, float]]:
    """Milliseconds, by the clock and of the processor, for all questions in turn, each read to the end, after
    one round that is not counted."""
    path = str(home / "landscape.duckdb")
    readings = []
    for turn in range(rounds + 1):
        began, busy = time.perf_counter(), time.process_time()
        for q in asked:
            q.answer(path)
        if turn:
            readings.append(((time.perf_counter() - began) * 1e3, (time.process_time() - busy) * 1e3))
    return readings


def find_slowest(home: Path, asked: Sequence[Question], count: int = 5) -> list[tuple[float, str]]:
    """(median processor ms, the query's first words) of the slowest questions."""
    found = [
        (statistics.median(c for _, c in time_questions(home, [q], 3)), " ".join(q.sql.split())[:160]) for q in asked
    ]
    return sorted(found, reverse=True)[:count]


def _list_modules() -> list[Any]:
    import importlib
    import pkgutil

    return [
        queries,
        *(importlib.import_module(f"dashboard.queries.{m.name}") for m in pkgutil.iter_modules(queries.__path__)),
    ]


@contextmanager
def _use_home(home: Path) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("LANDSCAPE_DATABASE", raising=False)
        patch.setitem(os.environ, "LANDSCAPE_HOME", str(home))
        yield
