-- One row an edition of a board and publish date, as far as it was listed by the instant: whether it is complete, what
-- its payload states, and how many rows it rates. Consumer: Capability.
-- Of LiveBench's boards the editions are those of the tasks they are made of.
with listed as (
    select source_id, board, series_id, edition, published_on, is_complete, rows, expected_rows, payload_key
    from $editions where category = 'overall' and source_id <> 'livebench'
    union all
    select source_id, mean, 'livebench/' || mean || '/overall/' || method_version, edition, published_on,
           bool_and(is_complete), max(rows), max(expected_rows), max(payload_key)
    from (select *, unnest([board, 'overall']) as mean from $editions where source_id = 'livebench')
    group by source_id, mean, edition, published_on, method_version),
counted as (
    select source_id, board, series_id, edition, published_on, count(*) as rated, count(low) as intervals
    from $board_scores group by all)
select e.*, p.observed_kind, p.licence_id, p.url, coalesce(c.rated, 0) as rated, coalesce(c.intervals, 0) as intervals
from listed e
left join $payloads p on p.payload_key = e.payload_key
left join counted c on c.source_id = e.source_id and c.board = e.board and c.series_id = e.series_id
     and c.edition = e.edition and c.published_on is not distinct from e.published_on
