"""The Hub's repositories and derivatives, made on request by tests/publishers.py."""

from __future__ import annotations

import json

from tests.publishers import HUB, LARGE, SMALL, Edition
from tests.replay_server import ReplayServer

BODIES = {f"{HUB}/api/models/{repo}": json.dumps(Edition().make_detail(repo)).encode() for repo in (SMALL, LARGE)}


def serve(server: ReplayServer) -> None:
    Edition().serve_hub(server)
