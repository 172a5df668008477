"""The wanted rows of a Parquet file somewhere else, for few of its bytes.

The footer is read first. It says which row groups can hold a wanted id and where each column lies. Of those
the ids are fetched, and the counters only of row groups in which a wanted one was found: a file sorted by id
excludes most by its statistics, one in no order by its ids alone. Values are passed on as served.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ingest.http_range import Bounds, RemoteFile, coalesce
from ingest.source import SourceError

# What pyarrow asks for first; most footers lie within.
_FOOTER = 64 << 10


@dataclass(slots=True)
class Table:
    """An open Parquet file of one publisher: its bytes, its footer, and the column that holds ids."""

    source_id: str
    file: RemoteFile
    parquet: pq.ParquetFile
    id_column: str

    @property
    def rows(self) -> int:
        """Rows of the whole file."""
        return int(self.parquet.metadata.num_rows)

    @property
    def row_groups(self) -> int:
        """Row groups of the whole file."""
        return int(self.parquet.metadata.num_row_groups)

    def find_columns(self, names: Sequence[str], *, required: Sequence[str]) -> list[str]:
        """Those of the columns that are there. Raises SourceError when a required one is not."""
        here = set(self.parquet.schema_arrow.names)
        missing = [n for n in (self.id_column, *required) if n not in here]
        if missing:
            raise SourceError(
                self.source_id,
                f"{self.file.url} has no column {missing[0]!r} (there are {', '.join(sorted(here))[:200]}): its "
                "publisher changed it; nothing of it was used.",
            )
        return [n for n in names if n in here]

    def find_row_groups(self, wanted: Sequence[str]) -> list[int]:
        """Row groups whose statistics do not exclude every wanted id; all where there are none."""
        ids = sorted(wanted)
        return [n for n in range(self.row_groups) if self._may_hold(n, ids)]

    def list_spans(self, row_group: int, columns: Sequence[str]) -> list[Bounds]:
        """Where some columns of a row group lie in the file."""
        group = self.parquet.metadata.row_group(row_group)
        spans = []
        for number in range(group.num_columns):
            chunk = group.column(number)
            if chunk.path_in_schema in columns:
                starts = [chunk.data_page_offset, chunk.dictionary_page_offset]
                start = min(s for s in starts if s)
                spans.append((start, start + chunk.total_compressed_size))
        return spans

    def count_bytes(self, row_groups: Sequence[int], columns: Sequence[str]) -> int:
        """Bytes that reading ids and some columns of some row groups fetches, small gaps included: at most, as
        a row group may turn out to hold no wanted id."""
        reads = [self.list_spans(n, names) for n in row_groups for names in ([self.id_column], columns)]
        return sum(stop - start for spans in reads for start, stop in coalesce(spans))

    def read(self, row_groups: Sequence[int], columns: Sequence[str], wanted: Sequence[str]) -> pa.Table:
        """The wanted rows of some row groups, in the file's order, with the id and the columns named."""
        sought = pa.array(sorted(set(wanted)), pa.string())
        parts = [self.parquet.schema_arrow.empty_table().select([self.id_column, *columns])]
        for number in row_groups:
            ids = self._read_group(number, [self.id_column])
            is_wanted = pc.is_in(ids.column(0).cast(pa.string()), value_set=sought)
            if pc.any(is_wanted).as_py():
                found = self._read_group(number, columns).filter(is_wanted)
                parts.append(found.add_column(0, self.id_column, ids.filter(is_wanted).column(0)))
        return pa.concat_tables(parts, promote_options="permissive")

    def _read_group(self, row_group: int, columns: Sequence[str]) -> pa.Table:
        self.file.prefetch(self.list_spans(row_group, columns))
        try:
            return self.parquet.read_row_group(row_group, columns=list(columns), use_threads=False)
        except pa.ArrowException as error:
            raise _refuse(self.source_id, self.file.url, error) from error

    def _may_hold(self, row_group: int, ids: Sequence[str]) -> bool:
        group = self.parquet.metadata.row_group(row_group)
        for number in range(group.num_columns):
            chunk = group.column(number)
            if chunk.path_in_schema == self.id_column and chunk.is_stats_set and chunk.statistics.has_min_max:
                low, high = _read_text(chunk.statistics.min), _read_text(chunk.statistics.max)
                at = bisect_left(ids, low)
                return at < len(ids) and ids[at] <= high
        return True


def open_table(source_id: str, file: RemoteFile, id_column: str = "id") -> Table:
    """Read the footer of a remote Parquet file. Raises SourceError when it is none."""
    file.prefetch([(max(0, file.size - _FOOTER), file.size)])
    try:
        return Table(source_id, file, pq.ParquetFile(file, pre_buffer=False), id_column)
    except pa.ArrowException as error:
        raise _refuse(source_id, file.url, error) from error
    finally:
        file.prefetch([])


def list_rows(table: pa.Table, columns: Mapping[str, str]) -> Iterator[list[Any]]:
    """Rows as plain values in the order of `columns`, whose values are the file's names; null where absent."""
    values = [
        [_plain(v) for v in table.column(name).to_pylist()] if name in table.column_names else [None] * table.num_rows
        for name in columns.values()
    ]
    yield from map(list, zip(*values, strict=True))


def _plain(value: object) -> object:
    """A value JSON can hold; a whole number that a file keeps as a float is one again, NaN is absence."""
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    if isinstance(value, float):
        return None if value != value else int(value) if value.is_integer() else value
    return value


def _read_text(value: str | bytes) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _refuse(source_id: str, url: str, error: pa.ArrowException) -> SourceError:
    said = str(error).splitlines()[0][:160]
    return SourceError(source_id, f"{url} is no Parquet file that can be read ({said}): open it in a browser.")
