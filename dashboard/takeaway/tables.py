"""Rows as files: what may leave, as CSV for a spreadsheet and as Parquet.

Rows that a licence keeps on this machine are taken out here, before anything is written. CSV holds no text a
spreadsheet would execute; Parquet has every type and value as it is, with the metadata in its schema.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from dashboard.provenance import drop_local

RIGHTS = "redistributable"
LOCAL = "no"
METADATA_KEY = b"gpt-oss-landscape"


def split_local(frame: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """The rows that may leave, and how many stay because their licence forbids passing them on.

    A frame without a column `redistributable` has none that must stay. Absent rights are no permission."""
    if RIGHTS not in frame.columns:
        return frame, 0
    kept = drop_local(frame)
    return kept, len(frame) - len(kept)


def to_parquet(frame: pd.DataFrame, metadata: Mapping[str, Any]) -> bytes:
    """The frame as Parquet; `metadata` is JSON under the key "gpt-oss-landscape" of the file's schema."""
    table = pa.Table.from_arrays(
        [_to_array(frame.iloc[:, n]) for n in range(frame.shape[1])], names=[str(name) for name in frame.columns]
    )
    written = io.BytesIO()
    schema = {METADATA_KEY: orjson.dumps(metadata, option=orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC)}
    pq.write_table(table.replace_schema_metadata(schema), written, compression="zstd")
    return written.getvalue()


def _to_array(column: pd.Series[Any]) -> pa.Array:
    try:
        found = pa.Array.from_pandas(column)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        # Facts side by side mix words and numbers in one column; words lose nothing.
        found = pa.Array.from_pandas(pd.Series([None if _is_absent(v) else str(v) for v in column], dtype=object))
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def _is_absent(value: object) -> bool:
    return value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and value != value)
