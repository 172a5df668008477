-- One row a day on which something became known: a list, an edition, a reading of a counter. Consumer: the as-of control.
select evident_at::date as day from stored.listings
union select observed_at::date from stored.hub_readings where redistributable <> 'no' or origin = 'live'
order by day
