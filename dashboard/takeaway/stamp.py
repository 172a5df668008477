"""Where a picture, table or citation comes from: sources, dates, file, links.

Everything that leaves carries the same stamp, so that two of them cannot contradict each other. It is made
when the menu is opened, never before, and refuses the local paths of this machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.credit import Credit
from dashboard.formats import format_date
from dashboard.queries import read_newest_instant, read_refresh, read_source_terms
from dashboard.takeaway.controls import read_all_choices, read_choices
from dashboard.takeaway.links import Links, write_links
from dashboard.view import View
from ingest.store import parse_as_of

PRODUCT = "gpt-oss landscape"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What leaves with a chart or table of this title. Instants are UTC.

    `as_of` is what the reader asked for, None for the latest known; `newest` the newest instant anything was
    public here; `file` says which published file answered; `sources` are rows of `queries.read_source_terms`."""

    title: str
    name: str
    credit: Credit
    sources: Sequence[Mapping[str, Any]]
    as_of: datetime | None
    newest: datetime | None
    made: datetime
    file: Mapping[str, Any]
    links: Links
    product: str = PRODUCT

    @property
    def instant(self) -> datetime | None:
        """Up to when things are known in what leaves; None where nothing is."""
        return self.as_of or self.newest

    def write_when(self) -> str:
        """The as-of date and the day of making, in words."""
        made = f"made {format_date(self.made)}"
        if self.as_of:
            return f"As known on {format_date(self.as_of)} (UTC), reconstructed; {made}"
        return f"Data known up to {format_date(self.newest)} (UTC); {made}" if self.newest else made.capitalize()

    def list_attributions(self) -> list[str]:
        """How each source asks to be named."""
        return [str(source["attribution"]) for source in self.sources if source["attribution"]]


def make_stamp(title: str, name: str, credit: Credit, view: View) -> Stamp:
    """The stamp of what is on screen; `name` is the key of the chart or table and begins its files' names."""
    newest = _round_up(read_newest_instant(view.file), view.now)
    # Not at the newest fact: ages are counted to the instant, and must read the same tomorrow.
    frozen = max(newest, view.now.replace(microsecond=0)) if newest else None
    links = write_links(_read_place(), read_choices(), read_all_choices(), view.as_of or frozen)
    terms = read_source_terms(view.file)
    return Stamp(
        title=title,
        name=name,
        credit=credit,
        sources=[terms[named] for named in credit.sources if named in terms],
        as_of=view.as_of,
        newest=newest,
        made=view.now,
        file=_describe_file(view),
        links=links,
    )


def _round_up(instant: datetime | None, now: datetime) -> datetime | None:
    """The end of the instant's day where that day is over: a date is easier to read than an instant."""
    return parse_as_of(instant.date().isoformat()) if instant and instant.date() < now.date() else instant


def _describe_file(view: View) -> dict[str, Any]:
    path, _, modified = view.file
    refreshed = read_refresh(view.file)
    return {
        "name": Path(path).name,
        "published_at": datetime.fromtimestamp(modified / 1e9, UTC),
        "refreshed_at": refreshed.replace(tzinfo=UTC) if refreshed else None,
        "made_by": f"{PRODUCT} {version('gpt-oss-landscape')}",
    }


def _read_place() -> str:
    """The page's own address, as the browser told it; empty where it did not."""
    return st.context.url or ""
