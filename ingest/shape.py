"""The shape of a body: its fields and their types, whatever the values.

A publisher who renames a column breaks a parser silently or loudly; comparing shapes names the field. Objects
whose keys are data (a catalogue by model name) are one field `*`. It reads enough rows to tell and no more, and
knows nothing of any source: a body that is no table, object or list (a web page) has no fields.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import orjson

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS = 150  # looked at in each list, evenly spread
_DEPTH = 12
_MANY_KEYS = 40
_FIELD_NAME = re.compile(r"[A-Za-z_$][\w $%()]*")
_PAGING = frozenset({"cursor", "page", "offset", "after"})


@dataclass(frozen=True, slots=True)
class Drift:
    """How one field differs from what was last accepted: new, lost, retyped or emptied (values all blank)."""

    change: str
    field: str
    was: str
    now: str

    def __str__(self) -> str:
        if self.change == "retyped":
            return f"{self.field} was {self.was}, is {self.now}"
        return f"{self.field} is {self.change}" + (f" ({self.was or self.now})" if self.was or self.now else "")


@dataclass(slots=True)
class _Node:
    """What was seen at one place of a document: types of its values, how often, and what lies below."""

    seen: int = 0
    types: set[str] = field(default_factory=set)
    objects: int = 0
    keys: dict[str, _Node] = field(default_factory=dict)
    item: _Node | None = None


def name_place(url: str, body: bytes = b"") -> str:
    """What tells one published file from another through its editions: digits, hashes and page marks are left out.

    An archive and a file taken out of it may share an address; they are two places."""
    parts = urlsplit(url)
    query = urlencode([(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if k not in _PAGING])
    text = (
        f"{parts.netloc}{parts.path}"
        + (f"?{query}" if query else "")
        + (f"#{parts.fragment}" if parts.fragment else "")
        + (" (zip)" if body.startswith(b"PK\x03\x04") else "")
    )
    return re.sub(r"[0-9]+", "#", re.sub(r"\b(?=[0-9a-f]*[0-9])[0-9a-f]{12,}\b", "#", text))


def read_shape(body: bytes, name: str = "") -> list[str]:
    """The fields of a body, sorted, each as `path: types`; `path?` is in less than half of what could have it.

    Types are text, number, boolean, list, object; none where every value is blank. Empty: no fields to speak of."""
    for read in (_read_zip, _read_parquet, _read_json, _read_yaml, _read_csv, _read_markdown):
        found = read(body, name)
        if found is not None:
            return sorted(found)
    return []


def compare_shapes(was: Iterable[str], now: Iterable[str]) -> list[Drift]:
    """What is new, lost, retyped or emptied; a field that only few rows have may come and go, and what lies
    below a field that is new or lost goes without saying."""
    old, new = _split(was), _split(now)
    found: list[Drift] = []
    for path in sorted(old.keys() | new.keys()):
        (before, was_usual), (after, is_usual) = old.get(path, (None, False)), new.get(path, (None, False))
        if found and found[-1].change in ("new", "lost") and re.match(re.escape(found[-1].field) + r"[.\[]", path):
            continue
        if before is None and after is not None and is_usual:
            found.append(Drift("new", path, "", after))
        elif after is None and before is not None and was_usual:
            found.append(Drift("lost", path, before, ""))
        elif before and after is not None and was_usual and not after:
            found.append(Drift("emptied", path, before, ""))
        elif before and after and not set(before.split("|")) & set(after.split("|")):
            found.append(Drift("retyped", path, before, after))
    return found


def _split(fields: Iterable[str]) -> dict[str, tuple[str, bool]]:
    pairs = (f.rpartition(":")[::2] for f in fields)
    return {path.removesuffix("?"): (types.strip(), not path.endswith("?")) for path, types in pairs}


def _read_zip(body: bytes, name: str) -> list[str] | None:
    if not body.startswith(b"PK\x03\x04"):
        return None
    found: list[str] = []
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as sealed:
            for member in sealed.infolist():
                if not member.is_dir() and not member.filename.lower().endswith(".zip"):
                    with sealed.open(member) as file:
                        inner = read_shape(file.read(1 << 20), member.filename)
                    found += [f"{re.sub('[0-9]+', '#', member.filename)}/{f}" for f in inner]
    except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, RuntimeError):
        return []
    return found


def _read_parquet(body: bytes, name: str) -> list[str] | None:
    if not body.startswith(b"PAR1"):
        return None
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        schema = pq.read_schema(io.BytesIO(body))
    except (pa.ArrowException, OSError):
        return []
    return [f"{f.name}: {_name_arrow(f.type)}" for f in schema]


def _name_arrow(kind: pa.DataType) -> str:
    import pyarrow as pa

    tests: Sequence[tuple[Callable[[pa.DataType], bool], str]] = (
        (pa.types.is_boolean, "boolean"),
        (pa.types.is_integer, "number"),
        (pa.types.is_floating, "number"),
        (pa.types.is_decimal, "number"),
        (pa.types.is_list, "list"),
        (pa.types.is_struct, "object"),
    )
    return next((name for test, name in tests if test(kind)), "text")


def _read_json(body: bytes, name: str) -> list[str] | None:
    start = body.lstrip()[:1]
    if start not in (b"{", b"["):
        return None
    try:
        return _describe(orjson.loads(body))
    except orjson.JSONDecodeError:
        pass
    try:
        return _describe([orjson.loads(line) for line in body.splitlines()[:_ROWS] if line.strip()])
    except orjson.JSONDecodeError:
        return None if start == b"[" else []


def _read_yaml(body: bytes, name: str) -> list[str] | None:
    if not name.lower().endswith((".yml", ".yaml")):
        return None
    import yaml

    try:
        return _describe(yaml.load(body, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    except yaml.YAMLError:
        return []


def _read_csv(body: bytes, name: str) -> list[str] | None:
    lines = body[: 1 << 20].decode("utf-8-sig", "replace").splitlines(keepends=True)
    while lines and lines[0].startswith("#"):
        lines.pop(0)
    if len(lines) < 2 or lines[0].lstrip().startswith(("<", "|")):
        return None
    mark = "\t" if "\t" in lines[0] else ","
    if mark not in lines[0] or not (name.lower().endswith((".csv", ".tsv")) or mark in lines[1]):
        return None
    rows = []
    try:
        for row in csv.reader(io.StringIO("".join(lines), newline=""), delimiter=mark):
            rows.append(row)
            if len(rows) > _ROWS:
                break
    except csv.Error:
        return []
    return _describe([dict(zip(rows[0], row, strict=False)) for row in rows[1:]], is_text=True)


def _read_markdown(body: bytes, name: str) -> list[str] | None:
    """The columns of each table: a header line, then one of dashes."""
    lines = body[: 1 << 20].decode("utf-8", "replace").splitlines()
    found = {
        f"{cell.strip()}: text"
        for head, rule in pairwise(lines)
        if head.lstrip().startswith("|") and re.fullmatch(r"\s*\|[\s|:-]+", rule)
        for cell in head.strip().strip("|").split("|")
        if cell.strip()
    }
    return list(found) or None


def _describe(document: object, *, is_text: bool = False) -> list[str]:
    """Fields of a document; `is_text`: rows of a table, whose numbers are text and whose columns are never data."""
    root = _Node()
    _look(root, document, 0, is_text=is_text)
    if is_text and root.item is not None:
        return [f"{name}: {'|'.join(sorted(child.types))}" for name, child in root.item.keys.items()]
    return list(_list_fields(root, ""))


def _look(node: _Node, value: object, depth: int, *, is_text: bool) -> None:
    node.seen += 1
    if isinstance(value, dict):
        node.types.add("object")
        node.objects += 1
        for key in _spread(list(value)) if depth < _DEPTH else ():
            _look(node.keys.setdefault(str(key), _Node()), value[key], depth + 1, is_text=is_text)
    elif isinstance(value, list):
        node.types.add("list")
        node.item = node.item or _Node()
        for item in _spread(value) if depth < _DEPTH else ():
            _look(node.item, item, depth + 1, is_text=is_text)
    elif name := _name_type(value, is_text=is_text):
        node.types.add(name)


def _spread(values: Sequence[Any]) -> Sequence[Any]:
    return values[:: -(-len(values) // _ROWS)] if len(values) > _ROWS else values


def _name_type(value: object, *, is_text: bool) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if is_text:
        try:
            float(str(value).rstrip("%").replace(",", ""))
        except ValueError:
            return "text"
        return "number"
    return "text"


def _list_fields(node: _Node, path: str, *, is_rare: bool = False) -> Iterable[str]:
    """Fields below a node; what lies below a rare field is rare."""
    if node.item is not None:
        yield from _list_fields(node.item, f"{path}[]", is_rare=is_rare)
    children: Mapping[str, _Node] = node.keys
    if _is_map(node):
        merged = _Node()
        for child in children.values():
            _merge(merged, child)
        below = f"{path}.*" if path else "*"
        yield f"{below}{'?' if is_rare else ''}: {'|'.join(sorted(merged.types))}"
        yield from _list_fields(merged, below, is_rare=is_rare)
        return
    for key, child in children.items():
        below = f"{path}.{key}" if path else key
        rare = is_rare or child.seen * 2 < node.objects
        yield f"{below}{'?' if rare else ''}: {'|'.join(sorted(child.types))}"
        yield from _list_fields(child, below, is_rare=rare)


def _is_map(node: _Node) -> bool:
    """Whether an object's keys are data: very many, or no field names, or each holding the same kind of object."""
    children = list(node.keys.values())
    if len(children) > _MANY_KEYS:
        return True
    if len(children) < 2:
        return False
    if sum(not _FIELD_NAME.fullmatch(key) for key in node.keys) * 2 > len(children):
        return True
    if not all(c.types == {"object"} and c.keys for c in children):
        return False
    below = [{"*"} if _is_map(c) else c.keys.keys() for c in children]
    return sum(map(len, below)) >= 0.5 * len(set().union(*below)) * len(children)


def _merge(into: _Node, other: _Node) -> None:
    into.seen += other.seen
    into.types |= other.types
    into.objects += other.objects
    for key, child in other.keys.items():
        _merge(into.keys.setdefault(key, _Node()), child)
    if other.item is not None:
        into.item = into.item or _Node()
        _merge(into.item, other.item)
