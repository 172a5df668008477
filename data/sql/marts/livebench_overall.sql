-- One row a LiveBench release and entry, as the view of the same name, computed once at publish. Consumer: pages without as-of.
select * from main.livebench_overall order by edition, value desc nulls last, name_raw
