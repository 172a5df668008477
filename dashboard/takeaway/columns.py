"""What the columns of a table mean and in which unit, as their names say it.

Units are part of our columns' names; what stands here spells them out for a reader who has only the file. It
refuses to guess: a column whose name says nothing has its type alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

_MEANINGS = {
    "payload_key": "Key of the payload this row was read from, text; /data?payload=KEY&row=ROW shows it",
    "row_no": "Number of the row within its payload",
    "model": "Model, as named here",
    "model_id": "Model: its Hugging Face repository, or developer/slug where its weights are not published",
    "name_at_source": "Name as the source writes it",
    "name_raw": "Name as the source writes it",
    "value": "Value as published",
    "low": "Lower end of the interval",
    "high": "Upper end of the interval",
    "interval_pct": "Coverage of the interval",
    "n": "Number of observations behind the value, such as votes",
    "rank": "Place on the board, where the whole board was seen",
    "difference": "Value less that of the model compared with",
    "verdict": "Whether the interval of the difference excludes zero",
    "access": "Openness of the weights, as licensed",
    "released_on": "Day on which the model was released",
    "day": "UTC day of the observation",
    "edition": "Edition of the source: values are comparable within one",
    "observed_at": "Earliest instant for which there is evidence that the value was public, UTC",
    "observed_kind": "What that evidence is",
    "recorded_at": "When the payload entered an archive, UTC",
    "redistributable": "Whether the row may be passed on: yes, share-alike (under the same licence)",
    "licence": "Licence of the row",
    "licence_id": "Licence of the row",
    "source_id": "Source, as keyed under sources",
    "configuration": "How the model was run: effort, thinking, harness; empty where not stated",
    "downloads_30d": "Downloads in the 30 days before the reading: a rolling window, never to be summed",
    "flags": "What is known to be wrong with the row",
    "unit": "Unit of the value",
}
_UNITS = {
    "_usd_per_mtok": "US dollars per million tokens",
    "_usd": "US dollars",
    "_30d": "count in 30 days",
    "_days": "days",
    "_pct": "per cent",
    "_tokens": "tokens",
    "_params_b": "billion parameters",
    "_at": "instant, UTC",
    "_on": "day",
}


def describe_columns(frame: pd.DataFrame, meanings: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """Name, type, unit and meaning of each column in order; `meanings` come before what is known here."""
    known = _MEANINGS | dict(meanings or {})
    described = []
    for position, name in enumerate(map(str, frame.columns)):
        unit = next((words for suffix, words in _UNITS.items() if name.endswith(suffix)), None)
        entry = {"name": name, "type": _name_type(frame.iloc[:, position]), "unit": unit, "meaning": known.get(name)}
        described.append({key: value for key, value in entry.items() if value is not None})
    return described


def _name_type(column: pd.Series[Any]) -> str:
    kinds = {"b": "boolean", "i": "integer", "u": "integer", "f": "number", "M": "instant, UTC", "m": "duration"}
    return kinds.get(getattr(column.dtype, "kind", "O"), "text")
