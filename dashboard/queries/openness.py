"""What the page Openness asks of the published file.

Continues `queries`, with the same rules: cached by file and as-of; frames out, absent values null. Grades are
those of one edition, the newest that grades gpt-oss; another edition's are never joined to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pandas as pd
import streamlit as st

from dashboard.openness import INCIDENTS, INDEX, TRANSPARENCY
from dashboard.queries import Identity, ask, ask_rows, choose, list_names, name_each
from dashboard.rows import Row

# The edition shown: the newest that grades gpt-oss.
_SHOWN = "(select max(edition) from {systems} where is_focus)"


def read_systems(file: Identity, as_of: datetime | None) -> list[Row]:
    """One row a system of the newest edition that grades gpt-oss, the most open first.

    edition, criteria, name_raw, developer, modality, is_focus, is_tracked; total (sum of the grades' values), open,
    partial, closed, dimensions (counts); redistributable, payload_key, row_no (of its first grade)."""
    systems = choose("openness_systems", as_of)
    sql = f"""
        select * from {systems} where edition = {_SHOWN.format(systems=systems)} order by total desc, name_raw"""
    return ask_rows(file, sql, as_of=as_of)


def read_grades(file: Identity, as_of: datetime | None, names: Sequence[str]) -> list[Row]:
    """One row a grade of the named systems in the same edition: edition, criteria, name_raw, dimension, grade, value,
    licence_id, redistributable, payload_key, row_no."""
    wanted = name_each(names)
    sql = f"""
        select edition, criteria, name_raw, dimension, grade, value, licence_id, redistributable, payload_key, row_no
        from {choose("openness", as_of)}
        where source_id = $source and is_listed and name_raw in ({list_names(wanted)})
              and edition = {_SHOWN.format(systems=choose("openness_systems", as_of))}
        order by name_raw, row_no"""
    return ask_rows(file, sql, {"source": INDEX, **wanted}, as_of)


def read_editions(file: Identity, as_of: datetime | None) -> list[Row]:
    """gpt-oss in every edition, newest first, in the columns of `read_systems`."""
    sql = f"select * from {choose('openness_systems', as_of)} where is_focus order by edition desc, name_raw"
    return ask_rows(file, sql, as_of=as_of)


def read_transparency(file: Identity, as_of: datetime | None) -> list[Row]:
    """One row a developer and edition of the transparency index: edition, criteria, developer, disclosed (indicators of
    1), asked (indicators); redistributable, payload_key, row_no (of its first indicator)."""
    sql = f"""
        select edition, criteria, name_raw as developer, sum(value)::integer as disclosed, count(*)::integer as asked,
               min(redistributable) as redistributable, any_value(payload_key) as payload_key, min(row_no) as row_no
        from {choose("openness", as_of)}
        where source_id = $source and subject_kind = 'developer' and is_listed
        group by edition, criteria, name_raw order by edition, disclosed desc, developer"""
    return ask_rows(file, sql, {"source": TRANSPARENCY}, as_of)


def read_incidents(file: Identity, as_of: datetime | None) -> list[Row]:
    """One row a topic and month, oldest first: topic, month, incidents, is_partial; redistributable, payload_key,
    row_no."""
    sql = f"""
        select name_raw as topic, day as month, value::integer as incidents,
               list_contains(flags, 'partial') as is_partial, redistributable, payload_key, row_no
        from {choose("counters", as_of)} where source_id = $source order by topic, month"""
    return ask_rows(file, sql, {"source": INCIDENTS}, as_of)


@st.cache_data(max_entries=32, show_spinner=False)
def read_disagreements(file: Identity) -> pd.DataFrame:
    """One row a model and attribute on which sources disagree, tracked models first: name, model_id, attribute,
    chosen_value, chosen_source_id, why, others, tracked, redistributable. Today's registries: it is not as-of."""
    sql = """
        select name, model_id, attribute, chosen_value, chosen_source_id, why,
               array_to_string(others, '; ') as others, tracked, redistributable
        from marts.attribute_disagreements order by tracked desc, attribute, name, model_id"""
    return ask(file, sql)


@st.cache_data(max_entries=32, show_spinner=False)
def count_rows_recorded_later(file: Identity, as_of: datetime) -> tuple[int, int]:
    """Grades, answers and counts known at an instant, and how many of them entered an archive after it."""
    sql = """
        with used as (
            select recorded_at from openness
            union all select recorded_at from counters where source_id = $incidents)
        select count(*) as shown, count(*) filter (recorded_at > $at::timestamp) as later from used"""
    [row] = ask_rows(file, sql, {"incidents": INCIDENTS, "at": as_of.replace(tzinfo=None)}, as_of)
    return row["shown"], row["later"]
