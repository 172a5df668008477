"""Candidates for names that lead to no model: proposed with their evidence.

A person decides what a name means; this finds what is written down that speaks for one answer or another: a
known name of the same words, a name that contains it, a Hub repository with that last part. It proposes the
lines to paste into data/models.toml, changes nothing, and never says that a candidate is right.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from ingest.catalogue import collect_own_ids
from ingest.identity import HUB_SOURCES, OwnId
from ingest.name_rules import Grammar
from ingest.registry import Registry, fold, short_name
from ingest.store import DATA, Reader

_CANDIDATES = 3
_WORD = re.compile(r"[a-z]+|\d+(?:\.\d+)?")
# Evidence, the strongest first.
_SAME_WORDS, _LAST_PART, _LONGER, _SHORTER = (
    "the same words",
    "a Hub repository with that last part",
    "contains the name",
    "is contained in the name",
)
_ORDER = (_SAME_WORDS, _LAST_PART, _LONGER, _SHORTER)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A known model and what is written that speaks for it."""

    model_id: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """An unresolved name, how many rows wait for it, its candidates, and the lines one would paste."""

    source_id: str
    name_raw: str
    rows: int
    candidates: tuple[Candidate, ...]
    toml: str


def review_names(source_id: str = "", limit: int = 20) -> list[Proposal]:
    """Unresolved names of the published file with the most rows first. Raises StoreError without one."""
    registry = Registry.load(DATA)
    with Reader().open_cursor() as cursor:
        finder = Finder(registry, collect_own_ids(cursor))
        waiting = list_unresolved(cursor, source_id)[:limit]
    return [finder.propose(source, name, rows) for source, name, rows in waiting]


def list_unresolved(con: duckdb.DuckDBPyConnection, source_id: str = "") -> list[tuple[str, str, int]]:
    """(source, name, rows) of the names that lead to no model, the most rows first."""
    found = con.execute("from unresolved_names order by rows desc, source_id, name_raw").fetchall()
    return [(source, name, int(rows)) for source, name, rows, *_ in found if source_id in ("", source)]


class Finder:
    """Looks for what is known of a name: curated spellings and the ids that sources issue."""

    def __init__(self, registry: Registry, own_ids: Iterable[OwnId]) -> None:
        self._registry = registry
        self._grammar = Grammar(registry)
        self._by_words: dict[tuple[str, ...], set[str]] = defaultdict(set)
        self._by_word: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self._last_parts: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for (_, name), model_id in registry.index.items():
            self._remember(name, model_id)
        for own in own_ids:
            if own.source_id in HUB_SOURCES:
                self._last_parts[_split(fold(short_name(own.name_raw)))].add(own.name_raw)
            else:
                self._remember(fold(short_name(own.name_raw)), own.hub_repo_id or own.name_raw)

    def propose(self, source_id: str, name_raw: str, rows: int) -> Proposal:
        """The candidates of one name by the strength of their evidence, at most three."""
        found: dict[str, str] = {}
        for model_id, evidence in sorted(self._find(name_raw, source_id), key=lambda c: (_ORDER.index(c[1]), c[0])):
            found.setdefault(model_id, evidence)
        candidates = tuple(Candidate(m, e) for m, e in list(found.items())[:_CANDIDATES])
        return Proposal(source_id, name_raw, rows, candidates, self._write_lines(source_id, name_raw, candidates))

    def _find(self, name_raw: str, source_id: str) -> Iterator[tuple[str, str]]:
        for text in self._read(name_raw, source_id):
            words = _split(text)
            yield from ((m, _SAME_WORDS) for m in self._by_words.get(words, ()))
            yield from ((m, _LAST_PART) for m in self._last_parts.get(words, ()))
            for other, model_id in self._by_word.get(_pick_rarest(words, self._by_word), ()):
                if text != other and len(words) > 1 and _holds(other, text):
                    yield model_id, _LONGER
                elif text != other and _holds(text, other) and len(_split(other)) > 1:
                    yield model_id, _SHORTER

    def _read(self, name_raw: str, source_id: str) -> list[str]:
        levels = self._grammar.read(name_raw, source_id)
        return list(dict.fromkeys(reading.text for level in levels for reading in level))

    def _remember(self, name: str, model_id: str) -> None:
        words = _split(name)
        self._by_words[words].add(model_id)
        for word in words:
            self._by_word[word].add((name, model_id))

    def _write_lines(self, source_id: str, name_raw: str, candidates: Sequence[Candidate]) -> str:
        """Lines for data/models.toml. Words that merely contain each other are no ground for one model: the name
        is then a model of its own unless a person says otherwise."""
        best = candidates[0] if candidates else None
        alias = best and f"[[alias]]\nmodel = {_quote(best.model_id)}\nnames_in.{source_id} = [{_quote(name_raw)}]\n"
        if best and alias and best.evidence in (_SAME_WORDS, _LAST_PART):
            if best.model_id in self._registry.models:
                return alias
            return self._list(best.model_id, is_open=best.evidence == _LAST_PART) + "\n" + alias
        owner, _, name = fold(name_raw).rpartition("/")
        developer = self._registry.words.get(owner.rpartition("/")[2], "DEVELOPER")
        lines = self._list(f"{developer}/{name.replace(' ', '-')}")
        if not alias:
            return lines
        return f"{lines}# or, if it denotes the same weights:\n" + "".join(f"# {x}\n" for x in alias.splitlines())

    def _list(self, model_id: str, *, is_open: bool = False) -> str:
        developer = self._registry.words.get(fold(model_id.partition("/")[0]), "DEVELOPER")
        mark = "open = true\n" if is_open else ""
        return f'[[listed]]\ndeveloper = "{developer}"\n{mark}ids = [{_quote(model_id)}]\n'


def _split(text: str) -> tuple[str, ...]:
    return tuple(sorted(_WORD.findall(text)))


def _pick_rarest(words: Sequence[str], by_word: Mapping[str, set[tuple[str, str]]]) -> str:
    known = [w for w in words if len(w) > 2 and w in by_word]
    return min(known, key=lambda w: len(by_word[w]), default="")


def _holds(longer: str, shorter: str) -> bool:
    """Whether the one has the other within it, from the start of a word to the end of one."""
    return re.search(rf"(?<![a-z0-9]){re.escape(shorter)}(?![a-z0-9])", longer) is not None


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
