"""What a table's reader must know, as one JSON object beside or inside the file.

Title, sources with licence and attribution, dates, the published file, columns, rows and those left out with
the reason, links, how to cite. It says nothing that the page does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import pandas as pd

from dashboard.takeaway.citation import write_bibtex, write_citation
from dashboard.takeaway.columns import describe_columns
from dashboard.takeaway.stamp import Stamp

LEFT_OUT = "Their licence forbids passing them on; they are shown on the machine that recorded them."
_PLOTTED = "No line runs over a gap of more than 45 days or across a change of method; nothing is interpolated."
_CSV = "In CSV, text that a spreadsheet would execute begins with an apostrophe; an empty cell is an absent value."


def write_metadata(
    frame: pd.DataFrame, left_out: int, stamp: Stamp, *, rule: str = "", meanings: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The metadata of the rows that leave; `rule` says how they were made, where a page does."""
    return {
        "title": stamp.title,
        "credit": stamp.credit.write(),
        "notes": [note for note in stamp.credit.notes if note],
        "rules": [*([rule] if rule else []), _PLOTTED, _CSV],
        "as_of": {"asked_for": stamp.as_of, "known_up_to": stamp.instant, "words": stamp.write_when()},
        "published_file": dict(stamp.file),
        "made_at": stamp.made,
        "sources": [dict(source) for source in stamp.sources],
        "rows": len(frame),
        "rows_left_out": left_out,
        "rows_left_out_because": LEFT_OUT if left_out else None,
        "columns": describe_columns(frame, meanings),
        "links": {"follows_new_data": stamp.links.following, "stays_as_it_is": stamp.links.frozen},
        "cite": write_citation(stamp),
        "bibtex": write_bibtex(stamp),
    }


def to_json(metadata: Mapping[str, Any]) -> bytes:
    """The metadata as UTF-8 JSON for people to read; instants are ISO 8601 in UTC."""
    return orjson.dumps(metadata, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC)
