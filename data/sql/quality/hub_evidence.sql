-- One row a repository, UTC day and test of its counters: whether the fault was seen (`hit`) and since when we know.
-- Consumer: hub_fault_days, hub_repo_faults; not kept. Tests:
--   stalled: the count before the day's refresh equals the one after it. `is_strict`: the reading before is of 03:00
--     or earlier; a looser one (by 06:00) may follow an early refresh.
--   stood: the same with any two readings that could show it; of one repository only where its day is a stall.
--   fell_recent: the 30-day count is a tenth below its highest of the ten days before.
--   fell_total: the all-time count is below its highest of the ten days before; it can only have been restated.
with around as (
    select *, lag(evening) over by_day as last_evening, lag(day) over by_day as last_day,
           lead(opening) over by_day as next_opening, lead(day) over by_day as next_day,
           max(evening.recent) over ten_days as most_recent, max(evening.total) over ten_days as most_total,
           max(evening.known_at) over ten_days as most_known_at
    from hub_day_readings
    window by_day as (partition by scope, repo_id order by day),
           ten_days as (partition by scope, repo_id order by day
                        range between interval 10 day preceding and interval 1 day preceding)),
bracketed as (
    select *, coalesce(night, case when last_day = day - 1 then last_evening end) as certain,
           case when next_day = day + 1 then next_opening end as later
    from around),
paired as (
    select scope, repo_id, day, 'stalled' as test, certain is not null as is_strict,
           coalesce(certain, dawn) as a, coalesce(noon, case when later.at::time <= time '03:00' then later end) as b
    from bracketed
    union all
    select scope, repo_id, day, 'stood', true, coalesce(certain, morning), coalesce(noon, later)
    from bracketed)
select scope, repo_id, day, test, is_strict, greatest(a.known_at, b.known_at) as known_at,
       a.recent = b.recent and coalesce(a.total = b.total, true) as hit
from paired where a is not null and b is not null
union all
select scope, repo_id, day, 'fell_recent', true, greatest(evening.known_at, most_known_at),
       evening.recent < 0.9 * most_recent
from around where evening is not null and most_recent is not null
union all
select scope, repo_id, day, 'fell_total', true, greatest(evening.known_at, most_known_at), evening.total < most_total
from around where evening.total is not null and most_total is not null
