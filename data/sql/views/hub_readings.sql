-- One row a repository, instant and recorder: the reading in force at the instant. Consumer: hub_counts.
select * from hub_readings_history
where observed_at <= $as_of
qualify row_number() over (partition by name_raw, read_at, origin order by observed_at desc, revision desc) = 1
