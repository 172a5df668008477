"""What the Adoption page asks of use outside the Hub: tokens, pulls, attention.

Continues `queries`, with the same rules. What grows with every day is summed or thinned here, so that the page
stays quick after years of daily reads. It refuses to rank an entry of a list that was not read whole, and to take
a model that a day's list does not name for one that nobody used.
"""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import streamlit as st

from dashboard.definitions import SMALLER, SUBJECT
from dashboard.queries import Identity, ask, choose

FAMILY = "openai/gpt-oss"  # an entry that pools 20b and 120b
SHOWN_PULLS = 4


@st.cache_data(max_entries=64, show_spinner=False)
def read_routed(file: Identity, as_of: datetime | None) -> pd.DataFrame:
    """Each recorded day of OpenRouter's list in parts, in order of day: day, part, names, tokens, share (null where
    the day's total is not known), rank (the best of the part), free_share, lowest_share (of any model named that
    day), named (models that day), is_partial, observed_at, licence_id, redistributable, payload_key, row_no.

    A part is one gpt-oss model (its id), or all other models of one access class, "unresolved" (no model known by
    the name) or "rest" (everything below the list's end, pooled)."""
    sql = f"""
        with told as (
            select u.*, coalesce(m.access, 'unresolved') as access,
                   min(u.share) filter (not u.is_rest) over (partition by u.day) as lowest_share,
                   count(*) filter (not u.is_rest) over (partition by u.day) as named
            from {choose("usage", as_of)} u left join main.models m using (model_id)
            where u.source_id = 'openrouter_rankings')
        select day, case when is_rest then 'rest' when model_id in ($subject, $small) then model_id else access end
                   as part,
               count(*) as names, sum(tokens) as tokens, sum(share) as share, min(rank) as rank,
               sum(share) filter (is_free_variant) as free_share, any_value(lowest_share) as lowest_share,
               any_value(named) as named, bool_or(list_contains(flags, 'partial')) as is_partial,
               max(observed_at) as observed_at, any_value(licence_id) as licence_id,
               case when bool_or(redistributable = 'no') then 'no' else any_value(redistributable) end
                   as redistributable,
               min(payload_key) as payload_key, min(row_no) as row_no
        from told group by all order by day, part"""
    return ask(file, sql, {"subject": SUBJECT, "small": SMALLER}, as_of)


@st.cache_data(max_entries=64, show_spinner=False)
def read_pulls(file: Identity, as_of: datetime | None) -> pd.DataFrame:
    """Ollama's pull counts to draw, gpt-oss first: name_raw, is_own, first_day, day, pulls, step, origin, licence_id,
    redistributable, payload_key, row_no.

    gpt-oss every day; then the most pulled of the entries that appeared after the record begins, the last day read
    of each week: what was there before had years to gather."""
    sql = f"""
        with pulls as (
            select name_raw, model_id is not distinct from $family as is_own, day, value as pulls, step, origin,
                   licence_id, redistributable, payload_key, row_no
            from {choose("counters", as_of)} where metric = 'ollama_pulls'),
        spans as (
            select name_raw, is_own, min(day) as first_day, max_by(pulls, day) as newest from pulls group by all),
        chosen as (
            select name_raw, first_day, newest from spans where is_own
            union all
            (select name_raw, first_day, newest from spans
             where not is_own and first_day > (select min(first_day) from spans)
             order by newest desc, name_raw limit $shown))
        select p.*, c.first_day from pulls p join chosen c using (name_raw)
        qualify is_own
            or row_number() over (partition by name_raw, date_trunc('week', day) order by day desc) = 1
        order by is_own desc, c.newest desc, name_raw, day"""
    return ask(file, sql, {"family": FAMILY, "shown": SHOWN_PULLS}, as_of)


@st.cache_data(max_entries=64, show_spinner=False)
def read_pull_place(file: Identity, as_of: datetime | None) -> pd.DataFrame:
    """gpt-oss's place in Ollama's library on the newest day the whole list was read: day, pulls, entries, above (how
    many entries had more pulls). A day is whole with nine in ten of the most entries read on any day."""
    sql = f"""
        with pulls as (
            select day, value, model_id is not distinct from $family as is_own
            from {choose("counters", as_of)} where metric = 'ollama_pulls'),
        days as (select day, count(*) as entries, max(value) filter (is_own) as own from pulls group by day),
        whole as (
            select max(day) as day from days where own is not null and entries >= 0.9 * (select max(entries) from days))
        select any_value(d.day) as day, any_value(d.own) as pulls, count(*) as entries,
               count(*) filter (p.value > d.own) as above
        from pulls p join days d using (day) join whole using (day) having count(*) > 0"""
    return ask(file, sql, {"family": FAMILY}, as_of)


@st.cache_data(max_entries=64, show_spinner=False)
def read_attention(file: Identity, as_of: datetime | None) -> pd.DataFrame:
    """Counts of attention, in order of metric, subject and day: source_id, metric, name_raw, day (the first of a
    month, or the day read), value, is_partial, licence_id, redistributable, payload_key, row_no. Of totals so far
    the newest alone."""
    sql = f"""
        select source_id, metric, name_raw, day, value, list_contains(flags, 'partial') as is_partial, licence_id,
               redistributable, payload_key, row_no
        from {choose("counters", as_of)}
        where metric in ('github_stars', 'github_forks', 'hn_stories', 'arxiv_papers')
        qualify not is_cumulative or row_number() over (partition by metric, name_raw order by day desc) = 1
        order by metric, name_raw, day"""
    return ask(file, sql, None, as_of)
