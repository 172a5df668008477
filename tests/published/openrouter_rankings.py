"""OpenRouter's rankings: one day by its keyless exports, any window of it with a key."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ingest.sources.openrouter_rankings import DATASETS
from tests.published import serve_bodies
from tests.replay_server import Answer, ReplayServer, Request

# Tokens of 2026-09-15, shortened: the 50 rows stand for themselves, `other` for all the rest.
DAY: dict[str, int] = {
    "tencent/hy4-preview-20260827": 1_818_993_397_260,
    "openai/gpt-5.6-luna-20260709": 1_261_229_812_236,
    "openai/gpt-oss-120b": 127_800_000_000,
    "openai/gpt-oss-120b:free": 30_000_000_000,
    "other": 1_186_967_118_160,
}


def make_rows(day: str, tokens: dict[str, int]) -> list[dict[str, str]]:
    """A day's rows as the publisher has them: tokens as decimal strings, `other` last."""
    return [{"date": day, "model_permaslug": name, "total_tokens": str(n)} for name, n in tokens.items()]


def make_list(rows: list[dict[str, Any]], as_of: str) -> bytes:
    """A list in the shape of the dataset's endpoint."""
    days = sorted(str(row.get("date")) for row in rows) or [""]
    meta = {"as_of": as_of, "start_date": days[0], "end_date": days[-1], "version": "v1"}
    return json.dumps({"data": rows, "meta": meta}).encode()


ROWS = [row for day in ("2026-09-14", "2026-09-15") for row in make_rows(day, DAY)]
AS_OF = "2026-09-16T11:47:03+00:00"
BODIES = {
    f"{DATASETS}/exports/index.json": json.dumps(
        {"datasets": [{"name": "benchmark-results"}, {"name": "rankings-daily", "formats": ["csv", "json"]}]}
    ).encode(),
    f"{DATASETS}/exports/rankings-daily/latest.json": make_list(ROWS[5:], AS_OF),
    f"{DATASETS}/exports/rankings-daily/2026-09-14.json": make_list(ROWS[:5], AS_OF),
}


def serve(server: ReplayServer) -> None:
    """Serve two dated files and none before them; windows of both days to whoever asks with a key."""
    serve_bodies(server, BODIES)
    server.route(f"{DATASETS}/exports/rankings-daily/2026-09-13.json", b"not found", status=404)

    def answer(request: Request) -> Answer:
        asked = dict(parse_qsl(urlsplit(request.path).query))
        rows = [row for row in ROWS if asked["start_date"] <= row["date"] <= asked["end_date"]]
        return Answer(make_list(rows, AS_OF), etag=f'"{asked["start_date"]}-{asked["end_date"]}"')

    server.reply(f"{DATASETS}/rankings-daily", answer)
