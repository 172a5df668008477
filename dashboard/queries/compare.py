"""What the Compare page asks of the published file about a few models.

Continues `queries`, with the same rules: cached by file, as-of and models; frames out, absent values null.
Rows a licence keeps local are in the answers with `redistributable` beside them: they are shown, marked, and
left out of downloads.
"""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from dashboard.memo import read_rows
from dashboard.queries import Identity, ask_rows, choose, list_names, name_each
from dashboard.rows import Row

Ids = tuple[str, ...]


def read_facts(file: Identity, ids: Ids) -> list[Row]:
    """One row a model, in no order: model_id, developer, region, released_on, access, access_source, licence,
    total_params_b, active_params_b (billions), hub_repo_id, tracked. Today's registries: they are not as-of."""
    sql = """
        select m.model_id, coalesce(d.name, m.developer_id) as developer, coalesce(m.region, d.region) as region,
               m.released_on, m.access, m.access_source, m.licence, m.total_params_b, m.active_params_b,
               m.hub_repo_id, coalesce(m.tracked, false) as tracked
        from main.models m left join main.developers d using (developer_id)
        where list_contains($ids, m.model_id)"""
    return ask_rows(file, sql, {"ids": list(ids)})


def read_claims(file: Identity, as_of: datetime | None, ids: Ids) -> list[Row]:
    """What each source says of the models, one row a source, name and attribute, oldest first.

    model_id, source_id, attribute, value, observed_at, redistributable, payload_key, row_no."""
    sql = """
        select model_id, source_id, attribute, value, observed_at, redistributable, payload_key, row_no
        from model_attributes
        where list_contains($ids, model_id) and is_listed
        order by model_id, attribute, observed_at, source_id, name_raw"""
    return ask_rows(file, sql, {"ids": list(ids)}, as_of)


def read_contexts(file: Identity, as_of: datetime | None, ids: Ids) -> list[Row]:
    """The largest context window that a listing of a model offers, one row a model that has one.

    model_id, context_tokens, listings (how many state one), payload_key, row_no."""
    sql = f"""
        select model_id, context_tokens, listings, payload_key, row_no
        from {choose("context_windows", as_of)} where list_contains($ids, model_id)"""
    return ask_rows(file, sql, {"ids": list(ids)}, as_of)


def read_scores(file: Identity, as_of: datetime | None, ids: Ids) -> list[Row]:
    """Every value of the models in a complete edition, one row a series, edition, run and configuration.

    series_id, edition, published_on, run (who ran it; blank: not stated), benchmark_id, benchmark, domain, unit,
    higher_is_better, source_id, board, category; model_id, config, value, low, high, interval_pct, is_anchor (pins
    the scale of an edition that has intervals, and so has no error); redistributable, licence_id, payload_key,
    row_no."""
    sql = f"""
        select series_id, edition, published_on, run, benchmark_id, benchmark, domain, unit, higher_is_better,
               source_id, board, category, model_id, config, value, low, high, interval_pct, is_anchor,
               redistributable, licence_id, payload_key, row_no
        from {choose("model_scores", as_of)} where list_contains($ids, model_id)
        order by series_id, edition, published_on, run, model_id, value desc, config, row_no"""
    return ask_rows(file, sql, {"ids": list(ids)}, as_of)


def read_price_days(file: Identity, as_of: datetime | None, ids: Ids) -> list[Row]:
    """What hosts ask for the models, one row a model and day on which models.dev was read, oldest first.

    model_id, day; floor, median, host_floor (USD per million tokens, 3:1 blend, paid listings; null: none);
    providers, routers, listings; floor_provider, host_floor_provider (names), floor_is_router; payload_key, row_no
    (of the listing that sets the floor)."""
    sql = f"""
        select p.model_id, p.day, p.floor_usd_per_mtok as floor, p.median_usd_per_mtok as median,
               p.host_floor_usd_per_mtok as host_floor, p.paid_providers as providers, p.paid_routers as routers,
               p.paid_listings as listings, coalesce(f.name, p.floor_provider) as floor_provider,
               coalesce(h.name, p.host_floor_provider) as host_floor_provider, p.floor_is_router,
               p.payload_key, p.row_no
        from {choose("price_summary", as_of)} p
        left join main.providers f on f.provider_id = p.floor_provider
        left join main.providers h on h.provider_id = p.host_floor_provider
        where p.source_id = 'models_dev' and list_contains($ids, p.model_id) and p.paid_listings > 0
        order by p.day, p.model_id"""
    return ask_rows(file, sql, {"ids": list(ids)}, as_of)


def read_download_days(file: Identity, as_of: datetime | None, ids: Ids) -> list[Row]:
    """Rolling 30-day downloads of the models' own repositories, one row a model and UTC day read, oldest first.

    model_id, day, downloads_30d, likes, redistributable, payload_key, row_no. Repacks by others are not in it."""
    # Repositories named one by one: a question for some then reads no others.
    repos = name_each(sorted(row["hub_repo_id"] for row in read_rows(read_facts, file, ids) if row["hub_repo_id"]))
    sql = f"""
        select m.model_id, c.day, c.downloads_30d, c.likes, c.redistributable, c.payload_key, c.row_no
        from {choose("hub_counts", as_of)} c join main.models m on m.hub_repo_id = c.repo_id
        where c.repo_id in ({list_names(repos)}) and list_contains($ids, m.model_id)
        order by c.day, m.model_id"""
    return ask_rows(file, sql, {"ids": list(ids), **repos}, as_of)


@st.cache_data(max_entries=64, show_spinner=False)
def count_rows_recorded_later(file: Identity, as_of: datetime, ids: Ids) -> tuple[int, int]:
    """Rows behind the page as of an instant, and how many of them entered an archive after it."""
    repos = name_each(sorted(row["hub_repo_id"] for row in read_rows(read_facts, file, ids) if row["hub_repo_id"]))
    sql = f"""
        with used as (
            select recorded_at from scores where is_listed and list_contains($ids, model_id)
            union all select recorded_at from prices where is_listed and list_contains($ids, model_id)
            union all select recorded_at from model_attributes where is_listed and list_contains($ids, model_id)
            union all select h.recorded_at from hub_readings h
            where h.repo_id in ({list_names(repos)}) and (h.redistributable <> 'no' or h.origin = 'live'))
        select count(*) as shown, count(*) filter (recorded_at > $at::timestamp) as later from used"""
    [row] = ask_rows(file, sql, {"ids": list(ids), **repos, "at": as_of.replace(tzinfo=None)}, as_of)
    return row["shown"], row["later"]
