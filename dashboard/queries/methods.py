"""What the Methods page asks of the published file: words and definitions.

The rules of the package hold. Words are those of the version that published the file, whatever the as-of date.
"""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import streamlit as st

from dashboard.queries import Identity, ask, ask_rows
from dashboard.rows import Row


def read_methods(file: Identity) -> list[Row]:
    """The words of every measure's module: measure, title, part, text (null: not written down), method_version; in
    the order in which parts are read."""
    return ask_rows(
        file, "select measure, title, part, text, method_version from main.methods order by title, measure, place"
    )


def read_definitions(file: Identity) -> list[Row]:
    """Dimensions of definitions and their options: dimension, option (null: the dimension itself), name, meaning."""
    return ask_rows(file, "select dimension, option, name, meaning from main.definitions order by place")


def read_uses(file: Identity) -> list[Row]:
    """What each module gives, whenever measured: method, measure_id, definition_id, unit."""
    return ask_rows(file, "select distinct method, measure_id, definition_id, unit from main.measures order by all")


def read_figures(file: Identity, as_of: datetime | None, measure_id: str) -> list[Row]:
    """What a measure says under each definition: the newest day of the newest instant measured by then.

    subject, name, definition_id, day, value, low, high, unit, reason_absent, told_by, measured_at, method_version,
    payload_key, source_ids, recorded_at, redistributable (of what it was worked out from: the strictest)."""
    sql = """
        with told as (
            from main.measures where measure_id = $measure and as_of = (
                select max(as_of) from main.measures where as_of <= coalesce($at::timestamp, 'infinity'::timestamp))
            qualify row_number() over (partition by definition_id, subject order by day desc nulls last) = 1),
        used as (select definition_id, subject, unnest(inputs::json::bigint[]) as payload_key from told),
        rights as (
            select definition_id, subject, min(payload_key) as payload_key, max(recorded_at) as recorded_at,
                   list(distinct source_id order by source_id) as source_ids,
                   case when bool_or(redistributable = 'no') then 'no'
                        when bool_or(redistributable = 'share-alike') then 'share-alike'
                        when bool_and(redistributable = 'yes') then 'yes' end as redistributable
            from used join stored.payloads using (payload_key) group by all)
        select t.subject, coalesce(m.name, t.subject) as name, t.definition_id, t.day, t.value, t.low, t.high, t.unit,
               t.reason_absent, t.told_by, t.as_of as measured_at, t.method_version,
               r.payload_key::varchar as payload_key, coalesce(r.source_ids, []) as source_ids, r.recorded_at,
               case when t.value is null then 'yes' else r.redistributable end as redistributable
        from told t
        left join rights r using (definition_id, subject)
        left join main.models m on m.model_id = t.subject
        order by not starts_with(t.subject, 'openai/gpt-oss'), t.subject, t.definition_id"""
    at = as_of.replace(tzinfo=None) if as_of else None
    return ask_rows(file, sql, {"measure": measure_id, "at": at}, as_of)


@st.cache_data(max_entries=16, show_spinner=False)
def read_benchmarks(file: Identity) -> pd.DataFrame:
    """Benchmarks by name: benchmark, domain, unit, higher_is_better, floor, ceiling, private, upstream."""
    sql = """
        select name as benchmark, domain, unit, higher_is_better, floor, ceiling, private, upstream
        from main.benchmarks order by lower(name)"""
    return ask(file, sql)


@st.cache_data(max_entries=16, show_spinner=False)
def list_off(file: Identity) -> list[str]:
    """Sources read only when named, each with its licence."""
    sql = "select title || ' (' || licence_id || ')' as source from main.sources where not enabled order by title"
    return [row["source"] for row in ask_rows(file, sql)]
