-- One row a repository and UTC day with a count large enough to move daily: its readings around the day's refresh.
-- Consumer: the other relations of this folder; not kept. The Hub refreshes once a day between 03 and 10 UTC:
-- `night` and `dawn` are the last readings by 03:00 and 06:00, `morning` the last and `opening` the first before
-- 10:00, `noon` the first and `evening` the last from 10:00 on. `scope`: `shared` has what hub_counts may show,
-- `all` every reading this machine holds.
select scope, name_raw as repo_id, read_at::date as day,
       max(reading) filter (clock <= time '03:00') as night,
       max(reading) filter (clock <= time '06:00') as dawn,
       max(reading) filter (clock < time '10:00') as morning,
       min(reading) filter (clock < time '10:00') as opening,
       min(reading) filter (clock >= time '10:00') as noon,
       max(reading) filter (clock >= time '10:00') as evening
from (
    select name_raw, read_at, read_at::time as clock,
           unnest(case when redistributable <> 'no' or origin = 'live' then ['shared', 'all'] else ['all'] end) as scope,
           {'at': read_at, 'recent': downloads_30d, 'total': downloads_all_time, 'known_at': observed_at} as reading
    from stored.hub_readings
    where downloads_30d >= 1000)
group by all
