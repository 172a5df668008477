"""A day of the whole Hub as pages of JSON: rows read a second, and the memory it takes.

    python -m tests.bench --only bulk

The pages are made up in the Hub's shape, a thousand repositories each; the parser is the product's own. As Parquet
a day comes through the backfill, which has a benchmark of its own (tests.bench.backfill).
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import orjson

from ingest.source import Payload, Snapshot
from ingest.sources.hf_hub import HfHub
from tests.bench.figures import Figure
from tests.homes import ROOT

PAGE_ROWS = 1000
_AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
_CODE = "import sys; from tests.bench.bulk import read_pages; read_pages(int(sys.argv[1]))"


def measure_bulk(rows: int, rounds: int) -> list[Figure]:
    """Thousands of rows a second over some rows, and peak memory, each round in a process of its own."""
    rates, peaks = [], []
    for _ in range(rounds):
        words = [sys.executable, "-c", _CODE, str(rows)]
        done = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True)
        seconds, kilobytes = done.stdout.split()
        rates.append(rows / float(seconds) / 1e3)
        peaks.append(int(kilobytes) / 1e6)
    name = f"Hub pages as JSON, {rows / 1e6:g} M repositories"
    return [
        Figure("bulk", f"{name}: read (budget 100)", "k rows/s", rates),
        Figure("bulk", f"{name}: peak memory", "GB", peaks, budget=1),
    ]


def read_pages(rows: int) -> None:
    """Parse that many made-up repositories and print seconds and peak kilobytes; making pages is not counted."""
    import resource
    import time

    spent = 0.0
    for start in range(0, rows, 100 * PAGE_ROWS):  # as a snapshot of a hundred pages, the most held at once
        pages = tuple(_make_pages(start, min(rows, start + 100 * PAGE_ROWS)))
        snapshot = Snapshot("20261123T120000Z", "hf_hub", _AT, pages)
        began = time.perf_counter()
        for _ in HfHub().parse(snapshot):
            pass
        spent += time.perf_counter() - began
    print(spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def _make_pages(start: int, end: int) -> Iterator[Payload]:
    for number, first in enumerate(range(start, end, PAGE_ROWS), start=1):
        body = orjson.dumps([_make_row(n) for n in range(first, min(end, first + PAGE_ROWS))])
        name = f"derivatives:made/up:page{number}"
        url = f"https://huggingface.co/api/models?page={number}"
        yield Payload(number, "hf_hub", name, url, body, _AT, "fetched", _AT, _AT, "LIVE", "none-stated", "no", True)


def _make_row(n: int) -> dict[str, object]:
    return {
        "_id": f"{n:024x}",
        "id": f"org{n // 20}/model-{n}",
        "author": f"org{n // 20}",
        "downloads": 30_000_000 // (n + 1) + n % 50,
        "downloadsAllTime": 150_000_000 // (n + 1) + n % 50,
        "likes": n % 97,
        "createdAt": "2025-09-01T10:00:00.000Z",
        "pipeline_tag": "text-generation",
        "library_name": "transformers",
        "gated": False,
        "tags": [
            "transformers",
            "safetensors",
            "gpt_oss",
            "text-generation",
            "license:apache-2.0",
            f"base_model:org/{n % 9}",
        ],
    }
