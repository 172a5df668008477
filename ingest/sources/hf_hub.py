"""Hugging Face Hub: downloads, likes and lineage of open-weight repositories.

Whether open weights are used, and by whom they are built on, shows first in the Hub's own counters. This
file reads the tracked repositories one by one and every derivative of the bases asked for, and it reads
the recordings of others for the past, since the Hub serves no history. It never writes a zero for a
counter that was not served, never sums readings, and never decides which reading stands for a day.

Measures: downloads of the last 30 days (a rolling window the Hub recomputes daily), downloads since
creation, likes at the instant of reading; and what the Hub says of each repository: base model and
relation to it, licence, tags, task, library, creation day, gating.

Published: continuously at https://huggingface.co/api/models, keyless; counters move once a day, mostly
between 04 and 10 UTC. No licence is stated for this metadata. History here: third parties' scheduled
readings since September 2025, under MIT or Apache-2.0 (starscreener, llmfit, alain, hf-model-inspector)
or with no licence stated (used on this machine only). `landscape backfill hf_hub` adds daily counts from
Model Pulse or hub-stats (Apache-2.0).

Caveats: A download is a request for a file such as config.json, so automated builds and repeated checks
count and cached use does not. The 30-day count is a rolling window, neither a daily flow nor a total.
Counters stall on some Wednesdays, fell back for days in May 2025 and June 2026, and are corrected without
notice. Lineage and licence are what each uploader wrote. Recorded history is uneven: nothing for gpt-oss
between October 2025 and January 2026 unless it was backfilled, and llmfit's times are commit times, which
are upper bounds. Backfilled days are as their recorder dated them, and flagged where it warns of them:
skip_day (counters stood still or had fallen back), low_day (few downloads counted on the whole Hub), partial
(part of the repositories). The Hub gives 2 March 2022 as the creation day of everything older, which is
shown as unknown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, ClassVar
from urllib.parse import quote, urlencode

from ingest.hub_recordings import (
    NONE_STATED,
    Sighting,
    find_base,
    may_be_silent,
    read_instant,
    read_sightings,
    read_text,
)
from ingest.source import (
    FetchContext,
    Fetched,
    HubReading,
    Parsed,
    Payload,
    Redistributable,
    Refused,
    Repo,
    Snapshot,
    Source,
    SourceError,
)

_ENDPOINT = "https://huggingface.co"
_BASES = ("openai/gpt-oss-20b", "openai/gpt-oss-120b")
# With `expand` only the named properties return, so every field read below is named here.
_LIST_FIELDS = (
    "author",
    "createdAt",
    "downloads",
    "downloadsAllTime",
    "gated",
    "lastModified",
    "library_name",
    "likes",
    "pipeline_tag",
    "tags",
)
_DETAIL_FIELDS = (*_LIST_FIELDS, "cardData", "safetensors", "sha")
# One name the server does not know fails the whole request; these have come and gone.
_LIST_OPTIONAL = ("baseModels", "trendingScore")
_DETAIL_OPTIONAL = (*_LIST_OPTIONAL, "childrenModelCount", "inferenceProviderMapping")
# 500 is the most the Hub serves a page when `expand` is sent.
_PAGE_ROWS = 500
# Gone, hidden, gated or disabled: one repository's state, not the Hub's.
_REPO_UNAVAILABLE = frozenset({401, 403, 404, 410, 451})
_CREATED_FLOOR = "2022-03-02T23:29:04"


class HfHub(Source):
    """Hugging Face Hub, live and as recorded by others."""

    source_id = "hf_hub"
    title = "Hugging Face Hub"
    publisher = "Hugging Face"
    homepage = "https://huggingface.co/models"
    licence_id = NONE_STATED
    licence_url = "https://huggingface.co/terms-of-service"
    attribution = (
        "Counts and metadata: Hugging Face Hub API. Recorded history: starscreener, llmfit, "
        "alain (MIT), hf-model-inspector, Model Pulse, hub-stats (Apache-2.0)"
    )
    cadence_days = 1
    required = True
    hosts = ("huggingface.co",)
    # Only history is read from these: its files are served from them by redirect.
    cdn_hosts = (".hf.co", ".huggingface.co")
    # Counts are facts, but the Hub grants nothing for them: what we read live is shown and not passed on.
    # Rows of recorders who state a licence say so themselves.
    redistributable: ClassVar[Redistributable] = "no"

    def fetch(self, context: FetchContext) -> Iterator[Fetched]:
        """Each tracked repository ("model:ID"), then the derivatives of each base ("derivatives:ID:pageN").

        A repository that is gone and a listing that breaks off are reported and the rest goes on.
        Raises SourceError when the Hub cannot be reached or serves none of the tracked repositories.
        """
        endpoint = (context.settings.get("HF_ENDPOINT") or _ENDPOINT).rstrip("/")
        yield from _fetch_models(context, endpoint)
        named = context.settings.get("derivatives_of")
        for base in _split_names(named) if named is not None else _BASES:
            yield from _fetch_derivatives(context, endpoint, base)

    def parse(self, snapshot: Snapshot) -> Iterator[Parsed]:
        """HubReading and Repo rows of live bodies and of recordings; one Repo per repository and live
        snapshot, since lists overlap. A list of known counter faults yields nothing."""
        seen = _Seen()
        read_any = False
        for payload in snapshot.payloads:
            try:
                for sighting in read_sightings(payload):
                    for item in _read_row(payload, sighting, seen):
                        read_any = read_any or isinstance(item, HubReading)
                        yield item
            except ValueError as error:
                raise SourceError(
                    self.source_id, f"{payload.name}: {error}; look at {payload.url or 'the archived body'}."
                ) from error
        if not read_any and not all(may_be_silent(p) for p in snapshot.payloads):
            names = ", ".join(p.name for p in snapshot.payloads[:3])
            raise SourceError(
                self.source_id,
                f"no counter in {len(snapshot.payloads)} bodies ({names}); "
                "look at the archived bodies, the Hub may have changed its field names.",
            )


@dataclass(slots=True)
class _Seen:
    """What a snapshot has said so far: live repositories, and the last description of recorded ones."""

    live: set[str] = field(default_factory=set)
    described: dict[str, Repo] = field(default_factory=dict)


def _split_names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _fetch_models(context: FetchContext, endpoint: str) -> Iterator[Fetched]:
    optional: tuple[str, ...] = _DETAIL_OPTIONAL
    missing = 0
    for repo_id in context.tracked_repo_ids:
        try:
            try:
                answer = _get_model(context, endpoint, repo_id, optional)
            except SourceError as error:
                if _read_status(error) != 400 or not optional:
                    raise
                optional = ()
                answer = _get_model(context, endpoint, repo_id, optional)
        except SourceError as error:
            if _read_status(error) not in _REPO_UNAVAILABLE:
                raise
            missing += 1
            context.report(
                f"{repo_id} was not served ({error.message}); its last readings stay. "
                "If it was renamed or removed, correct its Hub id in data/models.toml."
            )
            continue
        yield replace(answer, name=f"model:{repo_id}")
    if missing and missing == len(context.tracked_repo_ids):
        raise SourceError(
            "hf_hub",
            f"none of the {missing} tracked repositories was served by {endpoint}; "
            "if HF_TOKEN is set, check that it is valid.",
        )


def _get_model(context: FetchContext, endpoint: str, repo_id: str, optional: Iterable[str]) -> Fetched:
    url = f"{endpoint}/api/models/{quote(repo_id)}?{_name_fields(_DETAIL_FIELDS, optional)}"
    return context.fetcher.get(url, name=f"model:{repo_id}")


def _fetch_derivatives(context: FetchContext, endpoint: str, base: str) -> Iterator[Fetched]:
    """The pages of one base's derivatives; they are held until the last, to mark a broken list partial."""
    url = (
        f"{endpoint}/api/models?"
        + urlencode({"filter": f"base_model:{base}", "limit": _PAGE_ROWS}, safe=":/", quote_via=quote)
        + "&"
    )
    pages: list[Fetched] = []
    complete = True
    for optional in (_LIST_OPTIONAL, ()):
        try:
            pages.extend(
                context.fetcher.get_pages(url + _name_fields(_LIST_FIELDS, optional), name=f"derivatives:{base}")
            )
        except SourceError as error:
            if _read_status(error) == 400 and optional and not pages:
                continue
            complete = False
            context.report(
                f"the derivatives of {base} broke off after {len(pages)} pages ({error.message}); "
                "the count of derivatives is partial until the next refresh."
            )
        break
    for number, page in enumerate(pages, start=1):
        yield replace(page, name=f"derivatives:{base}:page{number}", complete=complete and page.complete)


def _name_fields(*groups: Iterable[str]) -> str:
    return urlencode([("expand", name) for group in groups for name in group])


def _read_status(error: SourceError) -> int | None:
    """The HTTP status a fetcher's error names, if it names one: the first, as bodies are quoted after it."""
    match = re.search(r"\b(?:HTTP|answered) (\d{3})\b", error.message)
    return int(match[1]) if match else None


def _read_row(payload: Payload, sighting: Sighting, seen: _Seen) -> Iterator[Parsed]:
    """The reading and, where the row describes the repository anew, the repository; or the row refused."""
    row = sighting.row
    try:
        if not isinstance(row, dict):
            raise ValueError(f"{str(row)[:80]!r} is no object")
        reading = _build_reading(payload, sighting, row)
        repo = _build_repo(payload, sighting, row) if sighting.describes else None
    except (ValueError, TypeError, AttributeError) as error:
        yield Refused(payload.key, sighting.row_no, f"{error}", json.dumps(row, ensure_ascii=False))
        return
    if sighting.unused:
        yield Refused(payload.key, sighting.row_no, sighting.unused, json.dumps(row, ensure_ascii=False))
        return
    if sighting.read_at is None:
        if reading.name_raw in seen.live:
            return
        seen.live.add(reading.name_raw)
    if (reading.downloads_30d, reading.downloads_all_time, reading.likes) != (None, None, None):
        yield reading
    if repo is None:
        return
    last = seen.described.get(repo.name_raw)
    # Where it stands and since when is no part of what is said of it.
    if last is None or repo != replace(
        last, payload_key=repo.payload_key, row_no=repo.row_no, observed_at=repo.observed_at
    ):
        seen.described[repo.name_raw] = repo
        yield repo


def _build_reading(payload: Payload, sighting: Sighting, row: Mapping[str, Any]) -> HubReading:
    return HubReading(
        payload_key=payload.key,
        row_no=sighting.row_no,
        name_raw=_read_id(row),
        observed_at=_find_evidence(payload, sighting),
        observed_kind=sighting.observed_kind,
        origin=sighting.origin,
        licence_id=sighting.licence_id,
        redistributable=sighting.redistributable,
        flags=sighting.flags,
        read_at=_cut_fraction(sighting.read_at or payload.observed_at),
        downloads_30d=_read_count(row, "downloads"),
        downloads_all_time=_read_count(row, "downloadsAllTime"),
        likes=_read_count(row, "likes"),
    )


def _cut_fraction(at: datetime) -> datetime:
    return at.replace(microsecond=0) if at.microsecond else at


def _build_repo(payload: Payload, sighting: Sighting, row: Mapping[str, Any]) -> Repo:
    name = _read_id(row)
    role, _, rest = payload.name.partition(":")
    listed_base = rest.partition(":")[0] if role == "derivatives" else None
    base, relation = find_base(row, listed_base)
    tags = tuple([tag for tag in row.get("tags") or () if isinstance(tag, str)])  # a list is built twice as fast
    return Repo(
        payload_key=payload.key,
        row_no=sighting.row_no,
        name_raw=name,
        observed_at=sighting.read_at,
        observed_kind=sighting.observed_kind,
        origin=sighting.origin,
        licence_id=sighting.licence_id,
        redistributable=sighting.redistributable,
        author=read_text(row, "author") or (name.partition("/")[0] if "/" in name else ""),
        asked_id=rest if role == "model" and rest != name else None,
        base_repo_id=base,
        relation=relation,
        licence_raw=_find_licence(row, tags),
        tags=tags,
        pipeline_tag=read_text(row, "pipeline_tag"),
        library_name=read_text(row, "library_name"),
        created_on=_read_created(row.get("createdAt")),
        is_gated=None if row.get("gated") is None else row["gated"] is not False,
    )


def _find_evidence(payload: Payload, sighting: Sighting) -> datetime | None:
    """When a row was public: the row's own instant. A backfilled one that knows its day alone is dated by the
    day's end, which the body it came in may precede."""
    if sighting.read_at and sighting.observed_kind == "backfilled":
        return min(sighting.read_at, payload.observed_at)
    return sighting.read_at


def _read_id(row: Mapping[str, Any]) -> str:
    name = row.get("id") or row.get("modelId")
    if not isinstance(name, str):
        raise ValueError("the row has no repository id")
    return name


def _read_count(row: Mapping[str, Any], key: str) -> int | None:
    value = row.get(key)
    if value is None:
        return None
    if type(value) is not int or not 0 <= value < 2**63:
        raise ValueError(f"{key} is {value!r}, not a count")
    return value


def _read_created(text: str | None) -> date | None:
    """The creation day; None where not served, and at the floor the Hub gives to everything older."""
    if text is None or text.startswith(_CREATED_FLOOR):
        return None
    return read_instant(text).date()


def _find_licence(row: Mapping[str, Any], tags: Iterable[str]) -> str | None:
    """The licence by tag, else by the model card; a card may name several."""
    for tag in tags:
        if tag.startswith("license:"):
            return tag.removeprefix("license:")
    card = row.get("cardData") or {}
    stated = card.get("license")
    return ", ".join(stated) if isinstance(stated, list) else read_text(card, "license")
