-- One row a listing, tier and day on which its source was read: the price then in force, while listed, and how
-- many days it had not changed. Consumer: price_summary. Trap: days between two reads are not filled in.
with reads as (
    select source_id, observed_at::date as day, max(observed_at) as read_at
    from stored.listings where fact = 'prices' and observed_at <= $as_of
    group by all),
spans as (
    select *, lead(observed_at, 1, 'infinity'::timestamp) over (
        partition by source_id, provider, listing_id, tier, effective_from order by observed_at, revision) as replaced_at
    from prices_history where observed_at <= $as_of)
select r.day, date_diff('day', s.observed_at::date, r.day) as unchanged_days, s.* exclude (replaced_at)
from reads r
join spans s on s.source_id = r.source_id and s.observed_at <= r.read_at and s.replaced_at > r.read_at
where s.is_listed
