"""What the Data page asks of the published file: one function a question.

Continues `queries`, with the same rules: cached by file, as-of and filters; frames out, absent values null.
Facts are counted and looked up on the stored relations, as everything else there is derived from them. A
payload key has up to 52 bits and is text here: a browser's table would round or group its digits.
"""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import streamlit as st

from dashboard.queries import Identity, ask, choose

# Kind -> columns that hold a published number, and when the number was true.
_FACTS: dict[str, tuple[tuple[str, ...], str]] = {
    "scores": (("value", "low", "high", "n"), "coalesce(published_on, edition)"),
    "benchmark_difficulty": (("difficulty", "slope"), "edition"),
    "prices": (("input_usd_per_mtok", "output_usd_per_mtok", "cache_read_usd_per_mtok"), "observed_at::date"),
    "hub_readings": (("downloads_30d", "downloads_all_time", "likes"), "read_at::date"),
    "repos": ((), "observed_at::date"),
    "model_attributes": ((), "observed_at::date"),
    "usage": (("tokens", "share", "rank"), "day"),
    "counters": (("value",), "day"),
    "openness": (("value",), "edition"),
}
_INSTANT = "coalesce(getvariable('as_of')::timestamp, 'infinity'::timestamp)"
_KNOWN = f"observed_at <= {_INSTANT}"
# The configuration under which a kind's names were matched; only scores state one.
_CONFIGS = {"scores": "config_raw"}
LIMIT = 200


@st.cache_data(max_entries=32, show_spinner=False)
def read_sources(file: Identity, as_of: datetime | None) -> pd.DataFrame:
    """One row a source, required ones first.

    What it declares (title, publisher, homepage, licence_id, licence_url, attribution, cadence_days,
    required, enabled, caveats); facts, oldest_at and newest_at (null: none), and fresh_at: the newest or, if later,
    the last read that found it unchanged; snapshots and those partial; quarantined; unresolved_names and
    unresolved_rows; flags, the sum of `read_flags`; last_success_at, last_failure_at and last_failure of runs by
    then, and whether it is_failing: the last of them failed."""
    sql = f"""
        select s.source_id, s.title, s.publisher, s.homepage, s.licence_id, s.licence_url, s.attribution,
               s.cadence_days, s.required, s.enabled, s.caveats, h.oldest_at, h.newest_at, h.fresh_at, h.facts,
               c.snapshots, c.partial, c.quarantined, c.unresolved_names, c.unresolved_rows,
               h.last_success_at, h.last_failure_at, h.last_failure, h.is_failing
        from sources s
        join {choose("source_health", as_of)} h using (source_id)
        join {choose("source_counts", as_of)} c using (source_id)
        order by not s.required, s.source_id"""
    flags = read_flags(file, as_of).groupby("source_id")["facts"].sum()
    found = ask(file, sql, None, as_of)
    return found.assign(flags=found["source_id"].map(flags).fillna(0).astype("int64"))


@st.cache_data(max_entries=32, show_spinner=False)
def read_holdings(file: Identity, as_of: datetime | None) -> pd.DataFrame:
    """One row a source, kind, licence and right: facts, and `later`, those archived after the instant."""
    sql = f"""
        select source_id, kind, licence_id, redistributable, facts, later
        from {choose("holdings", as_of)} order by source_id, facts desc, kind, licence_id"""
    return ask(file, sql, None, as_of)


@st.cache_data(max_entries=32, show_spinner=False)
def read_flags(file: Identity, as_of: datetime | None) -> pd.DataFrame:
    """One row a source and flag: how many facts (days, lists, fields) carry it, most first."""
    sql = f"""
        select source_id, flag, facts from {choose("source_flags", as_of)} order by source_id, facts desc, flag"""
    return ask(file, sql, None, as_of)


@st.cache_data(max_entries=32, show_spinner=False)
def read_flagged(file: Identity, as_of: datetime | None, source_id: str) -> pd.DataFrame:
    """What is flagged of one source beside its own marks, newest first, up to LIMIT.

    flag, what (a name or field), reason, since_at, payload_key (text), row_no (null: the whole body)."""
    sql = f"""
        select flag, name_raw as what, reason, since_at, payload_key::varchar as payload_key, row_no
        from fact_faults where source_id = $source_id
        union all
        select 'outlier', listing_id, any_value(reason), min(day), payload_key::varchar, row_no
        from {choose("price_outliers", as_of)} where source_id = $source_id group by listing_id, payload_key, row_no
        union all
        select 'shape_drift', field, case change when 'retyped' then 'was ' || was || ', is ' || now else change end,
               observed_at, payload_key::varchar, null
        from shape_drifts where source_id = $source_id
        union all
        select flag, affected || ' of ' || repos || ' repositories', 'on ' || day, known_since, null, null
        from hub_faults where $source_id = 'hf_hub'
        order by since_at desc, flag, what limit {LIMIT}"""
    return ask(file, sql, {"source_id": source_id}, as_of)


@st.cache_data(max_entries=32, show_spinner=False)
def read_unresolved(file: Identity, as_of: datetime | None) -> pd.DataFrame:
    """One row a source and name that leads to no model: rows, last_seen_at; most rows first."""
    sql = f"""
        select source_id, name_raw, rows, last_seen_at from {choose("unresolved_names", as_of)}
        order by source_id, rows desc, name_raw"""
    return ask(file, sql, None, as_of)


@st.cache_data(max_entries=32, show_spinner=False)
def read_quarantine(file: Identity, as_of: datetime | None) -> pd.DataFrame:
    """One row a refused row: source_id, reason, row_json, observed_at, payload_key (text), row_no."""
    sql = """
        select source_id, reason, row_json, observed_at, payload_key::varchar as payload_key, row_no
        from quarantine order by source_id, observed_at desc, payload_key, row_no"""
    return ask(file, sql, None, as_of)


@st.cache_data(max_entries=32, show_spinner=False)
def read_all_editions(file: Identity, as_of: datetime | None) -> pd.DataFrame:
    """One row an edition of a series, newest first.

    source_id, series_id, edition, published_on, is_complete, rows, expected_rows, first_known_at, payload_key
    (text)."""
    sql = f"""
        select source_id, series_id, edition, published_on, is_complete, rows, expected_rows, first_known_at,
               payload_key::varchar as payload_key
        from {choose("editions", as_of)} order by edition desc, series_id"""
    return ask(file, sql, None, as_of)


@st.cache_data(max_entries=64, show_spinner=False)
def read_names(file: Identity, words: str, source_id: str) -> pd.DataFrame:
    """How publishers' names were matched, up to LIMIT rows, matched and short ones first.

    source_id, name_raw, config_raw, model_id (null: none), model, config, method, rule. `words` is looked for
    in name and model id; an empty source_id means all. Not as-of: matching is today's reading of names."""
    # Without an order of its own: rows come as they lie, and the first of them are enough.
    sql = f"""
        select source_id, name_raw, config_raw, model_id, model, config, method, rule from marts.matched_names
        where (contains(lower(name_raw), lower($words)) or contains(lower(coalesce(model_id, '')), lower($words)))
          and $source_id in ('', source_id)
        limit {LIMIT}"""
    return ask(file, sql, {"words": words, "source_id": source_id})


@st.cache_data(max_entries=64, show_spinner=False)
def find_facts_by_value(
    file: Identity, as_of: datetime | None, value: float, decimals: int, source_id: str
) -> pd.DataFrame:
    """Facts with a number that reads as `value` at `decimals` decimals, up to LIMIT: gpt-oss, then newest.

    source_id, kind, name_raw, model_id, field, value, day, redistributable, payload_key (text), row_no."""
    parts = [
        f"""
        select source_id, '{kind}' as kind, name_raw, {_CONFIGS.get(kind, "''")} as config_raw,
               '{column}' as field, {column}::double as value, {day} as day, redistributable, payload_key,
               row_no
        from stored.{kind}
        where {_KNOWN} and round({column}::double, $decimals) = $value and $source_id in ('', source_id)"""
        for kind, (columns, day) in _FACTS.items()
        for column in columns
    ]
    parameters = {"value": value, "decimals": decimals, "source_id": source_id}
    return _list_facts(file, as_of, parts, "true", parameters)


@st.cache_data(max_entries=64, show_spinner=False)
def find_facts_by_name(file: Identity, as_of: datetime | None, words: str, source_id: str) -> pd.DataFrame:
    """Facts whose publisher's name or model id contains `words`; order, limit and columns as by value."""
    parts = [
        f"""
        select source_id, '{kind}' as kind, name_raw, {_CONFIGS.get(kind, "''")} as config_raw,
               '{columns[0] if columns else ""}' as field,
               {f"{columns[0]}::double" if columns else "null::double"} as value, {day} as day,
               redistributable, payload_key, row_no
        from stored.{kind} where {_KNOWN} and $source_id in ('', source_id)"""
        for kind, (columns, day) in _FACTS.items()
    ]
    named = "contains(lower(f.name_raw), lower($words)) or contains(lower(n.model_id), lower($words))"
    return _list_facts(file, as_of, parts, named, {"words": words, "source_id": source_id})


@st.cache_data(max_entries=64, show_spinner=False)
def read_payload(file: Identity, as_of: datetime | None, payload_key: int) -> pd.DataFrame:
    """The payload of a key as its record has it, one row or none."""
    return ask(file, "select * from payloads where payload_key = $key", {"key": payload_key}, as_of)


@st.cache_data(max_entries=64, show_spinner=False)
def read_payload_rows(file: Identity, as_of: datetime | None, payload_key: int, row_no: int | None) -> pd.DataFrame:
    """What was read from a payload, up to LIMIT rows in its order; a null row_no means every row.

    kind (quarantine: refused), name_raw (of a refused row its reason), fact (stored columns as JSON),
    redistributable, row_no."""
    wanted = "payload_key = $key and ($row::bigint is null or row_no = $row::bigint)"
    union = _unite(
        """
        select '{kind}' as kind, name_raw, to_json(t)::varchar as fact, redistributable, row_no
        from stored.{kind} t where {known} and """
        + wanted
    )
    sql = f"""
        {union} union all select 'quarantine', reason, row_json, null, row_no from quarantine where {wanted}
        order by row_no, kind, name_raw limit {LIMIT}"""
    return ask(file, sql, {"key": payload_key, "row": row_no}, as_of)


def _unite(template: str) -> str:
    """One select a kind of fact, as a union."""
    return " union all ".join(template.format(kind=kind, known=_KNOWN) for kind in _FACTS)


def _list_facts(
    file: Identity, as_of: datetime | None, parts: list[str], condition: str, parameters: dict[str, object]
) -> pd.DataFrame:
    sql = f"""
        select f.source_id, f.kind, f.name_raw, n.model_id, f.field, f.value, f.day, f.redistributable,
               f.payload_key::varchar as payload_key, f.row_no
        from ({" union all ".join(parts)}) f
        left join model_names n
            on n.source_id = f.source_id and n.name_raw = f.name_raw and n.config_raw = f.config_raw
        where {condition}
        order by coalesce(starts_with(n.model_id, 'openai/gpt-oss'), false) desc, f.day desc, f.source_id,
                 f.kind, f.name_raw, f.payload_key, f.row_no
        limit {LIMIT}"""
    return ask(file, sql, parameters, as_of)
