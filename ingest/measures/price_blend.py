"""What gpt-oss costs under other mixes of input and output; how far hosts differ.

A chat reads more than it writes, an agent or a translation may not. A headline that holds only under one mix is no
headline, so the price is told under several; and hosts of one open model differ by far more than the mix does.

Definition: on the newest read of models.dev's price list, over the listings of the base tier then in force that price
gpt-oss above zero under a mix of input and output tokens: price_blend is the median, price_blend_floor the lowest,
price_spread the highest over the lowest, price_interquartile_ratio the third quartile over the first (four listings or
more), price_blend_providers how many providers ask one. free_listings counts those that ask nothing for input and
output; they enter nothing else. Outliers and second keys of one listing are left out, as in price_floor.

Formula: blend a:b = (a x input + b x output) / (a + b) in USD per million tokens; a part of weight 0 is not read.
quartiles and median by linear interpolation between order statistics

Inputs: the view prices_judged, of models.dev.

Limits: A full catalogue has no sampling interval. The mix is a convention: nobody publishes what mix gpt-oss is used
in. An outlier is judged at 3:1 whatever the mix. Reasoning tokens are output, so a model that thinks longer costs more
at one price.

Source: models.dev, an open catalogue of prices (MIT). Quantiles: Hyndman and Fan, "Sample quantiles in statistical
packages", The American Statistician 50, 1996, definition 7.

Versions: 1 (2026-11-24): first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from ingest.measures import SUBJECTS, MeasureRow, define
from ingest.stats import price_lists

METHOD_VERSION = "1"
SOURCES = price_lists.SOURCES
read_key = price_lists.tell_price_reads

# Parts of input and of output tokens.
BLENDS = ((3, 1), (1, 1), (1, 3), (10, 1), (1, 0), (0, 1))
FEWEST_FOR_QUARTILES = 4
_UNITS = {
    "price_blend": "usd_per_mtok",
    "price_blend_floor": "usd_per_mtok",
    "price_spread": "ratio",
    "price_interquartile_ratio": "ratio",
    "price_blend_providers": "providers",
}

_NEWEST = "select max(day) from price_reads where source_id = 'models_dev'"
# One model at a time: an equality reaches the stored rows, a list does not.
_LISTINGS = """
    select provider, seller, is_router, coalesce(is_free, false), input_usd_per_mtok, output_usd_per_mtok, payload_key
    from prices_judged
    where source_id = 'models_dev' and model_id = ? and day = ? and tier = '' and outlier is null
          and not list_contains(flags, 'duplicate')
    order by provider, listing_id, row_no"""


@dataclass(frozen=True, slots=True)
class Listing:
    """What one provider asks, in USD per million tokens; null where it states no price."""

    provider: str
    seller: str
    is_router: bool
    is_free: bool
    input: float | None
    output: float | None
    payload_key: int

    def blend(self, inputs: int, outputs: int) -> float | None:
        """The price of a mix; null where a part that the mix has is not priced."""
        parts = [(n, p) for n, p in ((inputs, self.input), (outputs, self.output)) if n]
        if any(price is None for _, price in parts):
            return None
        return sum(n * price for n, price in parts if price is not None) / (inputs + outputs)


def compute(con: duckdb.DuckDBPyConnection, as_of: datetime) -> Iterator[MeasureRow]:
    """The newest list's prices per subject, mix and whether routers are in, under the cursor's as-of."""
    row = con.execute(_NEWEST).fetchone()
    day = row[0] if row else None
    for subject in SUBJECTS:
        listings = [Listing(*told) for told in con.execute(_LISTINGS, [subject, day]).fetchall()] if day else []
        for routers in ("in", "out"):
            chosen = [one for one in listings if routers == "in" or not one.is_router]
            yield _count_free(chosen, define(routers=routers), subject, day)
            for inputs, outputs in BLENDS:
                definition = define(blend=f"{inputs}:{outputs}", routers=routers)
                yield from _sum_up(chosen, inputs, outputs, definition, subject, day)


def _sum_up(
    listings: Sequence[Listing], inputs: int, outputs: int, definition: str, subject: str, day: date | None
) -> Iterator[MeasureRow]:
    asked = [(one.blend(inputs, outputs), one) for one in listings]
    paid = sorted(((price, one) for price, one in asked if price and price > 0), key=lambda pair: pair[0])
    if not paid:
        for name, unit in _UNITS.items():
            yield MeasureRow(name, definition, subject, unit, day, reason_absent=_word_absence(day))
        return
    prices = [price for price, _ in paid]
    floor = round(prices[0], 6)
    keys = tuple(sorted({one.payload_key for _, one in paid}))
    providers = len({one.provider for _, one in paid})
    setters = sorted({one.seller for price, one in paid if round(price, 6) == floor})
    over = f"{len(paid)} paid listings of {providers} providers"
    found = {
        "price_blend": (find_quantile(prices, 0.5), over),
        "price_blend_floor": (floor, ", ".join(setters)),
        "price_spread": (prices[-1] / prices[0], f"{paid[0][1].seller} to {paid[-1][1].seller}"),
        "price_interquartile_ratio": (find_quantile(prices, 0.75) / find_quantile(prices, 0.25), over),
        "price_blend_providers": (float(providers), over),
    }
    for name, (value, told_by) in found.items():
        if name == "price_interquartile_ratio" and len(paid) < FEWEST_FOR_QUARTILES:
            short = f"{len(paid)} paid listing{'' if len(paid) == 1 else 's'} on {day}: quartiles need four."
            yield MeasureRow(name, definition, subject, _UNITS[name], day, reason_absent=short, inputs=keys)
            continue
        yield MeasureRow(name, definition, subject, _UNITS[name], day, round(value, 6), told_by=told_by, inputs=keys)


def _count_free(listings: Sequence[Listing], definition: str, subject: str, day: date | None) -> MeasureRow:
    if day is None:
        return MeasureRow("free_listings", definition, subject, "listings", reason_absent=_word_absence(day))
    free = [one for one in listings if one.is_free]
    keys = tuple(sorted({one.payload_key for one in free}))
    names = ", ".join(sorted({one.seller for one in free}))
    return MeasureRow(
        "free_listings", definition, subject, "listings", day, float(len(free)), told_by=names or None, inputs=keys
    )


def _word_absence(day: date | None) -> str:
    if day is None:
        return "No price list had been recorded."
    return f"The price list of {day} has no paid listing of this model."


def find_quantile(ordered: Sequence[float], share: float) -> float:
    """The value below which a share of some ordered values lies, interpolated between two of them."""
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
