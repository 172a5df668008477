"""OpenRouter's rankings: tokens per model and day through one router.

Where developers may choose among hundreds of models with one line, their choice shows whether open weights take
work from closed ones. The file reads the daily list as it stands: a model below its end is unknown, never 0, and no
day is filled in between two.

Measures: tokens (prompt and completion) of the 50 most used models of a UTC day, each one's share of all tokens of
the day, its rank, and the rest pooled as `other`.

Published: daily at https://openrouter.ai/api/v1/datasets/rankings-daily with any free key (OPENROUTER_API_KEY), from
2025-01-01 on, at most 366 days a request; without a key the export files listed in
https://openrouter.ai/api/v1/datasets/exports/index.json. CC BY 4.0, to be cited with the date it was generated.

Caveats: One router's traffic, not the market's: free promotions and single large customers move it. Each vendor
counts tokens by its own tokenizer. A model below rank 50 is unknown, not 0. Free variants are names of their own.
Models under a code name cannot be told open or closed. The day on which a list was generated is not over and is
flagged partial.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ingest.source import FetchContext, Fetched, Parsed, Payload, Refused, Snapshot, Source, SourceError, Usage

DATASETS = "https://openrouter.ai/api/v1/datasets"
_KEY = "OPENROUTER_API_KEY"
_FLOOR = date(2025, 1, 1)
_WINDOW_DAYS = 366
# Keyless files are one a day and nobody says how far back they go: no more than a month of them is asked for.
_MOST_DAYS = 31
_REST = "other"


class OpenRouterRankings(Source):
    """The daily list of the 50 most used models."""

    source_id = "openrouter_rankings"
    title = "OpenRouter rankings"
    publisher = "OpenRouter"
    homepage = "https://openrouter.ai/rankings"
    licence_id = "CC-BY-4.0"
    licence_url = "https://creativecommons.org/licenses/by/4.0/"
    attribution = (
        "Source: OpenRouter (openrouter.ai/rankings), as of each row's date of observation. Licensed under CC BY 4.0."
    )
    cadence_days = 1
    needs_key = _KEY
    hosts = ("openrouter.ai",)
    max_bytes = 50_000_000

    def fetch(self, context: FetchContext) -> Iterator[Fetched]:
        """The days since the last read (all of them at first) with a key, else the keyless exports.

        Raises SourceError when neither route serves a ranking.
        """
        refused = "it is not set"
        if context.settings.get(_KEY):
            try:
                answers = list(_fetch_windows(context))
            except SourceError as error:
                refused = error.message
                context.report(f"the rankings were not served with the key ({refused}); the exports were asked.")
            else:
                yield from answers
                return
        try:
            yield from _fetch_exports(context)
        except SourceError as error:
            raise SourceError(
                self.source_id,
                f"no ranking was read: without {_KEY} ({refused}) only the export files remain, and "
                f"{error.message.rstrip('.')}; what was read before stays. Set a free key of openrouter.ai.",
            ) from error

    def parse(self, snapshot: Snapshot) -> Iterator[Parsed]:
        """Usage rows of every list; the index of the exports holds none."""
        for payload in snapshot.payloads:
            if payload.name == "index.json":
                continue
            try:
                rows, as_of = _read_list(payload.body)
            except ValueError as error:
                raise SourceError(
                    self.source_id, f"{payload.name}: {error}; look at {payload.url or 'the archived body'}."
                ) from error
            yield from _read_days(payload, rows, as_of or payload.observed_at)


def _fetch_windows(context: FetchContext) -> Iterator[Fetched]:
    """Windows from the month before the last read's on, since days are restated; they end with yesterday."""
    last = datetime.now(UTC).date() - timedelta(days=1)
    told = context.settings.get("last_read")
    start = _FLOOR
    if told:
        start = max(_FLOOR, (datetime.fromisoformat(told).date().replace(day=1) - timedelta(days=1)).replace(day=1))
    while start <= last:
        end = min(start + timedelta(days=_WINDOW_DAYS - 1), last)
        url = f"{DATASETS}/rankings-daily?start_date={start}&end_date={end}"
        yield context.fetcher.get(url, name=f"rankings-daily/{start}.json")
        start = end + timedelta(days=1)


def _fetch_exports(context: FetchContext) -> Iterator[Fetched]:
    """The index, the newest file, and the dated ones before it down to the last read or the first missing."""
    index = context.fetcher.get(f"{DATASETS}/exports/index.json", name="index.json")
    name, newest, days = _find_export(context, index)
    yield index
    yield newest
    if len(days) != 1:
        return
    told = context.settings.get("last_read")
    since = datetime.fromisoformat(told).date() - timedelta(days=1) if told else _FLOOR
    for back in range(1, _MOST_DAYS):
        day = days[0] - timedelta(days=back)
        if day < since:
            return
        try:
            yield context.fetcher.get(f"{DATASETS}/exports/{name}/{day}.json", name=f"{name}/{day}.json")
        except SourceError as error:
            if "answered 404" in error.message:
                return
            raise


def _find_export(context: FetchContext, index: Fetched) -> tuple[str, Fetched, list[date]]:
    """The first export named after rankings whose newest file is one, with the days it holds. Raises SourceError."""
    try:
        named = _name_exports(json.loads(index.body))
    except (ValueError, RecursionError) as error:
        raise SourceError("openrouter_rankings", f"{index.url} is no JSON ({error}).") from error
    told = f"{index.url} names no export of rankings."
    for name in named[:3]:
        url = f"{DATASETS}/exports/{name}/latest.json"
        newest = context.fetcher.get(url, name=f"{name}/latest.json")
        try:
            rows, _ = _read_list(newest.body)
        except ValueError as error:
            told = f"{url} is no ranking as we know it ({error})."
            continue
        return name, newest, _list_days(rows)
    raise SourceError("openrouter_rankings", told)


def _list_days(rows: list[dict[str, Any]]) -> list[date]:
    stated = {str(row.get("date")) for row in rows}
    return sorted(date.fromisoformat(text) for text in stated if re.fullmatch(r"20\d\d-[01]\d-[0-2]\d", text))


def _name_exports(document: object) -> list[str]:
    """Names in the index that speak of rankings, whatever its shape; the daily one of models first."""
    found: set[str] = set()

    def walk(node: object) -> None:
        if isinstance(node, dict):
            for key, value in node.items():
                walk(key)
                walk(value)
        elif isinstance(node, list):
            for item in node:
                walk(item)
        elif isinstance(node, str):
            name = node.rpartition("/exports/")[2].partition("/")[0]
            if re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,80}", name) and "rank" in name:
                found.add(name)

    walk(document)
    return sorted(found, key=lambda n: (n != "rankings-daily", "model" not in n, "daily" not in n, n))


def _read_list(body: bytes) -> tuple[list[dict[str, Any]], datetime | None]:
    """Rows of a list and the instant it was generated, where it says. Raises ValueError."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"it is no JSON and begins {body[:60]!r}") from error
    rows = document.get("data") if isinstance(document, dict) else document
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise ValueError("it is no list of days")
    wanted = {"date", "model_permaslug", "total_tokens"}
    if not any(wanted <= set(row) for row in rows):
        raise ValueError(f"its rows have {', '.join(sorted(map(str, rows[0]))[:8]) or 'no column'}")
    meta = document.get("meta") if isinstance(document, dict) else None
    try:
        as_of = datetime.fromisoformat(meta["as_of"]) if isinstance(meta, dict) else None
    except (KeyError, TypeError, ValueError):
        as_of = None
    return rows, as_of and (as_of if as_of.tzinfo else as_of.replace(tzinfo=UTC))


@dataclass(slots=True)
class _Day:
    """One day's rows as read, and whether any of its rows could not be."""

    rows: list[Usage] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    is_whole: bool = True


def _read_days(payload: Payload, rows: list[dict[str, Any]], as_of: datetime) -> Iterator[Parsed]:
    """Every row, its share and rank among its day's; without them where a row of the day could not be read."""
    days: dict[date | None, _Day] = {}
    for row_no, row in enumerate(rows):
        day = None
        try:
            day = _read_day(row.get("date"), as_of)
            entry = days.setdefault(day, _Day())
            usage = _read_row(payload.key, row_no, day, row)
            if usage.name_raw in entry.names:
                raise ValueError("it is listed twice that day; the first was used")
        except ValueError as error:
            days.setdefault(day, _Day()).is_whole = False
            told = json.dumps(row, ensure_ascii=False, default=str)
            yield Refused(payload.key, row_no, f"{row.get('date')}, {row.get('model_permaslug')}: {error}.", told)
            continue
        entry.names.add(usage.name_raw)
        entry.rows.append(usage)
    for day, entry in days.items():
        flags = ("partial",) if day is not None and day >= as_of.astimezone(UTC).date() else ()
        for usage in _rank(entry):
            yield replace(usage, flags=flags)


def _rank(day: _Day) -> Iterator[Usage]:
    """Rows with their rank among the models, and their share where the rest of the day is in the list too."""
    if not day.is_whole:
        yield from day.rows
        return
    total = sum(row.tokens for row in day.rows) if any(row.is_rest for row in day.rows) else 0.0
    higher = sorted((row.tokens for row in day.rows if not row.is_rest), reverse=True)
    for row in day.rows:
        rank = None if row.is_rest else higher.index(row.tokens) + 1
        yield replace(row, rank=rank, share=row.tokens / total if total else None)


def _read_day(text: object, as_of: datetime) -> date:
    day = date.fromisoformat(text) if isinstance(text, str) and len(text) == 10 else None
    if day is None or not _FLOOR <= day <= as_of.astimezone(UTC).date():
        raise ValueError("the date is none of the dataset's days")
    return day


def _read_row(payload_key: int, row_no: int, day: date, row: dict[str, Any]) -> Usage:
    name, tokens = row.get("model_permaslug"), row.get("total_tokens")
    if not isinstance(name, str) or not name.strip():
        raise ValueError(f"the model is {name!r}")
    if isinstance(tokens, bool) or not re.fullmatch("[0-9]{1,20}", str(tokens)):
        raise ValueError(f"the tokens are {tokens!r}, no whole number")
    return Usage(
        payload_key=payload_key,
        row_no=row_no,
        name_raw=name,
        day=day,
        tokens=float(str(tokens)),
        is_free_variant=name.endswith(":free"),
        is_rest=name == _REST,
    )
