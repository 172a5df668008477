"""What the Price page must say, worked out a second time from stored rows by code that shares none with it.

Stored rows, the catalogue's names and plain arithmetic: no view, mart or query of the product. Slow and plain on
purpose.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from statistics import median
from typing import Any

import duckdb

PARTS = {"3:1": (3, 1), "1:1": (1, 1), "10:1": (10, 1), "Input only": (1, 0), "Output only": (0, 1)}


@dataclass(frozen=True)
class Offer:
    """One listing in force on a read day: who asks what."""

    provider: str
    name: str
    listing_id: str
    is_router: bool
    blend: float | None


def blend_exactly(given: float | None, output: float | None, label: str) -> Fraction | None:
    """The blend by fractions of what the floats hold; null where a price with a weight is not there."""
    parts = list(zip((given, output), PARTS[label], strict=True))
    if any(price is None and weight for price, weight in parts):
        return None
    total = sum(Fraction(price) * weight for price, weight in parts if weight and price is not None)
    return total / sum(PARTS[label])


def read_offers(
    con: duckdb.DuckDBPyConnection,
    model_id: str,
    label: str = "3:1",
    routers: bool = True,
    as_of: datetime = datetime.max,
) -> dict[date, list[Offer]]:
    """Per read day known at an instant: the base listings of a model then in force."""
    reads = con.execute(
        "select distinct observed_at from stored.listings where fact = 'prices' and observed_at <= ? order by 1",
        [as_of],
    ).fetchall()
    rows = con.execute(
        """
        select p.provider, coalesce(v.name, p.provider_name), p.listing_id, coalesce(v.is_router, false),
               p.input_usd_per_mtok, p.output_usd_per_mtok, p.is_listed, p.observed_at
        from stored.prices p
        join main.model_names n on n.source_id = p.source_id and n.name_raw = p.name_raw and n.config_raw = ''
        left join main.providers v on v.provider_id = p.provider
        where n.model_id = ? and p.tier = '' order by p.observed_at, p.rowid""",
        [model_id],
    ).fetchall()
    found = {}
    for (read_at,) in reads:
        state: dict[tuple[str, str], Any] = {(r[0], r[2]): r for r in rows if r[7] <= read_at}
        offers = []
        for provider, name, listing_id, is_router, given, output, is_listed, _ in state.values():
            if is_listed and (routers or not is_router):
                blend = blend_exactly(given, output, label)
                offers.append(Offer(provider, name, listing_id, is_router, None if blend is None else float(blend)))
        found[read_at.date()] = offers
    return found


def sum_up(offers: list[Offer]) -> dict[str, Any]:
    """The page's figures of one read day."""
    paid = [offer for offer in offers if offer.blend]
    floor = min((round(offer.blend or 0, 6) for offer in paid), default=None)
    return {
        "floor": floor,
        "median": round(median(offer.blend or 0 for offer in paid), 6) if paid else None,
        "ceiling": max((round(offer.blend or 0, 6) for offer in paid), default=None),
        "listings": len(paid),
        "providers": len({offer.provider for offer in paid}),
        "routers": len({offer.provider for offer in paid if offer.is_router}),
        "free": sum(offer.blend == 0 for offer in offers),
        "unpriced": sum(offer.blend is None for offer in offers),
        "setters": sorted({offer.name for offer in paid if round(offer.blend or 0, 6) == floor}),
    }
