"""Blocks of the Compare page: its controls, and each section with its source line.

They are apart so that the page reads top to bottom. All words come from `compare`, all rows from
`queries.compare`; whatever a publisher wrote is escaped before it is Markdown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TypeVar

import pandas as pd
import streamlit as st

from dashboard import compare as rules
from dashboard.charts import Unit
from dashboard.compare import Shared
from dashboard.compare import charts as charts
from dashboard.compare import facts as facts
from dashboard.compare import tables as tables
from dashboard.compare import words as words
from dashboard.compare.words import Names
from dashboard.credit import Credit
from dashboard.formats import format_date
from dashboard.memo import keep
from dashboard.methods import tell_rule
from dashboard.model_search import ask_models
from dashboard.parts import escape
from dashboard.rows import Row
from dashboard.takeaway import show_figure, show_table
from dashboard.view import View, name_as_of

T = TypeVar("T")
BEST, EVERY = "Best of each model", "Every one published"
MAIN_BOARDS = (("eci", "overall"), ("text", "overall"))
# Of a table in pixels: header with borders, and a row at our font size; Streamlit alone shows ten rows.
_HEAD, _ROW, _TABLE_HEIGHT = 35, 33, 420
_FACT = st.column_config.TextColumn("", pinned=True, width=150)


@dataclass(frozen=True, slots=True)
class Choice:
    """What the reader compares: models in the order chosen (id -> label), the base, and which configurations."""

    names: Names
    base: str
    every: bool


@dataclass(frozen=True, slots=True)
class Stage:
    """What every section is drawn with: the choice, each model's access, how sources are named, the request."""

    choice: Choice
    access: Mapping[str, str]
    credits: Mapping[str, str]
    view: View

    @property
    def names(self) -> Names:
        """Model id -> label, in the order chosen."""
        return self.choice.names

    @property
    def base(self) -> str:
        """The model the others are held against."""
        return self.choice.base

    @property
    def every(self) -> bool:
        """Whether every configuration is shown."""
        return self.choice.every

    @property
    def listed(self) -> str:
        """The models in a title."""
        return ", ".join(words.shorten_name(name) for name in self.names.values())

    @property
    def as_of(self) -> str:
        """The as-of date as addresses have it, empty for the latest known."""
        return name_as_of(self.view.as_of) if self.view.as_of else ""

    def keep(self, name: str, make: Callable[[], T]) -> T:
        """What `make` gives, made once for this choice of this file on this day."""
        view = self.view
        return keep(
            make,
            f"compare: {name}",
            view.file,
            view.as_of,
            view.instant.date(),
            tuple(self.names),
            self.base,
            self.every,
        )

    def credit(self, sources: Sequence[str], notes: Sequence[str]) -> Credit:
        """The source line of a section."""
        return Credit(tuple(self.credits[s] for s in sources if s in self.credits), tuple(notes))


@dataclass(frozen=True, slots=True)
class Measured:
    """A number that one reading gives of several models: its column, source, title and unit."""

    key: str
    column: str
    source_id: str
    title: str
    unit: Unit


def ask_choice(offered: Names, first: Sequence[str], find: Callable[[Sequence[str]], Names]) -> Choice:
    """The models, which of them the others are held against, and which configurations are shown. `find` gives the
    labels of named models that are not on offer."""
    columns = st.columns([6, 3, 3], vertical_alignment="top")
    with columns[0]:
        asked = ask_models(
            offered, first, label="Models, two to six", most=rules.MOST, note=rules.FIRST_RULE, find=find
        )
    names = dict(islice(asked.items(), rules.MOST))
    ids = list(names)
    with columns[1]:
        held = st.selectbox(
            "Held against",
            list(names.values()),
            rules.choose_base(ids) if ids else None,
            key="base",
            bind="query-params",
            placeholder="Choose a model first",
            help="The model that differences and verdicts are against: the first gpt-oss model unless you choose.",
        )
    with columns[2]:
        every = st.selectbox(
            "Configurations",
            [BEST, EVERY],
            key="configurations",
            bind="query-params",
            help="Reasoning effort, thinking or harness, as each publisher states it. The best is the one with the "
            "best published value on that benchmark. Differences are to the base's best.",
        )
    base = next((model_id for model_id, name in names.items() if name == held), next(iter(names), ""))
    return Choice(names, base, every == EVERY)


def show_facts(known: Sequence[Row], contexts: Sequence[Row], claims: Sequence[Row], stage: Stage) -> None:
    """Facts side by side, and where sources disagree on them."""
    st.subheader("Facts", anchor=False, help=tell_rule(words.FACTS_RULE))
    today = stage.view.instant.date()
    frame = stage.keep("facts", lambda: facts.tabulate_facts(known, contexts, stage.names, today))
    notes = ("by the registries of today, whatever date is shown",)
    _show_transposed(frame, "facts", stage.credit(("epoch_eci", "models_dev", "hf_hub"), notes), "Facts", stage)
    differing = stage.keep("claims", lambda: facts.list_disagreements(claims, stage.names, stage.credits, stage.as_of))
    if differing.empty:
        st.markdown("No two sources disagree on a fact of these models.")
        return
    st.markdown("Where sources disagree, each in its own words:")
    told = stage.keep("claims shown", lambda: differing.drop(columns="redistributable"))
    show_table(
        told,
        stage.view,
        "disagreements",
        Credit((), (f"n = {len(differing)} statements, each with its source",)),
        f"Where sources disagree on {stage.listed}",
        columns={
            "model": st.column_config.TextColumn("Model", pinned=True),
            "fact": "Fact",
            "says": "Says",
            "source": "Source",
            "known_since": st.column_config.DateColumn("Known since"),
            "where_from": st.column_config.LinkColumn("Where from", display_text="payload"),
        },
        exported=differing,
    )


def show_boards(shared: Sequence[Shared], judged: Sequence[Shared], stage: Stage) -> None:
    """The main boards as dots with intervals, a chart each. `judged` are the newest editions with intervals."""
    base = stage.names[stage.base]
    short = words.shorten_name(base)
    rule = words.VERDICT_RULE.format(base=short)
    st.subheader(f"Index and Arena, against {escape(short)}", anchor=False, help=tell_rule(rule, "clearly_ahead"))
    found = [s for key in MAIN_BOARDS for s in shared if (s.board, s.category) == key]
    if not found:
        st.markdown("No two of these models were rated in one edition of Epoch's index or of Arena's text board.")
        return
    st.markdown(escape(rule))
    for place, column in zip(found, st.columns(len(found), gap="large"), strict=True):
        with column:
            st.markdown(f"**{escape(words.write_top(place, stage.names))}**")
            notes = (
                f"edition of {format_date(place.edition)}",
                f"n = {len(place.best)} of {len(stage.names)} models",
                words.write_interval_note(place),
            )
            draw = partial(charts.draw_board, place, stage.base, stage.names, stage.access, stage.every)
            chart = stage.keep(f"board {place.board}", draw)
            behind = partial(tables.list_results, [place], stage.base, stage.names)
            show_figure(
                chart,
                stage.view,
                f"board_{place.board}",
                stage.credit((place.source_id,), notes),
                behind,
                legend=words.LEGEND,
            )
            if last := words.write_judged(place, judged, stage.base, stage.names):
                st.markdown(escape(last))


def show_benchmarks(shared: Sequence[Shared], stage: Stage) -> None:
    """Every other benchmark the models share, a row each, and the parts of the Arena boards."""
    rest = [s for s in shared if (s.board, s.category) not in MAIN_BOARDS]
    arena = tables.sort_shared([s for s in rest if s.source_id == "lmarena"])
    rest = tables.sort_shared([s for s in rest if s.source_id != "lmarena"])
    rule = words.TABLE_RULE.format(base=words.shorten_name(stage.names[stage.base]))
    st.subheader("Every benchmark they share", anchor=False, help=tell_rule(rule))
    if not rest and not arena:
        st.markdown("No two of these models were rated on one benchmark, in one edition and by one run.")
    if rest:
        st.markdown(escape(rule))
        _show_shared(rest, "benchmarks", "Benchmarks shared", stage)
    if arena:
        st.markdown("**Arena by kind of question**, as given and corrected for style: the same votes, cut many ways.")
        _show_shared(arena, "arena_parts", "Arena ratings by kind of question", stage)


def show_prices(prices: Sequence[Row], stage: Stage) -> None:
    """The cheapest paid listing of each on one day, and what stands behind it."""
    st.subheader("Price per million tokens", anchor=False, help=tell_rule(words.PRICE_RULE, "price_floor"))
    st.markdown(escape(words.PRICE_RULE))
    frame = stage.keep("prices", lambda: facts.tabulate_prices(prices, stage.names))
    _show_day(prices, frame, Measured("prices", "floor", "models_dev", "Cheapest paid listing", charts.USD), stage)


def show_downloads(downloads: Sequence[Row], known: Sequence[Row], stage: Stage) -> None:
    """The rolling 30-day count of each on one day, and the newest reading of each with its age."""
    st.subheader("Downloads in 30 days", anchor=False, help=tell_rule(words.DOWNLOAD_RULE))
    st.markdown(escape(words.DOWNLOAD_RULE))
    today = stage.view.instant.date()
    frame = stage.keep("downloads", lambda: facts.tabulate_downloads(downloads, known, stage.names, today))
    what = Measured("downloads", "downloads_30d", "hf_hub", "Downloads in the 30 days", charts.COUNT)
    _show_day(downloads, frame, what, stage)


def _show_day(rows: Sequence[Row], frame: pd.DataFrame, what: Measured, stage: Stage) -> None:
    """Bars of the day on which most models were read, and the table of the newest reading of each."""
    day = rules.choose_day(rows)
    newest = stage.keep(f"newest {what.key}", lambda: pd.DataFrame(list(rules.take_newest(rows).values())))
    right = st.container()
    if day is not None:
        same = [row for row in rows if row["day"] == day]
        title = f"{what.title} {'to' if what.column == 'downloads_30d' else 'on'} {format_date(day)}"
        left, right = st.columns([2, 3], gap="large")
        with left:
            st.markdown(f"**{title}**")
            highest = what.column == "downloads_30d"
            draw = partial(charts.draw_bars, same, what.column, what.unit, title, stage.names, stage.access, highest)
            chart = stage.keep(f"bars {what.key}", draw)
            notes = (format_date(day), f"n = {len(same)} of {len(stage.names)} models, read on one day")
            behind = partial(pd.DataFrame, same)
            show_figure(
                chart,
                stage.view,
                f"{what.key}_bars",
                stage.credit((what.source_id,), notes),
                behind,
                legend=words.LEGEND,
            )
    with right:
        credit = stage.credit((what.source_id,), ("the newest reading of each model, with its day",))
        _show_transposed(frame, what.key, credit, what.title, stage, newest)


def _show_shared(shared: Sequence[Shared], key: str, title: str, stage: Stage) -> None:
    tabulate = partial(tables.tabulate_shared, shared, stage.base, stage.names, stage.every, stage.as_of)
    frame = stage.keep(f"shared {key}", tabulate)
    local = sum(any(r.redistributable == "no" for r in s.results) for s in shared)
    notes = (
        words.list_days(shared),
        f"n = {len(shared)} rows",
        f"{local} with values that are local only and in no download" if local else "",
    )
    show_table(
        frame,
        stage.view,
        key,
        stage.credit(tuple(dict.fromkeys(s.source_id for s in shared)), notes),
        f"{title}: {stage.listed}",
        columns={
            "benchmark": st.column_config.TextColumn("Benchmark", pinned=True, width=210),
            "domain": "Domain",
            "run_by": st.column_config.TextColumn("Run by", help="Who ran it, as Epoch states it."),
            "edition": st.column_config.DateColumn("Edition"),
            "rights": st.column_config.TextColumn("Rights", width=90, help="Local only: not to be passed on."),
            "where_from": st.column_config.LinkColumn(
                "Where from", display_text="payload", help="Opens Data at the base's value, else at the best."
            ),
        },
        height=_TABLE_HEIGHT if len(shared) > 10 else None,
        exported=stage.keep(f"results {key}", lambda: tables.list_results(shared, stage.base, stage.names)),
    )


def _show_transposed(
    frame: pd.DataFrame, key: str, credit: Credit, title: str, stage: Stage, exported: pd.DataFrame | None = None
) -> None:
    """A table of facts as rows and models as columns; all of it is on screen."""
    full = f"{title}: {stage.listed}"
    height = _HEAD + _ROW * len(frame)
    columns = {"fact": _FACT}
    show_table(frame, stage.view, f"{key}_table", credit, full, columns=columns, height=height, exported=exported)
