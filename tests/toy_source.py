"""A publisher small enough to reason about: prices of a few listings, as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb

from ingest.archive import Archive, NewPayload
from ingest.source import (
    FetchContext,
    Fetched,
    Parsed,
    Price,
    Score,
    Snapshot,
    Source,
    SourceError,
)
from ingest.store import DATA

START = datetime(2026, 1, 1, 12, 30, tzinfo=UTC)


class Toy(Source):
    """Bodies are {"prices": {listing: usd}, "scores": {name: [published day, value]}}; keys may be left out."""

    source_id = "toy"
    title = publisher = "Toy"
    homepage = licence_url = "https://toy.example"
    licence_id = "MIT"
    attribution = "Toy."
    cadence_days = 1
    hosts = ("toy.example",)

    def fetch(self, context: FetchContext) -> Iterable[Fetched]:
        """One body."""
        return [context.fetcher.get("https://toy.example/prices.json")]

    def parse(self, snapshot: Snapshot) -> Iterator[Parsed]:
        """A price per listing and a score per name and published day."""
        for p in snapshot.payloads:
            try:
                body = json.loads(p.body)
            except ValueError as e:
                raise SourceError("toy", "the body is no JSON.") from e
            for n, (listing, usd) in enumerate(body.get("prices", {}).items()):
                yield Price(
                    payload_key=p.key,
                    row_no=n,
                    name_raw=listing,
                    provider="host",
                    provider_name="Host",
                    listing_id=listing,
                    input_usd_per_mtok=usd,
                    output_usd_per_mtok=usd,
                )
            for n, (name, (day, value)) in enumerate(body.get("scores", {}).items()):
                published = date(2026, 1, 1) + timedelta(days=day)
                yield Score(
                    payload_key=p.key,
                    row_no=100 + n,
                    name_raw=name,
                    board="b",
                    edition=published,
                    published_on=published,
                    benchmark_id="b",
                    value=value,
                    observed_kind="publish_date",
                    observed_at=datetime(published.year, published.month, published.day, tzinfo=UTC),
                )


def make_database() -> duckdb.DuckDBPyConnection:
    """A writer's database in memory."""
    con = duckdb.connect()
    con.execute((DATA / "sql" / "schema.sql").read_text())
    return con


def add_snapshot(
    archive: Archive, hour: int, body: object, *, complete: bool = True, recorded: datetime = START
) -> str:
    """Archive one toy body observed some hours after the start."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return archive.write(
        "toy",
        [
            NewPayload(
                url="https://toy.example/prices.json",
                name="prices.json",
                body=data,
                observed_at=START + timedelta(hours=hour),
                observed_kind="fetched",
                kind="LIVE",
                licence_id="MIT",
                redistributable="yes",
                complete=complete,
            )
        ],
        recorded,
    )


def make_archive(folder: Path) -> Archive:
    """An empty archive."""
    return Archive(folder / "raw")
