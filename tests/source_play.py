"""One source by itself: a body as its snapshot, and its live client against a publisher on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from ingest.http import Session
from ingest.source import FetchContext, Fetched, Parsed, Payload, Refused, Score, Snapshot, Source
from tests.replay_server import ReplayServer

AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def make_payload(source: Source, name: str, body: bytes, *, url: str = "", at: datetime = AT, key: int = 1) -> Payload:
    """A recorded body, first seen when it was read."""
    return Payload(
        key=key,
        source_id=source.source_id,
        name=name,
        url=url,
        body=body,
        observed_at=at,
        observed_kind="recorded",
        first_observed_at=at,
        recorded_at=at,
        kind="RECORDED",
        licence_id=source.licence_id,
        redistributable=source.redistributable,
        complete=True,
    )


def parse_bodies(source: Source, bodies: Mapping[str, bytes], *, at: datetime = AT) -> list[Parsed]:
    """What a source makes of bodies by name, read in one go."""
    payloads = tuple(make_payload(source, name, body, at=at, key=n) for n, (name, body) in enumerate(bodies.items()))
    return list(source.parse(Snapshot("s", source.source_id, at, payloads)))


def pick_scores(parsed: list[Parsed]) -> list[Score]:
    return [p for p in parsed if isinstance(p, Score)]


def pick_refused(parsed: list[Parsed]) -> list[Refused]:
    return [p for p in parsed if isinstance(p, Refused)]


def read_live(source: Source, server: ReplayServer, **settings: str) -> tuple[list[Fetched], list[str]]:
    """The answers of one live read through a mirror, and what the source reported. Raises SourceError."""
    said: list[str] = []
    with Session(
        source.source_id,
        source.hosts,
        max_bytes=source.max_bytes,
        now=lambda: AT,
        mirror=server.url,
        sleep=lambda seconds: None,
        tries=2,
    ) as session:
        return list(source.fetch(FetchContext(session, settings=settings, report=said.append))), said
