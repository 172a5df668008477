-- One row a source and day read, as the view of the same name, computed once at publish. Consumer: Price without as-of.
select * from main.price_reads order by source_id, day
