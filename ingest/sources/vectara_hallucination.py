"""Vectara: how often a summary says what its document does not.

Faithfulness is a side of safety that benchmarks of ability miss, and this leaderboard, a README edited by hand, has
measured it since before the release of gpt-oss. The reader takes the one table whose header it knows and nothing
else of the page; it refuses a line that does not fill the header and a rate that is no percentage. A README
without that table is an error: the last good one stays in use.

Measures: the hallucination rate in percent of summaries, lower is better (the series "overall"), with the
factual consistency rate and the rate of documents a model answered at all, as Vectara's own model judges.

Published: https://raw.githubusercontent.com/vectara/hallucination-leaderboard/main/README.md, keyless,
Apache-2.0. The edition is the day after "Last updated on", else the day on which a body was first seen. The
recorded past holds the README at earlier commits.

Caveats: On 2025-11-18 the documents were replaced (a new set of about 7,700 articles): values before and
after are two series, and the rise of gpt-oss-120b from 2.4 % to 14.2 % is the data set's, not the model's.
gpt-oss-20b was not asked again. A low rate can come from refusing, so read it with the answer rate. The date
above the table is not always brought up to date when rows are added. The judge is a model itself, the number
of documents behind a rate is not stated per model, and no interval is published.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, timedelta

from ingest.source import FetchContext, Fetched, Parsed, Payload, Refused, Score, Snapshot, Source, SourceError

_ID = "vectara_hallucination"
_URL = "https://raw.githubusercontent.com/vectara/hallucination-leaderboard/main/README.md"
_NEW_DOCUMENTS_FROM = date(2025, 11, 18)
_DATED = re.compile(r"last updated on\W+([a-z]+)\W+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})", re.IGNORECASE)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_RATE = re.compile(r"(\d{1,3}(?:\.\d+)?) ?%?")
_HEADLINE = "Hallucination Rate"
# Column -> the category of its series and the benchmark it is a value of.
_COLUMNS: Mapping[str, tuple[str, str]] = {
    _HEADLINE: ("overall", "vectara_hallucination"),
    "Factual Consistency Rate": ("factual_consistency", "vectara_factual_consistency"),
    "Answer Rate": ("answer_rate", "vectara_answer_rate"),
}


class VectaraHallucination(Source):
    """Vectara's hallucination leaderboard, two sets of documents."""

    source_id = _ID
    title = "Vectara hallucination leaderboard"
    publisher = "Vectara"
    homepage = "https://github.com/vectara/hallucination-leaderboard"
    licence_id = "Apache-2.0"
    licence_url = "https://github.com/vectara/hallucination-leaderboard/blob/main/LICENSE"
    attribution = "Vectara Hallucination Leaderboard (Apache-2.0)"
    cadence_days = 14
    hosts = ("raw.githubusercontent.com",)
    max_bytes = 2_000_000

    def fetch(self, context: FetchContext) -> Iterator[Fetched]:
        """The README. Raises SourceError."""
        yield context.fetcher.get(_URL, name="README.md")

    def parse(self, snapshot: Snapshot) -> Iterator[Parsed]:
        """The rates of every model in the table."""
        for payload in snapshot.payloads:
            yield from _read_page(payload)


def _unexpected(payload: Payload, what: str) -> SourceError:
    return SourceError(_ID, f"{payload.name} {what}; open {payload.url or payload.name} to see what is served.")


def _read_page(payload: Payload) -> Iterator[Parsed]:
    try:
        text = payload.body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unexpected(payload, f"is no text ({error})") from error
    header, rows = _find_table(payload, text)
    published_on = _find_day(payload, text)
    edition = published_on or payload.first_observed_at.astimezone(UTC).date()
    scores = 0
    for nth, cells in enumerate(rows):
        first = nth * len(_COLUMNS)
        try:
            rates = _read_rates(header, cells)
        except ValueError as error:
            yield Refused(payload.key, first, str(error), json.dumps(cells, ensure_ascii=False))
            continue
        for row_no, column in enumerate(_COLUMNS, start=first):
            if column not in rates:
                continue
            scores += 1
            category, benchmark_id = _COLUMNS[column]
            yield Score(
                payload_key=payload.key,
                row_no=row_no,
                name_raw=cells[header.index("Model")],
                board="summaries",
                category=category,
                method_version="2" if edition >= _NEW_DOCUMENTS_FROM else "1",
                edition=edition,
                published_on=published_on,
                benchmark_id=benchmark_id,
                value=rates[column],
            )
    if scores == 0:
        raise _unexpected(payload, "has a table of models without a single readable rate")


def _find_table(payload: Payload, text: str) -> tuple[list[str], list[list[str]]]:
    """Header and rows, in cells, of the table of models. Raises SourceError."""
    lines = text.splitlines()
    for at, line in enumerate(lines):
        header = _split_cells(line)
        if "Model" in header and _HEADLINE in header:
            rows = []
            for row in lines[at + 1 :]:
                if not row.strip().startswith("|"):
                    break
                rows.append(_split_cells(row))
            return header, [cells for cells in rows if not all(re.fullmatch(r":?-+:?", cell) for cell in cells)]
    raise _unexpected(payload, f"has no table with the columns Model and {_HEADLINE}")


def _split_cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]


def _find_day(payload: Payload, text: str) -> date | None:
    """The day of the last update as the page states it; None where it states none that can be one."""
    for month, day, year in _DATED.findall(text):
        if (name := month.casefold()[:3]) in _MONTHS:
            try:
                stated = date(int(year), _MONTHS.index(name) + 1, int(day))
            except ValueError:
                continue
            return stated if stated <= payload.observed_at.astimezone(UTC).date() + timedelta(days=1) else None
    return None


def _read_rates(header: Sequence[str], cells: Sequence[str]) -> dict[str, float]:
    """The rates of one line by column, blank ones left out. Raises ValueError."""
    if len(cells) != len(header):
        raise ValueError(f"The line has {len(cells)} cells of {len(header)}.")
    line = dict(zip(header, cells, strict=True))
    if not line["Model"]:
        raise ValueError("The line names no model.")
    if not line[_HEADLINE]:
        raise ValueError(f"{line['Model']}: the {_HEADLINE} is blank.")
    return {column: _read_rate(line, column) for column in _COLUMNS if line.get(column)}


def _read_rate(line: Mapping[str, str], column: str) -> float:
    """A rate of "14.2 %", the sign of which is now and then left out. Raises ValueError."""
    found = _RATE.fullmatch(line[column])
    if found is None or float(found[1]) > 100:
        raise ValueError(f"{line['Model']}: the {column} is {line[column]!r}, no percentage.")
    return float(found[1])
