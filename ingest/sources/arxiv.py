"""arXiv: how many papers a month name gpt-oss and some rivals.

What research builds on shows whether open weights serve as a common ground, months before it shows in citations.
Whole months are counted by the search itself: no paper is kept. A body with a document type is refused before
anything in it is looked up, for that is how XML makes a reader fetch or swell.

Measures: papers submitted in a calendar month (UTC) whose record holds a phrase (arxiv_papers), as the search counts.

Published: https://export.arxiv.org/api/query, keyless, metadata CC0, updated daily; the past can be asked for at any
time, one request every three seconds. Every month since May 2025 is read at first, later those that may have moved.

Caveats: Titles and abstracts only: a paper that uses a model and names it in its text alone is not counted. A mention
is not a use. Papers appear some days after they are submitted, so a month is flagged partial until five days after
its end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from ingest.months import list_months_to_ask, next_month, read_month_counts
from ingest.source import FetchContext, Fetched, Parsed, Payload, Snapshot, Source, SourceError

QUERY = "https://export.arxiv.org/api/query"
TOPICS = ("gpt-oss", "DeepSeek", "Qwen")
# Three months before gpt-oss was released, to have a before.
SINCE = date(2025, 5, 1)
_LAG = timedelta(days=5)
_ATOM = "{http://www.w3.org/2005/Atom}"
_TOTAL = "{http://a9.com/-/spec/opensearch/1.1/}totalResults"


class Arxiv(Source):
    """Monthly counts of papers per phrase."""

    source_id = "arxiv"
    title = "arXiv"
    publisher = "arXiv, Cornell University"
    homepage = "https://arxiv.org"
    licence_id = "CC0-1.0"
    licence_url = "https://info.arxiv.org/help/api/tou.html"
    attribution = "arXiv API (metadata CC0). Thank you to arXiv for use of its open access interoperability."
    cadence_days = 7
    hosts = ("export.arxiv.org",)
    max_bytes = 5_000_000
    min_interval = 3.0

    def fetch(self, context: FetchContext) -> Iterator[Fetched]:
        """One search a phrase and month ("PHRASE/YYYY-MM"). Raises SourceError when one is not answered."""
        today = datetime.now(UTC).date()
        for topic in TOPICS:
            for month in list_months_to_ask(context.settings, SINCE, today, _LAG):
                yield context.fetcher.get(f"{QUERY}?{_ask(topic, month)}", name=f"{topic}/{month:%Y-%m}")

    def parse(self, snapshot: Snapshot) -> Iterator[Parsed]:
        """One Counter row a search."""
        yield from read_month_counts(snapshot, "arxiv_papers", _LAG, _read_total)


def _ask(topic: str, month: date) -> str:
    """A search for the phrase among papers submitted in the month; one paper is sent along with the count."""
    last = next_month(month) - timedelta(days=1)
    window = f"submittedDate:[{month:%Y%m%d}0000 TO {last:%Y%m%d}2359]"
    return urlencode({"search_query": f'all:"{topic}" AND {window}', "start": 0, "max_results": 1})


class _NoDoctype(TreeBuilder):
    """A builder that stops at a document type, where entities would be declared."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise ValueError(f"it declares the document type {name!r}")


def _read_total(payload: Payload) -> int:
    """The search's own count. Raises SourceError on anything but a feed of the search."""
    try:
        parser = XMLParser(target=_NoDoctype())
        parser.feed(payload.body)
        feed: Element = parser.close()
    except (ParseError, ValueError) as error:
        raise _unexpected(payload, f"no feed ({error}) and begins {payload.body[:60]!r}") from error
    entries = feed.findall(f"{_ATOM}entry")
    for entry in entries:
        if "/api/errors" in (entry.findtext(f"{_ATOM}id") or ""):
            raise _unexpected(payload, f"an error: {(entry.findtext(f'{_ATOM}summary') or '').strip()[:120]!r}")
    total = (feed.findtext(_TOTAL) or "").strip()
    if feed.tag != f"{_ATOM}feed" or not re.fullmatch("[0-9]{1,9}", total):
        raise _unexpected(payload, "no feed of the search: it states no total")
    if bool(entries) != bool(int(total)):
        # arXiv answers so when its index is busy: a feed without a paper, whatever the total.
        raise _unexpected(payload, f"at odds with itself: {total} papers counted, {len(entries)} sent")
    return int(total)


def _unexpected(payload: Payload, what: str) -> SourceError:
    return SourceError("arxiv", f"{payload.name} is {what}; open {payload.url} to see what is served.")
