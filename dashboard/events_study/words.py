"""The release as an event, in words: what each outcome did.

Rule of a verdict: a step where the interval of the jump excludes zero and at most one in twenty placebo months has a
jump as large for its noise; with too few months on a side there is too little data; anything else is a null. The same
is asked of the slope, which is said but claims nothing: with many questions, chance alone answers some.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from dashboard.definitions import RELEASED_ON
from dashboard.formats import format_count, format_date, format_percent, format_points, format_signed, format_usd
from dashboard.rows import Row

MEASURES = ("event_level_change", "event_slope_change", "event_p_value", "event_outcome", "event_trend")
DEFAULT = "closed_lead"
ALPHA = 0.05
Verdict = Literal["step", "null", "out of reach", "too little data"]
RULE = (
    "Monthly series before and after 5 Aug 2025, a line on each side. A step is claimed only where the interval of the "
    "jump excludes zero and at most 5 % of other months, cut the same way, show a jump as large for its noise. Fewer "
    "than 6 months on a side are too little data."
)
LEGEND = "Dots: months. Straight lines: that of the months before, carried on, and that of the months since."
# Rivals' releases so near that a step could be theirs.
_NEAR_BEFORE, _NEAR_AFTER = timedelta(days=30), timedelta(days=7)
_SIZE = re.compile(r"-\d+B(-A\d+B)?(?=-|$)")
_SMALLEST = re.compile(r"smallest reachable 1/(\d+)")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an outcome is named, written and credited. `is_share` values are shown as per cent."""

    label: str
    unit: str
    source_id: str
    form: Callable[[float], str] = format_points
    is_share: bool = False


OUTCOMES: Mapping[str, Outcome] = {
    "closed_lead": Outcome("Lead of the best closed model over the best open one", "points", "epoch_eci"),
    "open_best": Outcome("Best open model so far", "points", "epoch_eci"),
    "open_releases": Outcome("Open models rated, by month of release", "models", "epoch_eci"),
    "openai_best": Outcome("OpenAI's best model so far", "points", "epoch_eci"),
    "incidents": Outcome("Incidents a month", "incidents", "aiid"),
    "incidents_openai": Outcome("Incidents a month with OpenAI as developer", "incidents", "aiid"),
    "arena_closed_lead": Outcome("Lead of the best closed model in the text Arena", "points", "lmarena"),
    "open_token_share": Outcome(
        "Share of routed tokens of other open models", "", "openrouter_rankings", format_percent, is_share=True
    ),
    "open_price": Outcome("Median price of open models", "per 1M tokens", "models_dev", format_usd),
    "rival_pulls": Outcome("Pulls a month of five rival families", "pulls", "ollama_library", format_count),
    "rival_downloads": Outcome("30-day downloads of rivals out before", "downloads", "hf_hub", format_count),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One outcome under one rule of openness: rows of the measure, and the verdict."""

    outcome: str
    open_rule: str
    level: Row
    slope: Row
    level_p: Row
    slope_p: Row
    donors_p: Row | None
    verdict: Verdict
    slope_verdict: Verdict

    @property
    def about(self) -> Outcome:
        """How the outcome is named."""
        return OUTCOMES[self.outcome]


def read_options(definition_id: str) -> dict[str, str]:
    """The options of a definition by dimension."""
    return dict(part.split("=", 1) for part in definition_id.split(";"))


def list_findings(rows: Sequence[Row]) -> list[Finding]:
    """Every outcome that a reader knows by name, in the order of OUTCOMES, the commercial rule first."""
    by_key: dict[tuple[str, str], dict[str, Row]] = {}
    for row in rows:
        options = read_options(row["definition_id"])
        part = ":".join((row["measure_id"], options.get("change", ""), options.get("placebo", "")))
        by_key.setdefault((options["outcome"], options.get("open", "")), {})[part] = row
    rules, known = ("", "commercial", "any_weights", "osi_style"), list(OUTCOMES)
    found = []
    for (outcome, rule), of in by_key.items():
        if outcome not in OUTCOMES or rule not in rules:
            continue
        level, slope = of["event_level_change::"], of["event_slope_change::"]
        level_p, slope_p = of["event_p_value:level:dates"], of["event_p_value:slope:dates"]
        found.append(
            Finding(
                outcome,
                rule,
                level,
                slope,
                level_p,
                slope_p,
                of.get("event_p_value:level:donors"),
                judge(level, level_p),
                judge(slope, slope_p),
            )
        )
    return sorted(found, key=lambda f: (known.index(f.outcome), rules.index(f.open_rule)))


def judge(change: Row, chance: Row) -> Verdict:
    """The verdict on a change by its interval and its place among placebo months."""
    if change["value"] is None or chance["value"] is None:
        return "too little data"
    if 1 / find_tried(chance) > ALPHA:
        return "out of reach"
    return "step" if chance["value"] <= ALPHA and not change["low"] <= 0 <= change["high"] else "null"


def find_tried(chance: Row) -> int:
    """How many places a change was ranked among, its own included."""
    found = _SMALLEST.search(chance["told_by"] or "")
    return int(found[1]) if found else 1


def head_study(findings: Sequence[Finding]) -> str:
    """The heading: how many outcomes stepped at the release, of those that could have been seen to."""
    asked = [f for f in findings if f.open_rule in ("", "commercial")]
    told = [f for f in asked if f.verdict in ("step", "null")]
    steps = [f for f in told if f.verdict == "step"]
    if not told:
        return "The release as an event: too little data to tell" if asked else "The release as an event"
    if not steps:
        return f"None of {len(told)} outcomes stepped at the release"
    return f"{len(steps)} of {len(told)} outcomes stepped at the release"


def write_summary(findings: Sequence[Finding]) -> str:
    """What stepped, what the slopes say and what chance would, and how many outcomes cannot be asked."""
    asked = [f for f in findings if f.open_rule in ("", "commercial")]
    told = [f for f in asked if f.verdict in ("step", "null")]
    steps = [f for f in told if f.verdict == "step"]
    said = []
    if steps:
        said.append(f"Stepped: {'; '.join(_name(f) for f in steps)}.")
    bent = [f for f in told if f.slope_verdict == "step"]
    if told:
        bends = (
            f"The slope changed in {len(bent)} ({'; '.join(_name(f) for f in bent)})" if bent else "No slope changed"
        )
        said.append(f"{bends}; of {len(told)} slopes asked, each changes by chance in up to one of twenty cases.")
    if short := len(asked) - len(told):
        more = f"{short} other{'' if short == 1 else 's'}" if told else f"all {short}"
        said.append(f"For {more} too few months were recorded to tell.")
    return " ".join(said)


def write_finding(finding: Finding, others: Sequence[Finding]) -> str:
    """One outcome: the step with its interval, its place among placebos, the verdict, and what other rules say."""
    if finding.verdict == "too little data":
        return str(finding.level["reason_absent"])
    about, level, chance = finding.about, finding.level, finding.level_p
    interval = f"{_write(about, level['low'])} to {_write(about, level['high'])}"
    unit = f" {about.unit}" if about.unit else ""
    tried = find_tried(chance)
    share = round(chance["value"] * tried)
    said = [
        f"Jump at the release: {_write(about, level['value'])}{unit}, 95 % interval {interval}. Of {tried} months cut "
        f"the same way, {_count(share)} (p = {format_points(chance['value'], 2)}; the smallest it "
        f"could be is {format_points(1 / tried, 2)}). {_write_verdict(finding)}"
    ]
    if (donors := finding.donors_p) is not None and donors["value"] is not None:
        among = find_tried(donors)
        said.append(
            f"Among {among} developers the p-value is {format_points(donors['value'], 2)}, at best "
            f"{format_points(1 / among, 2)}."
        )
    same = [f for f in others if f.outcome == finding.outcome and f.open_rule != finding.open_rule]
    if same:
        differing = [f for f in same if f.verdict != finding.verdict]
        said.append(
            "Under the other meanings of open it is a " + " and a ".join(sorted({f.verdict for f in same})) + "."
            if differing
            else "The same under the other meanings of open."
        )
    return " ".join(said)


def _write_verdict(finding: Finding) -> str:
    match finding.verdict:
        case "step":
            return "A step at that date; what caused it this cannot say."
        case "out of reach":
            return "Too few months for any jump to be told from chance."
        case _ if not finding.level["low"] <= 0 <= finding.level["high"]:
            return "A null: the interval excludes zero, but too many other months jump as much."
        case _:
            return "A null."


def _count(share: int) -> str:
    if share == 1:
        return "the release's is the largest for its noise"
    return f"{share} jump as much or more for their noise, the release's among them"


def _write(about: Outcome, value: float) -> str:
    if about.form is format_points:
        return format_signed(value)
    text = about.form(value)
    return f"+{text}" if value > 0 else text


def _name(finding: Finding) -> str:
    label = finding.about.label
    return label if label.startswith("OpenAI") else label[:1].lower() + label[1:]


def list_confounders(events: Sequence[Row], by: date) -> list[Row]:
    """Rivals' releases from 30 days before gpt-oss's to 7 days after, as far as they had happened; oldest first."""
    near = (RELEASED_ON - _NEAR_BEFORE, min(RELEASED_ON + _NEAR_AFTER, by))
    return [e for e in events if str(e["kind"]).startswith("rival") and near[0] <= e["happened_on"] <= near[1]]


def name_rival(title: str) -> str:
    """A release's title in a word or two: the first model named, without its size."""
    return _SIZE.sub("", re.split(r", | and | \(", title)[0])


def write_confounders(events: Sequence[Row]) -> str:
    """What else came out in those weeks, each with its day."""
    if not events:
        return ""
    named = ", ".join(f"{name_rival(e['title'])} ({format_date(e['happened_on'])})" for e in events)
    return f"Out in the same weeks, so that a step may be theirs: {named}."
