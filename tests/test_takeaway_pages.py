"""On every page: each number a chart draws is in the table behind it, and what must stay here stays.

The pages run as they are; what they hand to the menu is caught on its way there.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from dashboard import takeaway
from dashboard.charts import AnyChart, Chart
from dashboard.takeaway.menu import Offer
from dashboard.takeaway.tables import split_local
from tests.homes import use_home
from tests.overview_page import show
from tests.pages import open_page

ADDRESSES = [
    ("overview", {}),
    ("capability", {}),
    ("capability", {"measure": "Arena text", "as_of": "2026-05-31"}),
    ("adoption", {}),
    ("price", {}),
    ("openness", {}),
    ("compare", {}),
    ("data", {"find": "1365.17"}),
]


@cache
def _catch_offers(home: Path, page: str, *parts: tuple[str, str]) -> list[tuple[Offer, pd.DataFrame | None]]:
    """What the page offers and its rows, made while its home is in force, as a click would. Not to be changed."""
    address = dict(parts)
    caught: list[Offer] = []
    with use_home(home), pytest.MonkeyPatch.context() as patch:
        patch.setattr(takeaway, "show_foot", lambda offer, view: caught.append(offer))
        if page == "overview":
            # It links to other pages, which only the whole app knows.
            show(home, **address)
        else:
            open_page(page, **address)
        made = [offer.make_table() if offer.make_table else None for offer in caught]
    return list(zip(caught, made, strict=True))


def _list_numbers(chart: AnyChart) -> set[float]:
    if isinstance(chart, Chart):
        found: Iterable[float | None] = [
            *(v for s in chart.series for p in s.points for v in (p.y, p.low, p.high)),
            *(v for flat in chart.flats for v in (flat.y, flat.low, flat.high)),
        ]
    else:
        found = [v for row in chart.rows for v in (row.value, row.low, row.high)]
    return {float(v) for v in found if v is not None}


def _list_cells(frame: pd.DataFrame) -> list[float]:
    cells = [value for column in frame.columns for value in frame[column] if isinstance(value, int | float)]
    return [float(value) for value in cells if not math.isnan(value)]


def _holds(cells: list[float], value: float) -> bool:
    """Whether a table has a value, a multiple (×2.5) also as the change in per cent that it is (150)."""
    return any(math.isclose(v, cell, rel_tol=1e-9) for v in (value, (value - 1) * 100) for cell in cells)


@pytest.mark.parametrize(("page", "address"), ADDRESSES, ids=[f"{p} {' '.join(a)}" for p, a in ADDRESSES])
def test_every_number_of_a_chart_is_in_its_table(published_home: Path, page: str, address: dict[str, str]) -> None:
    offers = _catch_offers(published_home, page, *address.items())
    assert offers
    for offer, table in offers:
        assert table is not None, f"{offer.key} has no table behind it"
        if offer.chart is None:
            continue
        assert offer.chart.title, f"{offer.key} has no title for its picture"
        cells = _list_cells(table)
        absent = [v for v in _list_numbers(offer.chart) if not _holds(cells, v)]
        assert not absent, f"{offer.key} draws {absent[:5]}, which are not among {list(table.columns)}"


@pytest.mark.parametrize(("page", "address"), ADDRESSES, ids=[f"{p} {' '.join(a)}" for p, a in ADDRESSES])
def test_a_picture_of_rows_that_must_stay_shows_only_the_others(
    published_home: Path, page: str, address: dict[str, str]
) -> None:
    for offer, table in _catch_offers(published_home, page, *address.items()):
        if table is None or offer.public_chart is None:
            continue
        kept, left_out = split_local(table)
        if not left_out or not len(kept):
            continue
        cells = _list_cells(kept)
        numbers = _list_numbers(offer.public_chart())
        assert all(_holds(cells, v) for v in numbers), offer.key
