-- One row a repository: what the Hub said of it last, with its base and relation. Consumer: adoption, models.
-- Trap: a repack's counts belong to its own row, never to its base.
select * from repos_history
where observed_at <= $as_of and (replaced_at is null or replaced_at > $as_of)
