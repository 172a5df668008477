-- One row a repository and UTC day: the reading that stands for the day, without what is known of its faults.
-- Consumer: hub_counts.
-- Trap: downloads_30d is a rolling window: never summed over days, never drawn on one axis with a total. The Hub
-- refreshes once a day between 03 and 10 UTC. So the day's last reading at or after 10:00 counts; without one, the
-- figure of a recorder who dates by the day alone (23:59:59: some time that day, which is a backfilled day); else
-- the day's last reading before 10:00, flagged before_refresh. A reading whose moment is known thus stands before a
-- backfilled one of its day, which fills the days that nobody read; days its recorder warns of keep its flags
-- (skip_day, low_day, partial). Readings others recorded count where their licence lets everybody see them, what
-- this machine read itself always: so the same recorded past says the same from the seed and at home. All readings
-- are in hub_readings. Which reading that is, is worked out once in data/sql/history/hub_superseded.sql.
select repo_key, repo_id, read_at::date as day, read_at, origin, downloads_30d, downloads_all_time, likes,
       case when hour(read_at) >= 10 then flags else list_append(flags, 'before_refresh') end as flags,
       observed_at, observed_kind, licence_id, redistributable, payload_key, row_no
from $hub_readings
left join main.hub_superseded using (revision)
where downloads_30d is not null and (redistributable <> 'no' or origin = 'live')
      and (superseded_at is null or superseded_at > $as_of or restored_at <= $as_of)
