"""Boards written by hand for tests: editions, ratings and verdicts in the shape the queries give them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from dashboard import capability as rules
from dashboard.capability import MEASURES, Edition

EPOCH = MEASURES["epoch"]
BIG, SMALL = "openai/gpt-oss-120b", "openai/gpt-oss-20b"


def make_edition(day: str, **given: Any) -> Edition:
    fields: dict[str, Any] = {
        "day": date.fromisoformat(day),
        "series_id": "epoch_eci/eci/overall/1",
        "published_on": None,
        "is_complete": True,
        "rated": 10,
        "rows": 10,
        "expected_rows": None,
        "intervals": 10,
        "observed_kind": "recorded",
        "licence_id": "CC-BY-4.0",
    }
    return Edition(**{**fields, **given})


def make_rows(*rows: tuple[str, str, float, str | None], edition: str = "2026-08-11") -> pd.DataFrame:
    """Rows as `read_ratings` gives them: (model_id, access, value, released_on)."""
    frame = pd.DataFrame(
        [
            {
                "model_id": m,
                "name_raw": m.rpartition("/")[2],
                "name": m.rpartition("/")[2],
                "access": access,
                "value": value,
                "low": value - 2,
                "high": value + 2,
                "interval_pct": 90,
                "config": "",
                "config_raw": "",
                "n": None,
                "redistributable": "yes",
                "licence_id": "CC-BY-4.0",
                "released_on": released,
                "payload_key": 2**52 - 1,
                "row_no": n,
                "series_id": "epoch_eci/eci/overall/1",
            }
            for n, (m, access, value, released) in enumerate(rows)
        ]
    )
    frame["released_on"] = pd.to_datetime(frame["released_on"])
    frame["edition"] = pd.Timestamp(edition)
    return rules.label_entries(frame)


def make_verdicts(*rows: tuple[str, str, str | None]) -> pd.DataFrame:
    """Rows as `read_verdicts` gives them: (edition, entry, verdict)."""
    frame = pd.DataFrame(rows, columns=["edition", "entry", "verdict"])
    frame["edition"] = pd.to_datetime(frame["edition"])
    return frame.assign(series_id="epoch_eci/eci/overall/1")


RATED = make_rows(
    (BIG, "commercial_weights", 140.0, "2025-08-05"),
    (SMALL, "commercial_weights", 137.0, "2025-08-05"),
    *((f"open/o{n}", "commercial_weights", 150.0 - n, "2026-01-01") for n in range(6)),
    *((f"closed/c{n}", "proprietary", 160.0 - n, "2026-01-01") for n in range(6)),
    ("who/unknown", "unknown", 170.0, None),
    ("nc/k", "noncommercial_weights", 157.0, "2026-02-01"),
)
