"""Widgets of the Price page: its controls, and how its tables are drawn.

They are apart so that the page reads top to bottom. Every control is bound to the address under the label a
reader sees, and its default stays out of it. They compute nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import parts
from dashboard.change import count_age, is_stale
from dashboard.charts import shorten
from dashboard.credit import Credit
from dashboard.definitions import SUBJECT
from dashboard.formats import format_date
from dashboard.memo import derive, keep
from dashboard.methods import tell_rule
from dashboard.model_search import ask_models, label_models, match_names
from dashboard.price import BLENDS, DEFAULT_BLEND, DEFAULT_ROUTERS, LISTS, ROUTERS, SOURCE, Blend
from dashboard.price import tables as tables
from dashboard.price import words as words
from dashboard.price.capability import word_interval
from dashboard.price.charts import word_read_days
from dashboard.queries import price as ask
from dashboard.queries import read_source_credits
from dashboard.queries.models import read_first_ten, read_rated
from dashboard.rows import Row
from dashboard.takeaway import show_table
from dashboard.view import View, name_as_of

INDEX = "epoch_eci"
# Streamlit fits a table of up to so many rows by itself.
_FITTING, _MOST_PIXELS = 10, 480


@dataclass(frozen=True, slots=True)
class Choice:
    """What the reader chose; `source` is the price list, `chosen` are the ids of the models beside each other,
    `offered` the labels of those the list has."""

    source: str
    model_id: str
    name: str
    blend: Blend
    routers: bool
    chosen: Sequence[str]
    offered: Mapping[str, str]

    @property
    def words(self) -> str:
        """The blend, and that routers are left out where they are."""
        return self.blend.words if self.routers else f"{self.blend.words}, routers left out"


@dataclass(frozen=True, slots=True)
class Credits:
    """The source lines of the page: of prices over time, of the newest prices, and of prices beside the index."""

    over_time: Credit
    prices: Credit
    index: str

    def add_index(self, index: Sequence[Row], models: int) -> Credit:
        """Prices and the index; `models` have both."""
        edition = f"edition of {format_date(index[0]['edition'])}"
        notes = (*self.prices.notes, edition, f"n = {models} models with both", word_interval(index))
        return Credit((*self.prices.sources, self.index), notes)


def offer_lists(view: View) -> dict[str, str]:
    """Name -> source of the price lists that had a paid listing, the first by rule first."""
    priced = ask.read_priced_models(view.file)
    return {name: source for name, source in LISTS.items() if source in priced}


def offer_models(view: View, source: str) -> dict[str, str]:
    """Model id -> unique label of the models that had a paid listing in a list on some read day."""

    def make() -> dict[str, str]:
        priced = set(ask.read_priced_models(view.file)[source])
        return label_models({m: label for m, label in read_rated(view.file).items() if m in priced})

    return keep(make, "price: offered", view.file, source)


def choose_first(view: View) -> dict[str, str]:
    """Model id -> label of the ten shown first by rule, also of those that no list prices."""

    def make() -> dict[str, str]:
        rated, wanted = read_rated(view.file), read_first_ten(view.file, view.as_of)
        return label_models({model_id: rated[model_id] for model_id in wanted if model_id in rated})

    return keep(make, "price: first", view.file, view.as_of)


def ask_choice(view: View, lists: Mapping[str, str], first: Mapping[str, str]) -> Choice:
    """Model, blend, routers, price list and the models beside it. `lists` maps name -> source and is not empty;
    `first` maps model id -> label of those shown by rule, with or without a price."""
    columns = st.columns([4, 2, 2, 2, 4], vertical_alignment="bottom")
    with columns[3]:
        names = list(lists)
        source = lists[
            st.selectbox(
                "Price list",
                names,
                key="list",
                bind="query-params",
                help="Whose list of prices is shown. Lists are never mixed; the table says where two agree.",
            )
        ]
    offered = offer_models(view, source)
    ids = {label: model_id for model_id, label in offered.items()}
    labels = list(ids)
    default = labels.index(offered[SUBJECT]) if SUBJECT in offered else 0
    strange = _follow_address(offered)
    with columns[0]:
        label = st.selectbox(
            "Model",
            labels,
            default,
            key="model",
            bind="query-params",
            help="Every model that has had a paid listing on a day the list was read. Type to search.",
        )
    with columns[1]:
        blend = st.selectbox(
            "Input to output",
            list(BLENDS),
            list(BLENDS).index(DEFAULT_BLEND),
            key="blend",
            bind="query-params",
            help="How many parts of input and of output tokens a price stands for. Chat is taken as 3:1; long "
            "documents lie nearer to 10:1.",
        )
    with columns[2]:
        routers = st.selectbox(
            "Routers",
            list(ROUTERS),
            list(ROUTERS).index(DEFAULT_ROUTERS),
            key="routers",
            bind="query-params",
            help="A router resells the capacity of others, so its price may be a host's a second time.",
        )
    with columns[4]:
        chosen = list(ask_models(offered, list(first), label="Beside it", known=first))
    if strange:
        st.caption(parts.escape(f"“{shorten(strange, 60)}” has no paid listing on any day read: {label} is shown."))
    return Choice(source, ids[label], label, BLENDS[blend], ROUTERS[routers], chosen, offered)


def make_credits(view: View, choice: Choice, paid: Sequence[Row] = ()) -> Credits:
    """The source lines for a choice; `paid` are the read days with a price."""
    sources = read_source_credits(view.file)
    price = (sources.get(choice.source, choice.source),)
    rule = (choice.words, "base tier", "a whole catalogue: no sampling interval")
    over_time = (word_read_days(paid), _count_listings(paid)) if paid else ()
    newest = (f"read on {format_date(paid[-1]['day'])}",) if paid else ()
    return Credits(Credit(price, (*over_time, *rule)), Credit(price, (*newest, *rule)), sources.get(INDEX, INDEX))


def _count_listings(paid: Sequence[Row]) -> str:
    return f"n = {paid[-1]['listings']} paid listings" + (" on the last" if len(paid) > 1 else "")


def show_age(day: date, view: View, source: str) -> None:
    """A badge and the command that helps, where the newest price is more than 180 days old."""
    if is_stale(day, view.instant):
        st.badge(f"{count_age(day, view.instant)} days old", icon=":material/schedule:", color="orange")
        st.markdown(f":small[:gray[Fill the gap:] `landscape refresh {source}`]")


def show_nothing(place: DeltaGenerator, view: View, choice: Choice | None = None, days: Sequence[Row] = ()) -> None:
    """The calm state: no price of anything, or none for this choice."""
    if choice is None:
        place.title("No price had been recorded", anchor=False, help=tell_rule(words.HEADLINE_RULE, "price_floor"))
        parts.show_empty("No price list with a paid listing is known here.", f"`landscape refresh {SOURCE}` reads one.")
        return
    absence = words.write_absence(days, choice.words, choice.name)
    place.title(parts.escape(absence), anchor=False, help=tell_rule(words.HEADLINE_RULE, "price_floor"))
    remedy = "Choose a later date." if view.as_of else "Choose another model, or let routers in."
    parts.show_empty("There is no price to show for this choice.", remedy)


def show_listings(listings: Sequence[Row], choice: Choice, view: View, credit: Credit, title: str) -> None:
    """Every listing of the newest read day, each with the way to its payload; its download is the price table."""
    key = (view.file, view.as_of, choice.source, choice.model_id, choice.blend, choice.routers)
    table = keep(lambda: tables.tabulate_listings(listings, choice.model_id, choice.blend), "price: table", *key)
    priced = [f"{name}_usd_per_mtok" for name in ("input", "output", "blend", "cache_read")]
    dollars = derive(_write_dollars, table, *priced)
    # A price of input or of output alone stands in its own column.
    is_blended = bool(choice.blend.input_parts and choice.blend.output_parts)
    show_table(
        derive(_show_listings, table, _write_as_of(view), is_blended),
        view,
        "price_table",
        credit,
        title,
        height=_fit(len(table)),
        exported=table,
        rule=words.PRICE_RULE,
        meanings=tables.MEANINGS,
        columns={
            "provider": st.column_config.TextColumn("Provider", pinned=True),
            "blend": st.column_config.NumberColumn(f"Blend {choice.blend.label}", format=dollars),
            "input": st.column_config.NumberColumn("Input", format=dollars),
            "output": st.column_config.NumberColumn("Output", format=dollars),
            "cache_read": st.column_config.NumberColumn("Cache read", format=dollars),
            "trust": st.column_config.TextColumn(
                "Second source",
                width="medium",
                help="Whether another list has this provider and price, within 5 %.",
            ),
            "kind": st.column_config.TextColumn("Kind", help="A router resells others' capacity."),
            "asks": st.column_config.TextColumn("Asks", help="Free and unpriced listings enter no floor or median."),
            "change": st.column_config.NumberColumn(
                "Since first price", format="%+.0f %%", help="The blend against this provider's first lowest price."
            ),
            "unchanged_days": st.column_config.NumberColumn(
                "Unchanged, days", help="From the first read day with this price to the newest read."
            ),
            "same_price_since": st.column_config.DateColumn("First seen at it"),
            "context_tokens": st.column_config.NumberColumn("Context, tokens", format="localized"),
            "source": st.column_config.LinkColumn("Where from", display_text="payload", help="Opens Data."),
            "tier": st.column_config.TextColumn("Tier", help="A price for long contexts; it enters no median."),
            "configuration": "Configuration",
            "listing_id": "Listing",
            "flags": "Flags",
            "licence": "Licence",
            "rights": st.column_config.TextColumn("Rights", help="Local only: not to be passed on."),
        },
    )


def show_reigns(table: pd.DataFrame, view: View, credit: Credit, title: str) -> None:
    """Who set the lowest price on each run of read days."""
    dollars = derive(_write_dollars, table, "floor_first_usd_per_mtok", "floor_last_usd_per_mtok")
    show_table(
        derive(tables.show_reigns, table, _write_as_of(view)),
        view,
        "price_floor",
        credit,
        title,
        height=_fit(len(table)),
        exported=table,
        rule=words.PRICE_RULE,
        meanings=tables.MEANINGS,
        columns={
            "provider": st.column_config.TextColumn("Set by", pinned=True),
            "kind": st.column_config.TextColumn("Kind"),
            "floor_first_usd_per_mtok": st.column_config.NumberColumn("Price at first", format=dollars),
            "floor_last_usd_per_mtok": st.column_config.NumberColumn("Lowest price", format=dollars),
            "first_read_on": st.column_config.DateColumn("Seen since"),
            "last_read_on": st.column_config.DateColumn("Seen until"),
            "others_on": st.column_config.TextColumn("Lost it by", help="The first read day on which others had it."),
            "reads": st.column_config.NumberColumn("Reads"),
            "source": st.column_config.LinkColumn("Where from", display_text="payload", help="Opens Data."),
        },
    )


def _follow_address(offered: Mapping[str, str]) -> str:
    """Take an id, or a name in another case, for its model; a name that is no priced model is returned."""
    given = st.query_params.get("model", "")
    if not given or given in offered.values():
        return ""
    found, _ = match_names([given], offered)
    if not found:
        return given
    if "model" not in st.session_state:
        st.session_state["model"] = offered[found[0]]
    return ""


def _show_listings(table: pd.DataFrame, as_of: str, is_blended: bool) -> pd.DataFrame:
    shown = tables.show_listings(table, as_of)
    return shown if is_blended else shown.drop(columns="blend", errors="ignore")


def _write_dollars(frame: pd.DataFrame, *columns: str) -> str:
    """One format for some columns: at least cents, and two digits of the lowest price above zero."""
    prices = pd.concat([frame[name] for name in columns])
    lowest = prices[prices > 0].min()
    return f"$%.{2 if pd.isna(lowest) else max(2, 1 - math.floor(math.log10(lowest)))}f"


def _fit(rows: int) -> int | None:
    return None if rows <= _FITTING else _MOST_PIXELS


def _write_as_of(view: View) -> str:
    return name_as_of(view.as_of) if view.as_of else ""
