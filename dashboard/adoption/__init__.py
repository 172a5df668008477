"""Is gpt-oss used, more than its rivals? Who is shown, and the finding.

Pure rules over the rows of `queries.adoption`, so that a test can recompute every word the Adoption page
prints. They refuse to compare counts that were still filling up, to speak of "now" from data more than 180
days old, and to call a difference anything but what the middle half of the peers makes it.

Finding: 30-day downloads of 20b and 120b read on one day, since the first such day on which a peer was read
too, beside the peers' median change. Above the peers' middle half: did better than most peers. Below it: did
worse. Else: stayed in the middle half. With fewer than four peers there is none, and the median alone speaks:
within 10 points of it is close to it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from dashboard.capability import SUBJECTS
from dashboard.change import Track, count_age, is_level, is_stale, word_share
from dashboard.charts import CONNECT_GAP_DAYS
from dashboard.definitions import RELEASED_ON, SMALLER, SUBJECT
from dashboard.formats import format_count, format_date
from dashboard.peers import PEER_DAYS, WINDOW_DAYS, Baseline, Readings, choose_peers
from dashboard.rows import Row

SHOWN = 8
LOG_SPREAD = 10.0
DEFAULT_RULE = (
    "Both gpt-oss models; then those of the ten models shown first on other pages that have downloads on record; "
    f"then the most downloaded, up to {SHOWN}. gpt-oss stays in whatever you choose. On offer: the models tracked "
    "on the Hub."
)
FINDING_RULE = (
    "Computed: 30-day downloads of gpt-oss-20b and 120b together, since the first day on which both and a peer "
    "were read, against the middle half of the changes of its peers: the other tracked models, out for 30 days "
    "and read within three days of both ends. Safeguard models count on neither side."
)
TABLE_RULE = (
    "A row a tracked model: its newest reading, and its change since the first day with a full 30-day count on which a "
    "peer was read too. Columns nothing was recorded for are left out."
)
LIKES_RULE = "Likes as the Hub counted them at each reading: a total so far, which readers can take back."
DERIVED_RULE = (
    "Repositories that name a gpt-oss model as their base, by the relation their uploader states. Each is counted "
    "for one base; one that was removed since stays counted."
)
CLOCKS = ("Calendar date", "Days since release")
REFRESH = "`landscape refresh hf_hub`"
BACKFILL = "`landscape backfill hf_hub --since 2025-08-01`"
FLAG_WORDS: Mapping[str, str] = {
    "before_refresh": "read before that day's refresh, so the day before's count",
    "stalled": "the Hub's counter had stalled",
    "rollback": "the Hub's counter had fallen back",
    "gap": "after a gap",
    "partial": "from a partial list",
    "outlier": "an outlier",
    "low_day": "a low day, by its recorder",
    "skip_day": "a day its recorder says to skip",
}


@dataclass(frozen=True, slots=True)
class Place:
    """How many other tracked models were read near a day, and how many of them had more downloads than each size."""

    read: int
    above_small: int
    above_large: int


def choose_models(newest: Sequence[Row], first_ten: Sequence[str]) -> list[str]:
    """The models shown first, by `DEFAULT_RULE`; `newest` is most downloaded first."""
    offered = [row["model_id"] for row in newest if row["role"] is None]
    order = [m for m in (*SUBJECTS, *first_ten, *offered) if m in set(offered)]
    return list(dict.fromkeys(order))[:SHOWN]


def keep_subjects(chosen: Sequence[str], offered: Collection[str]) -> list[str]:
    """The chosen models with both gpt-oss first, as far as they were ever read."""
    return list(dict.fromkeys([*(m for m in SUBJECTS if m in offered), *chosen]))


def find_place(readings: Mapping[str, Readings], downloads: Sequence[Row]) -> Place | None:
    """The place of both sizes on the last day both were read; None where no other model was read near it."""
    if not downloads:
        return None
    last = downloads[-1]
    near = [one.find_near(last["day"]) for one in choose_peers(readings).values()]
    counts = [found[1] for found in near if found]
    above = (sum(count > last[size] for count in counts) for size in ("small", "large"))
    return Place(len(counts), *above) if counts else None


def judge(baseline: Baseline) -> tuple[str, str]:
    """Where gpt-oss's own change lies among its peers', as a verb and the rest: "stayed", "in the middle half"."""
    if baseline.low is not None and baseline.high is not None:
        if baseline.low <= baseline.own_change <= baseline.high:
            return "stayed", "in the middle half of its peers"
        return "done", f"{'better' if baseline.own_change > baseline.high else 'worse'} than most peers"
    distance = baseline.own_change - baseline.median_change
    few = f"the median of its {baseline.peers} peers" if baseline.peers > 1 else "its only peer"
    if is_level(distance):
        return "stayed", f"close to {few}"
    return "done", f"{'better' if distance > 0 else 'worse'} than {few}"


def write_finding(downloads: Sequence[Row], track: Track, baseline: Baseline | None, instant: datetime) -> str:
    """The headline. `downloads` has every day both sizes were read, `track` those with a full 30-day count."""
    if instant.date() < RELEASED_ON:
        return f"gpt-oss was released on {format_date(RELEASED_ON)}, after this date"
    if not downloads:
        return "No day with a download count of both gpt-oss models had been recorded"
    if not track.points:
        return "gpt-oss had not been out for 30 days: its 30-day count was still filling up"
    day, count = track.last
    stale = is_stale(day, instant)
    lead = f"At the last count, {count_age(day, instant)} days old, " if stale else ""
    if baseline:
        verb, rest = judge(baseline)
        did = f"had {verb}" if stale else {"done": "did"}.get(verb, verb)
        since = "" if stale else f" since {format_date(baseline.since)}"
        numbers = f"{word_share(baseline.own_change)}{since}, median peer {word_share(baseline.median_change)}"
        return f"{lead}gpt-oss {did} {rest}: downloads {numbers}"
    had = f"{lead}gpt-oss had {format_count(count)} downloads in 30 days"
    if not stale:
        had += f" on {format_date(day)}"
    if len(track.points) == 1:
        return f"{had}; one reading, so no change to report"
    return f"{had}, {word_share(track.change)} since {format_date(track.first[0])}; no peer was read to compare with"


def list_details(track: Track, baseline: Baseline | None, place: Place | None) -> list[str]:
    """The numbers behind the finding, a sentence each: count and day, peers, and who has more downloads. None where
    they say no more than the finding."""
    if not track.points or (len(track.points) == 1 and not place):
        return []
    day, count = track.last
    since = ""
    if len(track.points) > 1:
        first_day, first = track.first
        since = f", {word_share(track.change)} since the first full count on {format_date(first_day)}"
        since += f" ({format_count(first)})"
    said = [f"gpt-oss-20b and 120b: {format_count(count)} downloads in 30 days on {format_date(day)}{since}."]
    if baseline:
        band = ""
        if baseline.low is not None and baseline.high is not None:
            band = f", their middle half {word_share(baseline.low)} to {word_share(baseline.high)}"
        said.append(
            f"Since {format_date(baseline.since)}, the first such day on which a peer was read: "
            f"{word_share(baseline.own_change)}; median of {baseline.peers} peers "
            f"{word_share(baseline.median_change)}{band}."
        )
    if place:
        said.append(
            f"Of {place.read} other tracked models read within {PEER_DAYS} days of {format_date(day)}, "
            f"{place.above_small or 'none'} had more downloads than gpt-oss-20b and {place.above_large or 'none'} "
            "more than gpt-oss-120b."
        )
    return said


def find_gaps(days: Sequence[date]) -> list[tuple[date, date]]:
    """Neighbouring days read that no line joins: more than 45 days apart. `days` are in order."""
    return [(before, after) for before, after in pairwise(days) if breaks(before, after)]


def breaks(before: date, after: date) -> bool:
    """Whether two readings are too far apart to be joined, on either clock."""
    return (after - before).days > CONNECT_GAP_DAYS


def write_missing(track: Track, instant: datetime) -> str:
    """What is missing of gpt-oss's own count: its newest is old, or days between were not read; else empty."""
    if not track.points:
        return ""
    parts = []
    day = track.last[0]
    if is_stale(day, instant):
        parts.append(f"The newest count of gpt-oss is {count_age(day, instant)} days old.")
    if gaps := find_gaps([day for day, _ in track.points]):
        before, after = max(gaps, key=lambda gap: gap[1] - gap[0])
        parts.append(
            f"Both sizes were not read between {format_date(before)} and {format_date(after)}: no line joins them."
        )
    return " ".join(parts)


def write_remedy(track: Track, instant: datetime) -> str:
    """The commands that fill what is missing, as Markdown."""
    reads_now = f"{REFRESH} reads today's count; " if is_stale(track.last[0], instant) else ""
    return f"{reads_now}{BACKFILL} fills the days since release."


def count_days_out(released_on: date | None, day: date) -> int | None:
    """Days since release on a day; None before it or where the release is unknown."""
    return None if released_on is None or day < released_on else (day - released_on).days


def is_filling(row: Row) -> bool:
    """Whether a reading is of a model's first 30 days, when a rolling count grows by filling up."""
    out = count_days_out(row["released_on"], row["day"])
    return out is not None and out < WINDOW_DAYS


def needs_log(counts: Sequence[Row], column: str) -> bool:
    """Whether an axis must be logarithmic to show the smallest: the largest is more than ten times as much.

    A count that is still filling up, in a model's first 30 days, has no say: it starts at nothing."""
    return is_wide([row[column] for row in counts if row[column] and not is_filling(row)])


def is_wide(values: Sequence[float]) -> bool:
    """Whether the largest is more than ten times the smallest, so that a linear axis would flatten small ones."""
    return bool(values) and max(values) > LOG_SPREAD * min(values)


def word_flags(flags: str) -> str:
    """Why a reading is flagged, in words; empty where it is not."""
    names = [name for name in flags.split(", ") if name]
    return "; ".join(FLAG_WORDS.get(name, name.replace("_", " ")) for name in names)


def name_reader(origin: str) -> str:
    """Who took a reading, as a reader sees it."""
    return "this machine" if origin == "live" else origin


def name_models(newest: Sequence[Row], labels: Mapping[str, str]) -> dict[str, str]:
    """Model id -> unique label of every model that was ever read: gpt-oss first, then by downloads."""
    rows = sorted(newest, key=lambda row: row["model_id"] not in (SUBJECT, SMALLER))
    return {row["model_id"]: labels.get(row["model_id"], row["model_id"]) for row in rows}
