"""The routes into the past: what each publisher keeps, and in which files.

A route knows where its files lie, what they are called and what their publisher says of their days. It is
asked for the files of a span of days and opens none of them; how bytes are read is not its business.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlencode

import orjson

from ingest.history.extract import Warnings
from ingest.source import Fetcher, SourceError

_MAX_COMMIT_PAGES = 100


@dataclass(frozen=True, slots=True)
class HistoryFile:
    """One file of a route: `label` names it to a person, `day` is the day it holds (None: its rows say).

    `at` is the instant it was published; `is_fixed`: what lies at its url never changes.
    """

    label: str
    url: str
    warnings: Warnings = field(default_factory=Warnings)
    day: date | None = None
    at: datetime | None = None
    is_fixed: bool = False


class Route(ABC):
    """One publisher of the Hub's history."""

    name: ClassVar[str]
    title: ClassVar[str]
    licence_id: ClassVar[str]
    # Extract column -> the file's column; `at` is there only where rows state their day.
    columns: ClassVar[Mapping[str, str]]
    required: ClassVar[Sequence[str]]

    @abstractmethod
    def list_files(self, fetcher: Fetcher, endpoint: str, since: date, until: date) -> list[HistoryFile]:
        """The files that hold days from `since` to `until`, oldest first. Raises SourceError."""


class ModelPulse(Route):
    """Model Pulse's months: daily counts of every repository in use, sorted by repository.

    Built daily from hub-stats, so a day is the day of the upload it read (about 13:30 UTC, after the counters'
    refresh). A repository enters with 10 downloads in 30 days, 50 in all, or a like. Months are read whole: a
    month's rows lie side by side, and fewer days would cost the same bytes.
    """

    name = "modelpulse"
    title = "Model Pulse"
    licence_id = "Apache-2.0"
    columns: ClassVar[Mapping[str, str]] = {
        "id": "id",
        "at": "day",
        "downloads": "dl30",
        "downloadsAllTime": "dl_all",
        "likes": "likes",
    }
    required: ClassVar[Sequence[str]] = ("day", "dl30")
    _path = "datasets/modelpulse/model-pulse-data/resolve/main"

    def list_files(self, fetcher: Fetcher, endpoint: str, since: date, until: date) -> list[HistoryFile]:
        """One file a month that has a day in the span, by the publisher's own list of days."""
        url = f"{endpoint}/{self._path}/meta.json"
        meta = _load(fetcher.get(url, name="meta").body, url)
        days = _read_days(meta, "days", url, required=True)
        warnings = Warnings(*(_read_days(meta, key, url) for key in ("skip_days", "low_days", "partial")))
        months = sorted({d[:7] for d in days if since.isoformat() <= d <= until.isoformat()})
        return [
            HistoryFile(m, f"{endpoint}/{self._path}/series/{m}.parquet", warnings.limit(f"{m}-01", f"{m}-31"))
            for m in months
        ]


class HubStats(Route):
    """hub-stats' daily uploads of the whole Hub, one revision a day, in no order.

    Far dearer than Model Pulse, which is built from it, but it needs no third party to have kept the days. The
    latest upload of each UTC day is read; its commit's instant is when the counts were public.
    """

    name = "hub-stats"
    title = "hub-stats"
    licence_id = "Apache-2.0"
    columns: ClassVar[Mapping[str, str]] = {
        "id": "id",
        "downloads": "downloads",
        "downloadsAllTime": "downloadsAllTime",
        "likes": "likes",
    }
    required: ClassVar[Sequence[str]] = ("downloads",)
    _repo = "datasets/cfahlgren1/hub-stats"
    _file = "models.parquet"

    def list_files(self, fetcher: Fetcher, endpoint: str, since: date, until: date) -> list[HistoryFile]:
        """One revision a day, with one before and one after the span where there is: neighbours to judge by."""
        latest: dict[date, tuple[datetime, str]] = {}
        for at, sha in self._list_commits(fetcher, endpoint, since):
            latest[at.date()] = max(latest.get(at.date(), (at, sha)), (at, sha))
        files = [
            HistoryFile(f"{day}", f"{endpoint}/{self._repo}/resolve/{sha}/{self._file}", day=day, at=at, is_fixed=True)
            for day, (at, sha) in sorted(latest.items())
        ]
        inside = [n for n, f in enumerate(files) if f.day and since <= f.day <= until]
        return files[max(0, inside[0] - 1) : inside[-1] + 2] if inside else []

    def _list_commits(self, fetcher: Fetcher, endpoint: str, since: date) -> list[tuple[datetime, str]]:
        """(instant, revision) of every upload, newest first, until a page lies well before `since`."""
        found: dict[str, datetime] = {}
        for page in range(_MAX_COMMIT_PAGES):
            url = f"{endpoint}/api/{self._repo}/commits/main?{urlencode({'limit': 1000, 'p': page})}"
            rows = _load(fetcher.get(url, name=f"commits:{page}").body, url)
            known = len(found)
            for row in rows if isinstance(rows, list) else [rows]:
                sha, at = _read_commit(row, url)
                if self._file in str(row.get("title", "")):
                    found.setdefault(sha, at)
            # A server may serve fewer rows than asked, so only an empty page or nothing new is the end.
            oldest = min(found.values(), default=None)
            if not rows or (oldest and oldest.date() < since - timedelta(days=60)) or (page and len(found) == known):
                break
        return [(at, sha) for sha, at in found.items()]


ROUTES: Mapping[str, Route] = {r.name: r for r in (ModelPulse(), HubStats())}


def _load(body: bytes, url: str) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise SourceError("hf_hub", f"{url} is no JSON ({error}): open it in a browser.") from error


def _read_days(meta: Any, key: str, url: str, *, required: bool = False) -> tuple[str, ...]:
    """A list of ISO days; empty where there is none and it may be absent. Raises SourceError on anything else."""
    days = meta.get(key, None if required else []) if isinstance(meta, dict) else None
    try:
        if isinstance(days, list):
            return tuple(date.fromisoformat(d).isoformat() for d in days)
    except (TypeError, ValueError):
        pass
    raise SourceError("hf_hub", f"{url} has no list of days under {key!r}: its publisher changed it; nothing was read.")


def _read_commit(row: Any, url: str) -> tuple[str, datetime]:
    try:
        sha, at = str(row["id"]), datetime.fromisoformat(row["date"]).astimezone(UTC)
        if sha.isalnum():
            return sha, at.replace(microsecond=0)
    except (KeyError, TypeError, ValueError):
        pass
    raise SourceError(
        "hf_hub", f"{url} lists something that is no commit ({str(row)[:80]!r}): its publisher changed it."
    )
