"""Charts as pictures that stand alone: title, source and date are in them.

A picture is drawn when it is asked for. It refuses charts that show rows a licence keeps on this machine: a
dot can be read off a picture as well as from a table.
"""

from __future__ import annotations

from typing import Any

from dashboard.charts import AnyChart
from dashboard.charts.render import render_png, render_svg
from dashboard.charts.vega import to_vega
from dashboard.takeaway.stamp import Stamp
from dashboard.theme import Mode

SCALE = 2


def draw_spec(chart: AnyChart, mode: Mode, stamp: Stamp, legend: str = "", left_out: int = 0) -> dict[str, Any]:
    """The Vega-Lite specification of the picture; `legend` says in plain words what colours and lines mean.

    `left_out` counts the rows that the page shows and the picture, by their licence, does not."""
    named = " ".join(stamp.list_attributions())
    absent = f"Not drawn: {left_out:,} of the rows on the page, which may not be passed on by licence." * bool(left_out)
    source = [stamp.credit.write(), absent, named, f"{stamp.write_when()} · {stamp.product}"]
    lines = [line for line in source if line]
    return to_vega(chart, mode, title=stamp.title, subtitle=[legend] if legend else [], source=lines)


def draw_png(chart: AnyChart, mode: Mode, stamp: Stamp, legend: str = "", left_out: int = 0) -> bytes:
    """The picture as PNG of twice its pixels."""
    return render_png(draw_spec(chart, mode, stamp, legend, left_out), SCALE)


def draw_svg(chart: AnyChart, mode: Mode, stamp: Stamp, legend: str = "", left_out: int = 0) -> bytes:
    """The picture as SVG in UTF-8, its words as text."""
    return render_svg(draw_spec(chart, mode, stamp, legend, left_out)).encode()
