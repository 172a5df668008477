"""European Open Source AI Index: how open a system is, dimension by dimension.

"Open" is a claim about weights, data, code and papers at once, and this index asks for each of them apart. The
file takes the assessors' grades as they stand: it adds nothing up, compares no two sets of dimensions, and takes
no file for a system that does not name one.

Measures: for each system its grade in each dimension of the edition, `open`, `partial` or `closed`, with the
value 1, 0.5 or 0; and of each system who makes it, what it reads or makes (modality) and its Hub repository.

Published: one YAML file a system in the repository Language-Technology-Assessment/main-database, CC BY 4.0,
read as one archive from codeload.github.com. An edition is the day on which that archive was first read here.

Caveats: Grades are the assessors' reading of public documents, made by hand and at different times. One entry
stands for a family: GPT OSS is graded once for both sizes, by its 120B model. The dimensions change: 14 in
August 2025, 12 since; two sets are never compared. A system is called here by the name in its file, which
assessors may change. A grade says what is released and documented, not how good it is.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import tarfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml

from ingest.source import (
    FetchContext,
    Fetched,
    ModelAttribute,
    Openness,
    Parsed,
    Payload,
    Refused,
    Snapshot,
    Source,
    SourceError,
)

_ID = "osai_index"
_ARCHIVE = "https://codeload.github.com/Language-Technology-Assessment/main-database/tar.gz/refs/heads/main"
_VALUES = {"open": 1.0, "partial": 0.5, "closed": 0.0}
_NOT_DIMENSIONS = frozenset({"system", "org"})
_TEMPLATE = "a_submission_template.yaml"  # the publisher's blank form, no system
# The whole index is 1 MB; a file of it is 5 kB.
_MAX_ARCHIVE, _MAX_FILE, _MAX_FILES = 50_000_000, 200_000, 5_000
_HUB_PAGE = re.compile(r"https://huggingface\.co/([\w.-]+/[\w.-]+)/?")
_NOT_OWNERS = frozenset({"collections", "datasets", "spaces", "papers", "blog", "docs", "api"})


class OsaiIndex(Source):
    """Openness grades of the European Open Source AI Index."""

    source_id = _ID
    title = "European Open Source AI Index"
    publisher = "Radboud University, Centre for Language Studies"
    homepage = "https://osai-index.eu/"
    licence_id = "CC-BY-4.0"
    licence_url = "https://creativecommons.org/licenses/by/4.0/"
    attribution = "European Open Source AI Index, https://osai-index.eu, doi:10.5281/zenodo.15386042, CC BY 4.0."
    cadence_days = 7
    hosts = ("codeload.github.com",)
    max_bytes = 20_000_000

    def fetch(self, context: FetchContext) -> Iterator[Fetched]:
        """The whole index as one archive. Raises SourceError."""
        yield context.fetcher.get(_ARCHIVE, name="main-database-main.tar.gz")

    def parse(self, snapshot: Snapshot) -> Iterator[Parsed]:
        """Grades of every system of an archive, or of the one system of a YAML file."""
        for payload in snapshot.payloads:
            yield from _read_edition(payload, _list_files(payload))


def _list_files(payload: Payload) -> list[tuple[str, bytes]]:
    """(file name, body) of each system's file, in the archive's order. Nothing is written to disk."""
    if payload.body.startswith(b"\x1f\x8b"):
        return _unpack(payload)
    path = urlsplit(payload.url or payload.name).path
    if not path.endswith((".yaml", ".yml")) or payload.body.lstrip().startswith(b"<"):
        raise _unexpected(payload, f"no archive; it begins {payload.body[:60]!r}")
    return [(unquote(path.rpartition("/")[2]), payload.body)]


def _unpack(payload: Payload) -> list[tuple[str, bytes]]:
    reader = zlib.decompressobj(wbits=31)
    try:
        plain = reader.decompress(payload.body, _MAX_ARCHIVE)
    except zlib.error as error:
        raise _unexpected(payload, f"a damaged archive ({error})") from error
    if reader.unconsumed_tail:
        raise _unexpected(payload, f"an archive of more than {_MAX_ARCHIVE:,} bytes")
    if not reader.eof:
        raise _unexpected(payload, "an archive cut short")
    files = []
    try:
        with tarfile.open(fileobj=io.BytesIO(plain), mode="r:") as archive:
            for member in archive:
                name = member.name.rpartition("/")[2]
                if not member.isfile() or not name.endswith((".yaml", ".yml")) or name == _TEMPLATE:
                    continue
                body = archive.extractfile(member) if member.size <= _MAX_FILE else None
                files.append((name, body.read() if body else b""))
                if len(files) > _MAX_FILES:
                    raise _unexpected(payload, f"an archive of more than {_MAX_FILES:,} systems")
    except tarfile.TarError as error:
        raise _unexpected(payload, f"a damaged archive ({error})") from error
    return files


def _unexpected(payload: Payload, what: str) -> SourceError:
    return SourceError(_ID, f"{payload.name} is {what}; open {payload.url} to see what is served.")


def _read_edition(payload: Payload, files: Sequence[tuple[str, bytes]]) -> Iterator[Parsed]:
    """Grades under the edition's dimensions: those that most of its files have. Raises SourceError."""
    read: list[tuple[str, dict[str, Any] | None, str]] = []
    for file, body in files:
        try:
            read.append((file, _read_system(body), ""))
        except ValueError as error:
            read.append((file, None, f"{file}: {error}"))
    systems = [system for _, system, _ in read if system is not None]
    if not systems or 2 * len(systems) < len(files):
        raise _unexpected(payload, f"an index of which {len(files) - len(systems)} of {len(files)} files are no system")
    counts = Counter(key for system in systems for key in system if key not in _NOT_DIMENSIONS)
    dimensions = sorted(key for key, n in counts.items() if 2 * n > len(systems))
    row_no, graded, seen = 0, 0, set()
    for file, system, fault in read:
        if system is not None and system["system"]["name"] in seen:
            fault, system = f"{file}: the system {system['system']['name']!r} is there twice", None
        if system is None:
            yield Refused(payload.key, row_no, fault, json.dumps({"file": file}, ensure_ascii=False))
            row_no += 1
            continue
        seen.add(system["system"]["name"])
        rows = list(_read_grades(payload, row_no, file, system, dimensions))
        graded += sum(isinstance(row, Openness) for row in rows)
        row_no += max((row.row_no for row in rows), default=row_no) - row_no + 1
        yield from rows
    if not graded:
        raise _unexpected(payload, "an index without a single grade")


def _read_system(body: bytes) -> dict[str, Any]:
    """One file as an object of texts, with a system's name. Raises ValueError."""
    if not body.strip():
        raise ValueError(f"the file is empty or over {_MAX_FILE:,} bytes")
    try:
        # This loader makes texts, lists and objects and nothing else: no tag of the file is obeyed, and a
        # date or a number stays as it is written.
        document = yaml.load(body, Loader=_LOADER)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"no YAML ({' '.join(str(error).split())[:120]})") from error
    if not isinstance(document, dict) or not all(isinstance(key, str) for key in document):
        raise ValueError("no object of dimensions")
    system = document.get("system")
    name = system.get("name") if isinstance(system, dict) else None
    if not isinstance(name, str) or name.strip() in ("", "~", "null"):
        raise ValueError("the file names no system")
    return document


_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def _read_grades(
    payload: Payload, first: int, file: str, system: Mapping[str, Any], dimensions: Sequence[str]
) -> Iterator[Openness | ModelAttribute | Refused]:
    name = str(system["system"]["name"])
    for attribute, value in _describe_system(system):
        yield ModelAttribute(payload_key=payload.key, row_no=first, name_raw=name, attribute=attribute, value=value)
    others = [key for key in system if key not in _NOT_DIMENSIONS and key not in dimensions]
    for row_no, dimension in enumerate([*dimensions, *others], start=first):
        stated = system.get(dimension)
        grade = stated.get("class") if isinstance(stated, dict) else stated
        if dimension in others:
            fault = "is no dimension of this edition"
        elif grade in _VALUES:
            yield Openness(
                payload_key=payload.key,
                row_no=row_no,
                name_raw=name,
                edition=payload.first_observed_at.date(),
                dimension=dimension,
                criteria=_name_criteria(dimensions),
                grade=grade,
                value=_VALUES[grade],
            )
            continue
        else:
            fault = f"is graded {str(grade)[:40]!r}, none of {', '.join(_VALUES)}"
        row = json.dumps({"file": file, "dimension": dimension, "stated": str(stated)[:400]}, ensure_ascii=False)
        yield Refused(payload.key, row_no, f"{file}: {dimension} {fault}", row)


def _name_criteria(dimensions: Sequence[str]) -> str:
    """An id of a set of dimensions, the same for the same set whenever it is read."""
    digest = hashlib.sha256("\n".join(sorted(dimensions)).encode()).hexdigest()[:6]
    return f"osai-{len(dimensions)}-{digest}"


def _describe_system(system: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is said of the system as a whole; of the one model that was graded only where its weights are."""
    org = system.get("org")
    maker = org.get("name") if isinstance(org, dict) else None
    if isinstance(maker, str) and maker.strip():
        yield "developer", maker.strip()
    modality, link = system["system"].get("type"), system["system"].get("link")
    if isinstance(modality, str) and modality.strip():
        yield "modality", modality.strip()
    page = _HUB_PAGE.fullmatch(link.strip()) if isinstance(link, str) else None
    if page and page[1].partition("/")[0] not in _NOT_OWNERS:
        yield "hub_repo_id", page[1]
