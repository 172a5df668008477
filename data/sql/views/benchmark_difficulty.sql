-- One row an edition and benchmark: the difficulty in force at the instant, on the index's own scale.
select * from benchmark_difficulty_history
where observed_at <= $as_of and (replaced_at is null or replaced_at > $as_of)
