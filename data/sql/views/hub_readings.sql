-- One row a repository, instant and recorder: the reading in force at the instant. Consumer: hub_counts.
-- Trap: by repo_id and not by name_raw, its equal: a question for some repositories then reads no others.
select * from hub_readings_history
where observed_at <= $as_of and (replaced_at is null or replaced_at > $as_of)
