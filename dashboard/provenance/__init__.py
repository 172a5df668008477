"""Where numbers come from, in words: ages, rights, how a source stands.

Pure rules, so that a test can recompute every sentence the Data page prints. It refuses to soften: data
older than twice its cadence is overdue, and a row whose licence keeps it here is called local only.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlencode

import orjson
import pandas as pd

from dashboard.formats import format_date

Age = Literal["fresh", "due", "overdue", "no data"]
GRACE = 2.0  # In cadences, as in the view source_health, which judges for `landscape status` and /healthz.
AGE_LOOK: dict[Age, tuple[str, str]] = {
    "fresh": ("green", ":material/check_circle:"),
    "due": ("blue", ":material/schedule:"),
    "overdue": ("orange", ":material/warning:"),
    "no data": ("gray", ":material/inbox:"),
}
AGE_RULE = (
    "Fresh within one cadence, due within two, then overdue; counted from the newest data or, if later, from the "
    "last read that found nothing new."
)
SEARCH_RULE = "A number is matched at the decimals you give, words as they stand; each hit leads to its payload."
EDITIONS_RULE = (
    "An edition is one release or refit of a board; models are compared within one, and a partial one never ranks."
)
NAMES_RULE = "A name and its source resolve to one model only where they denote the same weights; else they stay apart."
PAYLOAD_RULE = "The body as it was read, named by its hash: what a number on any page was read from."
RIGHTS = {
    "yes": "may be passed on",
    "share-alike": "may be passed on under the same licence",
    "no": "local only",
}
KINDS = {
    "scores": "scores",
    "prices": "prices",
    "hub_readings": "Hub readings",
    "repos": "repositories",
    "model_attributes": "model facts",
    "benchmark_difficulty": "benchmark difficulties",
    "usage": "days of usage",
    "counters": "counts",
    "openness": "openness grades",
}
# The worst that is to be said of a source, worst first: a sign that reads without colour, and the word.
STATES = {
    "failing": "\u2716 failing",
    "overdue": "\u25b2 overdue",
    "due": "\u25cb due",
    "fresh": "\u25cf fresh",
    "no data": "\u2013 no data",
    "off": "\u2013 off by default",
}
FLAG_WORDS = {
    "before_refresh": "read before the Hub's refresh",
    "stalled": "on days the Hub's counters stood still",
    "rollback": "on days the Hub's counters had fallen back",
    "frozen": "of counters that stood still for weeks",
    "partial": "from partial lists",
    "skip_day": "on days their recorder says to skip",
    "low_day": "on low days, by their recorder",
    "out_of_range": "beyond their range",
    "jump": "far from their last value",
    "fell": "totals below their last",
    "impossible_date": "with a date that cannot be",
    "outlier": "price outliers, left out of medians",
    "short_list": "lists far shorter than the one before, which delisted nobody",
    "shape_drift": "fields new, lost, retyped or emptied",
}
OBSERVED = {
    "fetched": "fetched by us",
    "recorded": "recorded by others at that time",
    "commit_date": "dated by a commit: public then at the latest",
    "publish_date": "dated by its publisher",
    "backfilled": "read later from the source's own history",
}
_NUMBER = re.compile(r"[$]?\s*([+-]?\d[\d,  ]*(?:\.\d+)?|\.\d+)\s*")


@dataclass(frozen=True, slots=True)
class Search:
    """What a reader typed: a number with the decimals given, else words."""

    words: str
    value: float | None = None
    decimals: int = 0


def judge_source(source: Mapping[Any, Any], instant: datetime) -> str:
    """A source's state, a key of STATES: a failure outweighs an age."""
    if source["is_failing"]:
        return "failing"
    age = judge_age(to_instant(source["fresh_at"]), source["cadence_days"], instant)
    return "off" if age == "no data" and not source["enabled"] else age


def judge_age(fresh: datetime | None, cadence_days: float, instant: datetime) -> Age:
    """Fresh within one cadence, due within two, then overdue; ages are whole days, instants of one zone.

    `fresh` is the newest data or, if later, the last read that found nothing new; None: no data."""
    if fresh is None:
        return "no data"
    age = count_age(fresh, instant)
    return "fresh" if age <= cadence_days else "due" if age <= GRACE * cadence_days else "overdue"


def count_age(newest: datetime, instant: datetime) -> int:
    """Whole days from the newest data to an instant, never below 0."""
    return max(0, (instant - newest) // timedelta(days=1))


def write_finding(sources: pd.DataFrame, instant: datetime) -> str:
    """The headline. `sources` is `queries.data.read_sources`, `instant` naive UTC like its dates."""
    rows = [s for s in sources.to_dict("records") if judge_source(s, instant) != "off"]
    ages = [judge_age(to_instant(s["fresh_at"]), s["cadence_days"], instant) for s in rows]
    failing = sum(bool(s["is_failing"]) for s in rows)
    held = len(ages) - ages.count("no data")
    overdue = ages.count("overdue")
    late = "none of them" if not overdue else "all" if overdue == held > 1 else f"{overdue} of them"
    facts, lost = int(sources["facts"].sum()), int(sources["unresolved_names"].sum())
    parts = [_number(held, "source")]
    if held:
        parts[0] += f", {late} older than twice {'its' if overdue == 1 else 'their'} cadence"
    if failing:
        parts.append(f"{failing} failing")
    if held < len(ages):
        parts.append(f"{len(ages) - held} without data")
    parts.append(_number(facts, "fact"))
    parts.append(f"{_number(lost, 'name')} {'leads' if lost == 1 else 'lead'} to no model")
    return "; ".join(parts)


def write_bodies(sources: pd.DataFrame) -> str:
    """Whether the bodies themselves are at hand; `sources` is the present's, as runs are not as-of."""
    if sources[["last_success_at", "last_failure_at"]].isna().all(axis=None):
        return "This home holds the bundled facts, not their bodies; `landscape refresh` archives its own."
    return "Bodies that a run here has read are kept in this home's archive; those of bundled facts are not."


def write_age(source: Mapping[Any, Any], instant: datetime) -> str:
    """How old a source's newest data is against its cadence, and how far back it reaches."""
    newest, oldest = to_instant(source["newest_at"]), to_instant(source["oldest_at"])
    every = _write_days(source["cadence_days"])
    if newest is None or oldest is None:
        return f"No data known by then; this source is meant to be read every {every}."
    age = count_age(newest, instant)
    old = "not a day old" if not age else "1 day old" if age == 1 else f"{age} days old"
    since = f"Oldest {format_date(oldest)}."
    return f"Newest data {format_date(newest)}, {old}; meant to be read every {every}. {since}"


def write_runs(source: Mapping[Any, Any]) -> str:
    """The last success and the last failure of the runs recorded here."""
    success, failure = to_instant(source["last_success_at"]), to_instant(source["last_failure_at"])
    if success is None and failure is None:
        return "No run of this source is recorded by then."
    parts = [f"Last read without a fault on {format_date(success)}." if success else "Never read without a fault."]
    if failure:
        past = " (since mended)" if success and success > failure else ""
        parts.append(f"Last failure on {format_date(failure)}{past}: {source['last_failure']}")
    return " ".join(parts)


def write_rights(holdings: pd.DataFrame) -> str:
    """Facts by right, in words; `holdings` are one source's rows of `queries.data.read_holdings`."""
    counts = holdings.groupby("redistributable")["facts"].sum()
    parts = [f"{int(counts[right]):,} {words}" for right, words in RIGHTS.items() if right in counts.index]
    return "; ".join(parts) + "." if parts else "No facts."


def write_kinds(holdings: pd.DataFrame) -> str:
    """Facts by kind, in words, most first."""
    counts = holdings.groupby("kind")["facts"].sum().sort_values(ascending=False, kind="stable")
    return ", ".join(f"{int(n):,} {KINDS.get(str(kind), str(kind))}" for kind, n in counts.items())


def list_faults(source: Mapping[Any, Any], flags: pd.DataFrame) -> list[str]:
    """What is known to be wrong or missing with a source's rows, a sentence each."""
    said = []
    if source["unresolved_names"]:
        names, rows = int(source["unresolved_names"]), int(source["unresolved_rows"])
        verb = "leads" if names == 1 else "lead"
        said.append(f"{_number(names, 'name')} {verb} to no model ({_number(rows, 'row')})")
    if source["quarantined"]:
        said.append(f"{_number(source['quarantined'], 'row')} refused, each with its reason")
    if source["partial"]:
        said.append(f"{source['partial']} of {_number(source['snapshots'], 'snapshot')} partial")
    said += [
        f"{int(n):,} {FLAG_WORDS.get(flag, f'marked {flag}')}"
        for flag, n in zip(flags["flag"], flags["facts"], strict=True)
    ]
    return said


def read_search(text: str) -> Search:
    """A search from what was typed: `1,365.17` and `$0.06` are numbers, anything else words."""
    match = _NUMBER.fullmatch(text.strip())
    if not match:
        return Search(text.strip())
    digits = re.sub(r"[,\s]", "", match[1])
    value = float(digits)
    return Search(text.strip(), value if math.isfinite(value) else None, len(digits.partition(".")[2]))


def read_integer(text: str | None) -> int | None:
    """A payload key or row number of an address; None where it is not one that a bigint can hold."""
    plain = (text or "").strip()
    return int(plain) if re.fullmatch(r"[0-9]{1,18}", plain) else None


def link_payload(payload_key: object, row_no: object = None, as_of: str = "") -> str:
    """The address on this server that shows a payload, and a row of it."""
    pairs = {"payload": str(payload_key)} | ({} if row_no is None else {"row": str(row_no)})
    return "/data?" + urlencode(pairs | ({"as_of": as_of} if as_of else {}))


def describe_payload(payload: Mapping[Any, Any]) -> list[tuple[str, str]]:
    """What is recorded of a payload beside its hash, as label and value; absent ones are left out."""
    seen, recorded = to_instant(payload["observed_at"]), to_instant(payload["recorded_at"])
    whole = "complete" if payload["complete"] else "partial"
    expected = payload["expected_rows"]
    pairs = [
        ("Source", payload["source_id"]),
        ("Address", payload["url"]),
        ("Public by", f"{seen:%Y-%m-%d %H:%M:%S} UTC, {_word_kind(payload)}" if seen else None),
        ("Entered our archive", f"{recorded:%Y-%m-%d %H:%M:%S} UTC" if recorded else None),
        ("Size", f"{int(payload['bytes']):,} bytes" if pd.notna(payload["bytes"]) else None),
        ("Kind", f"{payload['kind']}, {whole}"),
        ("Rows expected", f"{int(expected):,}" if pd.notna(expected) else None),
        ("Licence", payload["licence_id"]),
        ("Rights", RIGHTS.get(payload["redistributable"], "as each row says")),
        ("Read from it", f"{int(payload['rows']):,} facts" if pd.notna(payload["rows"]) else None),
        ("Refused", f"{int(payload['refused']):,} rows" if payload["refused"] else None),
        ("Remark", payload["note"]),
    ]
    return [(label, str(value)) for label, value in pairs if pd.notna(value) and value != ""]


def list_fields(fact: str) -> list[tuple[str, str]]:
    """The stored columns of a fact given as JSON, absent ones left out, the payload key as text."""
    fields = orjson.loads(fact)
    return [
        (str(k), ", ".join(map(str, v)) if isinstance(v, list) else str(v))
        for k, v in fields.items()
        if v not in (None, "", [])
    ]


def mark_rights(values: Sequence[object]) -> list[str]:
    """`redistributable` of rows as a reader sees it: local only, or nothing to say."""
    return ["local only" if v == "no" else "share-alike" if v == "share-alike" else "" for v in values]


def drop_local(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows that may leave this machine: what a download has."""
    return frame[frame["redistributable"].isin(["yes", "share-alike"])]


def to_instant(value: Any) -> datetime | None:
    """A frame's timestamp as a naive UTC datetime; None where it is absent."""
    if value is None or pd.isna(value):
        return None
    instant: datetime = pd.Timestamp(value).to_pydatetime()
    return instant


def _word_kind(payload: Mapping[Any, Any]) -> str:
    return OBSERVED.get(payload["observed_kind"], str(payload["observed_kind"]))


def _number(count: int, noun: str) -> str:
    return f"{int(count):,} {noun}{'' if count == 1 else 's'}"


def _write_days(days: float) -> str:
    whole = f"{days:g}"
    return "day" if whole == "1" else f"{whole} days"
