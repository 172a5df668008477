"""What the Price page asks of the published file: one function a question.

Continues `queries`, with the same rules: cached by file, as-of and filters; frames out, absent values null. The
blend is computed here from input and output prices; the usual one, 3:1 with routers, is read from `price_summary`,
which gives the same answer. All prices are USD per million tokens; floor, median and ceiling are over paid listings of
the base tier, rounded to 6 decimals. Outliers (`outlying_prices`) and further keys of one listing (flag `duplicate`)
enter none of them. Every question is about one price list, `source`; lists are never mixed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import streamlit as st

from dashboard.price import Blend
from dashboard.queries import Identity, ask_rows, choose
from dashboard.rows import Row

# A part of weight 0 is not read, so that a listing without that price still has one.
_BLEND = """
    case when $output_parts = 0 then p.input_usd_per_mtok when $input_parts = 0 then p.output_usd_per_mtok
         else ($input_parts * p.input_usd_per_mtok + $output_parts * p.output_usd_per_mtok)
              / ($input_parts + $output_parts) end"""
_READS = "select day, read_at, read_no from {reads} where source_id = $source"
# As the view prices_daily joins them: a read has the prices then in force.
_IN_FORCE = """
    p.source_id = $source and p.observed_at <= r.read_at
    and (p.replaced_at is null or p.replaced_at > r.read_at) and p.is_listed and ($routers or not p.is_router)
    and coalesce(p.effective_from <= r.day, true) and coalesce(p.effective_to > r.day, true)"""
# A model's listings on each read day, with blend; needs `reads` beside it.
_TOLD = f"""
    select p.provider, p.seller, p.kind, p.is_router, p.listing_id, p.tier, p.config, p.input_usd_per_mtok,
           p.output_usd_per_mtok, p.cache_read_usd_per_mtok, p.context_tokens, p.is_free, p.flags, p.licence_id,
           p.redistributable, p.recorded_at, p.payload_key, p.row_no, p.same_since::date as same_since, r.day,
           {_BLEND} as blend,
           o.reason as outlier
    from reads r join main.prices_history p on {_IN_FORCE} and p.model_id = $model
    left join main.outlying_prices o on o.source_id = $source and o.read_at = r.read_at and o.revision = p.revision"""


@st.cache_data(max_entries=16, show_spinner=False)
def read_priced_models(file: Identity) -> dict[str, list[str]]:
    """Price list -> ids of the models that had a paid listing in it on some read day, whatever the as-of date."""
    sql = """
        select source_id, list(model_id order by rowid) as models from marts.priced_models
        group by source_id order by min(rowid)"""
    return {row["source_id"]: row["models"] for row in ask_rows(file, sql)}


def read_price_days(
    file: Identity, as_of: datetime | None, source: str, model_id: str, blend: Blend, routers: bool
) -> list[Row]:
    """One row a day on which the price list was read, oldest first, whether it had the model or not.

    day; floor, median, ceiling (null: no paid listing); listings, providers, routers (paid); free (blend of 0),
    unpriced; outliers (left out of all others);
    setters (names of the providers with the lowest price, in order) and setter_kinds (router, maker of
    the model, host); host_floor and host_setter (no router); payload_key, row_no of the first setter's price;
    redistributable, the strictest of the day's rows."""
    if _is_usual(blend, routers):
        sql = f"""
            select r.day, floor_usd_per_mtok as floor, median_usd_per_mtok as median, ceiling_usd_per_mtok as ceiling,
                   coalesce(paid_listings, 0) as listings, coalesce(paid_providers, 0) as providers,
                   coalesce(paid_routers, 0) as routers, coalesce(free_listings, 0) as free,
                   coalesce(unpriced_listings, 0) as unpriced, coalesce(outlier_listings, 0) as outliers, setters,
                   host_floor_usd_per_mtok as host_floor, host_floor_seller as host_setter, payload_key, row_no,
                   redistributable
            from ({_list_reads(as_of)}) r
            left join {choose("price_summary", as_of)} s
                on s.source_id = $source and s.model_id = $model and s.day = r.day
            order by r.day"""
        return _split_setters(ask_rows(file, sql, {"source": source, "model": model_id}, as_of))
    sql = f"""
        with reads as ({_list_reads(as_of)}),
        told as (
            select *, if(blend > 0 and outlier is null and not list_contains(flags, 'free'), blend, null) as paid
            from ({_TOLD}) where tier = '' and not list_contains(flags, 'duplicate')),
        summed as (
            select day, min(paid) as floor, median(paid) as median, max(paid) as ceiling, count(paid) as listings,
                   count(distinct provider) filter (paid > 0) as providers,
                   count(distinct provider) filter (paid > 0 and is_router) as routers,
                   count(*) filter (blend = 0 and outlier is null) as free,
                   count(*) filter (blend is null and outlier is null) as unpriced, count(outlier) as outliers,
                   list({{'paid': round(paid, 6), 'name': seller, 'kind': kind}}) filter (paid > 0) as sellers,
                   min(paid) filter (not is_router) as host_floor,
                   arg_min(seller, (round(paid, 6), seller)) filter (paid > 0 and not is_router) as host_setter,
                   arg_min(payload_key, (paid, provider, payload_key, row_no)) filter (paid > 0) as payload_key,
                   arg_min(row_no, (paid, provider, payload_key, row_no)) filter (paid > 0) as row_no,
                   min(redistributable) filter (outlier is null) as redistributable
            from told group by day)
        select r.day, round(floor, 6) as floor, round(median, 6) as median, round(ceiling, 6) as ceiling,
               coalesce(listings, 0) as listings, coalesce(providers, 0) as providers,
               coalesce(routers, 0) as routers, coalesce(free, 0) as free, coalesce(unpriced, 0) as unpriced,
               coalesce(outliers, 0) as outliers,
               list_sort(list_distinct(list_filter(sellers, lambda s: s.paid = round(floor, 6)))) as setters,
               round(host_floor, 6) as host_floor, host_setter, payload_key, row_no, redistributable
        from reads r left join summed s on s.day = r.day order by r.day"""
    return _split_setters(ask_rows(file, sql, _bind(source, blend, routers, model=model_id), as_of))


def _split_setters(days: list[Row]) -> list[Row]:
    """Who sets the floor as two: their names, and their kinds."""
    parts = {"setters": "name", "setter_kinds": "kind"}
    return [
        day | {name: day["setters"] and [one[part] for one in day["setters"]] for name, part in parts.items()}
        for day in days
    ]


def read_listings(
    file: Identity, as_of: datetime | None, source: str, model_id: str, blend: Blend, routers: bool
) -> list[Row]:
    """One row a listing and tier on the newest read day that has the model: paid ones cheapest first, then free, then
    unpriced.

    day; provider, seller (its name), listing_id, tier ('' is the base), config, kind (router, maker, host);
    input, output, blend, cache_read (USD per million tokens), context_tokens, is_free, flags; same_since (day since
    which it is listed at this input and output price, unbroken) and same_days (days from there to `day`);
    first_on and first_blend (the provider's lowest paid blend for this configuration and tier on the first read
    day that has one); outlier (why it is one, null: it is none); trust (two_sources, first_party, disputed,
    one_source, copied, outlier; null: not paid, or no base tier) with `agreeing` (lists) and `differing` (list, input,
    output); licence_id, redistributable, recorded_at, payload_key, row_no."""
    sql = f"""
        with reads as ({_list_reads(as_of)}), told as materialized ({_TOLD}),
        opened as (
            select provider, config, tier, min(day) as first_on, arg_min(blend, (day, blend)) as first_blend
            from told where blend > 0 and outlier is null group by provider, config, tier)
        select t.day, t.provider, seller, t.listing_id, t.tier, t.config, kind, input_usd_per_mtok as input,
               output_usd_per_mtok as output, round(blend, 6) as blend, cache_read_usd_per_mtok as cache_read,
               context_tokens, is_free, flags, same_since, date_diff('day', same_since, t.day) as same_days,
               o.first_on, round(o.first_blend, 6) as first_blend, t.outlier, u.trust, u.agreeing, u.differing,
               licence_id, redistributable, recorded_at, t.payload_key, t.row_no
        from told t
        left join opened o on o.provider = t.provider and o.config is not distinct from t.config and o.tier = t.tier
        left join (
            select day, trust, agreeing, differing, payload_key, row_no from {choose("price_trust", as_of)}
            where source_id = $source and model_id = $model) u
            on u.day = t.day and u.payload_key = t.payload_key and u.row_no = t.row_no
        where t.day = (select max(day) from told)
        order by case when t.blend > 0 then 0 when t.blend = 0 then 1 else 2 end, t.blend, seller, t.listing_id,
                 t.tier"""
    return ask_rows(file, sql, _bind(source, blend, routers, model=model_id), as_of)


def read_market(
    file: Identity, as_of: datetime | None, source: str, days: Sequence[date], blend: Blend, routers: bool
) -> list[Row]:
    """One row a model and day of those asked for on which it had a paid listing, by day and model.

    day, model_id, name, access; floor, median, ceiling; listings, providers; redistributable, the strictest of them;
    payload_key, row_no of the lowest."""
    if _is_usual(blend, routers):
        sql = f"""
            select s.day, s.model_id, floor_usd_per_mtok as floor, median_usd_per_mtok as median,
                   ceiling_usd_per_mtok as ceiling, paid_listings as listings, paid_providers as providers,
                   redistributable, payload_key, row_no, coalesce(m.name, s.model_id) as name,
                   coalesce(m.access, 'unknown') as access
            from {choose("price_summary", as_of)} s left join main.models m on m.model_id = s.model_id
            where s.source_id = $source and list_contains($days::date[], s.day) and paid_listings > 0
            order by s.day, s.model_id"""
        return ask_rows(file, sql, {"source": source, "days": list(days)}, as_of)
    sql = f"""
        with reads as (select * from ({_list_reads(as_of)}) where list_contains($days::date[], day)),
        told as (
            select r.day, p.model_id, p.provider, p.redistributable, p.payload_key, p.row_no, {_BLEND} as blend
            from reads r join main.prices_history p on {_IN_FORCE}
            anti join main.outlying_prices o
                on o.source_id = $source and o.read_at = r.read_at and o.revision = p.revision
            where p.tier = '' and p.model_id is not null and not list_has_any(p.flags, ['duplicate', 'free'])),
        summed as (
            select day, model_id, round(min(blend), 6) as floor, round(median(blend), 6) as median,
                   round(max(blend), 6) as ceiling, count(*) as listings, count(distinct provider) as providers,
                   min(redistributable) as redistributable,
                   arg_min(payload_key, (blend, provider, payload_key, row_no)) as payload_key,
                   arg_min(row_no, (blend, provider, payload_key, row_no)) as row_no
            from told where blend > 0 group by day, model_id)
        select s.*, coalesce(m.name, s.model_id) as name, coalesce(m.access, 'unknown') as access
        from summed s left join main.models m on m.model_id = s.model_id
        order by s.day, s.model_id"""
    return ask_rows(file, sql, _bind(source, blend, routers, days=list(days)), as_of)


def read_verdicts(file: Identity, as_of: datetime | None, subject: str) -> list[Row]:
    """One row a complete edition of Epoch's index and model beside the subject: edition, model_id, verdict (null: no
    interval). Where the subject stands in several configurations, the best speaks."""
    sql = f"""
        select edition, model_id, max_by(verdict, subject_value) as verdict
        from {choose("comparisons", as_of)}
        where source_id = 'epoch_eci' and subject = $subject
        group by edition, model_id, payload_key, row_no order by edition, model_id"""
    return ask_rows(file, sql, {"subject": subject}, as_of)


@st.cache_data(max_entries=64, show_spinner=False)
def count_rows_recorded_later(file: Identity, as_of: datetime, source: str) -> tuple[int, int]:
    """Prices and index values known at an instant, and how many of them entered an archive after it."""
    sql = """
        with used as (
            select recorded_at from prices_history where source_id = $source and observed_at <= $at::timestamp
            union all select recorded_at from scores where source_id = 'epoch_eci' and board = 'eci')
        select count(*) as shown, count(*) filter (recorded_at > $at::timestamp) as later from used"""
    [row] = ask_rows(file, sql, {"source": source, "at": as_of.replace(tzinfo=None)}, as_of)
    return row["shown"], row["later"]


def _is_usual(blend: Blend, routers: bool) -> bool:
    """Whether it is what the relation price_summary holds: three parts input to one output, routers counted in."""
    return routers and (blend.input_parts, blend.output_parts) == (3, 1)


def _list_reads(as_of: datetime | None) -> str:
    """The days on which the price list was read."""
    return _READS.format(reads=choose("price_reads", as_of))


def _bind(source: str, blend: Blend, routers: bool, **more: object) -> dict[str, object]:
    parts = {"input_parts": blend.input_parts, "output_parts": blend.output_parts}
    return {"source": source, "routers": routers, **parts, **more}
