"""Two links to what is on screen: one follows new data, one stays as it is.

The first carries what the reader chose and leaves the rest to the page, so that it shows the newest edition
next month; the second names every control's value and the instant up to which things were known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from dashboard.as_of import AS_OF_KEY, LATEST
from dashboard.view import name_as_of


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses of this view; `frozen` is empty where nothing is known yet that it could be frozen at."""

    following: str
    frozen: str


def write_links(
    place: str,
    chosen: Mapping[str, Sequence[str]],
    everything: Mapping[str, Sequence[str]],
    instant: datetime | None,
) -> Links:
    """`place` is the page's address without a query; `instant` (UTC) is what the frozen link is frozen at."""
    following = {key: values for key, values in chosen.items() if key != AS_OF_KEY}
    frozen = {key: values for key, values in everything.items() if key != AS_OF_KEY}
    if instant is not None:
        frozen[AS_OF_KEY] = [name_as_of(instant)]
    return Links(_join(place, following), _join(place, frozen) if instant else "")


def _join(place: str, choices: Mapping[str, Sequence[str]]) -> str:
    pairs = [(key, value) for key in sorted(choices) for value in choices[key] if (key, value) != (AS_OF_KEY, LATEST)]
    return place + (f"?{urlencode(pairs, safe=':')}" if pairs else "")
