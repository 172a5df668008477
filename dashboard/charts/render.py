"""Vega-Lite specifications as SVG text and PNG bytes, drawn offline.

vl-convert is imported on first use, since a page that nobody takes a picture of should not pay for it. It
refuses to fetch: a specification that names an address outside itself raises ValueError.
"""

from __future__ import annotations

import html
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import ModuleType

FONTS = Path(__file__).parent.parent / "static"


def render_svg(spec: dict[str, Any]) -> str:
    """The picture as one SVG document whose words are text, with no script and nothing outside it.

    The specification's description is its alt text: Vega writes none, and names its marks' containers instead."""
    svg: str = _load().vegalite_to_svg(spec, allowed_base_urls=[])
    alt = "".join(ch if ch.isprintable() else " " for ch in str(spec.get("description", "")))
    return svg.replace("<svg ", f'<svg role="img" aria-label="{html.escape(alt)}" ', 1)


def render_png(spec: dict[str, Any], scale: float = 2) -> bytes:
    """The picture as PNG, `scale` pixels to each of the specification's."""
    png: bytes = _load().vegalite_to_png(spec, scale=scale, allowed_base_urls=[])
    return png


@cache
def _load() -> ModuleType:
    """vl-convert with our fonts known to it, once a process."""
    import vl_convert

    vl_convert.register_font_directory(str(FONTS))
    return vl_convert
