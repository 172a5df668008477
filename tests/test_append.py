"""The append rule: what is stored is a function of the archive in observed order."""

from __future__ import annotations

import random
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.append import ingest_source
from ingest.archive import Archive
from ingest.source import Refused
from tests.toy_source import START, Toy, add_snapshot, make_archive, make_database

History = list[tuple[int, dict[str, float], bool]]


def read_prices(con: Any) -> list[tuple[Any, ...]]:
    return con.execute("""select listing_id, observed_at, input_usd_per_mtok, is_listed, payload_key, row_no
                          from stored.prices order by all""").fetchall()


def fold_by_hand(history: History) -> list[tuple[str, int, float, bool]]:
    """The rule, one snapshot at a time, as DESIGN.md states it."""
    rows: list[tuple[str, int, float, bool]] = []
    now: dict[str, tuple[float, bool]] = {}
    for hour, prices, complete in sorted(history, key=lambda h: h[0]):
        for listing, usd in prices.items():
            if now.get(listing) != (usd, True):
                rows.append((listing, hour, usd, True))
                now[listing] = (usd, True)
        for listing, (usd, listed) in list(now.items()):
            if complete and prices and listed and listing not in prices:
                rows.append((listing, hour, usd, False))
                now[listing] = (usd, False)
    return sorted(rows)


def ingest_in_steps(folder: Path, history: History, cuts: list[int]) -> list[tuple[Any, ...]]:
    archive, con = make_archive(folder), make_database()
    for i, (hour, prices, complete) in enumerate(history):
        add_snapshot(archive, hour, {"prices": prices}, complete=complete)
        if i in cuts:
            ingest_source(con, archive, Toy())
    ingest_source(con, archive, Toy())
    ingest_source(con, archive, Toy())
    return read_prices(con)


snapshots = st.lists(
    st.tuples(
        st.integers(0, 30),
        st.dictionaries(st.sampled_from("ABC"), st.sampled_from([1.0, 2.0]), min_size=1),
        st.booleans(),
    ),
    min_size=1,
    max_size=7,
    unique_by=lambda s: s[0],
)


@given(history=snapshots, seed=st.integers(0, 10_000))
@settings(max_examples=12, deadline=None)
def test_stored_rows_are_the_fold_of_the_history_in_whatever_order_it_arrives(history: History, seed: int) -> None:
    rng = random.Random(seed)
    shuffled = rng.sample(history, len(history))
    cuts = rng.sample(range(len(history)), rng.randint(0, len(history)))
    with tempfile.TemporaryDirectory() as a, tempfile.TemporaryDirectory() as b:
        arrived = ingest_in_steps(Path(a), shuffled, cuts)
        in_order = ingest_in_steps(Path(b), sorted(history, key=lambda h: h[0]), [])
    assert arrived == in_order
    hours = [
        (listing, (at - START.replace(tzinfo=None)) // timedelta(hours=1), usd, listed)
        for listing, at, usd, listed, _, _ in arrived
    ]
    assert sorted(hours) == fold_by_hand(history)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 40),
            st.dictionaries(
                st.sampled_from("AB"), st.tuples(st.integers(0, 3), st.sampled_from([1.0, 2.0])), min_size=1
            ),
            st.booleans(),
        ),
        min_size=1,
        max_size=5,
        unique_by=lambda s: s[0],
    ),
    st.integers(0, 10_000),
)
@settings(max_examples=12, deadline=None)
def test_rows_with_dates_of_their_own_fold_the_same_in_whatever_order_they_arrive(
    history: list[tuple[int, dict[str, tuple[int, float]], bool]], seed: int
) -> None:
    rng = random.Random(seed)

    def run(order: list[tuple[int, dict[str, tuple[int, float]], bool]], cuts: list[int]) -> list[tuple[Any, ...]]:
        with tempfile.TemporaryDirectory() as folder:
            archive, con = make_archive(Path(folder)), make_database()
            for i, (hour, scores, complete) in enumerate(order):
                add_snapshot(archive, 96 + hour, {"scores": scores}, complete=complete)
                if i in cuts:
                    ingest_source(con, archive, Toy())
            ingest_source(con, archive, Toy())
            return con.execute(
                "select name_raw, edition, observed_at, value, is_listed, payload_key, row_no "
                "from stored.scores order by all"
            ).fetchall()

    shuffled = rng.sample(history, len(history))
    assert run(shuffled, rng.sample(range(len(history)), rng.randint(0, len(history)))) == run(
        sorted(history, key=lambda h: h[0]), []
    )


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return make_archive(tmp_path)


def test_a_b_a_replayed_twice_is_three_rows(archive: Archive) -> None:
    con = make_database()
    for _ in range(2):
        for hour, usd in ((1, 1.0), (2, 2.0), (3, 1.0)):
            add_snapshot(archive, hour, {"prices": {"A": usd}})
            ingest_source(con, archive, Toy())
    assert [
        r[2]
        for r in con.execute(
            "select * from (select listing_id, observed_at, input_usd_per_mtok from stored.prices) order by 2"
        ).fetchall()
    ] == [1.0, 2.0, 1.0]


def test_a_backfilled_observation_lands_in_order_and_undoes_no_change(archive: Archive) -> None:
    con = make_database()
    for hour, usd in ((1, 1.0), (9, 1.0)):
        add_snapshot(archive, hour, {"prices": {"A": usd}})
        ingest_source(con, archive, Toy())
    add_snapshot(archive, 5, {"prices": {"A": 2.0}})
    done = ingest_source(con, archive, Toy())
    assert done.replayed
    assert [(r[1].hour - 12, r[2]) for r in read_prices(con)] == [(1, 1.0), (5, 2.0), (9, 1.0)]


def test_a_listing_missing_from_a_complete_list_is_delisted_and_from_a_partial_one_is_not(archive: Archive) -> None:
    con = make_database()
    add_snapshot(archive, 1, {"prices": {"A": 1.0, "B": 1.0}})
    add_snapshot(archive, 2, {"prices": {"A": 1.0}}, complete=False)
    ingest_source(con, archive, Toy())
    assert all(r[3] for r in read_prices(con))
    add_snapshot(archive, 3, {"prices": {"A": 1.0}})
    ingest_source(con, archive, Toy())
    gone = [r for r in read_prices(con) if not r[3]]
    assert [(r[0], r[2], r[5]) for r in gone] == [("B", 1.0, -1)]


def test_a_newer_edition_never_delists_an_older_one(archive: Archive) -> None:
    con = make_database()
    add_snapshot(archive, 48, {"scores": {"A": [1, 5.0], "B": [1, 6.0]}})
    add_snapshot(archive, 72, {"scores": {"A": [2, 5.5]}})
    ingest_source(con, archive, Toy())
    assert con.execute("select count(*) from stored.scores where not is_listed").fetchall() == [(0,)]


def test_a_restated_value_of_an_old_publication_counts_from_the_day_it_was_read(archive: Archive) -> None:
    con = make_database()
    add_snapshot(archive, 48, {"scores": {"A": [1, 5.0]}})
    add_snapshot(archive, 96, {"scores": {"A": [1, 7.0]}})
    ingest_source(con, archive, Toy())
    rows = con.execute("select value, observed_at::date::varchar from stored.scores order by observed_at").fetchall()
    assert rows == [(5.0, "2026-01-02"), (7.0, "2026-01-05")]


def test_a_body_that_cannot_be_read_is_reported_once_and_costs_nothing_else(archive: Archive) -> None:
    con = make_database()
    add_snapshot(archive, 1, {"prices": {"A": 1.0}})
    add_snapshot(archive, 2, b"<html>")
    first = ingest_source(con, archive, Toy())
    assert first.failure is not None and len(read_prices(con)) == 1
    add_snapshot(archive, 3, {"prices": {"A": 2.0}})
    second = ingest_source(con, archive, Toy())
    assert second.failure is None and second.rows == 1
    assert con.execute("select reason from stored.quarantine").fetchall() == [("the body is no JSON.",)]


def test_two_rows_with_one_key_in_a_payload_keep_the_first_and_quarantine_the_other(archive: Archive) -> None:
    class Doubling(Toy):
        def parse(self, snapshot: Any) -> Any:
            for fact in super().parse(snapshot):
                yield fact
                yield replace(fact, row_no=fact.row_no + 50, input_usd_per_mtok=9.0)

    con = make_database()
    add_snapshot(archive, 1, {"prices": {"A": 1.0}})
    ingest_source(con, archive, Doubling())
    assert [r[2] for r in read_prices(con)] == [1.0]
    assert con.execute("select row_no from stored.quarantine").fetchall() == [(50,)]


def test_the_stored_tables_have_the_columns_the_contract_declares() -> None:
    from ingest.fold import KIND_BY_NAME, list_stored_columns

    con = make_database()
    for name, kind in KIND_BY_NAME.items():
        columns = [
            r[0]
            for r in con.execute(
                "select column_name from information_schema.columns "
                "where table_schema = 'stored' and table_name = ? order by ordinal_position",
                [name],
            ).fetchall()
        ]
        assert columns == list_stored_columns(kind), (
            f"data/sql/schema.sql and ingest/source.py disagree about stored.{name}"
        )


def test_a_parsers_own_mistake_costs_its_source_and_names_the_snapshot(archive: Archive) -> None:
    class Mistaken(Toy):
        def parse(self, snapshot: Any) -> Any:
            yield from super().parse(snapshot)
            raise KeyError("cost")

    add_snapshot(archive, 1, {"prices": {"A": 1.0}})
    done = ingest_source(make_database(), archive, Mistaken())
    assert done.failure is not None and "KeyError" in str(done.failure) and done.rows == 0


def test_a_complete_list_with_a_refused_row_delists_nobody(archive: Archive) -> None:
    class Choosy(Toy):
        def parse(self, snapshot: Any) -> Any:
            for fact in super().parse(snapshot):
                refused = fact.input_usd_per_mtok < 0
                yield Refused(fact.payload_key, fact.row_no, "below zero", "{}") if refused else fact

    con = make_database()
    add_snapshot(archive, 1, {"prices": {"A": 1.0, "B": 1.0}})
    add_snapshot(archive, 2, {"prices": {"A": 1.0, "B": -1.0}})
    ingest_source(con, archive, Choosy())
    assert all(r[3] for r in read_prices(con))
