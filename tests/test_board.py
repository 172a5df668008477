"""The board of claims: what speaks for or against, and the verdict that follows."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.board import judge_claim, read_claims, read_headlines, write_board
from ingest.evidence import Address, Answer, Criterion, Number, Speaks, Threshold, ask, judge, read_test
from ingest.registry import RegistryError
from ingest.store import DATA

A, B = Address("hhi", "of=downloads", "all"), Address("hhi", "of=tokens", "all")
FOR, AGAINST = Threshold("at_least", 10.0), Threshold("below", 3.0)


def make_test(compare: str = "", to: Address | None = None) -> Criterion:
    return Criterion("providers", "sold by many", A, FOR, AGAINST, to, compare)  # type: ignore[arg-type]


finite = st.floats(-1e6, 1e6)


@given(value=finite, below=st.floats(0, 1e5), above=st.floats(0, 1e5))
@settings(max_examples=60)
def test_a_number_speaks_only_with_its_whole_interval(value: float, below: float, above: float) -> None:
    low, high = value - below, value + above
    speaks = judge(make_test(), Number(value, low, high)).speaks
    assert speaks == ("for" if low >= 10 else "against" if high < 3 else "neither")


def test_an_interval_with_one_end_reaches_on_where_it_has_none() -> None:
    assert judge(make_test(), Number(20.0, 12.0)).speaks == "for"
    assert judge(make_test(), Number(1.0, 0.0)).speaks == "neither"
    assert judge(make_test(), Number(1.0, None, 2.0)).speaks == "against"
    assert judge(make_test(), Number(20.0, None, 30.0)).speaks == "neither"
    pair = {A: [Number(20.0, 12.0)], B: [Number(5.0, 4.0, 6.0)]}
    for how, low in (("difference", 6.0), ("ratio", 2.0)):
        found = ask(make_test(how, B), pair).number
        assert (found.low, found.high) == (low, math.inf)
    # Neither end is left, which is not the same as a number without an interval.
    open_ended = {A: [Number(20.0, 12.0)], B: [Number(5.0, 4.0)]}
    assert ask(make_test("difference", B), open_ended).speaks == "neither"


@given(a=st.floats(0.1, 1e3), b=st.floats(0.1, 1e3), width=st.floats(0, 0.05))
@settings(max_examples=60)
def test_the_interval_of_two_numbers_holds_every_pair_within_them(a: float, b: float, width: float) -> None:
    one, other = (Number(v, v * (1 - width), v * (1 + width)) for v in (a, b))
    for how, true in (("difference", a - b), ("ratio", a / b)):
        found = ask(make_test(how, B), {A: [one], B: [other]}).number
        assert found.value == pytest.approx(true)
        assert found.low is not None and found.high is not None
        for x in (one.low, one.high):
            for y in (other.low, other.high):
                assert x is not None and y is not None
                worth = x - y if how == "difference" else x / y
                assert found.low - 1e-9 <= worth <= found.high + 1e-9


def test_one_share_less_another_is_no_share() -> None:
    shares = Number(0.3, unit="share"), Number(0.1, unit="share")
    found = ask(make_test("difference", B), {A: shares[:1], B: shares[1:]}).number
    assert found.unit == "share_difference" and found.value == pytest.approx(0.2)


@pytest.mark.parametrize("text", ["[[claim]", "[[claim]]\nid = 'x'", "[[claim]]\nclaim = 'y'\n", "\xff"])
def test_a_damaged_file_of_claims_is_one_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "claims.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(RegistryError, match=r"^claims\.toml"):
        read_claims(tmp_path / "claims.toml")
    with pytest.raises(RegistryError, match="is missing"):
        read_claims(tmp_path / "gone.toml")


def test_a_change_is_from_the_first_day_to_the_last_and_one_day_is_none() -> None:
    days = [Number(8.0, day=date(2025, 9, 1)), Number(2.0, day=date(2026, 9, 1))]
    assert ask(make_test("change"), {A: days}).number.value == 0.25
    assert ask(make_test("change"), {A: days[:1]}).speaks == "absent"


def test_what_is_not_measured_is_absent_and_says_what_is_missing() -> None:
    answer = ask(make_test(), {})
    assert answer.speaks == "absent" and "No hhi of all is measured under of=downloads" in str(
        answer.number.reason_absent
    )


@pytest.mark.parametrize(
    ("speaks", "verdict", "confidence"),
    [
        ("for for for", "supported", "high"),
        ("for for absent", "supported", "medium"),
        ("for neither neither", "supported", "low"),
        ("against against neither", "contradicted", "medium"),
        ("for against for", "mixed", "low"),
        ("neither neither neither", "cannot tell yet", "none"),
        ("for absent absent", "cannot tell yet", "none"),
        ("absent absent absent", "cannot tell yet", "none"),
    ],
)
def test_the_verdict_counts_what_speaks(speaks: str, verdict: str, confidence: str) -> None:
    words: list[Speaks] = speaks.split()  # type: ignore[assignment]
    judged = judge_claim([make_test()] * len(words), [Answer(Number(1.0), word) for word in words])
    assert (judged.verdict, judged.confidence) == (verdict, confidence)
    assert judged.flips.count("providers") == len(words)


def test_a_test_that_could_speak_both_ways_is_refused() -> None:
    entry = {"says": "x", "why": "y", "measure": "hhi", "definition": "d", "subject": "s"}
    with pytest.raises(RegistryError, match="would speak for and against"):
        read_test({**entry, "for": {"at_least": 3}, "against": {"below": 10}}, "here")
    with pytest.raises(RegistryError, match="lacks why"):
        read_test({k: v for k, v in entry.items() if k != "why"} | {"for": {"above": 1}, "against": {"below": 1}}, "x")
    with pytest.raises(RegistryError, match="needs both"):
        read_test({**entry, "for": {"above": 1}, "against": {"below": 1}, "compare": "ratio"}, "here")


def test_the_boards_own_data_is_whole() -> None:
    claims, headlines = read_claims(DATA / "claims.toml"), read_headlines(DATA / "claims.toml")
    assert len({c.claim_id for c in claims}) == len(claims) >= 7
    assert all(len(c.tests) >= 2 for c in claims) and len(headlines) >= 5


def test_every_address_of_the_board_is_one_that_is_measured(published_home: Path) -> None:
    with duckdb.connect(str(published_home / "landscape.duckdb"), read_only=True) as con:
        known = {
            Address(*row)
            for row in con.execute("select distinct measure_id, definition_id, subject from measures").fetchall()
        }
    asked = {t.of for c in read_claims(DATA / "claims.toml") for t in c.tests}
    asked |= {t.to for c in read_claims(DATA / "claims.toml") for t in c.tests if t.to}
    for headline in read_headlines(DATA / "claims.toml"):
        asked |= {headline.test.of, *headline.others}
    assert asked - known == set()


def test_a_board_has_a_verdict_for_every_instant_measured(tmp_path: Path) -> None:
    con = duckdb.connect()
    con.execute(
        "create table payloads (payload_key bigint, redistributable varchar); insert into payloads values (7, 'no')"
    )
    con.execute("""
        create table measures as
        select 'hhi' as measure_id, 'd' as definition_id, 'all' as subject, null::date as day,
               as_of::timestamp as as_of, value, null::double as low, null::double as high, 'index' as unit,
               null as reason_absent, null as told_by, '[7]' as inputs
        from (values ('2026-01-31', 12.0::double), ('2026-02-28', 1.0::double)) t (as_of, value)""")
    path = tmp_path / "claims.toml"
    path.write_text("""
        [[claim]]
        id = "one"
        claim = "It is sold by many."
        [[claim.test]]
        says = "index"
        why = "it counts"
        measure = "hhi"
        definition = "d"
        subject = "all"
        for = { at_least = 10 }
        against = { below = 3 }""")
    write_board(con, path)
    rows = con.execute("select as_of::date::varchar, verdict from claims order by as_of").fetchall()
    assert rows == [("2026-01-31", "supported"), ("2026-02-28", "contradicted")]
    assert con.execute("select distinct is_local from claim_tests").fetchall() == [(True,)]
