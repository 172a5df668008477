"""Epoch AI: the Epoch Capabilities Index, its inputs and benchmark difficulties.

The index places models of every year on one scale, which no single benchmark does, so it is our
measure of capability. Every update overwrites the last, so what we archive is the only past there is.
This reader refuses to guess: unknown columns are an error, and a name with two different values is
quarantined, not averaged.

Measures: `eci`, in index points (GPT-5 = 150, Claude 3.5 Sonnet = 130 by definition), with a 90 %
interval; `inputs`, the performances the index is fitted to, where 0 is chance and 1 the benchmark's
ceiling; the difficulty of each benchmark on the index's own scale.

Published: three CSV files at epoch.ai/data, about weekly, CC BY 4.0, undated. Until autumn 2026 also as
epoch_capabilities_index.csv in benchmark_data.zip, one row per version of a model; since, the zip holds
epoch_capabilities_index/eci_scores.csv.

Caveats: Every update refits the whole index, so two values are comparable only within one edition,
and an edition is dated by the day we first saw it. The two anchors of the scale have no interval. A
model needs results on at least four benchmarks to be scored. Older files give no intervals and repeat
a model's value for each of its versions; where those values disagree the name is quarantined. The
inputs mix Epoch's own runs with results reported by others, whose licences stay with them; a model's
versions are kept apart beside its name.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, timedelta
from pathlib import PurePosixPath
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from ingest.source import (
    BenchmarkDifficulty,
    FetchContext,
    Fetched,
    ModelAttribute,
    Parsed,
    Payload,
    Refused,
    Score,
    Snapshot,
    Source,
    SourceError,
)

_ID = "epoch_eci"
_FILES = ("eci_scores.csv", "edi_scores.csv", "eci_benchmarks.csv")
_INDEX_IN_ZIP = ("epoch_capabilities_index.csv", "eci_scores.csv")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_SCORE_SAYS = {
    "date": "released_on",
    "Organization": "developer",
    "Country (of organization)": "country",
    "Model accessibility": "accessibility",
    "Display name": "name",
}
# `Display name` is left out here: it is the version's ("GPT-5.4 (high)"), not the model's.
_VERSION_SAYS = {
    "Release date": "released_on",
    "Organization": "developer",
    "Country": "country",
    "Model accessibility": "accessibility",
}
# The name of an input, first stated wins: `model` is the name the index scores (222 of 222 on 2026-08-11), while
# `Model` merges dated snapshots that the index keeps apart and is blank on 90 of 2,249 rows.
_INPUT_NAMES = ("model", "Model")
# Results first published by ARC Prize, Artificial Analysis, METR (who forbid passing them on), Scale and
# Vals (whose leave we do not have): read and marked, never in the seed or an export.
_RESERVED = frozenset({"ARC-AGI", "ARC-AGI-2", "CritPt", "HLE", "METR Time Horizons", "ProofBench"})

Row = Mapping[str, str]
_Facts = tuple[Score | BenchmarkDifficulty, list[ModelAttribute]]


class _RowError(ValueError):
    """Why one row cannot be read."""


class _Layout(NamedTuple):
    """Columns a file must have, and how one of its rows becomes facts (None: a model not scored)."""

    required: tuple[str, ...]
    read: Callable[[Payload, int, Row], _Facts | None]


class EpochEci(Source):
    source_id = _ID
    title = "Epoch Capabilities Index"
    publisher = "Epoch AI"
    homepage = "https://epoch.ai/benchmarks"
    licence_id = "CC-BY-4.0"
    licence_url = "https://creativecommons.org/licenses/by/4.0/"
    attribution = "Epoch AI, 'Epoch Capabilities Index'. Published online at epoch.ai."
    cadence_days = 7
    required = True
    hosts = ("epoch.ai",)
    max_bytes = 50_000_000

    def fetch(self, context: FetchContext) -> Iterable[Fetched]:
        """The three files of one edition; one that fails fails the snapshot, which is small."""
        for name in _FILES:
            yield context.fetcher.get(f"https://epoch.ai/data/{name}", name=name)

    def parse(self, snapshot: Snapshot) -> Iterator[Parsed]:
        """Scores in index points, inputs in 0..1, difficulties and attributes; see `Source.parse`."""
        tables = [(payload, *_read_table(payload, self.max_bytes)) for payload in snapshot.payloads]
        for payload, layout, lines in tables:
            yield from _read_facts(payload, layout, lines)


def _read_table(payload: Payload, max_bytes: int) -> tuple[_Layout, list[list[str]]]:
    """The layout and the lines, header first, of a payload's CSV file. Raises SourceError."""
    name, body = _unpack(payload, max_bytes)
    if body.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        raise SourceError(_ID, f"{name} is a web page, not a CSV file; try later or open {payload.url}.")
    if not body.strip():
        raise SourceError(_ID, f"{name} is empty; the last good file stays in use.")
    try:
        lines = [r for r in csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True) if r]
    except UnicodeDecodeError as error:
        raise SourceError(_ID, f"{name} is not UTF-8 text ({error}); look at the archived body.") from error
    except csv.Error as error:
        raise SourceError(_ID, f"{name} is no whole CSV file ({error}); fetch it again.") from error
    layout = _find_layout(name, lines[0])
    if len(lines) == 1:
        raise SourceError(_ID, f"{name} has a header and no rows; the last good file stays in use.")
    # The publisher ends every line, so an unended one may hold half a number.
    if not body.endswith(b"\n") or len(lines[-1]) < len(lines[0]):
        raise SourceError(_ID, f"{name} is cut short in row {len(lines) - 1}; fetch it again.")
    return layout, lines


def _unpack(payload: Payload, max_bytes: int) -> tuple[str, bytes]:
    """A file's base name and bytes; of a zip, the file its url's fragment names, else the index."""
    url = urlsplit(payload.url)
    name = PurePosixPath(url.fragment or url.path or payload.name).name
    if not payload.body.startswith(b"PK"):
        return name, payload.body
    wanted = (url.fragment, *_INDEX_IN_ZIP) if url.fragment else _INDEX_IN_ZIP
    try:
        with zipfile.ZipFile(io.BytesIO(payload.body)) as archive:
            members = {PurePosixPath(i.filename).name: i for i in archive.infolist()}
            found = next((n for n in wanted if n in members), None)
            if found is None:
                raise SourceError(_ID, f"{name} holds none of {', '.join(wanted)}; its layout has changed.")
            if members[found].file_size > max_bytes:
                raise SourceError(_ID, f"{found} in {name} is over {max_bytes:,} bytes; refused unread.")
            return found, archive.read(members[found])
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise SourceError(_ID, f"{name} is a broken zip file ({error}); fetch it again.") from error


def _find_layout(name: str, columns: list[str]) -> _Layout:
    """The layout a file's name allows and its columns fulfil. Raises SourceError naming both sides."""
    allowed = _LAYOUTS.get(name.split(".")[0], (_SCORES, _VERSIONS, _DIFFICULTIES, _INPUTS))
    for layout in allowed:
        if set(layout.required) <= set(columns):
            return layout
    missing = " or ".join(", ".join(c for c in x.required if c not in columns) for x in allowed)
    raise SourceError(_ID, f"{name} lacks the columns {missing}; it has {', '.join(columns)[:500]}.")


def _read_facts(payload: Payload, layout: _Layout, lines: list[list[str]]) -> Iterator[Parsed]:
    """Facts of all rows. Rows with one key are one fact when they agree, and refused when they do not."""
    groups: dict[tuple[Any, ...], list[tuple[int, Row, _Facts]]] = {}
    for row_no, cells in enumerate(lines[1:]):
        if len(cells) != len(lines[0]):
            yield _refuse(payload, row_no, cells, f"The row has {len(cells)} cells of {len(lines[0])}.")
            continue
        row = dict(zip(lines[0], cells, strict=True))
        try:
            facts = layout.read(payload, row_no, row)
        except _RowError as error:
            yield _refuse(payload, row_no, row, str(error))
            continue
        if facts is not None:
            key = tuple(getattr(facts[0], column) for column in facts[0].KEY)
            groups.setdefault(key, []).append((row_no, row, facts))
    for group in groups.values():
        first = group[0][2][0]
        if any(replace(facts[0], row_no=first.row_no) != first for _, _, facts in group):
            reason = f"{first.name_raw!r} has {len(group)} rows with different values; none is said to hold."
            yield from (_refuse(payload, row_no, row, reason) for row_no, row, _ in group)
            continue
        yield first
        yield from _agreed([fact for _, _, facts in group for fact in facts[1]])


def _agreed(attributes: Iterable[ModelAttribute]) -> Iterator[ModelAttribute]:
    """One of each attribute whose statements agree: versions' own release dates are not their model's."""
    stated: dict[str, dict[str, ModelAttribute]] = {}
    for fact in attributes:
        stated.setdefault(fact.attribute, {}).setdefault(fact.value, fact)
    yield from (next(iter(facts.values())) for facts in stated.values() if len(facts) == 1)


def _refuse(payload: Payload, row_no: int, row: Row | list[str], reason: str) -> Refused:
    return Refused(payload.key, row_no, reason, json.dumps(row, ensure_ascii=False))


def _read_score(payload: Payload, row_no: int, row: Row) -> _Facts:
    """A row of eci_scores.csv: the index with its interval, and what it says of the model."""
    name = _need(row, "Model")
    low, high = _number_or_none(row, "eci_ci_low"), _number_or_none(row, "eci_ci_high")
    score = Score(
        payload_key=payload.key,
        row_no=row_no,
        name_raw=name,
        board="eci",
        benchmark_id="eci",
        edition=_edition(payload),
        value=_number(row, "eci"),
        low=low,
        high=high,
        interval_pct=None if low is None or high is None else 90,
    )
    return score, _read_attributes(score, payload, row, _SCORE_SAYS)


def _read_version(payload: Payload, row_no: int, row: Row) -> _Facts | None:
    """A row of epoch_capabilities_index.csv: the index of the version's model; blank is not scored."""
    if not row["ECI Score"].strip():
        return None
    name = _need(row, "Model name")
    score = Score(
        payload_key=payload.key,
        row_no=row_no,
        name_raw=name,
        board="eci",
        benchmark_id="eci",
        edition=_edition(payload),
        value=_number(row, "ECI Score"),
    )
    return score, _read_attributes(score, payload, row, _VERSION_SAYS)


def _read_difficulty(payload: Payload, row_no: int, row: Row) -> _Facts:
    if row["is_anchor"] not in ("True", "False"):
        raise _RowError(f"is_anchor is {row['is_anchor'][:40]!r}, neither True nor False.")
    return BenchmarkDifficulty(
        payload_key=payload.key,
        row_no=row_no,
        name_raw=_need(row, "benchmark_name"),
        is_anchor=row["is_anchor"] == "True",
        edition=_edition(payload),
        difficulty=_number(row, "edi"),
        slope=_number_or_none(row, "estimated_slope_scaled"),
        released_on=_date(payload, row, "benchmark_release_date"),
    ), []


def _read_input(payload: Payload, row_no: int, row: Row) -> _Facts:
    """A row of eci_benchmarks.csv. The ids m* and b* are renumbered in every file, so they are not read.

    `date` is the model's release, never the day of the evaluation: only checked, as a sign of a shifted row.
    """
    benchmark = _need(row, "benchmark")
    name = next((row[c] for c in _INPUT_NAMES if row.get(c, "").strip()), "")
    if not name:
        raise _RowError("The row names no model.")
    slug = re.sub(r"[^a-z0-9]+", "_", benchmark.lower()).strip("_")
    version = row.get("model_version", "")
    _date(payload, row, "date")
    return Score(
        payload_key=payload.key,
        row_no=row_no,
        name_raw=name,
        board="inputs",
        category=slug,
        benchmark_id=slug,
        edition=_edition(payload),
        config_raw="" if version == name else version,
        run=row.get("source", ""),
        value=_number(row, "performance"),
        redistributable="no" if benchmark in _RESERVED else None,
    ), []


def _read_attributes(score: Score, payload: Payload, row: Row, says: Row) -> list[ModelAttribute]:
    """What a row says of a model beyond its score; a display name only where it differs."""
    _date(payload, row, next(column for column, attribute in says.items() if attribute == "released_on"))
    stated = [(attribute, row.get(column, "").strip()) for column, attribute in says.items()]
    return [
        ModelAttribute(
            payload_key=score.payload_key,
            row_no=score.row_no,
            name_raw=score.name_raw,
            attribute=attribute,
            value=value,
        )
        for attribute, value in stated
        if value and not (attribute == "name" and value == score.name_raw)
    ]


def _edition(payload: Payload) -> date:
    """The UTC day on which this body was first seen: the publisher states no date of its own."""
    return payload.first_observed_at.astimezone(UTC).date()


def _need(row: Row, column: str) -> str:
    """A cell that must say something, verbatim."""
    if not row[column].strip():
        raise _RowError(f"{column} is blank.")
    return row[column]


def _number(row: Row, column: str) -> float:
    """A finite number."""
    text = _need(row, column).strip()
    if not (_NUMBER.fullmatch(text) and math.isfinite(float(text))):
        raise _RowError(f"{column} is {text[:40]!r}, not a number.")
    return float(text)


def _number_or_none(row: Row, column: str) -> float | None:
    return _number(row, column) if row[column].strip() else None


def _date(payload: Payload, row: Row, column: str) -> date | None:
    """A day from 2000 to a year after the file was seen, or None where the cell is blank."""
    if not (text := row.get(column, "").strip()):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise _RowError(f"{column} is {text[:40]!r}, not a date.") from error
    if not date(2000, 1, 1) <= day <= payload.observed_at.date() + timedelta(days=366):
        raise _RowError(f"{column} is {text}, which cannot be.")
    return day


_SCORES = _Layout(("Model", "eci", "eci_ci_low", "eci_ci_high"), _read_score)
_VERSIONS = _Layout(("Model name", "ECI Score"), _read_version)
_DIFFICULTIES = _Layout(("benchmark_name", "edi", "estimated_slope_scaled", "is_anchor"), _read_difficulty)
_INPUTS = _Layout(("benchmark", "performance", "model"), _read_input)
_LAYOUTS: Mapping[str, tuple[_Layout, ...]] = {
    "eci_scores": (_SCORES, _VERSIONS),
    "epoch_capabilities_index": (_VERSIONS, _SCORES),
    "edi_scores": (_DIFFICULTIES,),
    "eci_benchmarks": (_INPUTS,),
    "processed_data_for_eci": (_INPUTS,),
}
