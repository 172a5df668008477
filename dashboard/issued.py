"""Issued briefs: made once, kept below the home, given again with the same bytes.

A page as of a past date is worked out anew from today's reading of old rows; what was shown on that date is
the brief issued then. So a brief is written whole below `briefs/<id>` and never changed: `brief.json`,
`brief.html`, `brief.pdf` once one was asked for, and `issued.json`, which holds when it was first issued and the
hash of each file. The moment of issue stands beside the brief and not in it, as the same story must give the
same bytes. It refuses to give a kept file whose hash no longer matches. A reader who may not write gets the
brief all the same, with one sentence that it was not kept.
"""

from __future__ import annotations

import hashlib
import os
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from dashboard.brief import Brief, Note
from dashboard.brief.content import ID_LENGTH, write_brief, write_json
from dashboard.overview.reading import read_story
from dashboard.queries import Identity
from ingest.store import StoreError, get_home, write_whole

# Two sessions may issue one brief at a time: a file is written aside under one name a process.
_LOCK = threading.Lock()


@dataclass(frozen=True, slots=True)
class Form:
    """A format a brief comes in."""

    suffix: str
    title: str
    mime: str


FORMS = (
    Form("html", "HTML, one file", "text/html"),
    Form("pdf", "PDF, two pages", "application/pdf"),
    Form("json", "JSON, every number", "application/json"),
)
SUFFIXES = tuple(form.suffix for form in FORMS)


class IssuedError(StoreError):
    """A kept brief cannot be given: says why and what to do."""


class UnknownBriefError(IssuedError):
    """No brief of that id is kept here."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Issued:
    """A file of a brief, as given. `fault` says why it was not kept; empty where it was."""

    brief_id: str
    headline: str
    body: bytes
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """One brief on the shelf. `as_of` is null for the latest known of `read_on`."""

    brief_id: str
    issued_at: datetime
    as_of: str | None
    read_on: str
    headline: str
    note_by: str | None


def get_shelf() -> Path:
    """The folder of issued briefs."""
    return get_home() / "briefs"


def make_brief(
    file: Identity, as_of: datetime | None, now: datetime, rule: str, suffix: str, note: Note | None = None
) -> bytes:
    """The body alone, for a download."""
    return issue_brief(file, as_of, now, rule, suffix, note).body


def issue_brief(
    file: Identity, as_of: datetime | None, now: datetime, rule: str, suffix: str, note: Note | None = None
) -> Issued:
    """The brief of a published file in one format, kept if it can be. Raises StoreError, BriefError.

    A brief issued before comes from the shelf, so that an id always means the same bytes."""
    brief = write_brief(read_story(file, as_of, now, rule, exported=True), note)
    headline = str(brief.document["headline"])
    with _LOCK:
        kept = _read_files(brief.brief_id)
        files = {name: kept[name] for name in SUFFIXES if name in kept} or _make_files(brief)
        if suffix not in files:
            files[suffix] = _make_pdf(files["html"], brief.brief_id)
        fault = ""
        if files.keys() - kept.keys():
            issued_at = datetime.fromisoformat(_read_label(brief.brief_id)["issued_at"]) if kept else now
            fault = _keep(brief.brief_id, files, kept, issued_at)
    return Issued(brief.brief_id, headline, files[suffix], fault)


def reissue(brief_id: str, suffix: str) -> Issued:
    """A kept brief in one format; a PDF that was never asked for is made of the kept HTML and kept.

    Raises UnknownBriefError, IssuedError where a kept file is damaged, BriefError where no PDF can be made."""
    with _LOCK:
        kept = _read_files(brief_id)
        if not kept:
            raise UnknownBriefError(
                f"No brief {shorten_id(brief_id)} is kept in {get_shelf()}: landscape brief --list shows what is."
            )
        files, fault = dict(kept), ""
        if suffix not in files:
            files[suffix] = _make_pdf(files["html"], brief_id)
            issued_at = datetime.fromisoformat(_read_label(brief_id)["issued_at"])
            fault = _keep(brief_id, files, kept, issued_at)
    return Issued(brief_id, str(orjson.loads(files["json"])["headline"]), files[suffix], fault)


def list_kept() -> list[Kept]:
    """Every kept brief, the newest first. Raises IssuedError where one is damaged."""
    found = [_describe(path.parent.name) for path in get_shelf().glob("*/issued.json")]
    return sorted(found, key=lambda kept: (kept.issued_at, kept.brief_id), reverse=True)


def find_keeping_fault() -> str:
    """Why a brief made here would not be kept, in one sentence; empty where it would."""
    shelf = get_shelf()
    there = next(folder for folder in (shelf, *shelf.absolute().parents) if folder.exists())
    return "" if os.access(there, os.W_OK | os.X_OK) else _word_fault(shelf)


def shorten_id(brief_id: str) -> str:
    """An id as a sentence may repeat it, whatever was typed."""
    plain = "".join(ch for ch in brief_id if ch.isprintable())
    return plain if len(plain) <= 2 * ID_LENGTH else f"{plain[:ID_LENGTH]}…"


def _make_files(brief: Brief) -> dict[str, bytes]:
    # The chart's renderer is heavy, and a brief from the shelf needs none.
    from dashboard.brief.html import render_html

    return {"json": write_json(brief), "html": render_html(brief)}


def _make_pdf(html: bytes, brief_id: str) -> bytes:
    from dashboard.brief.pdf import render_pdf

    return render_pdf(html, brief_id)


def _keep(brief_id: str, files: Mapping[str, bytes], kept: Mapping[str, bytes], issued_at: datetime) -> str:
    """Write what is not `kept` yet, the label last; the sentence says why it could not be.

    A folder without a label is what a killed issue left: its files are written over."""
    folder = get_shelf() / brief_id
    hashes = {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)}
    label = {"issued_at": issued_at.astimezone(UTC).replace(microsecond=0).isoformat(), "sha256": hashes}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, body in files.items():
            if name not in kept:
                write_whole(folder / f"brief.{name}", body)
        write_whole(folder / "issued.json", orjson.dumps(label, option=orjson.OPT_INDENT_2) + b"\n")
    except OSError:
        return _word_fault(get_shelf())
    return ""


def _read_files(brief_id: str) -> dict[str, bytes]:
    """The kept files by suffix, each checked; empty where no brief of that id is kept."""
    if not re.fullmatch(f"[0-9a-f]{{{ID_LENGTH}}}", brief_id) or not (get_shelf() / brief_id / "issued.json").exists():
        return {}
    found = {}
    for suffix, expected in _read_label(brief_id)["sha256"].items():
        path = get_shelf() / brief_id / f"brief.{suffix}"
        body = _read(path)
        if hashlib.sha256(body).hexdigest() != expected:
            raise IssuedError(f"{path} is no longer as issued: restore it from a copy, or remove {path.parent}.")
        found[suffix] = body
    return found


def _read_label(brief_id: str) -> dict[str, Any]:
    path = get_shelf() / brief_id / "issued.json"
    try:
        label = orjson.loads(_read(path))
        return {"issued_at": str(label["issued_at"]), "sha256": dict(label["sha256"])}
    except (ValueError, KeyError, TypeError) as e:
        raise IssuedError(f"{path} is damaged: restore it from a copy, or remove {path.parent}.") from e


def _describe(brief_id: str) -> Kept:
    document = orjson.loads(_read_files(brief_id)["json"])
    note = document["note"]
    return Kept(
        brief_id,
        datetime.fromisoformat(_read_label(brief_id)["issued_at"]),
        document["as_of"],
        document["read_on"],
        document["headline"],
        note["by"] if note else None,
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as e:
        raise IssuedError(f"{path} cannot be read ({e.strerror}): restore it, or remove {path.parent}.") from e


def _word_fault(shelf: Path) -> str:
    return f"Not kept, as {shelf} cannot be written: it can be made again, but not reissued by its id."
