"""How each measure is made, out of its own docstring.

Written at publish, so that whoever shows it needs neither the measures nor what they compute with. A measure's module
says, each beginning a paragraph: a first line, why it exists, then Definition, Formula, Inputs, Limits, Source and
Versions. A part that is not there is a row without a text, and readers say that it is not written down.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from ingest import measures
from ingest.rows import create_table

# In the order in which they are read.
PARTS = ("why", "definition", "formula", "inputs", "limits", "source", "versions")
# Lines set off by so much are a formula or a table, and stay as they were written.
INDENT = "    "
_EQUATION = re.compile(r"[^.;=:]{1,40}[=:] ")
_LABEL = re.compile(rf"({'|'.join(p.capitalize() for p in PARTS[1:])}):(?:\s+|$)")
_COLUMNS = {
    **dict.fromkeys(("measure", "title", "part", "text", "method_version"), "varchar"),
    "place": "integer",
}


@dataclass(frozen=True, slots=True)
class MethodNotes:
    """A measure's words: its title without the full stop, and the text of each part it has."""

    measure: str
    method_version: str
    title: str
    parts: Mapping[str, str]


def read_notes(measure: str, method_version: str, docstring: str) -> MethodNotes:
    """The parts of a docstring. What stands before the first label is why; a paragraph without a label belongs to
    the part before it."""
    first, _, rest = inspect.cleandoc(docstring).partition("\n")
    part, lines = "why", dict[str, list[str]]()
    for line in rest.splitlines():
        if label := _LABEL.match(line):
            part, line = label[1].lower(), line[label.end() :]
        lines.setdefault(part, []).append(line)
    told = {p: _join(lines[p], of_equations=p == "formula") for p in PARTS if p in lines}
    return MethodNotes(measure, method_version, first.strip().removesuffix("."), {p: t for p, t in told.items() if t})


def _join(lines: list[str], *, of_equations: bool) -> str:
    """Lines as one text of blocks with an empty line between: wrapped lines become one, indented ones and, where they
    are equations, those that begin another stay lines of their own."""
    blocks: list[list[str]] = [[]]
    for line in lines:
        is_set_off = line.startswith(INDENT)
        if not line.strip() or (blocks[-1] and blocks[-1][-1].startswith(INDENT) != is_set_off):
            blocks.append([])
        if line.strip():
            blocks[-1].append(line.rstrip() if is_set_off else line.strip())
    return "\n\n".join(_join_block(b, of_equations) for b in blocks if b)


def _join_block(block: list[str], of_equations: bool) -> str:
    text = block[0]
    for line in block[1:]:
        is_own = line.startswith(INDENT) or (of_equations and _EQUATION.match(line))
        text += ("\n" if is_own else " ") + line
    return text


def list_notes() -> list[MethodNotes]:
    """The words of every measure, by the name of its module."""
    return [
        read_notes(m.name, m.method_version, importlib.import_module(f"{measures.__name__}.{m.name}").__doc__ or m.name)
        for m in measures.discover_measures()
    ]


def write_methods(con: duckdb.DuckDBPyConnection) -> None:
    """Create main.methods: one row a measure and part, `place` in the order in which parts are read; text is null
    where a measure does not say it."""
    rows = [
        {
            "measure": notes.measure,
            "title": notes.title,
            "part": part,
            "text": notes.parts.get(part),
            "method_version": notes.method_version,
            "place": place,
        }
        for notes in list_notes()
        for place, part in enumerate(PARTS)
    ]
    create_table(con, "main.methods", _COLUMNS, rows, "measure, place")
