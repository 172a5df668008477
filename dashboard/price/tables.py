"""The Price page's tables: what is shown of them, and what leaves with a download.

What is shown is formatted by the browser and may drop a column that says nothing; what leaves is plain, one row an
observation with units in the column names, the address of each row's payload and its rights. Nothing is rounded
beyond the six decimals of the query.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from dashboard.price import Blend, Reign
from dashboard.price.words import word_trust
from dashboard.provenance import link_payload, mark_rights
from dashboard.rows import Row

# What the names of our columns do not say, for the metadata of a download.
MEANINGS = {
    "blend": "Parts of input to parts of output tokens in the blended price",
    "read_on": "UTC day on which the price list was read",
    "kind": "router (resells others' capacity), maker of the model, or host",
    "tier": "Price tier within the listing, such as long contexts; empty is the base, the only one in medians",
    "is_free": "Input and output price of 0; such a listing enters no floor or median",
    "same_price_since": "First read day of the unbroken run with this input and output price",
    "unchanged_days": "Days from there to the day read; between two reads nothing is known",
    "first_price_on": "First read day on which this provider asked a price for this configuration and tier",
    "change_since_first_pct": "Change of the blend since then",
    "trust": "Whether another price list states this provider's price within 5 %: two_sources, first_party (its own "
    "list or the maker's shop), disputed (elsewhere at another price), one_source, copied, outlier (with its reason)",
    "floor_set_by": "Providers with the lowest price",
    "first_read_on": "First read day of the run on which these providers had the lowest price",
    "last_read_on": "Last read day of that run",
    "others_on": "First read day on which others had it; empty: none yet",
    "reads": "Read days in the run",
    "index_value": "Epoch Capabilities Index, in points",
}
_LISTING_COLUMNS = {
    "seller": "provider",
    "provider": "provider_id",
    "listing_id": "listing_id",
    "kind": "kind",
    "input": "input_usd_per_mtok",
    "output": "output_usd_per_mtok",
    "blend": "blend_usd_per_mtok",
    "cache_read": "cache_read_usd_per_mtok",
    "context_tokens": "context_tokens",
    "is_free": "is_free",
    "tier": "tier",
    "config": "configuration",
    "same_since": "same_price_since",
    "same_days": "unchanged_days",
    "first_on": "first_price_on",
    "first_blend": "first_blend_usd_per_mtok",
    "trust": "trust",
    "trust_reason": "trust_reason",
    "flags": "flags",
    "licence_id": "licence",
    "redistributable": "redistributable",
    "payload_key": "payload_key",
    "row_no": "row_no",
}
# A price that nobody states is null beside numbers, and a count that nobody states leaves the others whole.
_FLOATS = [name for name in _LISTING_COLUMNS.values() if name.endswith("_usd_per_mtok")] + ["change_since_first_pct"]
_COUNTS = ["context_tokens", "unchanged_days"]


def tabulate_listings(rows: Sequence[Row], model_id: str, blend: Blend) -> pd.DataFrame:
    """Listings as they leave: the rows of `queries.read_listings` under names with units, and the change of each
    listing's blend since its provider's first price, in per cent (null: no price then or now)."""
    told = [
        {
            "model_id": model_id,
            "read_on": row["day"],
            "blend": blend.label,
            **{name: row.get(column) for column, name in _LISTING_COLUMNS.items()},
            "trust_reason": word_trust(row["trust"], row["agreeing"] or [], row["differing"] or [], row["outlier"]),
            "change_since_first_pct": _change(row["blend"], row["first_blend"]),
            "flags": ", ".join(row["flags"]),
            "payload_key": str(row["payload_key"]),
        }
        for row in rows
    ]
    kept = ["model_id", "read_on", "blend", *_LISTING_COLUMNS.values()]
    kept.insert(kept.index("flags"), "change_since_first_pct")
    return pd.DataFrame(told, columns=kept).astype(dict.fromkeys(_FLOATS, "float64") | dict.fromkeys(_COUNTS, "Int64"))


def _change(paid: float | None, first: float | None) -> float | None:
    return round((paid / first - 1) * 100, 2) if paid and paid > 0 and first else None


def show_listings(table: pd.DataFrame, as_of: str) -> pd.DataFrame:
    """Listings as a reader sees them, from `tabulate_listings`: each with the way to its payload, columns that say
    nothing left out."""
    addresses = zip(table["payload_key"], table["row_no"], strict=True)
    free = table["is_free"].fillna(False)
    priced = table["blend_usd_per_mtok"].notna()
    shown = pd.DataFrame(
        {
            "provider": table["provider"],
            "blend": table["blend_usd_per_mtok"],
            "input": table["input_usd_per_mtok"],
            "output": table["output_usd_per_mtok"],
            "cache_read": table["cache_read_usd_per_mtok"],
            "trust": table["trust_reason"],
            "kind": table["kind"],
            "asks": ["free" if f else "" if p else "no price stated" for f, p in zip(free, priced, strict=True)],
            "change": table["change_since_first_pct"],
            "unchanged_days": table["unchanged_days"],
            "same_price_since": table["same_price_since"],
            "context_tokens": table["context_tokens"],
            "source": [link_payload(key, row, as_of) for key, row in addresses],
            "tier": table["tier"],
            "configuration": table["configuration"],
            "listing_id": table["listing_id"],
            "flags": table["flags"],
            "licence": table["licence"],
            "rights": mark_rights(list(table["redistributable"])),
        }
    )
    says = [column for column in shown.columns if shown[column].replace("", None).notna().any()]
    return shown[says]


def tabulate_reigns(reigns: Sequence[Reign], model_id: str, blend: Blend) -> pd.DataFrame:
    """Who set the lowest price, newest first, a row a run of read days."""
    rows = [
        {
            "model_id": model_id,
            "blend": blend.label,
            "provider": ", ".join(reign.providers),
            "kind": ", ".join(dict.fromkeys(reign.kinds)),
            "floor_first_usd_per_mtok": reign.opened,
            "floor_last_usd_per_mtok": reign.closed,
            "first_read_on": reign.first,
            "last_read_on": reign.last,
            "reads": reign.reads,
            "others_on": reign.replaced,
            "redistributable": reign.redistributable,
            "payload_key": str(reign.payload_key),
            "row_no": reign.row_no,
        }
        for reign in reversed(reigns)
    ]
    return pd.DataFrame(rows)


def show_reigns(table: pd.DataFrame, as_of: str) -> pd.DataFrame:
    """The same as a reader sees it, from `tabulate_reigns`."""
    addresses = zip(table["payload_key"], table["row_no"], strict=True)
    until = ["still has it" if pd.isna(day) else "" for day in table["others_on"]]
    shown = table[
        ["provider", "kind", "floor_last_usd_per_mtok", "first_read_on", "last_read_on", "others_on", "reads"]
    ]
    shown = shown.assign(
        others_on=[note or day for note, day in zip(until, map(_write_day, table["others_on"]), strict=True)],
        source=[link_payload(key, row, as_of) for key, row in addresses],
    )
    moved = table["floor_first_usd_per_mtok"] != table["floor_last_usd_per_mtok"]
    if moved.any():
        shown.insert(2, "floor_first_usd_per_mtok", table["floor_first_usd_per_mtok"])
    return shown


def tabulate_days(paid: Sequence[Row], model_id: str, blend: Blend) -> pd.DataFrame:
    """A row a read day with a price: floor, median, ceiling, counts, who set the floor."""
    return pd.DataFrame(
        [
            {
                "model_id": model_id,
                "blend": blend.label,
                "read_on": row["day"],
                "floor_usd_per_mtok": row["floor"],
                "median_usd_per_mtok": row["median"],
                "ceiling_usd_per_mtok": row["ceiling"],
                "paid_listings": row["listings"],
                "paid_providers": row["providers"],
                "paid_routers": row["routers"],
                "free_listings": row["free"],
                "unpriced_listings": row["unpriced"],
                "outlier_listings": row["outliers"],
                "floor_set_by": ", ".join(row["setters"]),
                "redistributable": row["redistributable"],
                "payload_key": str(row["payload_key"]),
                "row_no": row["row_no"],
            }
            for row in paid
        ]
    )


def tabulate_market(rows: Sequence[Row], blend: Blend) -> pd.DataFrame:
    """A row a model: prices of one read day and, where the rows have it, the index of one edition."""
    return pd.DataFrame([_describe_model(row, blend) for row in rows])


def _describe_model(row: Row, blend: Blend) -> dict[str, Any]:
    told: dict[str, Any] = {
        "model_id": row["model_id"],
        "model": row["name"],
        "access": row["access"],
        "blend": blend.label,
        "read_on": row["day"],
        "floor_usd_per_mtok": row["floor"],
        "median_usd_per_mtok": row["median"],
        "ceiling_usd_per_mtok": row["ceiling"],
        "paid_listings": row["listings"],
        "paid_providers": row["providers"],
        "redistributable": row["redistributable"],
        "payload_key": str(row["payload_key"]),
        "row_no": row["row_no"],
    }
    if "value" in row:
        told |= {f"index_{name}": row[name] for name in ("edition", "value", "low", "high")}
        told["index_payload_key"] = str(row["index_payload_key"])
    return told


def _write_day(day: Any) -> str:
    return "" if pd.isna(day) else day.isoformat()
