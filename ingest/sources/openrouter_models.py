"""OpenRouter's own list of models: what the largest router asks, in its words.

The market price of one router, stated by itself, and the Hub repository of each open model: the best link from a
listing to weights. The file takes prices as they stand, keeps a price that depends on the request out of the
numbers, and never takes the third parties' indices that ride along in the payload.

Measures: USD per million tokens (input, output, cached input) per listing, with dearer prices above a stated length
of prompt as tiers of their own; and the Hugging Face repository where one is named.

Published: https://openrouter.ai/api/v1/models, keyless, pages along `links.next`; decimal strings, USD per token.
No licence is stated (the CC BY grant covers other endpoints), so rows are shown here and never passed on.

Caveats: The cheapest route of one router at that moment, not an average and not what each host asks. A price of -1
depends on where a request ends up: it is no price, and flagged "variable". A price of 0 is free; `:free` listings
are limited and flagged "free". No history is served: a price is known from the day it was first read here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urljoin, urlsplit

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
from ingest.usd import PER_TOKEN, read_usd

_URL = "https://openrouter.ai/api/v1/models"
_MAX_PAGES = 50


class OpenrouterModels(Source):
    """OpenRouter's list of models and prices."""

    source_id = "openrouter_models"
    title = "OpenRouter model list"
    publisher = "OpenRouter"
    homepage = "https://openrouter.ai/models"
    licence_id = "none-stated"
    licence_url = "https://openrouter.ai/terms"
    attribution = "OpenRouter"
    cadence_days = 1
    redistributable = "no"
    hosts = ("openrouter.ai",)

    def fetch(self, context: FetchContext) -> Iterator[Fetched]:
        """Every page; the last is incomplete when the pages hold fewer models than the list says it has. Raises
        SourceError when a page is not served, or the next is said to be on another host."""
        url, seen, models = _URL, {_URL}, 0
        while True:
            name = "models.json" if len(seen) == 1 else f"models.{len(seen)}.json"
            page = context.fetcher.get(url, name=name)
            document = _load(page.body, name, url)
            models += len(document["data"])
            follows = _find_next(document, url)
            if follows is None:
                break
            yield page
            if follows in seen or len(seen) >= _MAX_PAGES:
                raise _unexpected(name, url, f"a list whose pages go in a circle or past {_MAX_PAGES}")
            url = follows
            seen.add(url)
        total = document.get("total_count")
        if isinstance(total, int) and models < total:
            context.report(f"the pages hold {models} models where the list says it has {total}: read as partial.")
            page = replace(page, complete=False)
        yield page

    def parse(self, snapshot: Snapshot) -> Iterator[Parsed]:
        """Price rows, and the Hub repository of each model that names one."""
        for payload in snapshot.payloads:
            row_no = 0
            for entry in _load(payload.body, payload.name, payload.url)["data"]:
                read = _read_model(payload, row_no, entry)
                yield from read
                row_no += max(1, sum(isinstance(item, Price) for item in read))


def _unexpected(name: str, url: str, what: str) -> SourceError:
    return SourceError("openrouter_models", f"{name} is {what}; open {url} to see what is served.")


def _load(body: bytes, name: str, url: str) -> dict[str, Any]:
    """A page, whose `data` is a list of objects with something in it. Raises SourceError."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise _unexpected(name, url, f"no JSON ({error}); it begins {body[:60]!r}") from error
    models = document.get("data") if isinstance(document, dict) else None
    if not isinstance(models, list) or not models or not all(isinstance(entry, dict) for entry in models):
        raise _unexpected(name, url, f"no list of models but {str(document)[:60]!r}")
    if not any(entry.get("id") and entry.get("pricing") for entry in models):
        raise _unexpected(name, url, "a list in which no model has an id and a price")
    return dict(document)


def _find_next(document: Mapping[str, Any], here: str) -> str | None:
    """The next page's address; None on the last. Raises SourceError when it is on another host."""
    links = document.get("links")
    link = links.get("next") if isinstance(links, dict) else None
    if not link:
        return None
    url = urljoin(here, str(link))
    if urlsplit(url)[:2] != urlsplit(here)[:2]:
        raise _unexpected("the page", here, f"said to go on at {url[:80]!r}, another host: not followed")
    return url


def _read_model(payload: Payload, row_no: int, entry: Mapping[str, Any]) -> list[Parsed]:
    """A listing's prices and its repository, or the one refusal of it."""
    try:
        listing_id = entry.get("id")
        if not isinstance(listing_id, str) or not listing_id.strip():
            raise ValueError(f"the id is {str(listing_id)[:40]!r}, not text")
        found: list[Parsed] = [*_read_prices(payload, row_no, listing_id, entry)]
        repo = entry.get("hugging_face_id")
        if repo is not None and not isinstance(repo, str):
            raise ValueError(f"the repository is {str(repo)[:40]!r}, not text")
    except ValueError as error:
        row = json.dumps(entry, ensure_ascii=False)
        return [Refused(payload.key, row_no, f"{entry.get('id')}: {error}", row)]
    if repo and repo.strip():
        attribute = ModelAttribute(
            payload_key=payload.key, row_no=row_no, name_raw=listing_id, attribute="hub_repo_id", value=repo.strip()
        )
        found.append(attribute)
    return found


def _read_prices(payload: Payload, row_no: int, listing_id: str, entry: Mapping[str, Any]) -> Iterator[Price]:
    """The base price and one row a dearer tier. Raises ValueError."""
    pricing = entry.get("pricing")
    if not isinstance(pricing, dict):
        raise ValueError(f"the pricing is {str(pricing)[:40]!r}, no object")
    free = ("free",) if listing_id.endswith(":free") else ()
    for nth, (tier, stated) in enumerate([("", pricing), *_list_tiers(pricing)]):
        variable = any(_is_variable(stated.get(key)) for key in ("prompt", "completion"))
        yield Price(
            payload_key=payload.key,
            row_no=row_no + nth,
            name_raw=listing_id,
            flags=(*free, *(("variable",) if variable else ())),
            provider="openrouter",
            provider_name="OpenRouter",
            listing_id=listing_id,
            tier=tier,
            context_tokens=_read_context(entry.get("context_length")),
            input_usd_per_mtok=None if variable else read_usd(stated.get("prompt"), PER_TOKEN),
            output_usd_per_mtok=None if variable else read_usd(stated.get("completion"), PER_TOKEN),
            cache_read_usd_per_mtok=None if variable else read_usd(stated.get("input_cache_read"), PER_TOKEN),
        )


def _is_variable(value: object) -> bool:
    """Whether a price is the mark for "depends on the route"."""
    return value in (-1, "-1")


def _list_tiers(pricing: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Dearer prices above a length of prompt, as ("context>32000", prices); other conditions are not read."""
    overrides = pricing.get("overrides") or []
    if not isinstance(overrides, list) or not all(isinstance(o, dict) for o in overrides):
        raise ValueError("the overrides are no list of objects")
    named: dict[str, dict[str, Any]] = {}
    for override in overrides:
        least = override.get("min_prompt_tokens")
        if type(least) is int and "prompt" in override and "completion" in override:
            named.setdefault(f"context>{least}", override)
    return list(named.items())


def _read_context(value: object) -> int | None:
    if value is None or value == 0:
        return None
    if type(value) is not int or value < 0:
        raise ValueError(f"the context length is {str(value)[:40]!r}, no count of tokens")
    return value
