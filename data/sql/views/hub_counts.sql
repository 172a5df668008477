-- One row a repository and UTC day: the reading that stands for the day (hub_days) with its flags. Consumer: adoption.
-- Trap: downloads_30d is a rolling window: never summed over days, never drawn on one axis with a total. stalled,
-- rollback, frozen and partial are told from the readings (data/sql/quality), as far as they could be by the instant;
-- a day read again later may lose or gain one.
select c.* exclude (flags),
       case when f.is_frozen is null and p.flags is null then c.flags
            else list_sort(list_distinct(list_concat(
                c.flags,
                case when f.is_frozen then ['frozen'] else [] end, case when f.is_rollback then ['rollback'] else [] end,
                case when f.is_stalled then ['stalled'] else [] end, coalesce(p.flags, [])))) end as flags
from $hub_days c
left join (
    -- A mark each and no list: there may be millions, and lists of them do not fit a small machine.
    select repo_id, day, bool_or(flag = 'frozen') as is_frozen, bool_or(flag = 'rollback') as is_rollback,
           bool_or(flag = 'stalled') as is_stalled
    from main.hub_repo_faults
    where origin is null and since_at <= $as_of and (until_at is null or until_at > $as_of)
    group by all) f on f.repo_id = c.repo_id and f.day = c.day
left join (
    select repo_id, day, origin, list(flag) as flags from main.hub_repo_faults
    where origin is not null and since_at <= $as_of and (until_at is null or until_at > $as_of)
    group by all) p on p.repo_id = c.repo_id and p.day = c.day and p.origin = c.origin
