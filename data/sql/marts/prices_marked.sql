-- One row a stored price, as the view of the same name, computed once at publish: prices change far more rarely than
-- they are read, so days are joined to it when asked. Consumer: Price without as-of.
select * from main.prices_marked order by source_id, model_id, provider, listing_id, tier, observed_at
