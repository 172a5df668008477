"""Hacker News: how many stories a month name gpt-oss and some rivals.

How much a release is talked of, and for how long, can be counted; what people feel about it cannot be told from
titles, so nothing here is a sentiment. Whole months are counted by the search itself: no story is kept.

Measures: stories a calendar month (UTC) that hold a phrase (hn_stories), as the search counts them.

Published: https://hn.algolia.com/api/v1/search_by_date, keyless, always current; the past can be asked for at any
time. Every month since May 2025 is read at first, later the months that may have moved since the last read.

Caveats: Attention, not approval. One forum of developers. The phrase must stand as a word: a title that says Qwen3 in
one word is not counted under Qwen. Stories removed later leave the count. The current month is not over and is
flagged partial.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from ingest.months import list_months_to_ask, next_month, read_month_counts, start_of
from ingest.source import FetchContext, Fetched, Parsed, Payload, Snapshot, Source, SourceError

SEARCH = "https://hn.algolia.com/api/v1/search_by_date"
TOPICS = ("gpt-oss", "DeepSeek", "Qwen", "Gemma", "GPT-5")
# Three months before gpt-oss was released, to have a before.
SINCE = date(2025, 5, 1)
# A story is searchable within minutes; a day leaves room for the search's own delays.
_LAG = timedelta(days=1)


class HackerNews(Source):
    """Monthly counts of stories per phrase."""

    source_id = "hackernews"
    title = "Hacker News"
    publisher = "Algolia, over Hacker News"
    homepage = "https://hn.algolia.com"
    licence_id = "none-stated"
    licence_url = "https://hn.algolia.com/api"
    attribution = "Hacker News Search by Algolia (counts of stories)"
    cadence_days = 7
    hosts = ("hn.algolia.com",)
    redistributable = "no"
    max_bytes = 2_000_000

    def fetch(self, context: FetchContext) -> Iterator[Fetched]:
        """One search a phrase and month ("PHRASE/YYYY-MM"). Raises SourceError when one is not answered."""
        today = datetime.now(UTC).date()
        for topic in TOPICS:
            for month in list_months_to_ask(context.settings, SINCE, today, _LAG):
                yield context.fetcher.get(f"{SEARCH}?{_ask(topic, month)}", name=f"{topic}/{month:%Y-%m}")

    def parse(self, snapshot: Snapshot) -> Iterator[Parsed]:
        """One Counter row a search."""
        yield from read_month_counts(snapshot, "hn_stories", _LAG, _read_hits)


def _ask(topic: str, month: date) -> str:
    """A search for stories with the phrase as it is, within the month; one story is sent along with the count."""
    begin, end = (int(start_of(d).timestamp()) for d in (month, next_month(month)))
    return urlencode(
        {
            "query": f'"{topic}"',
            "tags": "story",
            "numericFilters": f"created_at_i>={begin},created_at_i<{end}",
            "advancedSyntax": "true",
            "typoTolerance": "false",
            "hitsPerPage": 1,
        }
    )


def _read_hits(payload: Payload) -> int:
    """The search's own count. Raises SourceError on anything but an answer of the search."""
    try:
        document: Any = json.loads(payload.body)
    except (ValueError, RecursionError) as error:
        raise _unexpected(payload, f"no JSON and begins {payload.body[:60]!r}") from error
    hits = document.get("nbHits") if isinstance(document, dict) else None
    if type(hits) is not int or hits < 0 or not isinstance(document.get("hits"), list):
        raise _unexpected(payload, f"no answer of the search: {str(document)[:60]!r}")
    if bool(document["hits"]) != bool(hits):
        raise _unexpected(payload, f"at odds with itself: {hits} stories counted, {len(document['hits'])} sent")
    return hits


def _unexpected(payload: Payload, what: str) -> SourceError:
    return SourceError("hackernews", f"{payload.name} is {what}; open {payload.url} to see what is served.")
