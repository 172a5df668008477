"""Which boards there are, and how a board's rows are found.

A board is what one source publishes of one benchmark as a whole. LiveBench publishes tasks; its boards are
means over them, and an entry that lacks a task of a release has no mean in it. It refuses Epoch's inputs,
which repeat other boards on another scale.
"""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import streamlit as st

from dashboard.queries import Identity, ask, choose

LIVEBENCH, WHOLE = "livebench", "overall"
_COLUMNS = """series_id, edition, published_on, name_raw, config_raw, run, model_id, config, value, low, high,
    interval_pct, n, redistributable, licence_id, recorded_at, flags, payload_key, row_no"""


@st.cache_data(max_entries=16, show_spinner=False)
def read_boards(file: Identity) -> pd.DataFrame:
    """One row a board: source_id, board, benchmark_id, name, domain, unit, higher_is_better, source (its title),
    publisher, own (rows of a gpt-oss model). LiveBench's boards are its mean of all and its categories."""
    sql = """
        select source_id, board, benchmark_id, name, domain, unit, higher_is_better, source, publisher, own
        from marts.boards order by rowid"""
    return ask(file, sql)


def find_rows(source_id: str, board: str, as_of: datetime | None) -> str:
    """SQL for the listed rows of the board `$board` of `$source_id`, one an entry and run of an edition."""
    if source_id != LIVEBENCH:
        return f"""(select {_COLUMNS} from {choose("scores", as_of)}
            where is_listed and source_id = $source_id and board = $board and category = 'overall')"""
    if board == WHOLE:
        return f"""(select 'livebench/overall/overall/' || l.method_version as series_id, l.edition, l.published_on,
                   l.name_raw, '' as config_raw, '' as run, l.model_id, l.config, l.value, null::double as low,
                   null::double as high, null::bigint as interval_pct, null::double as n, l.redistributable,
                   l.licence_id, p.recorded_at, []::varchar[] as flags, l.payload_key, l.row_no
            from {choose("livebench_overall", as_of)} l left join payloads p using (payload_key)
            where l.value is not null and l.source_id = $source_id and $board = 'overall')"""
    return f"""(with listed as (
                select *, count(distinct category) over (partition by edition) as tasks
                from (select *, count(distinct category) over (partition by edition, name_raw) as answered
                      from {choose("scores", as_of)}
                      where is_listed and source_id = $source_id and board = $board))
            select 'livebench/' || $board || '/overall/' || method_version as series_id, edition, published_on,
                   name_raw, config_raw, '' as run, any_value(model_id) as model_id, any_value(config) as config,
                   avg(value) as value, null::double as low, null::double as high, null::bigint as interval_pct,
                   null::double as n, any_value(redistributable) as redistributable,
                   any_value(licence_id) as licence_id, max(recorded_at) as recorded_at, []::varchar[] as flags,
                   arg_max(payload_key, (observed_at, -row_no)) as payload_key,
                   arg_max(row_no, (observed_at, -row_no)) as row_no
            from listed where answered = tasks
            group by method_version, edition, published_on, name_raw, config_raw)"""


def find_editions(source_id: str, as_of: datetime | None) -> str:
    """SQL for the editions of the board: of LiveBench's means those of the tasks they are made of."""
    if source_id != LIVEBENCH:
        return f"""(select edition, published_on, series_id, is_complete, rows, expected_rows, payload_key
            from {choose("editions", as_of)}
            where source_id = $source_id and board = $board and category = 'overall')"""
    return f"""(select edition, published_on, 'livebench/' || $board || '/overall/' || method_version as series_id,
                   bool_and(is_complete) as is_complete, max(rows) as rows, max(expected_rows) as expected_rows,
                   max(payload_key) as payload_key
            from {choose("editions", as_of)}
            where source_id = $source_id and (board = $board or $board = 'overall')
            group by edition, published_on, method_version)"""
