"""Price against capability: the cheapest model for what it can do.

Pure functions of rows. Prices of one read day stand beside values of one complete edition, and the distance of
the two days is said. The staircase is drawn over point values: it says what is listed. Who is clearly ahead is a
matter of intervals and is asked of the verdicts, which exist beside the gpt-oss models alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from dashboard.capability import AHEAD
from dashboard.charts import CONNECT_GAP_DAYS, Chart, FlatLine, Point, Series, Unit
from dashboard.definitions import OPEN_RULES, SMALLER, SUBJECT
from dashboard.formats import format_date, format_interval
from dashboard.price import Blend
from dashboard.price.charts import find_side, span_prices, word_providers
from dashboard.price.spread import DOLLARS
from dashboard.rows import Row
from dashboard.theme import Access

_CLOUDS: tuple[tuple[Access, str], ...] = (
    ("neutral", "Other models"),
    ("closed", "Other proprietary models"),
    ("open", "Other open models"),
)
RULE = (
    "Computed: models at no higher median price on the newest read day that are clearly ahead in Epoch's newest "
    "complete edition; where no verdict can be had, those of a higher index value. Both days are printed."
)
PLAIN_LEGEND = (
    "Green: gpt-oss, its level with interval. Orange: open for commercial use. Blue: proprietary. Hollow: other open "
    "weights. Staircase: highest index value listed at or below a price, by point values."
)
LEGEND = (
    "A dot a model: :green[gpt-oss], :orange[open for commercial use], :blue[proprietary]; hollow: other open "
    "weights. Staircase: the highest index value listed at or below a price, by point values. Level "
    "line: gpt-oss, with its interval."
)


def join_capability(market: Sequence[Row], index: Sequence[Row]) -> list[Row]:
    """One row a model with a price and a value, cheapest first, at one price the best first.

    `market` has model_id, name, access, floor, median, ceiling, listings, providers, payload_key, row_no of one day;
    `index` model_id, value, low, high, edition, payload_key of one edition. The latter is index_payload_key here."""
    rated = {row["model_id"]: row for row in index if row["model_id"]}
    joined = [
        row
        | {name: own[name] for name in ("value", "low", "high", "edition")}
        | {"index_payload_key": own["payload_key"]}
        for row in market
        if (own := rated.get(row["model_id"]))
    ]
    return sorted(joined, key=lambda row: (row["median"], -row["value"], row["model_id"]))


def list_frontier(joined: Sequence[Row]) -> list[Row]:
    """The models that no cheaper one equals: each has the highest value listed at or below its median price."""
    best: list[Row] = []
    for row in joined:
        if not best or row["value"] > best[-1]["value"]:
            best.append(row)
    return best


def list_cheaper_ahead(joined: Sequence[Row], verdicts: Mapping[str, str], subject: str) -> list[Row] | None:
    """Models clearly ahead of the subject at no higher median price, best first; null where none can be judged.

    `verdicts` is the finding beside the subject by model id, for models that have one."""
    own = _find(joined, subject)
    if own is None or not verdicts:
        return None
    found = [r for r in joined if r["median"] <= own["median"] and verdicts.get(r["model_id"]) == AHEAD]
    return sorted(found, key=lambda row: -row["value"])


def head_capability(joined: Sequence[Row], verdicts: Mapping[str, str], subject: str, name: str) -> str:
    """The finding: who is clearly ahead at no higher price, else how many values lie above at no higher price."""
    own = _find(joined, subject)
    if own is None:
        return f"What a capability costs: {name} has no value in this edition"
    ahead = list_cheaper_ahead(joined, verdicts, subject)
    if ahead is None:
        above = [row for row in joined if row["median"] <= own["median"] and row["value"] > own["value"]]
        if not above:
            return f"No model listed at {name}'s median price or below has a higher index value"
        verb = "model has" if len(above) == 1 else "models have"
        return f"{len(above)} {verb} a higher index value than {name} at no higher median price"
    if not ahead:
        return f"No model clearly ahead of {name} is listed at its median price or below"
    verb = "model is" if len(ahead) == 1 else "models are"
    return f"{len(ahead)} {verb} clearly ahead of {name} at no higher median price, {ahead[0]['name']} the most"


def draw_capability(joined: Sequence[Row], subject: str, chosen: Collection[str], blend: Blend) -> Chart:
    """Index over median price: a dot a model, the cheapest for a capability as a staircase, the named ones labelled."""
    asked = {subject, SUBJECT, SMALLER}
    level = _find(joined, SMALLER if subject == SMALLER else SUBJECT)
    frontier = {row["model_id"] for row in list_frontier(joined)}
    named = asked | {*chosen} | frontier
    clouds = [
        Series(
            label,
            [_place(row) for row in joined if row["model_id"] not in named and find_side(row) == side],
            access=side,
            style="dots",
            label=False,
            is_dense=True,
        )
        for side, label in _CLOUDS
    ]
    labelled = [
        Series(
            row["name"],
            [_place(row, has_whiskers=row["model_id"] in asked)],
            access=find_side(row),
            style="dots",
            label_at="point",
        )
        # The model asked about finds a place for its name before the others.
        for row in sorted(joined, key=lambda row: row["model_id"] != subject)
        if row["model_id"] in named and row is not level
    ]
    series = [cloud for cloud in clouds if cloud.points]
    if joined:
        steps = [Point(row["median"], row["value"], note=row["name"]) for row in list_frontier(joined)]
        stairs = Series("Best at or below a price", steps, style="step", label=False, until=joined[-1]["median"])
        series.insert(0, stairs)
    return Chart(
        series=[*series, *labelled],
        flats=[_draw_level(level, joined[-1]["median"])] if level else [],
        log_x=True,
        unit=Unit(),
        x_unit=DOLLARS,
        x_title=f"Median listed price, dollars per million tokens ({blend.words})",
        height=500,
        title="Capability index against listed price",
        empty_text="No model has both a listed price and a value in the index here.",
    )


def write_days(price_day: date, edition: date) -> str:
    """Which day the prices and which the index are of, and that they are far apart where they are."""
    told = f"Prices read on {format_date(price_day)}, index edition of {format_date(edition)}"
    apart = abs((edition - price_day).days)
    if apart <= CONNECT_GAP_DAYS:
        return f"{told}."
    return f"{told}: {apart} days apart, so the prices may no longer be those of the models as rated."


def word_interval(index: Sequence[Row]) -> str:
    """What the whiskers are."""
    if any(row["low"] is not None for row in index):
        return "band and whiskers: interval 90 %, as published, of the model asked about and gpt-oss"
    return "this edition publishes no intervals"


def read_findings(verdicts: Sequence[Row], index: Sequence[Row]) -> dict[str, str]:
    """The finding beside the subject by model id, of the edition of `index`; empty where it gives none.

    `verdicts` has a row an edition and other model: edition, model_id, verdict."""
    if not index:
        return {}
    edition = index[0]["edition"]
    rows = [row for row in verdicts if row["edition"] == edition and row["model_id"]]
    return {row["model_id"]: row["verdict"] for row in rows if row["verdict"]}


def _find(joined: Sequence[Row], model_id: str) -> Row | None:
    return next((row for row in joined if row["model_id"] == model_id), None)


def _draw_level(row: Row, end: float) -> FlatLine:
    """gpt-oss, its value carried to the right: what stands above the line is dearer and rated higher."""
    note = f"{span_prices(row)}, {word_providers(row)}"
    return FlatLine(row["name"], row["value"], row["low"], row["high"], row["median"], end, note)


def _place(row: Row, has_whiskers: bool = False) -> Point:
    note = f"{span_prices(row)}, {word_providers(row)}"
    if row["low"] is not None and not has_whiskers:
        note += f"; index interval {format_interval(row['low'], row['high'])}"
    low, high = (row["low"], row["high"]) if has_whiskers else (None, None)
    hollow = row["access"] in OPEN_RULES["any_weights"] - OPEN_RULES["commercial"]
    return Point(row["median"], row["value"], low, high, note=f"{row['name']}: {note}", hollow=hollow)
