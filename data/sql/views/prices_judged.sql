-- One row a listing, tier and day read, as prices_daily, with its blend (three parts input to one output) and why it
-- cannot be believed (`outlier`, null: it can; data/sql/quality/outlying_prices). Consumer: price_trust, the price of
-- gpt-oss under each blend.
select d.*, (3 * d.input_usd_per_mtok + d.output_usd_per_mtok) / 4 as blend, o.reason as outlier
from $prices_daily d
left join main.outlying_prices o on o.source_id = d.source_id and o.read_at = d.read_at and o.revision = d.revision
