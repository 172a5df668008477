-- One row an edition and benchmark: the difficulty in force at the instant, on the index's own scale.
select * from benchmark_difficulty_history
where observed_at <= $as_of
qualify row_number() over (partition by source_id, edition, name_raw order by observed_at desc, revision desc) = 1
