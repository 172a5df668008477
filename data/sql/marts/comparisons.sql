-- One row a series, edition, subject and other, as known now: the view of the same name, computed once at publish. Consumer: pages without as-of.
select * from main.comparisons
