"""Model Pulse and hub-stats on this machine: small datasets in their own shapes, with a few true figures.

gpt-oss-20b counted 6,507,411 downloads in 30 days on 2026-04-29 and 6,844,752 on 2026-04-30; everything else
is made up, by rule, so that a test can say what a repository counted on a day.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tests.range_server import RangedFile, serve_file
from tests.replay_server import Answer, ReplayServer

PULSE = "https://huggingface.co/datasets/modelpulse/model-pulse-data/resolve/main"
STATS = "https://huggingface.co/datasets/cfahlgren1/hub-stats/resolve"
COMMITS = "https://huggingface.co/api/datasets/cfahlgren1/hub-stats/commits/main"
CDN = "cas-bridge.xethub.hf.co"
SMALL, LARGE, OTHER = "openai/gpt-oss-20b", "openai/gpt-oss-120b", "Qwen/Qwen3-8B"
TRACKED = (SMALL, LARGE, OTHER)
TRUE = {(SMALL, "2026-04-29"): 6_507_411, (SMALL, "2026-04-30"): 6_844_752}
ROW_GROUP = 200_000
SCHEMA = pa.schema(
    [("id", pa.string()), ("day", pa.date32()), ("dl30", pa.int32()), ("dl_all", pa.int64()), ("likes", pa.int32())]
)


def count_downloads(repo_id: str, day: date) -> int:
    """What a tracked repository counts in the 30 days to a day."""
    made_up = 1_000_000 * (1 + TRACKED.index(repo_id)) + 1_000 * (day - date(2025, 1, 1)).days
    return TRUE.get((repo_id, day.isoformat()), made_up)


def list_days(month: str) -> list[date]:
    """Every day of a month."""
    first = date.fromisoformat(f"{month}-01")
    return [d for n in range(31) if (d := first + timedelta(days=n)).month == first.month]


@cache
def name_crowd(size: int) -> tuple[str, ...]:
    """Repositories nobody here wants, spread over the alphabet as owners are; sorted."""
    letters = "ABDHJMQSabcdefhkmprstuvz"
    return tuple(sorted(f"{letters[n % len(letters)]}{n:06d}/model-{n % 97}" for n in range(size)))


@cache
def make_month(month: str, crowd: int = 40_000, days: tuple[date, ...] = (), bump: int = 0) -> bytes:
    """A month of Model Pulse: every repository every day, by repository; `bump` is added to every count."""
    kept = list(days or list_days(month))
    ids = np.array(sorted([*name_crowd(crowd), *TRACKED], key=str.encode), dtype=object)
    rng = np.random.default_rng(int(month.replace("-", "")))
    dl30 = rng.integers(10, 90_000, (len(ids), len(kept)))
    for row in np.flatnonzero(np.isin(ids, TRACKED)):
        dl30[row] = [count_downloads(ids[row], d) + bump for d in kept]
    all_time = 3 * dl30 + 100 * np.arange(len(kept))
    table = pa.table(
        {
            "id": pa.array(np.repeat(ids, len(kept)), pa.string()),
            "day": pa.array(np.tile(np.array(kept, dtype="datetime64[D]"), len(ids)), pa.date32()),
            "dl30": pa.array(dl30.ravel().astype("int32")),
            "dl_all": pa.array([None] * dl30.size, pa.int64()) if month < "2025-03" else pa.array(all_time.ravel()),
            "likes": pa.array(np.repeat(rng.integers(0, 5_000, len(ids)), len(kept)).astype("int32")),
        }
    )
    return write_parquet(table.cast(SCHEMA), ROW_GROUP)


def write_parquet(table: pa.Table, row_group: int, *, statistics: bool = True) -> bytes:
    """A table's bytes in row groups of some rows, compressed as both publishers do."""
    out = io.BytesIO()
    pq.write_table(table, out, row_group_size=row_group, compression="zstd", write_statistics=statistics)
    return out.getvalue()


@cache
def make_revision(day: date, rows: int = 30_000, *, has_all_time: bool = True, row_group: int = 5_000) -> bytes:
    """A day of hub-stats: the whole Hub in no order, with a fat column that is not wanted."""
    rng = np.random.default_rng(day.toordinal())
    ids = [*name_crowd(rows - len(TRACKED)), *TRACKED]
    downloads = rng.integers(0, 90_000, len(ids))
    downloads[-len(TRACKED) :] = [count_downloads(t, day) for t in TRACKED]
    # The crowd is shuffled and the tracked ones lie together in one row group, as new uploads do.
    order = rng.permutation(len(ids) - len(TRACKED))
    order = np.concatenate([order[: rows // 2], np.arange(len(ids) - len(TRACKED), len(ids)), order[rows // 2 :]])
    columns = {
        "id": pa.array(ids, pa.string()),
        "tags": pa.array([rng.bytes(60).hex() for _ in ids], pa.string()),
        "downloads": pa.array(downloads.astype("float64")),
        "likes": pa.array(rng.integers(0, 900, len(ids))),
    }
    if has_all_time:
        columns["downloadsAllTime"] = pa.array(downloads * 3)
    return write_parquet(pa.table(columns).take(pa.array(order)), row_group)


@dataclass
class PulsePlay:
    """Model Pulse's dataset on a server, served from a CDN by redirect as the Hub does."""

    server: ReplayServer
    months: Mapping[str, bytes]
    skip_days: Sequence[str] = ()
    low_days: Sequence[str] = ()
    partial: Sequence[str] = ()
    files: dict[str, RangedFile] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.publish()
        for month, body in self.months.items():
            self.files[month] = serve_file(self.server, f"{PULSE}/series/{month}.parquet", body, cdn=CDN)

    def publish(self) -> None:
        """Serve meta.json as the fields are now."""
        meta = {
            "days": [f"{d}" for m in self.months for d in list_days(m)],
            "built": "2026-06-01T14:20:00+00:00",
            "models": 1_130_658,
            "families": 25_451,
            "skip_days": list(self.skip_days),
            "low_days": list(self.low_days),
            "partial": list(self.partial),
        }
        self.server.reply(f"{PULSE}/meta.json", Answer(json.dumps(meta).encode()))

    @property
    def bytes_served(self) -> int:
        """Bytes of all months that were sent."""
        return sum(f.bytes_served for f in self.files.values())


@dataclass
class StatsPlay:
    """hub-stats' revisions on a server: day -> body; commits in pages, other files' commits among them."""

    server: ReplayServer
    days: Mapping[date, bytes]
    files: dict[date, RangedFile] = field(default_factory=dict)

    def __post_init__(self) -> None:
        commits = []
        for n, (day, body) in enumerate(sorted(self.days.items(), reverse=True)):
            for kind, hour in (("datasets", 15), ("models", 13), ("models", 2)):
                sha = f"{n:04x}{hour:036x}"
                title = f"Upload {kind}.parquet with huggingface_hub"
                commits.append({"id": sha, "title": title, "date": f"{day}T{hour:02}:07:41.000Z"})
                if (kind, hour) == ("models", 13):
                    url = f"{STATS}/{sha}/models.parquet"
                    self.files[day] = serve_file(self.server, url, body, cdn=CDN)
        for page in range(len(commits) // 50 + 2):
            part = json.dumps(commits[50 * page : 50 * page + 50]).encode()
            self.server.reply(f"{COMMITS}?limit=1000&p={page}", Answer(part))
