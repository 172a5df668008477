"""What the Capability page asks of the published file: one function a question.

Continues `queries`, with the same rules: cached by file, as-of and filters; frames out, absent values null.
Rows a licence keeps local are in the answers with `redistributable` beside them: the page marks them and
leaves them out of downloads.
"""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import streamlit as st

from dashboard.queries import Identity, ask, ask_rows, choose
from dashboard.queries.boards import find_editions, find_rows

# Sources whose verdicts are a relation of the published file.
COMPARED = ("epoch_eci", "lmarena")


@st.cache_data(max_entries=64, show_spinner=False)
def read_editions(file: Identity, as_of: datetime | None, source_id: str, board: str) -> pd.DataFrame:
    """One row an edition of a board's overall list, oldest first.

    edition, published_on, series_id, is_complete; rows and expected_rows as its payload states them; rated
    (rows listed) and intervals (those with one); observed_kind, licence_id, url of the payload."""
    sql = f"""
        with counted as (
            select series_id, edition, published_on, count(*) as rated, count(low) as intervals
            from {find_rows(source_id, board, as_of)} group by all)
        select e.edition, e.published_on, e.series_id, e.is_complete, e.rows, e.expected_rows,
               p.observed_kind, p.licence_id, p.url, coalesce(c.rated, 0) as rated,
               coalesce(c.intervals, 0) as intervals
        from {find_editions(source_id, as_of)} e
        left join payloads p on p.payload_key = e.payload_key
        left join counted c on c.series_id = e.series_id and c.edition = e.edition
             and c.published_on is not distinct from e.published_on
        -- A body seen twice on one day, with and without a publish date, is one edition to a reader.
        qualify row_number() over (
            partition by e.edition, e.series_id
            order by e.is_complete desc, e.published_on desc nulls last) = 1
        order by e.edition, e.series_id"""
    return ask(file, sql, {"source_id": source_id, "board": board}, as_of)


@st.cache_data(max_entries=64, show_spinner=False)
def read_ratings(file: Identity, as_of: datetime | None, source_id: str, board: str) -> pd.DataFrame:
    """One row an edition and listed entry of a board's overall list, oldest edition and highest value first.

    series_id, edition, published_on; name_raw, config_raw, run, model_id, config, name, access, released_on;
    value, low, high, interval_pct, n; redistributable, licence_id, recorded_at, flags; payload_key, row_no.
    Several editions stand side by side: compare within one."""
    sql = f"""
        select s.series_id, s.edition, s.published_on, s.name_raw, s.config_raw, s.run, s.model_id, s.config,
               coalesce(m.name, s.name_raw) as name, coalesce(m.access, 'unknown') as access, m.released_on,
               s.value, s.low, s.high, s.interval_pct, s.n, s.redistributable, s.licence_id, s.recorded_at,
               s.flags, s.payload_key, s.row_no
        from {find_rows(source_id, board, as_of)} s left join main.models m on m.model_id = s.model_id
        order by s.edition, s.value desc, s.name_raw"""
    return ask(file, sql, {"source_id": source_id, "board": board}, as_of)


@st.cache_data(max_entries=64, show_spinner=False)
def read_verdicts(
    file: Identity, as_of: datetime | None, source_id: str, board: str, subject: str, lower: bool = False
) -> pd.DataFrame:
    """One row a complete edition of a board and entry beside the subject, a model id.

    series_id, edition; model_id, config, name_raw, name, access, released_on; value, difference,
    se_difference, verdict (null: no interval); payload_key, row_no. Where the subject stands in several
    configurations, the best speaks; `lower`: the lower value is the better one."""
    asked = {"source_id": source_id, "board": board, "subject": subject}
    if source_id not in COMPARED:
        return ask(file, _judge(source_id, board, as_of), {**asked, "lower": lower}, as_of)
    sql = f"""
        select series_id, edition, model_id, config, name_raw, '' as run, name, access, released_on, value, difference,
               se_difference, verdict, payload_key, row_no
        from {choose("comparisons", as_of)}
        where source_id = $source_id and split_part(series_id, '/', 2) = $board and subject = $subject
        qualify row_number() over (partition by payload_key, row_no order by subject_value desc) = 1
        order by edition, value desc, name_raw"""
    return ask(file, sql, asked, as_of)


def _judge(source_id: str, board: str, as_of: datetime | None) -> str:
    """SQL for verdicts on a board that the relation `comparisons` does not hold, by its rule."""
    return f"""
        with rated as (
            select s.*, if($lower, -s.value, s.value) as merit,
                   (s.high - s.low) / case s.interval_pct when 90 then 3.29 else 3.92 end as se
            from {find_rows(source_id, board, as_of)} s
            join {find_editions(source_id, as_of)} e
                on e.series_id = s.series_id and e.edition = s.edition
                and e.published_on is not distinct from s.published_on
            where e.is_complete),
        own as (
            select * from rated where model_id = $subject
            qualify row_number() over (partition by series_id, edition order by merit desc, row_no) = 1),
        paired as (
            select o.*, o.value - g.value as difference, o.merit - g.merit as better,
                   sqrt(g.se * g.se + o.se * o.se) as se_difference
            from own g join rated o on o.series_id = g.series_id and o.edition = g.edition
            where o.model_id is distinct from $subject)
        select p.series_id, p.edition, p.model_id, p.config, p.name_raw, p.run, coalesce(m.name, p.name_raw) as name,
               coalesce(m.access, 'unknown') as access, m.released_on, p.value, p.difference, p.se_difference,
               case when p.se_difference is null then null
                    when p.better > 1.96 * p.se_difference then 'clearly ahead'
                    when p.better < -1.96 * p.se_difference then 'clearly behind'
                    else 'too close to call' end as verdict, p.payload_key, p.row_no
        from paired p left join main.models m on m.model_id = p.model_id
        order by p.edition, p.merit desc, p.name_raw"""


@st.cache_data(max_entries=64, show_spinner=False)
def read_median_prices(file: Identity, as_of: datetime | None) -> dict[str, float]:
    """Median of a model's paid listings on its newest day, by model id: USD per million tokens, 3:1 blend."""
    sql = """
        select model_id, median_usd_per_mtok as median from marts.priced_models
        where source_id = 'models_dev' and median_usd_per_mtok is not null"""
    if as_of:
        sql = """
            select model_id, arg_max(median_usd_per_mtok, day) as median from price_summary
            where source_id = 'models_dev' and median_usd_per_mtok is not null
            group by model_id"""
    return {row["model_id"]: row["median"] for row in ask_rows(file, sql, None, as_of)}
