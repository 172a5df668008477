"""The rules of the Capability page hold on data of any shape: the ten, the counts, since when, the charts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from dashboard import capability as rules
from dashboard import capability_charts as charts
from dashboard import capability_words as words
from dashboard.capability import AHEAD, BEHIND, CLOSE, MEASURES, Edition
from dashboard.charts import join_points

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


def test_the_default_ten_are_both_gpt_oss_the_frontier_and_the_price_class_of_each_side() -> None:
    prices = {BIG: 0.25, "open/o4": 0.5, "open/o5": 0.1, "open/o2": 0.51, "closed/c5": 0.3, "closed/c3": 0.2}
    assert rules.choose_default(RATED, prices, "commercial") == [
        "closed/c0",
        "closed/c1",
        "closed/c3",
        "closed/c5",
        "open/o0",
        "open/o1",
        "open/o4",
        "open/o5",
        BIG,
        SMALL,
    ]


def test_without_prices_the_models_nearest_to_gpt_oss_take_the_place_of_its_price_class() -> None:
    chosen = rules.choose_default(RATED, {}, "commercial")
    assert chosen == [
        "closed/c0",
        "closed/c1",
        "closed/c4",
        "closed/c5",
        "open/o0",
        "open/o1",
        "open/o4",
        "open/o5",
        BIG,
        SMALL,
    ]


def test_the_openness_rule_decides_which_side_a_default_model_stands_on() -> None:
    assert "nc/k" not in rules.choose_default(RATED, {}, "commercial")
    assert "nc/k" in rules.choose_default(RATED, {}, "any_weights")


def test_a_model_in_two_configurations_takes_one_place_of_the_ten() -> None:
    twice = pd.concat(
        [RATED, RATED[RATED["model_id"] == "open/o0"].assign(entry="open/o0 (effort=high)", value=151.0)]
    )
    chosen = rules.choose_default(twice, {}, "commercial")
    assert "open/o0 (effort=high)" in chosen and "open/o0" not in chosen and len(chosen) == 10


@given(
    st.lists(
        st.tuples(
            st.sampled_from([f"m{n}" for n in range(30)]),
            st.sampled_from(list(rules.ACCESS_WORDS)),
            st.floats(50, 200),
        ),
        min_size=1,
        max_size=30,
        unique_by=lambda r: r[0],
    ),
    st.dictionaries(st.sampled_from([f"x/m{n}" for n in range(30)]), st.floats(0.01, 10)),
)
def test_the_default_is_at_most_ten_different_entries_of_the_edition_best_first(
    models: list[tuple[str, str, float]], prices: dict[str, float]
) -> None:
    rated = make_rows(
        *((f"x/{m}", access, value, "2026-01-01") for m, access, value in models),
        (BIG, "commercial_weights", 140.0, "2025-08-05"),
    )
    chosen = rules.choose_default(rated, prices, "commercial")
    values = rated.set_index("entry")["value"]
    assert BIG in chosen and len(chosen) == len(set(chosen)) <= 10
    assert [values[e] for e in chosen] == sorted((values[e] for e in chosen), reverse=True)


def test_clearly_ahead_since_is_the_start_of_the_unbroken_run() -> None:
    verdicts = make_verdicts(
        ("2025-12-19", "a", AHEAD),
        ("2026-03-09", "a", None),
        ("2026-08-11", "a", AHEAD),
        ("2025-12-19", "b", AHEAD),
        ("2026-05-14", "b", CLOSE),
        ("2026-08-11", "b", AHEAD),
        ("2025-12-19", "c", CLOSE),
        ("2026-08-11", "c", BEHIND),
        ("2026-08-11", "d", AHEAD),
        ("2026-09-01", "a", CLOSE),
    )
    assert rules.find_ahead_since(verdicts, make_edition("2026-08-11")) == {
        "a": date(2025, 12, 19),
        "b": date(2026, 8, 11),
        "d": date(2026, 8, 11),
    }
    assert rules.find_ahead_since(verdicts, make_edition("2025-12-19")) == {
        "a": date(2025, 12, 19),
        "b": date(2025, 12, 19),
    }


def test_an_edition_without_verdicts_calls_nobody_ahead_since_anything() -> None:
    verdicts = make_verdicts(("2025-12-19", "a", AHEAD), ("2026-03-09", "a", None))
    assert rules.find_ahead_since(verdicts, make_edition("2026-03-09", intervals=0)) == {}
    assert rules.find_ahead_since(verdicts, make_edition("2025-12-19", is_complete=False)) == {}


def test_the_newest_complete_edition_is_the_default_and_a_partial_one_only_where_alone() -> None:
    whole, partial = make_edition("2026-08-11"), make_edition("2026-10-08", is_complete=False)
    assert rules.choose_edition([whole, partial]) is whole
    assert rules.choose_edition([partial]) is partial
    assert rules.choose_edition([]) is None


def judge(*rows: tuple[str, str, str, str | None]) -> pd.DataFrame:
    """Verdicts of one edition: (model_id, access, verdict, released_on)."""
    frame = pd.DataFrame(rows, columns=["model_id", "access", "verdict", "released_on"])
    return frame.assign(name_raw=frame["model_id"], released_on=pd.to_datetime(frame["released_on"]))


def test_the_finding_counts_each_side_under_the_chosen_rule() -> None:
    verdicts = judge(
        ("a", "commercial_weights", AHEAD, "2026-01-01"),
        ("b", "restricted_commercial_weights", AHEAD, "2025-08-01"),
        ("c", "noncommercial_weights", AHEAD, "2026-01-01"),
        ("d", "proprietary", AHEAD, "2025-01-01"),
        ("e", "proprietary", CLOSE, "2026-01-01"),
        ("f", "unknown", AHEAD, None),
    )
    counted = rules.count_standing(verdicts, "commercial")
    assert words.write_finding(counted, "gpt-oss-120b", EPOCH) == (
        "2 open and 1 proprietary models are clearly ahead of gpt-oss-120b on Epoch's index; "
        "1 of the open ones was out when it was released."
    )
    assert words.write_detail(counted, make_edition("2026-08-11")) == (
        "Of 2 open and 2 proprietary models rated on 11 Aug 2026; 1 of any kind too close to call; 1 of the 1 "
        "proprietary ones ahead were out by 5 Aug 2025; 1 more of unknown licence is clearly ahead; 1 more with "
        "weights not counted as open here is clearly ahead."
    )
    assert rules.count_standing(verdicts, "osi_style").open_ahead == 1
    assert rules.count_standing(verdicts, "any_weights").open_ahead == 3


def test_the_finding_says_none_no_and_unknown_as_the_data_have_it() -> None:
    def write(*rows: tuple[str, str, str, str | None]) -> str:
        return words.write_finding(rules.count_standing(judge(*rows), "commercial"), "gpt-oss-20b", EPOCH)

    closed = ("p", "proprietary", AHEAD, "2026-01-01")
    assert write(closed).startswith("No open and 1 proprietary models are clearly ahead of gpt-oss-20b")
    late = [(f"o{n}", "commercial_weights", AHEAD, "2026-01-01") for n in range(2)]
    assert write(*late).endswith("none of the open ones was out when it was released.")
    assert write(late[0]).endswith("the open one was not yet out when it was released.")
    undated = ("u", "commercial_weights", AHEAD, None)
    assert write(undated).endswith("when the open ones came out is not known.")
    assert write(*late, undated).endswith(
        "none of the 2 open ones with a known date was out when it was released."
    )


def test_entries_are_called_entries_where_a_model_is_rated_twice() -> None:
    twice = judge(("a", "proprietary", AHEAD, "2026-01-01")).iloc[[0, 0]]
    assert "2 proprietary entries" in words.write_finding(
        rules.count_standing(twice, "commercial"), "x", EPOCH
    )


def test_a_silent_edition_says_why_instead_of_a_verdict() -> None:
    partial = make_edition("2026-10-08", is_complete=False, rows=57, expected_rows=274)
    assert words.explain_silence(partial, "gpt-oss-120b", True, EPOCH).startswith(
        "The edition of 8 Oct 2026 is partial (57 of 274 rows)"
    )
    assert "does not rate gpt-oss-20b" in words.explain_silence(
        make_edition("2026-08-11"), "gpt-oss-20b", False, EPOCH
    )
    bare = make_edition("2026-03-09", intervals=0)
    assert "has no intervals" in words.explain_silence(bare, "gpt-oss-120b", True, EPOCH)
    assert words.explain_silence(make_edition("2026-08-11"), "gpt-oss-120b", True, EPOCH) == ""


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
    assert [p.note for p in drawn.series[0].points if p.hollow] == [
        "k, open weights, non-commercial, 155.0 to 159.0"
    ]
    assert max(p.y for s in drawn.series[1:] if s.access == "open" for p in s.points) == 150.0


def test_no_line_meets_an_edition_dated_by_a_commit_or_crosses_a_method() -> None:
    days = ["2025-10-16", "2025-11-05", "2025-11-06", "2025-11-16", "2025-12-01"]
    editions = [make_edition(day) for day in days]
    for at in (1, 2):
        editions[at] = make_edition(days[at], observed_kind="commit_date")
    editions[4] = make_edition(days[4], series_id="epoch_eci/eci/overall/2")
    rows = pd.concat([make_rows((BIG, "commercial_weights", 140.0, "2025-08-05"), edition=d) for d in days])
    rows.loc[rows["edition"] == pd.Timestamp(days[4]), "series_id"] = "epoch_eci/eci/overall/2"
    line = charts.draw_history(rows, editions, [BIG], {BIG: "gpt-oss-120b"}, "commercial", EPOCH, []).series[
        0
    ]
    assert [len(run) for run in join_points(line)] == [1, 1, 1, 1, 1]
    assert [p.hollow for p in line.points] == [False, True, True, False, False]


def test_a_release_rule_belongs_to_the_model_its_title_names() -> None:
    rated = make_rows(
        ("x/gpt-5", "proprietary", 150.0, "2025-08-07"),
        ("x/gpt-5 mini", "proprietary", 146.0, "2025-08-07"),
        ("x/other", "proprietary", 145.0, "2025-08-07"),
    )
    events = pd.DataFrame(
        {
            "happened_on": pd.to_datetime(["2025-08-08", "2026-07-09", "2025-08-06"]),
            "title": ["GPT-5, GPT-5 mini", "GPT-5 again", "GPT-5.6 Sol"],
        }
    )
    found = charts.choose_events(events, rated, ["x/gpt-5", "x/other"])
    assert [(e.day.isoformat(), e.label, e.kind) for e in found] == [
        ("2025-08-05", "gpt-oss released", "focus"),
        ("2025-08-08", "gpt-5", "release"),
    ]
