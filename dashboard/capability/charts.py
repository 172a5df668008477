"""The charts of the Capability page: by release, over editions, who is ahead.

Pure: frames in, chart specifications out, under the rules of `capability`. A chart by release date stands
on one edition; a chart over time is of observations, each edition a fit of its own. It refuses a frontier
from a partial edition, and a line between the dates of two methods or more than 45 days apart.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd

from dashboard.capability import ACCESS_WORDS, COMMIT, SUBJECTS, Edition, Measure, is_hollow, name_side
from dashboard.charts import Chart, Event, FlatLine, Point, Row, Series, Unit, Whiskers
from dashboard.charts.alt import describe
from dashboard.definitions import RELEASED_ON, OpenRule
from dashboard.formats import format_date, format_interval, format_signed
from dashboard.theme import Access

SHOWN_FROM = date(2025, 1, 1)
_SIDES: tuple[tuple[Access, str, str], ...] = (
    ("closed", "Best proprietary", "proprietary"),
    ("open", "Best open", "open"),
)


def draw_releases(
    rated: pd.DataFrame,
    edition: Edition,
    subject: str,
    rule: OpenRule,
    measure: Measure,
    events: Sequence[Event],
) -> Chart:
    """Value by model release date within one edition, with both frontiers and gpt-oss as a level.

    `rated` has one edition's rows with entry and label; entries without a release date are not on it."""
    unit = choose_unit(measure)
    dated = rated[rated["released_on"].notna()].sort_values(["released_on", "value"])
    end = max([edition.day, *(_to_date(day) for day in dated["released_on"])])
    others = dated[dated["model_id"] != subject].to_dict("records")
    dots = Series("Models", [_to_point(r, rule) for r in others], style="dots", label=False)
    steps = (
        []
        if not edition.is_complete
        else [
            Series(name, find_frontier(dated, side, rule), side, "step", until=end, short=short)
            for side, name, short in _SIDES
        ]
    )
    flats = [
        FlatLine(r["label"], r["value"], _or_none(r["low"]), _or_none(r["high"]), _to_date(r["released_on"]), end)
        for r in dated[dated["model_id"] == subject].sort_values("merit").tail(1).to_dict("records")
    ]
    title = f"{measure.title} by release date of the model, edition of {edition.label}"
    drawn = [s for s in steps if s.points]
    return Chart(
        [dots, *drawn],
        flats,
        (),
        events,
        unit,
        x_range=(min(SHOWN_FROM, end - timedelta(days=90)), end),
        height=460,
        title=title,
        # The dots are many and in the table below; in words, the frontiers and gpt-oss are what matters.
        alt=describe(Chart(drawn, flats, unit=unit, title=title)),
        empty_text="No release date is known of any model in this edition.",
    )


def find_frontier(dated: pd.DataFrame, side: Access, rule: OpenRule) -> list[Point]:
    """Records of one side in order of release: each point is better than all before it. A day has one record."""
    best, records = float("-inf"), []
    mine = dated[dated["access"].map(lambda access: name_side(access, rule)) == side]
    for r in mine.sort_values(["released_on", "merit"], ascending=[True, False]).to_dict("records"):
        if r["merit"] > best:
            best = r["merit"]
            records.append(_to_point(r, rule))
    return records


def draw_history(
    ratings: pd.DataFrame,
    editions: Sequence[Edition],
    chosen: Sequence[str],
    labels: Mapping[str, str],
    rule: OpenRule,
    measure: Measure,
    events: Sequence[Event],
) -> Chart:
    """The published value of chosen entries by edition. `ratings` has every edition's rows with entry."""
    lines = []
    for entry in chosen:
        mine = ratings[ratings["entry"] == entry].sort_values("edition")
        points = _trace_editions(mine, editions)
        if points:
            side = name_side(mine["access"].iloc[0], rule)
            lines.append(Series(labels[entry], points, "focus" if is_subject(mine) else side))
    days = [_to_date(p.x) for s in lines for p in s.points] or [SHOWN_FROM]
    return Chart(
        lines,
        events=events,
        unit=choose_unit(measure),
        # A little air on both sides, so that the first and last dots are whole.
        x_range=(min(days) - timedelta(days=6), max(days) + timedelta(days=6)),
        title=f"{measure.title} of the chosen models by edition",
        empty_text="None of the chosen models has been rated in a recorded edition.",
    )


def is_subject(rows: pd.DataFrame) -> bool:
    """Whether the rows are a gpt-oss model's."""
    return bool(rows["model_id"].isin(list(SUBJECTS)).any())


def draw_comparison(
    rated: pd.DataFrame,
    verdicts: pd.DataFrame,
    subject: str,
    since: Mapping[str, date],
    rule: OpenRule,
    measure: Measure,
) -> Whiskers:
    """Entries with intervals, best first, gpt-oss's band behind, and the verdict on each difference.

    `verdicts` has the edition's rows with entry; where it says nothing, a row has no verdict."""
    judged = verdicts[verdicts["verdict"].notna()].set_index("entry")[["verdict", "difference"]]
    found = judged.to_dict("index")
    rows, reference = [], None
    for r in rated.sort_values(["merit", "entry"], ascending=[False, True]).to_dict("records"):
        entry, focus = r["entry"], r["model_id"] in SUBJECTS
        notes = [ACCESS_WORDS[r["access"]]]
        if entry in found:
            notes.append(f"{format_signed(found[entry]['difference'])} against {SUBJECTS[subject]}")
        if entry in since:
            notes.append(f"clearly ahead since {format_date(since[entry])}")
        row = Row(
            r["label"],
            r["value"],
            _or_none(r["low"]),
            _or_none(r["high"]),
            "focus" if focus else name_side(r["access"], rule),
            found[entry]["verdict"] if entry in found else "",
            is_hollow(r["access"], rule),
            ", ".join(notes),
        )
        rows.append(row)
        reference = row if r["model_id"] == subject and reference is None else reference
    return Whiskers(
        rows,
        choose_unit(measure),
        reference,
        title=f"{measure.title}: {'who is clearly ahead of' if found else 'models beside'} {SUBJECTS[subject]}",
        empty_text="None of the chosen models is rated in this edition.",
    )


def choose_events(events: Sequence[Mapping[str, Any]], rated: pd.DataFrame, chosen: Sequence[str]) -> list[Event]:
    """Release rules: gpt-oss, and those chosen models whose release is on record (`events` has happened_on
    and title). An event belongs to a model named in its title and released within a week of it."""
    found = [Event(RELEASED_ON, "gpt-oss released", "focus")]
    rivals = rated[rated["entry"].isin(list(chosen)) & ~rated["model_id"].isin(list(SUBJECTS))]
    for r in rivals[rivals["released_on"].notna()].drop_duplicates("model_id").to_dict("records"):
        released = _to_date(r["released_on"])
        named = re.compile(rf"(?<![\w.-]){re.escape(r['name'])}(?![\w.-]|\s+\d)", re.IGNORECASE)
        days = [
            event["happened_on"]
            for event in events
            if named.search(event["title"]) and abs(event["happened_on"] - released) <= timedelta(days=7)
        ]
        if days:
            found.append(Event(min(days, key=lambda day: abs(day - released)), r["name"], "release"))
    return sorted(found, key=lambda e: e.day)


def choose_unit(measure: Measure) -> Unit:
    """Index points and percent to one decimal; Arena ratings whole; shares to two, dollars as money."""
    if measure.unit.startswith("percent"):
        return Unit(suffix=" %", decimals=1)
    if measure.unit.startswith("share"):
        return Unit(decimals=2)
    if measure.unit.startswith("USD"):
        return Unit(prefix="$", decimals=2)
    return Unit(decimals=0 if measure.source_id == "lmarena" else 1)


def _trace_editions(rows: pd.DataFrame, editions: Sequence[Edition]) -> list[Point]:
    """An entry's points by edition. No line crosses a change of series, which is one of method, nor meets an
    edition dated by a commit: that date is an upper bound, so a slope to it would be false."""
    known = {(e.day, e.series_id): e for e in editions}
    points: list[Point] = []
    before: Edition | None = None
    for r in rows.to_dict("records"):
        edition = known.get((_to_date(r["edition"]), r["series_id"]))
        if edition is None:
            continue
        loose = edition.observed_kind == COMMIT or (before is not None and before.observed_kind == COMMIT)
        points.append(
            Point(
                edition.day,
                r["value"],
                _or_none(r["low"]),
                _or_none(r["high"]),
                edition.label + (", dated by a commit" if edition.observed_kind == COMMIT else ""),
                hollow=not edition.is_firm,
                starts_new=before is not None and (loose or before.series_id != edition.series_id),
            )
        )
        before = edition
    return points


def _to_point(row: Mapping[Hashable, Any], rule: OpenRule) -> Point:
    """A dot without its whisker: two hundred intervals would hide each other, so the note says it."""
    low, high = _or_none(row["low"]), _or_none(row["high"])
    words = [str(row["label"]), ACCESS_WORDS[row["access"]]]
    if low is not None and high is not None:
        words.append(format_interval(low, high))
    hollow = is_hollow(row["access"], rule)
    return Point(_to_date(row["released_on"]), row["value"], note=", ".join(words), hollow=hollow)


def _to_date(value: Any) -> date:
    day: date = pd.Timestamp(value).date()
    return day


def _or_none(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)
