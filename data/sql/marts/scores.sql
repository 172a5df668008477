-- One row a score key in force now: the view of the same name without its instant. Consumer: pages without as-of.
select * from main.scores_history where replaced_at is null
