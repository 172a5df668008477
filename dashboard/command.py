"""What `landscape brief` does: from its options to a file and a line about it.

It exists so that the command line only parses. It refuses options that contradict each other, a note nobody
signed and a file it cannot write, each in one sentence; the file appears whole or not at all.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from dashboard.brief import BriefError, Note, NoteError
from ingest.store import StoreError, parse_as_of, write_whole

if TYPE_CHECKING:
    from dashboard.issued import Issued, Kept

_SUFFIXES = ("html", "pdf", "json")


class UsageError(StoreError):
    """The options do not go together: says which and how to write them."""

    exit_code = 2


class OutputError(StoreError):
    """The brief cannot be made or written here: says why and what to do."""


@dataclass(frozen=True, slots=True)
class BriefOptions:
    """The command's options as given; `note` is a file, `rule` a meaning of open."""

    output: Path | None
    as_of: str | None = None
    note: Path | None = None
    by: str | None = None
    rule: str = "commercial"
    reissue: str | None = None
    listing: bool = False


def run_brief(options: BriefOptions) -> list[str]:
    """Do what the options ask; the lines to print. Raises StoreError and its kinds, each one sentence."""
    _quieten()
    _check(options)
    with _collect_seldom():
        return _give(options)


def _give(options: BriefOptions) -> list[str]:
    from dashboard import issued

    if options.listing:
        return _list_lines(issued.list_kept())
    output = options.output or Path()
    suffix = output.suffix[1:]
    try:
        found = issued.reissue(options.reissue, suffix) if options.reissue else _issue(options, suffix)
    except NoteError as e:
        raise UsageError(str(e)) from e
    except BriefError as e:
        raise OutputError(str(e)) from e
    try:
        write_whole(output, found.body)
    except OSError as e:
        raise OutputError(f"{output} cannot be written ({e.strerror}): choose another place with -o.") from e
    verb = "Brief" if not options.reissue else "Reissued brief"
    lines = [f"{verb} {found.brief_id}: {found.headline}", f"{output}, {len(found.body) / 1000:.0f} kB"]
    return [*lines, found.fault] if found.fault else lines


def _issue(options: BriefOptions, suffix: str) -> Issued:
    from dashboard import issued, queries
    from dashboard.view import read_clock

    now = read_clock()
    as_of = parse_as_of(options.as_of) if options.as_of else None
    note = _read_note(options.note, options.by or "", now.date()) if options.note else None
    return issued.issue_brief(queries.identify(), as_of, now, options.rule, suffix, note)


def _read_note(path: Path, by: str, today: date) -> Note:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as e:
        raise UsageError(f"{path} cannot be read ({e.strerror}): --note names a text file.") from e
    except UnicodeDecodeError as e:
        raise UsageError(f"{path} is not UTF-8 text: save the note as plain text in UTF-8.") from e
    return Note(text, by, today)


def _check(options: BriefOptions) -> None:
    if options.listing:
        if options.output or options.reissue or options.note:
            raise UsageError("--list prints what is kept and takes no other option.")
        return
    if options.output is None or options.output.suffix[1:] not in _SUFFIXES:
        given = f", not {options.output.name!r}" if options.output else ""
        raise UsageError(f"-o names the file to write, ending in .html, .pdf or .json{given}.")
    if bool(options.note) != bool(options.by):
        raise UsageError("A note is signed: give --note FILE and --by NAME together.")
    if options.reissue and (options.note or options.as_of):
        raise UsageError("--reissue gives a brief as it was issued: leave --as-of and --note out.")


def _list_lines(kept: list[Kept]) -> list[str]:
    if not kept:
        return ["No brief has been issued here yet: landscape brief -o brief.html issues one."]
    return [
        f"{one.brief_id}  issued {one.issued_at:%Y-%m-%d %H:%M}  "
        f"{f'as of {one.as_of[:10]}' if one.as_of else f'latest known on {one.read_on}'}  {one.headline}"
        + (f"  (note by {one.note_by})" if one.note_by else "")
        for one in kept
    ]


@contextmanager
def _collect_seldom() -> Iterator[None]:
    """A brief makes a million objects and drops few in circles: to look for those as often as a server must takes a
    tenth of the command's time."""
    before = gc.get_threshold()
    gc.set_threshold(50_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _quieten() -> None:
    """Queries are cached by Streamlit, which warns once a function where no server runs."""
    for name in ("cache_data_api", "cache_resource_api"):
        logger = logging.getLogger(f"streamlit.runtime.caching.{name}")
        if not any(isinstance(one, _NoRuntime) for one in logger.filters):
            logger.addFilter(_NoRuntime())


class _NoRuntime(logging.Filter):
    """Drops the warning that no server runs."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not record.getMessage().startswith("No runtime found")
