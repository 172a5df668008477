"""What pages ask of the Hub's counters: downloads, likes and derivatives.

Continues `queries`, with the same rules. A tracked model is one the registry names to be read; its id is its
repository's. Rows that others recorded without leave to pass them on are left out, as on Overview. Past a few
months of daily readings a rival's line is thinned here, to the last day read of each week.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import streamlit as st

from dashboard.definitions import SMALLER, SUBJECT
from dashboard.peers import Comparison, Readings, compare_all
from dashboard.queries import Identity, ask_rows, choose, list_names, list_tracked, name_each
from dashboard.rows import Row

# A line of more days than this is thinned, unless it is gpt-oss's: one week stands for seven, and the page stays quick.
MOST_DAYS = 60


def read_tracked_counts(file: Identity, as_of: datetime | None, exported: bool = False) -> list[Row]:
    """Every day's 30-day count, one row a tracked model: repo_id, released_on, role; days, oldest first, with downloads
    on each; local_days, those of them that may not leave this machine.

    `exported`: only what may leave."""
    sql = f"""
        select model_id as repo_id, any_value(released_on) as released_on, any_value(role) as role,
               list(day order by day) as days, list(downloads::double order by day) as downloads,
               list(day) filter (redistributable = 'no') as local_days
        from {choose("tracked_counts", as_of)}
        where redistributable <> 'no' or not $exported
        group by model_id order by model_id"""
    return ask_rows(file, sql, {"exported": exported}, as_of)


@st.cache_resource(max_entries=16, show_spinner=False)
def read_readings(file: Identity, as_of: datetime | None, exported: bool = False) -> Mapping[str, Readings]:
    """The same by repository, for the rules about peers. Shared by every session: never change it."""
    return {
        row["repo_id"]: Readings(
            row["released_on"],
            tuple(row["days"]),
            tuple(row["downloads"]),
            row["role"],
            frozenset(row["local_days"] or ()),
        )
        for row in read_tracked_counts(file, as_of, exported)
    }


@st.cache_resource(max_entries=16, show_spinner=False)
def read_comparisons(file: Identity, as_of: datetime | None) -> Mapping[str, Comparison]:
    """Each tracked model's change since its first full 30-day count, and its peers' over the same days."""
    return compare_all(read_readings(file, as_of))


def read_newest(file: Identity, as_of: datetime | None) -> list[Row]:
    """One row a tracked model that was ever read, most downloaded first: what its newest reading says.

    model_id, name, access, licence (the model's), released_on, role, days (read), first_day, day, downloads,
    likes and likes_day, all_time and all_time_day (null where never recorded), million_on (first day at or
    above a million downloads of all time) and short_until (last day below it), origin, licence_id,
    redistributable, payload_key, row_no (of the newest reading)."""
    sql = f"""
        select model_id, name, access, licence, released_on, role, days, first_day, day, downloads, likes, likes_day,
               all_time, all_time_day, million_on, short_until, origin, licence_id, redistributable, payload_key, row_no
        from {choose("tracked_newest", as_of)} order by downloads desc, model_id"""
    return ask_rows(file, sql, None, as_of)


def read_counts(file: Identity, as_of: datetime | None, models: Sequence[str]) -> list[Row]:
    """The models' readings to draw, in order of model and day; `models` is not empty.

    model_id, name, access, released_on, day, downloads, likes, flags (words, joined by a comma), days (read in
    all), origin, licence_id, redistributable, payload_key, row_no. A model read on more than `MOST_DAYS` days
    has its last day of each week, gpt-oss every day."""
    names = name_each(models)
    sql = f"""
        select model_id, name, access, released_on, day, downloads, likes, array_to_string(flags, ', ') as flags, days,
               origin, licence_id, redistributable, payload_key, row_no
        from {choose("tracked_counts", as_of)}
        where model_id in ({list_names(names)})
              and (model_id in ($subject, $small) or days <= $most or is_last_of_week)
        order by model_id, day"""
    return ask_rows(file, sql, {**names, "subject": SUBJECT, "small": SMALLER, "most": MOST_DAYS}, as_of)


def read_listings(file: Identity, as_of: datetime | None) -> list[Row]:
    """When the derivatives of each base were listed: base_repo_id, first_at, last_at, is_complete (the last
    list), is_local, payload_key (a page of the last list). Empty where none was listed."""
    sql = """
        with lists as (
            select split_part(name, ':', 2) as base_repo_id, snapshot_id, max(observed_at) as listed_at,
                   bool_and(complete) as is_complete, bool_or(redistributable = 'no') as is_local,
                   min(payload_key) as payload_key
            from payloads where source_id = 'hf_hub' and name like 'derivatives:%' group by all)
        select base_repo_id, min(listed_at) as first_at, max(listed_at) as last_at,
               max_by(is_complete, listed_at) as is_complete,
               max_by(is_local, listed_at) as is_local, max_by(payload_key, listed_at) as payload_key
        from lists group by base_repo_id order by base_repo_id"""
    return ask_rows(file, sql, None, as_of)


def read_derivatives(file: Identity, as_of: datetime | None) -> list[Row]:
    """Repositories that name one of the gpt-oss models as their base, by relation, most first: base_repo_id,
    relation ("not stated" where the uploader named none), repos. Whoever recorded them."""
    sql = """
        select base_repo_id, coalesce(relation, 'not stated') as relation, count(*) as repos
        from hub_repos where base_repo_id in ($subject, $small)
        group by all order by base_repo_id, repos desc, relation"""
    return ask_rows(file, sql, {"subject": SUBJECT, "small": SMALLER}, as_of)


@st.cache_data(max_entries=64, show_spinner=False)
def count_rows_recorded_later(file: Identity, as_of: datetime) -> tuple[int, int]:
    """Readings of tracked models known at an instant, and how many of them entered an archive after it."""
    names = name_each(list_tracked(file))
    sql = f"""
        select count(*) as shown, count(*) filter (recorded_at > $at::timestamp) as later
        from hub_readings
        where repo_id in ({list_names(names)}) and downloads_30d is not null
              and (redistributable <> 'no' or origin = 'live')"""
    [row] = ask_rows(file, sql, {**names, "at": as_of.replace(tzinfo=None)}, as_of)
    return row["shown"], row["later"]
