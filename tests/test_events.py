"""The dated events: every row of data/events.csv is what the timeline says it is."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import ingest.catalogue
from dashboard.claims.events import KINDS, PRECISIONS
from ingest.catalogue import read_events
from ingest.registry import RegistryError
from ingest.store import DATA

TEXT = (DATA / "events.csv").read_text(encoding="utf-8")
ROWS = list(csv.DictReader(io.StringIO(TEXT)))
GOOD = "2025-08-05,OpenAI releases gpt-oss,gpt-oss,gpt-oss-120b,https://openai.com/open-models,day\n"
HEAD = "happened_on,title,kind,models,source_url,precision\n"
# The day on which the list was last read against its sources: what lies after it had not happened.
READ_ON = date(2026, 11, 22)


def test_every_event_has_a_day_a_known_kind_a_source_and_a_stated_precision() -> None:
    faults = [
        f"line {n}: {row}"
        for n, row in enumerate(ROWS, start=2)
        if row["kind"] not in KINDS
        or row["precision"] not in PRECISIONS
        or urlsplit(row["source_url"]).scheme != "https"
        or "." not in (urlsplit(row["source_url"]).hostname or "")
        or row["title"] != row["title"].strip()
        or None in row
    ]
    assert faults == []
    assert len(read_events()) == len(ROWS)


def test_events_are_sorted_by_day_and_none_stands_twice() -> None:
    days = [date.fromisoformat(row["happened_on"]) for row in ROWS]
    assert days == sorted(days)
    assert [key for key, n in Counter((r["happened_on"], r["title"].casefold()) for r in ROWS).items() if n > 1] == []


def test_what_has_not_happened_is_marked_as_future_and_nothing_else_is() -> None:
    future = {row["title"] for row in ROWS if date.fromisoformat(row["happened_on"]) > READ_ON}
    assert future == {row["title"] for row in ROWS if "[future]" in row["title"]}


def test_a_date_that_is_a_listings_or_a_commits_says_so_in_its_title() -> None:
    vague = [row["title"] for row in ROWS if row["precision"] in ("listing_date", "commit_date")]
    assert [title for title in vague if "date =" not in title] == []


@pytest.mark.parametrize(
    "bad",
    [
        GOOD.replace("2025-08-05", "2025-08"),
        GOOD.replace("2025-08-05", "2025-02-30"),
        GOOD.replace("https://", "http://"),
        GOOD.replace(",day", ",soon"),
        GOOD.replace("OpenAI releases gpt-oss", ""),
    ],
)
def test_a_row_that_is_not_what_it_must_be_stops_the_catalogue(
    bad: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "events.csv").write_text(HEAD + GOOD + bad, encoding="utf-8")
    monkeypatch.setattr(ingest.catalogue, "DATA", tmp_path)
    with pytest.raises(RegistryError, match=r"events\.csv, line 3"):
        read_events()
