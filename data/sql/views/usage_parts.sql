-- One row a router, UTC day and part of its tokens: a gpt-oss model, or all other models of one access class,
-- "unresolved" (names that are no model's) or "rest" (below the list's end). Consumer: Adoption.
-- Sums are in a fixed order: floating point would differ in its last digit from run to run.
-- Trap: a part that a day lacks is unknown, never 0; shares are null where any of the part's is.
select u.source_id, u.day,
       case when u.is_rest then 'rest' when m.family = 'gpt-oss' and m.role is null then m.model_id
            else coalesce(m.access, 'unresolved') end as part,
       count(*) as names, sum(u.tokens) as tokens,
       case when count(u.share) = count(*) then sum(u.share order by u.rank, u.row_no) end as share, min(u.rank) as rank,
       sum(u.share order by u.rank, u.row_no) filter (u.is_free_variant) as free_share, min(u.share) as lowest_share,
       bool_or(list_contains(u.flags, 'partial')) as is_partial, max(u.observed_at) as observed_at,
       any_value(u.licence_id) as licence_id,
       case when bool_or(u.redistributable = 'no') then 'no' else any_value(u.redistributable) end as redistributable,
       min(u.payload_key) as payload_key, min(u.row_no) as row_no
from $usage u left join main.models m on m.model_id = u.model_id
group by all
