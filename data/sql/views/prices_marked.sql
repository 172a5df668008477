-- One row a stored price, as prices_history, with the read days on which it cannot be believed (`outlier_days`, null:
-- none) and why on the last of them (`outlier`). Consumer: Price.
-- Trap: a day is marked by what was known then: a price is no outlier before others were there to compare it with.
select h.*, o.outlier_days, o.outlier
from prices_history h
left join (
    select source_id, model_id, revision, list(day) as outlier_days, arg_max(reason, day) as outlier
    from $price_outliers group by source_id, model_id, revision) o
    on o.source_id = h.source_id and o.revision = h.revision and o.model_id is not distinct from h.model_id
