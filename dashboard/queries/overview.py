"""What Overview asks of the published file: how gpt-oss-120b stands.

The rules of the package hold. Rows that others recorded without leave to pass them on are left out, so that
the page says the same from the seed as at home; what this machine read itself is shown and never exported.
"""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from dashboard.definitions import SMALLER, SUBJECT
from dashboard.queries import Identity, ask_rows, choose, list_names, list_tracked, name_each
from dashboard.rows import Row


@st.cache_data(max_entries=64, show_spinner=False)
def count_rows_recorded_later(file: Identity, as_of: datetime) -> tuple[int, int]:
    """Rows behind Overview as of an instant, and how many of them entered an archive after it."""
    names = name_each(list_tracked(file, with_roles=False))
    sql = f"""
        with used as (
            select recorded_at from scores where source_id = 'epoch_eci' and board = 'eci'
            union all select recorded_at from scores
            where source_id = 'lmarena' and board = 'text' and category = 'overall'
              and redistributable <> 'no'
            union all select recorded_at from prices where model_id = $subject
            union all select recorded_at from usage
            where source_id = 'openrouter_rankings' and redistributable <> 'no'
            union all select recorded_at from hub_readings
            where repo_id in ({list_names(names)}) and (redistributable <> 'no' or origin = 'live'))
        select count(*) as shown, count(*) filter (recorded_at > $at::timestamp) as later from used"""
    [row] = ask_rows(file, sql, {**names, "subject": SUBJECT, "at": as_of.replace(tzinfo=None)}, as_of)
    return row["shown"], row["later"]


def read_clearly_ahead(file: Identity, as_of: datetime | None) -> list[Row]:
    """The clearly-ahead measure of gpt-oss-120b on Epoch's index, one row an openness rule and edition, oldest first.

    rule (its name), day (null: no edition yet), as_of (when measured), rated_open, ahead_open, rated_closed,
    ahead_closed (models), then_open, then_closed (those ahead and released by 2025-08-05), reason_absent, payload_key,
    method_version."""
    sql = f"""
        select rule, day, as_of, rated_open, ahead_open, rated_closed, ahead_closed, then_open, then_closed,
               reason_absent, payload_key, method_version
        from {choose("clearly_ahead", as_of)} order by rule, day"""
    return ask_rows(file, sql, None, as_of)


def read_index_edition(file: Identity, as_of: datetime | None) -> list[Row]:
    """Epoch's index in its newest complete edition, one row a model, best first.

    name, model_id, access, released_on, value, low, high (index points, 90 % interval), edition,
    redistributable, payload_key, row_no."""
    sql = f"""
        select name, model_id, access, released_on, value, low, high, edition, redistributable, payload_key, row_no
        from {choose("index_edition", as_of)} order by value desc, name"""
    return ask_rows(file, sql, None, as_of)


def read_index_frontiers(file: Identity, as_of: datetime | None) -> list[Row]:
    """Per complete edition of Epoch's index, oldest first, the best model of each access class.

    edition, access, name, value (index points), payload_key."""
    sql = f"""
        select edition, access, name, value, payload_key
        from {choose("index_frontiers", as_of)} order by edition, access"""
    return ask_rows(file, sql, None, as_of)


def read_index_rivals(file: Identity, as_of: datetime | None) -> list[Row]:
    """Every model beside gpt-oss-120b in Epoch's newest complete edition with intervals, closest first.

    name, model_id, access, released_on, value, low, high, difference (points), verdict, subject_value,
    edition, payload_key."""
    sql = f"""
        select name, model_id, access, released_on, value, low, high, difference, verdict, subject_value,
               edition, payload_key
        from {choose("comparisons", as_of)}
        where source_id = 'epoch_eci' and subject = $subject and verdict is not null
        qualify edition = max(edition) over ()
        order by abs(difference), name"""
    return ask_rows(file, sql, {"subject": SUBJECT}, as_of)


def read_downloads(file: Identity, as_of: datetime | None) -> list[Row]:
    """Rolling 30-day downloads of both gpt-oss sizes, one row a UTC day on which both were read.

    day, large (120b), small (20b), total, large_key, small_key (payloads), is_local (may not be exported)."""
    sql = f"""
        select day, any_value(downloads) filter (model_id = $subject) as large,
               any_value(downloads) filter (model_id = $small) as small, large + small as total,
               any_value(payload_key) filter (model_id = $subject) as large_key,
               any_value(payload_key) filter (model_id = $small) as small_key,
               bool_or(redistributable = 'no') as is_local
        from {choose("tracked_counts", as_of)} where model_id in ($subject, $small)
        group by day having count(*) = 2 order by day"""
    return ask_rows(file, sql, {"subject": SUBJECT, "small": SMALLER}, as_of)


def read_prices(file: Identity, as_of: datetime | None) -> list[Row]:
    """What hosts ask for gpt-oss-120b, one row a day on which models.dev was read, oldest first.

    day; floor, median, ceiling, host_floor (USD per million tokens, 3:1 blend, paid listings); listings,
    providers, routers; floor_provider, host_floor_provider (names), floor_is_router; payload_key."""
    sql = f"""
        select p.day, p.floor_usd_per_mtok as floor, p.median_usd_per_mtok as median,
               p.ceiling_usd_per_mtok as ceiling, p.host_floor_usd_per_mtok as host_floor,
               p.paid_listings as listings, p.paid_providers as providers, p.paid_routers as routers,
               coalesce(f.name, p.floor_provider) as floor_provider,
               coalesce(h.name, p.host_floor_provider) as host_floor_provider, p.floor_is_router,
               p.payload_key
        from {choose("price_summary", as_of)} p
        left join main.providers f on f.provider_id = p.floor_provider
        left join main.providers h on h.provider_id = p.host_floor_provider
        where p.source_id = 'models_dev' and p.model_id = $subject and p.paid_listings > 0
        order by p.day"""
    return ask_rows(file, sql, {"subject": SUBJECT}, as_of)


def read_arena_places(file: Identity, as_of: datetime | None) -> list[Row]:
    """gpt-oss-120b on Arena's text board, one row a complete edition of the newest series, oldest first.

    edition, value (rating), place (1 + models rated higher), board_size, payload_key."""
    sql = f"""
        select edition, value, place, board_size, payload_key
        from {choose("arena_places", as_of)} where model_id = $subject
        qualify series_id = max_by(series_id, edition) over ()
        order by edition"""
    return ask_rows(file, sql, {"subject": SUBJECT}, as_of)


def read_share_days(file: Identity, as_of: datetime | None) -> list[Row]:
    """gpt-oss's share of OpenRouter's tokens, one row a recorded day, oldest first; shares from 0 to 1.

    day, low (the names the day's list has), unlisted (of the four names of the two sizes, paid and free, those it
    lacks), lowest (the smallest share the list names), rest (all below its end), rank (of gpt-oss-120b; null: not
    listed), named (entries listed), payload_key (of the best ranked name; null: none listed)."""
    sql = f"""
        select day, coalesce(sum(share) filter (model_id in ($subject, $small)), 0) as low,
               4 - count(*) filter (model_id in ($subject, $small)) as unlisted,
               min(share) filter (not is_rest) as lowest, coalesce(sum(share) filter (is_rest), 0) as rest,
               min(rank) filter (model_id = $subject and not is_free_variant) as rank,
               count(*) filter (not is_rest) as named,
               min_by(payload_key, rank) filter (model_id in ($subject, $small)) as payload_key
        from {choose("usage", as_of)}
        where source_id = 'openrouter_rankings' and share is not null and redistributable <> 'no'
        group by day order by day"""
    return ask_rows(file, sql, {"subject": SUBJECT, "small": SMALLER}, as_of)


def read_source_states(file: Identity, as_of: datetime | None) -> list[Row]:
    """What each source is, who is credited, and how far it reaches, required ones first.

    source_id, title, publisher, licence_id, licence (its title), licence_url, attribution, cadence_days,
    newest_at (its newest fact), fresh_at (what its age is counted from: a list found unchanged is as true as a new
    one); both null where nothing is known."""
    sql = f"""
        select s.source_id, s.title, s.publisher, s.licence_id, coalesce(l.title, s.licence_id) as licence,
               s.licence_url, s.attribution, s.cadence_days, h.newest_at, h.fresh_at
        from main.sources s
        left join {choose("source_health", as_of)} h using (source_id)
        left join main.licences l using (licence_id)
        order by not s.required, s.source_id"""
    return ask_rows(file, sql, None, as_of)
