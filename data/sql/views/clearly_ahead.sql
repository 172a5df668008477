-- One row an openness rule and edition of Epoch's index, from the clearly-ahead measure of gpt-oss-120b: how many models
-- are rated and how many of them clearly ahead, and of those how many were out by 2025-08-05 (then_open, then_closed).
-- Consumer: Overview. Trap: a null day is the row of an instant that knew no edition; its reason_absent says so.
with told as (
    select measure_id as name, regexp_extract(definition_id, 'open=([^;]*)', 1) as rule,
           ends_with(definition_id, 'any') as ever, day, as_of, value, reason_absent, inputs, method_version
    from main.measures
    where measure_id in ('rated_open', 'rated_closed', 'clearly_ahead_open', 'clearly_ahead_closed')
          and subject = 'openai/gpt-oss-120b' and as_of <= $as_of and regexp_full_match(
              definition_id, 'index=epoch_eci;open=(.*);released=(?:any|until_2025-08-05)')
    qualify row_number() over (
        partition by measure_id, definition_id, day order by as_of desc, method_version desc) = 1)
select rule, day, max(as_of) as as_of,
       max(value) filter (name = 'rated_open' and ever) as rated_open,
       max(value) filter (name = 'clearly_ahead_open' and ever) as ahead_open,
       max(value) filter (name = 'rated_closed' and ever) as rated_closed,
       max(value) filter (name = 'clearly_ahead_closed' and ever) as ahead_closed,
       max(value) filter (name = 'clearly_ahead_open' and not ever) as then_open,
       max(value) filter (name = 'clearly_ahead_closed' and not ever) as then_closed,
       max(reason_absent) as reason_absent, max((inputs::json->>0)::bigint) as payload_key,
       max(method_version) as method_version
from told group by rule, day
