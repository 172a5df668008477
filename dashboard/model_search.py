"""The control that finds models by name, the same on every page.

It offers only models the page has something to show of, under names that tell any two apart, and writes
those names into the address: a link then reads, and survives a change of ids.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard.capability import DEFAULT_RULE


def ask_models(
    offered: Mapping[str, str],
    first: Sequence[str],
    *,
    key: str = "models",
    label: str = "Models",
    most: int | None = None,
    note: str = DEFAULT_RULE,
) -> list[str]:
    """Model ids chosen, in the order chosen; those of `first` on offer where nothing is chosen.

    `offered` maps model id -> label, unique. `note` says by which rule the first ones are chosen."""
    ids = {name: model_id for model_id, name in offered.items()}
    picked = st.multiselect(
        label,
        list(ids),
        key=key,
        bind="query-params",
        placeholder="Search models; those shown first are chosen by rule",
        max_selections=most,
        select_all=False,
        help=note,
    )
    return [ids[name] for name in picked] or [model_id for model_id in first if model_id in offered]
