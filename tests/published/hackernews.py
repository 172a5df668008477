"""Hacker News by its search: the count of stories of one phrase in one month."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

from ingest.sources.hackernews import SEARCH
from tests.replay_server import Answer, ReplayServer, Request

# The story that told of the release, and no other, so one story in its month and none elsewhere.
STORY = {
    "objectID": "44800746",
    "title": "Open models by OpenAI",
    "created_at": "2025-08-05T17:02:02Z",
    "created_at_i": 1754413322,
}


def make_answer(hits: int) -> bytes:
    """The search's answer to a phrase and month."""
    told = {"hits": [STORY][:hits], "nbHits": hits, "nbPages": hits, "page": 0, "hitsPerPage": 1}
    return json.dumps(told).encode()


BODIES = {SEARCH: make_answer(1)}


def serve(server: ReplayServer) -> None:
    """Count 1 story in August 2025 and 7 a month afterwards; none before."""

    def answer(request: Request) -> Answer:
        asked = dict(parse_qsl(urlsplit(request.path).query))
        begin = int(asked["numericFilters"].partition(">=")[2].partition(",")[0])
        month = datetime.fromtimestamp(begin, UTC).strftime("%Y-%m")
        hits = 1 if month == "2025-08" else 7 if month > "2025-08" else 0
        return Answer(make_answer(hits), etag=f'"{asked["query"]}{begin}{hits}"')

    server.reply(SEARCH, answer)
