"""What the page Openness and events asks of the published file: one function a question.

Continues `queries`, with the same rules: cached by file and as-of; frames out, absent values null. Grades are
those of one edition, the newest that grades gpt-oss; another edition's are never joined to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pandas as pd
import streamlit as st

from dashboard.definitions import SMALLER, SUBJECT
from dashboard.openness import INCIDENTS, INDEX, TRANSPARENCY
from dashboard.queries import Identity, ask, choose, list_names, name_each

# The graded systems; `is_focus`: gpt-oss itself, whichever name the edition gives it.
_GRADED = """
    said as (
        select name_raw, max(value) filter (attribute = 'modality') as modality,
               max(value) filter (attribute = 'developer') as developer,
               max(value) filter (attribute = 'hub_repo_id') as hub_repo_id
        from model_attributes where source_id = $source group by name_raw),
    graded as (
        select o.*, s.modality, s.developer,
               coalesce(m.family = 'gpt-oss' and m.role is distinct from 'safeguard', false)
                   or coalesce(s.hub_repo_id in ($subject, $smaller), false) as is_focus,
               coalesce(m.tracked, false) or coalesce(t.tracked, false) as is_tracked
        from {openness} o
        left join said s on s.name_raw = o.name_raw
        left join main.models m on m.model_id = o.model_id
        left join main.models t on t.model_id = s.hub_repo_id
        where o.source_id = $source and o.is_listed)"""


@st.cache_data(max_entries=32, show_spinner=False)
def read_systems(file: Identity, as_of: datetime | None) -> pd.DataFrame:
    """One row a system of the newest edition that grades gpt-oss, the most open first.

    edition, criteria, name_raw, developer, modality, is_focus, is_tracked; total (sum of the grades' values), open,
    partial, closed, dimensions (counts); redistributable, payload_key, row_no (of its first grade)."""
    sql = f"""
        with {_GRADED.format(openness=choose("openness", as_of))}
        select edition, criteria, name_raw, any_value(developer) as developer, any_value(modality) as modality,
               bool_or(is_focus) as is_focus, bool_or(is_tracked) as is_tracked, sum(value) as total,
               count(*) filter (grade = 'open') as open, count(*) filter (grade = 'partial') as partial,
               count(*) filter (grade = 'closed') as closed, count(*) as dimensions,
               min(redistributable) as redistributable, any_value(payload_key) as payload_key, min(row_no) as row_no
        from graded
        where edition = (select max(edition) from graded where is_focus)
        group by edition, criteria, name_raw order by total desc, name_raw"""
    return ask(file, sql, _bind(), as_of)


@st.cache_data(max_entries=32, show_spinner=False)
def read_grades(file: Identity, as_of: datetime | None, names: Sequence[str]) -> pd.DataFrame:
    """One row a grade of the named systems in the same edition: edition, criteria, name_raw, dimension, grade, value,
    licence_id, redistributable, payload_key, row_no."""
    wanted = name_each(names)
    sql = f"""
        with {_GRADED.format(openness=choose("openness", as_of))}
        select edition, criteria, name_raw, dimension, grade, value, licence_id, redistributable, payload_key, row_no
        from graded
        where edition = (select max(edition) from graded where is_focus) and name_raw in ({list_names(wanted)})
        order by name_raw, row_no"""
    return ask(file, sql, {**_bind(), **wanted}, as_of)


@st.cache_data(max_entries=32, show_spinner=False)
def read_editions(file: Identity, as_of: datetime | None) -> pd.DataFrame:
    """gpt-oss in every edition, newest first: edition, criteria, name_raw, total, open, partial, closed, dimensions."""
    sql = f"""
        with {_GRADED.format(openness=choose("openness", as_of))}
        select edition, criteria, name_raw, sum(value) as total, count(*) filter (grade = 'open') as open,
               count(*) filter (grade = 'partial') as partial, count(*) filter (grade = 'closed') as closed,
               count(*) as dimensions
        from graded where is_focus group by edition, criteria, name_raw order by edition desc, name_raw"""
    return ask(file, sql, _bind(), as_of)


@st.cache_data(max_entries=32, show_spinner=False)
def read_transparency(file: Identity, as_of: datetime | None) -> pd.DataFrame:
    """One row a developer and edition of the transparency index: edition, criteria, developer, disclosed (indicators of
    1), asked (indicators); redistributable, payload_key, row_no (of its first indicator)."""
    sql = f"""
        select edition, criteria, name_raw as developer, sum(value)::integer as disclosed, count(*)::integer as asked,
               min(redistributable) as redistributable, any_value(payload_key) as payload_key, min(row_no) as row_no
        from {choose("openness", as_of)}
        where source_id = $source and subject_kind = 'developer' and is_listed
        group by edition, criteria, name_raw order by edition, disclosed desc, developer"""
    return ask(file, sql, {"source": TRANSPARENCY}, as_of)


@st.cache_data(max_entries=32, show_spinner=False)
def read_incidents(file: Identity, as_of: datetime | None) -> pd.DataFrame:
    """One row a topic and month, oldest first: topic, month, incidents, is_partial; redistributable, payload_key,
    row_no."""
    sql = f"""
        select name_raw as topic, day as month, value::integer as incidents,
               list_contains(flags, 'partial') as is_partial, redistributable, payload_key, row_no
        from {choose("counters", as_of)} where source_id = $source order by topic, month"""
    return ask(file, sql, {"source": INCIDENTS}, as_of)


@st.cache_data(max_entries=32, show_spinner=False)
def read_disagreements(file: Identity) -> pd.DataFrame:
    """One row a model and attribute on which sources disagree, tracked models first: name, model_id, attribute,
    chosen_value, chosen_source_id, why, others, tracked. Today's registries: it is not as-of."""
    sql = """
        select name, model_id, attribute, chosen_value, chosen_source_id, why,
               array_to_string(others, '; ') as others, tracked
        from attribute_disagreements order by tracked desc, attribute, name, model_id"""
    return ask(file, sql)


@st.cache_data(max_entries=32, show_spinner=False)
def count_rows_recorded_later(file: Identity, as_of: datetime) -> tuple[int, int]:
    """Grades, answers and counts known at an instant, and how many of them entered an archive after it."""
    sql = """
        with used as (
            select recorded_at from openness
            union all select recorded_at from counters where source_id = $incidents)
        select count(*) as shown, count(*) filter (recorded_at > $at::timestamp) as later from used"""
    row = ask(file, sql, {"incidents": INCIDENTS, "at": as_of.replace(tzinfo=None)}, as_of).iloc[0]
    return int(row["shown"]), int(row["later"])


def _bind() -> dict[str, object]:
    return {"source": INDEX, "subject": SUBJECT, "smaller": SMALLER}
