"""LiteLLM's price map: what a provider's API costs per token, kept by hand.

A second opinion on what models.dev lists, and the best-dated history of gpt-oss prices. The file takes keys as they
stand: it never mends a unit error (a price of $15,000 a million is kept, and flagged where prices are compared),
never merges two keys, and reads no band of sizes or price without a provider.

Measures: USD per million tokens (input, output, cached input) per provider and key, with the context limit, of
models that answer in text (modes chat, completion and responses).

Published: https://raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json, keyless,
MIT, edited several times a day; USD per token. The recorded table of gpt-oss changes was derived from a mirror's
commits: its rows are dated by commit, an upper bound, and it says nothing of other models.

Caveats: Kept by hand, and errors of unit stood for months (wandb's prices were a hundred thousand times too high
from September 2025 to July 2026). A price of 0 may mean free, local or unknown. Only base prices are read: batch,
priority, flex and long-context prices are not. One provider may list a model under several keys: further keys with
the same price are flagged "duplicate" and counted once. A key that the recorded changes call removed leaves the
list with the next whole file.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from ingest.source import FetchContext, Fetched, Parsed, Payload, Price, Refused, Snapshot, Source, SourceError
from ingest.usd import PER_TOKEN, read_usd

_URL = "https://raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json"
_TEXT_MODES = frozenset({"chat", "completion", "responses"})
# Keys that are documentation or routing rules, not models. A mirror adds the time it read the file.
_NOT_MODELS = frozenset({"sample_spec", "fallback_generalizations", "last_updated"})
_CHANGES = ("date", "litellm_key", "litellm_provider", "input_cost_per_token", "output_cost_per_token", "event")


class LitellmPrices(Source):
    """LiteLLM's map of prices and context windows."""

    source_id = "litellm_prices"
    title = "LiteLLM price map"
    publisher = "BerriAI and LiteLLM contributors"
    homepage = "https://github.com/BerriAI/litellm"
    licence_id = "MIT"
    licence_url = "https://github.com/BerriAI/litellm/blob/main/LICENSE"
    attribution = "LiteLLM contributors (MIT)"
    cadence_days = 1
    hosts = ("raw.githubusercontent.com",)
    # One file is the whole map: a key, or a provider, that is gone from it is no longer listed.
    scopes: ClassVar[Mapping[str, tuple[str, ...]]] = {"prices": ()}

    def fetch(self, context: FetchContext) -> Iterator[Fetched]:
        """The map. Raises SourceError."""
        yield context.fetcher.get(_URL, name="model_prices_and_context_window.json")

    def parse(self, snapshot: Snapshot) -> Iterator[Parsed]:
        """Price rows of the map, and dated ones of the table of changes (told by its name)."""
        for payload in snapshot.payloads:
            yield from _read_changes(payload) if payload.name.endswith(".csv") else _read_map(payload)


def _unexpected(payload: Payload, what: str) -> SourceError:
    return SourceError("litellm_prices", f"{payload.name} is {what}; open {payload.url or payload.name} to see it.")


def _read_map(payload: Payload) -> Iterator[Parsed]:
    try:
        document = json.loads(payload.body)
    except (ValueError, RecursionError) as error:
        raise _unexpected(payload, f"no JSON ({error}); it begins {payload.body[:60]!r}") from error
    if not isinstance(document, dict):
        raise _unexpected(payload, f"no map of models but {str(document)[:60]!r}")
    models = {key: entry for key, entry in document.items() if key not in _NOT_MODELS}
    broken = next((key for key, entry in models.items() if not isinstance(entry, dict)), None)
    if broken is not None:
        raise _unexpected(payload, f"no map of models: {broken!r} is {str(models[broken])[:60]!r}, no object")
    row_no, seen = 0, _Seen()
    for key, entry in models.items():
        if entry.get("mode") not in _TEXT_MODES or not entry.get("litellm_provider"):
            continue
        yield _read_entry(payload, row_no, key, entry, seen)
        row_no += 1
    if row_no == 0:
        raise _unexpected(payload, "a map without a single text model that has a provider")


def _read_entry(payload: Payload, row_no: int, key: str, entry: Mapping[str, Any], seen: _Seen) -> Parsed:
    try:
        provider = entry["litellm_provider"]
        if not isinstance(provider, str):
            raise ValueError(f"the provider is {str(provider)[:40]!r}, not text")
        price = Price(
            payload_key=payload.key,
            row_no=row_no,
            name_raw=key,
            provider=provider,
            provider_name=provider,
            listing_id=key,
            input_usd_per_mtok=read_usd(entry.get("input_cost_per_token"), PER_TOKEN),
            output_usd_per_mtok=read_usd(entry.get("output_cost_per_token"), PER_TOKEN),
            cache_read_usd_per_mtok=read_usd(entry.get("cache_read_input_token_cost"), PER_TOKEN),
            context_tokens=_read_context(entry.get("max_input_tokens")),
            flags=seen.judge(provider, key, entry.get("input_cost_per_token"), entry.get("output_cost_per_token")),
        )
    except ValueError as error:
        row = json.dumps({key: entry}, ensure_ascii=False)
        return Refused(payload.key, row_no, f"{key}: {error}", row)
    return price


def _read_context(value: object) -> int | None:
    """The limit in tokens; some are written as 2e6. None where absent or 0."""
    if value is None or value == 0:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != int(value) or value < 0:
        raise ValueError(f"the context limit is {str(value)[:40]!r}, no count of tokens")
    return int(value)


class _Seen:
    """Which price a provider already has for a model, to tell a second key of one listing.

    Two keys are one listing when they have one provider, one price, and one name after the last slash."""

    def __init__(self) -> None:
        self._first: dict[tuple[object, ...], str] = {}

    def judge(self, provider: str, key: str, *price: object) -> tuple[str, ...]:
        """The flag of a further key, and nothing for the first or for one without a price."""
        if None in price:
            return ()
        name = key.rpartition("/")[2].casefold()
        return () if self._first.setdefault((provider, name, *price), key) == key else ("duplicate",)


def _read_changes(payload: Payload) -> Iterator[Parsed]:
    try:
        table = csv.DictReader(io.StringIO(payload.body.decode("utf-8-sig")), strict=True)
        rows = list(table)
    except (UnicodeDecodeError, csv.Error) as error:
        raise _unexpected(payload, f"no table of changes ({error})") from error
    missing = [column for column in _CHANGES if column not in (table.fieldnames or ())]
    if missing or not rows:
        raise _unexpected(payload, f"no table of changes: it lacks {', '.join(missing) or 'rows'}")
    seen = _Seen()
    for row_no, row in enumerate(rows):
        if row["event"] == "removed":
            continue
        try:
            yield _read_change(payload, row_no, row, seen)
        except ValueError as error:
            yield Refused(payload.key, row_no, f"{row['litellm_key']}: {error}", json.dumps(row, ensure_ascii=False))


def _read_change(payload: Payload, row_no: int, row: Mapping[str, str], seen: _Seen) -> Price:
    if row["event"] not in ("added", "changed"):
        raise ValueError(f"the event is {row['event']!r}, none we know")
    provider, key = row["litellm_provider"], row["litellm_key"]
    if not provider or not key:
        raise ValueError("the provider or the key is blank")
    prices = read_usd(row["input_cost_per_token"], PER_TOKEN), read_usd(row["output_cost_per_token"], PER_TOKEN)
    return Price(
        payload_key=payload.key,
        row_no=row_no,
        name_raw=key,
        observed_at=datetime.fromisoformat(row["date"]).replace(tzinfo=UTC),
        observed_kind="commit_date",
        provider=provider,
        provider_name=provider,
        listing_id=key,
        input_usd_per_mtok=prices[0],
        output_usd_per_mtok=prices[1],
        flags=seen.judge(provider, key, *prices),
    )
