"""What rules make of a published file, kept for every session.

Answers of queries are cached as copies, since a frame can be changed in place; labelled frames, rows and chart
specifications are never changed once made, so they are kept as they are. A key must name everything the
result depends on: the file, the as-of instant and each choice. It refuses nothing and forgets the oldest first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pandas as pd
import streamlit as st

from dashboard.rows import Row, list_rows

T = TypeVar("T")


def keep(make: Callable[[], T], *key: object) -> T:
    """What `make` gives, made once a key. Keys are told apart by their repr; the result must not be changed."""
    made: T = _keep(repr(key), make)
    return made


def read_rows(read: Callable[..., pd.DataFrame], *question: Any) -> list[Row]:
    """The rows of a query's answer, listed once; not to be changed in place."""
    return keep(lambda: list_rows(read(*question)), read.__module__, read.__qualname__, *question)


@st.cache_resource(max_entries=512, show_spinner=False)
def _keep(key: str, _make: Callable[[], T]) -> T:
    return _make()
