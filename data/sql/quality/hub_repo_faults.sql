-- One row a repository, UTC day and fault of its own counter, with the time over which it was known. Consumer: hub_counts.
-- `stalled` and a 30-day count that fell back are told of days on which the Hub itself was at fault (hub_fault_days);
-- an all-time count that fell is a rollback on its own, as only a restatement lowers it. `frozen`: both counters
-- unchanged for 35 days and more. `partial`: the reader (`origin`) saw less than 60 % of the repositories it saw at
-- the median of its last five days, of at least 20. Trap: told from `shared` readings alone, so that a home and the
-- bundled seed flag the same days.
with days as (
    select test, flag, day, min(since_at) as since_at, nullif(max(coalesce(until_at, 'infinity')), 'infinity') as until_at
    from (
        select *, sum(is_first) over (partition by test, day order by since_at) as spell
        from (
            select *, (lag(until_at) over (partition by test, day order by since_at) is distinct from since_at)::integer
                as is_first
            from hub_fault_days where scope = 'shared'))
    group by test, flag, day, spell),
runs as (
    select repo_id, day, known_at, min(day) over (partition by repo_id, run) as since
    from (
        select *, sum(is_new) over (partition by repo_id order by day) as run
        from (
            select repo_id, day, value.known_at as known_at,
                   ({'r': value.recent, 't': value.total} is distinct from lag({'r': value.recent, 't': value.total})
                       over (partition by repo_id order by day))::integer as is_new
            from (select *, coalesce(evening, morning) as value from hub_day_readings where scope = 'shared')))),
reads as (
    select origin, day, known_at, repos,
           median(repos) over w as usual, count(*) over w as days
    from (
        select origin, read_at::date as day, count(distinct name_raw) as repos, max(observed_at) as known_at
        from stored.hub_readings where redistributable <> 'no' or origin = 'live' group by all)
    window w as (partition by origin order by day rows between 5 preceding and 1 preceding))
select e.repo_id, e.day, d.flag, null::varchar as origin, greatest(e.known_at, d.since_at) as since_at, d.until_at
from hub_evidence e
join days d on d.day = e.day and d.test = case e.test when 'stood' then 'stalled' else e.test end
where e.scope = 'shared' and e.hit and e.test in ('stood', 'fell_recent')
      and (d.until_at is null or d.until_at > e.known_at)
union
select repo_id, day, 'rollback', null, known_at, null from hub_evidence
where scope = 'shared' and test = 'fell_total' and hit
union
select repo_id, day, 'frozen', null, known_at, null from runs where day - since >= 35
union
select distinct h.name_raw, r.day, 'partial', r.origin, r.known_at, null::timestamp
from reads r join stored.hub_readings h on h.origin = r.origin and h.read_at::date = r.day
where r.days >= 3 and r.usual >= 20 and r.repos < 0.6 * r.usual
order by all
