"""Concentration: its arithmetic, and its rows over readings and routed tokens small enough to check by hand."""

from __future__ import annotations

import math
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.measures import MeasureRow, concentration
from ingest.registry import Registry
from ingest.sources.openrouter_rankings import DATASETS
from ingest.stats.concentration import bound_hhi, bound_largest, compute_gini, compute_hhi, share_out, sum_largest
from ingest.store import DATA
from tests.measure_play import archive_bodies, make_rows, measure, open_archive, open_views, pick
from tests.published.openrouter_rankings import make_list
from tests.published.openrouter_rankings import make_rows as make_day

AMOUNTS = st.dictionaries(
    st.text(alphabet="abcdefgh", min_size=1, max_size=3), st.floats(0.5, 1e9), min_size=2, max_size=20
)
TRACKED = [m.hub_repo_id for m in Registry.load(DATA).models.values() if m.tracked and m.hub_repo_id and not m.role]


@settings(max_examples=60, deadline=None)
@given(AMOUNTS)
def test_shares_sum_to_one_and_the_index_lies_between_equality_and_monopoly(amounts: dict[str, float]) -> None:
    shares = share_out(amounts)
    assert math.isclose(sum(shares.values()), 1)
    assert list(shares.values()) == sorted(shares.values(), reverse=True)
    hhi, n = compute_hhi(shares.values()), len(shares)
    assert 1 / n - 1e-12 <= hhi <= 1 + 1e-12
    assert 0 <= compute_gini(amounts.values()) <= (n - 1) / n + 1e-12
    assert sum_largest(shares.values(), n) == pytest.approx(1)
    assert compute_hhi(share_out(dict.fromkeys(amounts, 7.0)).values()) == pytest.approx(1 / n)
    assert compute_gini([7.0] * n) == pytest.approx(0, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(AMOUNTS)
def test_two_makers_who_merge_are_more_concentrated(amounts: dict[str, float]) -> None:
    first, second, *rest = sorted(amounts)
    merged = {"merged": amounts[first] + amounts[second], **{name: amounts[name] for name in rest}}
    before, after = (compute_hhi(share_out(a).values()) for a in (amounts, merged))
    total = sum(amounts.values())
    assert after - before == pytest.approx(2 * amounts[first] * amounts[second] / total**2)
    assert after >= before


@settings(max_examples=60, deadline=None)
@given(AMOUNTS, AMOUNTS, st.integers(1, 4))
def test_bounds_hold_whoever_the_unnamed_part_turns_out_to_be(
    named: dict[str, float], hidden: dict[str, float], k: int
) -> None:
    # The truth has the hidden part's owners by name: some are among the named, some are new.
    truth = dict(named)
    for name, amount in hidden.items():
        truth[name] = truth.get(name, 0.0) + amount
    total = sum(truth.values())
    shares, unnamed = [a / total for a in named.values()], sum(hidden.values()) / total
    exact = [a / total for a in truth.values()]
    hhi, largest = bound_hhi(shares, unnamed), bound_largest(shares, unnamed, k)
    assert hhi.low - 1e-12 <= compute_hhi(exact)
    assert largest.low - 1e-12 <= sum_largest(exact, k) <= largest.high + 1e-12
    assert compute_hhi(exact) <= hhi.high + 1e-12


def test_nothing_at_all_is_no_share() -> None:
    for amounts in ({}, {"a": 0.0}, {"a": -1.0, "b": 3.0}):
        with pytest.raises(ValueError):
            share_out(amounts)


def read_tokens(folder: Path, days: dict[str, dict[str, int]], at: str = "2026-09-16T12:00:00") -> list[MeasureRow]:
    archive = open_archive(folder)
    rows = [row for day, tokens in days.items() for row in make_day(day, tokens)]
    body = make_list(rows, f"{at}+00:00")
    archive_bodies(archive, "openrouter_rankings", at, [(f"{DATASETS}/rankings-daily", "list.json", body, True)])
    return measure(open_views(archive, "openrouter_rankings"), concentration)


def test_tokens_below_the_list_and_of_nobody_widen_every_bound_and_are_parts_of_their_own(tmp_path: Path) -> None:
    day = {
        "openai/gpt-oss-120b": 30,
        "openai/gpt-oss-120b:free": 10,
        "deepseek/deepseek-chat-v3.1": 20,
        "who-knows/no-such-model": 10,
        "other": 30,
    }
    # A day without its total and one that is not over tell nothing.
    days = {"2026-09-14": day, "2026-09-15": {"openai/gpt-oss-120b": 9}, "2026-09-16": {**day, "other": 1}}
    rows = read_tokens(tmp_path, days)
    shares = {
        r.subject: r for r in rows if r.measure_id == "share" and r.definition_id == "of=tokens;by=developer;cohort=all"
    }
    assert {str(r.day) for r in shares.values()} == {"2026-09-14"}
    assert {name: round(r.value or 0, 9) for name, r in shares.items()} == {
        "openai": 0.4,
        "rest": 0.3,
        "deepseek": 0.2,
        "unknown": 0.1,
    }
    assert (shares["openai"].low, shares["openai"].high) == pytest.approx((0.4, 0.8))
    assert (shares["rest"].low, shares["rest"].high) == (None, None)
    hhi = pick(rows, "hhi", "all", of="tokens", by="developer")
    # 0.16 + 0.04 with the other 0.4 in ever smaller hands; 0.64 + 0.04 with all of it in the largest.
    assert (hhi.value, hhi.low, hhi.high) == pytest.approx((0.2, 0.2, 0.68))
    number = pick(rows, "effective_number", "all", of="tokens", by="developer")
    assert (number.low, number.high) == pytest.approx((1 / 0.68, 5))
    top = pick(rows, "top_share", "all", of="tokens", by="developer", top=1)
    assert (top.value, top.high) == pytest.approx((0.4, 0.8))
    assert top.told_by is not None and top.told_by.startswith("openai")
    for by in ("developer", "region", "access"):
        parts: dict[str, float] = {}
        for r in rows:
            if r.measure_id == "share" and f"of=tokens;by={by};" in r.definition_id:
                parts[r.definition_id] = parts.get(r.definition_id, 0.0) + (r.value or 0.0)
        assert parts and all(total == pytest.approx(1) for total in parts.values())


def open_downloads(folder: Path, reads: dict[str, dict[str, int]]) -> duckdb.DuckDBPyConnection:
    archive = open_archive(folder)
    for at, counts in reads.items():
        archive_bodies(archive, "hf_hub", at, [("https://huggingface.co/api/models", "l", make_rows(counts), True)])
    return open_views(archive, "hf_hub")


def read_downloads(folder: Path, reads: dict[str, dict[str, int]]) -> list[MeasureRow]:
    return measure(open_downloads(folder, reads), concentration)


def test_one_maker_of_many_repositories_is_one_part_and_safeguards_and_strangers_none(tmp_path: Path) -> None:
    counts = dict.fromkeys(TRACKED, 0)
    counts |= {"openai/gpt-oss-120b": 300, "openai/gpt-oss-20b": 300, "deepseek-ai/DeepSeek-R1": 400}
    strangers = {"openai/gpt-oss-safeguard-20b": 10_000, "unsloth/gpt-oss-20b-GGUF": 10_000}
    # A second reading of a day, and repositories outside the list, move nothing.
    again = {"openai/gpt-oss-120b": 300}
    rows = read_downloads(tmp_path, {"2026-06-10T12:00:00": counts | strangers, "2026-06-10T18:00:00": again})
    shares = {
        r.subject: r.value
        for r in rows
        if r.measure_id == "share" and r.value and r.definition_id == "of=downloads;by=developer;cohort=tracked"
    }
    assert shares == pytest.approx({"openai": 0.6, "deepseek": 0.4})
    hhi = pick(rows, "hhi", "all", by="developer", cohort="tracked")
    assert hhi.value == pytest.approx(0.52)
    assert hhi.low is None
    assert pick(rows, "hhi", "all", by="region", cohort="tracked").value == pytest.approx(0.52)
    assert pick(rows, "share", "openai/gpt-oss-20b", by="model").value == pytest.approx(0.3)
    largest = pick(rows, "top_share", "all", of="downloads", by="developer", cohort="all", top=1)
    assert largest.value == pytest.approx(10_000 / 11_000)


def test_with_most_of_the_cohort_unread_there_is_a_reason_that_counts_them(tmp_path: Path) -> None:
    rows = read_downloads(tmp_path, {"2026-06-10T12:00:00": {"openai/gpt-oss-120b": 300, "openai/gpt-oss-20b": 1}})
    row = pick(rows, "hhi", "all", by="developer", cohort="tracked")
    assert row.value is None and row.reason_absent is not None
    assert "tracked repositories released by 2026-06-10" in row.reason_absent
    expected = int(row.reason_absent.split()[1])
    assert f"{expected - 2} had no reading within 14 days" in row.reason_absent
    assert pick(rows, "share", "openai", by="developer", cohort="tracked").reason_absent == row.reason_absent


def test_old_readings_and_later_ones_do_not_count(tmp_path: Path) -> None:
    first, second = TRACKED[: len(TRACKED) // 2], TRACKED[len(TRACKED) // 2 :]
    reads = {
        "2026-09-01T12:00:00": dict.fromkeys(first, 10),
        "2026-09-20T12:00:00": {**dict.fromkeys(TRACKED, 20), TRACKED[0]: 2000},
        "2026-10-20T12:00:00": dict.fromkeys(second, 30),
    }
    con = open_downloads(tmp_path / "a", reads)
    then = measure(con, concentration, "2026-09-30T00:00:00")
    earlier = {at: counts for at, counts in reads.items() if at < "2026-10"}
    assert then == read_downloads(tmp_path / "b", earlier)
    assert pick(then, "share", TRACKED[0], by="model").value == pytest.approx(2000 / (2000 + 20 * (len(TRACKED) - 1)))
    # By then half were last read a month before: the others have all downloads between them.
    shares = [r for r in measure(con, concentration) if r.measure_id == "share" and "by=model" in r.definition_id]
    assert {str(r.day) for r in shares} == {"2026-10-20"}
    assert {r.subject for r in shares} == set(second)
