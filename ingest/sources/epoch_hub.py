"""Epoch AI's benchmarking hub: single benchmarks, its own runs and others'.

One index hides where a model is strong, so we keep the results it is made of, each on its benchmark's own
scale. A result we may not keep is left unread, a benchmark whose column is gone is refused by name while the
others are read, and a row that names no model version is quarantined rather than matched by its looks.

Measures: one score a model, configuration and benchmark, in the unit its benchmark is registered with:
nearly always a share from 0 to 1, percent for Aider polyglot, OSWorld and LMCA, points of ten for Lech Mazur
Writing. Which file holds a benchmark, in which column and on which scale, is read from benchmark_metadata.csv;
zips until autumn 2026 hold none, and what it says is then taken from the list below. The interval of Epoch's
own runs and of Terminal-Bench is the mean plus or minus 1.645 standard errors, which is 90 %; there is none
where the score is another than the mean the error belongs to.

Published: benchmark_data.zip at epoch.ai/data, about weekly, undated, one CSV file a benchmark. Epoch's own
runs are CC BY 4.0; files named *_external.csv collect results of others, whose terms stay with them: Aider's and
Terminal-Bench's are Apache-2.0, of the rest none is stated and they are never passed on. ARC-AGI's and
Artificial Analysis's terms forbid a collection like ours, so those files are not read, nor are files that
benchmark_metadata.csv names no column of. The capabilities index in the same zip belongs to epoch_eci.

Caveats: An edition is dated by the day we first saw the zip; the day of a run is kept where it is stated.
Effort, harness and edit format are part of a result's configuration: results under two harnesses are not
comparable. A result imported twice keeps both rows, the copy flagged as a duplicate; of several results of one
configuration the newest or best described one stands for it. METR's rows state the version of
its method only since v1.1; rows without one are a series of their own.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import PurePosixPath

from ingest.epoch_benchmarks import (
    FORBIDDEN,
    FORBIDDEN_FILES,
    KNOWN_BENCHMARKS,
    OPEN_LICENCES,
    SCALE_KEPT,
    Benchmark,
)
from ingest.source import (
    FetchContext,
    Fetched,
    Parsed,
    Payload,
    Redistributable,
    Refused,
    Score,
    Snapshot,
    Source,
    SourceError,
)

_ID = "epoch_hub"
_METADATA = "benchmark_metadata.csv"
_COLUMNS = ("benchmark", "source_file", "score_column", "scale")
_ERRORS = ("stderr", "Accuracy SE")
_ERROR_FILES = re.compile(r"(?!.*_external\.csv)|terminalbench_external\.csv")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
# The setting Epoch adds to a model's name; `_unknown` states none.
_SETTING = re.compile(r"_(none|minimal|low|medium|high|xhigh|max|promax|\d+[kK]|thinking|unknown)$")
_DAYS = ("Started at", "Date of evaluation", "Run date")
_ROW_IDS = ("id", "ID", "UUID")
# What a result was got under that is no configuration of ours: told in its words, and its row kept apart by `run`.
_CONDITIONS = ("Tools", "Shots")

Row = Mapping[str, str]


class _RowError(ValueError):
    """Why one row cannot be read."""


@dataclass(frozen=True, slots=True)
class _Result:
    """One row's score, with what decides whether another row says the same."""

    score: Score
    subject: tuple[str, ...]
    newest: str
    told: int
    row_id: str
    says: tuple[object, ...]


class EpochHub(Source):
    source_id = _ID
    title = "Epoch benchmarking hub"
    publisher = "Epoch AI"
    homepage = "https://epoch.ai/benchmarks"
    licence_id = "CC-BY-4.0"
    licence_url = "https://creativecommons.org/licenses/by/4.0/"
    attribution = "Epoch AI, 'AI Benchmarking Hub'. Published online at epoch.ai."
    cadence_days = 7
    hosts = ("epoch.ai",)
    max_bytes = 50_000_000

    def fetch(self, context: FetchContext) -> Iterable[Fetched]:
        """The zip, which is one edition."""
        yield context.fetcher.get("https://epoch.ai/data/benchmark_data.zip", name="benchmark_data.zip")

    def parse(self, snapshot: Snapshot) -> Iterator[Parsed]:
        """Scores of each zip; a benchmark_metadata.csv beside it serves a zip that has none. See `Source.parse`."""
        bodies = [(payload, _unpack(payload, self.max_bytes)) for payload in snapshot.payloads]
        beside = next((files[_METADATA] for _, files in bodies if _METADATA in files), None)
        for payload, files in bodies:
            metadata = files.get(_METADATA, beside)
            benchmarks = KNOWN_BENCHMARKS if metadata is None else _read_metadata(payload, metadata)
            if set(files) == {_METADATA}:
                continue
            present = sorted((b for b in benchmarks if b.file in files), key=lambda b: b.file)
            if not present:
                raise SourceError(_ID, f"{payload.name} holds no benchmark we know of; its layout has changed.")
            parsed: list[Parsed] = []
            first = 0
            for benchmark in present:
                told, rows = _read_file(payload, benchmark, files[benchmark.file], first)
                parsed += told
                first += max(rows, 1)
            if not any(isinstance(p, Score) for p in parsed):
                raise SourceError(_ID, f"{payload.name} holds not one score; the last good file stays in use.")
            yield from parsed


def _unpack(payload: Payload, max_bytes: int) -> dict[str, bytes]:
    """Base name -> bytes of the CSV files of a zip, without those we may not read; or the metadata alone."""
    body = payload.body
    if not body.startswith(b"PK"):
        if body.removeprefix(b"\xef\xbb\xbf").startswith(b"benchmark,"):
            return {_METADATA: body}
        what = "a web page" if body.lstrip()[:1] == b"<" else "empty" if not body.strip() else "no zip file"
        raise SourceError(_ID, f"{payload.name} is {what}; the last good file stays, try later or open {payload.url}.")
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            members = sorted(archive.infolist(), key=lambda i: -i.filename.count("/"))
            wanted = {
                PurePosixPath(i.filename).name: i
                for i in members
                if i.filename.endswith(".csv")
                and "__MACOSX" not in i.filename
                and not FORBIDDEN_FILES.match(PurePosixPath(i.filename).name)
            }
            if sum(i.file_size for i in wanted.values()) > max_bytes:
                raise SourceError(_ID, f"{payload.name} unpacks to over {max_bytes:,} bytes; refused unread.")
            return {name: archive.read(i) for name, i in wanted.items()}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise SourceError(_ID, f"{payload.name} is a broken zip file ({error}); fetch it again.") from error


def _read_metadata(payload: Payload, body: bytes) -> list[Benchmark]:
    """The benchmarks that have a file and may be read. Raises SourceError: nothing else says what a file holds."""
    try:
        lines = _read_lines(body)
    except _RowError as error:
        raise SourceError(_ID, f"{_METADATA} of {payload.name} {error}; fetch it again.") from error
    missing = [c for c in _COLUMNS if c not in lines[0]]
    if missing:
        raise SourceError(_ID, f"{_METADATA} of {payload.name} lacks the column(s) {', '.join(missing)}.")
    found = []
    for cells in lines[1:]:
        row = dict(zip(lines[0], cells, strict=False))
        name, file = row.get("benchmark", "").strip(), row.get("source_file", "").strip()
        if file and not FORBIDDEN.fullmatch(name):
            found.append(Benchmark(name, file, row.get("score_column", "").strip(), _read_scale(payload, name, row)))
    return found


def _read_scale(payload: Payload, name: str, row: Row) -> float:
    text = row.get("scale", "").strip()
    if not _NUMBER.fullmatch(text) or not 0 < float(text) < math.inf:
        raise SourceError(_ID, f"{_METADATA} of {payload.name} gives {name!r} the scale {text[:40]!r}, not a number.")
    return float(text)


def _read_lines(body: bytes) -> list[list[str]]:
    """The lines of a CSV file, header first, blank ones left out. Raises _RowError where it is none."""
    try:
        lines = [r for r in csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True) if r]
    except UnicodeDecodeError as error:
        raise _RowError(f"is not UTF-8 text ({error})") from error
    except csv.Error as error:
        raise _RowError(f"is no whole CSV file ({error})") from error
    if not lines:
        raise _RowError("is empty")
    return lines


def _read_file(payload: Payload, benchmark: Benchmark, body: bytes, first: int) -> tuple[list[Parsed], int]:
    """What one benchmark's file gives, its rows numbered on from `first`, and how many rows it has."""
    try:
        lines = _read_lines(body)
        lacking = [c for c in ("Model version", benchmark.column) if c not in lines[0]]
        if lacking:
            raise _RowError(f"has no column {' or '.join(map(repr, lacking))}; it has {', '.join(lines[0])[:300]}")
    except _RowError as error:
        reason = f"{benchmark.file} of {benchmark.name} {error}; none of it was read."
        return [Refused(payload.key, first, reason, json.dumps({"source_file": benchmark.file}))], 1
    parsed: list[Parsed] = []
    results: list[_Result] = []
    for row_no, cells in enumerate(lines[1:], start=first):
        row: Row | Sequence[str] = cells
        try:
            if len(cells) != len(lines[0]):
                raise _RowError(f"The row has {len(cells)} cells of {len(lines[0])}")
            row = {c: value.strip() for c, value in zip(lines[0], cells, strict=True)}
            if row[benchmark.column]:  # blank: not scored
                results.append(_read_row(payload, benchmark, row_no, row))
        except _RowError as error:
            where = f"{benchmark.file}, row {row_no - first + 1}"
            parsed.append(Refused(payload.key, row_no, f"{error} ({where}).", json.dumps(row, ensure_ascii=False)))
    if not results and not parsed:
        reason = f"{benchmark.file} of {benchmark.name} holds not one score."
        parsed.append(Refused(payload.key, first, reason, json.dumps({"source_file": benchmark.file})))
    return [*_tell_apart(results), *parsed], len(lines) - 1


def _read_row(payload: Payload, benchmark: Benchmark, row_no: int, row: Row) -> _Result:
    name = row["Model version"]
    if not name:
        raise _RowError("Epoch ties this result to no model version")
    slug = re.sub(r"[^a-z0-9]+", "_", benchmark.name.lower()).strip("_")
    ratio = benchmark.scale / SCALE_KEPT.get(benchmark.name, 1.0)
    value, half = _read_number(row, benchmark.column) * ratio, _read_error(benchmark, row)
    settings = _read_settings(name, row)
    aside = [f"{c.lower()}={row[c]}" for c in _CONDITIONS if row.get(c) not in (None, "", "None")]
    licence, rights = _read_rights(benchmark, row)
    score = Score(
        payload_key=payload.key,
        row_no=row_no,
        name_raw=name,
        licence_id=licence,
        redistributable=rights,
        board=slug,
        method_version=_read_method(benchmark, row),
        edition=payload.first_observed_at.astimezone(UTC).date(),
        benchmark_id=f"{slug}_as_scored",
        config_raw="; ".join([*settings, *aside]),
        run=_read_harness(row),
        value=value,
        low=None if half is None else value - half * ratio,
        high=None if half is None else value + half * ratio,
        interval_pct=None if half is None else 90,
        evaluated_on=_read_day(payload, row),
    )
    base = _SETTING.sub("", name).rpartition("/")[2].casefold()
    return _Result(
        score,
        (score.method_version, base, *map(str.casefold, settings)),
        row.get("Started at", ""),
        sum(map(bool, row.values())),
        next((row[c] for c in _ROW_IDS if row.get(c)), ""),
        (round(value, 9), *aside),
    )


def _read_settings(name: str, row: Row) -> list[str]:
    """Effort or budget from the end of the name, harness and edit format from their columns, as key=value."""
    found = _SETTING.search(name)
    word = found[1] if found and found[1] != "unknown" else ""
    key, value = ("thinking", "on") if word == "thinking" else ("thinking" if word[:1].isdigit() else "effort", word)
    stated = ((key, value), ("harness", _read_harness(row)), ("edit_format", row.get("Edit format", "")))
    return [f"{k}={v}" for k, v in stated if v]


def _read_harness(row: Row) -> str:
    """Who drove the model. DeepResearch Bench has True where others have a name: that names nobody."""
    return next((h for c in ("Agent", "Scaffold") if (h := row.get(c, "")) not in ("", "True", "False")), "")


def _tell_apart(results: Sequence[_Result]) -> Iterator[Score]:
    """The scores, so that none hides another: of several of one model and configuration, the newest run or else
    the fullest row stands for it, and the others carry their row's id in `run`. The same value again is flagged."""
    groups: dict[tuple[str, ...], list[_Result]] = {}
    for result in results:
        groups.setdefault(result.subject, []).append(result)
    for group in groups.values():
        ranked = sorted(group, key=lambda r: (r.newest, r.told, -r.score.row_no), reverse=True)
        said: set[object] = {""}
        for nth, result in enumerate(ranked):
            own = result.row_id if result.row_id not in said else f"result {nth + 1}"
            run = filter(None, [result.score.run, own if nth else ""])
            flags = ("duplicate",) if result.says in said else ()
            said |= {result.says, result.row_id}
            yield replace(result.score, run=", ".join(run), flags=flags)


def _read_rights(benchmark: Benchmark, row: Row) -> tuple[str, Redistributable]:
    """The licence of a row: Epoch's where it ran the benchmark, else what the first publisher states."""
    if not benchmark.file.endswith("_external.csv") and "Started at" in row:
        return "CC-BY-4.0", "yes"
    licence = OPEN_LICENCES.get(benchmark.file)
    return (licence, "yes") if licence else ("none-stated", "no")


def _read_method(benchmark: Benchmark, row: Row) -> str:
    """METR measures by two versions of its method; the others state none."""
    if "METR version" not in row:
        return "1"
    return row["METR version"].rpartition("-")[2] or "unstated"


def _read_number(row: Row, column: str) -> float:
    text = row[column]
    if not (_NUMBER.fullmatch(text) and math.isfinite(float(text))):
        raise _RowError(f"{column} is {text[:40]!r}, not a number")
    return float(text)


def _read_error(benchmark: Benchmark, row: Row) -> float | None:
    """Half the 90 % interval, or None where no standard error of this very score is stated."""
    column = next((c for c in _ERRORS if row.get(c)), None)
    if column is None or not _ERROR_FILES.match(benchmark.file):
        return None
    error = _read_number(row, column)
    if error < 0:
        raise _RowError(f"{column} is {error}, and no error is below zero")
    return 1.645 * error if row.get("mean_score", row[benchmark.column]) == row[benchmark.column] else None


def _read_day(payload: Payload, row: Row) -> date | None:
    """The UTC day of the evaluation. A `Run date` that repeats the model's release says nothing of the run."""
    column = next((c for c in _DAYS if row.get(c)), None)
    if column is None or (column == "Run date" and row[column] == row.get("Release date")):
        return None
    try:
        day = datetime.fromisoformat(row[column]).date()
    except ValueError as error:
        raise _RowError(f"{column} is {row[column][:40]!r}, not a date") from error
    if not date(2000, 1, 1) <= day <= payload.observed_at.date() + timedelta(days=1):
        raise _RowError(f"{column} is {row[column]}, which cannot be")
    return day
