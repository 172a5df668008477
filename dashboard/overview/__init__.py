"""What Overview says first: its headline and sub-line, each by a written rule.

The rules live here, without SQL or widgets, so that a test can recompute every word. They refuse to
speak from old data: a number observed more than 180 days before the as-of instant, or the clock, is
stale and leaves the headline. Nothing is interpolated, and one reading is not a change.

Headline: a lead and up to three clauses about gpt-oss-120b, in this order.

- Lead: time since the release on 2025-08-05 at the as-of instant or the clock: days in the first month,
  then whole calendar months, "A year on" from 12, "N years on" from 24.
- Price: the cheapest paid listing now against its first observation after release. Within 10 %: priced
  as before; else N % cheaper or dearer.
- Downloads: 30-day downloads of 20b and 120b read on one day, now against the first such day from 30 days
  after release on, as a rolling count grows by filling up before. Within 10 %: downloaded as much as
  before; else N % more or less.
- Capability: open models clearly ahead of it in the newest complete edition that has intervals. None, and
  none too close to call: clearly ahead of every other open model. None: not clearly overtaken. One:
  clearly overtaken by one open model. More: clearly overtaken.
- The first clause whose sign turns against the ones before it is joined by "but", every other by "and".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from dashboard.change import LEVEL as LEVEL
from dashboard.change import STALE_DAYS as STALE_DAYS
from dashboard.change import Track as Track
from dashboard.change import count_age as count_age
from dashboard.change import is_level as is_level
from dashboard.change import is_stale as is_stale
from dashboard.change import read_track as read_track
from dashboard.definitions import OPEN_RULES, RELEASED_ON
from dashboard.formats import format_date, format_percent
from dashboard.rows import Row

NAME = "gpt-oss-120b"
# Goes up when a rule of this package words or counts the same data otherwise.
RULES_VERSION = "2"
NO_CLAIMS = "No claim had been judged by then."
# A name from a source is cut here, so that a sentence stays one.
NAME_LIMIT = 60
# The command that brings a source's tile up to date.
REMEDIES: Mapping[str, str] = {
    "epoch_eci": "landscape refresh epoch_eci",
    "hf_hub": "landscape backfill hf_hub --since 2025-08-01",
    "models_dev": "landscape refresh models_dev",
    "openrouter_rankings": "landscape refresh openrouter_rankings",
}

OPEN_LABELS: Mapping[str, str] = {
    "commercial": "commercial use allowed",
    "any_weights": "any weights",
    "osi_style": "OSI-style licence",
}
# The same as the control offers them, and as the address has them.
OPEN_CHOICES: Mapping[str, str] = {
    "Commercial use allowed": "commercial",
    "Any weights": "any_weights",
    "OSI-style licence": "osi_style",
}
DEFAULT_CHOICE = "Commercial use allowed"
HEADLINE_RULE = (
    "Computed: the change of the price floor since its first observation after release and of downloads since "
    "the first once their 30-day count was full (within 10 % counts as level), and how many open models are "
    "clearly ahead in Epoch's newest complete edition with intervals: difference above 1.96 standard errors. "
    "Data older than 180 days is left out."
)


_COUNTS = ("rated_open", "ahead_open", "then_open", "rated_closed", "ahead_closed", "then_closed")


@dataclass(frozen=True, slots=True)
class Standing:
    """Who is clearly ahead in one edition; `level_open` are the open ones too close to call, where known."""

    day: date
    measured_at: datetime
    rated_open: int
    ahead_open: int
    then_open: int
    rated_closed: int
    ahead_closed: int
    then_closed: int
    level_open: int | None
    payload_key: int


@dataclass(frozen=True, slots=True)
class Headline:
    """The sentence, and what was left out of it with the reason."""

    text: str
    left_out: tuple[str, ...] = ()


def read_standings(ahead: Sequence[Row], rivals: Sequence[Row], rule: str) -> list[Standing]:
    """One standing an edition that has an answer, oldest first; only the rivals' edition knows its level."""
    level = sum(row["access"] in OPEN_RULES[rule] and row["verdict"] == "too close to call" for row in rivals)
    edition = rivals[0]["edition"] if rivals else None
    return [
        Standing(
            row["day"],
            row["as_of"],
            **{name: int(row[name]) for name in _COUNTS},
            level_open=level if row["day"] == edition else None,
            payload_key=row["payload_key"],
        )
        for row in ahead
        if row["day"] is not None and row["ahead_open"] is not None
    ]


def write_headline(price: Track, downloads: Track, standing: Standing | None, instant: datetime) -> Headline:
    """The headline under the rule in this module's docstring."""
    if instant.date() < RELEASED_ON:
        return Headline(f"{NAME} was released on {format_date(RELEASED_ON)}, after this date")
    clauses: list[tuple[str, int]] = []
    left_out: list[str] = []
    for name, track, word in (("price", price, _word_price), ("downloads", downloads, _word_downloads)):
        reason = _find_reason(track, instant)
        if reason:
            left_out.append(f"{name} ({reason})")
        else:
            clauses.append(word(track.change))
    if standing is None or is_stale(standing.day, instant):
        age = f"{count_age(standing.day, instant)} days old" if standing else "not recorded"
        left_out.append(f"capability ({age})")
    else:
        clauses.append(_word_standing(standing))
    lead = write_lead(instant)
    if clauses:
        return Headline(f"{lead}, {NAME} is {_join(clauses)}", tuple(left_out))
    told = "too little had been recorded to say more"
    if any("days old" in reason for reason in left_out):
        told = "no data here is recent enough to say more"
    elif all("not recorded" in reason for reason in left_out):
        told = "nothing about it had been recorded yet"
    since = "of" if instant.date() == RELEASED_ON else "from the release of"
    return Headline(f"{lead} {since} {NAME}, {told}", tuple(left_out))


def write_lead(instant: datetime) -> str:
    """How long after the release the instant is: "12 days on", "5 months on", "A year on"."""
    day = instant.date()
    months = (day.year - RELEASED_ON.year) * 12 + day.month - RELEASED_ON.month - (day.day < RELEASED_ON.day)
    if months >= 24:
        return f"{months // 12} years on"
    if months >= 12:
        return "A year on"
    if months >= 1:
        return "A month on" if months == 1 else f"{months} months on"
    days = (day - RELEASED_ON).days
    return "On the day of release" if days == 0 else "A day on" if days == 1 else f"{days} days on"


def write_subline(standing: Standing | None, rule: str, instant: datetime) -> str:
    """How many open models are clearly ahead, of how many, and of those released by gpt-oss's day."""
    if standing is None:
        return f"No edition of Epoch's index that rates {NAME} with an interval had been recorded."
    was = "were" if is_stale(standing.day, instant) else "are"
    verb = "is" if standing.ahead_open == 1 and was == "are" else "was" if standing.ahead_open == 1 else was
    count = str(standing.ahead_open) if standing.ahead_open else "none"
    then = str(standing.then_open) if standing.then_open else "none"
    words = (
        f"{count} of {standing.rated_open} open models ({OPEN_LABELS[rule]}) {verb} clearly ahead of {NAME} "
        f"in Epoch's edition of {format_date(standing.day)}; among those released by "
        f"{format_date(RELEASED_ON)}, {then}."
    )
    return words[0].upper() + words[1:]


def write_robustness(texts: Mapping[str, str], rule: str) -> str:
    """Whether the headline reads the same under the other meanings of "open"."""
    others = [other for other in OPEN_RULES if other != rule and texts[other] != texts[rule]]
    if not others:
        return "It reads the same under all three meanings of open."
    named = "; ".join(f"{OPEN_LABELS[other]}: {texts[other]}" for other in others)
    return f"It reads otherwise where open means {named}."


def _find_reason(track: Track, instant: datetime) -> str:
    """Why a track cannot speak in the headline; empty where it can."""
    if not track.points:
        return "not recorded"
    if is_stale(track.last[0], instant):
        return f"{count_age(track.last[0], instant)} days old"
    return "one reading so far" if len(track.points) == 1 else ""


def _word_price(change: float) -> tuple[str, int]:
    if is_level(change):
        return "priced as before", 0
    cheaper = change < 0
    return f"{format_percent(abs(change), 0)} {'cheaper' if cheaper else 'dearer'}", 1 if cheaper else -1


def _word_downloads(change: float) -> tuple[str, int]:
    if is_level(change):
        return "downloaded as much as before", 0
    more = change > 0
    return f"downloaded {format_percent(abs(change), 0)} {'more' if more else 'less'}", 1 if more else -1


def _word_standing(standing: Standing) -> tuple[str, int]:
    if standing.ahead_open > 1:
        return "clearly overtaken", -1
    if standing.ahead_open == 1:
        return "clearly overtaken by one open model", -1
    if standing.level_open == 0 and standing.rated_open:
        return "clearly ahead of every other open model", 1
    return "not clearly overtaken", 1


def _join(clauses: Sequence[tuple[str, int]]) -> str:
    text, sign = clauses[0]
    has_turned = False
    for place, (words, own) in enumerate(clauses[1:], start=2):
        turns = own * sign < 0 and not has_turned
        text += f"{',' if place == 3 else ''} {'but' if turns else 'and'} {words}"
        has_turned, sign = has_turned or turns, own or sign
    return text
