"""The timeline: dated events by kind, each with its source and its precision.

An event's precision is part of what is said of it. Events to come are told apart from those that happened; as of a
past date only what had happened by then is shown, since nobody knew the rest.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from urllib.parse import urlsplit

import pandas as pd

from dashboard.formats import format_date
from dashboard.parts import escape, quote_address
from dashboard.rows import Row

# Kind of data/events.csv -> what a reader sees.
KINDS = {
    "gpt-oss": "gpt-oss",
    "gpt-oss-availability": "gpt-oss, availability",
    "rival-open": "open rival",
    "rival-closed": "closed rival",
    "rival": "rival, access not known",
    "policy": "policy",
    "incident": "incident",
    "openness": "openness",
    "discourse": "reception",
    "market": "market",
    "price": "price",
}
PRECISIONS = {
    "day": "to the day",
    "approximate": "approximate",
    "listing_date": "day of a listing, which can differ by days",
    "commit_date": "day of a commit: by then at the latest",
}
# Releases of rivals are two thirds of the list: what is not one is shown first.
FIRST_KINDS = tuple(kind for kind in KINDS if not kind.startswith("rival"))
MOST_A_YEAR = 20
MEANINGS = {
    "happened_on": "Day of the event, as precise as the next column says",
    "precision": "How the day is known",
    "is_to_come": "Whether the day lay after the clock when this was made",
    "models": "Models or developers concerned, as the list has them",
    "source_url": "Where the event is reported",
}


def name_kind(kind: str) -> str:
    """A kind in words; one that is not known as it stands."""
    return KINDS.get(kind, kind)


def name_precision(precision: str) -> str:
    """How a day is known, in words; a word that is not ours as it stands."""
    return PRECISIONS.get(precision, precision)


def choose_events(events: Sequence[Row], kinds: Collection[str], today: date, is_past: bool) -> list[Row]:
    """Events of the kinds, and of any that is not ours, newest first; as of a past date (`is_past`) only what had
    happened."""
    wanted = [
        e
        for e in events
        if (e["kind"] in kinds or e["kind"] not in KINDS) and (not is_past or e["happened_on"] <= today)
    ]
    return sorted(wanted, key=lambda e: (e["happened_on"], e["title"]), reverse=True)


def head_events(chosen: Sequence[Row], total: int, today: date) -> str:
    """The heading: how many happened, and what comes next."""
    ahead = [e for e in chosen if e["happened_on"] > today]
    happened = len(chosen) - len(ahead)
    told = f"{happened} of {total} dated events" if len(chosen) < total else f"{happened} dated events"
    if not ahead:
        return told
    following = min(ahead, key=lambda e: e["happened_on"])
    return f"{told}; {len(ahead)} to come, the next on {format_date(following['happened_on'])}"


def group_years(chosen: Sequence[Row]) -> dict[int, list[Row]]:
    """The events by year, the newest first."""
    years: dict[int, list[Row]] = {}
    for event in chosen:
        years.setdefault(event["happened_on"].year, []).append(event)
    return years


def write_vague(chosen: Sequence[Row]) -> str:
    """How many days are not known to the day."""
    vague = [e for e in chosen if e["precision"] != "day"]
    if not vague:
        return "Every day is known to the day."
    kinds = sorted({name_precision(e["precision"]).partition(",")[0] for e in vague})
    return f"{len(vague)} of {len(chosen)} days are less certain ({'; '.join(kinds)}): each says so."


def write_line(event: Row, today: date) -> str:
    """One event as Markdown: day, title, kind, precision, and the address of its source."""
    ahead = " :orange[to come]" if event["happened_on"] > today else ""
    vague = "" if event["precision"] == "day" else f" · {escape(name_precision(event['precision']))}"
    title = escape(str(event["title"]).replace("[future]", "").strip())
    return (
        f"- **{format_date(event['happened_on'])}**{ahead} {title}  \n"
        f"  :small[:gray[{escape(name_kind(event['kind']))}{vague}]] {quote_address(event['source_url'])}"
    )


def tabulate(chosen: Sequence[Row], today: date) -> pd.DataFrame:
    """One row an event, newest first."""
    return pd.DataFrame(
        [
            {
                "happened_on": e["happened_on"],
                "precision": name_precision(e["precision"]),
                "title": e["title"],
                "kind": name_kind(e["kind"]),
                "is_to_come": e["happened_on"] > today,
                "models": e["models"],
                "source": urlsplit(e["source_url"]).hostname or "",
                "source_url": e["source_url"],
            }
            for e in chosen
        ]
    )
