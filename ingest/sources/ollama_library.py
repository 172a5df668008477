"""Ollama's library: how often each model was pulled, by two public mirrors.

Pulls show use on people's own machines, which no router or provider sees. Ollama serves no such list itself, so
two projects that read its pages daily are asked, one where the other is down or has gone blank. A list without a
single count is refused, however well it is formed: the last good counts stay.

Measures: pulls of a library entry since it appeared, per day (ollama_pulls, cumulative), with the step to which
the publisher rounds: 1,238 is exact, 90.7K is to 100, 10.9M is to 100,000.

Published: https://yuma-shintani.github.io/ollama-model-library/model.json and, where that is no use,
https://ollama-models.auditomatic.org/models.json, keyless, MIT, daily; the figures are from ollama.com/library.
Neither serves its past. The recorded past was put together from both projects' repositories and bears the dates of
their commits.

Caveats: Rounded, so a day's or week's difference above a million is a staircase of 100,000. An entry pools the
sizes of a family: gpt-oss is 20b and 120b together, cloud tags included. A pull is a download, repeated ones too,
not a user. The first mirror has served blank fields since 2026-07-16.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from ingest.source import Counter, FetchContext, Fetched, Parsed, Payload, Refused, Snapshot, Source, SourceError

FIRST = "https://yuma-shintani.github.io/ollama-model-library/model.json"
SECOND = "https://ollama-models.auditomatic.org/models.json"
_REPOSITORY = {FIRST: "yuma-shintani/ollama-model-library", SECOND: "auditomatic/ollama-models-registry"}
_UNITS = {"": 1, "K": 1_000, "M": 1_000_000, "B": 1_000_000_000}
_COUNT = re.compile(r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,15})(?:\.([0-9]))?([KMB]?)")


class OllamaLibrary(Source):
    """Pull counts of Ollama's library, as mirrored."""

    source_id = "ollama_library"
    title = "Ollama library"
    publisher = "Ollama, mirrored by yuma-shintani and auditomatic"
    homepage = "https://ollama.com/library"
    licence_id = "MIT"
    licence_url = "https://github.com/yuma-shintani/ollama-model-library"
    attribution = (
        "Ollama library via yuma-shintani/ollama-model-library (MIT) and auditomatic/ollama-models-registry (MIT)"
    )
    cadence_days = 1
    hosts = ("yuma-shintani.github.io", "ollama-models.auditomatic.org")
    max_bytes = 20_000_000

    def fetch(self, context: FetchContext) -> Iterator[Fetched]:
        """The first mirror's list, and the second's where the first is down or without counts.

        What the first served is kept all the same. Raises SourceError when neither has a count.
        """
        try:
            first = context.fetcher.get(FIRST, name="model.json")
        except SourceError as error:
            context.report(f"the first mirror was not read ({error.message}); the second was asked.")
        else:
            yield first
            try:
                _read_list(first.body)
                return
            except ValueError as error:
                context.report(f"the first mirror is of no use ({error}); the second was asked.")
        yield context.fetcher.get(SECOND, name="models.json")

    def parse(self, snapshot: Snapshot) -> Iterator[Parsed]:
        """Counter rows of either mirror's list and of recorded histories. A list that is of no use beside one that
        is becomes one refused row; alone it is a SourceError."""
        useless: list[tuple[Payload, str]] = []
        for payload in snapshot.payloads:
            try:
                rows = _read_history(payload) if payload.name.endswith(".csv") else _read_mirror(payload)
            except ValueError as error:
                useless.append((payload, str(error)))
                continue
            yield from rows
        for payload, reason in useless:
            if len(useless) == len(snapshot.payloads):
                raise SourceError(
                    self.source_id, f"{payload.name}: {reason}; the last good counts stay. Look at {payload.url}."
                )
            yield Refused(payload.key, 0, f"{payload.name}: {reason}.", json.dumps({"url": payload.url}))


@dataclass(frozen=True, slots=True)
class _Listing:
    """What a mirror says: its shape's own repository, the day it states, and each entry's count as worded."""

    origin: str
    stated_on: date | None
    counts: list[tuple[object, object]]


def read_count(text: object) -> tuple[float, float | None]:
    """ "10.9M" -> 10,900,000 to the nearest 100,000; "1,238" exactly. "12M" is 12.0M, as the days before and after
    show. Raises ValueError."""
    found = _COUNT.fullmatch(text.strip().upper()) if isinstance(text, str) else None
    if not found or (found[2] and not found[3]):
        raise ValueError(f"the pull count is {text!r}, no count")
    unit = _UNITS[found[3]]
    value = Decimal(f"{found[1].replace(',', '')}.{found[2] or 0}") * unit
    return float(value), unit / 10 if unit > 1 else None


def _read_list(body: bytes) -> _Listing:
    """Either mirror's shape, told apart by what it is. Raises ValueError where no entry has a count."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"it is no JSON and begins {body[:60]!r}") from error
    if isinstance(document, list):
        entries = [e if isinstance(e, dict) else {} for e in document]
        listing = _Listing(_REPOSITORY[FIRST], None, [(e.get("name"), e.get("pullCount")) for e in entries])
    elif isinstance(document, dict) and isinstance(document.get("models"), dict):
        models: Mapping[str, Any] = document["models"]
        counts = [(name, e.get("pullCount") if isinstance(e, dict) else None) for name, e in models.items()]
        listing = _Listing(_REPOSITORY[SECOND], _read_day(document.get("lastUpdated")), list(counts))
    else:
        raise ValueError("it is no list of models")
    if not listing.counts:
        raise ValueError("it lists no model")
    if all(count is None or (isinstance(count, str) and not count.strip()) for _, count in listing.counts):
        raise ValueError(f"every one of its {len(listing.counts)} pull counts is blank")
    return listing


def _read_day(text: object) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if isinstance(text, str) else None
    except ValueError:
        return None


def _read_mirror(payload: Payload) -> list[Parsed]:
    """One row an entry. The day is the one the mirror states, else the one on which this body first appeared: a
    mirror that stands still gives no fresh days. Raises ValueError."""
    listing = _read_list(payload.body)
    day = payload.first_observed_at.date()
    if listing.stated_on:
        day = min(listing.stated_on, payload.observed_at.date())
    rows: list[Parsed] = []
    seen: set[str] = set()
    for row_no, (name, text) in enumerate(listing.counts):
        try:
            if not isinstance(name, str) or not name.strip():
                raise ValueError(f"the entry's name is {name!r}")
            if name in seen:
                raise ValueError(f"{name} is listed twice; the first was used")
            value, step = read_count(text)
        except ValueError as error:
            told = json.dumps({"name": name, "pullCount": text}, ensure_ascii=False)
            rows.append(Refused(payload.key, row_no, f"{name}: {error}.", told))
            continue
        seen.add(name)
        rows.append(
            Counter(
                payload_key=payload.key,
                row_no=row_no,
                name_raw=name,
                origin=listing.origin,
                metric="ollama_pulls",
                day=day,
                value=value,
                step=step,
                is_cumulative=True,
            )
        )
    if not seen:
        raise ValueError("none of its pull counts can be read")
    return rows


def _read_history(payload: Payload) -> list[Parsed]:
    """Rows of a history by commit date; each says which mirror's repository it is from. Raises ValueError."""
    reader = csv.DictReader(io.StringIO(payload.body.decode("utf-8", "replace")))
    wanted = {"date", "model", "pull_count_text", "source_repo"}
    if not wanted <= set(reader.fieldnames or ()):
        raise ValueError(f"its columns are {', '.join(reader.fieldnames or ()) or 'none'}")
    rows: list[Parsed] = []
    read_any = False
    for row_no, row in enumerate(reader):
        try:
            value, step = read_count(row["pull_count_text"])
            day = date.fromisoformat(row["date"] or "")
            if day > payload.observed_at.date():
                raise ValueError(f"its date {day} lies after the file's own")
            if not row["model"]:
                raise ValueError("it names no model")
        except ValueError as error:
            rows.append(Refused(payload.key, row_no, f"{row['model']}: {error}.", json.dumps(row, default=str)))
            continue
        read_any = True
        rows.append(
            Counter(
                payload_key=payload.key,
                row_no=row_no,
                name_raw=row["model"],
                origin=row["source_repo"] or None,
                observed_at=datetime.combine(day, time(0), UTC),
                observed_kind="commit_date",
                metric="ollama_pulls",
                day=day,
                value=value,
                step=step,
                is_cumulative=True,
            )
        )
    if not read_any:
        raise ValueError("it has no row that can be read")
    return rows
