"""The Methods page's tables: a measure under each definition, and benchmarks.

A definition's options become columns of their own, so that a reader sees what differs between two rows and a
spreadsheet can filter by it.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from dashboard.provenance import link_payload
from dashboard.rows import Row

MEANINGS = {
    "about": "Whom or what the number speaks of",
    "value": "The measure's value; empty where the definition has no answer",
    "told_by": "What the number rests on: models, providers, counted periods",
    "reason_absent": "Why there is no value",
    "measured_at": "The instant as of which it was worked out, UTC",
    "method_version": "Version of the method",
    "source": "Address of the first payload it was worked out from",
}


def tabulate_figures(figures: Sequence[Row], as_of: str = "") -> pd.DataFrame:
    """One row a subject and definition: each dimension's option, then what the measure says. `as_of` goes into the
    links to payloads."""
    options = [split_definition(row["definition_id"]) for row in figures]
    dimensions = list(dict.fromkeys(name for told in options for name in told))
    rows = [
        {
            "about": row["name"],
            **{name: told.get(name, "") for name in dimensions},
            **{name: row[name] for name in ("value", "low", "high", "unit", "day", "told_by", "reason_absent")},
            "source": link_payload(row["payload_key"], None, as_of) if row["payload_key"] else None,
            **{name: row[name] for name in ("measured_at", "method_version", "payload_key", "redistributable")},
        }
        for row, told in zip(figures, options, strict=True)
    ]
    return pd.DataFrame(rows)


def split_definition(definition_id: str) -> dict[str, str]:
    """A definition's options by dimension, in its order."""
    pairs = (part.partition("=") for part in definition_id.split(";"))
    return {name: option for name, _, option in pairs if name}


def list_measures(uses: Sequence[Row], method: str) -> list[str]:
    """The measures that a module gives; `uses` is `queries.methods.read_uses`."""
    return sorted({row["measure_id"] for row in uses if row["method"] == method})


def list_methods(uses: Sequence[Row], dimension: str) -> list[str]:
    """The modules that tell a dimension's options apart."""
    return sorted({row["method"] for row in uses if dimension in split_definition(row["definition_id"])})
