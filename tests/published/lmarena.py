"""Arena's boards, the whole history and the newest publication, as tests/publishers.py makes them."""

from __future__ import annotations

from tests.published import serve_bodies
from tests.publishers import Edition
from tests.replay_server import ReplayServer

BODIES = Edition().make_source("lmarena")


def serve(server: ReplayServer) -> None:
    serve_bodies(server, BODIES)
