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
from dashboard.memo import read_rows
from dashboard.queries import Identity, ask, ask_rows
from dashboard.queries.capability import read_median_prices
from dashboard.queries.overview import read_index_edition


@st.cache_data(max_entries=16, show_spinner=False)
def read_models(file: Identity) -> pd.DataFrame:
    """One row a model of the registries and own ids, by name: model_id, name, developer, access, licence,
    released_on, tracked, role, total_params_b, active_params_b, label (unique: the name; where several share it,
    the one tracked model has it alone and the others carry their id), is_rated (a score, a price or tracked),
    is_counted (its repository was read)."""
    sql = """
        select model_id, name, developer, access, licence, released_on, tracked, role, total_params_b,
               active_params_b, label, is_rated, is_counted
        from marts.model_labels order by rowid"""
    return ask(file, sql)


@st.cache_data(max_entries=16, show_spinner=False)
def read_rated(file: Identity, tracked: bool = False) -> dict[str, str]:
    """Model id -> label of the models of `read_models` with a score, a price or tracked, by name; `tracked` alone
    where asked so.

    A few hundred of thousands, for lists that offer nothing else."""
    which = "tracked" if tracked else "is_rated"
    rows = ask_rows(file, f"select model_id, label from marts.model_labels where {which} order by rowid")
    return {row["model_id"]: row["label"] for row in rows}


@st.cache_data(max_entries=64, show_spinner=False)
def find_models(file: Identity, names: tuple[str, ...]) -> dict[str, str]:
    """Model id -> label, by name, of the models of `read_findable` with one of these labels or ids, whatever their
    case.

    For the names of an address, so that no page holds those of every repository."""
    sql = """
        select model_id, label from marts.model_labels
        where (is_rated or is_counted)
              and (list_contains($names, lower(label)) or list_contains($names, lower(model_id)))
        order by rowid"""
    rows = ask_rows(file, sql, {"names": [name.strip().lower() for name in names]})
    return {row["model_id"]: row["label"] for row in rows}


@st.cache_data(max_entries=64, show_spinner=False)
def read_first_ten(file: Identity, as_of: datetime | None, rule: OpenRule = "commercial") -> list[str]:
    """Model ids of the ten shown first, best value first, by `capability.choose_default` on the newest complete
    edition of Epoch's index known then; empty where none was."""
    rated = read_rows(read_index_edition, file, as_of)
    if not rated:
        return []
    entries = pd.DataFrame(rated, columns=["model_id", "access"])
    entries["entry"] = [row["model_id"] or row["name"] for row in rated]
    entries["merit"] = [row["value"] for row in rated]
    ids = dict(zip(entries["entry"], (row["model_id"] for row in rated), strict=True))
    chosen = capability.choose_default(entries, read_median_prices(file, as_of), rule)
    return [ids[entry] for entry in chosen if ids[entry]]


@st.cache_data(max_entries=16, show_spinner=False)
def read_findable(file: Identity) -> pd.DataFrame:
    """The models of `read_models` of which there is at least one fact, those rated, priced or tracked first.

    The columns of `read_models`. Those with is_rated are few enough to list on a page."""
    models = read_models(file)
    found = models[models["is_rated"] | models["is_counted"]]
    return found.sort_values("is_rated", ascending=False, kind="stable").reset_index(drop=True)
