"""A publisher's name -> our model and configuration, by exact rules and aliases.

Scores, prices and downloads of one model meet only if its many spellings meet first, and a wrong match is
worse than none: it moves a number to a model that never earned it. So a name is resolved by an id its
publisher issued, by a curated alias, or by named rules that end in one of those; never by likeness. What
remains is unresolved and says so. On the Hub nothing but the exact repository id counts, since an owner there
may keep other weights under a familiar name.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ingest.name_rules import Demand, Grammar, Reading, read_config, write_config
from ingest.registry import Registry, RegistryError, fold, plain_key, short_name

__all__ = ["OwnId", "Registry", "RegistryError", "Resolution", "Resolver"]

HUB = "hf_hub"
# Sources whose names are repository ids of the Hub: nothing but the exact id counts there.
HUB_SOURCES = (HUB, "atom_tracked_models")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_LAUNCH_DAYS = 7  # a router lists a model within a week of its release
_EDITIONS = ("instruct", "it", "chat")
_REPACKED = re.compile(
    r"[-_.](fp8|fp4|nvfp4|mxfp4|int8|int4|w[48]a\d+|bf16|fp16|gguf|gptq|awq|mlx|onnx|[468]bit)(?![a-z])"
)


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a name denotes. `method`: own_id, alias, grammar, family or unresolved (model_id is then None)."""

    name_raw: str
    source_id: str
    model_id: str | None
    config: str
    method: str
    rule: str


@dataclass(frozen=True, slots=True)
class OwnId:
    """An id that a source itself issues: a Hub repository, or a lab's id on models.dev with its weights."""

    source_id: str
    name_raw: str
    hub_repo_id: str | None


@dataclass(frozen=True, slots=True)
class _Found:
    model_id: str
    method: str
    rule: str
    config: str = ""


class Resolver:
    """Resolves names against one registry and the ids the sources issued.

    Raises RegistryError when two own ids contradict each other, or one contradicts a curated name that is not
    curated for that very source; `find_collisions` gives them beforehand.
    """

    def __init__(self, registry: Registry, own_ids: Iterable[OwnId] = ()) -> None:
        self._registry = registry
        self._grammar = Grammar(registry)
        self._own: dict[tuple[str, str], _Found] = {}
        self._own_folded: dict[str, set[str]] = defaultdict(set)
        self._repos: set[str] = set()
        self._makers = registry.makers
        self._made: dict[str, set[str]] = defaultdict(set)
        self._weights: dict[str, str] = {}
        faults = [sentence for own in own_ids for sentence in self._add(own)]
        if faults:
            raise RegistryError(faults)

    def resolve(self, name_raw: str, source_id: str = "", config_raw: str = "") -> Resolution:
        """The model and configuration of a name. Never raises; unresolved names keep their settings empty."""
        if source_id in HUB_SOURCES and not config_raw and name_raw in self._repos:
            return Resolution(name_raw, source_id, name_raw, "", "own_id", f"is the Hub repository {name_raw}.")
        config, notes = read_config(config_raw)
        found = self._find(name_raw.strip(), source_id)
        if isinstance(found, str):
            return Resolution(name_raw, source_id, None, "", "unresolved", found)
        settings = dict(part.split("=", 1) for part in found.config.split(";") if part)
        clash = [key for key in config if settings.get(key, config[key]) != config[key]]
        told = [found.rule, *notes, *(f"the source's own column sets {key}" for key in clash)]
        return Resolution(
            name_raw, source_id, found.model_id, write_config(settings | config), found.method, "; ".join(told) + "."
        )

    def _find(self, name: str, source_id: str) -> _Found | str:
        if source_id in HUB_SOURCES:
            return self._find_repo(name) or "On the Hub only the exact id of a known repository counts."
        own = self._own.get((source_id, name)) or (self._find_repo(name) if not source_id else None)
        if own:
            return own
        found = self._find_by_rules(name, source_id)
        return (self._find_repo(name) or found) if isinstance(found, str) else found

    def _find_repo(self, repo_id: str) -> _Found | None:
        entry = self._registry.models.get(repo_id)
        if repo_id in self._repos or (entry and entry.hub_repo_id):
            return _Found(repo_id, "own_id", f"is the Hub repository {repo_id}")
        return None

    def _find_by_rules(self, name: str, source_id: str, *, with_own: bool = True) -> _Found | str:
        for readings in self._grammar.read(name, source_id):
            found = {f.model_id: f for reading in readings if (f := self._match(reading, name, source_id, with_own))}
            if len(found) == 1:
                return next(iter(found.values()))
            if found:
                return f"Ambiguous: it may be {' or '.join(sorted(found))}."
        if " + " in name:
            return "Two models or an unknown harness joined by '+': an entity of its own, without a row yet."
        return "No own id, curated name or rule matches it."

    def _match(self, reading: Reading, name: str, source_id: str, with_own: bool) -> _Found | None:
        model_id, how = self._look_up(reading.text, source_id, with_own)
        if model_id is None or not all(self._meets(model_id, demand) for demand in reading.demands):
            return None
        if len({key for key, _ in reading.config}) < len(reading.config):
            return None  # two rules disagree about one setting
        config = write_config(dict(reading.config))
        plain = self._describe(model_id, reading.text, source_id, how)
        if not reading.rules:
            return plain
        method = "family" if plain.method == "family" else "grammar"
        told = "; ".join((*reading.rules, f"then {reading.text!r} {plain.rule}"))
        return _Found(model_id, method, told, config)

    def _look_up(self, text: str, source_id: str, with_own: bool) -> tuple[str | None, str]:
        """The one model that a text names, and how: as spelled, but for separators, or without its owner."""
        index, plain = self._registry.index, self._registry.plain
        if model_id := index.get((source_id, text)) or index.get(("", text)):
            return model_id, ""
        key = plain_key(text)
        if key and (model_id := plain.get((source_id, key)) or plain.get(("", key))):
            return model_id, "separators"
        if with_own:
            owned = self._own_folded.get(text) or self._own_folded.get(key) or self._find_makers(text, key)
            if len(owned) == 1:
                return next(iter(owned)), "owner"
        return None, ""

    def _find_makers(self, text: str, key: str) -> set[str]:
        """A maker's own repository by its name alone. A bare name is not the base edition where the maker also
        publishes an instruct one: hosts mean the latter, benchmarks either."""
        found = self._made.get(text) or self._made.get(key) or set()
        return set() if any(f"{key or text}-{edition}" in self._made for edition in _EDITIONS) else found

    def _describe(self, model_id: str, text: str, source_id: str, how: str) -> _Found:
        entry = self._registry.models.get(model_id)
        if entry and entry.role == "family":
            return _Found(model_id, "family", f"names the family {model_id}, not one size")
        if how == "owner":
            return _Found(model_id, "grammar", f"is {model_id} without its owner")
        if how:
            return _Found(model_id, "grammar", f"is a name of {model_id} but for separators")
        if fold(text) == fold(model_id) or entry is None:
            return _Found(model_id, "own_id", f"is the id of {model_id}")
        scope = f" in {source_id}" if fold(text) in map(fold, entry.names_in.get(source_id, ())) else ""
        return _Found(model_id, "alias", f"is an alias of {model_id}{scope}")

    def _meets(self, model_id: str, demand: Demand) -> bool:
        entry = self._registry.models.get(model_id)
        if demand.kind == "developer":
            owner = entry.developer if entry else self._registry.words.get(fold(model_id.partition("/")[0]), "")
            return owner == demand.value
        if demand.kind == "open":
            return model_id in self._repos or bool(entry.hub_repo_id if entry else self._weights.get(model_id))
        if entry is None:
            return False
        if demand.kind == "launched":
            day = date.fromisoformat(demand.value) if _DAY.fullmatch(demand.value) else None
            known = entry.released_on
            return not entry.role and bool(day and known and abs((day - known).days) <= _LAUNCH_DAYS)
        return {
            "effort": demand.value in entry.efforts,
            "thinking": entry.thinking,
            "serving": demand.value in entry.serving,
        }[demand.kind]

    def _add(self, own: OwnId) -> list[str]:
        """Remember an own id; what it contradicts, as sentences."""
        key = own.source_id, own.name_raw.strip()
        if own.source_id == HUB:
            self._repos.add(key[1])
            owner, _, name = key[1].partition("/")
            if owner in self._makers and not _REPACKED.search(text := fold(name)):
                for spelling in {text, plain_key(text)} - {""}:
                    self._made[spelling].add(key[1])
            return []
        curated_here = (own.source_id, fold(key[1])) in self._registry.index
        named = self._find_by_rules(key[1], own.source_id, with_own=False)
        weights = own.hub_repo_id and self._registry.index.get(("", fold(own.hub_repo_id)), own.hub_repo_id)
        known = named if isinstance(named, _Found) else None
        model_id = known.model_id if known else weights or key[1]
        config = known.config if known else ""
        found = _Found(model_id, "own_id", f"is an id {own.source_id} issues for {model_id}", config)
        faults = []
        if weights and known and weights != model_id and not curated_here:
            faults.append(
                f"{own.source_id} says {key[1]!r} has the weights {weights}, our names say "
                f"{model_id}: correct data/models.toml, or list the name under its "
                f"names_in.{own.source_id}."
            )
        earlier = self._own.setdefault(key, found)
        if earlier.model_id != model_id:
            faults.append(f"{own.source_id} issues {key[1]!r} twice, for {earlier.model_id} and {model_id}.")
        if own.hub_repo_id and not curated_here:
            self._weights.setdefault(model_id, own.hub_repo_id)
        if not config:
            for text in (key[1], short_name(key[1]), model_id, short_name(model_id)):
                for spelling in {fold(text), plain_key(fold(text))} - {""}:
                    self._own_folded[spelling].add(model_id)
        return faults


def find_collisions(registry: Registry, own_ids: Iterable[OwnId]) -> list[tuple[OwnId, str]]:
    """Own ids that `Resolver` would refuse, with the reason: to set them aside and show them."""
    trial = Resolver(registry)
    return [(own, sentence) for own in own_ids if own.source_id != HUB for sentence in trial._add(own)]
