"""What pages ask about models: which there are, and which ten come first.

Continues `queries`, with the same rules. Search and defaults are the same on every page because they come
from here: a model has one name, and the first ten follow one written rule.
"""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import streamlit as st

from dashboard import capability
from dashboard.definitions import OpenRule
from dashboard.queries import Identity, ask
from dashboard.queries.capability import read_editions, read_median_prices, read_ratings


@st.cache_data(max_entries=16, show_spinner=False)
def read_models(file: Identity) -> pd.DataFrame:
    """One row a model of the registries and own ids, by name: model_id, name, developer, access, licence,
    released_on, tracked, role, label (unique: the name; where several share it, the one tracked model has it
    alone and the others carry their id)."""
    sql = """
        select m.model_id, m.name, coalesce(d.name, m.developer_id) as developer, m.access, m.licence,
               m.released_on, coalesce(m.tracked, false) as tracked, m.role, m.total_params_b, m.active_params_b,
               case when count(*) over (partition by m.name) = 1
                      or (m.tracked and count(*) filter (m.tracked) over (partition by m.name) = 1) then m.name
                    else m.name || ' (' || m.model_id || ')' end as label
        from main.models m left join main.developers d using (developer_id)
        order by lower(m.name), m.model_id"""
    return ask(file, sql)


@st.cache_data(max_entries=64, show_spinner=False)
def read_first_ten(file: Identity, as_of: datetime | None, rule: OpenRule = "commercial") -> list[str]:
    """Model ids of the ten shown first, best value first, by `capability.choose_default` on the newest complete
    edition of Epoch's index known then; empty where none was."""
    editions = capability.list_editions(read_editions(file, as_of, "epoch_eci", "eci"))
    edition = capability.choose_edition(editions)
    if edition is None:
        return []
    ratings = capability.label_entries(read_ratings(file, as_of, "epoch_eci", "eci"))
    rated = ratings[(ratings["series_id"] == edition.series_id) & (ratings["edition"] == pd.Timestamp(edition.day))]
    chosen = capability.choose_default(rated, read_median_prices(file, as_of), rule)
    ids = dict(zip(rated["entry"], rated["model_id"], strict=True))
    return [str(ids[entry]) for entry in chosen if pd.notna(ids[entry])]


@st.cache_data(max_entries=16, show_spinner=False)
def read_findable(file: Identity) -> pd.DataFrame:
    """The models of `read_models` of which there is at least one fact, those rated, priced or tracked first.

    The columns of `read_models`, and is_rated (a score, a price or tracked: few enough to list on a page)."""
    sql = """
        with rated as (
            select model_id from scores union select model_id from marts.price_summary
            union select model_id from main.models where tracked),
        counted as (
            select m.model_id from main.models m join marts.hub_counts c on c.repo_id = m.hub_repo_id)
        select model_id, max(is_rated) as is_rated
        from (select model_id, true as is_rated from rated union all select model_id, false from counted)
        where model_id is not null group by model_id"""
    found = read_models(file).merge(ask(file, sql), on="model_id", how="inner")
    return found.sort_values("is_rated", ascending=False, kind="stable").reset_index(drop=True)
