"""Ollama's library as its two mirrors have it: the first as it was while it worked, the second as it is."""

from __future__ import annotations

import json

from ingest.sources.ollama_library import FIRST, SECOND
from tests.published import serve_bodies
from tests.replay_server import ReplayServer

# Entry -> pull count on 2026-07-15 by the first mirror and on 2026-08-20 by the second.
PULLS = {"gpt-oss": ("10.9M", "12M"), "gpt-oss-safeguard": ("147.6K", "151K"), "llama3.1": ("117.1M", "118M")}


def make_first(pulls: dict[str, str]) -> bytes:
    """The first mirror's list."""
    return json.dumps(
        [
            {"name": name, "link": f"https://ollama.com/library/{name}", "pullCount": count, "updated": "9 months ago"}
            for name, count in pulls.items()
        ]
    ).encode()


def make_second(pulls: dict[str, str], updated: str = "2026-08-20T03:12:44Z") -> bytes:
    """The second mirror's list."""
    models = {name: {"description": "", "pullCount": count, "tagCount": 5} for name, count in pulls.items()}
    return json.dumps({"lastUpdated": updated, "totalModels": len(models), "models": models}).encode()


BLANK = make_first(dict.fromkeys(PULLS, ""))
BODIES = {
    FIRST: make_first({name: first for name, (first, _) in PULLS.items()}),
    SECOND: make_second({name: second for name, (_, second) in PULLS.items()}),
}


def serve(server: ReplayServer) -> None:
    serve_bodies(server, BODIES)
