"""The brief as one HTML file: no script, nothing loaded, two pages in print.

Its fonts are static subsets with Greek under a name no system has: a variable or latin-only Inter beside the
system's own made WeasyPrint draw Δ as a blank. All words are escaped by the template; control and
direction-changing characters become spaces, so that a name can neither run backwards nor break a line of markup.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from dashboard.brief import Brief
from dashboard.charts.render import render_svg
from dashboard.charts.vega import to_vega
from dashboard.formats import format_date
from dashboard.theme import FONT_FAMILY, LIGHT

_HERE = Path(__file__).parent
_FONT_FAMILY = "Landscape Inter"
# Pixels of the drawing, which CSS scales to the page's width: a note takes its room from the chart.
_CHART_WIDTH, _PHONE_WIDTH = 700, 364
_CHART_HEIGHT, _HEIGHT_BESIDE_NOTE = 322, 272
# What page 1 has room for; the rest of a note goes on on page 2.
_NOTE_ROOM = 420
_NOTE_LINES = 4


def render_html(brief: Brief) -> bytes:
    """The file. Same brief, same bytes."""
    document = brief.document
    note = document["note"]
    begun, rest = split_note(clean_lines(note["text"])) if note else ("", "")
    page: str = _load_template().render(
        brief=_clean(document),
        charts=_draw_charts(brief) if not document["chart"]["empty"] else {},
        note_begun=begun,
        note_rest=rest,
        signed_on=format_date(date.fromisoformat(note["signed_on"])) if note else "",
        tokens=LIGHT,
        fonts=[(weight, _read_font(name)) for weight, name in ((400, "regular"), (600, "semibold"))],
        family=_FONT_FAMILY,
        example=_choose_example(document),
    )
    return page.encode()


def split_note(text: str) -> tuple[str, str]:
    """What of a note page 1 shows, cut between words, and the rest; at most 420 characters on four lines."""
    lines = text.split("\n")
    begun = "\n".join(lines[:_NOTE_LINES])
    if len(begun) > _NOTE_ROOM:
        cut = max(begun.rfind(" ", 0, _NOTE_ROOM), begun.rfind("\n", 0, _NOTE_ROOM))
        begun = begun[: cut if cut > 0 else _NOTE_ROOM]
    return begun.rstrip(), text[len(begun) :].strip()


def clean(text: str) -> str:
    """Text on one line without control and direction-changing characters."""
    if not text.isprintable():
        text = "".join(ch if ch.isprintable() else " " for ch in text)
    return " ".join(text.split())


def clean_lines(text: str) -> str:
    """The same line by line; empty lines are dropped."""
    return "\n".join(line for line in map(clean, text.splitlines()) if line)


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {key: _clean(one) for key, one in value.items()}
    return [_clean(one) for one in value] if isinstance(value, list) else value


def _draw_charts(brief: Brief) -> dict[str, Markup]:
    """The chart as inline SVG for paper and screen, and laid out anew for a phone; text in the brief's own font."""
    height = _HEIGHT_BESIDE_NOTE if brief.document["note"] else _CHART_HEIGHT
    return {"wide": _draw(brief, _CHART_WIDTH, height), "phone": _draw(brief, _PHONE_WIDTH, None)}


def _draw(brief: Brief, width: int, height: int | None) -> Markup:
    svg = render_svg(to_vega(brief.chart, "light", title="", width=width, height=height, framed=False))
    return Markup(svg.replace(f'font-family="{FONT_FAMILY}"', f'font-family="{_FONT_FAMILY}, sans-serif"'))


def _choose_example(document: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """A fact to show how one is followed: the first with a payload."""
    return next((fact for fact in document["facts"] if fact["payload_key"] is not None), None)


@cache
def _load_template() -> Any:
    return Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).get_template("brief.html.j2")


@cache
def _read_font(name: str) -> str:
    return base64.b64encode((_HERE / "fonts" / f"inter-{name}.woff2").read_bytes()).decode()
