-- One row a tracked model and UTC day on which its repository was read, with how many days it was read on in all
-- (`days`) and whether the day is the last one read of its week, which may stand for it in a chart. Consumer: Overview,
-- Adoption. Trap: downloads are a rolling window, as in hub_counts. The tracked ids are written out here: they then
-- reach the stored readings, and no other repository is read.
select m.model_id, m.name, m.access, m.licence, m.released_on, m.role, c.day, c.downloads_30d as downloads,
       c.downloads_all_time as all_time, c.likes, c.flags, count(*) over (partition by c.repo_id) as days,
       row_number() over (partition by c.repo_id, date_trunc('week', c.day) order by c.day desc) = 1 as is_last_of_week,
       c.origin, c.licence_id, c.redistributable, c.payload_key, c.row_no
from $hub_counts c
join main.models m on m.model_id = c.repo_id
where c.repo_id in ($tracked)
