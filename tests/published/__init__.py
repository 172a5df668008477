"""What each publisher serves, small and by hand: one module a source, found by being there.

A module holds `BODIES` (live url -> body in the publisher's shape, a few true figures) and `serve`, which
scripts them on a replay server at the addresses the source asks. Tests over all sources loop over these.
"""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from typing import Protocol, cast

from tests.replay_server import Answer, ReplayServer


class Published(Protocol):
    """One module of this package."""

    BODIES: dict[str, bytes]

    def serve(self, server: ReplayServer) -> None:
        """Script the publisher's answers."""


@cache
def find_published() -> Mapping[str, Published]:
    """Every module by the id of its source."""
    names = sorted(info.name for info in pkgutil.iter_modules(__path__))
    return {name: cast(Published, importlib.import_module(f"{__name__}.{name}")) for name in names}


def serve_bodies(server: ReplayServer, bodies: Mapping[str, bytes]) -> None:
    """Script bodies that are one file each, with an ETag, so that a second request gets a 304."""
    for url, body in bodies.items():
        server.reply(url, Answer(body, etag=f'"{hashlib.sha256(body).hexdigest()[:16]}"'))
