-- One row a complete edition of Arena's overall text board and entry: its place (1 + entries rated higher) and how many
-- are rated. Consumer: Overview. Trap: places of two series (style control or none) are never one line; entries whose
-- licence keeps them here are not counted, so that the seed says the same.
select s.series_id, s.edition, s.model_id, s.name_raw, s.value, s.payload_key,
       rank() over (partition by s.series_id, s.edition order by s.value desc) as place,
       count(*) over (partition by s.series_id, s.edition) as board_size
from $scores s
join $editions e
    on e.series_id = s.series_id and e.edition = s.edition and e.published_on is not distinct from s.published_on
where s.source_id = 'lmarena' and s.board = 'text' and s.category = 'overall' and s.is_listed
      and e.is_complete and s.redistributable <> 'no'
