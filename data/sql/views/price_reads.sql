-- One row a source and day on which its price list was read, numbered from its first. Consumer: prices_daily, Price.
-- Trap: days between two reads are not filled in.
select source_id, observed_at::date as day, max(observed_at) as read_at,
       row_number() over (partition by source_id order by observed_at::date) as read_no
from stored.listings
where fact = 'prices' and observed_at <= $as_of
group by source_id, observed_at::date
