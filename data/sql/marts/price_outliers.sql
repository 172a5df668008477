-- One row a price and read day that cannot be believed, as the view of the same name, computed once at publish. Consumer: Price without as-of.
select * from main.price_outliers order by source_id, model_id, day, provider, listing_id, tier
