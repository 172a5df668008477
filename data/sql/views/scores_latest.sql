-- One row a source, series, model and configuration (and run, where a harness tells them apart): the row of the
-- newest complete edition that has it. Consumer: pages, measures. Trap: rows of several editions stand side by
-- side here, so compare models on `scores` within one edition instead.
select s.*, e.is_complete
from $scores s
join $editions e
    on e.series_id = s.series_id and e.edition = s.edition and e.published_on is not distinct from s.published_on
where s.is_listed and e.is_complete
qualify row_number() over (
    partition by s.series_id, coalesce(s.model_id, s.name_raw), coalesce(s.config, s.config_raw), s.run
    order by s.edition desc, s.published_on desc nulls last, s.revision desc) = 1
