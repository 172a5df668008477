"""What the Price page says: its finding, and what is counted apart.

Rule of the headline: the lowest paid blend on the newest read day that has the model against the first such day,
within 10 % = held; then who asks it, with what it is (a router resells others' capacity, a maker made the model).
Two providers at one price are both named, more are counted. Prices read more than 180 days before the as-of
instant, or the clock, are told in the past tense. Rule of the peers: the median change, over the same two days,
of every other model with a price on both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from dashboard.change import count_age, is_stale, word_share
from dashboard.formats import format_date, format_usd
from dashboard.price import LIST_NAMES, Blend, Peers, Reign, count_trust
from dashboard.price.spread import word_move
from dashboard.rows import Row

HEADLINE_RULE = (
    "Computed: the lowest blended price of a paid listing on the newest read day against the first read day "
    "(within 10 % = held), and who asks it. A router resells the capacity of others. Free, unpriced listings "
    "and outliers are counted apart."
)
PRICE_RULE = (
    "Listed prices in US dollars per million tokens on the days the list was read; floor, median and ceiling over "
    "paid listings of the base tier. Free and unpriced listings are counted apart, and outliers: above $1,000, or ten "
    "times over or under the median of every list known that day, where three providers make one. Two sources: "
    "another list has the same provider's input and output price within 5 %."
)
REIGNS_RULE = "Who asked the lowest price on the days the list was read; between two reads nothing is known."
KIND_WORDS = {"router": "a router", "maker": "its maker", "host": "a host"}


def write_finding(paid: Sequence[Row], name: str, instant: datetime) -> str:
    """The headline. `paid` are the read days with a price, oldest first, at least one."""
    first, last = paid[0], paid[-1]
    price = format_usd(last["floor"])
    stale = is_stale(last["day"], instant)
    if first is last:
        moved = f"{'was' if stale else 'is'} {price}"
    else:
        change = word_move(last["floor"] / first["floor"] - 1)
        moved = f"{change} {'at' if change == 'held' else 'to'} {price}"
    return f"{name}'s cheapest paid listing {moved}; {name_setters(last['setters'], last['setter_kinds'], stale)}"


def name_setters(providers: Sequence[str], kinds: Sequence[str], past: bool = False) -> str:
    """Who asks the lowest price: "OpenRouter sets it, a router"."""
    verb = "set" if past or len(providers) > 1 else "sets"
    if len(providers) > 2:
        return f"{providers[0]} and {len(providers) - 1} others {verb} it"
    if len(providers) == 2:
        told = KIND_WORDS[kinds[0]], KIND_WORDS[kinds[1]]
        what = "both " + kinds[0] + "s" if kinds[0] == kinds[1] and kinds[0] != "maker" else " and ".join(told)
        return f"{providers[0]} and {providers[1]} {verb} it, {what}"
    return f"{providers[0]} {verb} it, {KIND_WORDS[kinds[0]]}"


def write_detail(paid: Sequence[Row], blend: Blend, instant: datetime) -> str:
    """The line under the headline: the day, the median with its move, what the listings span, who stands behind."""
    first, last = paid[0], paid[-1]
    said = [f"{format_date(last['day'])}, {_word_age(last['day'], instant)}: the median listing asks"]
    said.append(f"{format_usd(last['median'])} a million tokens ({blend.words})")
    if first is not last:
        change = word_share(last["median"] / first["median"] - 1)
        said.append(f"against {format_usd(first['median'])} on {format_date(first['day'])} ({change}),")
    routers = f", {last['routers']} of them router{'' if last['routers'] == 1 else 's'}" if last["routers"] else ""
    listings = _count(last["listings"], "paid listing")
    span = f"{format_usd(last['floor'])} to {format_usd(last['ceiling'])}"
    said.append(f"over {listings} at {span} from {_count(last['providers'], 'provider')}{routers}.")
    if last["host_floor"] is not None and last["host_floor"] > last["floor"]:
        said.append(f"Cheapest that is no router: {last['host_setter']}, {format_usd(last['host_floor'])}.")
    return " ".join(said)


def write_peers(peers: Peers | None, paid: Sequence[Row]) -> str:
    """How everybody else's prices moved over the same days."""
    first, last = paid[0], paid[-1]
    if peers is None:
        return "" if first is last else "No other model had a price on both days, so there is no peer to compare with."
    own = word_share(last["floor"] / first["floor"] - 1)
    others = _count(peers.models, "other model")
    return f"Its lowest price moved {own}; of {others} listed on both days the median moved {word_share(peers.floor)}."


def write_apart(last: Row, blend: Blend) -> str:
    """Free and unpriced listings of the newest day, which enter no floor, median or count."""
    told = []
    if last["free"]:
        told.append(f"{_count(last['free'], 'listing')} {_are(last['free'])} {blend.nothing}")
    if last["unpriced"]:
        told.append(f"{_count(last['unpriced'], 'listing')} {_state(last['unpriced'])} no price")
    if last["outliers"]:
        told.append(f"{_count(last['outliers'], 'outlier')}")
    return f"Counted apart: {_join(told)}." if told else "No free or unpriced listing stands beside them."


def write_delisted(days: Sequence[Row], paid: Sequence[Row], name: str) -> str:
    """That newer reads of the list no longer have a price; empty where the newest read has one."""
    if days[-1]["day"] == paid[-1]["day"]:
        return ""
    what = "only free or unpriced listings" if days[-1]["free"] or days[-1]["unpriced"] else "no listing"
    return f"The newest list, read on {format_date(days[-1]['day'])}, has {what} of {name}: this is the last price."


def head_reigns(reigns: Sequence[Reign]) -> str:
    """The finding of the table of who set the lowest price."""
    last = reigns[-1]
    who = " and ".join(last.providers[:2]) if len(last.providers) < 3 else f"{len(last.providers)} providers"
    since = f"{who} since the read of {format_date(last.first)}"
    if len(reigns) == 1:
        return f"The lowest price has been set by {since}" if not last.replaced else f"Only {who} set the lowest price"
    return f"The lowest price changed hands {_times(len(reigns) - 1)}: {since}"


def head_providers(paid: Sequence[Row]) -> str:
    """The finding of the chart of providers."""
    first, last = paid[0], paid[-1]
    if first is last:
        return f"{_count(last['providers'], 'paid provider')} on {format_date(last['day'])}"
    return f"From {_count(first['providers'], 'paid provider')} to {last['providers']}"


def head_listings(listings: Sequence[Row], name: str) -> str:
    """The heading of the table of listings."""
    count = _count(len(listings), "listing")
    return f"Every provider of {name}: {count} on {format_date(listings[0]['day'])}"


def write_trust(listings: Sequence[Row]) -> str:
    """How many providers' prices a second list confirms, and which listings are outliers, by name and reason."""
    trust = count_trust(listings)
    if not trust.providers and not trust.outliers:
        return "No paid listing to compare with other price lists."
    parts = [f"A second list states the price of {trust.confirmed} of {_count(trust.providers, 'paid provider')}"]
    if trust.first_party:
        parts.append(f"{trust.first_party} state it themselves" if trust.first_party > 1 else "1 states it itself")
    if trust.disputed:
        parts.append(f"{trust.disputed} {_have(trust.disputed)} another price elsewhere")
    parts.append(f"{trust.alone} {_are(trust.alone)} on this list alone")
    return ", ".join(parts) + f". {_write_outliers([r for r in listings if r['trust'] == 'outlier'])}"


def _write_outliers(found: Sequence[Row]) -> str:
    if not found:
        return "No outlier among them."
    named = "; ".join(f"{row['seller']} at {format_usd(row['blend'])}, {row['outlier']}" for row in found[-3:][::-1])
    more = f"; and {len(found) - 3} more" if len(found) > 3 else ""
    return f"Left out as {'an outlier' if len(found) == 1 else 'outliers'}: {named}{more}."


def word_trust(
    trust: str | None, agreeing: Sequence[str], differing: Sequence[Mapping[str, Any]], outlier: str | None
) -> str:
    """One listing's standing: "two sources: LiteLLM", "one source", "outlier: 11 times the median"."""
    others = ", ".join(LIST_NAMES.get(source, source) for source in agreeing)
    asked = ", ".join(dict.fromkeys(_word_other(entry) for entry in differing[:3]))
    told = {
        "outlier": f"outlier: {outlier}",
        "two_sources": f"two sources: {others}",
        "first_party": "its own price",
        "disputed": f"differs: {asked}",
        "one_source": f"one source; {asked}" if asked else "one source",
        "copied": "copied from a router's list",
    }
    return told.get(trust or "", f"outlier: {outlier}" if outlier else "")


def _word_other(entry: Mapping[str, Any]) -> str:
    name = LIST_NAMES.get(entry["list"], entry["list"])
    return f"{name} {format_usd(entry['input'])} / {format_usd(entry['output'])}"


def write_absence(days: Sequence[Row], choice: str, name: str) -> str:
    """Why there is no price: no list read, the model on none, or no paid listing. `choice` names the blend."""
    if not days:
        return "No price list had been read by then"
    known = [row for row in days if row["free"] or row["unpriced"]]
    if not known:
        return f"{name} had not been listed"
    return f"{name} had no paid listing ({choice})"


def head_chosen(shown: Sequence[Row], subject: str, name: str) -> str:
    """How many of the models beside it ask less by the median."""
    own = next((row for row in shown if row["model_id"] == subject), None)
    others = [row for row in shown if row["model_id"] != subject]
    if own is None or not others:
        return "Beside other models"
    less = sum(row["median"] < own["median"] for row in others)
    verb = "has" if less <= 1 else "have"
    return f"{less or 'None'} of {_count(len(others), 'other model')} shown {verb} a lower median price than {name}"


def write_chosen(shown: Sequence[Row], chosen: Sequence[str], labels: Mapping[str, str], day: date) -> str:
    """What the comparison shows, and which chosen models have no paid listing on its day."""
    priced = {row["model_id"] for row in shown}
    missing = [labels[model_id] for model_id in chosen if model_id not in priced and model_id in labels]
    told = f"Median, with a whisker from floor to ceiling, on {format_date(day)}."
    if missing:
        told += f" Without a paid listing that day: {', '.join(missing[:5])}"
        told += f" and {len(missing) - 5} more." if len(missing) > 5 else "."
    return told


def _word_age(day: date, instant: datetime) -> str:
    age = count_age(day, instant)
    return "today" if age == 0 else f"{_count(age, 'day')} ago"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _join(told: Sequence[str]) -> str:
    return " and ".join([", ".join(told[:-1]), told[-1]] if len(told) > 1 else told)


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _have(number: int) -> str:
    return "has" if number == 1 else "have"


def _state(number: int) -> str:
    return "states" if number == 1 else "state"
