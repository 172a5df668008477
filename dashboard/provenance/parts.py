"""Blocks of the Data page: a source's card, a payload, and the search for one.

They are apart so that the page reads top to bottom. All words come from `provenance`, all rows from
`queries.data`; whatever a publisher wrote is escaped before it is Markdown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import provenance as words
from dashboard.credit import Credit
from dashboard.parts import escape, quote_address, show_empty, to_naive
from dashboard.queries import data as data
from dashboard.takeaway import show_table
from dashboard.view import View, name_as_of

ROW_PIXELS, _MOST_PIXELS = 33, 360
LINK = st.column_config.LinkColumn("Where from", display_text="payload")


def show_source(source: Mapping[Any, Any], view: View) -> None:
    """One source: age, runs, rows, rights, faults, and what its caveats say."""
    source_id = source["source_id"]
    instant = to_naive(view.instant)
    holdings = data.read_holdings(view.file, view.as_of)
    flags = data.read_flags(view.file, view.as_of)
    mine = holdings[holdings["source_id"] == source_id]
    age = words.judge_age(words.to_instant(source["fresh_at"]), source["cadence_days"], instant)
    colour, icon = words.AGE_LOOK[age]
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(escape(source["title"]), anchor=False, width="content")
            st.badge(age, icon=icon, color=colour, help=words.AGE_RULE)  # type: ignore[arg-type]
            if source["is_failing"]:
                st.badge("failing", icon=":material/error:", color="red", help="Its last read failed.")
        # Small and not a caption: a caption's grey dims the link below readable contrast.
        required = " · required" if source["required"] else ""
        st.markdown(
            f":small[:gray[{escape(source['publisher'])} ·] [{escape(source['homepage'])}]({source['homepage']}) "
            f":gray[· {escape(source_id)}{required}]]"
        )
        left, right = st.columns(2, gap="medium")
        left.markdown(f"**Age** {escape(words.write_age(source, instant))}")
        left.markdown(f"**Runs** {escape(words.write_runs(source))}")
        left.markdown(f"**Rows** {escape(words.write_kinds(mine)) or 'none'}")
        right.markdown(
            f"**Licence** [{escape(source['licence_id'])}]({source['licence_url']}) " + escape(source["attribution"])
        )
        right.markdown(f"**Rights** {escape(words.write_rights(mine))}")
        faults = words.list_faults(source, flags[flags["source_id"] == source_id])
        right.markdown(f"**Faults** {escape('; '.join(faults)) or 'none known'}")
        st.markdown(f"**What would mislead a reader** {escape(source['caveats'])}")
        _show_lists(source, view)


def show_payload(payload_key: int, row_no: int | None, view: View) -> None:
    """The payload of an address and the facts at its row, or a sentence that there is none."""
    found = data.read_payload(view.file, view.as_of, payload_key)
    if found.empty:
        when = "by the as-of date" if view.as_of else "here"
        show_empty(f"No payload {payload_key} is known {when}.", "Look the number up below instead.")
        return
    payload = found.to_dict("records")[0]
    with st.container(border=True):
        at = "" if row_no is None else f", row {row_no}"
        st.markdown(f"**Payload {payload_key}{at}** {escape(str(payload['name'] or ''))}")
        left, right = st.columns([3, 2], gap="medium")
        with left:
            _show_pairs(words.describe_payload(payload))
            st.caption("SHA-256 of the body")
            st.code(payload["sha256"], language=None, wrap_lines=True)
            if str(payload["url"] or "").startswith("https://"):
                st.link_button("Open at the publisher", payload["url"], icon=":material/open_in_new:")
        with right:
            _show_facts(payload_key, row_no, view)


def show_search(view: View, sources: Iterable[str]) -> None:
    """From a number or a name to the facts that have it, and from a fact to its payload."""
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    text = left.text_input(
        "Number or name",
        key="find",
        bind="query-params",
        placeholder="1365.17, or gpt-oss-120b",
        help="A number is matched at the decimals you give. Blends, medians and counts are computed here and "
        "stand in no payload: look up what goes into them.",
    )
    source_id = right.selectbox("Source", ["", *sources], format_func=_name_source, key="in", bind="query-params")
    if not text.strip():
        return
    search, asked = words.read_search(text), (view.file, view.as_of)
    if search.value is None:
        found = data.find_facts_by_name(*asked, search.words, source_id or "")
    else:
        found = data.find_facts_by_value(*asked, search.value, search.decimals, source_id or "")
    if found.empty:
        show_empty(f"No published fact has {escape(text)}.", "Try fewer decimals, or a part of the name.")
        return
    _show_matches(found, view)


def _show_matches(found: pd.DataFrame, view: View) -> None:
    as_of = name_as_of(view.as_of) if view.as_of else ""
    addresses = zip(found["payload_key"], found["row_no"], strict=True)
    shown = found.assign(
        source=[words.link_payload(key, row, as_of) for key, row in addresses],
        rights=words.mark_rights(list(found["redistributable"])),
        kind=found["kind"].map(words.KINDS),
    ).drop(columns=["redistributable", "payload_key", "row_no"])
    many = f"The first {data.LIMIT} matches" if len(found) == data.LIMIT else f"Matches: {len(found):,}"
    _show_frame(
        shown,
        view,
        "facts",
        (many, "gpt-oss first, then newest"),
        "Facts that match the search",
        found,
        {
            "source_id": "Source",
            "kind": "Kind",
            "name_raw": "Name at source",
            "model_id": "Model",
            "field": "Field",
            "value": st.column_config.NumberColumn("Value", format="%.6g"),
            "day": st.column_config.DateColumn("Day"),
            "source": LINK,
            "rights": "Rights",
        },
    )


def show_names(view: View, sources: Iterable[str]) -> None:
    """How publishers' names became models, with a search box."""
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    typed = left.text_input("Name at a source, or model", "gpt-oss", key="name", bind="query-params")
    source_id = right.selectbox(
        "Source of the name", ["", *sources], format_func=_name_source, key="name_in", bind="query-params"
    )
    found = data.read_names(view.file, typed.strip(), source_id or "")
    if found.empty:
        show_empty(f"No name has {escape(typed)}.", "Try a shorter part of it.")
        return
    more = f"the first {data.LIMIT} names" if len(found) == data.LIMIT else f"{len(found):,} names"
    rule = "matched by today's registries, whatever the as-of date"
    _show_frame(
        found,
        view,
        "names",
        (more, rule, "landscape resolve NAME explains one"),
        "How names were matched to models",
        found,
        {
            "source_id": "Source",
            "name_raw": "Name at source",
            "config_raw": "Version at source",
            "model_id": "Model",
            "model": "Called here",
            "config": "Configuration",
            "method": "Method",
            "rule": st.column_config.TextColumn("Rule", width="large"),
        },
    )


def show_editions(view: View) -> None:
    """Every edition of every series, complete or partial."""
    editions = data.read_all_editions(view.file, view.as_of)
    if editions.empty:
        show_empty("No edition of any series was known.", "`landscape refresh` reads them.")
        return
    as_of = name_as_of(view.as_of) if view.as_of else ""
    shown = editions.assign(
        source=[words.link_payload(key, None, as_of) for key in editions["payload_key"]],
        is_complete=["complete" if whole else "partial" for whole in editions["is_complete"]],
    ).drop(columns=["source_id", "payload_key"])
    partial = int((~editions["is_complete"]).sum())
    _show_frame(
        shown,
        view,
        "editions",
        (f"{len(editions):,} editions, {partial} partial: those set no count, rank or frontier",),
        "Editions of every series",
        editions,
        {
            "series_id": "Series",
            "edition": st.column_config.DateColumn("Edition"),
            "published_on": st.column_config.DateColumn("Published"),
            "is_complete": "State",
            "rows": "Rows",
            "expected_rows": "Expected",
            "first_known_at": st.column_config.DateColumn("Known since"),
            "source": LINK,
        },
    )


def _show_lists(source: Mapping[Any, Any], view: View) -> None:
    source_id = source["source_id"]
    if source["unresolved_names"]:
        with st.expander(f"Names that lead to no model ({source['unresolved_names']:,})"):
            names = data.read_unresolved(view.file, view.as_of)
            lost = names[names["source_id"] == source_id].drop(columns="source_id")
            counted = f"{len(lost):,} names, most rows first"
            _show_frame(lost, view, f"unresolved_{source_id}", (counted,), f"Unresolved names of {source_id}", lost)
    if source["quarantined"]:
        with st.expander(f"Refused rows ({source['quarantined']:,})"):
            refused = data.read_quarantine(view.file, view.as_of)
            mine = refused[refused["source_id"] == source_id].drop(columns="source_id")
            # A refused row has no rights of its own, so none of them leaves.
            kept_here = mine.assign(redistributable="no")
            counted = f"{len(mine):,} rows, newest first; shown here alone"
            _show_frame(mine, view, f"refused_{source_id}", (counted,), f"Refused rows of {source_id}", kept_here)

    flagged = data.read_flagged(view.file, view.as_of, source_id)
    if len(flagged):
        with st.expander(f"What is flagged, and why ({len(flagged):,})"):
            as_of = name_as_of(view.as_of) if view.as_of else ""
            addresses = zip(flagged["payload_key"], flagged["row_no"], strict=True)
            shown = flagged.assign(
                source=[
                    "" if pd.isna(key) else words.link_payload(key, None if pd.isna(row) else int(row), as_of)
                    for key, row in addresses
                ]
            ).drop(columns=["payload_key", "row_no"])
            many = f"the first {data.LIMIT}" if len(flagged) == data.LIMIT else f"{len(flagged):,} flags"
            _show_frame(
                shown,
                view,
                f"flagged_{source_id}",
                (many, "newest first; flagged rows stay in the data"),
                f"What is flagged of {source_id}",
                flagged.assign(redistributable="no"),
                {
                    "flag": "Flag",
                    "what": "Of what",
                    "reason": st.column_config.TextColumn("Why", width="large"),
                    "since_at": st.column_config.DateColumn("Known since"),
                    "source": LINK,
                },
            )


def _show_facts(payload_key: int, row_no: int | None, view: View) -> None:
    facts = data.read_payload_rows(view.file, view.as_of, payload_key, row_no)
    if facts.empty:
        st.markdown("Nothing was kept of this row." if row_no is not None else "Nothing was kept of it.")
        return
    if row_no is None:
        shown = facts.drop(columns="fact")
        counted = f"The first {data.LIMIT} facts" if len(facts) == data.LIMIT else f"{len(facts):,} facts"
        _show_frame(shown, view, f"payload_{payload_key}", (counted,), "Facts read from the payload", facts)
        return
    for fact in facts.to_dict("records"):
        note = " · local only" if fact["redistributable"] == "no" else ""
        kind = words.KINDS.get(fact["kind"], "refused")
        st.markdown(f"**{escape(str(fact['name_raw']))}** ({kind}{note})")
        _show_pairs(words.list_fields(fact["fact"]))


def _show_pairs(pairs: Iterable[tuple[str, str]]) -> None:
    """Label and value a line; lines wrap on a phone, where a table would be cut."""
    shown = ((label, quote_address(value) if value.startswith("https://") else escape(value)) for label, value in pairs)
    st.markdown("  \n".join(f":gray[{escape(label)}] {value}" for label, value in shown))


def _show_frame(
    frame: pd.DataFrame,
    view: View,
    key: str,
    notes: tuple[str, ...],
    title: str,
    exported: pd.DataFrame,
    columns: Mapping[str, Any] | None = None,
) -> None:
    """A table of facts about data: every row names its own source, so the line below names none."""
    height = min(_MOST_PIXELS, ROW_PIXELS * (len(frame) + 1) + 3)
    credit = Credit((), notes)
    show_table(frame, view, key, credit, title, height=height, exported=exported, columns=columns)


def _name_source(source_id: str) -> str:
    return source_id or "all"
