-- One row a source, model and day on which the source was read: what hosts asked for a million tokens, blended
-- three parts input to one part output (base tier). Consumer: the price measure, Overview, Price.
-- Trap: it is what the day's last read says by the instant (data/sql/quality/price_summaries); days between two reads
-- are not filled in; routers resell others' capacity and are counted in, and marked.
select s.source_id, s.model_id, r.day, s.* exclude (source_id, model_id, read_at)
from main.price_summaries s join $price_reads r on r.source_id = s.source_id and r.read_at = s.read_at
