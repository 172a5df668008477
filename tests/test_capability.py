"""The rules of the Capability page hold on data of any shape: the ten, the counts, since when."""

from __future__ import annotations

from datetime import date

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from dashboard import capability as rules
from dashboard.capability import AHEAD, BEHIND, CLOSE
from dashboard.capability import words as words
from tests.boards import BIG, EPOCH, RATED, SMALL, make_edition, make_rows, make_verdicts


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
    again = RATED[RATED["model_id"] == "open/o0"].assign(entry="open/o0 (effort=high)", value=151.0, merit=151.0)
    twice = pd.concat([RATED, again])
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
        "Of 2 open and 2 proprietary models rated on 11 Aug 2026; 1 of any kind too close to call; "
        "1 of 1 proprietary ones ahead was out by 5 Aug 2025; 1 more of unknown licence is clearly ahead; "
        "1 more with weights not counted as open here is clearly ahead."
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
    assert write(*late, undated).endswith("none of the 2 open ones with a known date was out when it was released.")


def test_where_lower_is_better_the_lowest_are_the_best() -> None:
    rated = rules.label_entries(RATED, lower=True)
    chosen = rules.choose_default(rated, {}, "commercial")
    assert {"open/o5", "open/o4", "closed/c5", "closed/c4"} <= set(chosen) and "closed/c0" not in chosen
    values = rated.set_index("entry")["value"]
    assert [values[e] for e in chosen] == sorted(values[e] for e in chosen)


def test_two_runs_of_one_entry_in_an_edition_keep_their_own_names() -> None:
    rows = RATED.assign(published_on=None, run="", config="").head(2)
    rows = pd.concat([rows, rows.head(1).assign(run="Terminus 2", row_no=9)], ignore_index=True)
    rows.loc[0, "run"] = "mini"
    told = rules.label_entries(rows)
    assert list(told["entry"]) == [f"{BIG} [mini]", SMALL, f"{BIG} [Terminus 2]"]
    assert told["label"].is_unique


def test_entries_are_called_entries_where_a_model_is_rated_twice() -> None:
    twice = judge(("a", "proprietary", AHEAD, "2026-01-01")).iloc[[0, 0]]
    assert "2 proprietary entries" in words.write_finding(rules.count_standing(twice, "commercial"), "x", EPOCH)


def test_a_silent_edition_says_why_instead_of_a_verdict() -> None:
    partial = make_edition("2026-10-08", is_complete=False, rows=57, expected_rows=274)
    assert words.explain_silence(partial, "gpt-oss-120b", True, EPOCH).startswith(
        "The edition of 8 Oct 2026 is partial (57 of 274 rows)"
    )
    assert "does not rate gpt-oss-20b" in words.explain_silence(make_edition("2026-08-11"), "gpt-oss-20b", False, EPOCH)
    bare = make_edition("2026-03-09", intervals=0)
    assert "has no intervals" in words.explain_silence(bare, "gpt-oss-120b", True, EPOCH)
    assert words.explain_silence(make_edition("2026-08-11"), "gpt-oss-120b", True, EPOCH) == ""


def test_the_open_models_ahead_are_named_under_the_edition_that_first_said_so() -> None:
    edition = make_edition("2026-08-11")
    entries = make_rows(
        ("open/new", "commercial_weights", 152.0, "2026-07-01"),
        ("open/old", "restricted_commercial_weights", 150.0, "2026-01-01"),
        ("closed/c", "proprietary", 160.0, "2026-01-01"),
        ("nc/k", "noncommercial_weights", 157.0, "2026-02-01"),
    )
    now = entries.assign(verdict=AHEAD)
    history = make_verdicts(
        ("2025-12-19", "open/old", AHEAD),
        ("2025-12-19", "open/new", CLOSE),
        *(("2026-08-11", entry, AHEAD) for entry in entries["entry"]),
    )
    since = rules.find_ahead_since(history, edition)
    told = words.write_ahead(now, since, "commercial")
    assert told == [("Since 19 Dec 2025", "old"), ("Since 11 Aug 2026", "new")]
    assert words.write_ahead(now, since, "any_weights")[1] == ("Since 11 Aug 2026", "k, new")
    assert words.write_ahead(now, since, "osi_style") == [("Since 11 Aug 2026", "new")]
    assert words.write_ahead(now.assign(verdict=CLOSE), {}, "commercial") == []
