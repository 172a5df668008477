"""One source alone, for the tests of its file: bodies through its parser, and live reads into a home.

Bodies come from tests/published and are changed by the test; a live read goes through the real command and a
replay server, without a bundled seed, so that every row is one the test served.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
from click.testing import Result

import ingest.access
import ingest.refresh
from ingest.http import Session
from ingest.source import Parsed, Refused, Snapshot, SourceError, discover_sources
from tests.homes import run_landscape
from tests.published import find_published
from tests.replay_server import ReplayServer
from tests.source_play import make_payload

AT = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
T = TypeVar("T")


def parse(source_id: str, bodies: Mapping[str, bytes], at: datetime = AT) -> list[Parsed]:
    """What the source's parser makes of a snapshot of bodies by url. Raises SourceError."""
    source = discover_sources()[source_id]
    payloads = tuple(
        make_payload(source, url.rpartition("/")[2], body, url=url, at=at, key=n)
        for n, (url, body) in enumerate(bodies.items(), start=1)
    )
    return list(source.parse(Snapshot("s", source_id, at, payloads)))


def pick(kind: type[T], parsed: Iterable[object]) -> list[T]:
    """The facts, or the refused rows, of one kind."""
    return [row for row in parsed if isinstance(row, kind)]


def refusals(parsed: Iterable[object]) -> list[str]:
    """The reasons of the refused rows."""
    return [row.reason for row in pick(Refused, parsed)]


def fails(source_id: str, bodies: Mapping[str, bytes]) -> str:
    """The sentence with which a snapshot is refused as a whole."""
    with pytest.raises(SourceError) as caught:
        parse(source_id, bodies)
    return str(caught.value)


def read_live(
    home: Path, source_id: str, change: Callable[[ReplayServer], None] = lambda server: None
) -> tuple[Result, ReplayServer]:
    """`landscape refresh SOURCE` against its hand-written publisher, as `change` has changed it."""
    with pytest.MonkeyPatch.context() as patch, ReplayServer() as server:
        patch.setattr(ingest.refresh, "SEED", home / "no-seed")
        patch.setattr(ingest.access, "Session", partial(Session, sleep=lambda seconds: None))
        find_published()[source_id].serve(server)
        change(server)
        return run_landscape(home, "refresh", source_id, "--mirror", server.url), server
