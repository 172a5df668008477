"""The charts of the Capability page draw no frontier, line or dot that their data do not carry."""

from __future__ import annotations

from datetime import date

import pandas as pd

from dashboard.capability import charts as charts
from dashboard.charts import join_points
from tests.boards import BIG, EPOCH, RATED, make_edition, make_rows


def test_a_frontier_climbs_and_a_partial_edition_has_none() -> None:
    rows = make_rows(
        ("a/1", "proprietary", 140.0, "2025-01-01"),
        ("a/2", "proprietary", 139.0, "2025-02-01"),
        ("a/3", "proprietary", 145.0, "2025-03-01"),
        ("a/4", "proprietary", 150.0, None),
    )
    assert [p.y for p in charts.find_frontier(rows[rows["released_on"].notna()], "closed", "commercial")] == [
        140,
        145,
    ]
    drawn = charts.draw_releases(RATED, make_edition("2026-08-11"), BIG, "commercial", EPOCH, [])
    assert [s.style for s in drawn.series] == ["dots", "step", "step"]
    partial = make_edition("2026-10-08", is_complete=False)
    drawn = charts.draw_releases(RATED, partial, BIG, "commercial", EPOCH, [])
    assert [s.style for s in drawn.series] == ["dots"] and drawn.flats[0].y == 140.0


def test_weights_not_open_by_the_rule_are_hollow_and_on_no_frontier() -> None:
    drawn = charts.draw_releases(RATED, make_edition("2026-08-11"), BIG, "commercial", EPOCH, [])
    assert [p.note for p in drawn.series[0].points if p.hollow] == ["k, open weights, non-commercial, 155.0 to 159.0"]
    assert max(p.y for s in drawn.series[1:] if s.access == "open" for p in s.points) == 150.0


def test_no_line_meets_an_edition_dated_by_a_commit_or_crosses_a_method() -> None:
    days = ["2025-10-16", "2025-11-05", "2025-11-06", "2025-11-16", "2025-12-01"]
    editions = [make_edition(day) for day in days]
    for at in (1, 2):
        editions[at] = make_edition(days[at], observed_kind="commit_date")
    editions[4] = make_edition(days[4], series_id="epoch_eci/eci/overall/2")
    rows = pd.concat([make_rows((BIG, "commercial_weights", 140.0, "2025-08-05"), edition=d) for d in days])
    rows.loc[rows["edition"] == pd.Timestamp(days[4]), "series_id"] = "epoch_eci/eci/overall/2"
    line = charts.draw_history(rows, editions, [BIG], {BIG: "gpt-oss-120b"}, "commercial", EPOCH, []).series[0]
    assert [len(run) for run in join_points(line)] == [1, 1, 1, 1, 1]
    assert [p.hollow for p in line.points] == [False, True, True, False, False]


def test_a_release_rule_belongs_to_the_model_its_title_names() -> None:
    rated = make_rows(
        ("x/gpt-5", "proprietary", 150.0, "2025-08-07"),
        ("x/gpt-5 mini", "proprietary", 146.0, "2025-08-07"),
        ("x/other", "proprietary", 145.0, "2025-08-07"),
    )
    events = [
        {"happened_on": date(2025, 8, 8), "title": "GPT-5, GPT-5 mini"},
        {"happened_on": date(2026, 7, 9), "title": "GPT-5 again"},
        {"happened_on": date(2025, 8, 6), "title": "GPT-5.6 Sol"},
    ]
    found = charts.choose_events(events, rated, ["x/gpt-5", "x/other"])
    assert [(e.day.isoformat(), e.label, e.kind) for e in found] == [
        ("2025-08-05", "gpt-oss released", "focus"),
        ("2025-08-08", "gpt-5", "release"),
    ]
