"""arXiv by its search: the count of papers that hold one phrase and were submitted in one month."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

from ingest.sources.arxiv import QUERY
from tests.replay_server import Answer, ReplayServer, Request

ENTRY = (
    "<entry><id>http://arxiv.org/abs/2508.10925v1</id>"
    "<title>gpt-oss-120b &amp; gpt-oss-20b Model Card</title><published>2025-08-08T19:24:38Z</published></entry>"
)


def make_feed(total: int, entry: str = ENTRY) -> bytes:
    """A feed as the search answers, with one paper where any was found."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" '
        'xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"><title>arXiv Query</title>'
        f"<opensearch:totalResults>{total}</opensearch:totalResults>"
        f"<opensearch:startIndex>0</opensearch:startIndex>{entry if total else ''}</feed>\n"
    ).encode()


BODIES = {QUERY: make_feed(1)}


def serve(server: ReplayServer) -> None:
    """Count 1 paper in August 2025 and 9 a month afterwards; none before."""

    def answer(request: Request) -> Answer:
        asked = dict(parse_qsl(urlsplit(request.path).query))
        found = re.search(r"\[(\d{6})", asked["search_query"])
        month = found[1] if found else ""
        total = 1 if month == "202508" else 9 if month > "202508" else 0
        return Answer(make_feed(total), etag=f'"{month}-{total}"')

    server.reply(QUERY, answer)
