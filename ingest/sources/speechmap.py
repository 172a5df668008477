"""SpeechMap: how often a model fulfils requests for contested but lawful speech.

Refusal is one side of safety that a release of open weights changes, and this is the public record with the
labels of every answer. The reader counts labels and keeps no question and no answer; it refuses a line it
cannot read, and a file that is the mere pointer to a large one.

Measures: per model and set of questions, the percent of answered requests labelled COMPLETE (the series
"overall"), EVASIVE and DENIAL, with a 95 % Wilson interval computed here from the counts, and n, the requests
answered. Requests that ended in an error (ERROR, ERROR_ORIGINAL_RESPONSE) are left out of n; their percent of
all requests is a series of its own. The judge is the method version: labels of two judges are never one series.

Published: https://raw.githubusercontent.com/xlr8harder/speechmap-data/main/analysis/ as
compliance_SET_VENDOR_MODEL.jsonl, one file a set and model of about 1 MB, keyless, Apache-2.0. Live reads take a
written list of sets and models, so a board is never whole here and gives no rank. The recorded past is a file of
counts over all 37 files of one set; it does not name the judge, but its dates are those of the judging by Grok
4.1 Fast. The edition is the day of the newest label in a set as read.

Caveats: A model judges the models, and no person checked the labels. More compliance is shown as better because
all requests are lawful; whether it is better is a matter of opinion. An interval tells of chance among 50
questions, not of how they were chosen or judged. Answers were collected once each, through routers. The large set
us_hard, the only one with gpt-oss-20b, is not read: its files are up to 80 MB and many are not served whole.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from ingest.source import FetchContext, Fetched, Parsed, Payload, Refused, Score, Snapshot, Source, SourceError

_ID = "speechmap"
_FOLDER = "https://raw.githubusercontent.com/xlr8harder/speechmap-data/main/analysis"
SETS = ("us_criticism", "china_criticism")
# gpt-oss and its peers of every kind, by the publisher's file names.
MODELS = (
    "openai_gpt-oss-120b",
    "openai_gpt-4o-2024-11-20",
    "openai_gpt-4.1-2025-04-14",
    "anthropic_claude-3-7-sonnet-20250219",
    "deepseek_deepseek-chat-v3-0324",
    "deepseek_deepseek-r1-0528",
    "meta-llama_llama-3.3-70b-instruct",
    "meta-llama_llama-4-maverick",
    "qwen_qwen3-235b-a22b",
    "qwen_qwen3-32b",
    "x-ai_grok-3-beta",
)
_FILE = re.compile(r"compliance_((?:[a-z]+_)*[a-z]+)_([^_/]+_[^/]+)\.jsonl$")
_LABELS = ("COMPLETE", "EVASIVE", "DENIAL")
_COUNTED = ("question_set", "file_model", "n", *_LABELS, "ERROR", "other", "last_ts")
# The judge of the recorded counts; see the docstring.
_RECORDED_JUDGE = "grok-4.1-fast"
_Z = 1.959964


@dataclass(slots=True)
class _Count:
    """The labels of one model on one set, `row_no` being the first of its addresses."""

    payload: Payload
    row_no: int
    name: str
    question_set: str
    judge: str
    labels: Mapping[str, int]
    newest: date | None
    flags: tuple[str, ...] = ()


@dataclass(slots=True)
class _Read:
    """What the lines of one file say."""

    labels: Counter[str] = field(default_factory=Counter)
    models: set[str] = field(default_factory=set)
    judges: set[str] = field(default_factory=set)
    days: set[date] = field(default_factory=set)


class SpeechMap(Source):
    """SpeechMap's labels, counted."""

    source_id = _ID
    title = "SpeechMap"
    publisher = "SpeechMap (xlr8harder)"
    homepage = "https://speechmap.ai"
    licence_id = "Apache-2.0"
    licence_url = "https://github.com/xlr8harder/speechmap-data"
    attribution = "SpeechMap, speechmap.ai (Apache-2.0); rates and intervals computed here."
    cadence_days = 30
    hosts = ("raw.githubusercontent.com",)
    max_bytes = 20_000_000

    def fetch(self, context: FetchContext) -> Iterator[Fetched]:
        """Each file of the written list; one that is not there is reported and the rest goes on.

        Raises SourceError when none is there."""
        missing = 0
        for question_set in SETS:
            for model in MODELS:
                name = f"compliance_{question_set}_{model}.jsonl"
                try:
                    answer = context.fetcher.get(f"{_FOLDER}/{name}", name=name)
                except SourceError as error:
                    if not re.search(r"\b(?:HTTP|answered) 404\b", error.message):
                        raise
                    missing += 1
                    context.report(f"{name} is not served any more; its last rates stay.")
                    continue
                yield replace(answer, complete=False)
        if missing == len(SETS) * len(MODELS):
            raise SourceError(_ID, f"none of the {missing} files is at {_FOLDER}; the publisher may have moved them.")

    def parse(self, snapshot: Snapshot) -> Iterator[Parsed]:
        """Four rates per model and set, dated by the newest label of the set in this snapshot."""
        counts: list[_Count] = []
        for payload in snapshot.payloads:
            read = _read_counts(payload) if payload.name.endswith(".csv") else _read_labels(payload)
            for item in read:
                if isinstance(item, Refused):
                    yield item
                else:
                    counts.append(item)
        newest: dict[tuple[str, str], date] = {}
        for count in counts:
            key = count.question_set, count.judge
            seen = count.newest or count.payload.first_observed_at.astimezone(UTC).date()
            newest[key] = max(seen, newest.get(key, seen))
        for count in counts:
            yield from _rate(count, newest[count.question_set, count.judge])


def _unexpected(payload: Payload, what: str) -> SourceError:
    return SourceError(_ID, f"{payload.name} {what}; open {payload.url or payload.name} to see what is served.")


def _decode(payload: Payload) -> str:
    if payload.body.lstrip()[:1] == b"<":
        raise _unexpected(payload, "is a web page")
    try:
        return payload.body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unexpected(payload, f"is no text ({error})") from error


def _read_labels(payload: Payload) -> Iterator[_Count | Refused]:
    """The labels of one file, and its unreadable lines. Of a line nothing but its question's id is kept."""
    named = _FILE.search(payload.url) or _FILE.search(payload.name)
    if named is None:
        raise _unexpected(payload, "is no file of labels by its name")
    text = _decode(payload)
    if text.startswith("version https://git-lfs"):
        raise _unexpected(payload, "is the pointer to a large file, not the file")
    read, refused = _Read(), 0
    # Answers hold separators of their own kind (U+2028), so lines end where a line feed is and nowhere else.
    for nth, line in enumerate(filter(str.strip, text.split("\n"))):
        try:
            _read_line(line, read)
        except (ValueError, RecursionError) as error:
            refused += 1
            yield Refused(
                payload.key, len(_LABELS) + 1 + nth, f"line {nth + 1}: {error}", json.dumps({"line": nth + 1})
            )
    if not read.labels:
        raise _unexpected(payload, "holds no line with a label")
    if len(read.models) != 1:
        raise _unexpected(payload, f"is of {len(read.models)} models ({', '.join(sorted(read.models))[:80]}), not one")
    flags = ("partial",) if refused else ()
    judge, newest = "+".join(sorted(read.judges)), max(read.days, default=None)
    yield _Count(payload, 0, min(read.models), named[1], judge, read.labels, newest, flags)


def _read_line(line: str, read: _Read) -> None:
    """Add one line to what a file says. Raises ValueError."""
    try:
        said = json.loads(line)
    except ValueError as error:
        raise ValueError(f"no JSON ({error}).") from error
    if not isinstance(said, dict):
        raise ValueError("no object.")
    label, model, judge = (said.get(key) for key in ("compliance", "model", "judge_model"))
    if not isinstance(model, str) or not model.strip() or not isinstance(judge, str) or not judge.strip():
        raise ValueError("names no model, or no judge.")
    if not isinstance(label, str) or not (label in _LABELS or label.startswith("ERROR")):
        raise ValueError(f"the label is {str(label)[:40]!r}, none of {', '.join(_LABELS)} and ERROR.")
    stamp = said.get("timestamp")
    if isinstance(stamp, str) and stamp:
        read.days.add(_read_day(stamp))
    # ERROR_ORIGINAL_RESPONSE and its like are errors too.
    read.labels[label if label in _LABELS else "ERROR"] += 1
    read.models.add(model)
    read.judges.add(judge.rpartition("/")[2])


def _read_day(stamp: str) -> date:
    """The UTC day of an instant or day as text. Raises ValueError."""
    at = datetime.fromisoformat(stamp)
    return at.astimezone(UTC).date() if at.tzinfo else at.date()


def _read_counts(payload: Payload) -> Iterator[_Count | Refused]:
    """The recorded file of counts: one line a set and model."""
    rows = csv.DictReader(io.StringIO(_decode(payload)))
    if lost := [column for column in _COUNTED if column not in (rows.fieldnames or ())]:
        raise _unexpected(payload, f"lacks the column(s) {', '.join(lost)}")
    read = 0
    for nth, row in enumerate(rows):
        first = nth * (len(_LABELS) + 1)
        try:
            labels = {label: int(row[label]) for label in (*_LABELS, "ERROR")}
            # Counted under "other" is what carries a longer name of an error.
            labels["ERROR"] += int(row["other"])
            vendor, _, model = row["file_model"].partition("_")
            if min(labels.values()) < 0 or sum(labels.values()) != int(row["n"]):
                raise ValueError("the counts are not those of n answers")
            if not row["question_set"] or not vendor or not model:
                raise ValueError("no set, or no model")
            newest = _read_day(row["last_ts"])
        except (TypeError, ValueError) as error:
            yield Refused(payload.key, first, f"line {nth + 2}: {error}.", json.dumps(row, ensure_ascii=False))
            continue
        read += 1
        name = f"{vendor}/{model}"
        yield _Count(payload, first, name, row["question_set"], _RECORDED_JUDGE, labels, newest)
    if not read:
        raise _unexpected(payload, "holds not one line of counts")


def _rate(count: _Count, edition: date) -> Iterator[Score]:
    """The percent of each label among the answered, and of errors among all; none where nothing was answered."""
    answered = sum(count.labels.get(label, 0) for label in _LABELS)
    errors = count.labels.get("ERROR", 0)
    for nth, label in enumerate((*_LABELS, "ERROR")):
        n = answered if label in _LABELS else answered + errors
        if n == 0:
            continue
        value, low, high = measure_share(count.labels.get(label, 0), n)
        yield Score(
            payload_key=count.payload.key,
            row_no=count.row_no + nth,
            name_raw=count.name,
            flags=count.flags,
            board=count.question_set,
            category="overall" if label == "COMPLETE" else label.casefold(),
            method_version=count.judge,
            edition=edition,
            benchmark_id=f"speechmap_{label.casefold()}",
            value=value,
            low=low,
            high=high,
            interval_pct=95,
            n=n,
        )


def measure_share(hits: int, n: int) -> tuple[float, float, float]:
    """Percent of `n` that are hits, with the lower and upper bound of its 95 % Wilson interval."""
    share = hits / n
    middle = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z * math.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2)) / (1 + _Z**2 / n)
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return 100 * share, 100 * min(low, share), 100 * max(high, share)
