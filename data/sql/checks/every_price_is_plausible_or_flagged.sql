-- Offending rows: a price below zero. A negative price is a publisher's marker, never a price.
select source_id, provider, listing_id, input_usd_per_mtok, output_usd_per_mtok from prices
where input_usd_per_mtok < 0 or output_usd_per_mtok < 0
