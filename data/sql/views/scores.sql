-- One row a score key: the row in force at the instant. Consumer: pages, measures.
select * from scores_history
where observed_at <= $as_of and (replaced_at is null or replaced_at > $as_of)
