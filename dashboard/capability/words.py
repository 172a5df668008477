"""What the Capability page says: the finding, why there is none, source lines.

Every sentence is computed from counts and editions under the rules of `capability`. It refuses the word
"rank", and to leave unsaid what a chart cannot show: undated models, editions without intervals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise

import pandas as pd

from dashboard.capability import (
    AHEAD,
    SUBJECTS,
    Edition,
    Measure,
    Standing,
    count_standing,
    list_silent,
    name_side,
    select_verdicts,
)
from dashboard.charts import CONNECT_GAP_DAYS, AnyChart, Chart, Unit
from dashboard.definitions import OPEN_RULES, RELEASED_ON, OpenRule
from dashboard.formats import format_date

_SIDES = {"open": "open", "closed": "proprietary"}
FINDING_RULE = (
    "Computed: how many models of this edition are clearly ahead of the chosen gpt-oss model, open under the chosen "
    "meaning and proprietary: the difference of two values exceeds 1.96 standard errors of the difference, from the "
    "published intervals. A partial edition, or one without intervals, counts nobody."
)
FRONTIER_RULE = (
    "A frontier on a day is the highest value in this edition among the models of its side that were out by then. "
    "Models without a known release date are left out."
)
ENTRIES_RULE = "Every entry of the edition, as its publisher names it."
LINE_LEGEND = "Open weights: dashed; proprietary: solid; hollow: a partial edition, or weights not counted as open."


def write_finding(standing: Standing, subject: str, measure: Measure) -> str:
    """The headline: how many are clearly ahead, and whether any open one was already out at its release."""
    s = standing
    lead = f"{_word(s.open_ahead, True)} open and {_word(s.closed_ahead)} proprietary {s.entries}"
    lead += f" are clearly ahead of {subject} on {measure.of}"
    dated = s.open_ahead - s.open_undated
    if not s.open_ahead:
        return lead + "."
    if not dated:
        return lead + "; when the open ones came out is not known."
    if s.open_ahead == 1:
        return lead + f"; the open one was {'already' if s.open_out else 'not yet'} out when it was released."
    few = f"of the {dated} open ones with a known date" if s.open_undated else "of the open ones"
    count = "none" if not s.open_out else "all" if s.open_out == dated else str(s.open_out)
    return lead + f"; {count} {few} {'were' if s.open_out > 1 else 'was'} out when it was released."


def write_legend(edition: Edition, subject: str) -> str:
    """What lines and dots of the chart by release date mean, where no coloured words stand beside it."""
    if not edition.is_complete:
        return f"Each dot is a model on the day it came out; the band is {subject}'s interval."
    return (
        f"Each dot is a model on the day it came out; best proprietary: solid, best open: dashed, {subject}: level "
        "with its band. Hollow: weights not counted as open here."
    )


def write_detail(standing: Standing, edition: Edition) -> str:
    """What stands under the headline: of how many, and what it leaves out."""
    s = standing
    of = f"Of {s.open_rated} open and {s.closed_rated} proprietary {s.entries} rated on {edition.label}"
    parts = [f"{of}; {s.close} of any kind too close to call" if s.close else of]
    if s.closed_ahead > s.closed_undated:
        known = s.closed_ahead - s.closed_undated
        since = format_date(RELEASED_ON)
        verb = "was" if s.closed_out == 1 else "were"
        parts.append(f"{s.closed_out} of {known} proprietary ones ahead {verb} out by {since}")
    if s.unknown_ahead:
        verb = "is" if s.unknown_ahead == 1 else "are"
        parts.append(f"{s.unknown_ahead} more of unknown licence {verb} clearly ahead")
    if s.other_ahead:
        verb = "is" if s.other_ahead == 1 else "are"
        parts.append(f"{s.other_ahead} more with weights not counted as open here {verb} clearly ahead")
    return "; ".join(parts) + "."


def explain_silence(edition: Edition, subject: str, is_rated: bool, measure: Measure) -> str:
    """Why an edition gives no verdict on the subject, as a headline; empty where it gives one."""
    if not edition.is_complete:
        of = f" ({edition.rows} of {edition.expected_rows} rows)" if edition.expected_rows else ""
        day = format_date(edition.day)
        return f"The edition of {day} is partial{of}: it gives values, but no counts and no ranks."
    if not is_rated:
        return f"The edition of {edition.label} of {measure.of} does not rate {subject}."
    if not edition.intervals:
        return (
            f"{_capital(measure.of)} of {edition.label} has no intervals, "
            f"so who is clearly ahead of {subject} cannot be said."
        )
    return ""


def write_values(rated: pd.DataFrame, subject: str, rule: OpenRule, measure: Measure, unit: Unit) -> str:
    """The headline of an edition that rates the subject and of a board that never published an interval: values,
    and nothing on who is ahead. `rated` has one edition's rows with merit."""
    mine = rated[rated["model_id"] == subject]
    sides = rated["access"].map(lambda access: name_side(access, rule))
    best = {name: rated[(sides == side) & (rated["model_id"] != subject)] for side, name in _SIDES.items()}
    told = [
        f"{'the ' if not n else ''}best {name}{' other' if name == 'open' else ''} {_show_best(rows, unit)}"
        for n, (name, rows) in enumerate((name, rows) for name, rows in best.items() if len(rows))
    ]
    lead = f"{SUBJECTS[subject]} has {_show_best(mine, unit)} on {measure.of}"
    return lead + (f"; {', '.join(told)}." if told else ".")


def write_bare(measure: Measure) -> str:
    """What stands under values without intervals."""
    better = "Lower is better. " if measure.lower else ""
    return f"{better}No interval is published, so who is clearly ahead cannot be said."


def write_last_value(
    found: tuple[Edition, float] | None, subject: str, measure: Measure, unit: Unit, newest: Edition
) -> str:
    """When an edition does not rate the subject: the last that did and its value, or that none here does."""
    if found is None:
        return f"No complete edition of {measure.of} recorded here rates {subject}."
    edition, value = found
    when = "last" if edition.day < newest.day else "elsewhere"
    return f"{subject} was {when} in the edition of {edition.label}, at {unit.format(value)}."


def _show_best(rows: pd.DataFrame, unit: Unit) -> str:
    return unit.format(float(rows.sort_values("merit")["value"].iloc[-1]))


def write_last_verdict(
    verdicts: pd.DataFrame, editions: Sequence[Edition], edition: Edition, rule: OpenRule, subject: str
) -> str:
    """What the newest edition before a silent one that could judge said; empty where none could.

    `verdicts` has every complete edition's rows."""
    for earlier in reversed([e for e in editions if e.day < edition.day and e.is_complete and e.intervals]):
        judged = select_verdicts(verdicts, earlier)
        if len(judged):
            s = count_standing(judged, rule)
            others = s.unknown_ahead + s.other_ahead
            more = f" and {others} other" if others else ""
            return (
                f"The last edition that could judge, {earlier.label}, had {_word(s.open_ahead)} open, "
                f"{_word(s.closed_ahead)} proprietary{more} {s.entries} clearly ahead of {subject}."
            )
    return ""


def write_ahead(verdicts: pd.DataFrame, since: Mapping[str, date], rule: OpenRule) -> list[tuple[str, str]]:
    """The open models clearly ahead, grouped by the edition that first said so, oldest first.

    `verdicts` has one edition's rows with entry and label, `since` is as `find_ahead_since` gives it. Pairs of a lead
    ("Since 11 Aug 2026") and the names, best first, in plain words; empty where there is none. An unbroken run
    of verdicts counts, so "since" is an edition's day and never the model's release."""
    mine = verdicts[verdicts["access"].isin(OPEN_RULES[rule]) & (verdicts["verdict"] == AHEAD)]
    mine = mine.sort_values(["merit", "entry"], ascending=[False, True])
    days = sorted({since[entry] for entry in mine["entry"]})
    return [
        (
            f"Since {format_date(day)}",
            ", ".join(n for e, n in zip(mine["entry"], mine["label"], strict=True) if since[e] == day),
        )
        for day in days
    ]


def count_drawn(chart: AnyChart) -> int:
    """How many models a chart over time has a point of."""
    return len(chart.series) if isinstance(chart, Chart) else 0


def write_span(editions: Sequence[Edition]) -> str:
    """From when to when editions reach, and how many there are."""
    if len(editions) == 1:
        return f"1 edition, {editions[0].label}"
    first, last = format_date(editions[0].day), format_date(editions[-1].day)
    return f"{len(editions)} editions, {first} to {last}"


def write_interval(rated: pd.DataFrame) -> str:
    """What the whiskers and the band of an edition are."""
    levels = sorted({int(level) for level in rated["interval_pct"].dropna()})
    if not levels:
        return "no interval published"
    return "the published " + " and ".join(f"{level} %" for level in levels) + " interval"


def write_undated(rated: pd.DataFrame, shown_from: date) -> str:
    """How many entries a chart by release date leaves out, and why."""
    dated = rated["released_on"].notna()
    early = int((pd.to_datetime(rated["released_on"]) < pd.Timestamp(shown_from)).sum())
    parts = [f"n = {int(dated.sum()) - early} of {len(rated)}"]
    if early:
        parts.append(f"{early} released before {format_date(shown_from)}")
    if (~dated).any():
        parts.append(f"{int((~dated).sum())} without a known release date")
    return parts[0] + (f" ({', '.join(parts[1:])} not drawn)" if parts[1:] else "")


def write_history_rule(measure: Measure, shown: Sequence[Edition]) -> str:
    """How to read values over editions: what restates them, what a line joins and what a hollow dot is."""
    said = [f"lines are not joined across more than {CONNECT_GAP_DAYS} days"]
    if measure.source_id == "epoch_eci":
        said.insert(0, "Each refit restates every model")
    elif measure.source_id == "lmarena":
        said.insert(0, "Each date is a new fit of the votes; text and style control are different measures")
    else:
        said.insert(0, "Each edition is the publisher's list of that day")
    whole = [e for e in shown if e.is_complete] or list(shown)
    breaks = [format_date(b.day) for a, b in pairwise(whole) if a.series_id != b.series_id]
    if breaks and measure.source_id not in ("epoch_eci", "lmarena"):
        when = ", ".join(breaks) if len(breaks) < 4 else f"{len(breaks)} times from {breaks[0]} to {breaks[-1]}"
        said.append(f"its method changed ({when}), and values before and after are different measures")
    partial = [format_date(e.day) for e in shown if not e.is_complete]
    commits = [format_date(e.day) for e in shown if e.is_complete and not e.is_firm]
    hollow = [f"partial edition ({', '.join(partial)})"] if partial else []
    hollow += [f"dated by a commit, so public then at the latest ({', '.join(commits)})"] if commits else []
    return "; ".join(said) + "." + (f" Hollow: {'; '.join(hollow)}." if hollow else "")


def write_verdict_rule(editions: Sequence[Edition], edition: Edition) -> str:
    """The rule behind a verdict, and the editions that could give none."""
    rule = "Clearly ahead: the difference exceeds 1.96 standard errors of the difference."
    if not edition.is_complete:
        return "A partial edition gives no verdicts."
    if not any(e.intervals for e in editions):
        return "This board publishes no interval, so nobody is called clearly ahead or too close to call."
    if not edition.intervals:
        return "This edition has no intervals, so no verdicts."
    silent = list_silent(editions, edition.day)
    if not silent:
        return rule
    if len(silent) > 4:
        span = f"{format_date(silent[0].day)} to {format_date(silent[-1].day)}"
        return f"{rule} {len(silent)} editions from {span} had no intervals and say nothing on since when."
    days = ", ".join(format_date(e.day) for e in silent)
    return f"{rule} Editions without intervals say nothing on since when: {days}."


def _word(count: int, capital: bool = False) -> str:
    return str(count) if count else "No" if capital else "no"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
