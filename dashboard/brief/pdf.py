"""The brief as PDF: the HTML set by WeasyPrint; nothing fetched, no clock.

WeasyPrint is in the `export` extra and needs Pango, which no Python package brings; where one is missing a
sentence says what to install. Neither is imported before a PDF is asked for. What it is given is the HTML without
what paper never shows and with fonts it need not unpack: the pages are the same, in two thirds of the time.
"""

from __future__ import annotations

import base64
import ctypes
import ctypes.util
import importlib
import importlib.util
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

from dashboard.brief import BriefError

_PANGO = ("libpango-1.0.so.0", "libpango-1.0.dylib", "libpango-1.0-0.dll", "pango-1.0")
_NO_WEASYPRINT = 'A PDF needs WeasyPrint: pip install -e ".[export]" in the clone, then ask again.'
_NO_PANGO = "A PDF needs Pango: apt-get install libpangoft2-1.0-0 (on macOS: brew install pango), then ask again."
_FONTS = Path(__file__).parent / "fonts"
_PHONE = re.compile(r'<div class="drawing phone">.*?</svg></div>\n', re.DOTALL)
_TABLE = re.compile(r"<table.*?</table>", re.DOTALL)
# Characters; the narrowest column of a table, a quarter of the page, holds them on one line.
_SHORT_WORD = 28
# With words so short no column can be narrower than its longest word, and to break them anywhere is to measure
# every letter for nothing.
_WHOLE_WORDS = "table { overflow-wrap: break-word; }"


@cache
def find_pdf_fault() -> str:
    """Why no PDF can be made here, in one sentence; empty where it can."""
    if importlib.util.find_spec("weasyprint") is None:
        return _NO_WEASYPRINT
    for name in _PANGO:
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        return ""
    return _NO_PANGO


def render_pdf(html: bytes, brief_id: str) -> bytes:
    """The PDF of a brief's HTML; same HTML and id, same bytes. Raises BriefError where it cannot be made."""
    weasyprint = _import_weasyprint()
    from weasyprint.urls import URLFetcher

    text = _PHONE.sub("", html.decode())
    styles = [weasyprint.CSS(string=_WHOLE_WORDS)] if _has_short_words(text) else []
    page = weasyprint.HTML(string=_unpack_fonts(text), url_fetcher=URLFetcher(allowed_protocols=("data",)))
    made: bytes = page.write_pdf(pdf_identifier=brief_id.encode(), pdf_tags=True, stylesheets=styles)
    return made


def _has_short_words(html: str) -> bool:
    """Whether every word of the tables is short, an address being cut where its lines may be."""
    words = re.split(r"\s|(?<=[/-])(?!\d)", re.sub(r"<[^>]*>", " ", " ".join(_TABLE.findall(html))))
    return max(map(len, words)) <= _SHORT_WORD


def _unpack_fonts(html: str) -> str:
    """The HTML with our WOFF2 fonts as what they hold; others stay as they are."""
    for packed in _FONTS.glob("*.woff2"):
        html = html.replace(_write_address(packed), _write_address(packed.with_suffix(".ttf")))
    return html


@cache
def _write_address(font: Path) -> str:
    return f"data:font/{font.suffix[1:]};base64,{base64.b64encode(font.read_bytes()).decode()}"


def _import_weasyprint() -> Any:
    """Raises BriefError where WeasyPrint or Pango is missing."""
    try:
        with suppress(OSError), _ask_loader_only():
            return importlib.import_module("weasyprint")
        return importlib.import_module("weasyprint")  # where the libraries lie aside, ctypes may know the place
    except ImportError as e:
        raise BriefError(_NO_WEASYPRINT) from e
    except OSError as e:
        raise BriefError(_NO_PANGO) from e


@contextmanager
def _ask_loader_only() -> Iterator[None]:
    """WeasyPrint tries each library under the names of every system. For those that are not this one's, ctypes starts
    a compiler and a linker each, on Linux some fifty processes in all; the loader itself knows the right name."""
    find = ctypes.util.find_library
    if sys.platform == "linux":
        ctypes.util.find_library = lambda name: None
    try:
        yield
    finally:
        ctypes.util.find_library = find
