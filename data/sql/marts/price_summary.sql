-- One row a source, model and read day, as known now: the view of the same name, computed once at publish. Consumer: pages without as-of.
select * from main.price_summary
