"""tau2-bench: how often a model serves a simulated customer right.

Use of tools in a long conversation is where agents earn their name, and this board, kept by pull requests, has runs
of gpt-oss-120b. The reader takes what a submission states and never averages domains, for not every submission has
all of them; it refuses a submission whose rate is no percentage.

Measures: the share of tasks solved at the first of four trials (pass^1), in percent, per domain: retail, airline,
telecom, banking_knowledge. A standard agent's rate stands in the series "overall", a custom agent's in "custom".

Published: manifest.json and one submission.json per run below
https://raw.githubusercontent.com/sierra-research/tau2-bench/main/web/leaderboard/public/submissions, keyless, MIT.
The edition is the manifest's day of last update, else the day on which it was first seen.

Caveats: Submissions are their makers' own; few were run by the benchmark's authors. The simulated customer is a
model too, and not the same one in every run: both it and the benchmark's version are in the configuration. Rates
of banking_knowledge before version 1.0.1 are not comparable with later ones. No interval is published.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date
from typing import Any
from urllib.parse import quote

from ingest.source import FetchContext, Fetched, Parsed, Payload, Refused, Score, Snapshot, Source, SourceError

_ID = "tau2_bench"
_FOLDER = "https://raw.githubusercontent.com/sierra-research/tau2-bench/main/web/leaderboard/public/submissions"
_DOMAINS = ("retail", "airline", "telecom", "banking_knowledge")


class Tau2Bench(Source):
    """tau2-bench's text submissions."""

    source_id = _ID
    title = "tau2-bench leaderboard"
    publisher = "Sierra Research"
    homepage = "https://taubench.com"
    licence_id = "MIT"
    licence_url = "https://github.com/sierra-research/tau2-bench/blob/main/LICENSE"
    attribution = "tau2-bench leaderboard, Sierra Research (MIT)"
    cadence_days = 14
    hosts = ("raw.githubusercontent.com",)
    max_bytes = 2_000_000

    def fetch(self, context: FetchContext) -> Iterator[Fetched]:
        """The manifest and every submission it lists; one that is not served is reported. Raises SourceError."""
        manifest = context.fetcher.get(f"{_FOLDER}/manifest.json", name="manifest.json")
        yield manifest
        for name in _list_submissions("manifest.json", manifest.body):
            try:
                yield context.fetcher.get(f"{_FOLDER}/{quote(name)}/submission.json", name=f"{name}/submission.json")
            except SourceError as error:
                context.report(f"{name}: {error.message}")

    def parse(self, snapshot: Snapshot) -> Iterator[Parsed]:
        """A rate per domain of every submission."""
        day: date | None = None
        listed = [p for p in snapshot.payloads if p.name.rpartition("/")[2] == "manifest.json"]
        for payload in listed:
            _list_submissions(payload.name, payload.body)
            day = _read_day(json.loads(payload.body).get("last_updated"))
        day = day or min(p.first_observed_at for p in (listed or snapshot.payloads)).astimezone(UTC).date()
        for payload in snapshot.payloads:
            if payload not in listed:
                yield from _read_submission(payload, day)


def _list_submissions(name: str, body: bytes) -> list[str]:
    """The submissions of text agents that a manifest lists. Raises SourceError."""
    document = _read_object(name, body)
    listed = document.get("submissions")
    if not isinstance(listed, list) or not listed or not all(isinstance(n, str) and n for n in listed):
        raise SourceError(_ID, f"{name} lists no submissions; open {_FOLDER}/manifest.json to see what is served.")
    return list(dict.fromkeys(listed))


def _read_object(name: str, body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise SourceError(_ID, f"{name} is no JSON ({error}); open it below {_FOLDER}.") from error
    if not isinstance(document, dict):
        raise SourceError(_ID, f"{name} is {str(document)[:60]!r} and no object; open it below {_FOLDER}.")
    return document


def _read_submission(payload: Payload, edition: date) -> Iterator[Parsed]:
    run = payload.name.split("/")[-2] if "/" in payload.name else payload.name
    document = _read_object(payload.name, payload.body)
    results = document.get("results")
    try:
        if not isinstance(results, dict):
            raise ValueError("it has no results")
        rates = {d: _read_rate(d, results[d]) for d in _DOMAINS if results.get(d) is not None}
        name = _read_text(document, "model_name")
        config, evaluated_on = _read_config(document), _read_day(_read_methodology(document).get("evaluation_date"))
    except ValueError as error:
        yield Refused(payload.key, 0, f"{run}: {error}", payload.body.decode("utf-8", "replace")[:4000])
        return
    for row_no, domain in enumerate(_DOMAINS):
        if (rate := rates.get(domain)) is not None:
            yield Score(
                payload_key=payload.key,
                row_no=row_no,
                name_raw=name,
                board=domain,
                category="custom" if document.get("submission_type") == "custom" else "overall",
                edition=edition,
                benchmark_id=f"tau2_{domain}",
                config_raw=config,
                run=run,
                value=rate,
                evaluated_on=evaluated_on,
            )


def _read_rate(domain: str, result: object) -> float | None:
    """pass^1 in percent; None where it was not run."""
    rate = result.get("pass_1") if isinstance(result, dict) else result
    if rate is None:
        return None
    if isinstance(rate, bool) or not isinstance(rate, (int, float)) or not 0 <= rate <= 100:
        raise ValueError(f"{domain} is {str(rate)[:40]!r}, no percentage")
    return float(rate)


def _read_text(document: Mapping[str, Any], key: str) -> str:
    value = document.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{key} is {value!r}, no text")
    return value


def _read_methodology(document: Mapping[str, Any]) -> Mapping[str, Any]:
    stated = document.get("methodology")
    return stated if isinstance(stated, dict) else {}


def _read_config(document: Mapping[str, Any]) -> str:
    """Effort, the simulated customer and the benchmark's version, as stated."""
    method = _read_methodology(document)
    stated = {
        "effort": document.get("reasoning_effort"),
        "user_simulator": method.get("user_simulator"),
        "version": method.get("tau2_bench_version"),
    }
    return ";".join(f"{key}={value}" for key, value in stated.items() if isinstance(value, str) and value)


def _read_day(text: object) -> date | None:
    """The day an ISO date or instant begins with; None where there is none."""
    try:
        return date.fromisoformat(text[:10]) if isinstance(text, str) else None
    except ValueError:
        return None
