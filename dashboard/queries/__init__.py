"""What pages ask of the published file: one function a question.

Answers are kept by the identity of the file, the as-of instant and the filters, so a newly published file
shows on the next interaction: frames, for tables and joins, here; rows, for rules and words, by
`dashboard.memo.read_rows`. Without as-of the marts answer, with it the views. It refuses to decide or format
anything: columns are described, absent values null.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from math import isnan
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.rows import Row
from ingest.store import Reader, StoreError, get_published_path, list_missing

# Path, inode and modification time: the path is in it because tests serve several homes in one process.
Identity = tuple[str, int, int]
# Types of the database whose values may be no plain number in Python: a decimal, or NaN.
_NUMBERS = ("DECIMAL", "DOUBLE", "FLOAT")


@lru_cache(maxsize=8)
def open_reader(path: str, is_past: bool = False) -> Reader:
    """The one reader of a published file for the present, or for the past, shared by every session.

    Marts are small: sharing a question to them out among threads costs more than it saves, and takes from others.
    Kept by Python and not by Streamlit, whose look into its cache takes as long as the shortest question."""
    return Reader(Path(path), threads=None if is_past else 1)


def identify() -> Identity:
    """The published file of this moment. Raises StoreError where there is none, it cannot be opened, or an earlier
    version published it."""
    path = str(get_published_path())
    file = (path, *open_reader(path).identify())
    if missing := _find_missing(file):
        raise StoreError(
            f"{path} was published by an earlier version (it lacks {', '.join(missing[:3])}): run `landscape refresh`, "
            "or start `landscape` once as the user who writes it."
        )
    return file


@st.cache_resource(max_entries=16, show_spinner=False)
def _find_missing(file: Identity) -> list[str]:
    """What a file lacks of what pages ask for, looked up once a file. Raises StoreError."""
    with open_reader(file[0]).open_cursor() as cursor:
        return list_missing(cursor)


def ask(
    file: Identity, sql: str, parameters: Mapping[str, Any] | None = None, as_of: datetime | None = None
) -> pd.DataFrame:
    """The answer to a query with named parameters (`$name`), uncached. Timestamps come back naive, in UTC."""
    with open_reader(file[0], as_of is not None).open_cursor(as_of) as cursor:
        return cursor.execute(sql, dict(parameters or {})).df()


def ask_rows(
    file: Identity, sql: str, parameters: Mapping[str, Any] | None = None, as_of: datetime | None = None
) -> list[Row]:
    """The same answer as rows: days as dates, instants naive, in UTC, decimals as floats, absent values and what is
    not a number None.

    A frame of so few rows costs as much as the question itself."""
    with open_reader(file[0], as_of is not None).open_cursor(as_of) as cursor:
        cursor.execute(sql, dict(parameters or {}))
        columns = [(str(name), str(kind)) for name, kind, *_ in cursor.description or ()]
        names = [name for name, _ in columns]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for name in (name for name, kind in columns if kind.startswith(_NUMBERS)):
        for row in rows:
            row[name] = _plain(row[name])
    return rows


def _plain(value: Any) -> Any:
    """A number as a frame's rows have it (`dashboard.rows`)."""
    if isinstance(value, Decimal):
        return float(value)
    return None if isinstance(value, float) and isnan(value) else value


def choose(relation: str, as_of: datetime | None) -> str:
    """The mart of a relation for the present, its view for the past."""
    return relation if as_of else f"marts.{relation}"


# Every page


@st.cache_data(max_entries=16, show_spinner=False)
def read_refresh(file: Identity) -> datetime | None:
    """When the newest run that published ended, UTC without a zone; None where the home is the seed alone."""
    [run] = ask_rows(file, "select max(ended_at) as ended_at from logs.runs")
    ended: datetime | None = run["ended_at"]
    return ended


@st.cache_data(max_entries=16, show_spinner=False)
def read_source_credits(file: Identity) -> dict[str, str]:
    """How each source is named in a source line: title and licence, by source_id."""
    sources = ask_rows(file, "select source_id, title, licence_id from main.sources")
    return {row["source_id"]: _name_source(row) for row in sources}


@st.cache_data(max_entries=16, show_spinner=False)
def read_source_terms(file: Identity) -> dict[str, dict[str, Any]]:
    """What a source's terms ask for, by how it is named in a source line (`read_source_credits`).

    source_id, title, publisher, homepage, licence_id, licence_url, attribution."""
    sql = "select source_id, title, publisher, homepage, licence_id, licence_url, attribution from main.sources"
    return {_name_source(row): row for row in ask_rows(file, sql)}


def _name_source(row: Row) -> str:
    return f"{row['title']} ({row['licence_id']})"


@st.cache_data(max_entries=16, show_spinner=False)
def read_newest_instant(file: Identity) -> datetime | None:
    """The newest instant at which anything here was public, UTC; None where nothing is known."""
    sql = """
        select max(instant) as instant from (
            select max(observed_at) as instant from stored.payloads
            union all select max(evident_at) from stored.listings
            union all select max(observed_at) from stored.hub_readings)"""
    [found] = ask_rows(file, sql)
    return found["instant"].replace(tzinfo=UTC) if found["instant"] else None


@st.cache_data(max_entries=16, show_spinner=False)
def read_change_days(file: Identity) -> list[date]:
    """Days on which something became known, oldest first: lists, editions and readings of counters."""
    return [row["day"] for row in ask_rows(file, "select day from marts.change_days order by day")]


def read_events(file: Identity) -> list[Row]:
    """Dated events, oldest first: happened_on, title, kind, models, source_url, precision."""
    columns = ["happened_on", "title", "kind", "models", "source_url", "precision"]
    return ask_rows(file, f"select {', '.join(columns)} from main.events order by happened_on, title")


@st.cache_data(max_entries=16, show_spinner=False)
def list_tracked(file: Identity, with_roles: bool = True) -> list[str]:
    """Ids of the tracked models; without those that have a role of their own (safeguards) where asked so.

    Given to a question one by one, they keep it from reading other repositories."""
    sql = "select model_id from main.models where tracked and ($with_roles or role is null) order by model_id"
    return [row["model_id"] for row in ask_rows(file, sql, {"with_roles": with_roles})]


def name_each(ids: Sequence[str]) -> dict[str, str]:
    """A parameter for each id. A list in one parameter would be no filter that reaches the table."""
    return {f"id{n}": one for n, one in enumerate(ids)}


def list_names(names: Mapping[str, str]) -> str:
    """Those parameters as they stand between the brackets of an `in`; null where there is none."""
    return ", ".join(f"${name}" for name in names) or "null"
