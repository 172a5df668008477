"""How capable gpt-oss is beside other models: who counts, and who is ahead.

Pure rules over the frames of `queries.capability`, so that a test can recompute every number the
Capability page prints. It refuses to count anything in a partial edition, to call anyone ahead where an
edition publishes no intervals, and to let two configurations of a model pass for one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from dashboard.definitions import OPEN_RULES, RELEASED_ON, SMALLER, SUBJECT, OpenRule
from dashboard.formats import format_date
from dashboard.theme import Access

AHEAD, CLOSE, BEHIND = "clearly ahead", "too close to call", "clearly behind"
COMMIT = "commit_date"
SUBJECTS = {SUBJECT: "gpt-oss-120b", SMALLER: "gpt-oss-20b"}
DEFAULT_RULE = (
    "Both gpt-oss models where rated; then, on the open and on the proprietary side, the two highest values "
    "and the two highest in gpt-oss-120b's price class (median listed price at most twice its own). Where "
    "prices are missing, the models nearest to gpt-oss in value take their place."
)

OPEN_WORDS: dict[OpenRule, str] = {
    "commercial": "Commercial use",
    "any_weights": "Any weights",
    "osi_style": "OSI-style",
}
ACCESS_WORDS = {
    "commercial_weights": "open weights",
    "restricted_commercial_weights": "open weights, restricted use",
    "noncommercial_weights": "open weights, non-commercial",
    "proprietary": "proprietary",
    "unknown": "unknown",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """A board of a source; `of` is how a sentence names it. `lower`: the lower value is the better one."""

    source_id: str
    board: str
    title: str
    of: str
    publisher: str
    domain: str = ""
    unit: str = ""
    lower: bool = False
    rates_subject: bool = True

    @property
    def label(self) -> str:
        """As the picker and an address name it."""
        return f"{self.domain[:1].upper()}{self.domain[1:]} · {self.title}" if self.domain else self.title


MEASURES = {
    "epoch": Measure("epoch_eci", "eci", "Epoch index", "Epoch's index", "Epoch AI"),
    "arena": Measure("lmarena", "text", "Arena text", "Arena's text board", "LMArena"),
    "arena_style": Measure(
        "lmarena", "text_style_control", "Arena style control", "Arena's style-control board", "LMArena"
    ),
}


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of a board; `intervals` counts its rows that have one, `rated` all rows listed.

    `observed_kind` is how its date is known: commit_date is an upper bound."""

    day: date
    series_id: str
    published_on: date | None
    is_complete: bool
    rated: int
    rows: int
    expected_rows: int | None
    intervals: int
    observed_kind: str
    licence_id: str
    method: str = ""  # the method's version, where a day has editions of several

    @property
    def label(self) -> str:
        """As the control and sentences name it."""
        method = f", method {self.method}" if self.method else ""
        return format_date(self.day) + method + ("" if self.is_complete else " (partial)")

    @property
    def is_firm(self) -> bool:
        """Whether it is complete and its date is its own, so that a chart fills its dots."""
        return self.is_complete and self.observed_kind != COMMIT


@dataclass(frozen=True, slots=True)
class Standing:
    """How many entries of one complete edition are clearly ahead of the subject, by side.

    `open_out` and `closed_out` are those ahead that were released by the subject's own release;
    `undated` those ahead whose release date is not known; `other` those ahead that are neither open by
    the rule nor proprietary."""

    entries: str
    open_rated: int
    open_ahead: int
    open_out: int
    open_undated: int
    closed_rated: int
    closed_ahead: int
    closed_out: int
    closed_undated: int
    unknown_ahead: int
    other_ahead: int
    close: int


def name_side(access: str, rule: OpenRule) -> Access:
    """Open by the rule, proprietary, or neither (unknown, or weights the rule does not count)."""
    return "open" if access in OPEN_RULES[rule] else "closed" if access == "proprietary" else "neutral"


def is_hollow(access: str, rule: OpenRule) -> bool:
    """Whether weights are published but not open by the rule."""
    return access in OPEN_RULES["any_weights"] - OPEN_RULES[rule]


def list_measures(boards: pd.DataFrame) -> dict[str, Measure]:
    """Every board by a key of its own, those of `MEASURES` first, then by domain; those that rate a gpt-oss model
    before those that do not. `boards` is as `queries.read_boards` gives it."""
    found = dict(MEASURES)
    held = {(m.source_id, m.board) for m in MEASURES.values()}
    rest = boards.assign(silent=boards["own"] == 0).sort_values(["domain", "silent", "name"], kind="stable")
    for r in rest.to_dict("records"):
        if (r["source_id"], r["board"]) in held:
            continue
        name = r["name"].removesuffix(", as scored")
        title = f"{name} ({r['source'].partition(' ')[0]} hub)" if name != r["name"] else name
        found[f"{r['source_id']}/{r['board']}"] = Measure(
            r["source_id"],
            r["board"],
            title,
            title,
            r["publisher"],
            r["domain"],
            r["unit"],
            not r["higher_is_better"],
            r["own"] > 0,
        )
    return found


def label_entries(frame: pd.DataFrame, lower: bool = False) -> pd.DataFrame:
    """The frame with `entry` (one identity across editions: model and configuration, else the publisher's
    name), `label` (its name in words) and `merit` (the value, negative where `lower` is better). A name two entries
    share gets its id, and of an entry with several runs in one edition each keeps its own: labels are unique."""
    known = frame["model_id"].notna()
    config = frame["config"].where(known, "").fillna("")
    base = frame["model_id"].where(known, frame["name_raw"])
    out = frame.assign(entry=[f"{b} ({c})" if c else b for b, c in zip(base, config, strict=True)])
    out["merit"] = -frame["value"] if lower else frame["value"]
    out["label"] = [f"{n} ({c})" if c else n for n, c in zip(frame["name"], config, strict=True)]
    if "run" in frame:
        out = _tell_runs_apart(out)
    holders = out.groupby("label")["entry"].transform("nunique")
    out["label"] = out["label"].where(holders == 1, out["entry"])
    return out


def label_verdicts(verdicts: pd.DataFrame, ratings: pd.DataFrame) -> pd.DataFrame:
    """The verdicts with the entry, label and merit that their rows have among a board's ratings."""
    names = ratings[["payload_key", "row_no", "entry", "label", "merit"]]
    return verdicts.merge(names, on=["payload_key", "row_no"], how="inner")


def find_last_value(ratings: pd.DataFrame, editions: Sequence[Edition], subject: str) -> tuple[Edition, float] | None:
    """The newest complete edition that rates the subject, and its best value there; None where none does."""
    mine = ratings[ratings["model_id"] == subject]
    for edition in reversed([e for e in editions if e.is_complete]):
        rows = mine[(mine["edition"] == pd.Timestamp(edition.day)) & (mine["series_id"] == edition.series_id)]
        if len(rows):
            return edition, float(rows.sort_values("merit")["value"].iloc[-1])
    return None


def _tell_runs_apart(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with the run, else the publisher's name, behind an entry that stands twice in an edition."""
    for column in ("run", "name_raw"):
        again = frame.duplicated(["series_id", "edition", "published_on", "entry"], keep=False)
        mine = frame["entry"].isin(set(frame.loc[again, "entry"])) & (frame[column].fillna("") != "")
        if mine.any():
            told = " [" + frame[column].fillna("").str.strip() + "]"
            frame = frame.assign(
                entry=frame["entry"].where(~mine, frame["entry"] + told),
                label=frame["label"].where(~mine, frame["label"] + told),
            )
    return frame


def count_standing(verdicts: pd.DataFrame, rule: OpenRule, released_on: date = RELEASED_ON) -> Standing:
    """Counts over the verdicts of one complete edition with intervals: a row an entry but the subject."""
    sides = verdicts["access"].map(lambda access: name_side(access, rule))
    ahead = verdicts["verdict"] == AHEAD
    undated = verdicts["released_on"].isna()
    out = ~undated & (pd.to_datetime(verdicts["released_on"]) <= pd.Timestamp(released_on))
    is_open, closed, unknown = sides == "open", sides == "closed", verdicts["access"] == "unknown"
    identities = verdicts["model_id"].fillna(verdicts["name_raw"])
    return Standing(
        "models" if identities.is_unique else "entries",
        *_count(is_open, is_open & ahead, is_open & ahead & out, is_open & ahead & undated),
        *_count(closed, closed & ahead, closed & ahead & out, closed & ahead & undated),
        *_count(unknown & ahead, ~is_open & ~closed & ~unknown & ahead, verdicts["verdict"] == CLOSE),
    )


def list_editions(frame: pd.DataFrame) -> list[Edition]:
    """The editions of a frame of `queries.load_editions`, oldest first."""
    several = set(frame.loc[frame["edition"].duplicated(), "edition"])
    return [
        Edition(
            day=r["edition"].date(),
            series_id=r["series_id"],
            published_on=None if pd.isna(r["published_on"]) else r["published_on"].date(),
            is_complete=bool(r["is_complete"]),
            rated=int(r["rated"]),
            rows=int(r["rows"]),
            expected_rows=None if pd.isna(r["expected_rows"]) else int(r["expected_rows"]),
            intervals=int(r["intervals"]),
            observed_kind=str(r["observed_kind"]),
            licence_id=str(r["licence_id"]),
            method=r["series_id"].rpartition("/")[2] if r["edition"] in several else "",
        )
        for r in frame.to_dict("records")
    ]


def choose_edition(editions: Sequence[Edition]) -> Edition | None:
    """The newest complete edition, else the newest; None where there is none."""
    return next((e for e in reversed(editions) if e.is_complete), editions[-1] if editions else None)


def select_verdicts(verdicts: pd.DataFrame, edition: Edition) -> pd.DataFrame:
    """The verdicts of one edition; none in a partial one."""
    same = (verdicts["series_id"] == edition.series_id) & (verdicts["edition"] == pd.Timestamp(edition.day))
    return verdicts[same & edition.is_complete]


def choose_default(rated: pd.DataFrame, prices: Mapping[str, float], rule: OpenRule) -> list[str]:
    """The ten entries shown first, best value first (`rated` has entry, model_id, access, merit).

    Both gpt-oss where rated; per side (open by the rule, proprietary) the two highest values, then the two
    highest among those whose median listed price (`prices`, by model) is at most twice gpt-oss-120b's. Where
    fewer than two have such a price, the entries of that side nearest to gpt-oss in value fill up. The rule
    follows the data: no model but gpt-oss is named in it."""
    order = rated.sort_values(["merit", "entry"], ascending=[False, True])
    # A model in several configurations takes one place, with its best.
    order = order[~order["model_id"].fillna(order["entry"]).duplicated()]
    own = order[order["model_id"].isin(SUBJECTS)]
    chosen = list(own["entry"])[:2]
    level = own["merit"].max() if len(own) else order["merit"].median()
    limit = 2 * next((prices[s] for s in SUBJECTS if s in prices), 0.0)
    for side in ("open", "closed"):
        mine = order[order["access"].map(lambda access: name_side(access, rule)) == side]
        mine = mine[~mine["model_id"].isin(SUBJECTS)]
        picked = list(mine["entry"])[:2]
        price = pd.Series([prices.get(str(m), float("inf")) for m in mine["model_id"]], index=mine.index)
        for pool in (mine[price <= limit], mine.iloc[(mine["merit"] - level).abs().argsort(kind="stable")]):
            picked += [e for e in pool["entry"] if e not in picked][: 4 - len(picked)]
        chosen += picked
    return [e for e in order["entry"] if e in set(chosen)]


def find_ahead_since(verdicts: pd.DataFrame, edition: Edition) -> dict[str, date]:
    """Since which edition each entry has been clearly ahead, for those an edition calls so.

    `verdicts` has a row an entry and complete edition. It is the first edition of the unbroken run of
    verdicts up to this one; editions without a verdict on an entry neither start nor break its run."""
    since: dict[str, date] = {}
    judged = verdicts[verdicts["verdict"].notna() & (verdicts["edition"] <= pd.Timestamp(edition.day))]
    judged = judged.sort_values("edition", kind="stable")
    for entry, day, verdict in zip(judged["entry"], judged["edition"], judged["verdict"], strict=True):
        if verdict == AHEAD:
            since.setdefault(entry, day.date())
        else:
            since.pop(entry, None)
    now = select_verdicts(judged, edition)
    return {entry: since[entry] for entry in now.loc[now["verdict"] == AHEAD, "entry"]}


def list_silent(editions: Sequence[Edition], until: date) -> list[Edition]:
    """Complete editions up to a date without intervals, which so could say nothing on who is ahead."""
    return [e for e in editions if e.is_complete and not e.intervals and e.day <= until]


def choose_compared(rated: pd.DataFrame, chosen: Sequence[str], subject: str, nearest: int = 3) -> list[str]:
    """The entries compared with the subject: those chosen and the nearest above and below it, best first."""
    order = list(rated.sort_values(["merit", "entry"], ascending=[False, True])["entry"])
    if subject not in order:
        return [e for e in order if e in set(chosen)]
    at = order.index(subject)
    near = order[max(0, at - nearest) : at + nearest + 1]
    return [e for e in order if e in {*chosen, *near}]


def tabulate(rated: pd.DataFrame, verdicts: pd.DataFrame, since: Mapping[str, date]) -> pd.DataFrame:
    """One edition's entries as a table, best value first, with verdict and address; no row number is a rank.

    `rated` and `verdicts` have the edition's rows with entry; the subject itself has no verdict."""
    judged = verdicts[["payload_key", "row_no", "difference", "verdict"]]
    table = rated.merge(judged, on=["payload_key", "row_no"], how="left")
    table = table.sort_values(["merit", "entry"], ascending=[False, True])
    frame = pd.DataFrame(
        {
            "model": table["label"],
            "value": table["value"],
            "low": table["low"],
            "high": table["high"],
            "interval_pct": table["interval_pct"],
            "n": table["n"],
            "access": table["access"].map(ACCESS_WORDS),
            "released_on": table["released_on"].dt.date,
            "difference": table["difference"],
            "verdict": table["verdict"],
            "clearly_ahead_since": table["entry"].map(since),
            "configuration": table["config"].where(table["config"].fillna("") != "", table["config_raw"]),
            "name_at_source": table["name_raw"],
            "redistributable": table["redistributable"],
            "licence": table["licence_id"],
            "payload_key": table["payload_key"].astype(str),
            "row_no": table["row_no"],
        }
    )
    return frame.reset_index(drop=True)


def _count(*marks: pd.Series[bool]) -> list[int]:
    return [int(mark.sum()) for mark in marks]
