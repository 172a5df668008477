"""What we know of models and developers: the registries of data/, checked.

The curated names decide what counts as the same model, so a contradiction in them would merge two models
or split one without a trace. Loading therefore refuses the files as a whole and lists every fault at once.
Nothing is looked up elsewhere, and nothing is guessed for a field that is not given.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol, TypeVar

from ingest.errors import ReadableError

ACCESS = ("commercial_weights", "restricted_commercial_weights", "noncommercial_weights", "proprietary", "unknown")
ROLES = ("", "family", "pooled", "undated", "safeguard")
REGIONS = ("us", "china", "eu", "other")
# Lists of what hosts serve, as one scope of `names_in`: there a bare `llama-3.1-8b` is the instruct edition.
GROUPS = {
    "hosts": ("models_dev", "litellm_prices", "openrouter_models", "openrouter_rankings", "genai_prices", "llm_prices"),
}

_SEPARATORS = re.compile("[-_. ]+")
_DATE = re.compile(r"(?<!\d)(20\d\d)-(\d\d)-(\d\d)(?!\d)")
_DIGIT = re.compile(r"\d")
_LISTS = ("hub_orgs", "names", "prefixes", "efforts", "serving", "text", "sources")


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


T = TypeVar("T")
Row = TypeVar("Row", bound=_HasId)


class RegistryError(ReadableError):
    """Every fault found, one a line, each saying where it is and what to change."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


def fold(name: str) -> str:
    """The form in which names are compared: case folded, blanks trimmed and runs of them made one."""
    return " ".join(name.split()).casefold()


@lru_cache(maxsize=1 << 16)
def plain_key(folded: str) -> str:
    """The form in which separators and the writing of a date no longer matter; empty where a name has no digit.

    `llama-3.1-8b`, `llama 3.1 8b` and `llama-3-1-8b` have one key, and so have `-2025-08-07` and `-20250807`.
    A bare word is left out: `gpt_oss` may be anything."""
    if not _DIGIT.search(folded):
        return ""
    return _SEPARATORS.sub("-", _DATE.sub(r"\1\2\3", folded))


def short_name(model_id: str) -> str:
    """The part of an id after its owner."""
    return model_id.partition("/")[2] or model_id


@dataclass(frozen=True, slots=True)
class Correction:
    """A source's statement about a model that we overrule."""

    attribute: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A curated model. `role` is empty for one set of weights; parameters are in billions."""

    id: str
    name: str
    developer: str
    family: str = ""
    role: str = ""
    released_on: date | None = None
    access: str | None = None
    reason: str = ""
    licence: str | None = None
    total_params_b: float | None = None
    active_params_b: float | None = None
    hub_repo_id: str | None = None
    tracked: bool = False
    efforts: tuple[str, ...] = ()
    thinking: bool = False
    serving: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    names_in: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    corrections: tuple[Correction, ...] = ()

    def own_names(self) -> set[str]:
        """Folded spellings that need no listing: the id, its part after the owner, and the display name."""
        return {fold(self.id), fold(short_name(self.id)), fold(self.name)}


@dataclass(frozen=True, slots=True)
class Developer:
    """Who makes models; `words` are the spellings that may stand before a model's name."""

    id: str
    name: str
    region: str
    hub_orgs: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()

    def words(self) -> set[str]:
        return {fold(word) for word in (self.id, self.name, *self.hub_orgs, *self.names, *self.prefixes)}


@dataclass(frozen=True, slots=True)
class Provider:
    """Who sells access, by models.dev's provider id; `router`: it resells other hosts' capacity."""

    id: str
    name: str
    router: bool = False
    first_party_of: str | None = None


@dataclass(frozen=True, slots=True)
class RoutingPrefix:
    """Words that say where a model is served. No sources: accepted from any but the Hub."""

    text: tuple[str, ...]
    reason: str
    sources: tuple[str, ...] = ()
    config: str = ""


@dataclass(frozen=True, slots=True)
class Registry:
    """The curated models, developers and providers by id, with the index of names to model ids.

    `index` is (source id or "" for any, folded name) -> model id.
    """

    models: Mapping[str, ModelEntry]
    developers: Mapping[str, Developer]
    providers: Mapping[str, Provider]
    routing_prefixes: tuple[RoutingPrefix, ...]
    index: Mapping[tuple[str, str], str]
    plain: Mapping[tuple[str, str], str]  # the same by plain_key
    words: Mapping[str, str]  # folded word -> developer id

    @classmethod
    def load(cls, data_dir: Path) -> Registry:
        """The registry of models.toml and developers.toml. Raises RegistryError with every fault at once.

        Read once a process for as long as the files stay what they are: a run asks for it several times."""
        return _load(data_dir, tuple(_stamp(data_dir / name) for name in ("developers.toml", "models.toml")))

    @classmethod
    def read(cls, data_dir: Path) -> Registry:
        """The same, read anew."""
        faults: list[str] = []
        people = _read_toml(data_dir / "developers.toml", faults)
        known = _read_toml(data_dir / "models.toml", faults)
        tables = "developer", "provider", "routing_prefix"
        faults += [
            f"{file}: unknown table {key!r}."
            for file, text, allowed in (
                ("developers.toml", people, tables),
                ("models.toml", known, ("model", "listed", "alias", "setting")),
            )
            for key in text
            if key not in allowed
        ]
        developers = _collect(people.get("developer", []), Developer, "developer", faults)
        words = _index_words(developers.values(), faults)
        providers = _collect(people.get("provider", []), Provider, "provider", faults)
        routing = [_build(RoutingPrefix, row, "routing_prefix", faults) for row in people.get("routing_prefix", [])]
        rows = [*known.get("model", []), *_spread(known.get("listed", []), faults)]
        models = _collect(rows, lambda **row: _read_model(words, **row), "model", faults)
        _add_details(models, known, faults)
        index = _index_names(models.values(), faults)
        plain = _index_plain(index, models, faults)
        for entry in models.values():
            faults += _check_model(entry, developers)
        faults += [
            f"developer {d.id}: region {d.region!r} is none of {', '.join(REGIONS)}."
            for d in developers.values()
            if d.region not in REGIONS
        ]
        faults += [
            f"provider {p.id}: first_party_of {p.first_party_of!r} is no developer's id."
            for p in providers.values()
            if p.first_party_of and p.first_party_of not in developers
        ]
        if faults:
            raise RegistryError(faults)
        return cls(models, developers, providers, tuple(r for r in routing if r), index, plain, words)

    @property
    def makers(self) -> frozenset[str]:
        """Hub owners that are a developer's own."""
        return frozenset(org for d in self.developers.values() for org in d.hub_orgs)

    @property
    def tracked_repo_ids(self) -> tuple[str, ...]:
        """Hub repositories whose counters we read, in the file's order."""
        return tuple(m.hub_repo_id for m in self.models.values() if m.tracked and m.hub_repo_id)

    @property
    def routers(self) -> frozenset[str]:
        """Provider ids that resell other hosts' capacity."""
        return frozenset(p.id for p in self.providers.values() if p.router)

    @property
    def first_party(self) -> Mapping[str, str]:
        """Provider id -> id of the developer whose own shop it is."""
        return {p.id: p.first_party_of for p in self.providers.values() if p.first_party_of}

    def find_developer(self, publisher_text: str) -> str | None:
        """Developer id of a publisher's spelling; of several joined by commas, the first counts."""
        first = publisher_text.partition(",")[0]
        return self.words.get(fold(publisher_text)) or self.words.get(fold(first))


@lru_cache(maxsize=4)
def _load(data_dir: Path, stamps: tuple[tuple[int, int] | None, ...]) -> Registry:
    return Registry.read(data_dir)


def _stamp(path: Path) -> tuple[int, int] | None:
    """What tells a file from what it was before; None where it is missing."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_size


def _read_toml(path: Path, faults: list[str]) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        faults.append(f"{path} is missing: it belongs to the project, restore it.")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        faults.append(f"{path.name} cannot be read: {error}.")
    return {}


def _freeze(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _build(make: Callable[..., T], row: Mapping[str, Any], what: str, faults: list[str]) -> T | None:
    label = f"{what} {row.get('id', dict(row))!r}"
    loose = [key for key in _LISTS if key in row and not _is_text_list(row[key])]
    if loose:
        faults.append(f"{label}: {', '.join(loose)} must be a list of texts.")
        return None
    try:
        return make(**{key: _freeze(value) for key, value in row.items()})
    except TypeError as error:
        faults.append(f"{label}: a field is missing or unknown ({error}).")
        return None


def _is_text_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) and item.strip() for item in value)


def _collect(
    rows: Iterable[Mapping[str, Any]], make: Callable[..., Row], what: str, faults: list[str]
) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for row in rows:
        built = _build(make, row, what, faults)
        if built is None:
            continue
        if built.id in found:
            faults.append(f"{what} {built.id!r} is there twice: merge the two.")
        found[built.id] = built
    return found


def _spread(tables: Iterable[Mapping[str, Any]], faults: list[str]) -> Iterable[dict[str, Any]]:
    """A row for each id of the [[listed]] tables: models of which no more is curated than what the table states."""
    for table in tables:
        shared = {key: value for key, value in table.items() if key not in ("ids", "open")}
        if not _is_text_list(table.get("ids")):
            faults.append(f"listed {shared!r}: ids must be a list of texts.")
            continue
        for model_id in table["ids"]:
            weights = {"hub_repo_id": model_id} if table.get("open") else {}
            yield {"id": model_id, "name": short_name(model_id), **shared, **weights}


def _read_model(words: Mapping[str, str], **row: Any) -> ModelEntry:
    names_in = {
        source: tuple(names if isinstance(names, list) else ()) for source, names in row.pop("names_in", {}).items()
    }
    corrections = tuple(Correction(**c) for c in row.pop("correction", ()))
    developer = row.pop("developer", None) or words.get(fold(str(row.get("id", "")).partition("/")[0]), "")
    return ModelEntry(developer=developer, names_in=names_in, corrections=corrections, **row)


def _index_words(developers: Iterable[Developer], faults: list[str]) -> dict[str, str]:
    words: dict[str, str] = {}
    for developer in developers:
        for word in sorted(developer.words()):
            other = words.setdefault(word, developer.id)
            if other != developer.id:
                faults.append(f"developer {developer.id}: the word {word!r} already means {other}.")
    return words


def _index_names(models: Iterable[ModelEntry], faults: list[str]) -> dict[tuple[str, str], str]:
    index: dict[tuple[str, str], str] = {}
    for entry in models:
        spellings = {("", name) for name in entry.own_names()} | {("", fold(name)) for name in entry.names}
        spellings |= {(source, fold(name)) for source, names in entry.names_in.items() for name in names}
        for source, name in sorted(spellings):
            other = index.setdefault((source, name), entry.id)
            if other != entry.id:
                scope = f"in {source}" if source else "in any source"
                faults.append(f"model {entry.id}: the name {name!r} {scope} already means {other}; keep one.")
    return index


def _add_details(models: dict[str, ModelEntry], known: Mapping[str, Any], faults: list[str]) -> None:
    """Names of the [[alias]] tables and settings of the [[setting]] tables, added to the models they are of."""
    for table in (*known.get("alias", []), *known.get("setting", [])):
        for model_id in table.get("models", [table.get("model")]):
            if model_id not in models:
                faults.append(f"alias or setting of {model_id!r}: there is no such model; add it, or correct the id.")
                continue
            entry = models[model_id]
            scoped = dict(entry.names_in)
            for scope, names in table.get("names_in", {}).items():
                for source in GROUPS.get(scope, (scope,)):
                    scoped[source] = (*scoped.get(source, ()), *names)
            models[model_id] = replace(
                entry,
                names=(*entry.names, *table.get("names", ())),
                names_in=scoped,
                efforts=tuple(dict.fromkeys((*entry.efforts, *table.get("efforts", ())))),
                serving=tuple(dict.fromkeys((*entry.serving, *table.get("serving", ())))),
                thinking=entry.thinking or table.get("thinking", False),
            )


def _index_plain(
    index: Mapping[tuple[str, str], str], models: Mapping[str, ModelEntry], faults: list[str]
) -> dict[tuple[str, str], str]:
    """The index by plain_key; a family is named by its own spelling only. Two models of one key are a fault."""
    plain: dict[tuple[str, str], str] = {}
    for (source, name), model_id in index.items():
        key = plain_key(name)
        if key and models[model_id].role != "family":
            other = plain.setdefault((source, key), model_id)
            if other != model_id:
                faults.append(f"model {model_id}: the name {name!r} differs from one of {other} by separators only.")
    return plain


def _check_model(entry: ModelEntry, developers: Mapping[str, Developer]) -> Iterable[str]:
    total, active = entry.total_params_b, entry.active_params_b
    wrong = {
        "the id must be <owner>/<name>": entry.id.count("/") != 1 or not all(entry.id.split("/")),
        f"developer {entry.developer!r} is not in developers.toml": entry.developer not in developers,
        f"access {entry.access!r} is none of {', '.join(ACCESS)}": entry.access not in (None, *ACCESS),
        "access is curated without a reason": entry.access is not None and not entry.reason,
        f"role {entry.role!r} is none of {', '.join(ROLES[1:])}": entry.role not in ROLES,
        "hub_repo_id must equal the id": entry.hub_repo_id not in (None, entry.id),
        "tracked needs a hub_repo_id": entry.tracked and entry.hub_repo_id is None,
        "more parameters are active than there are": bool(total and active and active > total),
        "parameters must be above zero": any(n is not None and n <= 0 for n in (total, active)),
        "released_on must be a date": not isinstance(entry.released_on, date | None),
        "names_in needs lists of texts": not all(entry.names_in.values()),
        "a correction needs a reason": any(not c.reason.strip() for c in entry.corrections),
    }
    return [f"model {entry.id}: {sentence}." for sentence, is_wrong in wrong.items() if is_wrong]
