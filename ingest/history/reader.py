"""One history file read: from its url to the extract of it, by way of its price.

What a file costs is known from its footer, so it can be told before anything is read. A file that changes
while it is read is begun anew, and a day's file that holds far fewer repositories than its neighbours is
marked partial by rule. Nothing is kept here: the caller archives what it gets.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC
from typing import TypeVar

from ingest.history.extract import COLUMNS, Extract, Warnings
from ingest.history.parquet_rows import Table, list_rows, open_table
from ingest.history.routes import HistoryFile, Route
from ingest.http_range import FileChanged, RangeGetter, RemoteFile, Stamp
from ingest.source import SourceError

# A day with fewer rows than this share of a neighbour's is partial: over two years no whole day of hub-stats
# fell below 0.96 of the days around it, and the partial one of 2025-11-24 held 0.26.
PARTIAL_BELOW = 0.9
_EDITIONS = 3

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Price:
    """What reading a file fetches at most, beside its footer, of how many bytes it has."""

    bytes: int
    of_bytes: int


@dataclass(slots=True)
class HistoryReader:
    """Reads the files of one route in order; `getter` asks the network. Raises SourceError throughout."""

    source_id: str
    route: Route
    getter: RangeGetter
    _found: dict[str, RemoteFile] = field(default_factory=dict)
    _open: dict[str, Table] = field(default_factory=dict)
    _rows: dict[str, int] = field(default_factory=dict)

    def probe(self, file: HistoryFile) -> Stamp:
        """Size and edition of the file, for one small request."""
        if file.url not in self._found:
            self._found[file.url] = RemoteFile(self.getter, file.url)
        return self._found[file.url].stamp

    def tell_price(self, file: HistoryFile, wanted: Sequence[str]) -> Price:
        """What the file would cost, as if every row group that may hold a wanted id did."""
        return self._persist(file, lambda table: self._tell_price(table, wanted))

    def read(self, file: HistoryFile, neighbours: Sequence[HistoryFile], wanted: Sequence[str]) -> Extract:
        """The wanted rows of a file. `neighbours`: the files of the days around, for a file of one day."""
        extract = self._persist(file, lambda table: self._extract(file, table, wanted))
        self.close(file)
        return replace(extract, warnings=self._warn(file, neighbours))

    def close(self, file: HistoryFile) -> None:
        """Let go of an open file; what lies at its url may be another when it is opened again."""
        self._open.pop(file.url, None)
        self._found.pop(file.url, None)

    def _persist(self, file: HistoryFile, read: Callable[[Table], Read]) -> Read:
        """Read an open file; begun anew when it changes meanwhile, and given up the third time."""
        for _ in range(_EDITIONS - 1):
            try:
                return read(self._get(file))
            except FileChanged:
                self.close(file)
        return read(self._get(file))

    def _get(self, file: HistoryFile) -> Table:
        """The file with its footer read; it stays open until it is closed."""
        if file.url not in self._open:
            self.probe(file)
            self._open[file.url] = open_table(self.source_id, self._found[file.url], self.route.columns["id"])
            self._rows[file.url] = self._open[file.url].rows
        return self._open[file.url]

    def _tell_price(self, table: Table, wanted: Sequence[str]) -> Price:
        columns = self._name_columns(table)
        return Price(table.count_bytes(table.find_row_groups(wanted), columns), table.file.size)

    def _extract(self, file: HistoryFile, table: Table, wanted: Sequence[str]) -> Extract:
        rows = self._read_rows(file, table, wanted)
        return Extract(
            self.route.name,
            file.url,
            table.file.stamp,
            table.rows,
            table.row_groups,
            tuple(table.find_row_groups(wanted)),
            tuple(sorted(wanted)),
            file.warnings,
            tuple(rows),
        )

    def _name_columns(self, table: Table) -> list[str]:
        """The columns to read beside the id."""
        here = table.find_columns(list(self.route.columns.values()), required=self.route.required)
        return [c for c in here if c != table.id_column]

    def _read_rows(self, file: HistoryFile, table: Table, wanted: Sequence[str]) -> list[list[object]]:
        found = table.read(table.find_row_groups(wanted), self._name_columns(table), wanted)
        at = file.at.astimezone(UTC).isoformat() if file.at else None
        names = {name: self.route.columns.get(name, "") for name in COLUMNS}
        return [[row[0], at if at else row[1], *row[2:]] for row in list_rows(found, names)]

    def _warn(self, file: HistoryFile, neighbours: Sequence[HistoryFile]) -> Warnings:
        """What the publisher warns of, and for a file of one day whether it is partial by our rule."""
        if file.day is None:
            return file.warnings
        most = max((self._count_rows(other) for other in neighbours), default=0)
        for other in neighbours:
            if other.day and other.day < file.day:
                self.close(other)
        return Warnings(partial=(f"{file.day}",) if self._rows[file.url] < PARTIAL_BELOW * most else ())

    def _count_rows(self, other: HistoryFile) -> int:
        """Rows of a neighbour; 0 where it cannot be read, which judges nothing."""
        if other.url not in self._rows:
            try:
                self._get(other)
            except SourceError:
                return 0
        return self._rows[other.url]
