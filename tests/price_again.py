"""What the Price page must say, worked out a second time from stored rows by code that shares none with it.

Stored rows, the catalogue's names and plain arithmetic: no view, mart or query of the product. Slow and plain on
purpose.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
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
    is_outlier: bool = False


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
    source: str = "models_dev",
) -> dict[date, list[Offer]]:
    """Per day on which a list was read and known at an instant: its base listings of a model then in force."""
    reads = con.execute(
        "select distinct source_id, observed_at from stored.listings where fact = 'prices' and observed_at <= ?",
        [as_of],
    ).fetchall()
    rows = con.execute(
        """
        select p.provider, coalesce(v.name, w.name, p.provider_name), p.listing_id, coalesce(v.is_router, false),
               p.input_usd_per_mtok, p.output_usd_per_mtok, p.is_listed, p.observed_at, p.source_id,
               coalesce(w.provider_id, p.source_id || p.provider), p.flags, p.effective_from, p.effective_to
        from stored.prices p
        join main.model_names n on n.source_id = p.source_id and n.name_raw = p.name_raw and n.config_raw = ''
        left join main.provider_names w on w.source_id = p.source_id and w.provider = p.provider
        left join main.providers v on v.provider_id = case p.source_id when 'models_dev' then p.provider
                                                                        else w.provider_id end
        where n.model_id = ? and p.tier = '' order by p.observed_at, p.rowid""",
        [model_id],
    ).fetchall()
    found = {}
    for read_at in sorted(at for name, at in reads if name == source):
        day = read_at.date()
        state: dict[tuple[str, ...], Any] = {(r[8], r[0], r[2], str(r[11])): r for r in rows if r[7] <= read_at}
        heard = {name for name, at in reads if at <= read_at and at.date() > day - timedelta(180)}
        now = [
            r
            for r in state.values()
            if r[6] and r[8] in heard and (r[11] is None or r[11] <= day) and (r[12] is None or r[12] > day)
        ]
        limits = _judge_market(now)
        offers = []
        for provider, name, listing_id, is_router, given, output, _, _, list_id, _, flags, *_ in now:
            if list_id == source and (routers or not is_router) and "duplicate" not in flags:
                blend = blend_exactly(given, output, label)
                usual = blend_exactly(given, output, "3:1")
                is_outlier = max(given or 0, output or 0) > 1000 or bool(usual and not limits[0] <= usual <= limits[1])
                told = None if blend is None else float(blend)
                offers.append(Offer(provider, name, listing_id, is_router, told, is_outlier))
        found[day] = offers
    return found


def _judge_market(rows: list[Any]) -> tuple[float, float]:
    """What a blend must lie within to be believed: a tenth to ten times the median of what providers ask."""
    asked = set()
    for row in rows:
        blend = blend_exactly(row[4], row[5], "3:1")
        if blend and max(row[4], row[5]) <= 1000 and "copied" not in row[10]:
            # A list's own word for a provider is models.dev's where no line of data/providers.toml says otherwise.
            asked.add((row[9].removeprefix("models_dev"), round(float(blend), 6)))
    if len({provider for provider, _ in asked}) < 3:
        return 0.0, float("inf")
    middle = median(blend for _, blend in asked)
    return middle / 10, middle * 10


def sum_up(offers: list[Offer]) -> dict[str, Any]:
    """The page's figures of one read day."""
    outliers = [offer for offer in offers if offer.is_outlier]
    offers = [offer for offer in offers if not offer.is_outlier]
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
        "outliers": len(outliers),
        "unpriced": sum(offer.blend is None for offer in offers),
        "setters": sorted({offer.name for offer in paid if round(offer.blend or 0, 6) == floor}),
    }
