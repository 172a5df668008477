-- One row a source, kind of fact, licence and right, as in the view. Consumer: Data page without as-of.
select * from holdings order by source_id, facts desc, kind, licence_id, redistributable
