"""Epoch's index, its inputs and benchmark difficulty, as tests/publishers.py makes them."""

from __future__ import annotations

from tests.published import serve_bodies
from tests.publishers import Edition
from tests.replay_server import ReplayServer

BODIES = Edition().make_source("epoch_eci")


def serve(server: ReplayServer) -> None:
    serve_bodies(server, BODIES)
