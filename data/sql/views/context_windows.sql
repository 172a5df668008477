-- One row a model that a price list gives a context window: the largest offered, and by whom. Consumer: Compare.
select model_id, max(context_tokens) as context_tokens, count(*) as listings,
       arg_max(payload_key, (context_tokens, payload_key)) as payload_key,
       arg_max(row_no, (context_tokens, payload_key)) as row_no
from $prices
where is_listed and context_tokens > 0 and model_id is not null
group by model_id
