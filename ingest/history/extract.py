"""An extract: the wanted rows of a history file, with what they came from.

A file of everybody's counters is too large to archive for the few rows we want, so what enters the archive is
a body of our own: the rows as served and everything needed to read them again later, the list of days their
publisher warns of included. It is read by the same code years later, so its shape has a version. Nothing is
corrected in it: doubles are kept and settled when it is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Any

import orjson

from ingest.http_range import Stamp

SHAPE = "hub-history-extract/1"
# How every version's body begins, so that one is known without being read.
EXTRACT_HEAD = b'{"shape":"hub-history-extract/'
# Counters in the Hub's own names; `at` is a day, or an instant where the publisher's own clock is known.
COLUMNS = ("id", "at", "downloads", "downloadsAllTime", "likes")
UNUSED = "Another row for this repository and day was used: it counts more downloads, so it was read later."

Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Warnings:
    """Days a publisher warns of, as ISO dates; each becomes a flag of that day's rows.

    `skip_day`: the Hub's counters stood still or had fallen back, so the publisher measures nothing from or to
    the day. `low_day`: the whole Hub counted few downloads and never made up for it. `partial`: the day's file
    holds only part of the repositories. The figures are what the Hub served on all of them: they are used, with
    their flag shown, and a repository that is missing is unknown.
    """

    skip_day: tuple[str, ...] = ()
    low_day: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()

    def flag(self, day: str) -> tuple[str, ...]:
        """The flags of a day's rows; a partial day is not also called one to skip."""
        found = tuple(name for name in ("partial", "skip_day", "low_day") if day in getattr(self, name))
        return tuple(name for name in found if not (name == "skip_day" and "partial" in found))

    def limit(self, first: str, last: str) -> Warnings:
        """Those of them that lie within some days."""
        return Warnings(
            *(
                tuple(d for d in sorted(set(days)) if first <= d <= last)
                for days in (self.skip_day, self.low_day, self.partial)
            )
        )


@dataclass(frozen=True, slots=True)
class Extract:
    """Rows of `wanted` repositories from the file at `url`; `file_rows` and `row_groups` are the whole file's."""

    route: str
    url: str
    stamp: Stamp
    file_rows: int
    row_groups: int
    row_groups_read: tuple[int, ...]
    wanted: tuple[str, ...]
    warnings: Warnings = field(default_factory=Warnings)
    rows: tuple[Row, ...] = ()

    def encode(self) -> bytes:
        """The body that is archived: JSON, one list a row in the order of the file."""
        return orjson.dumps(
            {
                "shape": SHAPE,
                "route": self.route,
                "url": self.url,
                "size": self.stamp.size,
                "etag": self.stamp.etag,
                "last_modified": self.stamp.last_modified,
                "file_rows": self.file_rows,
                "row_groups": self.row_groups,
                "row_groups_read": self.row_groups_read,
                "wanted": self.wanted,
                "skip_day": self.warnings.skip_day,
                "low_day": self.warnings.low_day,
                "partial": self.warnings.partial,
                "columns": COLUMNS,
                "rows": self.rows,
            }
        )


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One row of an extract in the Hub's field names; `unused` says why it is none of the readings, if so."""

    row_no: int
    row: dict[str, Any]
    read_at: datetime
    flags: tuple[str, ...] = ()
    unused: str | None = None


def is_extract(document: object) -> bool:
    """Whether a JSON document is an extract, of any version."""
    return isinstance(document, dict) and str(document.get("shape", "")).startswith("hub-history-extract/")


def decode_extract(document: Mapping[str, Any]) -> Extract:
    """An extract as it was archived. Raises ValueError on another version or a damaged one."""
    if document.get("shape") != SHAPE or document.get("columns") != list(COLUMNS):
        raise ValueError(f"an extract of the shape {document.get('shape')!r}, which this version cannot read")
    try:
        return Extract(
            document["route"],
            document["url"],
            Stamp(document["size"], document["etag"], document["last_modified"]),
            document["file_rows"],
            document["row_groups"],
            tuple(document["row_groups_read"]),
            tuple(document["wanted"]),
            Warnings(*(tuple(document[name]) for name in ("skip_day", "low_day", "partial"))),
            tuple(document["rows"]),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"an extract without {error}") from error


def read_rows(extract: Extract) -> Iterator[HistoryRow | tuple[int, Row]]:
    """The extract's rows, numbered from 0; one that is not in its shape comes as (number, row).

    Of several rows for one repository and moment one is the reading, whatever their order: the one with the
    largest all-time count, then likes, then 30-day count. The publisher's crawl met the repository twice, and
    an all-time count grows, so the larger was read later. Rows that say the same are one reading.
    """
    best: dict[tuple[Any, Any], Row] = {}
    for row in extract.rows:
        if _is_sound(row):
            key = row[0], row[1]
            best[key] = max(best.get(key, row), row, key=_rank)
    done: set[tuple[Any, Any]] = set()
    for row_no, row in enumerate(extract.rows):
        if not _is_sound(row):
            yield row_no, row
            continue
        key, chosen = (row[0], row[1]), best[row[0], row[1]]
        is_reading = key not in done and list(row) == list(chosen)
        if not is_reading and list(row) == list(chosen):
            continue
        done |= {key} if is_reading else set()
        yield HistoryRow(
            row_no,
            {name: value for name, value in zip(COLUMNS, row, strict=True) if name != "at"},
            read_moment(row[1]),
            extract.warnings.flag(row[1][:10]),
            None if is_reading else UNUSED,
        )


def read_moment(text: str) -> datetime:
    """A day's last second, as some time that day; or an instant with its zone. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    if len(text) == 10:
        return datetime.combine(moment.date(), time(23, 59, 59), UTC)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} states no time zone")
    return moment.astimezone(UTC).replace(microsecond=0)


def list_flagged_days(extract: Extract) -> Iterable[tuple[str, str]]:
    """(day, flag) of every warned day, in order."""
    w = extract.warnings
    return sorted((day, flag) for day in {*w.skip_day, *w.low_day, *w.partial} for flag in w.flag(day))


def _is_sound(row: Row) -> bool:
    if not isinstance(row, list | tuple) or len(row) != len(COLUMNS) or not isinstance(row[1], str):
        return False
    try:
        read_moment(row[1])
    except ValueError:
        return False
    return isinstance(row[0], str)


def _rank(row: Row) -> tuple[float, ...]:
    """What makes a row the later reading; an absent count says nothing."""
    return tuple(float(v) if isinstance(v, int | float) else -1.0 for v in (row[3], row[4], row[2]))
