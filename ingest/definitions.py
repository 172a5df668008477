"""Definitions as objects: what each option of a measure's definition means.

A number says under which definition it was made (`measures.definition_id`, a list of `dimension=option`), and this
says in words what that is, so that no reader has to guess from a name. Read from data/definitions.toml, anew at every
publish. A number, a date or a model's id needs no words of its own: its dimension's words hold for it. It refuses a
dimension told twice, and one without a name or a meaning.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import duckdb

from ingest.registry import RegistryError
from ingest.rows import create_table
from ingest.store import DATA

_PLAIN = re.compile(r"-?\d+(\.\d+)?|\d{4}-\d\d-\d\d")
_COLUMNS = {**dict.fromkeys(("dimension", "option", "name", "meaning"), "varchar"), "place": "integer"}


@dataclass(frozen=True, slots=True)
class Dimension:
    """What may differ between two definitions of one measure. `takes` says in a word what stands for an option that
    has no words of its own ("a model"); without it only numbers and dates may."""

    id: str
    name: str
    meaning: str
    options: Mapping[str, str] = field(default_factory=dict)
    takes: str = ""

    def explains(self, option: str) -> bool:
        """Whether the words on record say what an option means."""
        return option in self.options or bool(self.takes or _PLAIN.fullmatch(option))


@cache
def load_definitions(folder: Path = DATA) -> Mapping[str, Dimension]:
    """The dimensions of definitions.toml by id, in the file's order. Raises RegistryError naming every fault."""
    try:
        told = tomllib.loads((folder / "definitions.toml").read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as e:
        raise RegistryError([f"definitions.toml: {e}."]) from e
    found: dict[str, Dimension] = {}
    faults = []
    for n, one in enumerate(told.get("dimension", []), start=1):
        given = one.get("id") or f"number {n}"
        if faults_here := _find_faults(one, found):
            faults += [f"definitions.toml, dimension {given}: {fault}" for fault in faults_here]
        else:
            found[given] = Dimension(given, one["name"], one["meaning"], one.get("option", {}), one.get("takes", ""))
    if faults:
        raise RegistryError(faults)
    return found


def _find_faults(one: Mapping[str, object], known: Mapping[str, Dimension]) -> list[str]:
    faults = []
    if not all(isinstance(one.get(key), str) and one[key] for key in ("id", "name", "meaning")):
        faults.append("needs an id, a name and a meaning.")
    if one.get("id") in known:
        faults.append("is told twice; keep one and add the options there.")
    if more := sorted(set(one) - {"id", "name", "meaning", "option", "takes"}):
        faults.append(f"has {', '.join(more)}, which nothing reads.")
    options = one.get("option", {})
    if not isinstance(options, dict) or not all(isinstance(words, str) and words for words in options.values()):
        faults.append("needs a sentence for each option.")
    return faults


def list_options(definition_id: str) -> list[tuple[str, str]]:
    """The (dimension, option) pairs of a definition's id, in its order."""
    return [(name, value) for name, _, value in (part.partition("=") for part in definition_id.split(";")) if name]


def find_unexplained(definition_id: str, known: Mapping[str, Dimension]) -> list[str]:
    """What of a definition's id no words explain, as `dimension=option`."""
    return [
        f"{name}={option}"
        for name, option in list_options(definition_id)
        if name not in known or not known[name].explains(option)
    ]


def write_definitions(con: duckdb.DuckDBPyConnection) -> None:
    """Create main.definitions: one row a dimension (option null) and one an option, `place` as in the file."""
    rows: list[Mapping[str, object]] = []
    for one in load_definitions().values():
        for option, meaning in ((None, one.meaning), *one.options.items()):
            told = {"dimension": one.id, "option": option, "name": one.name, "meaning": meaning, "place": len(rows)}
            rows.append(told)
    create_table(con, "main.definitions", _COLUMNS, rows, "place")
