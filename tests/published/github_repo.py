"""GitHub's repositories, each as its API describes it."""

from __future__ import annotations

import json

from ingest.sources.github_repo import API, REPOSITORIES
from tests.published import serve_bodies
from tests.replay_server import ReplayServer

BODIES = {
    f"{API}/{name}": json.dumps(
        {"id": n, "full_name": name, "stargazers_count": 20_000 - n, "forks_count": 2_000 - n, "private": False}
    ).encode()
    for n, name in enumerate(REPOSITORIES)
}


def serve(server: ReplayServer) -> None:
    serve_bodies(server, BODIES)
