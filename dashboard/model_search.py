"""The controls that find models by name, the same on every page.

They offer only models there is something to show of, under names that tell any two apart, and write those names
into the address: a link then reads, and survives a change of ids. A name or id that is not known is said to be
ignored, never dropped in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import pandas as pd
import streamlit as st

from dashboard.capability import DEFAULT_RULE
from dashboard.charts import shorten
from dashboard.parts import escape

LABEL_LIMIT = 90
_SAID_LIMIT, _SAID = 60, 3
_COUNTED = "downloads only"


def ask_models(
    offered: Mapping[str, str],
    first: Sequence[str],
    *,
    key: str = "models",
    label: str = "Models",
    most: int | None = None,
    note: str = DEFAULT_RULE,
    known: Mapping[str, str] | None = None,
    find: Callable[[Sequence[str]], Mapping[str, str]] | None = None,
) -> dict[str, str]:
    """The models chosen, id -> label, in the order chosen; those of `first` that are known where nothing is chosen.

    `offered` maps model id -> label, unique. `note` says by which rule the first ones are chosen. `known` are
    further models, id -> label, that can be named, here or in the address, and are not listed. `find` looks further
    names up where they are too many to hold: it is asked only for names that are none of these, and gives
    id -> label. An id is taken for its model."""
    everyone = {**(known or {}), **offered}
    picked = st.multiselect(
        label,
        list(offered.values()),
        key=key,
        bind="query-params",
        placeholder="Search models; those shown first are chosen by rule",
        max_selections=most,
        select_all=False,
        # So that a name that is not on offer stays visible with its sentence, and an id can be typed.
        accept_new_options=True,
        help=note,
    )
    chosen, strange = match_names(picked, everyone) if picked else ([], [])
    if strange and find and (found := find(strange)):
        everyone = _tell_apart({**everyone, **{m: label for m, label in found.items() if m not in everyone}})
        chosen, strange = match_names(picked, everyone)
    if strange:
        st.caption(escape(write_strange(strange)))
    return {model_id: everyone[model_id] for model_id in chosen or first if model_id in everyone}


def match_names(given: Iterable[str], known: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Model ids of labels or ids, once each in the order given, and the names that are neither.

    Case does not matter where the exact spelling finds nothing."""
    labels = {name: model_id for model_id, name in known.items()}
    loose = {name.casefold(): model_id for name, model_id in [*((i, i) for i in known), *labels.items()]}
    found: dict[str, None] = {}
    strange = []
    for name in given:
        text = str(name)
        model_id = labels.get(text) or (text if text in known else loose.get(text.strip().casefold()))
        if model_id is None:
            strange.append(text)
        else:
            found[model_id] = None
    return list(found), strange


def write_strange(names: Sequence[str]) -> str:
    """That names were ignored, in plain words, the first of them by name."""
    shown = ", ".join(f"“{shorten(name, _SAID_LIMIT)}”" for name in names[:_SAID])
    more = f" and {len(names) - _SAID} more" if len(names) > _SAID else ""
    verb = "is no model known" if len(names) == 1 else "are no models known"
    return f"{shown}{more} {verb} here, so nothing is shown of {'it' if len(names) == 1 else 'them'}."


def label_models(labels: Mapping[str, str]) -> dict[str, str]:
    """Model id -> label, unique and one line long, of labels of `queries.models.read_models`, in their order.

    Characters that turn or break a line are dropped, so two names may become one: then the id tells them apart."""
    return _tell_apart({model_id: shorten(label, LABEL_LIMIT) for model_id, label in labels.items()})


def label_for_search(models: pd.DataFrame) -> dict[str, str]:
    """Model id -> a label that is found by part of its name or id; unique, in the order of the frame.

    Name and id of those rated, priced or tracked; of the many others, whose id ends in the name, the id alone and
    what is known of them. `models` are of `queries.models.read_findable`."""
    labels = {}
    for model_id, name, is_rated in zip(models["model_id"], models["name"], models["is_rated"], strict=True):
        short, shown = shorten(str(model_id), LABEL_LIMIT), shorten(str(name), LABEL_LIMIT)
        labels[str(model_id)] = f"{shown} · {short}" if is_rated else f"{short} · {_COUNTED}"
    return _tell_apart(labels)


def _tell_apart(labels: Mapping[str, str]) -> dict[str, str]:
    """The labels with the id, then a number, added to those that another has already."""
    used: set[str] = set()
    told = {}
    for model_id, label in labels.items():
        unique, count = label or shorten(model_id, LABEL_LIMIT), 1
        if unique in used:
            unique = f"{label} ({shorten(model_id, LABEL_LIMIT)})"
        while unique in used:
            count += 1
            unique = f"{label} ({count})"
        used.add(unique)
        told[model_id] = unique
    return told
