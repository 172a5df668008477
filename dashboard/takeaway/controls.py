"""What a page's controls say, as its address would say it.

Streamlit keeps a bound control's default out of the address, so a link copied from there changes its
meaning when the default does: a new edition, another board. What stands here reads the bindings Streamlit
keeps for the session, whose names are not public; where a later release has renamed them, the address itself
answers, and defaults are left out.
"""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext

Choices = dict[str, list[str]]


def read_choices() -> Choices:
    """What the address says now: every control that is not at its default, and what else a page reads there."""
    return {key: st.query_params.get_all(key) for key in st.query_params}


def read_all_choices() -> Choices:
    """What the address says, and every bound control at its default too; an empty choice is left out."""
    context = get_script_run_ctx()
    bound = _read_bound(context) if context else {}
    return {key: values for key, values in (read_choices() | bound).items() if any(values)}


def _read_bound(context: ScriptRunContext) -> Choices:
    try:
        state = context.session_state._state
        bindings = state.query_params._bindings_by_param.items()
        known = state._new_widget_state.widget_metadata
        return {
            key: _list_words(known[binding.widget_id].serializer(state[binding.widget_id]))
            for key, binding in bindings
            if binding.widget_id in known
        }
    except AttributeError:
        return {}


def _list_words(value: object) -> list[str]:
    """A control's value as an address has it: words as they are, switches in small letters, whole numbers whole."""
    if isinstance(value, list | tuple):
        return [word for part in value for word in _list_words(part)]
    if value is None:
        return []
    if isinstance(value, bool):
        return [str(value).lower()]
    return [str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)]
