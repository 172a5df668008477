"""How a source's publisher is reached from here: hosts, endpoint, key, mirror.

What this machine's environment says of the way to a publisher is read in one place, for whatever reads it.
A key is sent to the host it belongs to and to no other.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from ingest.archive import Archive
from ingest.http import FetchLog, Known, Session
from ingest.source import Source

_HUB = "huggingface.co"


def open_session(
    source: Source,
    *,
    mirror: str | None,
    on_fetch: Callable[[FetchLog], None],
    known: Callable[[str], Known | None] = lambda url: None,
    again: str = "run refresh again",
) -> Session:
    """A session that reaches the source's declared hosts, and the one HF_ENDPOINT names for the Hub's."""
    token, endpoint = os.environ.get("HF_TOKEN"), urlsplit(os.environ.get("HF_ENDPOINT", ""))
    hosts = (*source.hosts, *source.cdn_hosts)
    key = os.environ.get(source.needs_key) if source.needs_key else None
    if endpoint.netloc and _HUB in hosts:
        hosts = (*hosts, endpoint.netloc)
    return Session(
        source.source_id,
        hosts,
        max_bytes=source.max_bytes,
        known=known,
        mirror=mirror,
        now=lambda: datetime.now(UTC).replace(microsecond=0),
        on_fetch=on_fetch,
        token_for={
            **(dict.fromkeys((_HUB, endpoint.netloc), token) if token else {}),
            **(dict.fromkeys(source.hosts, key) if key else {}),
        },
        min_interval=source.min_interval,
        again=again,
    )


def recall_archived(archive: Archive, source_id: str) -> Callable[[str], Known | None]:
    """What a session may know of a url: validators and body as last archived."""

    def recall(url: str) -> Known | None:
        found = archive.find_latest(source_id, url)
        if found is None:
            return None
        sidecar, body = found
        headers = {k.lower(): v for k, v in sidecar["headers"].items()}
        return Known(headers.get("etag"), headers.get("last-modified"), lambda: body)

    return recall


def read_settings(source: Source) -> dict[str, str]:
    """What a source may know of this machine's environment; of a key only that there is one."""
    settings = {k: v for k in ("HF_ENDPOINT",) if (v := os.environ.get(k))}
    if source.needs_key and os.environ.get(source.needs_key):
        settings[source.needs_key] = "set"
    return settings


def get_hub_endpoint() -> str:
    """The Hub's address, or that of a copy of it: HF_ENDPOINT."""
    return (os.environ.get("HF_ENDPOINT") or f"https://{_HUB}").rstrip("/")
