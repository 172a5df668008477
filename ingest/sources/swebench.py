"""SWE-bench's leaderboards: software issues resolved by models and systems.

The only place that reports gpt-oss-120b as an agent on real repositories, but its licence allows no commercial
use, so the source is off by default: `landscape refresh swebench` reads it for those who may. A run that stands
on two boards is read once, and a board of a shape we do not know is an error rather than half a table.

Measures: percent of a board's issues resolved, without an interval. The bash-only board runs every model with
the same harness, mini-SWE-agent, on the 500 issues of SWE-bench Verified; on the boards Verified, Lite, Test and
Multimodal each entry is a system of somebody's own, whose name need not be a model's.

Published: data/leaderboards.json of the site's repository, undated, CC BY-NC 4.0. An entry states the day it was
submitted. Until July 2025 there was no bash-only board, and whether an entry was reproduced was called `verified`
instead of `checked`.

Caveats: Not for commercial use, never shipped or passed on. Since August 2025 every bash-only run is listed in
Verified a second time; it counts once, as bash-only. The harness itself changed between releases: the early
entries ran with version 0 or 1.0 of it, and its first board of July 2025 was measured anew. Entries that the
maintainers did not reproduce are flagged as unchecked. OpenAI has called the benchmark contaminated.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, timedelta
from typing import Any

from ingest.source import (
    FetchContext,
    Fetched,
    Parsed,
    Payload,
    Refused,
    Score,
    Snapshot,
    Source,
    SourceError,
)

_ID = "swebench"
_URL = "https://raw.githubusercontent.com/SWE-bench/swe-bench.github.io/master/data/leaderboards.json"
_BASH_ONLY, _HARNESS = "bash-only", "mini-swe-agent_version"
# The publisher's board -> ours, and its benchmark.
_BOARDS = {
    _BASH_ONLY: ("bash_only", "swe_bench_bash_only"),
    "Verified": ("verified", "swe_bench_verified_systems"),
    "Lite": ("lite", "swe_bench_lite_systems"),
    "Test": ("test", "swe_bench_test_systems"),
    "Multimodal": ("multimodal", "swe_bench_multimodal_systems"),
}


class _RowError(ValueError):
    """Why one entry cannot be read."""


class SweBench(Source):
    source_id = _ID
    title = "SWE-bench leaderboards"
    publisher = "SWE-bench"
    homepage = "https://www.swebench.com/"
    licence_id = "CC-BY-NC-4.0"
    licence_url = "https://creativecommons.org/licenses/by-nc/4.0/"
    attribution = "SWE-bench leaderboards, swebench.com."
    cadence_days = 14
    enabled = False
    hosts = ("raw.githubusercontent.com",)
    redistributable = "no"
    max_bytes = 50_000_000

    def fetch(self, context: FetchContext) -> Iterable[Fetched]:
        """The one file of all boards."""
        yield context.fetcher.get(_URL, name="leaderboards.json")

    def parse(self, snapshot: Snapshot) -> Iterator[Parsed]:
        """Scores in percent, one an entry and board; see `Source.parse`."""
        for payload in snapshot.payloads:
            boards = _read_boards(payload)
            entries = [e for e in boards.get(_BASH_ONLY, []) if isinstance(e, dict)]
            runs = {run for e in entries if (run := _name_run(e))}
            parsed: list[Score | Refused] = []
            first = 0
            for name, listed in boards.items():
                parsed += _read_board(payload, name, listed, first, runs if name == "Verified" else set())
                first += max(len(listed), 1)
            if not any(isinstance(p, Score) for p in parsed):
                raise SourceError(_ID, f"{payload.name} holds not one result; the last good file stays in use.")
            yield from parsed


def _read_boards(payload: Payload) -> dict[str, list[Any]]:
    """Entries by the publisher's name of the board, in the file's order. Raises SourceError."""
    try:
        document = json.loads(payload.body)  # it reads the NaN that Python writes, which costs an entry and no file
    except (ValueError, RecursionError) as error:
        what = "a web page" if payload.body.lstrip()[:1] == b"<" else f"no JSON ({error})"
        raise SourceError(_ID, f"{payload.name} is {what}; try later or open {payload.url}.") from error
    listed = document.get("leaderboards") if isinstance(document, dict) else None
    if not isinstance(listed, list) or not listed:
        raise SourceError(_ID, f"{payload.name} has no list of leaderboards; look at {payload.url}.")
    boards: dict[str, list[Any]] = {}
    for board in listed:
        name = board.get("name") if isinstance(board, dict) else None
        entries = board.get("results") if isinstance(board, dict) else None
        if not isinstance(name, str) or not isinstance(entries, list) or name in boards:
            raise SourceError(_ID, f"{payload.name} has a leaderboard without a name of its own or without results.")
        boards[name] = entries
    if not any(boards.get(name) for name in _BOARDS):
        raise SourceError(_ID, f"{payload.name} has no entry on any board we know; it has {', '.join(boards)[:300]}.")
    return boards


def _read_board(
    payload: Payload, name: str, entries: list[Any], first: int, doubled: set[tuple[str, str]]
) -> Iterator[Score | Refused]:
    """The entries of one board, numbered on from `first`, without those that stand on bash-only already.

    Of several entries of one name the newest stands for it; `run` tells the others by the folder they came in."""
    if name not in _BOARDS:
        reason = f"The board {name!r} is not one we know; its {len(entries)} entries were not read."
        yield Refused(payload.key, first, reason, json.dumps({"name": name}))
        return
    named: dict[str, list[tuple[date, str, Score]]] = {}
    for row_no, entry in enumerate(entries, start=first):
        try:
            if not isinstance(entry, dict):
                raise _RowError("is no object")
            if _name_run(entry) in doubled:
                continue
            score = _read_entry(payload, name, row_no, entry)
        except _RowError as error:
            told = {k: v for k, v in entry.items() if k != "per_instance_details"} if isinstance(entry, dict) else entry
            reason = f"Entry {row_no - first + 1} of {name} {error}."
            yield Refused(payload.key, row_no, reason, json.dumps(told, ensure_ascii=False))
            continue
        folder = entry["folder"] if isinstance(entry.get("folder"), str) else ""
        named.setdefault(score.name_raw, []).append((score.evaluated_on or date.min, folder, score))
    for group in named.values():
        ranked = sorted(group, key=lambda e: (e[0], e[1]), reverse=True)
        told = {""}
        for nth, (_, folder, score) in enumerate(ranked):
            yield replace(score, run="" if nth == 0 else folder if folder not in told else f"entry {nth + 1}")
            told.add(folder)


def _name_run(entry: Mapping[str, Any]) -> tuple[str, str] | None:
    """What a run is known by on every board: the folder it came in and its result."""
    folder = entry.get("folder")
    return (folder, str(entry.get("resolved"))) if isinstance(folder, str) and folder else None


def _read_entry(payload: Payload, board: str, row_no: int, entry: Mapping[str, Any]) -> Score:
    name, resolved = entry.get("name"), entry.get("resolved")
    if not isinstance(name, str) or not name.strip():
        raise _RowError("names nobody")
    if isinstance(resolved, bool) or not isinstance(resolved, (int, float)) or not 0 <= resolved <= 100:
        raise _RowError(f"has resolved {str(resolved)[:40]!r}, not a percentage")
    ours, benchmark = _BOARDS[board]
    checked = entry.get("checked", entry.get("verified"))
    flags = (("unchecked", checked is False), ("warning", entry.get("warning") is True))
    return Score(
        payload_key=payload.key,
        row_no=row_no,
        name_raw=name.strip(),
        redistributable="no",
        flags=tuple(flag for flag, holds in flags if holds),
        board=ours,
        edition=payload.first_observed_at.astimezone(UTC).date(),
        benchmark_id=benchmark,
        config_raw="harness=mini-SWE-agent" if board == _BASH_ONLY and entry.get(_HARNESS) else "",
        value=float(resolved),
        evaluated_on=_read_day(payload, entry),
    )


def _read_day(payload: Payload, entry: Mapping[str, Any]) -> date | None:
    """The day of submission, or None where none is stated."""
    text = entry.get("date")
    if text in (None, ""):
        return None
    try:
        day = date.fromisoformat(str(text))
    except ValueError as error:
        raise _RowError(f"has the date {str(text)[:40]!r}") from error
    if not date(2023, 1, 1) <= day <= payload.observed_at.date() + timedelta(days=1):
        raise _RowError(f"has the date {text}, which cannot be")
    return day
