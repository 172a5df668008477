"""Frames as plain rows, for rules in Python: dates, numbers, null as None.

A rule that compares and words values reads better, and is typed, over these than over a frame whose
nulls have three shapes. Meant for the tens or hundreds of rows behind a sentence, never for a table.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

Row = dict[str, Any]


def list_rows(frame: pd.DataFrame) -> list[Row]:
    """The frame's rows in order. Columns named `as_of` or `..._at` are instants, other times are days."""
    columns = [_list_values(frame[str(name)], str(name)) for name in frame.columns]
    names = [str(name) for name in frame.columns]
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def _list_values(column: pd.Series[Any], name: str) -> list[Any]:
    pairs = zip(column.tolist(), column.isna().tolist(), strict=True)
    values = [None if is_missing else value for value, is_missing in pairs]
    if column.dtype.kind != "M" or name == "as_of" or name.endswith("_at"):
        return values
    return [None if value is None else value.date() for value in values]
