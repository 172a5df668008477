-- One row a LiveBench release and entry: the mean of its category means, each the mean of its tasks, in percent.
-- Consumer: Capability. A release's tasks are those of which any entry had a value at the instant; an entry that lacks
-- one has no value here and says which (`reason_absent`), for a mean over fewer tasks is another measure.
-- Sums are in a fixed order: floating point would differ in its last digit from run to run.
-- Trap: every release replaces tasks, so values of two releases are never compared or joined by a line.
with listed as (
    select s.*, e.is_complete from $scores s
    join $editions e
        on e.series_id = s.series_id and e.edition = s.edition and e.published_on is not distinct from s.published_on
    where s.source_id = 'livebench' and s.is_listed),
tasks as (
    select edition, category as task, count(distinct category) over (partition by edition) as tasks
    from listed group by edition, category),
entries as (
    select method_version, edition, published_on, name_raw, model_id, config, bool_and(is_complete) as is_complete,
           count(*) as tasks, max(observed_at) as observed_at, arg_max(payload_key, (observed_at, -row_no)) as payload_key,
           arg_max(row_no, (observed_at, -row_no)) as row_no, any_value(licence_id) as licence_id,
           any_value(redistributable) as redistributable, list(category) as answered
    from listed group by all),
means as (
    select edition, name_raw, avg(mean order by board) as value, count(*) as categories
    from (select edition, name_raw, board, avg(value order by category) as mean from listed group by all) group by all),
lacking as (
    select e.edition, e.name_raw, count(*) as missing, string_agg(t.task, ', ' order by t.task) as names
    from entries e join tasks t on t.edition = e.edition and not list_contains(e.answered, t.task) group by all)
select 'livebench' as source_id, 'livebench_overall' as benchmark_id, e.method_version, e.edition, e.published_on, e.is_complete,
       e.name_raw, e.model_id, e.config, case when l.missing is null then m.value end as value,
       m.categories, e.tasks, coalesce(l.missing, 0) as missing_tasks,
       case when l.missing is not null then 'no value for ' || l.names end as reason_absent,
       e.observed_at, e.licence_id, e.redistributable, e.payload_key, e.row_no
from entries e join means m using (edition, name_raw) left join lacking l using (edition, name_raw)
