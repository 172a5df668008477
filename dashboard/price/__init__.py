"""What a million tokens cost: how prices are blended, and who is lowest.

Pure rules over rows of `queries.price`, so that a test can recompute every word the Price page prints. They
refuse to fill the days between two reads of a price list: a provider is said to have been seen with the lowest
price on a first and a last read day, never to have held it in between. Free and unpriced listings have no price
and are counted apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from statistics import median

from dashboard.rows import Row

# Prices of two lists are never mixed: a reader switches. Headlines elsewhere are of the first.
SOURCE = "models_dev"
LISTS: Mapping[str, str] = {
    "models.dev": SOURCE,
    "LiteLLM": "litellm_prices",
    "OpenRouter": "openrouter_models",
    "genai-prices": "genai_prices",
    "llm-prices.com": "llm_prices",
}
LIST_NAMES: Mapping[str, str] = {source: name for name, source in LISTS.items()}


@dataclass(frozen=True, slots=True)
class Blend:
    """How many parts of input and of output tokens one price stands for."""

    label: str
    input_parts: int
    output_parts: int

    @property
    def words(self) -> str:
        """As a sentence names it: "3:1 blend", "input alone"."""
        if not self.output_parts:
            return "input alone"
        return f"{self.label} blend" if self.input_parts else "output alone"

    @property
    def nothing(self) -> str:
        """What a listing of price 0 is."""
        if self.input_parts and self.output_parts:
            return "free"
        return f"free of charge for {'input' if self.input_parts else 'output'}"


# By the label of the control, which is also what the address has.
BLENDS: Mapping[str, Blend] = {
    blend.label: blend
    for blend in (
        Blend("3:1", 3, 1),
        Blend("1:1", 1, 1),
        Blend("10:1", 10, 1),
        Blend("Input only", 1, 0),
        Blend("Output only", 0, 1),
    )
}
DEFAULT_BLEND = "3:1"
ROUTERS: Mapping[str, bool] = {"Routers in": True, "Routers out": False}
DEFAULT_ROUTERS = "Routers in"


@dataclass(frozen=True, slots=True)
class Reign:
    """Read days in a row on which the same providers had the lowest price, `first` to `last`, `reads` of them.

    `providers` and their `kinds` (router, host, maker) in order of name; `opened` and `closed` are the lowest
    price on the first and the last day; `replaced` is the read day on which others had it, null: none yet.
    `payload_key` and `row_no` are the address of the last day's price, `redistributable` the strictest right."""

    providers: tuple[str, ...]
    kinds: tuple[str, ...]
    first: date
    last: date
    reads: int
    opened: float
    closed: float
    replaced: date | None
    payload_key: int
    row_no: int
    redistributable: str = "yes"


@dataclass(frozen=True, slots=True)
class Peers:
    """The median change of the other models' lowest and median price between two days, as shares."""

    models: int
    floor: float
    median: float


def list_paid(days: Sequence[Row]) -> list[Row]:
    """The read days on which somebody asked a price."""
    return [row for row in days if row["listings"]]


def list_reigns(days: Sequence[Row]) -> list[Reign]:
    """Who set the lowest price, run by run, oldest first. `days` are in order, with and without a price.

    A run ends where the set of providers at the lowest price changes, or on a read day without any price."""
    reigns: list[Reign] = []
    is_open = False
    for row in days:
        setters = tuple(row["setters"]) if row["listings"] else ()
        if is_open and setters == reigns[-1].providers:
            held = reigns[-1]
            address = {"payload_key": row["payload_key"], "row_no": row["row_no"]}
            right = min(held.redistributable, row["redistributable"])
            reigns[-1] = replace(
                held, last=row["day"], reads=held.reads + 1, closed=row["floor"], redistributable=right, **address
            )
            continue
        if is_open:
            reigns[-1] = replace(reigns[-1], replaced=row["day"])
        is_open = bool(setters)
        if setters:
            kinds, day, floor = tuple(row["setter_kinds"]), row["day"], row["floor"]
            where = row["payload_key"], row["row_no"], row["redistributable"]
            reigns.append(Reign(setters, kinds, day, day, 1, floor, floor, None, *where))
    return reigns


def compare_peers(market: Sequence[Row], subject: str, first: date, last: date) -> Peers | None:
    """How the other models' prices moved between two read days; null where none had a price on both.

    `market` has a row a model and day: model_id, day, floor, median."""
    found: dict[str, dict[date, Row]] = {}
    for row in market:
        if row["model_id"] != subject and row["floor"] is not None:
            found.setdefault(row["model_id"], {})[row["day"]] = row
    both = [(days[first], days[last]) for days in found.values() if first in days and last in days]
    if not both or first == last:
        return None
    floor, middle = (median(after[c] / before[c] - 1 for before, after in both) for c in ("floor", "median"))
    return Peers(len(both), floor, middle)


@dataclass(frozen=True, slots=True)
class Trust:
    """How many providers of the newest day have a paid base listing that others confirm, and how many do not.

    A provider counts once, by its best listing, in this order; `outliers` are listings."""

    confirmed: int
    first_party: int
    disputed: int
    alone: int
    outliers: int

    @property
    def providers(self) -> int:
        """All of them, outliers aside."""
        return self.confirmed + self.first_party + self.disputed + self.alone


_BY_TRUST = ("two_sources", "first_party", "disputed", "one_source")


def count_trust(listings: Sequence[Row]) -> Trust:
    """What `trust` says of the listings, provider by provider; a copied price is nobody's own."""
    best: dict[str, int] = {}
    for row in listings:
        if row["trust"] in _BY_TRUST:
            rank = _BY_TRUST.index(row["trust"])
            best[row["provider"]] = min(rank, best.get(row["provider"], rank))
    confirmed, first_party, disputed, alone = (list(best.values()).count(n) for n in range(len(_BY_TRUST)))
    outliers = sum(row["trust"] == "outlier" for row in listings)
    return Trust(confirmed, first_party, disputed, alone, outliers)
