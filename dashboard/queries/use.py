"""What the Adoption page asks of use outside the Hub: tokens, pulls, attention.

Continues `queries`, with the same rules. It refuses to take a model that a day's list does not name for one that
nobody used: there is no row for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dashboard.queries import Identity, ask_rows, choose, list_names, name_each
from dashboard.rows import Row

FAMILY = "openai/gpt-oss"  # an entry that pools 20b and 120b


def read_routed(file: Identity, as_of: datetime | None) -> list[Row]:
    """Each recorded day of OpenRouter's list in parts, in order of day: day, part, names, tokens, share (null where
    the day's total is not known), rank (the best of the part), free_share, lowest_share (of the part's names),
    is_partial, observed_at, licence_id, redistributable, payload_key, row_no.

    A part is one gpt-oss model (its id), or all other models of one access class, "unresolved" (no model known by
    the name) or "rest" (everything below the list's end, pooled)."""
    sql = f"""
        select day, part, names, tokens, share, rank, free_share, lowest_share, is_partial, observed_at, licence_id,
               redistributable, payload_key, row_no
        from {choose("usage_parts", as_of)} where source_id = 'openrouter_rankings' order by day, part"""
    return ask_rows(file, sql, None, as_of)


def read_entries(file: Identity, as_of: datetime | None) -> list[Row]:
    """Every entry of Ollama's library, most pulled first: name_raw, is_own (gpt-oss, both sizes pooled), first_day and
    last_day read, pulls (on the last)."""
    sql = f"""
        select name_raw, bool_or(model_id is not distinct from $family) as is_own, min(day) as first_day,
               max(day) as last_day, max_by(value, day) as pulls
        from {choose("counters", as_of)} where metric = 'ollama_pulls'
        group by name_raw order by pulls desc, name_raw"""
    return ask_rows(file, sql, {"family": FAMILY}, as_of)


def read_pulls(file: Identity, as_of: datetime | None, entries: Sequence[str]) -> list[Row]:
    """Every pull count of some entries, in order of entry and day: name_raw, day, pulls, step, origin, licence_id,
    redistributable, payload_key, row_no. `entries` is not empty."""
    names = name_each(entries)
    sql = f"""
        select name_raw, day, value as pulls, step, origin, licence_id, redistributable, payload_key, row_no
        from {choose("counters", as_of)}
        where metric = 'ollama_pulls' and name_raw in ({list_names(names)}) order by name_raw, day"""
    return ask_rows(file, sql, names, as_of)


def read_attention(file: Identity, as_of: datetime | None) -> list[Row]:
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
    return ask_rows(file, sql, None, as_of)
