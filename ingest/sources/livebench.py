"""LiveBench: scores per task, where every release replaces some of the tasks.

The only public board that keeps older releases side by side, so a model's score can be read within the set
of tasks it was asked. Each release is a method of its own: its values are never joined to another's. The
reader takes task scores as published and computes no average; it refuses a line of the wrong length, for
nothing says which task its values belong to, and a task that no categories file places.

Measures: percent per model and task, 0 to 100. The board is LiveBench's category (Reasoning, Coding, ...),
the category within it the task, the method version the release. The overall score, the mean of category
means, is the view livebench_overall, which leaves out a model that lacks a task.

Published: https://livebench.ai/table_YYYY_MM_DD.csv with categories_YYYY_MM_DD.json, some releases also with
cost_YYYY_MM_DD.csv (kept in the archive, not read into facts), keyless, CC BY-SA 4.0. There is no index:
releases are known here by date, newer ones are looked for where the site's own script lists them. Rows are
added and corrected in place, and the recorded past holds earlier states of two releases.

Caveats: Scores of different releases are not comparable: harder tasks replace easier ones, and a fall from
one release to the next says nothing about a model. A release's older models are not asked again, and
gpt-oss-120b is in the releases 2025-05-30 to 2026-01-08 only, gpt-oss-20b in none. No interval and no date of
evaluation is published. The site's own averages skip a missing task and set two values by hand; ours do not.
Where a state of a release was recorded without its categories file, a task's category is that of the files
known.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

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

_ID = "livebench"
_SITE = "https://livebench.ai"
RELEASES = (
    "2024_06_24",
    "2024_07_26",
    "2024_08_31",
    "2024_11_25",
    "2025_04_02",
    "2025_04_25",
    "2025_05_30",
    "2025_11_25",
    "2025_12_23",
    "2026_01_08",
    "2026_06_25",
)
_FIRST_COST = "2026_06_25"
_MOST_NEW = 12
_NAMED = re.compile(r"(?:^|[/.])(table|categories|cost)_(\d{4}_\d\d_\d\d)\.(?:csv|json)$")
# The site's script lists its releases as an array of dates.
_LISTED = re.compile(r'\[\s*((?:["\']\d{4}-\d\d-\d\d["\']\s*,?\s*){3,})\]')
_SCRIPT = re.compile(r'<script[^>]*\ssrc="\.?/?(static/[\w./-]+\.js)"')
# Tasks by category in every categories file known so far: for states of a release recorded without theirs.
_TASKS: Mapping[str, tuple[str, ...]] = {
    "Reasoning": (
        "web_of_lies_v2",
        "web_of_lies_v3",
        "zebra_puzzle",
        "spatial",
        "theory_of_mind",
        "logic_with_navigation",
    ),
    "Coding": ("LCB_generation", "coding_completion", "code_generation", "code_completion"),
    "Agentic Coding": ("javascript", "typescript", "python"),
    "Mathematics": ("AMPS_Hard", "math_comp", "olympiad", "integrals_with_game"),
    "Data Analysis": ("cta", "tablejoin", "tablereformat", "consecutive_events"),
    "Language": ("connections", "plot_unscrambling", "typos"),
    "IF": ("paraphrase", "simplify", "story_generation", "summarize"),
}
KNOWN_CATEGORIES: Mapping[str, str] = {task: category for category, tasks in _TASKS.items() for task in tasks}
# A category seen for the first time belongs to the benchmark as a whole.
_BENCHMARKS = {
    "Reasoning": "livebench_reasoning",
    "Coding": "livebench_coding",
    "Agentic Coding": "livebench_agentic_coding",
    "Mathematics": "livebench_mathematics",
    "Data Analysis": "livebench_data_analysis",
    "Language": "livebench_language",
    "IF": "livebench_instruction_following",
}


@dataclass(slots=True)
class _Release:
    """What a snapshot holds of one release: its table, and the category of each task where it says so."""

    tables: list[Payload] = field(default_factory=list)
    categories: dict[str, str] = field(default_factory=dict)


class LiveBench(Source):
    """LiveBench's tables of task scores, a release each."""

    source_id = _ID
    title = "LiveBench"
    publisher = "LiveBench"
    homepage = _SITE
    licence_id = "CC-BY-SA-4.0"
    licence_url = "https://creativecommons.org/licenses/by-sa/4.0/"
    attribution = "LiveBench, livebench.ai, CC BY-SA 4.0; averages computed here."
    cadence_days = 7
    hosts = ("livebench.ai",)
    redistributable: ClassVar[Redistributable] = "share-alike"
    max_bytes = 20_000_000

    def fetch(self, context: FetchContext) -> Iterator[Fetched]:
        """Every release on a first read, later the two newest known, and whatever newer the site lists.

        A release without its categories file is reported and left out. Raises SourceError."""
        whole = context.settings.get("history") or context.settings.get("first_run") == "1"
        known = RELEASES if whole else RELEASES[-2:]
        for release in (*known, *_find_newer(context)):
            yield from _fetch_release(context, release)

    def parse(self, snapshot: Snapshot) -> Iterator[Parsed]:
        """Score rows of every table; a categories file places the tasks of its own release."""
        releases: dict[str, _Release] = {}
        for payload in snapshot.payloads:
            kind, release = _name_body(payload)
            found = releases.setdefault(release, _Release())
            if kind == "table":
                found.tables.append(payload)
            elif kind == "categories":
                found.categories = _read_categories(payload)
            else:
                _read_lines(payload)  # a web page in its place is an error here too
        for release, found in releases.items():
            for payload in found.tables:
                yield from _read_table(payload, release, found.categories or KNOWN_CATEGORIES)


def _find_newer(context: FetchContext) -> list[str]:
    """Releases the site's script lists after the newest known here. A page that lists none is reported."""
    try:
        page = context.fetcher.get(f"{_SITE}/", name="site").body.decode(errors="replace")
        scripts = [context.fetcher.get(f"{_SITE}/{path}", name=path).body for path in _SCRIPT.findall(page)[:3]]
    except SourceError as error:
        context.report(f"releases after {RELEASES[-1]} were not looked for ({error.message})")
        return []
    text = "\n".join(body.decode(errors="replace") for body in scripts)
    days = [day for dates in _LISTED.findall(text) for day in re.findall(r"\d{4}-\d\d-\d\d", dates)]
    if RELEASES[-1].replace("_", "-") not in days:
        context.report(
            f"{_SITE} does not list its releases where they were; releases after {RELEASES[-1]} were not looked for."
        )
        return []
    return sorted({r for day in days if (r := day.replace("-", "_")) > RELEASES[-1]})[:_MOST_NEW]


def _fetch_release(context: FetchContext, release: str) -> Iterator[Fetched]:
    """Categories, table and, since they are published, costs of one release; nothing where a part is missing."""
    categories = _get_served(context, f"categories_{release}.json")
    table = _get_served(context, f"table_{release}.csv") if categories else None
    if categories is None or table is None:
        missing = "its table" if categories else "its categories file, without which no task has a category,"
        context.report(f"release {release} was left out: {missing} is not served at {_SITE}.")
        return
    yield categories
    yield table
    if release >= _FIRST_COST and (cost := _get_served(context, f"cost_{release}.csv")):
        yield cost


def _get_served(context: FetchContext, name: str) -> Fetched | None:
    """A file of the site; None where there is none (the site answers 404, or with its own page)."""
    try:
        answer = context.fetcher.get(f"{_SITE}/{name}", name=name)
    except SourceError as error:
        if re.search(r"\b(?:HTTP|answered) 404\b", error.message):
            return None
        raise
    return None if name.startswith("categories") and _is_page(answer.body) else answer


def _is_page(body: bytes) -> bool:
    return body.lstrip()[:1] == b"<"


def _name_body(payload: Payload) -> tuple[str, str]:
    """What a body is (table, categories, cost) and its release. Raises SourceError."""
    named = _NAMED.search(payload.url) or _NAMED.search(payload.name)
    if named is None:
        raise SourceError(_ID, f"{payload.url or payload.name} is no table, categories or cost file of a release.")
    return named[1], named[2]


def _unexpected(payload: Payload, what: str) -> SourceError:
    return SourceError(_ID, f"{payload.name} {what}; open {payload.url or payload.name} to see what is served.")


def _read_categories(payload: Payload) -> dict[str, str]:
    """The category of each task. Raises SourceError."""
    try:
        said = json.loads(payload.body)
    except (ValueError, RecursionError) as error:
        raise _unexpected(payload, f"is no JSON ({error})") from error
    if not isinstance(said, dict) or not said:
        raise _unexpected(payload, "is no object of categories")
    placed: dict[str, str] = {}
    for category, tasks in said.items():
        if not category.strip() or not isinstance(tasks, list) or not all(isinstance(t, str) for t in tasks):
            raise _unexpected(payload, f"says of the category {category[:40]!r} no list of tasks")
        for task in tasks:
            if placed.setdefault(task, category) != category:
                raise _unexpected(payload, f"places the task {task[:40]!r} in two categories")
    if not placed:
        raise _unexpected(payload, "places no task in any category")
    return placed


def _read_lines(payload: Payload) -> list[list[str]]:
    """The lines of a CSV body, blank ones left out, its header first. Raises SourceError."""
    if _is_page(payload.body):
        raise _unexpected(payload, "is a web page, not a table")
    try:
        lines = [line for line in csv.reader(io.StringIO(payload.body.decode("utf-8-sig")), strict=True) if line]
    except (UnicodeDecodeError, csv.Error) as error:
        raise _unexpected(payload, f"is no CSV ({error})") from error
    header = [name.strip() for name in lines[0]] if lines else []
    if header[:1] != ["model"] or len(header) < 2 or "" in header or len(set(header)) < len(header):
        raise _unexpected(payload, f"has no header of a model and its tasks but {str(header)[:80]}")
    return [header, *lines[1:]]


def _read_table(payload: Payload, release: str, categories: Mapping[str, str]) -> Iterator[Parsed]:
    """A score per model and task. A value is numbered by its line and its task, so an address names its cell."""
    (_, *tasks), *lines = _read_lines(payload)
    try:
        day = date.fromisoformat(release.replace("_", "-"))
    except ValueError as error:
        raise _unexpected(payload, f"is of no possible day ({error})") from error
    if not any(task in categories for task in tasks):
        raise _unexpected(payload, f"has no task with a category but {str(tasks)[:80]}")
    scores = 0
    for line_no, line in enumerate(lines):
        first = (line_no + 1) * len(tasks)
        if reason := _find_fault(line, len(tasks)):
            yield Refused(payload.key, first, reason, json.dumps(line, ensure_ascii=False))
            continue
        for row_no, (task, cell) in enumerate(zip(tasks, line[1:], strict=True), start=first):
            if task not in categories or not cell.strip():
                continue
            value = _read_percent(cell)
            if value is None:
                reason = f"{line[0]}: {task} is {cell[:40]!r}, no percentage from 0 to 100."
                yield Refused(payload.key, row_no, reason, json.dumps(line, ensure_ascii=False))
                continue
            scores += 1
            yield Score(
                payload_key=payload.key,
                row_no=row_no,
                name_raw=line[0],
                board=categories[task],
                category=task,
                method_version=release,
                edition=day,
                published_on=day,
                benchmark_id=_BENCHMARKS.get(categories[task], "livebench_overall"),
                value=value,
            )
    if scores == 0:
        raise _unexpected(payload, "holds not one score")
    yield from _refuse_tasks(payload, tasks, categories)


def _find_fault(line: Sequence[str], tasks: int) -> str | None:
    """Why a whole line is of no use, if so."""
    if len(line) != tasks + 1:
        return f"The line has {len(line)} fields of {tasks + 1}: which task its values belong to is not known."
    return None if line[0].strip() else "The line names no model."


def _read_percent(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) and 0 <= value <= 100 else None


def _refuse_tasks(payload: Payload, tasks: Sequence[str], categories: Mapping[str, str]) -> Iterator[Refused]:
    """A task without a category cannot enter an average, so its column is refused, once; addresses are the header's."""
    for row_no, task in enumerate(tasks):
        if task not in categories:
            yield Refused(payload.key, row_no, f"The task {task} is in no category.", json.dumps(task))
