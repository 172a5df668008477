"""Price: what does it cost, who sets the price, and how did that move?

Top to bottom: finding, controls, the price over time, who set the lowest, price against capability, every
listing, chosen models beside each other. The finding stands above the controls it obeys, so its place is kept
and filled once they are read.
"""

from __future__ import annotations

import streamlit as st

from dashboard import parts
from dashboard import price as rules
from dashboard.claims.parts import show_holds
from dashboard.definitions import SUBJECT
from dashboard.memo import keep, read_rows
from dashboard.methods import link_methods, tell_rule
from dashboard.price import capability as against
from dashboard.price import charts as charts
from dashboard.price import tables as tables
from dashboard.price import words as words
from dashboard.price.parts import (
    ask_choice,
    choose_first,
    make_credits,
    offer_lists,
    show_age,
    show_listings,
    show_nothing,
    show_reigns,
)
from dashboard.price.spread import head_spread
from dashboard.queries import price as ask
from dashboard.queries import read_change_days
from dashboard.queries.overview import read_index_edition
from dashboard.takeaway import show_figure
from dashboard.view import open_view

view = open_view()
if parts.show_problem(view):
    st.stop()
banner, headline = st.container(), st.container()
lists = offer_lists(view)
if not lists:
    show_nothing(headline, view)
    st.stop()
first_ten = choose_first(view)
choice = ask_choice(view, lists, first_ten)
name, blend, subject = choice.name, choice.blend, choice.model_id
parts.show_as_of(view, read_change_days(view.file))
with banner:
    counts = ask.count_rows_recorded_later(view.file, view.as_of, choice.source) if view.as_of else (0, 0)
    parts.show_as_of_banner(view, *counts)

asked = (view.file, view.as_of)
# What the charts of one model depend on, and those that show the chosen ones beside it.
key = (*asked, choice.source, subject, blend, choice.routers)
beside = (*key, tuple(choice.chosen))
days = read_rows(ask.read_price_days, *key)
listings = read_rows(ask.read_listings, *key)
paid = rules.list_paid(days)
if not paid:
    show_nothing(headline, view, choice, days)
    if listings:
        show_listings(listings, choice, view, make_credits(view, choice).prices, words.head_listings(listings, name))
    st.stop()
first, last, newest = paid[0]["day"], paid[-1]["day"], days[-1]["day"]
market = read_rows(ask.read_market, *asked, choice.source, tuple(sorted({first, last, newest})), blend, choice.routers)
now = [row for row in market if row["day"] == newest]
reigns = keep(lambda: rules.list_reigns(days), "price: reigns", *key)
credit = make_credits(view, choice, paid)

with headline:
    finding = words.write_finding(paid, name, view.instant)
    st.title(parts.escape(finding), anchor=False, help=tell_rule(words.HEADLINE_RULE, "price_floor"))
    show_age(last, view, choice.source)
    peers = keep(lambda: rules.compare_peers(market, subject, first, last), "price: peers", *key)
    st.markdown(parts.escape(words.write_detail(paid, blend, view.instant)))
    rest = words.write_delisted(days, paid, name), words.write_peers(peers, paid), words.write_apart(paid[-1], blend)
    st.markdown(parts.escape(" ".join(sentence for sentence in rest if sentence)))
    if subject == SUBJECT:
        show_holds(view, "price_fell")
    st.markdown(link_methods(view, "price_floor", "price_blend", definitions=True))

told = tell_rule(words.PRICE_RULE, "price_floor")
st.subheader(head_spread(paid), anchor=False, help=told)
st.markdown(
    f"Dollars per million tokens, {blend.words}, paid listings: :green[floor], median, ceiling"
    + ("; above the plot, who sets the floor from that read on" if view.width == "wide" else "")
)
show_figure(
    keep(lambda: charts.draw_prices(paid, reigns, name, blend), "price: over time", *key),
    view,
    "price_over_time",
    credit.over_time,
    lambda: tables.tabulate_days(paid, subject, blend),
    legend=charts.SPREAD_LEGEND,
    rule=words.PRICE_RULE,
    meanings=tables.MEANINGS,
)
st.markdown(f"**{words.head_providers(paid)}** that ask a price for {parts.escape(name)}: :green[all], routers")
show_figure(
    keep(lambda: charts.draw_providers(paid, name), "price: providers", *key),
    view,
    "price_providers",
    credit.over_time,
    lambda: tables.tabulate_days(paid, subject, blend),
    legend=charts.PROVIDERS_LEGEND,
    rule=words.PRICE_RULE,
    meanings=tables.MEANINGS,
)

st.subheader(parts.escape(words.head_reigns(reigns)), anchor=False, help=tell_rule(words.REIGNS_RULE, "price_floor"))
st.markdown(words.REIGNS_RULE)
show_reigns(
    keep(lambda: tables.tabulate_reigns(reigns, subject, blend), "price: reigns table", *key),
    view,
    credit.over_time,
    words.head_reigns(reigns),
)

index = read_rows(read_index_edition, *asked)
joined = keep(lambda: against.join_capability(now, index), "price: joined", *key)
verdicts = against.read_findings(read_rows(ask.read_verdicts, *asked, subject), index)
if index:
    head = against.head_capability(joined, verdicts, subject, name)
    st.subheader(parts.escape(head), anchor=False, help=tell_rule(against.RULE, "price_floor", "clearly_ahead"))
    st.markdown(parts.escape(against.write_days(newest, index[0]["edition"])) + " " + against.LEGEND)
    show_figure(
        keep(lambda: against.draw_capability(joined, subject, choice.chosen, blend), "price: capability", *beside),
        view,
        "price_capability",
        credit.add_index(index, len(joined)),
        lambda: tables.tabulate_market(joined, blend),
        legend=against.PLAIN_LEGEND,
        rule=words.PRICE_RULE,
        meanings=tables.MEANINGS,
    )
else:
    st.subheader("Price against capability", anchor=False, help=tell_rule(against.RULE))
    parts.show_empty("No complete edition of Epoch's index is known here.", "`landscape refresh epoch_eci` reads one.")

st.subheader(parts.escape(words.head_listings(listings, name)), anchor=False, help=told)
st.markdown(parts.escape(words.write_trust(listings)))
show_listings(listings, choice, view, credit.prices, words.head_listings(listings, name))

chosen = keep(lambda: charts.list_chosen(now, choice.chosen, subject), "price: chosen", *beside)
st.subheader(parts.escape(words.head_chosen(chosen, subject, name)), anchor=False, help=told)
st.markdown(parts.escape(words.write_chosen(chosen, choice.chosen, {**first_ten, **choice.offered}, newest)))
show_figure(
    keep(lambda: charts.draw_chosen(now, choice.chosen, subject), "price: side by side", *beside),
    view,
    "price_chosen",
    credit.prices,
    lambda: tables.tabulate_market(chosen, blend),
    legend=charts.CHOSEN_LEGEND,
    rule=words.PRICE_RULE,
    meanings=tables.MEANINGS,
)
