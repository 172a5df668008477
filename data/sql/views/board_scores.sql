-- One row an entry and run of an edition of a board, listed by the instant. Consumer: Capability, board_editions.
-- A board is what one source publishes of one benchmark as a whole. LiveBench publishes tasks; its boards are means over
-- them, of all (`overall`) and of each category, and an entry that lacks a task of a release has no mean in it.
with listed as (
    select *, count(distinct category) over (partition by board, edition) as tasks,
           count(distinct category) over (partition by board, edition, name_raw) as answered
    from $scores where is_listed and source_id = 'livebench'),
told as (
    select source_id, board, series_id, edition, published_on, name_raw, config_raw, run, model_id, config, value, low,
           high, interval_pct, n, redistributable, licence_id, recorded_at, flags, payload_key, row_no
    from $scores where is_listed and category = 'overall' and source_id <> 'livebench'
    union all by name
    select l.source_id, 'overall' as board, 'livebench/overall/overall/' || l.method_version as series_id, l.edition,
           l.published_on, l.name_raw, '' as config_raw, '' as run, l.model_id, l.config, l.value, l.redistributable,
           l.licence_id, p.recorded_at, []::varchar[] as flags, l.payload_key, l.row_no
    from $livebench_overall l left join $payloads p using (payload_key)
    where l.value is not null
    union all by name
    select 'livebench' as source_id, board, 'livebench/' || board || '/overall/' || method_version as series_id,
           edition, published_on, name_raw, config_raw, '' as run, any_value(model_id) as model_id,
           any_value(config) as config, avg(value order by category) as value,
           any_value(redistributable) as redistributable, any_value(licence_id) as licence_id,
           max(recorded_at) as recorded_at, []::varchar[] as flags,
           arg_max(payload_key, (observed_at, -row_no)) as payload_key,
           arg_max(row_no, (observed_at, -row_no)) as row_no
    from listed where answered = tasks
    group by board, method_version, edition, published_on, name_raw, config_raw)
select t.*, coalesce(m.name, t.name_raw) as name, coalesce(m.access, 'unknown') as access, m.released_on
from told t left join main.models m on m.model_id = t.model_id
