"""What a brief says: story and note as one document, named by its hash.

The document is the JSON; the HTML prints nothing else. Its id is a hash of all of it, so a brief with one word
or number changed has another id. It refuses to state a moment it was not told: ages are counted to the end of
the day read, and the day a note was signed is the note's own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, time
from typing import Any

import orjson

from dashboard.brief import LAYOUT_VERSION, Brief, Note
from dashboard.charts import Chart, shorten
from dashboard.charts.alt import describe
from dashboard.formats import format_date
from dashboard.overview import HEADLINE_RULE, NAME, NO_CLAIMS, OPEN_LABELS
from dashboard.overview.charts import (
    build_frontier_chart,
    find_own,
    head_frontier,
    measure_distances,
    word_frontier_source,
)
from dashboard.overview.facts import Fact
from dashboard.overview.story import Story
from dashboard.overview.tiles import Tile
from dashboard.provenance import judge_age

ID_LENGTH = 12
# How much of a source's own words two pages hold.
_LIMITS = {"title": 40, "publisher": 40, "licence": 60, "licence_url": 80, "attribution": 180}
CAVEAT = (
    "Public data under written rules; nothing is interpolated or rounded before it is counted. An index compares "
    "models within one edition only; a 30-day count is neither a flow nor a total."
)


def write_brief(story: Story, note: Note | None = None) -> Brief:
    """The brief of a story, with a signed note where one is given."""
    chart = build_frontier_chart(story.answers.index, story.rule, story.answers.events)
    facts = [_describe_fact(fact) for fact in dict.fromkeys((*story.facts, *story.worked_out))]
    document: dict[str, Any] = {
        "title": "gpt-oss landscape: executive brief",
        "layout": LAYOUT_VERSION,
        "rules": dict(story.rules),
        "as_of": story.as_of.isoformat() if story.as_of else None,
        "read_on": story.instant.date().isoformat(),
        "open": story.rule,
        "moment": _word_moment(story),
        "standing_of_sources": _word_sources(story),
        "headline": story.headline.text,
        "left_out": list(story.headline.left_out),
        "subline": story.subline,
        "robustness": story.robustness,
        "tiles": [_describe_tile(tile, story.instant) for tile in story.tiles],
        "chart": _describe_chart(chart, story),
        "drivers": [{"topic": d.topic, "number": d.number, "text": d.text} for d in story.drivers],
        "note": {"text": note.text, "by": note.by, "signed_on": note.signed_on.isoformat()} if note else None,
        "caveat": CAVEAT + _word_withheld(story.answers.withheld),
        "claims": [_describe_claim(claim) for claim in story.answers.claims],
        "no_claims": "" if story.answers.claims else NO_CLAIMS,
        "conditions": list(story.conditions),
        "definitions": [HEADLINE_RULE, *(tile.rule for tile in story.tiles if tile.day)],
        "sources": [_describe_source(row, story) for row in _list_used(story)],
        "facts": facts,
        "facts_sha256": hash_facts(facts),
    }
    brief_id = hashlib.sha256(_write_canonical(document)).hexdigest()[:ID_LENGTH]
    return Brief(brief_id, {"brief_id": brief_id, **document}, chart)


def write_json(brief: Brief) -> bytes:
    """The document as indented JSON with sorted keys."""
    return orjson.dumps(dict(brief.document), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"


def hash_facts(facts: Sequence[dict[str, Any]]) -> str:
    """SHA-256 of the facts as canonical JSON: UTF-8, keys sorted, no spaces."""
    return hashlib.sha256(_write_canonical(facts)).hexdigest()


def _write_canonical(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _describe_fact(fact: Fact) -> dict[str, Any]:
    return {**asdict(fact), "day": fact.day.isoformat()}


def _describe_claim(claim: dict[str, Any]) -> dict[str, Any]:
    told = ("claim_id", "claim", "verdict", "confidence", "reason")
    return {name: claim[name] for name in told} | {"judged_on": claim["as_of"].date().isoformat()}


def _describe_tile(tile: Tile, instant: datetime) -> dict[str, Any]:
    lines = [{"strong": strong, "rest": rest} for strong, rest in tile.lines]
    stale = tile.write_badge(instant)
    return {"label": tile.label, "value": tile.value, "lines": lines, "stale": stale, "source": tile.source}


def _describe_chart(chart: Chart, story: Story) -> dict[str, Any]:
    """Its finding, legend, source line and alt text; an empty chart says what is missing."""
    index, rule = story.answers.index, story.rule
    own = find_own(index)
    interval = " with its 90 % interval" if own and own["low"] is not None else ""
    return {
        "finding": head_frontier(measure_distances(index, rule)),
        "subject": "Capability index by release date",
        "closed": "Best closed: solid",
        "open": f"best open ({OPEN_LABELS[rule]}): dashed",
        "own": f"{NAME}{interval}",
        "hollow": "hollow: weights not counted as open" if any(s.hollow for s in chart.series) else "",
        "source": [shorten(part, 90) for part in word_frontier_source(index, story.answers.credits) if part]
        if index
        else [],
        "alt": describe(chart),
        "events": [[event.day.isoformat(), event.label] for event in chart.events],
        "empty": "" if index else chart.empty_text,
    }


def _list_used(story: Story) -> list[dict[str, Any]]:
    """The sources this reading asks, known or not."""
    used = {tile.source_id for tile in story.tiles} | {fact.source_id for fact in story.facts} | {"lmarena"}
    return [row for row in story.answers.sources if row["source_id"] in used]


def _describe_source(row: dict[str, Any], story: Story) -> dict[str, Any]:
    newest = row["newest_at"]
    return {
        "source_id": row["source_id"],
        **{name: shorten(row[name] or "", limit) for name, limit in _LIMITS.items()},
        "newest_on": newest.date().isoformat() if newest is not None else None,
        "newest": format_date(newest.date()) if newest is not None else "nothing known",
        "state": _judge(row, story),
    }


def _judge(row: dict[str, Any], story: Story) -> str:
    """Fresh, due, overdue or no data, at the end of the day read."""
    end = story.as_of or datetime.combine(story.instant.date(), time.max, story.instant.tzinfo)
    return judge_age(row["fresh_at"], row["cadence_days"], end.replace(tzinfo=None))


def _word_moment(story: Story) -> str:
    """As of when, and how much of it was archived later."""
    day = format_date(story.instant.date())
    if story.as_of is None:
        return f"Latest known on {day}"
    if not story.answers.shown:
        return f"As known on {day}: nothing behind it was known"
    if not story.answers.later:
        return f"As known on {day}: every row behind it was recorded by then"
    rows = f"{story.answers.later:,} of the {story.answers.shown:,} rows behind it"
    return f"As known on {day}, reconstructed: {rows} were recorded later"


def _word_sources(story: Story) -> str:
    """Which sources are fresh and which are not, with the day of their newest data."""
    told: dict[str, list[str]] = {"fresh": [], "due": [], "overdue": [], "no data": []}
    for row in _list_used(story):
        newest = row["newest_at"]
        day = f" ({format_date(newest.date())})" if newest is not None else ""
        told[_judge(row, story)].append(f"{shorten(row['title'], _LIMITS['title'])}{day}")
    parts = [f"{state}: {', '.join(names)}" for state, names in told.items() if names]
    if not told["fresh"]:
        parts.insert(0, "fresh: none")
    return f"Sources {'; '.join(parts)}"


def _word_withheld(count: int) -> str:
    if not count:
        return ""
    readings = "1 reading was" if count == 1 else f"{count:,} readings were"
    return f" {readings} left out because no licence lets this machine pass them on."
