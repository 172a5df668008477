"""The Adoption page's charts: counts over time, change, derivatives.

Pure: rows in, chart specifications out. A 30-day count is never summed over days nor drawn with a total; a
flagged reading is a ring; a line breaks where two readings are more than 45 days apart, on the calendar and
on the clock of days since release alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby

from dashboard.adoption import breaks, count_days_out, is_wide, name_reader, needs_log, word_flags
from dashboard.capability import SUBJECTS, name_side
from dashboard.change import word_share
from dashboard.charts import Bars, Chart, Event, Point, Series, Unit, Whiskers
from dashboard.charts import Row as ChartRow
from dashboard.definitions import RELEASED_ON
from dashboard.formats import format_date
from dashboard.peers import WINDOW_DAYS, Baseline, Readings
from dashboard.rows import Row
from dashboard.theme import Access

_MARGIN_DAYS = 6
_DAYS = Unit(prefix="day ", compact=True)
RELATIONS: Mapping[str, str] = {
    "finetune": "fine-tunes",
    "quantized": "quantised",
    "adapter": "adapters",
    "merge": "merges",
    "not stated": "relation not stated",
}


def name_access(model_id: str, access: str) -> Access:
    """gpt-oss in the accent; others by whether their licence allows commercial use."""
    return "focus" if model_id in SUBJECTS else name_side(access, "commercial")


def draw_counts(counts: Sequence[Row], labels: Mapping[str, str], by_release: bool) -> Chart:
    """Rolling 30-day downloads of each model by day, or by days since its release."""
    text = "None of the chosen models has a download count to draw."
    return _draw(counts, labels, by_release, "downloads", "Downloads in the last 30 days", 440, text)


def draw_likes(counts: Sequence[Row], labels: Mapping[str, str], by_release: bool) -> Chart:
    """Likes of each model on the days they were read, a counter that moves all day."""
    text = "No likes of the chosen models were recorded."
    return _draw(counts, labels, by_release, "likes", "Likes on the Hub", 300, text)


def count_zeros(counts: Sequence[Row], column: str) -> int:
    """Readings of 0 that a chart of the column must leave out because its axis is logarithmic."""
    values = [row[column] for row in counts if row[column] is not None]
    return values.count(0) if needs_log(counts, column) else 0


def list_undrawn(counts: Sequence[Row], labels: Mapping[str, str]) -> list[str]:
    """Models that the clock of days since release cannot place: their release date is unknown."""
    return [labels[rows[0]["model_id"]] for rows in _split(counts) if rows[0]["released_on"] is None]


def draw_changes(
    readings: Mapping[str, Readings],
    chosen: Sequence[str],
    names: Mapping[str, tuple[str, str]],
    baseline: Baseline,
) -> Whiskers:
    """Each chosen model's count at the later of the baseline's days as a multiple of the earlier, the most first,
    with the peers' median and middle half. `names` gives label and access by model id.

    Multiples, on a logarithmic axis where they differ more than tenfold: a model that grew forty-fold then leaves
    the others apart."""
    band = _shape_median(baseline)
    rows = [_shape_change("gpt-oss, both sizes", baseline.own_change, "focus", baseline)]
    for model_id in chosen:
        change = readings[model_id].measure_change(baseline.since, baseline.until)
        if change is not None and change > -1:
            label, access = names[model_id]
            rows.append(_shape_change(label, change, name_access(model_id, access), baseline))
    rows.append(band)
    ends = [end for row in rows for end in (row.value, row.low, row.high) if end is not None]
    return Whiskers(
        sorted(rows, key=lambda row: -row.value),
        Unit(prefix="×", decimals=2),
        band,
        log_x=is_wide(ends) and min(ends) > 0,
        title=f"Change of 30-day downloads, {format_date(baseline.since)} to {format_date(baseline.until)}",
    )


def explain_absent(
    readings: Mapping[str, Readings], chosen: Sequence[str], labels: Mapping[str, str], baseline: Baseline
) -> list[str]:
    """Each chosen model the comparison leaves out, with the reason."""
    said = []
    for model_id in chosen:
        one = readings[model_id]
        change = one.measure_change(baseline.since, baseline.until)
        if change is not None and change > -1:
            continue
        if one.released_on is None:
            reason = "release date unknown"
        elif not one.is_full(baseline.since):
            reason = f"not out for {WINDOW_DAYS} days by then"
        else:
            missing = [day for day in (baseline.since, baseline.until) if one.find_near(day) is None]
            reason = "not read near " + " nor ".join(format_date(day) for day in missing)
            reason = reason if missing else "a count of 0"
        said.append(f"{labels[model_id]} ({reason})")
    return said


def draw_derivatives(rows: Sequence[Row]) -> Bars:
    """Repositories by base and relation, in the order given."""
    return Bars(
        [
            ChartRow(
                f"{SUBJECTS[row['base_repo_id']]}: {RELATIONS.get(row['relation'], row['relation'])}",
                float(row["repos"]),
                access="focus",
            )
            for row in rows
        ],
        Unit(compact=True),
        title="Repositories built on gpt-oss, by relation",
    )


def _split(counts: Sequence[Row]) -> list[list[Row]]:
    """Rows by model, in the order they come."""
    return [list(rows) for _, rows in groupby(counts, key=lambda row: row["model_id"])]


def _draw(
    counts: Sequence[Row],
    labels: Mapping[str, str],
    by_release: bool,
    column: str,
    title: str,
    height: int,
    empty_text: str,
) -> Chart:
    log_y = needs_log(counts, column)
    traced = [_trace(rows, labels, by_release, column, log_y) for rows in _split(counts)]
    chart = Chart(
        [series for series in traced if series.points],
        unit=Unit(compact=True),
        log_y=log_y,
        height=height,
        title=title,
        empty_text=empty_text,
    )
    if by_release:
        words = f"{title}, by days since release"
        return replace(chart, title=words, x_unit=_DAYS, x_title="Days since each model's release")
    days = [point.x for series in chart.series for point in series.points if isinstance(point.x, date)]
    if not days:
        return chart
    margin = timedelta(days=_MARGIN_DAYS)
    x_range = (min([RELEASED_ON, *days]) - margin, max(days) + margin)
    return replace(chart, x_range=x_range, events=[Event(RELEASED_ON, "gpt-oss released", "focus")])


def _trace(rows: Sequence[Row], labels: Mapping[str, str], by_release: bool, column: str, log_y: bool) -> Series:
    """One model's line. On the clock of days since release the break is marked here, as numbers join freely."""
    points: list[Point] = []
    before: date | None = None
    for row in rows:
        value, day = row[column], row["day"]
        out = count_days_out(row["released_on"], day)
        if value is None or (log_y and not value) or (by_release and out is None):
            continue
        # The daily refresh moves downloads alone: likes are right whenever they were read.
        flags = word_flags(row["flags"] or "") if column == "downloads" else ""
        notes = (format_date(day) if by_release else "", f"read by {name_reader(row['origin'])}", flags)
        points.append(
            Point(
                float(out) if by_release and out is not None else day,
                float(value),
                note="; ".join(note for note in notes if note),
                hollow=bool(flags),
                starts_new=before is not None and breaks(before, day),
            )
        )
        before = day
    first = rows[0]
    return Series(labels[first["model_id"]], points, name_access(first["model_id"], first["access"]))


def _shape_change(label: str, change: float, access: Access, baseline: Baseline) -> ChartRow:
    return ChartRow(label, 1 + change, access=access, verdict=word_share(change) + _place_change(change, baseline))


def _shape_median(baseline: Baseline) -> ChartRow:
    low, high = (None if bound is None else 1 + bound for bound in (baseline.low, baseline.high))
    change = baseline.median_change
    return ChartRow(f"Median of {baseline.peers} peers", 1 + change, low, high, verdict=word_share(change))


def _place_change(change: float, baseline: Baseline) -> str:
    if baseline.low is None or baseline.high is None:
        return ""
    side = "above" if change > baseline.high else "below" if change < baseline.low else "in"
    return f", {side} the band"
