"""Change of downloads beside the peers' change over the same days.

Downloads of the whole Hub grow, and stand still and fall back together. A growth that every rival had too says nothing
of a model, so no change stands without its baseline.

Definition: between two readings of the 30-day count, downloads_change is the model's change as a share,
downloads_change_peers the median change of its peers over the same days, with their middle half as `low` and `high`
(none with fewer than four), and downloads_change_vs_peers the first less the second, with the model's change less the
bounds of the middle half as its own. Subject openai/gpt-oss is both sizes together, on days on which both were read.
since=first_full: the first reading at least 30 days after release near which a peer was read too; the last
is the newest reading. A peer is a tracked model without a role of its own, such as a safeguard, and neither size of
gpt-oss.

Formula: change = W(last) / W(first) - 1. A peer's W(d) is its reading nearest to d within 3 days, the earlier of two as
near, and it counts only where it had been out for 30 days at the first, as a rolling count grows by filling up
before. For both sizes together the first day is one on which a peer was read itself.

Inputs: hub_counts of the tracked models; their release day and role. These are the rules by which Overview and
Adoption print a change (a test holds the two together).

Limits: peers are those this product tracks, a choice of data/models.toml and as it stands today, whatever the date
asked for. The middle half is spread among peers, not an error of measurement. The first reading may lie on a peak or in
a hollow. Days of stalled or lowered counters are not left out.

Source: the dashboard's rule for changes; R. J. Hyndman and Y. Fan, "Sample Quantiles in Statistical Packages", The
American Statistician 50 (1996), type 7, for the middle half.

Versions: 1 (2026-11-24): first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median, quantiles

import duckdb

from ingest.measures import RELEASED_ON, SHARE_DIFFERENCE, SUBJECTS, MeasureRow, define
from ingest.stats.rolling import WINDOW_DAYS, find_near

METHOD_VERSION = "1"
SOURCES = ("hf_hub",)
FAMILY = "openai/gpt-oss"
FULL_ON = RELEASED_ON + timedelta(days=WINDOW_DAYS)
QUARTILE_PEERS = 4
NAMES = ("downloads_change", "downloads_change_peers", "downloads_change_vs_peers")
_UNITS = dict(zip(NAMES, ("share", "share", SHARE_DIFFERENCE), strict=True))

_COUNTS = """
    select c.repo_id, m.released_on, m.role, c.day, c.downloads_30d, c.payload_key
    from hub_counts c join main.models m on m.model_id = c.repo_id
    where m.tracked order by c.repo_id, c.day"""


@dataclass(frozen=True, slots=True)
class Series:
    """30-day counts by day, in order of day; `keys` are the payloads behind each."""

    released_on: date | None
    role: str | None = None
    days: list[date] = field(default_factory=list)
    counts: list[float] = field(default_factory=list)
    keys: list[tuple[int, ...]] = field(default_factory=list)

    def is_full(self, day: date) -> bool:
        """Whether it had been out for 30 days; not where its release is unknown."""
        return self.released_on is not None and (day - self.released_on).days >= WINDOW_DAYS

    def measure(self, since: date, until: date) -> tuple[float, tuple[int, ...]] | None:
        """The change between two days and what tells it; None where it was not read near both, or not full."""
        start, end = find_near(self.days, since), find_near(self.days, until)
        if not self.is_full(since) or start is None or end is None or not self.counts[start]:
            return None
        return self.counts[end] / self.counts[start] - 1, self.keys[start] + self.keys[end]


def compute(con: duckdb.DuckDBPyConnection, as_of: datetime) -> Iterator[MeasureRow]:
    """Own change, the peers' and the difference, of both sizes together and of each, under the cursor's as-of."""
    series = _read(con)
    peers = {repo_id: one for repo_id, one in series.items() if one.role is None and repo_id not in SUBJECTS}
    both = _join([series[repo_id] for repo_id in SUBJECTS if repo_id in series])
    read_on = {day for one in peers.values() for day in one.days if one.is_full(day)}
    since = next((day for day in both.days if day >= FULL_ON and day in read_on), None)
    yield from _compare(FAMILY, both, peers, since)
    for subject in SUBJECTS:
        own = series.get(subject, Series(RELEASED_ON))
        full = [day for day in own.days[:-1] if own.is_full(day)]
        since = next((day for day in full if _list_changes(peers, day, own.days[-1])), full[0] if full else None)
        yield from _compare(subject, own, peers, since)


def _read(con: duckdb.DuckDBPyConnection) -> dict[str, Series]:
    found: dict[str, Series] = {}
    for repo_id, released_on, role, day, count, key in con.execute(_COUNTS).fetchall():
        one = found.setdefault(repo_id, Series(released_on, role))
        one.days.append(day)
        one.counts.append(float(count))
        one.keys.append((key,))
    return found


def _join(sizes: Sequence[Series]) -> Series:
    """Both sizes together, on the days on which both were read."""
    joined = Series(RELEASED_ON)
    if len(sizes) < len(SUBJECTS):
        return joined
    at = [{day: n for n, day in enumerate(one.days)} for one in sizes]
    for day in sorted(set(at[0]).intersection(*at[1:])):
        joined.days.append(day)
        joined.counts.append(sum(one.counts[place[day]] for one, place in zip(sizes, at, strict=True)))
        joined.keys.append(tuple(key for one, place in zip(sizes, at, strict=True) for key in one.keys[place[day]]))
    return joined


def _list_changes(peers: Mapping[str, Series], since: date, until: date) -> dict[str, tuple[float, tuple[int, ...]]]:
    found = {repo_id: one.measure(since, until) for repo_id, one in peers.items()}
    return {repo_id: change for repo_id, change in found.items() if change is not None}


def _compare(subject: str, own: Series, peers: Mapping[str, Series], since: date | None) -> Iterator[MeasureRow]:
    definition = define(since="first_full")
    until = own.days[-1] if own.days else None
    change = own.measure(since, until) if since and until and since < until else None
    if since is None or until is None or change is None:
        reason = _find_reason(own, subject)
        for name in NAMES:
            yield MeasureRow(name, definition, subject, _UNITS[name], until, reason_absent=reason)
        return
    value, keys = change
    span = f"From {since} to {until}"
    yield MeasureRow(NAMES[0], definition, subject, "share", until, value, told_by=f"{span}.", inputs=_sort(keys))
    changes = _list_changes(peers, since, until)
    if not changes:
        reason = f"No peer was read near both {since} and {until}."
        for name in NAMES[1:]:
            yield MeasureRow(name, definition, subject, _UNITS[name], until, reason_absent=reason, told_by=f"{span}.")
        return
    amounts = [amount for amount, _ in changes.values()]
    middle, low, high = median(amounts), None, None
    if len(amounts) >= QUARTILE_PEERS:
        low, _, high = quantiles(amounts, n=4, method="inclusive")
    told_by = f"{span}; {len(amounts)} peers: {', '.join(repo_id.partition('/')[2] for repo_id in changes)}."
    inputs = _sort(key for _, told in changes.values() for key in told)
    yield MeasureRow(NAMES[1], definition, subject, "share", until, middle, low, high, None, told_by, inputs)
    yield MeasureRow(
        NAMES[2],
        definition,
        subject,
        SHARE_DIFFERENCE,
        until,
        value - middle,
        None if high is None else value - high,
        None if low is None else value - low,
        told_by=told_by,
        inputs=_sort((*keys, *inputs)),
    )


def _find_reason(own: Series, subject: str) -> str:
    full = [day for day in own.days if day >= FULL_ON]
    if len(full) >= 2:
        return f"No peer was read on any of the {len(full)} days read from {FULL_ON} on."
    what = "one reading of both sizes" if subject == FAMILY else "one reading"
    told = f"there was {what}" if full else "there was none"
    return f"A change needs two readings from {FULL_ON} on, when the 30-day count was full; {told}."


def _sort(keys: Iterator[int] | Sequence[int]) -> tuple[int, ...]:
    return tuple(sorted(set(keys)))
