"""One body of a price list as a payload, parsed: what the tests of the four lists share."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from ingest.source import Parsed, Payload, Price, Refused, Snapshot, Source

AT = datetime(2026, 8, 1, 12, tzinfo=UTC)


def parse(source: Source, *bodies: bytes | object, name: str = "list.json") -> list[Parsed]:
    """What a source reads of some bodies of one snapshot."""
    payloads = tuple(_make_payload(source, n, body, name) for n, body in enumerate(bodies, start=1))
    return list(source.parse(Snapshot("s", source.source_id, AT, payloads)))


def read_prices(source: Source, *bodies: bytes | object, name: str = "list.json") -> list[Price]:
    return [item for item in parse(source, *bodies, name=name) if isinstance(item, Price)]


def read_refused(source: Source, *bodies: bytes | object, name: str = "list.json") -> list[Refused]:
    return [item for item in parse(source, *bodies, name=name) if isinstance(item, Refused)]


def _make_payload(source: Source, key: int, body: bytes | object, name: str) -> Payload:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    about: dict[str, Any] = {"kind": "RECORDED", "licence_id": source.licence_id, "complete": True}
    url = f"https://{source.hosts[0]}/{name}"
    return Payload(key, source.source_id, name, url, raw, AT, "recorded", AT, AT, redistributable="yes", **about)
