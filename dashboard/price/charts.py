"""The Price page's charts of prices: over time, who is paid, side by side.

Pure functions of rows. They leave no listing out: a spread of orders of magnitude gets a logarithmic axis.
"""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.charts import Chart, Event, Point, Series, Unit, Whiskers
from dashboard.charts import Row as Line
from dashboard.definitions import OPEN_RULES, SMALLER, SUBJECT
from dashboard.formats import format_date, format_usd
from dashboard.price import Blend, Reign
from dashboard.price.spread import DOLLARS, draw_spread
from dashboard.rows import Row
from dashboard.theme import Access

SPREAD_LEGEND = "Green: the floor. Grey: median and ceiling. Above the plot: who sets the floor from that read on."
PROVIDERS_LEGEND = "Green: all paid providers. Grey: routers among them."
CHOSEN_LEGEND = "Dot: median of the paid listings. Line: from the lowest to the highest, dashed for open weights."
# Over so many changes of hands their names would cover the plot: the newest are named, the table has them all.
HANDS_SHOWN = 8


def draw_prices(paid: Sequence[Row], reigns: Sequence[Reign], name: str, blend: Blend) -> Chart:
    """Floor, median and ceiling over time; the rules above name who set the floor from that read on."""
    events = [Event(reign.first, _name_setters(reign)) for reign in reigns[-HANDS_SHOWN:]]
    return draw_spread(paid, name, events, f"No paid listing of {name} ({blend.words}) had been recorded by then.")


def draw_providers(paid: Sequence[Row], name: str) -> Chart:
    """Providers that ask a price on each read day, and how many of them are routers."""
    marks: tuple[tuple[str, str, Access], ...] = (
        ("Providers", "providers", "focus"),
        ("Routers", "routers", "neutral"),
    )
    series = [
        Series(label, [Point(row["day"], row[column]) for row in paid], access=access)
        for label, column, access in marks
        if column == "providers" or any(row[column] for row in paid)
    ]
    # From 0, as a count of providers is a size.
    top = max((row["providers"] for row in paid), default=1) * 1.1
    return Chart(series=series, unit=Unit(decimals=0), y_range=(0, top), height=210, title=f"Paid providers of {name}")


def draw_chosen(market: Sequence[Row], chosen: Sequence[str], subject: str) -> Whiskers:
    """Median, floor and ceiling of the chosen models, cheapest median first; one without a price is left out."""
    return Whiskers(
        rows=[
            Line(
                row["name"],
                row["median"],
                row["floor"],
                row["ceiling"],
                access=find_side(row),
                verdict=span_prices(row),
                note=word_providers(row),
            )
            for row in list_chosen(market, chosen, subject)
        ],
        unit=DOLLARS,
        log_x=True,
        title="Listed price of the chosen models, floor to ceiling",
        empty_text="None of the chosen models has a paid listing here.",
    )


def list_chosen(market: Sequence[Row], chosen: Sequence[str], subject: str) -> list[Row]:
    """The rows of the subject and the chosen models, cheapest median first."""
    wanted = {subject, *chosen}
    return sorted((row for row in market if row["model_id"] in wanted), key=lambda r: (r["median"], r["model_id"]))


def find_side(row: Row) -> Access:
    """gpt-oss, open for commercial use, proprietary, or neither."""
    if row["model_id"] in (SUBJECT, SMALLER):
        return "focus"
    if row["access"] in OPEN_RULES["commercial"]:
        return "open"
    return "closed" if row["access"] == "proprietary" else "neutral"


def span_prices(row: Row) -> str:
    """From floor to ceiling, in words."""
    if row["floor"] == row["ceiling"]:
        return "one price" if row["listings"] > 1 else "one listing"
    return f"{format_usd(row['floor'])} to {format_usd(row['ceiling'])}"


def word_providers(row: Row) -> str:
    """How many providers ask a price."""
    return f"{row['providers']} paid provider{'' if row['providers'] == 1 else 's'}"


def word_read_days(paid: Sequence[Row]) -> str:
    """How many days were read, from when to when."""
    first, last = format_date(paid[0]["day"]), format_date(paid[-1]["day"])
    return f"read on {first}" if len(paid) == 1 else f"{len(paid)} days read, {first} to {last}"


def _name_setters(reign: Reign) -> str:
    more = len(reign.providers) - 1
    return reign.providers[0] + (f" +{more}" if more else "")
