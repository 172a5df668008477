-- One row a repository and day, as known now: the view of the same name, computed once at publish. Consumer: pages without as-of.
select * from hub_counts order by repo_id, day
