"""Foundation Model Transparency Index: what developers disclose, of 100 questions.

Openness of weights is not transparency of the firm; this index asks the firm. The file reads each developer's
answer to each indicator as it stands in the three editions' tables. It never takes a table's totals for a
developer or an indicator, and refuses one that contradicts the answers above it.

Measures: per developer, edition and indicator 1 where the index found the information disclosed and 0 where it
did not. A developer's score is the sum over the edition's 100 indicators.

Published: one CSV an edition (October 2023, May 2024, December 2025) in the repository stanford-crfm/fmti, CC BY
4.0, with a list of the indicators of 2025. A table states the month of its edition only: an edition is dated by
the first of that month, and counts as public from its end, or from the day on which we hold the table if that is
earlier. The next edition needs its address in this file.

Caveats: A developer's score rates its flagship model, not gpt-oss, which no edition names. The editions ask
different questions: 2024 renamed two of 2023's indicators and let developers report themselves, and those of 2025
are new. A fall from one edition to the next is therefore no measured fall, and no line joins them. Developers
come and go between editions, and their spelling differs.
"""

from __future__ import annotations

import csv
import io
import json
import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from ingest.source import FetchContext, Fetched, Openness, Parsed, Payload, Refused, Snapshot, Source, SourceError

_ID = "fmti"
_FOLDER = "https://raw.githubusercontent.com/stanford-crfm/fmti/main"
_FILES = ("October2023_scores.csv", "May2024_scores.csv", "Dec2025_scores.csv", "Dec2025_indicators.csv")
_FILE = re.compile(r"([A-Za-z]+)(\d{4})_(scores|indicators)\.csv")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NOT_DEVELOPERS = frozenset({"Domain", "Subdomain", "Indicator", "Total"})


class Fmti(Source):
    """Transparency of developers by the Foundation Model Transparency Index."""

    source_id = _ID
    title = "Foundation Model Transparency Index"
    publisher = "Stanford Center for Research on Foundation Models"
    homepage = "https://crfm.stanford.edu/fmti/"
    licence_id = "CC-BY-4.0"
    licence_url = "https://creativecommons.org/licenses/by/4.0/"
    attribution = "Foundation Model Transparency Index, Stanford CRFM, https://crfm.stanford.edu/fmti/, CC BY 4.0."
    cadence_days = 30
    hosts = ("raw.githubusercontent.com",)
    max_bytes = 5_000_000

    def fetch(self, context: FetchContext) -> Iterator[Fetched]:
        """The table of each edition, and the indicators of the newest. Raises SourceError."""
        for file in _FILES:
            yield context.fetcher.get(f"{_FOLDER}/{file.partition('_')[0]}/{file}", name=file)

    def parse(self, snapshot: Snapshot) -> Iterator[Parsed]:
        """Each developer's answers, where an edition's list of indicators is at hand held against it."""
        tables = [_read_table(payload) for payload in snapshot.payloads]
        listed = {t.edition: {row["Indicator"].strip() for row in t.rows} for t in tables if t.what == "indicators"}
        for table in tables:
            if table.what == "scores":
                yield from _read_scores(table, listed.get(table.edition))


@dataclass(frozen=True, slots=True)
class _Table:
    payload: Payload
    edition: date
    what: str
    columns: Sequence[str]
    rows: Sequence[dict[str, str]]


def _unexpected(payload: Payload, what: str) -> SourceError:
    return SourceError(_ID, f"{payload.name} is {what}; open {payload.url} to see what is served.")


def _read_table(payload: Payload) -> _Table:
    """A body as rows by column, with the edition its file is named after. Raises SourceError."""
    named = _FILE.search(payload.url or payload.name)
    if not named or named[1][:3].lower() not in _MONTHS:
        raise _unexpected(payload, "named after no month: its edition is unknown")
    try:
        lines = list(csv.reader(io.StringIO(payload.body.decode("utf-8-sig")), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise _unexpected(payload, f"no table ({error})") from error
    columns = [column.strip() for column in lines[0]] if lines else []
    if "Indicator" not in columns or len(set(columns)) != len(columns):
        raise _unexpected(payload, f"no table of indicators; it begins {payload.body[:60]!r}")
    # A short line lacks its last columns, a long one has cells under no column: both show when it is read.
    rows = [
        {**dict(zip(columns, cells, strict=False)), **({"": "x"} if len(cells) > len(columns) else {})}
        for cells in lines[1:]
        if any(cell.strip() for cell in cells)
    ]
    if not any(row.get("Indicator", "").strip() for row in rows):
        raise _unexpected(payload, "a table without a single indicator")
    return _Table(payload, date(int(named[2]), _MONTHS.index(named[1][:3].lower()) + 1, 1), named[3], columns, rows)


def _read_scores(table: _Table, listed: set[str] | None) -> Iterator[Parsed]:
    """An answer a developer and indicator; the totals only to be held against them."""
    payload, developers = table.payload, [c for c in table.columns if c and c not in _NOT_DEVELOPERS]
    month_end = date(table.edition.year, table.edition.month, monthrange(table.edition.year, table.edition.month)[1])
    public = datetime(month_end.year, month_end.month, month_end.day, tzinfo=UTC)
    is_earlier = public < payload.observed_at
    sums, seen, row_no = dict.fromkeys(developers, 0), set[str](), 0
    for row in table.rows:
        indicator = row.get("Indicator", "").strip()
        if indicator == "Total":
            wrong = [d for d in developers if row.get(d, "").strip() != str(sums[d])]
            if wrong:
                yield _refuse(payload, row_no, f"the totals of {', '.join(wrong)} differ from their answers", row)
                row_no += 1
            continue
        fault = _find_fault(row, indicator, table.columns, seen, listed)
        if fault:
            yield _refuse(payload, row_no, fault, row)
            row_no += 1
            continue
        seen.add(indicator)
        for developer in developers:
            answer = row[developer].strip()
            if answer not in ("0", "1"):
                yield _refuse(payload, row_no, f"{indicator}: {developer} has {answer!r}, neither 0 nor 1", row)
            else:
                sums[developer] += int(answer)
                yield Openness(
                    payload_key=payload.key,
                    row_no=row_no,
                    name_raw=developer,
                    observed_at=public if is_earlier else None,
                    observed_kind="publish_date" if is_earlier else None,
                    edition=table.edition,
                    dimension=indicator,
                    criteria=f"fmti-{table.edition:%Y}",
                    value=float(answer),
                    subject_kind="developer",
                )
            row_no += 1
    if not developers or not seen:
        raise _unexpected(payload, "a table without a single answer of a developer")


def _find_fault(
    row: dict[str, str], indicator: str, columns: Sequence[str], seen: set[str], listed: set[str] | None
) -> str | None:
    """Why a row cannot be read; None where it can."""
    if not indicator:
        return "a row without an indicator"
    if "" in row or any(column not in row for column in columns):
        return f"{indicator}: the row has not the table's {len(columns)} columns"
    if indicator in seen:
        return f"{indicator}: the indicator is there twice"
    if listed is not None and indicator not in listed:
        return f"{indicator}: not in the edition's list of indicators"
    return None


def _refuse(payload: Payload, row_no: int, reason: str, row: dict[str, str]) -> Refused:
    return Refused(payload.key, row_no, reason, json.dumps(row, ensure_ascii=False))
