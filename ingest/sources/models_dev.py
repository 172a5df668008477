"""models.dev: prices of models per provider, and facts of models per lab.

What a model costs, and who sells it, is the plainest measure of competition after an open release; this
catalogue lists every provider under one unit. The file takes listings as they stand: it never merges two
ids, never tells a free listing from an unknown one, and never fills a price that is not stated.

Measures: USD per million tokens (input, output, cached input) per provider, listing and tier, with the
context limit; and per lab model its name, release date, family, licence, whether its weights are open, and
its Hugging Face repository.

Published: https://models.dev/api.json (providers) and https://models.dev/models.json (lab models), keyless,
MIT, edited by volunteers several times a day. No history is served: a price is known from the day it was
first read here. Some of the recorded past was composed from the project's own repository.

Caveats: Volunteers keep it, so dates and limits can be wrong. A price of 0 may mean free, local or unknown.
An absent price is unknown. The price is what a provider lists, not what a customer pays; batch and cache
discounts differ. Long-context tiers stand apart from the base price, and modes such as a faster service
are not read. Listings of one model under several ids count once per id.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, ClassVar
from urllib.parse import urlsplit

from ingest.source import (
    FetchContext,
    Fetched,
    ModelAttribute,
    Parsed,
    Payload,
    Price,
    Refused,
    Snapshot,
    Source,
    SourceError,
)

_API = "https://models.dev/api.json"
_MODELS = "https://models.dev/models.json"
_HUB_HOSTS = frozenset({"huggingface.co", "www.huggingface.co", "hf.co"})
# First path parts under which the Hub keeps something other than a model repository.
_NOT_MODELS = frozenset({"api", "blog", "collections", "datasets", "docs", "papers", "spaces"})


class ModelsDev(Source):
    """models.dev's catalogue of providers and of lab models."""

    source_id = "models_dev"
    title = "models.dev"
    publisher = "models.dev contributors"
    homepage = "https://models.dev"
    licence_id = "MIT"
    licence_url = "https://github.com/anomalyco/models.dev/blob/dev/LICENSE"
    attribution = "models.dev contributors (MIT)"
    cadence_days = 1
    required = True
    hosts = ("models.dev",)
    # api.json is the whole catalogue: a listing, or a provider, that is gone from it is no longer listed.
    scopes: ClassVar[Mapping[str, tuple[str, ...]]] = {"prices": ()}

    def fetch(self, context: FetchContext) -> Iterator[Fetched]:
        """api.json and models.json. Raises SourceError when either is not served."""
        yield context.fetcher.get(_API, name="api.json")
        yield context.fetcher.get(_MODELS, name="models.json")

    def parse(self, snapshot: Snapshot) -> Iterator[Parsed]:
        """Price rows of api.json bodies, ModelAttribute rows of models.json bodies (told by their URL)."""
        for payload in snapshot.payloads:
            catalogue = _read_catalogue(payload)
            if urlsplit(payload.url or payload.name).path.rpartition("/")[2] == "models.json":
                yield from _read_models(payload, catalogue)
            else:
                yield from _read_providers(payload, catalogue)


def _read_catalogue(payload: Payload) -> dict[str, dict[str, Any]]:
    """A body as an object of objects. Raises SourceError on anything else."""
    try:
        # The standard reader takes NaN, which is then one listing's fault and not the whole catalogue's.
        document = json.loads(payload.body)
    except (ValueError, RecursionError) as error:
        raise _unexpected(payload, f"no JSON ({error}); it begins {payload.body[:60]!r}") from error
    if not isinstance(document, dict) or not document:
        raise _unexpected(payload, f"no catalogue but {str(document)[:60]!r}")
    broken = next((key for key, entry in document.items() if not isinstance(entry, dict)), None)
    if broken is not None:
        raise _unexpected(payload, f"no catalogue: {broken!r} is {str(document[broken])[:60]!r}, no object")
    return document


def _unexpected(payload: Payload, what: str) -> SourceError:
    return SourceError("models_dev", f"{payload.name} is {what}; open {payload.url} to see what is served.")


def _read_providers(payload: Payload, catalogue: Mapping[str, dict[str, Any]]) -> Iterator[Parsed]:
    row_no = 0
    for provider, entry in catalogue.items():
        listings = entry.get("models") or {}
        if not isinstance(listings, dict):
            raise _unexpected(payload, f"not as we know it: the models of {provider!r} are no object")
        for listing_id, listing in listings.items():
            try:
                prices = _read_listing(payload.key, row_no, provider, entry.get("name"), listing_id, listing)
            except ValueError as error:
                row = {"provider": provider, "id": listing_id, "listing": listing}
                yield Refused(
                    payload.key, row_no, f"{provider} / {listing_id}: {error}", json.dumps(row, ensure_ascii=False)
                )
                row_no += 1
                continue
            yield from prices
            row_no += len(prices)
    if row_no == 0:
        raise _unexpected(payload, "a catalogue without a single listing")


def _read_listing(
    payload_key: int, row_no: int, provider: str, provider_name: object, listing_id: str, listing: object
) -> list[Price]:
    """The base price and one row per stated tier, numbered from `row_no`. Raises ValueError."""
    if not isinstance(listing, dict):
        raise ValueError(f"the listing is {str(listing)[:80]!r}, no object")
    cost = _read_object(listing, "cost")
    flags = _read_flags(listing)
    context = _read_context(_read_object(listing, "limit"))
    return [
        Price(
            payload_key=payload_key,
            row_no=row_no + nth,
            name_raw=listing_id,
            flags=flags,
            provider=provider,
            listing_id=listing_id,
            tier=tier,
            context_tokens=context,
            provider_name=provider_name if isinstance(provider_name, str) and provider_name else provider,
            input_usd_per_mtok=_read_usd(stated, "input"),
            output_usd_per_mtok=_read_usd(stated, "output"),
            cache_read_usd_per_mtok=_read_usd(stated, "cache_read"),
        )
        for nth, (tier, stated) in enumerate([("", cost), *_read_tiers(cost)])
    ]


def _read_tiers(cost: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Stated tiers as ("context>200000", prices). `context_over_200k` is the older spelling: beside `tiers`
    it repeats one of them, whatever its size, so it counts only alone."""
    tiers = cost.get("tiers") or []
    if not isinstance(tiers, list) or not all(isinstance(tier, dict) for tier in tiers):
        raise ValueError("the tiers are no list of objects")
    if not tiers:
        over = _read_object(cost, "context_over_200k")
        return [("context>200000", over)] if over else []
    named: dict[str, dict[str, Any]] = {}
    for tier in tiers:
        bound = _read_object(tier, "tier")
        size = bound.get("size")
        if type(size) is not int:
            raise ValueError(f"a tier starts at {size!r}, no whole number")
        name = f"{bound.get('type') or 'context'}>{size}"
        if name in named:
            raise ValueError(f"the tier {name} is stated twice")
        named[name] = tier
    return list(named.items())


def _read_usd(cost: Mapping[str, Any], key: str) -> float | None:
    """USD per million tokens to 10 significant digits (0.049999999999999996 is 0.05); None: not stated."""
    value = cost.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"the price {key} is {value!r}, no number")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number) or number < 0:
        raise ValueError(f"the price {key} is {value!r}, which cannot be a price")
    return float(f"{number:.10g}")


def _read_context(limit: Mapping[str, Any]) -> int | None:
    """The context limit; None where absent, and where it is 0: the schema wants a number, known or not."""
    value = limit.get("context")
    if value is None or value == 0:
        return None
    if type(value) is not int or value < 0:
        raise ValueError(f"the context limit is {value!r}, no count of tokens")
    return value


def _read_flags(listing: Mapping[str, Any]) -> tuple[str, ...]:
    """The publisher's own marks (alpha, beta, deprecated, experimental). An object under `experimental`
    describes further modes of a listing and marks nothing."""
    status = listing.get("status")
    marks = [status] if isinstance(status, str) and status else []
    if listing.get("experimental") is True:
        marks.append("experimental")
    return tuple(marks)


def _read_models(payload: Payload, catalogue: Mapping[str, dict[str, Any]]) -> Iterator[Parsed]:
    if any("models" in entry for entry in catalogue.values()):
        raise _unexpected(payload, "a list of providers where lab models were expected")
    row_no = 0
    for name, entry in catalogue.items():
        try:
            stated = _read_attributes(name, entry)
        except ValueError as error:
            yield Refused(payload.key, row_no, f"{name}: {error}", json.dumps(entry, ensure_ascii=False))
            row_no += 1
            continue
        for attribute, value in stated.items():
            yield ModelAttribute(
                payload_key=payload.key, row_no=row_no, name_raw=name, attribute=attribute, value=value
            )
            row_no += 1
    if row_no == 0:
        raise _unexpected(payload, "a catalogue that says nothing of any model")


def _read_attributes(name: str, entry: Mapping[str, Any]) -> dict[str, str]:
    """What is stated of one lab model, absent parts left out. Raises ValueError."""
    lab, slash, _ = name.partition("/")
    released = _read_text(entry, "release_date")
    weights_open = entry.get("open_weights")
    if weights_open is not None and not isinstance(weights_open, bool):
        raise ValueError(f"open_weights is {weights_open!r}, neither true nor false")
    found = {
        "name": _read_text(entry, "name"),
        "developer": lab if slash else None,
        "released_on": released if released and _is_date(released) else None,
        "family": _read_text(entry, "family"),
        "licence": _read_text(entry, "license"),
        "open_weights": None if weights_open is None else str(weights_open).lower(),
        "hub_repo_id": _find_repo(entry.get("weights") or []),
    }
    return {attribute: value for attribute, value in found.items() if value is not None}


def _is_date(text: str) -> bool:
    """Whether a text is a real YYYY-MM or YYYY-MM-DD."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?", text):
        return False
    try:
        date.fromisoformat(text if len(text) == 10 else f"{text}-01")
    except ValueError:
        return False
    return True


def _find_repo(weights: object) -> str | None:
    """The Hub repository of the weights as released: the link labelled "Hugging Face", else the first one
    that is not marked as a quantisation."""
    if not isinstance(weights, list) or not all(isinstance(link, dict) for link in weights):
        raise ValueError("the weights are no list of objects")
    links = [(link, repo) for link in weights if (repo := _read_repo_url(link.get("url")))]
    plain = [repo for link, repo in links if "quantization" not in link]
    labelled = [repo for link, repo in links if link.get("label") == "Hugging Face"]
    return next(iter(labelled + plain), None)


def _read_repo_url(url: object) -> str | None:
    """OWNER/NAME of a Hub model page; None for any other address."""
    if not isinstance(url, str):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    path = [part for part in parts.path.split("/") if part]
    if parts.hostname not in _HUB_HOSTS or len(path) < 2 or path[0] in _NOT_MODELS:
        return None
    return f"{path[0]}/{path[1]}"


def _read_object(entry: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = entry.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ValueError(f"{key} is {str(value)[:80]!r}, no object")
    return value


def _read_text(entry: Mapping[str, Any], key: str) -> str | None:
    value = entry.get(key)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{key} is {value!r}, not text")
    return value or None
