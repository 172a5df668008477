-- One row a series, complete edition, subject (the gpt-oss models) and other model rated in it: the difference of
-- the two values and what it is worth. Consumer: the clearly_ahead measure, Overview, Capability.
-- Rule: clearly ahead when the difference exceeds 1.96 standard errors of the difference; a standard error is the
-- interval's width over 3.29 (90 %) or 3.92 (95 %); the anchors that pin the index's scale have none.
with rated as (
    select s.series_id, s.benchmark_id, s.source_id, s.edition, s.model_id, s.config, s.name_raw, s.value, s.low, s.high,
           m.name, m.access, m.released_on, s.payload_key, s.row_no, s.redistributable,
           case when s.low is not null then (s.high - s.low) / case s.interval_pct when 90 then 3.29 else 3.92 end
                when s.source_id = 'epoch_eci' and s.name_raw in ('GPT-5', 'Claude 3.5 Sonnet')
                     and count(s.low) over (partition by s.series_id, s.edition) > 0 then 0 end as se
    from $scores s
    join $editions e
        on e.series_id = s.series_id and e.edition = s.edition and e.published_on is not distinct from s.published_on
    left join main.models m on m.model_id = s.model_id
    where s.is_listed and e.is_complete
      and ((s.source_id = 'epoch_eci' and s.board = 'eci') or (s.source_id = 'lmarena' and s.category = 'overall')))
select g.series_id, g.benchmark_id, g.source_id, g.edition, g.model_id as subject, g.config as subject_config,
       g.value as subject_value, g.low as subject_low, g.high as subject_high,
       o.model_id, o.config, o.name_raw, coalesce(o.name, o.name_raw) as name, coalesce(o.access, 'unknown') as access,
       o.released_on, o.value, o.low, o.high, o.value - g.value as difference, sqrt(g.se * g.se + o.se * o.se) as se_difference,
       case when g.se is null or o.se is null then null
            when o.value - g.value > 1.96 * sqrt(g.se * g.se + o.se * o.se) then 'clearly ahead'
            when g.value - o.value > 1.96 * sqrt(g.se * g.se + o.se * o.se) then 'clearly behind'
            else 'too close to call' end as verdict,
       o.payload_key, o.row_no, o.redistributable
from rated g
join rated o on o.series_id = g.series_id and o.edition = g.edition and o.name_raw <> g.name_raw
where g.model_id in ('openai/gpt-oss-120b', 'openai/gpt-oss-20b')
