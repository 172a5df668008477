"""GitHub: stars and forks of gpt-oss's repository and of some rivals'.

Stars are a public show of interest by developers, forks of the wish to build on something; both can be read for
rivals alike. The file reads totals as they stand: GitHub serves no history of them without a key, and none is made up.

Measures: stars and forks of a repository so far (github_stars, github_forks, cumulative), as of the day of reading.

Published: https://api.github.com/repos/OWNER/NAME, keyless, 60 requests an hour an address; always current. What
was not read on a day cannot be had later, so the series begins with the first read.

Caveats: A star is a gesture, often given on the day of release, and can be bought. Repositories differ: some hold
code, some little more than a page about the weights. The totals are those of the day they were read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ingest.source import Counter, FetchContext, Fetched, Parsed, Payload, Refused, Snapshot, Source, SourceError

API = "https://api.github.com/repos"
# gpt-oss, and the repository of each rival family that its developer names as the one of the weights.
REPOSITORIES = (
    "openai/gpt-oss",
    "deepseek-ai/DeepSeek-V3",
    "deepseek-ai/DeepSeek-R1",
    "QwenLM/Qwen3",
    "MoonshotAI/Kimi-K2",
    "google-deepmind/gemma",
    "meta-llama/llama-models",
)
_METRICS = {"github_stars": "stargazers_count", "github_forks": "forks_count"}


class GithubRepo(Source):
    """Stars and forks of a few repositories."""

    source_id = "github_repo"
    title = "GitHub repositories"
    publisher = "GitHub"
    homepage = "https://github.com/openai/gpt-oss"
    licence_id = "none-stated"
    licence_url = "https://docs.github.com/en/site-policy/github-terms/github-terms-of-service"
    attribution = "GitHub REST API (counts of repositories)"
    cadence_days = 1
    hosts = ("api.github.com",)
    redistributable = "no"
    max_bytes = 2_000_000

    def fetch(self, context: FetchContext) -> Iterator[Fetched]:
        """Each repository ("repo:OWNER/NAME"). One that is not served is reported and the rest goes on.

        Raises SourceError when none is served.
        """
        failures = []
        for repository in REPOSITORIES:
            try:
                yield context.fetcher.get(f"{API}/{repository}", name=f"repo:{repository}")
            except SourceError as error:
                failures.append(error.message)
                context.report(f"{repository} was not read ({error.message}); its last counts stay.")
        if len(failures) == len(REPOSITORIES):
            raise SourceError(self.source_id, f"no repository was served; at last {failures[-1]}")

    def parse(self, snapshot: Snapshot) -> Iterator[Parsed]:
        """Two Counter rows a repository, under the name GitHub gives it today."""
        read_any = False
        for payload in snapshot.payloads:
            for item in _read_repository(payload):
                read_any = read_any or isinstance(item, Counter)
                yield item
        if not read_any:
            raise SourceError(
                self.source_id, f"no body says how many stars a repository has; look at {snapshot.payloads[0].url}."
            )


def _read_repository(payload: Payload) -> Iterator[Parsed]:
    """A repository's counts. Raises SourceError on a body that is no repository."""
    try:
        document: Any = json.loads(payload.body)
    except (ValueError, RecursionError) as error:
        raise _unexpected(payload, f"no JSON and begins {payload.body[:60]!r}") from error
    name = document.get("full_name") if isinstance(document, dict) else None
    if not isinstance(name, str) or not name.strip():
        raise _unexpected(payload, f"no repository but {str(document)[:60]!r}")
    for row_no, (metric, column) in enumerate(_METRICS.items()):
        value = document.get(column)
        if type(value) is not int or value < 0:
            told = json.dumps({"full_name": name, column: value}, ensure_ascii=False)
            yield Refused(payload.key, row_no, f"{name}: {column} is {value!r}, no count.", told)
            continue
        yield Counter(
            payload_key=payload.key,
            row_no=row_no,
            name_raw=name,
            subject_kind="repository",
            metric=metric,
            day=payload.observed_at.date(),
            value=float(value),
            is_cumulative=True,
        )


def _unexpected(payload: Payload, what: str) -> SourceError:
    return SourceError("github_repo", f"{payload.name} is {what}; open {payload.url} to see what is served.")
