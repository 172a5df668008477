"""The contract every source keeps, read live from its hand-written publisher in tests/published.

One fetch a source serves all tests: what it asked, what it was given, and what its parser made of it. A source
is held to it by being in ingest/sources.
"""

from __future__ import annotations

import inspect
import re
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any, get_args
from urllib.parse import urlsplit

import pyarrow as pa
import pytest

from ingest.append import Parsed, parse_snapshot
from ingest.check import make_snapshot
from ingest.fold import KIND_BY_NAME
from ingest.http import Session
from ingest.source import (
    FetchContext,
    Redistributable,
    Snapshot,
    Source,
    discover_sources,
)
from ingest.store import DATA
from tests.published import find_published
from tests.publishers import LARGE, SMALL
from tests.replay_server import ReplayServer, Request

AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HEADINGS = ("Measures:", "Published:", "Caveats:")
IDS = tuple(discover_sources())
each_source = pytest.mark.parametrize("source_id", IDS)
# Calls a parser must not make: the clock, files and the network. By name, and by what they belong to.
_CLOCK = {"now", "utcnow", "today"}
_IMPURE = {"time", "time_ns", "monotonic", "perf_counter", "connect", "getaddrinfo", "getenv", "urandom", "fork_exec"}


@dataclass(frozen=True)
class Reading:
    """One live read of a source: its snapshot, the requests it took and those nobody answers."""

    source: Source
    snapshot: Snapshot
    requests: tuple[Request, ...]
    unscripted: tuple[str, ...]


@cache
def read_live(source_id: str) -> Reading:
    """A source's first read from its publisher in tests/published."""
    source = discover_sources()[source_id]
    assert source_id in find_published(), f"tests/published/{source_id}.py is missing: write what its publisher serves."
    complaints: list[str] = []
    with ReplayServer() as server:
        find_published()[source_id].serve(server)
        with Session(
            source_id,
            (*source.hosts, *source.cdn_hosts),
            max_bytes=source.max_bytes,
            now=lambda: AT,
            mirror=server.url,
            sleep=lambda seconds: None,
            tries=1,
        ) as session:
            context = FetchContext(session, (SMALL, LARGE), {"first_run": "1"}, complaints.append)
            answers = list(source.fetch(context))
    assert answers, "fetch gave no answer"
    assert complaints == [], "a part failed against its own hand-written publisher"
    snapshot = make_snapshot(source, answers)
    return Reading(source, snapshot, tuple(server.requests), tuple(server.unscripted))


@cache
def parse_live(source_id: str) -> Parsed:
    """The facts and refused rows of that read."""
    reading = read_live(source_id)
    return parse_snapshot(reading.source, reading.snapshot)


def list_rows(source_id: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Kind and row of every fact of that read."""
    for kind, table in parse_live(source_id).tables.items():
        for row in table.to_pylist():
            yield kind, row


@cache
def read_data(name: str, table: str) -> dict[str, dict[str, Any]]:
    """Rows of one of data/*.toml by id."""
    return {row["id"]: row for row in tomllib.loads((DATA / f"{name}.toml").read_text())[table]}


@each_source
def test_metadata_is_complete(source_id: str) -> None:
    source = discover_sources()[source_id]
    for name in ("title", "publisher", "attribution"):
        assert getattr(source, name).strip(), name
    for name in ("homepage", "licence_url"):
        assert re.fullmatch(r"https://[^\s/]+(/\S*)?", getattr(source, name)), name
    assert source.licence_id in read_data("licences", "licence")
    assert source.redistributable in get_args(Redistributable)
    assert source.cadence_days > 0 and source.max_bytes > 0
    assert source.needs_key is None or re.fullmatch(r"[A-Z][A-Z0-9_]+", source.needs_key)
    assert source.hosts
    for host in source.hosts:
        assert re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", host), f"{host}: the exact name of a host"
    for host in source.cdn_hosts:
        assert re.fullmatch(r"\.?[a-z0-9-]+(\.[a-z0-9-]+)+", host), host
    for kind, scope in source.scopes.items():
        assert set(scope) <= set(KIND_BY_NAME[kind].KEY), f"the scope of {kind} is no part of its key"


@each_source
def test_the_docstring_says_what_is_measured_published_and_doubtful(source_id: str) -> None:
    source = discover_sources()[source_id]
    text = inspect.getdoc(inspect.getmodule(type(source))) or ""
    first, _, rest = text.partition("\n\n")
    assert "\n" not in first and len(first) <= 80, first
    places = [[m.start() for m in re.finditer(f"^{heading}", rest, re.MULTILINE)] for heading in HEADINGS]
    assert [len(p) for p in places] == [1, 1, 1], "each of Measures:, Published:, Caveats: begins one paragraph"
    assert places == sorted(places)
    assert len(source.caveats()) > 20 and source.caveats().endswith(".")


@each_source
def test_fetch_asks_declared_hosts_and_all_it_asks_is_answered(source_id: str) -> None:
    reading = read_live(source_id)
    declared = {*reading.source.hosts, *reading.source.cdn_hosts}
    for request in reading.requests:
        host = request.path.split("/")[1]
        assert any(host == d or (d.startswith(".") and host.endswith(d)) for d in declared), request.path
    for payload in reading.snapshot.payloads:
        assert urlsplit(payload.url).hostname in reading.source.hosts, payload.url
    assert reading.unscripted == (), f"tests/published/{source_id}.py does not serve these"
    names = Counter(p.name for p in reading.snapshot.payloads)
    assert not [name for name, n in names.items() if n > 1], "two bodies of a snapshot have one name"


@each_source
def test_every_kind_of_fact_is_read_and_nothing_is_refused(source_id: str) -> None:
    parsed = parse_live(source_id)
    assert sum(table.num_rows for table in parsed.tables.values()) > 0
    assert [r.reason for r in parsed.refused] == []


@each_source
def test_parse_is_deterministic_and_knows_no_clock_file_or_network(source_id: str) -> None:
    reading = read_live(source_id)
    once, again = list(reading.source.parse(reading.snapshot)), []
    assert _list_impure_calls(lambda: again.extend(reading.source.parse(reading.snapshot))) == []
    assert [type(a) for a in again] == [type(a) for a in once]
    assert again == once


@pytest.mark.parametrize(
    ("act", "caught"),
    [
        (lambda: datetime.now(UTC), "datetime.now"),
        (lambda: date.today(), "date.today"),
        (lambda: time.time(), "time"),
        (lambda: Path(__file__).read_bytes(), "open"),
        (lambda: date(2026, 11, 20).isoformat(), None),
    ],
)
def test_a_parser_with_a_clock_or_a_file_would_be_caught(act: Callable[[], Any], caught: str | None) -> None:
    assert _list_impure_calls(act) == ([caught] if caught else [])


def _list_impure_calls(act: Callable[[], Any]) -> list[str]:
    """The calls of the clock, of files and of the network that something makes, in order."""
    found: list[str] = []

    def watch(frame: FrameType, event: str, call: Any) -> None:
        # Hypothesis times the collector of garbage, which may come in the midst of a parser.
        if event != "c_call" or str(frame.f_globals.get("__name__", "")).startswith("hypothesis"):
            return
        owner = getattr(call, "__self__", None)
        if call.__name__ in _CLOCK and isinstance(owner, type):
            found.append(f"{owner.__name__}.{call.__name__}")
        elif call.__name__ in _IMPURE or (call.__name__ == "open" and getattr(owner, "__name__", "") in ("_io", "io")):
            found.append(call.__name__)

    sys.setprofile(watch)
    try:
        act()
    finally:
        sys.setprofile(None)
    return found


@each_source
def test_keys_and_addresses_are_unique_within_a_snapshot(source_id: str) -> None:
    """A key stands once in a body; where bodies overlap, it says the same in each."""
    keys = {p.key for p in read_live(source_id).snapshot.payloads}
    for kind, table in parse_live(source_id).tables.items():
        key = KIND_BY_NAME[kind].KEY
        assert _find_twice(table, ("payload_key", *key)) == [], f"two {kind} of one body have one key"
        said = [f.name for f in fields(KIND_BY_NAME[kind]) if f.name not in ("payload_key", "row_no")]
        distinct = {str([row[c] for c in said]): tuple(row[c] for c in key) for row in table.to_pylist()}
        assert len(set(distinct.values())) == len(distinct), f"two bodies give one key of {kind} different values"
        # The attributes of one row of the publisher's stand at its one address.
        more = ("attribute",) if kind == "model_attributes" else ()
        assert _find_twice(table, ("payload_key", "row_no", *more)) == [], f"two {kind} have one address"
        assert min(table["row_no"].to_pylist()) >= 0
        assert set(table["payload_key"].to_pylist()) <= keys


def _find_twice(table: pa.Table, columns: tuple[str, ...]) -> list[tuple[Any, ...]]:
    rows = zip(*(table[c].to_pylist() for c in columns), strict=True)
    return [row for row, n in Counter(rows).items() if n > 1]


@each_source
def test_names_licences_and_rights_of_rows_are_stated(source_id: str) -> None:
    for kind, row in list_rows(source_id):
        assert row["name_raw"] and row["name_raw"].strip(), (kind, row)
        assert row["licence_id"] in read_data("licences", "licence"), (kind, row["licence_id"])
        assert row["redistributable"] in get_args(Redistributable), (kind, row["redistributable"])
        if row["licence_id"] == "none-stated":
            assert row["redistributable"] == "no", f"{kind}: without a licence a row is not passed on"


@each_source
def test_scores_have_a_declared_benchmark_and_lie_within_its_bounds(source_id: str) -> None:
    for kind, row in list_rows(source_id):
        if kind != "scores":
            continue
        benchmark = read_data("benchmarks", "benchmark").get(row["benchmark_id"])
        assert benchmark is not None, f"data/benchmarks.toml has no {row['benchmark_id']!r}"
        low = row["value"] if row["low"] is None else row["low"]
        high = row["value"] if row["high"] is None else row["high"]
        assert low <= row["value"] <= high, row
        assert (row["low"] is None) == (row["high"] is None) == (row["interval_pct"] is None), row
        assert benchmark.get("floor", low) <= row["value"] <= benchmark.get("ceiling", high), row


def test_every_hand_written_publisher_belongs_to_a_source() -> None:
    assert set(find_published()) <= set(IDS)
