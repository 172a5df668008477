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

# Sources whose verdicts are a relation of the published file.
COMPARED = ("epoch_eci", "lmarena")


@st.cache_data(max_entries=16, show_spinner=False)
def read_boards(file: Identity) -> pd.DataFrame:
    """One row a board (the relation board_scores says what that is) with a benchmark of its own: source_id, board,
    benchmark_id, name, domain, unit, higher_is_better, source (its title), publisher, own (rows of a gpt-oss model)."""
    sql = """
        select source_id, board, benchmark_id, name, domain, unit, higher_is_better, source, publisher, own
        from marts.boards order by rowid"""
    return ask(file, sql)


@st.cache_data(max_entries=64, show_spinner=False)
def read_editions(file: Identity, as_of: datetime | None, source_id: str, board: str) -> pd.DataFrame:
    """One row an edition of a board's overall list, oldest first.

    edition, published_on, series_id, is_complete; rows and expected_rows as its payload states them; rated
    (rows listed) and intervals (those with one); observed_kind, licence_id, url of the payload."""
    sql = f"""
        select edition, published_on, series_id, is_complete, rows, expected_rows, observed_kind, licence_id, url,
               rated, intervals
        from {choose("board_editions", as_of)} where source_id = $source_id and board = $board
        -- A body seen twice on one day, with and without a publish date, is one edition to a reader.
        qualify row_number() over (
            partition by edition, series_id order by is_complete desc, published_on desc nulls last) = 1
        order by edition, series_id"""
    return ask(file, sql, {"source_id": source_id, "board": board}, as_of)


@st.cache_data(max_entries=64, show_spinner=False)
def read_ratings(file: Identity, as_of: datetime | None, source_id: str, board: str) -> pd.DataFrame:
    """One row an edition and listed entry of a board's overall list, oldest edition and highest value first.

    series_id, edition, published_on; name_raw, config_raw, run, model_id, config, name, access, released_on;
    value, low, high, interval_pct, n; redistributable, licence_id, recorded_at, flags; payload_key, row_no.
    Several editions stand side by side: compare within one."""
    sql = f"""
        select series_id, edition, published_on, name_raw, config_raw, run, model_id, config, name, access, released_on,
               value, low, high, interval_pct, n, redistributable, licence_id, recorded_at, flags, payload_key, row_no
        from {choose("board_scores", as_of)} where source_id = $source_id and board = $board
        order by edition, value desc, name_raw, config_raw, run, row_no"""
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
        return ask(file, _judge(as_of), {**asked, "lower": lower}, as_of)
    sql = f"""
        select series_id, edition, model_id, config, name_raw, '' as run, name, access, released_on, value, difference,
               se_difference, verdict, payload_key, row_no
        from {choose("comparisons", as_of)}
        where source_id = $source_id and split_part(series_id, '/', 2) = $board and subject = $subject
        qualify row_number() over (partition by payload_key, row_no order by subject_value desc) = 1
        order by edition, value desc, name_raw, config, row_no"""
    return ask(file, sql, asked, as_of)


def _judge(as_of: datetime | None) -> str:
    """SQL for verdicts on a board that the relation `comparisons` does not hold, by its rule."""
    return f"""
        with rated as (
            select s.*, if($lower, -s.value, s.value) as merit,
                   (s.high - s.low) / case s.interval_pct when 90 then 3.29 else 3.92 end as se
            from {choose("board_scores", as_of)} s
            join {choose("board_editions", as_of)} e
                on e.source_id = s.source_id and e.board = s.board and e.series_id = s.series_id
                and e.edition = s.edition and e.published_on is not distinct from s.published_on
            where s.source_id = $source_id and s.board = $board and e.is_complete),
        own as (
            select * from rated where model_id = $subject
            qualify row_number() over (partition by series_id, edition order by merit desc, row_no) = 1),
        paired as (
            select o.*, o.value - g.value as difference, o.merit - g.merit as better,
                   sqrt(g.se * g.se + o.se * o.se) as se_difference
            from own g join rated o on o.series_id = g.series_id and o.edition = g.edition
            where o.model_id is distinct from $subject)
        select p.series_id, p.edition, p.model_id, p.config, p.name_raw, p.run, p.name, p.access, p.released_on,
               p.value, p.difference, p.se_difference,
               case when p.se_difference is null then null
                    when p.better > 1.96 * p.se_difference then 'clearly ahead'
                    when p.better < -1.96 * p.se_difference then 'clearly behind'
                    else 'too close to call' end as verdict, p.payload_key, p.row_no
        from paired p order by p.edition, p.merit desc, p.name_raw, p.config, p.run, p.row_no"""


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
