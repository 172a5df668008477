"""What is kept for every session: made once, told apart by what it is, drawn as plotly draws it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import orjson
import pandas as pd
import plotly.graph_objects as go
import plotly.io

from dashboard.charts import Chart, Point, Series
from dashboard.charts.plotly import Drawn, to_plotly
from dashboard.memo import derive
from dashboard.takeaway import to_arrow

CHART = Chart([Series("one", [Point(date(2026, 1, 1), 1.0), Point(date(2026, 1, 9), 2.0)])], title="Two days")


def test_what_is_derived_of_one_object_is_made_once_and_of_its_equal_again() -> None:
    calls: list[tuple[object, object]] = []

    def make(kept: list[int], choice: str) -> str:
        calls.append((kept, choice))
        return f"{kept} {choice}"

    first, equal = [1], [1]
    assert [derive(make, first, "a"), derive(make, first, "a"), derive(make, first, "b")] == ["[1] a", "[1] a", "[1] b"]
    assert derive(make, equal, "a") == "[1] a"
    assert len(calls) == 3 and calls[2][0] is equal


def test_an_object_keeps_its_place_in_memory_while_something_derived_of_it_is_known() -> None:
    # Without that another object could come to stand there and be taken for it.
    found = {derive(id, Thing(n)) for n in range(200)}
    assert len(found) == 200


class Thing:
    """Anything that is gone as soon as nobody holds it."""

    def __init__(self, number: int) -> None:
        self.number = number


def test_a_drawn_figure_is_sent_as_plotly_would_send_it() -> None:
    for chart in (CHART, replace(CHART, series=())):
        figure = to_plotly(chart)
        drawn = Drawn(figure)
        sent = [orjson.loads(plotly.io.to_json(f.to_dict(), validate=False)) for f in (figure, drawn, drawn)]
        assert sent[0] == sent[1] == sent[2]
        assert isinstance(drawn, go.Figure) and drawn.to_dict() is drawn.to_dict()


def test_a_frame_is_sent_whole_and_a_mixed_one_is_left_to_streamlit() -> None:
    frame = pd.DataFrame({"name": ["a", None], "day": [date(2026, 1, 1), None], "n": [1.5, None]}, index=[7, 9])
    table = to_arrow(frame)
    assert not isinstance(table, pd.DataFrame)
    assert table.to_pylist() == [{"name": "a", "day": date(2026, 1, 1), "n": 1.5}, dict.fromkeys(("name", "day", "n"))]
    mixed = pd.DataFrame({"value": ["a", 1, 2.5]})
    assert to_arrow(mixed) is mixed
