"""What stands above and below the Adoption page's charts.

Every note is counted from the rows drawn. It refuses to leave out what a chart had to: models without a place
on a clock, flagged readings, weeks that stand for days, and licences of the readings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from dashboard.adoption import BACKFILL, REFRESH, is_filling
from dashboard.adoption.charts import count_zeros, list_undrawn
from dashboard.change import word_share
from dashboard.charts import Chart
from dashboard.definitions import SMALLER, SUBJECT
from dashboard.formats import format_date
from dashboard.peers import PEER_DAYS, WINDOW_DAYS, Baseline
from dashboard.rows import Row
from dashboard.theme import Access

REMEDY = f"{REFRESH} reads today's counts; {BACKFILL} fills the days since release."
_LIST_LIMIT = 6
_LINES: Mapping[Access, str] = {
    "focus": ":green[gpt-oss]",
    "open": ":orange[dashed: weights open to commercial use]",
    "neutral": "solid: other or unknown licences",
}


def write_legend(chart: Chart) -> str:
    """Colours and marks of the downloads chart as Markdown, as far as they are on it."""
    drawn = {series.access for series in chart.series}
    parts = [words for access, words in _LINES.items() if access in drawn]
    if any(point.hollow for series in chart.series for point in series.points):
        parts.append("rings: flagged readings, the reason under the pointer")
    if chart.log_y:
        parts.append("logarithmic axis")
    return " · ".join(parts)


def write_plain_legend(chart: Chart) -> str:
    """The same in plain words, for a picture: without the marks that colour words on the page."""
    return re.sub(r":\w+\[([^\]]*)\]", r"\1", write_legend(chart))


def list_count_notes(counts: Sequence[Row], labels: Mapping[str, str], by_release: bool) -> tuple[str, ...]:
    """Notes of the downloads chart: span, readings, what is flagged, thinned or not drawn, licences."""
    flagged = sum(bool(row["flags"]) for row in counts)
    return (
        *_list_span(counts),
        f"{flagged} flagged" if flagged else "",
        _word_thinning(counts),
        "a model's first 30 days are its count filling up" if any(map(is_filling, counts)) else "",
        *_list_left_out(counts, labels, by_release, "downloads"),
        "a whole count: no sampling interval",
    )


def list_like_notes(counts: Sequence[Row], labels: Mapping[str, str], by_release: bool) -> tuple[str, ...]:
    """Notes of the likes chart."""
    read = [row for row in counts if row["likes"] is not None]
    never = sorted({labels[r["model_id"]] for r in counts} - {labels[r["model_id"]] for r in read}, key=str.lower)
    return (
        *_list_span(read),
        _word_thinning(counts),
        *_list_left_out(read, labels, by_release, "likes"),
        f"no likes recorded of {_join(never)}" if never else "",
    )


def head_changes(baseline: Baseline | None) -> str:
    """The heading of the comparison with the peers."""
    if baseline is None:
        return "Change beside the peers"
    return f"Change since {format_date(baseline.since)} beside the peers"


def write_change_rule(baseline: Baseline, is_log: bool) -> str:
    """What is compared, on which axis, and what the band is."""
    band = "Band: the middle half of the peers. " if baseline.low is not None else "Too few peers for a middle half. "
    return (
        f"30-day downloads as a multiple of those on the first day, each from the reading nearest within {PEER_DAYS} "
        f"days{'; logarithmic axis' if is_log else ''}. {band}Peers: the "
        f"{baseline.peers} other tracked models so read and out for {WINDOW_DAYS} days at the start."
    )


def list_change_notes(baseline: Baseline, absent: Sequence[str]) -> tuple[str, ...]:
    """Notes of the comparison: its days, and which chosen models it cannot draw and why."""
    return (
        _word_days(baseline.since, baseline.until),
        f"n = {baseline.peers} peers, median {word_share(baseline.median_change)}",
        f"left out: {'; '.join(absent)}" if absent else "",
    )


def list_table_notes(newest: Sequence[Row]) -> tuple[str, ...]:
    """Notes of the table: how many models, from when to when their newest readings are."""
    days = sorted(row["day"] for row in newest)
    all_time = sum(row["all_time"] is not None for row in newest)
    return (
        f"{len(newest)} tracked models",
        f"newest readings {_word_days(days[0], days[-1])}",
        "" if all_time else "downloads of all time not recorded",
        _word_licences(newest),
    )


def _list_span(rows: Sequence[Row]) -> tuple[str, ...]:
    if not rows:
        return ()
    days = [row["day"] for row in rows]
    models = len({row["model_id"] for row in rows})
    return (
        f"{len(rows):,} readings of {models} model{'' if models == 1 else 's'}",
        _word_days(min(days), max(days)),
        _word_licences(rows),
    )


def _word_thinning(rows: Sequence[Row]) -> str:
    """Says that weeks stand for days where a rival's line was thinned: it has more days than rows."""
    drawn: dict[str, int] = {}
    for row in rows:
        drawn[row["model_id"]] = drawn.get(row["model_id"], 0) + 1
    thinned = {
        r["model_id"] for r in rows if r["days"] > drawn[r["model_id"]] and r["model_id"] not in (SUBJECT, SMALLER)
    }
    return "gpt-oss every day, others the last day read of each week" if thinned else ""


def _list_left_out(counts: Sequence[Row], labels: Mapping[str, str], by_release: bool, column: str) -> tuple[str, str]:
    zeros = count_zeros(counts, column)
    undated = list_undrawn(counts, labels) if by_release else []
    return (
        f"not drawn: {_join(undated)} (release date unknown)" if undated else "",
        f"{zeros} readings of 0 have no place on this axis" if zeros else "",
    )


def _word_licences(rows: Sequence[Row]) -> str:
    """The licences of the readings themselves, which go before the source's."""
    return "readings under " + ", ".join(sorted({str(row["licence_id"]) for row in rows}))


def _word_days(first: date, last: date) -> str:
    return format_date(first) if first == last else f"{format_date(first)} to {format_date(last)}"


def _join(names: Sequence[str]) -> str:
    more = len(names) - _LIST_LIMIT
    return ", ".join(names[:_LIST_LIMIT]) + (f" and {more} more" if more > 0 else "")
