"""The brief as PDF: the HTML set by WeasyPrint; nothing fetched, no clock.

WeasyPrint is in the `export` extra and needs Pango, which no Python package brings; where one is missing a
sentence says what to install. Neither is imported before a PDF is asked for.
"""

from __future__ import annotations

import ctypes
import importlib.util
from functools import cache

from dashboard.brief import BriefError

_PANGO = ("libpango-1.0.so.0", "libpango-1.0.dylib", "libpango-1.0-0.dll", "pango-1.0")
_NO_WEASYPRINT = 'A PDF needs WeasyPrint: pip install -e ".[export]" in the clone, then ask again.'
_NO_PANGO = "A PDF needs Pango: apt-get install libpangoft2-1.0-0 (on macOS: brew install pango), then ask again."


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
    try:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher
    except ImportError as e:
        raise BriefError(_NO_WEASYPRINT) from e
    except OSError as e:
        raise BriefError(_NO_PANGO) from e
    page = HTML(string=html.decode(), url_fetcher=URLFetcher(allowed_protocols=("data",)))
    made: bytes = page.write_pdf(pdf_identifier=brief_id.encode(), pdf_tags=True)
    return made
