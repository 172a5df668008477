-- One row a listing, tier and day on which its source was read: the price then in force, while listed and within
-- its stated dates (`effective_to` is the first day no longer), and how many days it had not changed.
-- Consumer: prices_judged. Trap: days between two reads are not filled in.
select r.day, r.read_at, date_diff('day', p.observed_at::date, r.day) as unchanged_days, p.*
from $price_reads r
join prices_history p
    on p.source_id = r.source_id and p.observed_at <= r.read_at and (p.replaced_at is null or p.replaced_at > r.read_at)
where p.is_listed and coalesce(p.effective_from <= r.day, true) and coalesce(p.effective_to > r.day, true)
