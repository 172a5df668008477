"""What a page needs to know of its request: as of when, by which clock.

A page opens one at its top and hands it to queries and charts, so that nothing below a page reads the
clock, the address bar or the environment. It refuses to guess: an as-of date that is not one is
reported in words and the latest known is shown.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

import streamlit as st

from dashboard.as_of import LATEST, find_missing, follow_as_of
from dashboard.charts import WidthClass
from dashboard.queries import Identity, identify
from dashboard.theme import Mode
from dashboard.viewport import detect_width
from ingest.store import StoreError, parse_as_of


@dataclass(frozen=True, slots=True)
class View:
    """One request. `problem` says why there is no data; `complaint` what was wrong with the address.

    `identity` names the published file and is None where `problem` is given."""

    as_of: datetime | None
    now: datetime
    mode: Mode
    width: WidthClass
    identity: Identity | None
    problem: str = ""
    complaint: str = ""

    @property
    def instant(self) -> datetime:
        """What ages are counted to: the as-of instant, else the clock."""
        return self.as_of or self.now

    @property
    def file(self) -> Identity:
        """The identity, for code that runs only where there is data."""
        if self.identity is None:
            raise RuntimeError(self.problem)
        return self.identity


def open_view() -> View:
    """The view of the running request: address, clock, colour mode and the newest published file."""
    as_of, complaint = _read_as_of()
    mode: Mode = "dark" if st.context.theme.type == "dark" else "light"
    try:
        identity, problem = identify(), ""
    except StoreError as e:
        identity, problem = None, str(e)
    return View(as_of, read_clock(), mode, detect_width(find_missing()), identity, problem, complaint)


def read_choice(key: str, allowed: Collection[str], default: str) -> str:
    """A bound control's value before it is drawn: the session's, else the address's, else the default.

    The control must have no format_func: Streamlit writes an option's label into the address."""
    given = str(st.session_state.get(key) or st.query_params.get(key))
    return given if given in allowed else default


def read_clock() -> datetime:
    """Now in UTC; `LANDSCAPE_NOW` (ISO 8601) stands in for it where a page must be reproducible."""
    given = os.environ.get("LANDSCAPE_NOW")
    return parse_as_of(given) if given else datetime.now(UTC)


def name_as_of(as_of: datetime) -> str:
    """The as-of instant as it is written in an address: a bare date where it is the end of a day."""
    day = as_of.date().isoformat()
    return day if parse_as_of(day) == as_of else as_of.isoformat().replace("+00:00", "Z")


def _read_as_of() -> tuple[datetime | None, str]:
    given = follow_as_of()
    if given == LATEST:
        return None, ""
    try:
        return parse_as_of(given), ""
    except StoreError as e:
        return None, f"{e} The latest known is shown."
