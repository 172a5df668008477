"""What rules make of a published file, kept for every session.

Answers of queries are cached as copies, since a frame can be changed in place; labelled frames, rows and chart
specifications are never changed once made, so they are kept as they are. A key must name everything the
result depends on: the file, the as-of instant and each choice. It refuses nothing and forgets the oldest first.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any, TypeVar

import pandas as pd
import streamlit as st

from dashboard.rows import Row, list_rows

T = TypeVar("T")


def keep(make: Callable[[], T], *key: object) -> T:
    """What `make` gives, made once a key. Keys are told apart by their repr; the result must not be changed."""
    # By name: Streamlit looks a function's whole signature up for every argument that is given by place.
    made: T = _keep(key=repr(key), _make=make)
    return made


def derive(make: Callable[..., T], kept: Any, *choices: Hashable) -> T:
    """What `make` gives of something kept, made once for that very object and each choice.

    Told apart by what it is and not by what it says, which a chart of a thousand points takes a millisecond to say.
    An object made anew at each run is therefore none to derive from: keep it first. `make` must be a function of
    a module, and the result must not be changed."""
    made: T = _derive(make, _Same(kept), choices)
    return made


def read_rows(read: Callable[..., list[Row] | pd.DataFrame], *question: Any) -> list[Row]:
    """The rows of a query's answer, asked for and listed once; not to be changed in place."""

    def make() -> list[Row]:
        answer = read(*question)
        return answer if isinstance(answer, list) else list_rows(answer)

    return keep(make, read.__module__, read.__qualname__, *question)


class _Same:
    """One object, equal to nothing but itself. Held by the memory of what was derived, so that no other can take
    its place in the machine's memory."""

    __slots__ = ("it",)

    def __init__(self, it: Any) -> None:
        self.it = it

    def __hash__(self) -> int:
        return id(self.it)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.it is other.it


@lru_cache(maxsize=256)
def _derive(make: Callable[..., Any], kept: _Same, choices: tuple[Hashable, ...]) -> Any:
    return make(kept.it, *choices)


@st.cache_resource(max_entries=512, show_spinner=False)
def _keep(key: str, _make: Callable[[], T]) -> T:
    return _make()
