"""Charts and tables with what a reader may take away of them.

A page draws every chart and table through this module, so that nothing on a page is without its source line
or its way out. What leaves is what is shown: the same title, rows, source, licence and as-of date. Rows that
a licence keeps on this machine are shown and never leave.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import pyarrow as pa
import streamlit as st
from pandas.io.formats.style import Styler

from dashboard import parts
from dashboard.charts import AnyChart
from dashboard.credit import Credit
from dashboard.memo import derive
from dashboard.takeaway.menu import Offer, show_foot
from dashboard.view import View


def show_figure(
    chart: AnyChart,
    view: View,
    key: str,
    credit: Credit,
    make_table: Callable[[], pd.DataFrame] | None = None,
    *,
    legend: str = "",
    public_chart: Callable[[], AnyChart] | None = None,
    rule: str = "",
    meanings: Mapping[str, str] | None = None,
) -> None:
    """A chart, its source line, and the menu to take it away; `chart.title` heads the picture.

    `make_table` gives the rows behind the chart as a long frame (one row an observation, columns with units in
    their names, and `payload_key` where there is one); it is called when the menu opens. A column
    `redistributable` keeps rows that say "no" out of downloads; a chart that shows such rows has a picture only
    where `public_chart` draws it without them. `legend` says in plain words what the page says of colours and
    lines, `rule` how the rows were made, `meanings` what columns mean whose names do not say it."""
    parts.show_chart(chart, view, key)
    title = chart.title or key.replace("_", " ").capitalize()
    show_foot(Offer(title, key, credit, make_table, chart, public_chart, legend, rule, meanings), view)


def show_table(
    frame: pd.DataFrame | Styler,
    view: View,
    key: str,
    credit: Credit,
    title: str,
    *,
    columns: Mapping[str, Any] | None = None,
    height: int | None = None,
    exported: pd.DataFrame | None = None,
    rule: str = "",
    meanings: Mapping[str, str] | None = None,
) -> None:
    """A table, its source line, and the menu to take it away. `title` is the alt text and heads the metadata.

    A plain frame is made ready for the page once where it is kept (`memo.keep`).
    `exported` is what a download holds where that is more or plainer than what is shown; a column
    `redistributable` keeps rows that say "no" out of it."""
    st.dataframe(
        derive(to_arrow, frame) if isinstance(frame, pd.DataFrame) else frame,
        hide_index=True,
        placeholder="",
        height=height or "auto",
        alt=title,
        column_config=dict(columns) if columns else None,
    )
    plain = frame.data if isinstance(frame, Styler) else frame  # type: ignore[attr-defined]
    leaving: pd.DataFrame = plain if exported is None else exported
    show_foot(Offer(title, key, credit, lambda: leaving, rule=rule, meanings=meanings), view)


def to_arrow(frame: pd.DataFrame) -> pa.Table | pd.DataFrame:
    """The frame as a page sends it, without its row numbers; itself where Streamlit has to mend a mixed column."""
    try:
        return pa.Table.from_pandas(frame, preserve_index=False)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        return frame
