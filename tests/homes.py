"""Homes for tests: a folder used as LANDSCAPE_HOME, and the real command run on it in this process.

Every test that asks for stored facts goes through the command line or the reader, as a person would. The
environment is set for one call and put back, and settings of the machine (keys, proxies, another database)
are left out, so that a test says the same everywhere.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner, Result

import ingest.measuring
from ingest.__main__ import main
from ingest.archive import Archive
from ingest.fold import KIND_BY_NAME
from ingest.store import Reader

ROOT = Path(__file__).parents[1]
# What a machine may have set, and a test must not depend on.
_FOREIGN = (
    "LANDSCAPE_DATABASE",
    "LANDSCAPE_NOW",
    "HF_TOKEN",
    "HF_ENDPOINT",
    "OPENROUTER_API_KEY",
    "REQUESTS_CA_BUNDLE",
    *(f(f"{scheme}_proxy") for scheme in ("http", "https", "all", "no") for f in (str.lower, str.upper)),
)
_RELATIONS = (*KIND_BY_NAME, "listings", "payloads", "quarantine")
_CHOOSE_INSTANTS = ingest.measuring.choose_instants

Fingerprint = dict[str, tuple[int, str]]


@contextmanager
def use_home(home: Path) -> Iterator[Path]:
    """Point LANDSCAPE_HOME at a folder, every other setting aside, until the context ends."""
    with pytest.MonkeyPatch.context() as patch:
        for name in _FOREIGN:
            patch.delenv(name, raising=False)
        patch.setenv("LANDSCAPE_HOME", str(home))
        yield home


def run_landscape(home: Path, *words: str | Path) -> Result:
    """`landscape WORDS` on a home. A traceback is the test's failure, never a result."""
    with use_home(home):
        return CliRunner().invoke(main, [str(w) for w in words], catch_exceptions=False)


@contextmanager
def measure_instants(*, every: bool) -> Iterator[None]:
    """Let what is published in this process be measured at every instant, or at the newest alone.

    A home of a few rows spends half of a publish on the month ends since the release, which say nothing of how a
    source is read or fails."""
    choose = _CHOOSE_INSTANTS if every else lambda con, asked=(): _CHOOSE_INSTANTS(con, asked)[-1:]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingest.measuring, "choose_instants", choose)
        yield


def describe_process(home: Path) -> tuple[list[str], dict[str, str]]:
    """Command prefix and environment that run `landscape` on a home in a process of its own."""
    with use_home(home):
        return [sys.executable, "-m", "ingest"], dict(os.environ)


def ask(home: Path, query: str, as_of: str | None = None) -> list[dict[str, Any]]:
    """Rows of `landscape sql` as dictionaries."""
    done = run_landscape(home, "sql", query, "--format", "json", *(("--as-of", as_of) if as_of else ()))
    assert done.exit_code == 0, done.output
    rows: list[dict[str, Any]] = orjson.loads(done.stdout)
    return rows


def ask_csv(home: Path, query: str, as_of: str | None = None) -> list[list[str]]:
    """Rows of `landscape sql --format csv`, the header left out."""
    done = run_landscape(home, "sql", query, "--format", "csv", *(("--as-of", as_of) if as_of else ()))
    assert done.exit_code == 0, done.output
    return list(csv.reader(io.StringIO(done.stdout)))[1:]


def copy_home(home: Path, to: Path) -> Path:
    """A home of one's own, to write into."""
    return shutil.copytree(home, to)


def list_archived(home: Path) -> dict[tuple[str, str], str]:
    """(source, snapshot) -> hash of its file, for everything a home has archived."""
    root = home / "raw"
    return {
        (source, snapshot): hashlib.sha256((root / source / f"{snapshot}.zip").read_bytes()).hexdigest()
        for source, snapshot in Archive(root).walk()
    }


def take_fingerprint(home: Path) -> Fingerprint:
    """Rows and hash of every stored fact relation and the measures, whatever order rows lie in.

    `recorded_at` is left out: it is the clock of the run that archived a body, so two homes differ in it.
    """
    found: Fingerprint = {}
    reader = Reader(home / "landscape.duckdb")
    with reader.open_cursor() as cursor:
        for relation in (*(f"stored.{r}" for r in _RELATIONS), "main.measures"):
            columns = ", ".join(c for c, *_ in cursor.execute(f"describe {relation}").fetchall() if c != "recorded_at")
            [(rows, digest)] = cursor.execute(
                "select count(*), md5(coalesce(string_agg(line, chr(10) order by line), '')) "
                f"from (select to_json(t)::varchar as line from (select {columns} from {relation}) t)"
            ).fetchall()
            found[relation] = rows, digest
    reader.close()
    return found
