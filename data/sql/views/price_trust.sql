-- One row a listing of the newest day that has its model, base tier, paid: whether others say the same. `trust` is
-- outlier; copied (from another list); two_sources: another list has this provider within 5 % for input and for output;
-- first_party: the maker's own shop, or the provider's own list; disputed: another list has it at another
-- price that is not beyond belief; one_source. `agreeing` and `differing` are those lists. Consumer: Price.
-- Trap: lists are compared as known when this one was read; one not read within 180 days of it has no voice.
with newest as (
    select source_id, model_id, max(day) as day from $prices_daily
    where tier = '' and model_id is not null group by source_id, model_id),
subject as not materialized (
    select j.* from $prices_judged j
    join newest n on n.source_id = j.source_id and n.model_id = j.model_id and n.day = j.day
    where j.tier = '' and j.blend > 0),
told as (
    select s.source_id, s.model_id, s.revision, s.day, p.source_id as list, p.input_usd_per_mtok as input, p.output_usd_per_mtok as output,
           abs(p.input_usd_per_mtok - s.input_usd_per_mtok)
               <= 0.05 * greatest(p.input_usd_per_mtok, s.input_usd_per_mtok)
           and abs(p.output_usd_per_mtok - s.output_usd_per_mtok)
               <= 0.05 * greatest(p.output_usd_per_mtok, s.output_usd_per_mtok) as agrees
    from subject s
    join prices_history p
        on p.model_id = s.model_id and p.provider_id = s.provider_id and p.source_id <> s.source_id
           and p.config is not distinct from s.config and p.observed_at <= s.read_at
           and (p.replaced_at is null or p.replaced_at > s.read_at)
    where p.is_listed and p.tier = '' and p.input_usd_per_mtok + p.output_usd_per_mtok > 0
          and not list_contains(p.flags, 'copied')
          and coalesce(p.effective_from <= s.day, true) and coalesce(p.effective_to > s.day, true)
          and exists (from stored.listings r where r.source_id = p.source_id and r.fact = 'prices'
                          and r.observed_at <= s.read_at and r.observed_at > s.read_at - interval 180 day)),
compared as (
    select source_id, model_id, revision, day,
           list_sort(list(distinct list) filter (agrees)) as agreeing,
           list_sort(list(distinct {'list': list, 'input': input, 'output': output}) filter (not agrees)) as differing,
           bool_or(not agrees and input <= 1000 and output <= 1000) as disputes
    from told group by source_id, model_id, revision, day)
select s.source_id, s.day, s.model_id, s.provider, s.provider_id, s.listing_id, s.tier, s.effective_from,
       s.input_usd_per_mtok, s.output_usd_per_mtok, s.outlier as reason,
       case when s.outlier is not null then 'outlier'
            when list_contains(s.flags, 'copied') then 'copied'
            when c.agreeing is not null then 'two_sources'
            when s.is_own or s.kind = 'maker' then 'first_party'
            when c.disputes then 'disputed'
            else 'one_source' end as trust,
       c.agreeing, list_filter(c.differing, lambda d: not coalesce(list_contains(c.agreeing, d.list), false)) as differing,
       s.payload_key, s.row_no
from subject s
left join compared c
    on c.source_id = s.source_id and c.model_id = s.model_id and c.revision = s.revision and c.day = s.day
