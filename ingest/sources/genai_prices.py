"""genai-prices: what providers of language models charge, kept by Pydantic.

A third opinion on prices, the one that also states when a price begins. The file takes each entry as the price of
the model its id names; what else an entry's pattern would match (Groq's gpt-oss-120b matches safeguard too) is a rule
for billing and prices nothing here. It never spreads a pattern over names, and never reads a price from a remark.

Measures: USD per million tokens (input, output, cached input) per provider and model id, with the context limit;
tiers by length of prompt and by hour of day as rows of their own; the date from which a price holds, and the first
day on which it no longer does, where stated.

Published: https://raw.githubusercontent.com/pydantic/genai-prices/main/prices/new_data/v2/data.json, keyless, MIT.
The older prices/data.json has been frozen since July 2026 and is read from recordings only.

Caveats: Few entries say since when a price holds. Some prices of a maker were imported from OpenRouter until the
maker publishes its own: they are flagged "copied" and are no second opinion. An entry without any price may be free
or unknown. Entries with a price for input alone (embeddings, transcription) are not read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, ClassVar

from ingest.source import FetchContext, Fetched, Parsed, Payload, Price, Refused, Snapshot, Source, SourceError
from ingest.usd import read_usd

_URL = "https://raw.githubusercontent.com/pydantic/genai-prices/main/prices/new_data/v2/data.json"
_KEYS = ("input_mtok", "output_mtok", "cache_read_mtok")
_COPIED = re.compile(r"imported from openrouter", re.IGNORECASE)


class GenaiPrices(Source):
    """Pydantic's list of providers, models and prices."""

    source_id = "genai_prices"
    title = "genai-prices"
    publisher = "Pydantic"
    homepage = "https://github.com/pydantic/genai-prices"
    licence_id = "MIT"
    licence_url = "https://github.com/pydantic/genai-prices/blob/main/LICENSE"
    attribution = "genai-prices contributors (MIT)"
    cadence_days = 7
    hosts = ("raw.githubusercontent.com",)
    # One file is the whole list: an entry, or a provider, that is gone from it is no longer listed.
    scopes: ClassVar[Mapping[str, tuple[str, ...]]] = {"prices": ()}

    def fetch(self, context: FetchContext) -> Iterator[Fetched]:
        """The list. Raises SourceError."""
        yield context.fetcher.get(_URL, name="data.json")

    def parse(self, snapshot: Snapshot) -> Iterator[Parsed]:
        """Price rows of each list, older shape or newer."""
        for payload in snapshot.payloads:
            yield from _read_list(payload)


def _unexpected(payload: Payload, what: str) -> SourceError:
    return SourceError("genai_prices", f"{payload.name} is {what}; open {payload.url} to see what is served.")


def _read_list(payload: Payload) -> Iterator[Parsed]:
    try:
        document = json.loads(payload.body)
    except (ValueError, RecursionError) as error:
        raise _unexpected(payload, f"no JSON ({error}); it begins {payload.body[:60]!r}") from error
    if not isinstance(document, list) or not all(isinstance(p, dict) and p.get("id") for p in document):
        raise _unexpected(payload, f"no list of providers but {str(document)[:60]!r}")
    row_no = 0
    for provider in document:
        models = provider.get("models")
        if not isinstance(models, list):
            raise _unexpected(payload, f"not as we know it: the models of {provider['id']!r} are no list")
        for model in models:
            try:
                prices = list(_read_model(payload.key, row_no, provider, model))
            except ValueError as error:
                row = json.dumps({"provider": provider["id"], "model": model}, ensure_ascii=False)
                yield Refused(payload.key, row_no, f"{provider['id']}: {error}", row)
                row_no += 1
                continue
            yield from prices
            row_no += len(prices)
    if row_no == 0:
        raise _unexpected(payload, "a list without a single price")


def _read_model(payload_key: int, row_no: int, provider: Mapping[str, Any], model: object) -> Iterator[Price]:
    """The rows of one entry, numbered from `row_no`. Raises ValueError."""
    if not isinstance(model, dict) or not isinstance(model.get("id"), str) or not model["id"].strip():
        raise ValueError(f"an entry has no id but is {str(model)[:60]!r}")
    remark = model.get("price_comments")
    flags = (
        *(("deprecated",) if model.get("deprecated") is True else ()),
        *(("copied",) if isinstance(remark, str) and _COPIED.search(remark) else ()),
    )
    name = provider.get("name")
    nth = 0
    for tier, begins, ends, prices in _list_periods(model["id"], model.get("prices")):
        if "input_mtok" in prices and "output_mtok" not in prices:
            continue
        for bound, amounts in _list_tiers(model["id"], prices):
            yield Price(
                payload_key=payload_key,
                row_no=row_no + nth,
                name_raw=model["id"],
                flags=flags,
                provider=provider["id"],
                provider_name=name if isinstance(name, str) and name else provider["id"],
                listing_id=model["id"],
                tier=" ".join(part for part in (tier, bound) if part),
                effective_from=begins,
                effective_to=ends,
                context_tokens=_read_context(model["id"], model.get("context_window")),
                input_usd_per_mtok=amounts["input_mtok"],
                output_usd_per_mtok=amounts["output_mtok"],
                cache_read_usd_per_mtok=amounts["cache_read_mtok"],
            )
            nth += 1


def _list_periods(name: str, prices: object) -> list[tuple[str, date | None, date | None, dict[str, Any]]]:
    """(tier, first day, first day no longer, prices) of each stated period. A period by date ends where the next
    by date begins; one by the hour of day is a tier. Raises ValueError."""
    if isinstance(prices, dict):
        return [("", None, None, prices)]
    if not isinstance(prices, list) or not prices:
        raise ValueError(f"{name}: the prices are {str(prices)[:60]!r}, neither an object nor a list")
    found: list[tuple[str, date | None, dict[str, Any]]] = []
    for entry in prices:
        stated = entry.get("prices") if isinstance(entry, dict) else None
        constraint = (entry.get("constraint") or {}) if isinstance(entry, dict) else None
        if not isinstance(stated, dict) or not isinstance(constraint, dict):
            raise ValueError(f"{name}: a period is {str(entry)[:60]!r}, without prices")
        if {"start_time", "end_time"} <= set(constraint):
            found.append((f"hours {constraint['start_time']}-{constraint['end_time']}", None, stated))
        elif set(constraint) <= {"start_date", "type"}:
            begins = constraint.get("start_date")
            found.append(("", None if begins is None else date.fromisoformat(str(begins)), stated))
        else:
            raise ValueError(f"{name}: a period holds under {str(constraint)[:60]!r}, a condition we do not know")
    starts = sorted({begins for tier, begins, _ in found if begins and not tier})
    return [
        (tier, begins, None if tier else next((s for s in starts if begins is None or s > begins), None), stated)
        for tier, begins, stated in found
    ]


def _list_tiers(name: str, prices: Mapping[str, Any]) -> list[tuple[str, dict[str, float | None]]]:
    """The base price, and one row for each length of prompt from which another price holds. Raises ValueError."""
    stated = {key: _read_steps(name, prices.get(key)) for key in _KEYS}
    starts = sorted({start for steps in stated.values() for start in steps if start})
    return [
        (
            f"context>{bound}" if bound else "",
            {key: _find_step(steps, bound) for key, steps in stated.items()},
        )
        for bound in (0, *starts)
    ]


def _read_steps(name: str, value: object) -> dict[int, float | None]:
    """The price from each length of prompt on; the base is at 0."""
    if not isinstance(value, dict):
        return {0: read_usd(value)}
    tiers = value.get("tiers") or []
    if not isinstance(tiers, list) or not all(isinstance(t, dict) and type(t.get("start")) is int for t in tiers):
        raise ValueError(f"{name}: the tiers are {str(tiers)[:60]!r}, no list of starts and prices")
    return {0: read_usd(value.get("base")), **{t["start"]: read_usd(t.get("price")) for t in tiers}}


def _find_step(steps: Mapping[int, float | None], bound: int) -> float | None:
    return steps[max(start for start in steps if start <= bound)]


def _read_context(name: str, value: object) -> int | None:
    if value is None or value == 0:
        return None
    if type(value) is not int or value < 0:
        raise ValueError(f"{name}: the context window is {str(value)[:40]!r}, no count of tokens")
    return value
