-- One row a model and attribute on which sources disagree: what is shown, who says it and why, and what the others say.
-- Today's registries over what each source says last: it is not as-of. Consumer: Data page, Openness and events.
-- Trap: a month, and the Hub's date of a repository, contradict no release day; sizes within 5 % agree.
select c.model_id, any_value(m.name) as name, any_value(m.tracked) as tracked, c.attribute,
       max(c.value) filter (c.is_chosen) as chosen_value, max(c.source_id) filter (c.is_chosen) as chosen_source_id,
       any_value(c.why) as why,
       list(c.source_id || ': ' || c.value order by c.source_id) filter (c.differs) as others,
       count(*) filter (c.differs) as other_count,
       -- A row that repeats words of a source without a licence stays here.
       min(case when s.licence_id in ('none-stated', 'mixed') then 'no' else 'yes' end)
           filter (c.is_chosen or c.differs) as redistributable
from main.attribute_claims c
join main.models m using (model_id)
left join main.sources s on s.source_id = c.source_id
group by c.model_id, c.attribute
having bool_or(c.differs)
