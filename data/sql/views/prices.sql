-- One row a listing and tier: the price in force at the instant. Consumer: pages. Trap: a price of 0 means a free
-- tier, a local model or unknown: is_free keeps it out of every median and floor.
select * from prices_history
where observed_at <= $as_of and (replaced_at is null or replaced_at > $as_of)
