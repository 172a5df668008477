"""What the Data page asks of the published file: one function a question.

Continues `queries`, with the same rules: cached by file, as-of and filters; frames out, absent values null.
Facts are counted and looked up on the stored relations, as everything else there is derived from them. A
payload key has up to 52 bits and is text here: a browser's table would round or group its digits.
"""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import streamlit as st

from dashboard.queries import Identity, ask

# Kind -> columns that hold a published number, and when the number was true.
_FACTS: dict[str, tuple[tuple[str, ...], str]] = {
    "scores": (("value", "low", "high", "n"), "coalesce(published_on, edition)"),
    "benchmark_difficulty": (("difficulty", "slope"), "edition"),
    "prices": (("input_usd_per_mtok", "output_usd_per_mtok", "cache_read_usd_per_mtok"), "observed_at::date"),
    "hub_readings": (("downloads_30d", "downloads_all_time", "likes"), "read_at::date"),
    "repos": ((), "observed_at::date"),
    "model_attributes": ((), "observed_at::date"),
}
_KNOWN = "observed_at <= coalesce(getvariable('as_of')::timestamp, 'infinity'::timestamp)"
# A name's registry row under the configuration a fact states; only scores state one.
_CONFIG = {kind: "f.config_raw" if kind == "scores" else "''" for kind in _FACTS}
LIMIT = 200


@st.cache_data(max_entries=32, show_spinner=False)
def read_sources(file: Identity, as_of: datetime | None) -> pd.DataFrame:
    """One row a source, required ones first: what it declares; oldest_at and newest_at of its facts, facts,
    partial and snapshots; quarantined; unresolved_names and unresolved_rows; last_success_at, last_failure_at
    and last_failure of the runs by then. A source without facts has null dates."""
    union = " union all ".join(f"select source_id, observed_at from stored.{kind} where {_KNOWN}" for kind in _FACTS)
    return ask(file, f"""
        with facts as (select source_id, count(*) as facts, min(observed_at) as oldest_at, max(observed_at) as newest_at
                       from ({union}) group by all),
             taken as (select source_id, count(*) as snapshots, count(*) filter (not complete) as partial
                       from snapshots group by all),
             refused as (select source_id, count(*) as quarantined from quarantine group by all),
             lost as (select source_id, count(*) as unresolved_names, sum(rows) as unresolved_rows
                      from unresolved_names group by all),
             runs as (select source_id, max(started_at) filter (outcome = 'fine') as last_success_at,
                             max(started_at) filter (outcome = 'failed') as last_failure_at,
                             arg_max(error, started_at) filter (outcome = 'failed') as last_failure
                      from logs.run_sources
                      where started_at <= coalesce(getvariable('as_of')::timestamp, 'infinity'::timestamp) group by all)
        select s.source_id, s.title, s.publisher, s.homepage, s.licence_id, s.licence_url, s.attribution,
               s.cadence_days, s.required, s.caveats, f.oldest_at, f.newest_at, coalesce(f.facts, 0) as facts,
               coalesce(t.snapshots, 0) as snapshots, coalesce(t.partial, 0) as partial,
               coalesce(q.quarantined, 0) as quarantined, coalesce(l.unresolved_names, 0) as unresolved_names,
               coalesce(l.unresolved_rows, 0) as unresolved_rows, r.last_success_at, r.last_failure_at, r.last_failure
        from sources s left join facts f using (source_id) left join taken t using (source_id)
        left join refused q using (source_id) left join lost l using (source_id) left join runs r using (source_id)
        order by not s.required, s.source_id""", None, as_of)


@st.cache_data(max_entries=32, show_spinner=False)
def read_holdings(file: Identity, as_of: datetime | None) -> pd.DataFrame:
    """One row a source, kind, licence and right: facts, and how many entered an archive after the instant."""
    union = " union all ".join(
        f"select source_id, '{kind}' as kind, licence_id, redistributable, recorded_at from stored.{kind} where {_KNOWN}"
        for kind in _FACTS)
    return ask(file, f"""
        select source_id, kind, licence_id, redistributable, count(*) as facts,
               count(*) filter (recorded_at > coalesce(getvariable('as_of')::timestamp, 'infinity'::timestamp)) as later
        from ({union}) group by all order by source_id, facts desc, kind, licence_id""", None, as_of)


@st.cache_data(max_entries=32, show_spinner=False)
def read_flags(file: Identity, as_of: datetime | None) -> pd.DataFrame:
    """One row a source and flag: how many facts (and daily counts, for before_refresh) carry it."""
    union = " union all ".join(
        f"select source_id, unnest(flags) as flag from stored.{kind} where {_KNOWN}" for kind in _FACTS)
    return ask(file, f"""
        select source_id, flag, count(*) as facts from (
            {union} union all select 'hf_hub', unnest(flags) from hub_counts)
        group by all order by source_id, facts desc, flag""", None, as_of)


@st.cache_data(max_entries=32, show_spinner=False)
def read_unresolved(file: Identity, as_of: datetime | None) -> pd.DataFrame:
    """One row a source and name that leads to no model: rows, last_seen_at; most rows first."""
    return ask(file, """
        select source_id, name_raw, rows, last_seen_at from unresolved_names
        order by source_id, rows desc, name_raw""", None, as_of)


@st.cache_data(max_entries=32, show_spinner=False)
def read_quarantine(file: Identity, as_of: datetime | None) -> pd.DataFrame:
    """One row a refused row: source_id, reason, row_json, observed_at and its address."""
    return ask(file, """
        select source_id, reason, row_json, observed_at, payload_key::varchar as payload_key, row_no from quarantine
        order by source_id, observed_at desc, payload_key, row_no""", None, as_of)


@st.cache_data(max_entries=32, show_spinner=False)
def read_all_editions(file: Identity, as_of: datetime | None) -> pd.DataFrame:
    """One row an edition of a series, newest first: complete or not, rows, expected_rows, payload_key (text)."""
    return ask(file, """
        select source_id, series_id, edition, published_on, is_complete, rows, expected_rows, first_known_at,
               payload_key::varchar as payload_key
        from editions order by edition desc, series_id""", None, as_of)


@st.cache_data(max_entries=64, show_spinner=False)
def read_names(file: Identity, words: str, source_id: str) -> pd.DataFrame:
    """How publishers' names were matched, up to LIMIT rows: source_id, name_raw, config_raw, model_id (null: none),
    model, config, method, rule. `words` is looked for in name and model; an empty source_id means all. Not as-of:
    matching is today's reading of old names."""
    return ask(file, f"""
        select n.source_id, n.name_raw, n.config_raw, n.model_id, m.name as model, n.config, n.method, n.rule
        from model_names n left join models m on m.model_id = n.model_id
        where (contains(lower(n.name_raw), lower($words)) or contains(lower(coalesce(n.model_id, '')), lower($words)))
          and $source_id in ('', n.source_id)
        order by n.model_id is null, length(n.name_raw), n.name_raw, n.source_id, n.config_raw
        limit {LIMIT}""", {"words": words, "source_id": source_id})


@st.cache_data(max_entries=64, show_spinner=False)
def find_facts_by_value(file: Identity, as_of: datetime | None, value: float, decimals: int, source_id: str) -> pd.DataFrame:
    """Facts with a number that reads as `value` when written with `decimals` decimals, newest first, up to LIMIT:
    source_id, kind, name_raw, model_id, field, value, day, redistributable, payload_key (text), row_no."""
    parts = [
        f"""select source_id, '{kind}' as kind, name_raw, {_CONFIG[kind].removeprefix('f.')} as config_raw, '{column}' as field,
            {column}::double as value, {day} as day, redistributable, payload_key, row_no
            from stored.{kind} where {_KNOWN} and round({column}::double, $decimals) = $value"""
        for kind, (columns, day) in _FACTS.items() for column in columns]
    return _list_facts(file, as_of, " union all ".join(parts), {"value": value, "decimals": decimals, "source_id": source_id})


@st.cache_data(max_entries=64, show_spinner=False)
def find_facts_by_name(file: Identity, as_of: datetime | None, words: str, source_id: str) -> pd.DataFrame:
    """Facts whose publisher's name or model contains `words`, newest first, up to LIMIT; columns as by value."""
    parts = [
        f"""select f.source_id, '{kind}' as kind, f.name_raw, {_CONFIG[kind]} as config_raw, '{(columns or ('',))[0]}' as field,
            {f'f.{columns[0]}::double' if columns else 'null::double'} as value, {day} as day, f.redistributable,
            f.payload_key, f.row_no
            from stored.{kind} f left join model_names n on n.source_id = f.source_id and n.name_raw = f.name_raw
                 and n.config_raw = {_CONFIG[kind]}
            where {_KNOWN} and (contains(lower(f.name_raw), lower($words))
                                or contains(lower(coalesce(n.model_id, '')), lower($words)))"""
        for kind, (columns, day) in _FACTS.items()]
    return _list_facts(file, as_of, " union all ".join(parts), {"words": words, "source_id": source_id})


@st.cache_data(max_entries=64, show_spinner=False)
def read_payload(file: Identity, as_of: datetime | None, payload_key: int) -> pd.DataFrame:
    """The payload of a key as its record has it, one row or none."""
    return ask(file, "select * from payloads where payload_key = $key", {"key": payload_key}, as_of)


@st.cache_data(max_entries=64, show_spinner=False)
def read_payload_rows(file: Identity, as_of: datetime | None, payload_key: int, row_no: int | None) -> pd.DataFrame:
    """What was read from a payload, up to LIMIT: kind, name_raw, fact (the stored columns as JSON), redistributable,
    row_no; refused rows have the kind quarantine and their reason. A null row_no means every row."""
    wanted = "payload_key = $key and ($row is null or row_no = $row)"
    parts = [f"""select '{kind}' as kind, name_raw, to_json(t)::varchar as fact, redistributable, row_no
                 from stored.{kind} t where {wanted} and {_KNOWN}""" for kind in _FACTS]
    parts.append(f"""select 'quarantine', reason, row_json, null, row_no from quarantine where {wanted}""")
    return ask(file, f"{' union all '.join(parts)} order by row_no, kind, name_raw limit {LIMIT}",
               {"key": payload_key, "row": row_no}, as_of)


def _list_facts(file: Identity, as_of: datetime | None, union: str, parameters: dict[str, object]) -> pd.DataFrame:
    return ask(file, f"""
        select f.source_id, f.kind, f.name_raw, n.model_id, f.field, f.value, f.day, f.redistributable,
               f.payload_key::varchar as payload_key, f.row_no
        from ({union}) f left join model_names n on n.source_id = f.source_id and n.name_raw = f.name_raw
             and n.config_raw = f.config_raw
        where $source_id in ('', f.source_id)
        order by f.day desc, f.source_id, f.kind, f.name_raw, f.payload_key, f.row_no
        limit {LIMIT}""", parameters, as_of)
