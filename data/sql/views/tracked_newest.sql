-- One row a tracked model that was ever read: what its newest reading says. Consumer: Adoption.
-- Trap: likes and downloads of all time are those last recorded, on days of their own.
select model_id, any_value(name) as name, any_value(access) as access, any_value(licence) as licence,
       any_value(released_on) as released_on, any_value(role) as role, count(*) as days, min(day) as first_day,
       max(day) as day, max_by(downloads, day) as downloads,
       max_by(likes, day) as likes, max(day) filter (likes is not null) as likes_day,
       max_by(all_time, day) as all_time, max(day) filter (all_time is not null) as all_time_day,
       min(day) filter (all_time >= 1e6) as million_on, max(day) filter (all_time < 1e6) as short_until,
       max_by(origin, day) as origin, max_by(licence_id, day) as licence_id,
       max_by(redistributable, day) as redistributable, max_by(payload_key, day) as payload_key,
       max_by(row_no, day) as row_no
from $tracked_counts
group by model_id
