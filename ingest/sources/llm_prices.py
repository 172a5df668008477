"""llm-prices.com: what makers list for their own models, and since when.

The dated price changes of proprietary models, which no other list has. The file takes a record's dates as they
stand: it never dates the undated, and reads a dearer price for long prompts as a tier, not as the model's price.

Measures: USD per million tokens (input, output, cached input) per maker and record, with the first day a price holds
and the first day it no longer does, where stated.

Published: https://www.llm-prices.com/historical-v1.json (all records, the current ones included), keyless. No
licence is stated: rows are shown here as facts with their source, and never passed on. The recorded files were
built from the project's own data by its own rules.

Caveats: Makers' own prices only, so gpt-oss, which OpenAI does not sell, is not there. Few records carry dates: a
price without a first day was known from the day the list was first read here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, ClassVar

from ingest.source import FetchContext, Fetched, Parsed, Payload, Price, Refused, Snapshot, Source, SourceError
from ingest.usd import read_usd

_URL = "https://www.llm-prices.com/historical-v1.json"
_LONG = re.compile(r">\s*(\d+)k\b", re.IGNORECASE)


class LlmPrices(Source):
    """Simon Willison's list of makers' prices."""

    source_id = "llm_prices"
    title = "llm-prices.com"
    publisher = "Simon Willison"
    homepage = "https://www.llm-prices.com"
    licence_id = "none-stated"
    licence_url = "https://github.com/simonw/llm-prices"
    attribution = "llm-prices.com, Simon Willison"
    cadence_days = 14
    redistributable = "no"
    hosts = ("www.llm-prices.com",)
    # One file is the whole list: a record that is gone from it is no longer listed.
    scopes: ClassVar[Mapping[str, tuple[str, ...]]] = {"prices": ()}

    def fetch(self, context: FetchContext) -> Iterator[Fetched]:
        """The list with its history. Raises SourceError."""
        yield context.fetcher.get(_URL, name="historical-v1.json")

    def parse(self, snapshot: Snapshot) -> Iterator[Parsed]:
        """Price rows. A list of current prices beside one with history is the same records without their dates:
        only what the history lacks is read from it."""
        histories = {p.key: _load(p) for p in snapshot.payloads}
        dated = {k for k, records in histories.items() if any("from_date" in r for r in records)}
        known = {(r.get("vendor"), r.get("id")) for k in dated for r in histories[k]}
        for payload in snapshot.payloads:
            for row_no, record in enumerate(histories[payload.key]):
                if payload.key in dated or (record.get("vendor"), record.get("id")) not in known:
                    yield _read_record(payload, row_no, record)


def _load(payload: Payload) -> list[dict[str, Any]]:
    """The records of a list. Raises SourceError when it is none."""
    try:
        document = json.loads(payload.body)
    except (ValueError, RecursionError) as error:
        raise _unexpected(payload, f"no JSON ({error}); it begins {payload.body[:60]!r}") from error
    records = document.get("prices") if isinstance(document, dict) else None
    if not isinstance(records, list) or not records or not all(isinstance(r, dict) for r in records):
        raise _unexpected(payload, f"no list of prices but {str(document)[:60]!r}")
    return records


def _unexpected(payload: Payload, what: str) -> SourceError:
    return SourceError("llm_prices", f"{payload.name} is {what}; open {payload.url} to see what is served.")


def _read_record(payload: Payload, row_no: int, record: dict[str, Any]) -> Parsed:
    try:
        vendor, listing_id = record.get("vendor"), record.get("id")
        if not (isinstance(vendor, str) and vendor.strip() and isinstance(listing_id, str) and listing_id.strip()):
            raise ValueError(f"the maker is {vendor!r} and the id {listing_id!r}: one is no text")
        above = _LONG.search(str(record.get("name") or ""))
        return Price(
            payload_key=payload.key,
            row_no=row_no,
            name_raw=listing_id,
            provider=vendor,
            provider_name=vendor,
            listing_id=listing_id,
            tier=f"context>{above[1]}000" if above else "",
            effective_from=_read_day(record.get("from_date")),
            effective_to=_read_day(record.get("to_date")),
            input_usd_per_mtok=read_usd(record.get("input")),
            output_usd_per_mtok=read_usd(record.get("output")),
            cache_read_usd_per_mtok=read_usd(record.get("input_cached")),
        )
    except ValueError as error:
        return Refused(payload.key, row_no, f"{record.get('id')}: {error}", json.dumps(record, ensure_ascii=False))


def _read_day(value: object) -> date | None:
    """A day as it stands; None where open. Raises ValueError."""
    return None if value is None else date.fromisoformat(str(value))
