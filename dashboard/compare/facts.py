"""Facts of the chosen models side by side, and where sources disagree on them.

A fact a registry does not hold is "not known", never blank and never guessed. What sources say is shown word by
word beneath where they differ, with the way to each payload: the page does not settle a dispute by hiding it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date

import pandas as pd

from dashboard.capability import ACCESS_WORDS
from dashboard.compare import take_newest
from dashboard.compare.words import Names, write_age
from dashboard.formats import format_count, format_date, format_points
from dashboard.provenance import link_payload
from dashboard.rows import Row

UNKNOWN = "not known"
REGIONS = {"us": "United States", "china": "China", "eu": "Europe", "other": "elsewhere"}
# Attributes that sources state of a model, and the fact of this page that each is about.
_ATTRIBUTES = {
    "developer": "Developer",
    "released_on": "Released",
    "accessibility": "Access",
    "open_weights": "Access",
    "licence": "Licence",
    "hub_repo_id": "Hub repository",
}
# What a source's word for access says of the weights; anything else says nothing of them.
_WEIGHTS = {"true": "open", "false": "closed", **dict.fromkeys(("apiaccess", "hostedaccessnoapi"), "closed")}


def tabulate_facts(facts: Sequence[Row], contexts: Sequence[Row], names: Names, today: date) -> pd.DataFrame:
    """One row a fact and one column a model, all in words. `contexts` are of `queries.compare.read_contexts`."""
    known = {row["model_id"]: row for row in facts}
    windows = {row["model_id"]: row for row in contexts}

    def window(model: Row) -> str:
        row = windows.get(model["model_id"])
        return f"{int(row['context_tokens']):,} tokens" if row else ""

    said: dict[str, Callable[[Row], str]] = {
        "Developer": lambda m: str(m["developer"] or ""),
        "Region": lambda m: REGIONS.get(m["region"] or "", str(m["region"] or "")),
        "Released": lambda m: format_date(m["released_on"]) if m["released_on"] else "",
        "Since release": lambda m: _write_days(m["released_on"], today),
        "Access": lambda m: "" if m["access"] == "unknown" else ACCESS_WORDS[m["access"]],
        "Licence": lambda m: str(m["licence"] or ""),
        "Total parameters": lambda m: _write_billions(m["total_params_b"]),
        "Active parameters": lambda m: _write_billions(m["active_params_b"]),
        "Largest context listed": window,
        "Hub repository": lambda m: str(m["hub_repo_id"] or ("not on the Hub" if m["access"] == "proprietary" else "")),
        "Followed here": lambda m: "yes" if m["tracked"] else "no",
    }
    return _transpose(said, names, known)


def tabulate_prices(prices: Sequence[Row], names: Names) -> pd.DataFrame:
    """What the newest price list that has a model asks for it, models as columns. `prices` are oldest first."""
    said: dict[str, Callable[[Row], str]] = {
        "Cheapest paid listing": lambda p: _write_usd(p["floor"]),
        "Offered by": lambda p: f"{p['floor_provider']} ({'router' if p['floor_is_router'] else 'host'})",
        "Cheapest host": _write_host,
        "Median listing": lambda p: _write_usd(p["median"]),
        "Paid providers": lambda p: f"{int(p['providers'])}, {int(p['routers'])} of them routers",
        "Read on": lambda p: format_date(p["day"]),
    }
    return _transpose(said, names, take_newest(prices), "no paid listing")


def tabulate_downloads(downloads: Sequence[Row], facts: Sequence[Row], names: Names, today: date) -> pd.DataFrame:
    """The newest rolling 30-day count of each model's own repository, with its age, models as columns."""
    newest = take_newest(downloads)
    said: dict[str, Callable[[Row], str]] = {
        "Downloads in 30 days": lambda d: format_count(d["downloads_30d"]),
        "Read on": lambda d: format_date(d["day"]),
        "Age": lambda d: write_age(d["day"], today),
        "Likes": lambda d: format_count(d["likes"]) if d["likes"] is not None else UNKNOWN,
    }
    frame = _transpose(said, names, newest, "no reading")
    for row in facts:
        if row["model_id"] not in newest and row["access"] == "proprietary":
            frame[names[row["model_id"]]] = "not on the Hub"
    return frame


def list_disagreements(claims: Sequence[Row], names: Names, titles: Mapping[str, str], as_of: str) -> pd.DataFrame:
    """What sources say where two differ on one fact of a model: model, fact, source, says, source_link.

    One row a source and value. Spelling of names is no difference: "Z.ai (Zhipu AI)" contains "Z.ai"."""
    said: dict[tuple[str, str], list[Row]] = {}
    for claim in claims:
        fact = _ATTRIBUTES.get(claim["attribute"])
        if fact and _read_claim(claim):
            said.setdefault((claim["model_id"], fact), []).append(claim)
    found = []
    for model_id, name in names.items():
        for fact in dict.fromkeys(_ATTRIBUTES.values()):
            stated = said.get((model_id, fact), [])
            if _differ([_read_claim(claim) for claim in stated], fact in ("Developer", "Licence")):
                once = {(c["source_id"], c["attribute"], c["value"]): c for c in reversed(stated)}
                found += [(name, fact, c) for c in reversed(list(once.values()))]
    return pd.DataFrame(
        [
            {
                "model": name,
                "fact": fact,
                "source": titles.get(claim["source_id"], claim["source_id"]),
                "says": _write_claim(claim),
                "known_since": claim["observed_at"].date(),
                "where_from": link_payload(claim["payload_key"], claim["row_no"], as_of),
                "redistributable": claim["redistributable"],
            }
            for name, fact, claim in found
        ],
        columns=["model", "fact", "source", "says", "known_since", "where_from", "redistributable"],
    )


def _transpose(
    said: Mapping[str, Callable[[Row], str]], names: Names, known: Mapping[str, Row], missing: str = UNKNOWN
) -> pd.DataFrame:
    """Facts as rows and models as columns; a model without a row says so in its first, an empty fact is not known."""
    columns: dict[str, list[str]] = {"fact": list(said)}
    for model_id, name in names.items():
        row = known.get(model_id)
        columns[name] = [write(row) or UNKNOWN for write in said.values()] if row else [missing] * len(said)
    return pd.DataFrame(columns)


def _read_claim(claim: Row) -> str:
    """A claim as what it says, so that two can be compared; empty where it says nothing of the fact."""
    plain = re.sub(r"[^a-z0-9]", "", str(claim["value"]).lower())
    if claim["attribute"] in ("accessibility", "open_weights"):
        return "open" if plain.startswith("openweights") else _WEIGHTS.get(plain, "")
    return plain


def _write_claim(claim: Row) -> str:
    """The source's own words; a bare yes or no with its question."""
    return f"open weights: {claim['value']}" if claim["attribute"] == "open_weights" else str(claim["value"])


def _differ(said: Sequence[str], is_name: bool) -> bool:
    """Whether two claims differ; names do only where neither contains the other."""
    if not is_name:
        return len(set(said)) > 1
    return any(a not in b and b not in a for n, a in enumerate(said) for b in said[n + 1 :])


def _write_days(released_on: date | None, today: date) -> str:
    if released_on is None:
        return ""
    days = (today - released_on).days
    return f"not yet out, {-days:,} days before" if days < 0 else "1 day" if days == 1 else f"{days:,} days"


def _write_billions(billions: float | None) -> str:
    return "" if billions is None else f"{format_points(billions, 1).removesuffix('.0')} B"


def _write_host(price: Row) -> str:
    if price["host_floor"] is None:
        return "none listed"
    return f"{_write_usd(price['host_floor'])}, {price['host_floor_provider']}"


def _write_usd(value: float) -> str:
    """Dollars with three decimals, as floors below ten cents differ in the third."""
    return f"${format_points(value, 3)}"
