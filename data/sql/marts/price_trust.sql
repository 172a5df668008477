-- One row a listing of the newest day that has its model, as the view of the same name, computed once at publish. Consumer: Price without as-of.
select * from main.price_trust order by source_id, model_id, provider, listing_id, day, payload_key, row_no
