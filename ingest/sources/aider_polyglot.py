"""Aider's polyglot leaderboard: coding exercises in six languages, one row a run.

A small, frozen board with what others leave out: the edit format, the effort and the cost of every run. The
reader keeps runs apart as the publisher does, and refuses YAML that does more than list plain values: a body
with anchors, aliases or tags, or nested deeper than the board ever was, is no leaderboard.

Measures: percent of 225 exercises solved within two tries (pass_rate_2, the published headline), and the
cost of the whole run in USD. The edit format and the reasoning effort are the configuration, the run's own
name tells two runs of one model apart.

Published: https://raw.githubusercontent.com/Aider-AI/aider/main/aider/website/_data/polyglot_leaderboard.yml,
keyless, Apache-2.0. No release date is stated, so an edition is the day on which a body was first seen; each
run states the day it was made. The recorded past holds the file at earlier commits.

Caveats: Frozen since 2025-10-04. Runs were made once each, by contributors, with the Aider version of their
day; no interval is published. A model's runs in two edit formats are two rows. A cost of 0 or none means that
it is not known, not that the run was free. gpt-oss-20b is absent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from typing import Any

import yaml

from ingest.source import FetchContext, Fetched, Parsed, Payload, Refused, Score, Snapshot, Source, SourceError

_ID = "aider_polyglot"
_URL = "https://raw.githubusercontent.com/Aider-AI/aider/main/aider/website/_data/polyglot_leaderboard.yml"
_DEEPEST = 4
# Knows text, lists and maps and nothing else: no dates, no numbers, no objects. In C where PyYAML has it.
_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class AiderPolyglot(Source):
    """Aider's polyglot leaderboard."""

    source_id = _ID
    title = "Aider polyglot leaderboard"
    publisher = "Aider (Paul Gauthier)"
    homepage = "https://aider.chat/docs/leaderboards/"
    licence_id = "Apache-2.0"
    licence_url = "https://github.com/Aider-AI/aider/blob/main/LICENSE.txt"
    attribution = "Aider polyglot leaderboard, Paul Gauthier, aider.chat (Apache-2.0)"
    cadence_days = 30
    hosts = ("raw.githubusercontent.com",)
    max_bytes = 2_000_000

    def fetch(self, context: FetchContext) -> Iterator[Fetched]:
        """The one file. Raises SourceError."""
        yield context.fetcher.get(_URL, name="polyglot_leaderboard.yml")

    def parse(self, snapshot: Snapshot) -> Iterator[Parsed]:
        """A score and, where it is known, a cost per run."""
        for payload in snapshot.payloads:
            yield from _read_runs(payload, _read_list(payload))


def _unexpected(payload: Payload, what: str) -> SourceError:
    return SourceError(_ID, f"{payload.name} {what}; open {payload.url or payload.name} to see what is served.")


def _read_list(payload: Payload) -> list[Any]:
    """A body as a list whose values are text. Raises SourceError on anything but plain values."""
    if len(payload.body) > AiderPolyglot.max_bytes:
        raise _unexpected(payload, f"has {len(payload.body):,} bytes, more than a leaderboard of runs can")
    try:
        text = payload.body.decode()
        depth = 0
        for event in yaml.parse(text, Loader=_Loader):
            if isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            elif isinstance(event, yaml.NodeEvent):
                depth += isinstance(event, yaml.CollectionStartEvent)
                if event.anchor or getattr(event, "tag", None):
                    raise _unexpected(payload, "uses anchors or tags, which a list of runs has no need of")
            if depth > _DEEPEST:
                raise _unexpected(payload, f"is nested deeper than {_DEEPEST} levels")
        listed = yaml.load(text, Loader=_Loader)
    except (UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise _unexpected(payload, f"is no YAML ({str(error).splitlines()[0]})") from error
    if not isinstance(listed, list) or not listed:
        raise _unexpected(payload, f"is no list of runs but {str(listed)[:60]!r}")
    return listed


def _read_runs(payload: Payload, runs: list[Any]) -> Iterator[Parsed]:
    """Two addresses a run: its score, and its cost."""
    scores = 0
    for nth, run in enumerate(runs):
        try:
            read = list(_read_run(payload, 2 * nth, run))
        except ValueError as error:
            name = run.get("model") if isinstance(run, dict) else None
            reason = f"{name or f'run {nth + 1}'}: {error}"
            yield Refused(payload.key, 2 * nth, reason, json.dumps(run, ensure_ascii=False))
            continue
        scores += 1
        yield from read
    if scores == 0:
        raise _unexpected(payload, "holds not one run as we know them")


def _read_run(payload: Payload, row_no: int, run: object) -> Iterator[Score]:
    """The score of a run and, where stated, its cost. Raises ValueError."""
    if not isinstance(run, dict):
        raise ValueError(f"the run is {str(run)[:60]!r}, no map")
    made_on = _read_day(run)
    made_at = datetime.combine(made_on, time(), UTC) if made_on else None
    told: dict[str, Any] = {
        "payload_key": payload.key,
        "name_raw": _read_text(run, "model"),
        "board": "polyglot",
        "edition": payload.first_observed_at.astimezone(UTC).date(),
        "config_raw": _read_config(run),
        "run": _read_text(run, "dirname"),
        "evaluated_on": made_on,
        # A recorded commit's day is its author's; nothing is known before the day it was made.
        "observed_at": made_at if made_at and made_at > payload.observed_at else None,
        "n": _read_number(run, "test_cases"),
    }
    rate = _read_number(run, "pass_rate_2")
    if rate is None or rate > 100:
        raise ValueError(f"pass_rate_2 is {run.get('pass_rate_2')!r}, no percentage")
    cost = _read_number(run, "total_cost")
    yield Score(**told, row_no=row_no, benchmark_id="aider_polyglot_pass_rate", value=rate)
    if cost:
        yield Score(**told, row_no=row_no + 1, category="total_cost", benchmark_id="aider_polyglot_cost", value=cost)


def _read_config(run: Mapping[str, Any]) -> str:
    """The settings that a run states beside its name, a key each; the values are the publisher's words."""
    stated = (("effort", run.get("reasoning_effort")), ("edit_format", run.get("edit_format")))
    return ";".join(f"{key}={value}" for key, value in stated if isinstance(value, str) and value.strip())


def _read_text(run: Mapping[str, Any], key: str) -> str:
    value = run.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{key} is {value!r}, no text")
    return value


def _read_number(run: Mapping[str, Any], key: str) -> float | None:
    """A number of zero or more; None where it is not stated."""
    value = run.get(key)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not re.fullmatch(r"\d{1,9}(\.\d+)?", value):
        raise ValueError(f"{key} is {value!r}, no number")
    return float(value)


def _read_day(run: Mapping[str, Any]) -> date | None:
    value = run.get("date")
    if value is None or value == "":
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise ValueError(f"date is {value!r}, no day") from error
