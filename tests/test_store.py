"""The reader: what an instant means, that a replaced file is noticed, and that nothing can be written."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.__main__ import _is_outdated
from ingest.refresh import publish_again
from ingest.store import DATA, Reader, StoreError, parse_as_of, set_as_of
from tests.homes import ask, copy_home, run_landscape, use_home
from tests.pages import open_page
from tests.publishers import PRICES, Edition

pytestmark = pytest.mark.usefixtures("newest_alone")

VIEWS = sorted(p.stem for p in (DATA / "sql/views").glob("*.sql") if "$" in p.read_text(encoding="utf-8"))
INSTANTS = (
    "2025-12-01",
    "2026-07-01T23:59:59Z",
    "2026-07-02T12:00:00Z",
    "2026-07-10",
    "2026-07-20",
    "2099-01-01",
)


@given(st.dates(min_value=date(1970, 1, 1), max_value=date(2200, 1, 1)))
def test_a_bare_date_means_the_end_of_that_utc_day(day: date) -> None:
    moment = parse_as_of(f" {day.isoformat()} ")
    assert moment + timedelta(microseconds=1) == datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)


@given(
    st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(2200, 1, 1)),
    st.integers(-14 * 60, 14 * 60),
)
def test_an_instant_keeps_its_moment_whatever_its_offset(moment: datetime, minutes: int) -> None:
    assert parse_as_of(moment.isoformat()) == moment.replace(tzinfo=UTC)
    assert parse_as_of(f"{moment.isoformat()}Z") == moment.replace(tzinfo=UTC)
    sign, rest = "-" if minutes < 0 else "+", abs(minutes)
    offset = f"{sign}{rest // 60:02}:{rest % 60:02}"
    assert parse_as_of(moment.isoformat() + offset) == moment.replace(tzinfo=UTC) - timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2025-13-01", "2025-02-30", "2025-12", "12/31/2025", "2025-12-31T25:00:00Z", "'; drop"],
)
def test_what_is_no_instant_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(StoreError, match=r"is not a date: write it as 2025-12-31 or 2025-12-31T12:00:00Z\.$"):
        parse_as_of(text)


def count(cursor: duckdb.DuckDBPyConnection, query: str) -> Any:
    return cursor.execute(f"select count(*) from {query}").fetchall()[0][0]


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_as_of_an_instant_and_its_macro_say_the_same(small_home: Path, view: str) -> None:
    reader = Reader(small_home / "landscape.duckdb")
    sizes = []
    for text in INSTANTS:
        moment = parse_as_of(text)
        with reader.open_cursor(moment) as cursor:
            macro = f"{view}_asof('{moment:%Y-%m-%d %H:%M:%S.%f}')"
            for a, b in ((view, macro), (macro, view)):
                assert count(cursor, f"(from {a} except all from {b})") == 0, (
                    f"{a} has rows that {b} lacks as of {text}"
                )
            sizes.append(count(cursor, view))
        with reader.open_cursor() as cursor:  # without the variable, the macro alone decides
            assert count(cursor, macro) == sizes[-1]
    with reader.open_cursor() as cursor:
        assert count(cursor, view) == sizes[-1]
    assert sizes[0] <= sizes[-1]
    reader.close()


def test_what_was_known_grows_with_the_instant(small_home: Path) -> None:
    query = (
        "select count(distinct day) as days, count(*) filter (paid_listings = 3) as three "
        "from price_summary where model_id like '%120b'"
    )
    assert [tuple(ask(small_home, query, t)[0].values()) for t in INSTANTS] == [
        (0, 0),
        (0, 0),
        (1, 1),
        (1, 1),
        (2, 1),
        (2, 1),
    ]


def test_an_instant_on_one_cursor_is_unknown_to_the_others(small_home: Path) -> None:
    reader = Reader(small_home / "landscape.duckdb")
    variable = "select getvariable('as_of')"
    with reader.open_cursor(parse_as_of("2025-12-01")) as past, reader.open_cursor() as present:
        assert past.execute(variable).fetchall() == [(datetime(2025, 12, 1, 23, 59, 59, 999999),)]
        assert present.execute(variable).fetchall() == [(None,)]
        assert count(past, "prices") == 0 < count(present, "prices")
        with reader.open_cursor(parse_as_of("2026-07-10")) as other:
            assert count(other, "price_summary") < count(present, "price_summary")
            assert count(past, "prices") == 0
        set_as_of(past, None)
        assert count(past, "prices") == count(present, "prices")
    with reader.open_cursor() as later:
        assert later.execute(variable).fetchall() == [(None,)]
    reader.close()


def test_threads_with_instants_of_their_own_do_not_disturb_each_other(small_home: Path) -> None:
    reader = Reader(small_home / "landscape.duckdb")
    expected = {}
    for text in INSTANTS:
        with reader.open_cursor(parse_as_of(text)) as cursor:
            expected[text] = count(cursor, "prices_daily")
    assert len(set(expected.values())) == 3
    faults: list[str] = []

    def look(text: str) -> None:
        for _ in range(10):
            with reader.open_cursor(parse_as_of(text)) as cursor:
                if count(cursor, "prices_daily") != expected[text]:
                    faults.append(text)

    threads = [threading.Thread(target=look, args=(t,)) for t in INSTANTS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    reader.close()


def test_a_reader_notices_that_its_file_was_replaced(small_home: Path, tmp_path: Path) -> None:
    home = copy_home(small_home, tmp_path / "home")
    reader = Reader(home / "landscape.duckdb")
    identity = reader.identify()
    with reader.open_cursor() as old:
        assert count(old, "(select distinct day from price_summary)") == 2
        Edition(prices={**PRICES, ("groq", "openai/gpt-oss-120b"): (0.2, 0.5)}).record(
            tmp_path / "more", "2026-07-25T12:00:00Z"
        )
        assert run_landscape(home, "refresh", "models_dev", "--from", tmp_path / "more").exit_code == 0
        with reader.open_cursor() as new:
            assert count(new, "(select distinct day from price_summary)") == 3
        # A question that was already being answered is answered from the file it began with.
        assert count(old, "(select distinct day from price_summary)") == 2
    assert reader.identify() != identity
    reader.close()


def test_without_a_file_the_reader_says_what_to_do(tmp_path: Path) -> None:
    reader = Reader(tmp_path / "landscape.duckdb")
    with pytest.raises(
        StoreError, match=r"landscape\.duckdb is not there: run `landscape` once, or `landscape refresh`\.$"
    ):
        reader.identify()
    for words in (["sql", "select 1"], ["status"]):
        done = run_landscape(tmp_path, *words)
        assert done.exit_code == 3 and "is not there: run `landscape`" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("body", [b"", b"not a database", b"\x00" * 20_000])
def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "landscape.duckdb").write_bytes(body)
    done = run_landscape(tmp_path, "sql", "select 1 from scores")
    assert done.exit_code == 3 and "is not a valid DuckDB database" in done.stderr
    assert done.stderr.startswith("landscape: ") and done.stderr.count("\n") == 1, done.output
    assert (tmp_path / "landscape.duckdb").read_bytes() == body


@pytest.mark.parametrize(
    "query",
    [
        "create table mine as select 1",
        "insert into stored.prices select * from stored.prices",
        "delete from stored.scores",
        "update stored.scores set value = 0",
        "drop view scores",
        "create or replace view scores as select 1",
        "alter table stored.scores add column x integer",
        "attach '{path}' as other",
        "attach '{path}' as other (read_only)",
        "copy stored.scores to '{path}'",
        "export database '{path}'",
        "select * from read_csv('/etc/passwd')",
        "from '/etc/passwd'",
        "select * from read_text('/etc/hostname')",
        "select * from glob('/*')",
        "select * from read_parquet('https://example.org/a.parquet')",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
    ],
)
def test_sql_reads_the_published_data_and_nothing_else(small_home: Path, tmp_path: Path, query: str) -> None:
    done = run_landscape(small_home, "sql", query.format(path=tmp_path / "leak"))
    assert done.exit_code == 2 and done.stdout == "", f"{query} was let through: {done.output}"
    assert done.stderr.startswith("landscape: the query was refused: ") and done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_two_homes_are_two_worlds(small_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = copy_home(small_home, tmp_path / "o'ther home")
    with use_home(other):
        monkeypatch.setenv("LANDSCAPE_DATABASE", str(small_home / "landscape.duckdb"))
        assert Reader().path == small_home / "landscape.duckdb"
        monkeypatch.delenv("LANDSCAPE_DATABASE")
        assert Reader().path == other / "landscape.duckdb"
    # A quote in a path is no SQL.
    assert ask(other, "select count(*) > 0 as any from scores") == [{"any": True}]


def test_a_file_of_an_earlier_version_is_named_and_published_anew(small_home: Path, tmp_path: Path) -> None:
    home = copy_home(small_home, tmp_path / "home")
    con = duckdb.connect(str(home / "landscape.duckdb"))
    con.execute("drop table marts.change_days")
    con.execute("drop view prices_daily")
    con.close()
    with use_home(home):
        page = open_page("price")
        said = "".join(str(e.value) for e in page.info)
        assert "published by an earlier version" in said and "marts.change_days" in said and "prices_daily" in said
        assert _is_outdated()
        assert publish_again().published
        assert not _is_outdated()
        assert open_page("price").title
