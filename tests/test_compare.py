"""The rules of Compare: which values meet, who is ahead, which day and which models are chosen."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import compare
from dashboard.compare import Result, facts, tables, words
from dashboard.compare.charts import draw_board
from dashboard.rows import Row

LARGE, SMALL, RIVAL, OTHER = "openai/gpt-oss-120b", "openai/gpt-oss-20b", "lab/rival", "lab/other"
NAMES = {LARGE: "gpt-oss-120b", SMALL: "gpt-oss-20b", RIVAL: "Rival", OTHER: "Other"}
DAY = date(2026, 8, 11)
SAID = {"clearly ahead": "clearly behind", "clearly behind": "clearly ahead", "too close to call": "too close to call"}


def make_score(model_id: str, value: float, spread: float | None = None, **given: Any) -> Row:
    """A row of `queries.compare.read_scores`, an Epoch index value unless told otherwise."""
    row: Row = {
        "series_id": "epoch_eci/eci/overall/1",
        "edition": DAY,
        "published_on": None,
        "run": "",
        "benchmark_id": "eci",
        "benchmark": "Epoch Capabilities Index",
        "domain": "general",
        "unit": "index points",
        "higher_is_better": True,
        "source_id": "epoch_eci",
        "board": "eci",
        "category": "overall",
        "model_id": model_id,
        "config": "",
        "value": value,
        "low": None if spread is None else value - spread,
        "high": None if spread is None else value + spread,
        "interval_pct": None if spread is None else 90,
        "is_anchor": False,
        "redistributable": "yes",
        "licence_id": "CC-BY-4.0",
        "payload_key": 1,
        "row_no": int(value * 100),
    }
    return {**row, **given}


scores = st.lists(
    st.builds(
        make_score,
        st.sampled_from(list(NAMES)),
        st.integers(100, 160).map(float),
        st.none() | st.integers(0, 9).map(float),
        series_id=st.sampled_from(["a/1", "a/2", "b/1"]),
        edition=st.sampled_from([DAY, DAY - timedelta(days=90), DAY + timedelta(days=58)]),
        published_on=st.none() | st.just(DAY),
        run=st.sampled_from(["", "Epoch evaluations", "Stanford"]),
        config=st.sampled_from(["", "effort=high"]),
        higher_is_better=st.just(True),
    ),
    max_size=40,
).map(lambda rows: [{**row, "row_no": n} for n, row in enumerate(rows)])


@given(scores)
def test_values_of_two_editions_series_or_runs_never_meet(rows: list[Row]) -> None:
    addresses = {row["row_no"]: row for row in rows}
    found = compare.list_shared(rows)
    for shared in found:
        meets = {
            (r["series_id"], r["run"], r["edition"], r["published_on"])
            for r in (addresses[one.row_no] for one in shared.results)
        }
        assert meets == {(shared.series_id, shared.run, shared.edition, shared.published_on)}
        assert len(shared.best) >= 2
        values = [r.value for r in shared.results]
        assert values == sorted(values, reverse=True)
    assert len({(s.series_id, s.run) for s in found}) == len(found)


# One series and run, so that editions with different numbers of the models are common.
one_series = scores.map(lambda rows: [{**row, "series_id": "a/1", "run": "", "published_on": None} for row in rows])


@given(one_series)
def test_the_edition_with_most_of_the_models_is_taken_and_of_such_the_newest(rows: list[Row]) -> None:
    chosen = {(s.series_id, s.run): s for s in compare.list_shared(rows)}
    groups: dict[tuple[Any, ...], set[str]] = {}
    for row in rows:
        key = (row["series_id"], row["run"], row["edition"], row["published_on"])
        groups.setdefault(key, set()).add(row["model_id"])
    for (series_id, run, edition, published_on), models in groups.items():
        if len(models) < 2:
            continue
        taken = chosen[series_id, run]
        mine = (len(models), edition, published_on or date.min)
        assert (len(taken.best), taken.edition, taken.published_on or date.min) >= mine


def make_result(value: float, error: float | None) -> Result:
    return Result(LARGE, "", value, None, None, None, error, "yes", 1, 1)


@given(
    st.floats(-1e4, 1e4),
    st.floats(-1e4, 1e4),
    st.none() | st.floats(0, 100),
    st.none() | st.floats(0, 100),
    st.booleans(),
)
def test_swapping_base_and_other_flips_the_verdict(
    one: float, two: float, error_one: float | None, error_two: float | None, higher: bool
) -> None:
    a, b = make_result(one, error_one), make_result(two, error_two)
    there, back = compare.compare_results(a, b, higher), compare.compare_results(b, a, higher)
    assert there.difference == -back.difference
    if there.verdict is None:
        assert back.verdict is None and (error_one is None or error_two is None)
    else:
        assert back.verdict == SAID[there.verdict]


@pytest.mark.parametrize(
    ("low", "high", "level", "anchor", "error"),
    [
        (0.0, 3.29, 90, False, 1.0),
        (0.0, 3.92, 95, False, 1.0),
        (None, None, None, True, 0.0),
        (None, None, None, False, None),
        # A level nobody has told us the width of is no ground for a verdict.
        (0.0, 2.0, 68, False, None),
    ],
)
def test_an_interval_means_a_standard_error(
    low: float | None, high: float | None, level: int | None, anchor: bool, error: float | None
) -> None:
    measured = compare.measure_error(low, high, level, anchor)
    assert measured is None if error is None else math.isclose(measured or 0.0, error, abs_tol=1e-12)


def test_overlapping_bars_may_still_be_clear() -> None:
    """The difference decides: 4.0 apart with errors of 1 each is 2.8 standard errors, though the bars touch."""
    shared = compare.list_shared([make_score(LARGE, 140, 1.645), make_score(RIVAL, 143, 1.645)])[0]
    other, base = shared.find(RIVAL), shared.find(LARGE)
    assert other and base and other.low is not None and base.high is not None and other.low < base.high
    assert compare.compare_results(other, base).verdict == "clearly ahead"


def test_lower_is_better_turns_the_verdict_and_the_order() -> None:
    rows = [make_score(LARGE, 10, 1.0, higher_is_better=False), make_score(RIVAL, 20, 1.0, higher_is_better=False)]
    shared = compare.list_shared(rows)[0]
    assert shared.best[0].model_id == LARGE
    assert compare.compare_results(shared.best[1], shared.best[0], False).verdict == "clearly behind"


def test_a_model_stands_with_its_best_configuration_and_keeps_the_others() -> None:
    rows = [
        make_score(LARGE, 0.4, config="effort=low"),
        make_score(LARGE, 0.6, config="effort=high"),
        make_score(RIVAL, 0.5),
    ]
    shared = compare.list_shared([{**r, "row_no": n} for n, r in enumerate(rows)])[0]
    assert [(r.model_id, r.config) for r in shared.best] == [(LARGE, "effort=high"), (RIVAL, "")]
    assert len(shared.results) == 3
    whiskers = draw_board(shared, LARGE, NAMES, {}, every=True)
    assert [row.label for row in whiskers.rows] == ["gpt-oss-120b (effort high)", "Rival", "gpt-oss-120b (effort low)"]
    assert len(draw_board(shared, LARGE, NAMES, {}, every=False).rows) == 2


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            [make_score(LARGE, 140, 1), make_score(RIVAL, 146, 1)],
            "Rival is clearly ahead of gpt-oss-120b on Epoch's index",
        ),
        (
            [make_score(LARGE, 140, 1), make_score(SMALL, 130, 1), make_score(RIVAL, 146, 1)],
            "Rival is clearly ahead of the other two on Epoch's index",
        ),
        (
            [make_score(LARGE, 140, 5), make_score(RIVAL, 141, 5)],
            "Rival and gpt-oss-120b are too close to call on Epoch's index",
        ),
        (
            [make_score(LARGE, 140, 1), make_score(RIVAL, 146, 5), make_score(OTHER, 146.5, 5)],
            "Other and Rival are too close to call at the top of Epoch's index",
        ),
        (
            [make_score(LARGE, 140), make_score(RIVAL, 146)],
            "Rival has the highest value on Epoch's index, without an interval to judge it by",
        ),
        ([], "No two of these models were rated on one index or Arena board"),
    ],
)
def test_the_headline_says_no_more_than_the_intervals(rows: list[Row], said: str) -> None:
    assert words.write_headline(compare.list_shared(rows), [], [], NAMES) == said


def test_the_market_is_read_off_one_day() -> None:
    """A price of another day is no rival: gpt-oss-20b's newest is the lowest, but of a day with it alone."""
    prices: list[Row] = [
        {"model_id": LARGE, "day": DAY, "floor": 0.06},
        {"model_id": RIVAL, "day": DAY, "floor": 0.2},
        {"model_id": SMALL, "day": DAY + timedelta(days=9), "floor": 0.01},
    ]
    downloads: list[Row] = [
        {"model_id": LARGE, "day": DAY, "downloads_30d": 4},
        {"model_id": SMALL, "day": DAY, "downloads_30d": 4},
    ]
    assert compare.choose_day(prices) == DAY
    said = words.write_headline([], prices, downloads, NAMES)
    assert said.endswith("; gpt-oss-120b is the cheapest, gpt-oss-120b and gpt-oss-20b are downloaded equally often")
    assert words.write_headline([], prices[2:], [], NAMES).endswith("board")


def test_one_model_is_no_comparison() -> None:
    assert words.write_headline([], [], [], {LARGE: "gpt-oss-120b"}) == (
        "A comparison needs two models; only gpt-oss-120b is chosen"
    )
    assert words.write_headline([], [], [], {}) == "A comparison needs two models"


def test_the_last_edition_with_intervals_speaks_where_the_newest_has_none() -> None:
    old = [make_score(LARGE, 140, 1, edition=DAY), make_score(RIVAL, 146, 1, edition=DAY)]
    later = DAY + timedelta(days=30)
    new = [make_score(LARGE, 141, edition=later), make_score(RIVAL, 147, edition=later)]
    shown, judged = compare.list_shared(old + new), compare.list_shared(old + new, with_interval=True)
    assert shown[0].edition == later
    assert words.write_judged(shown[0], judged, LARGE, NAMES) == (
        "The last edition with intervals, 11 Aug 2026, against gpt-oss-120b: Rival clearly ahead."
    )
    assert words.write_judged(judged[0], judged, LARGE, NAMES) == ""


def test_the_first_models_follow_the_price_class() -> None:
    access = {RIVAL: "commercial_weights", OTHER: "proprietary", "lab/dear": "proprietary"}
    ten = ["lab/dear", RIVAL, OTHER, LARGE]
    assert compare.choose_first(ten, access, {LARGE: 0.25, RIVAL: 0.4, OTHER: 0.5, "lab/dear": 20.0}) == [
        LARGE,
        SMALL,
        RIVAL,
        OTHER,
    ]
    # Without prices the last of each side stands in, and without any rating both gpt-oss stand alone.
    assert compare.choose_first(ten, access, {}) == [LARGE, SMALL, RIVAL, OTHER]
    assert compare.choose_first([], {}, {}) == [LARGE, SMALL]


def test_a_cell_says_value_difference_verdict_and_configuration() -> None:
    shares = [
        make_score(LARGE, 0.676768, unit="share above chance", config="effort=high", board="inputs"),
        make_score(RIVAL, 0.778980, unit="share above chance", board="inputs"),
    ]
    frame = tables.tabulate_shared(compare.list_shared(shares), LARGE, NAMES, False, "2025-12-31")
    [row] = frame.to_dict("records")
    assert row["gpt-oss-120b"] == "67.7 %, effort high"
    assert row["Rival"] == "77.9 % (+10.2)"
    assert row["Other"] == "—"
    assert row["run_by"] == "not stated" and row["where_from"].endswith("as_of=2025-12-31")
    judged = compare.list_shared([make_score(LARGE, 140, 1), make_score(RIVAL, 146, 1)])
    [row] = tables.tabulate_shared(judged, LARGE, NAMES, False, "").to_dict("records")
    assert row["Rival"] == "146.0 (145.0 to 147.0), clearly ahead (+6.0)"


def test_a_download_has_every_configuration_and_says_what_must_stay() -> None:
    rows = [
        make_score(LARGE, 0.4, config="effort=low", redistributable="no"),
        make_score(LARGE, 0.6, config="effort=high"),
        make_score(RIVAL, 0.5),
    ]
    frame = tables.list_results(compare.list_shared(rows), LARGE, NAMES)
    assert list(frame.columns) == list(tables.RESULT_COLUMNS)
    assert len(frame) == 3 and list(frame["is_best_configuration"]) == [True, True, False]
    assert list(frame["redistributable"]) == ["yes", "yes", "no"]
    assert frame.loc[1, "difference"] == pytest.approx(-0.1)


def make_claim(source_id: str, attribute: str, value: str, model_id: str = RIVAL) -> Row:
    return {
        "model_id": model_id,
        "source_id": source_id,
        "attribute": attribute,
        "value": value,
        "observed_at": datetime(2026, 7, 2),
        "redistributable": "yes",
        "payload_key": 7,
        "row_no": 3,
    }


def test_sources_that_disagree_are_shown_in_their_own_words() -> None:
    claims = [
        make_claim("epoch_eci", "released_on", "2026-07-16"),
        make_claim("models_dev", "released_on", "2026-07-17"),
        make_claim("epoch_eci", "developer", "Z.ai (Zhipu AI)"),
        make_claim("lmarena", "developer", "Z.ai"),
        make_claim("epoch_eci", "accessibility", "API access"),
        make_claim("models_dev", "open_weights", "true"),
    ]
    found = facts.list_disagreements(claims, NAMES, {"epoch_eci": "Epoch"}, "")
    said = list(zip(found["fact"], found["source"], found["says"], strict=True))
    assert said == [
        ("Released", "Epoch", "2026-07-16"),
        ("Released", "models_dev", "2026-07-17"),
        ("Access", "Epoch", "API access"),
        ("Access", "models_dev", "open weights: true"),
    ]
    assert set(found["where_from"]) == {"/data?payload=7&row=3"}


def test_a_fact_nobody_recorded_is_not_known() -> None:
    row = dict.fromkeys(("developer", "region", "released_on", "licence", "total_params_b", "active_params_b"))
    known = {**row, "model_id": RIVAL, "access": "proprietary", "hub_repo_id": None, "tracked": False}
    frame = facts.tabulate_facts([known], [], {RIVAL: "Rival", OTHER: "Other"}, DAY).set_index("fact")
    assert frame.loc["Hub repository", "Rival"] == "not on the Hub"
    assert set(frame["Rival"].drop(["Access", "Hub repository", "Followed here"])) == {"not known"}
    assert set(frame["Other"]) == {"not known"}


def test_a_proprietary_model_is_not_on_the_hub_and_an_unread_one_has_no_reading() -> None:
    downloads: list[Row] = [{"model_id": LARGE, "day": DAY, "downloads_30d": 4_384_464, "likes": None}]
    known = [{"model_id": RIVAL, "access": "proprietary"}, {"model_id": OTHER, "access": "commercial_weights"}]
    frame = facts.tabulate_downloads(downloads, known, NAMES, DAY + timedelta(days=197)).set_index("fact")
    assert list(frame["gpt-oss-120b"]) == ["4.4 M", "11 Aug 2026", "197 days old", "not known"]
    assert set(frame["Rival"]) == {"not on the Hub"} and set(frame["Other"]) == {"no reading"}
