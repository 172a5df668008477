-- One row a listing and tier: the price in force at the instant. Consumer: pages. Trap: a price of 0 means a free
-- tier, a local model or unknown: is_free keeps it out of every median and floor.
select * from prices_history
where observed_at <= $as_of
qualify row_number() over (
    partition by source_id, provider, listing_id, tier, effective_from order by observed_at desc, revision desc) = 1
