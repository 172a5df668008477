"""Bodies of the Hugging Face Hub, as served or as recorded, as Hub rows.

The Hub serves no history, so the past comes from scheduled jobs of others, each with a shape of its own.
This module knows those shapes, their clocks and their licences, and gives every row back in the Hub's own
field names, so that one reader serves live and recorded rows alike. It makes no facts, guesses no shape it
was not told of, and leaves out lists in which a recorder wrote defaults where the Hub served nothing.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import orjson

from ingest.history.extract import EXTRACT_HEAD, HistoryRow, decode_extract, is_extract, read_rows
from ingest.source import ObservedKind, Payload, Redistributable

NONE_STATED = "none-stated"

# Recorders who state a licence for their repository, data included; all others state none.
_LICENCES: Mapping[str, str] = {
    "starscreener": "MIT",
    "llmfit": "MIT",
    "alain": "MIT",
    "hf-model-inspector": "Apache-2.0",
    "modelpulse": "Apache-2.0",
    "hub-stats": "Apache-2.0",
}

# llmfit asked with `expand` and without `likes` from here on, and wrote the absent value as 0.
_LLMFIT_LOST_LIKES = datetime(2026, 4, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Sighting:
    """One row in the Hub's field names, with what its recorder knows of it.

    `read_at` None: the payload's instant. The overrides are None where the payload's own hold.
    `describes` is false where the recorder kept too little to say what the repository is. `unused` says why the
    row is no reading, where it is sound and another is preferred.
    """

    row_no: int
    row: object
    origin: str
    read_at: datetime | None = None
    observed_kind: ObservedKind | None = None
    licence_id: str | None = None
    redistributable: Redistributable | None = None
    describes: bool = True
    flags: tuple[str, ...] = ()
    unused: str | None = None


@dataclass(frozen=True, slots=True)
class _Table:
    """A recorder's CSV: whose it is (None: the row says), its clock, and whether it describes repos."""

    origin: str | None
    clock: str
    kind: ObservedKind = "recorded"
    describes: bool = False


_FAULT_LIST = "start_day,end_day,kind,what_happened,source"
_TABLES: Mapping[str, _Table | None] = {
    "observed_at,observed_at_kind,model_id,downloads_30d,likes,trending_score,source,source_commit": _Table(
        None, "observed_at"
    ),
    "fetched_at,model_id,rank,downloads_30d,likes,trending_score,pipeline_tag,library_name,license_tag,"
    "created_at,last_modified,source_commit": _Table("starscreener", "fetched_at", describes=True),
    "commit_date,model_id,downloads_30d,likes,parameters_raw,release_date,source_commit": _Table(
        "llmfit", "commit_date", "commit_date"
    ),
    "updated_at,model_id,rank,downloads_30d,likes,source_commit": _Table("pulse", "updated_at"),
    "updated_at,model_id,rank,downloads_30d,likes,pipeline_tag,source_commit": _Table("pulse", "updated_at"),
    "last_updated,model_id,rank,downloads_30d,likes,trending_score,pipeline_tag,source_commit": _Table(
        "trendings", "last_updated"
    ),
    "last_updated,model_id,downloads_30d,likes,last_modified,source_commit": _Table("llm-pulse", "last_updated"),
    # Known faults of the Hub's counters, with dates: no readings, so nothing is read from it.
    _FAULT_LIST: None,
}


@dataclass(frozen=True, slots=True)
class _Wrapper:
    """A recorder's JSON object: whose it is, its clock, and the lists in it that hold models."""

    origin: str
    clock: str
    lists: tuple[str, ...]
    describes: bool


_WRAPPERS = (
    _Wrapper("starscreener", "fetchedAt", ("models",), describes=True),
    # Tags are cut to the first five or six here, which loses licence and base. kell.cx's recent_models_24h
    # is left out: repositories minutes old, with 0 where the Hub served nothing.
    _Wrapper("kell.cx", "scraped_at", ("top_models_by_likes", "top_models_by_downloads"), describes=False),
    _Wrapper("pulse", "updated", ("models", "smallModels"), describes=False),
)


def read_instant(text: str) -> datetime:
    """An ISO instant with its zone, in UTC and whole seconds (recorders differ in fractions). ValueError."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text!r} states no time zone")
    return at.astimezone(UTC).replace(microsecond=0)


def may_be_silent(payload: Payload) -> bool:
    """Whether a body may well hold no reading: the list of the counters' known faults, or an extract of a time
    before any wanted repository was there."""
    return payload.body.startswith((_FAULT_LIST.encode(), EXTRACT_HEAD))


def read_sightings(payload: Payload) -> Iterator[Sighting]:
    """Rows of one body, live or recorded, numbered from 0. Raises ValueError when it is none we know."""
    if payload.body.lstrip()[:1] not in (b"{", b"["):
        yield from _read_table(payload.body)
        return
    document = orjson.loads(payload.body)
    if is_extract(document):
        yield from _read_extract(document)
        return
    wrapper = _find_wrapper(document) if isinstance(document, dict) else None
    if wrapper is not None:
        yield from _read_wrapped(wrapper, document)
        return
    origin = "live" if payload.kind == "LIVE" else payload.origin if payload.origin != "live" else "recorded"
    if isinstance(document, list):
        for row_no, row in enumerate(document):
            yield Sighting(row_no, row, origin)
    elif "error" in document or not ("id" in document or "modelId" in document):
        said = document.get("error", f"an object with {', '.join(sorted(document)[:5]) or 'nothing in it'}")
        raise ValueError(f"the Hub answered {said!r} where a model was expected")
    else:
        yield Sighting(0, document, origin)


def read_text(row: Mapping[str, Any], key: str) -> str | None:
    """A field's text; None where it is absent or blank. Raises ValueError on anything else."""
    value = row.get(key)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{key} is {value!r}, not text")
    return value or None


def find_base(row: Mapping[str, Any], listed_base: str | None) -> tuple[str | None, str | None]:
    """The base a row was listed under, else the first it names; and its relation to that base, if stated."""
    links = [
        *_read_base_models(row.get("baseModels")),
        *_read_card(row.get("cardData") or {}),
        *_read_base_tags(row.get("tags") or ()),
    ]
    base = listed_base or (links[0][0] if links else None)
    for name, relation in links:
        if name == base and relation:
            return base, relation
    return base, None


def _read_base_models(value: object) -> Iterator[tuple[str, str | None]]:
    """`baseModels`: an object with relation and models as served, or a bare list as documented."""
    relation = read_text(value, "relation") if isinstance(value, dict) else None
    models = value.get("models") if isinstance(value, dict) else value
    for model in models if isinstance(models, list) else ():
        name = model.get("id") if isinstance(model, dict) else model
        if isinstance(name, str):
            yield name, relation


def _read_card(card: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    stated = card.get("base_model")
    for name in stated if isinstance(stated, list) else [stated]:
        if isinstance(name, str):
            yield name, read_text(card, "base_model_relation")


def _read_base_tags(tags: Iterable[object]) -> Iterator[tuple[str, str | None]]:
    """`base_model:OWNER/NAME` and `base_model:RELATION:OWNER/NAME`; a repository id holds no colon."""
    for tag in tags:
        if isinstance(tag, str) and tag.startswith("base_model:"):
            relation, _, name = tag.removeprefix("base_model:").rpartition(":")
            yield name, relation or None


def _read_table(body: bytes) -> Iterator[Sighting]:
    try:
        rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig")), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"neither the Hub's JSON nor readable CSV ({error})") from error
    header = rows[0] if rows else []
    name = ",".join(header)
    if name not in _TABLES:
        raise ValueError(f"neither the Hub's JSON nor a recording we know; it begins {body[:60]!r}")
    table = _TABLES[name]
    if table is None:
        return
    for row_no, cells in enumerate(rows[1:]):
        yield _read_cells(table, dict(zip(header, cells, strict=False)), row_no)


def _read_wrapped(wrapper: _Wrapper, document: Mapping[str, Any]) -> Iterator[Sighting]:
    """Rows of a recorder's JSON object, numbered through its lists. Raises ValueError on a bad clock."""
    read_at = read_instant(str(document[wrapper.clock]))
    row_no = 0
    for name in wrapper.lists:
        for row in document.get(name) or ():
            yield _stamp(
                Sighting(row_no, _rename_keys(row), wrapper.origin, read_at, "recorded", describes=wrapper.describes)
            )
            row_no += 1


def _find_wrapper(document: Mapping[str, Any]) -> _Wrapper | None:
    for wrapper in _WRAPPERS:
        if wrapper.clock in document and isinstance(document.get(wrapper.lists[0]), list):
            return wrapper
    return None


def _read_extract(document: Mapping[str, Any]) -> Iterator[Sighting]:
    """Rows taken out of somebody's history file; of several for one day, one is the reading."""
    extract = decode_extract(document)
    for found in read_rows(extract):
        if isinstance(found, HistoryRow):
            at, flags, unused = found.read_at, found.flags, found.unused
            sighting = Sighting(
                found.row_no, found.row, extract.route, at, "backfilled", describes=False, flags=flags, unused=unused
            )
        else:
            sighting = Sighting(found[0], f"no row of an extract: {found[1]}", extract.route)
        yield _stamp(sighting)


def _read_cells(table: _Table, cells: Mapping[str, str], row_no: int) -> Sighting:
    """A CSV row as a Hub row; what cannot be read is passed on as text, for the reader to refuse."""
    origin = table.origin or cells.get("source", "")
    kind: ObservedKind = "commit_date" if cells.get("observed_at_kind") == "commit_date" else table.kind
    try:
        read_at = read_instant(cells.get(table.clock, ""))
    except ValueError:
        return _stamp(Sighting(row_no, f"{table.clock} is no instant: {dict(cells)}", origin))
    row: dict[str, Any] = {
        "id": cells.get("model_id"),
        "downloads": _read_whole(cells.get("downloads_30d")),
        "likes": _read_whole(cells.get("likes")),
        "pipeline_tag": cells.get("pipeline_tag") or None,
        "library_name": cells.get("library_name") or None,
        "createdAt": cells.get("created_at") or None,
        "cardData": {"license": cells.get("license_tag") or None},
    }
    if origin == "llmfit" and read_at >= _LLMFIT_LOST_LIKES and row["likes"] == 0:
        row["likes"] = None
    return _stamp(Sighting(row_no, row, origin, read_at, kind, describes=table.describes))


def _stamp(sighting: Sighting) -> Sighting:
    """The same sighting with its recorder's licence."""
    licence = _LICENCES.get(sighting.origin, NONE_STATED)
    return replace(sighting, licence_id=licence, redistributable="no" if licence == NONE_STATED else "yes")


def _read_whole(text: str | None) -> int | str | None:
    """A cell's whole number, None for a blank; anything else stays text."""
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else text


def _rename_keys(row: object) -> object:
    """A recorder's camelCase row in the Hub's names; anything but an object is passed on as it is."""
    if not isinstance(row, dict):
        return row
    names = {"pipelineTag": "pipeline_tag", "libraryName": "library_name"}
    return {names.get(key, key): value for key, value in row.items()}
