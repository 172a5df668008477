-- One row a UTC day and fault of the Hub's counters as a whole: of how many repositories that tell, how many show it.
-- Consumer: Data page, `landscape status`. Trap: from every reading this machine holds, licensed or not; what a
-- repository's own day is flagged with stands in hub_counts.
select day, flag, max(repos) as repos, max(affected) as affected, max(since_at) as known_since
from main.hub_fault_days
where scope = 'all' and since_at <= $as_of and (until_at is null or until_at > $as_of)
group by day, flag
