-- One row a reading of a repository's counters that does not stand for its day for ever: from when another of the day
-- stands before it (`superseded_at`), and until when (`restored_at`, null: for ever; another is only lost where a
-- restatement takes its count away). Consumer: the view hub_days, which is then a filter and no window over millions.
-- A day's last reading at or after 10:00 UTC stands first, then that of a recorder who dates by the day alone, then the
-- last before 10:00. Most days have one reading, and a hash tells them.
with readings as (
    select h.rowid as revision, h.name_raw, h.read_at, h.origin, h.observed_at, r.replaced_at,
           hash(h.name_raw, h.read_at::date) as day_hash
    from stored.hub_readings h
    left join main.replaced_hub_readings r on r.revision = h.rowid
    where h.downloads_30d is not null and (h.redistributable <> 'no' or h.origin = 'live')),
shared as (select day_hash from readings group by all having count(*) > 1)
select revision, superseded_at, nullif(lost_at, 'infinity') as restored_at
from (
    select revision, min(observed_at) over before as superseded_at,
           max(coalesce(replaced_at, 'infinity')) over before as lost_at
    from readings semi join shared using (day_hash)
    window before as (
        partition by name_raw, read_at::date
        order by case when read_at::time = time '23:59:59' then 1 when hour(read_at) >= 10 then 0 else 2 end,
                 read_at desc, origin
        groups between unbounded preceding and 1 preceding))
where superseded_at is not null order by revision
