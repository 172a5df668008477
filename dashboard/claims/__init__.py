"""The board of claims in words: verdicts, numbers with their intervals, what would turn them.

Pure functions over rows of the board, so that a test can read what a page says. The verdicts themselves are computed
at publish; nothing here weighs, rounds before comparing, or softens one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from dashboard.formats import (
    format_count,
    format_date,
    format_interval,
    format_percent,
    format_points,
    format_signed,
    format_usd,
)
from dashboard.rows import Row

VERDICTS = ("supported", "contradicted", "mixed", "cannot tell yet")
# Colour and sign of each verdict: the word always stands beside them.
BADGES: Mapping[str, tuple[str, str]] = {
    "supported": ("green", ":material/check_circle:"),
    "contradicted": ("red", ":material/cancel:"),
    "mixed": ("orange", ":material/balance:"),
    "cannot tell yet": ("gray", ":material/help:"),
}
SPEAKS = {"for": "for", "against": "against", "neither": "neither way", "absent": "no number"}
WATERSHED = "watershed"
RULE = (
    "Each claim has written tests, each a number of the measures with a threshold for and one against; a number speaks "
    "only when its whole interval is beyond one. Supported: some speak for it, none against; contradicted: the other "
    "way round; mixed: both. Cannot tell yet: fewer than half of the tests have a number, or none speaks."
)
KEPT = "kept on this machine: its licence does not let it be passed on"

_FORMATS: Mapping[str, Callable[[float], str]] = {
    "share": format_percent,
    "usd_per_mtok": format_usd,
    "points": format_signed,
    "index": format_points,
    "months": format_points,
    "p_value": lambda value: format_points(value, 3),
    "ratio": lambda value: f"{format_points(value, 2)} times",
}


def write_finding(claims: Sequence[Row]) -> str:
    """The board in a sentence: the verdict on the watershed."""
    verdict = next((c["verdict"] for c in claims if c["claim_id"] == WATERSHED), None)
    match verdict:
        case "supported":
            return "gpt-oss was a watershed, as far as the measures can tell"
        case "contradicted":
            return "gpt-oss was no watershed, as far as the measures can tell"
        case "mixed":
            return "A watershed? The measures speak both ways"
        case _:
            return "A watershed? It cannot be told yet"


def write_tally(claims: Sequence[Row]) -> str:
    """How many claims have which verdict."""
    counts = Counter(c["verdict"] for c in claims)
    parts = [f"{counts[v]} {v}" for v in VERDICTS if counts[v]]
    return f"Of {len(claims)} claims made of it: {', '.join(parts)}." if parts else ""


def write_number(test: Row) -> str:
    """A test's number with its interval; what is absent says why."""
    if test["value"] is None:
        return str(test["reason_absent"])
    form = _FORMATS.get(test["unit"], format_count)
    text = form(test["value"])
    if test["unit"] not in _FORMATS and test["unit"]:
        text += f" {test['unit']}"
    if test["low"] is not None and test["high"] is not None and test["low"] != test["high"]:
        text += f" ({_write_interval(test, form)})"
    return text


def write_test(test: Row, *, exported: bool = False) -> str:
    """A test as one sentence: what it says, its number, which way it speaks."""
    if exported and test["is_local"] and test["value"] is not None:
        return f"{test['says']}: {KEPT}"
    return (
        f"{test['says']}: {write_number(test)}, {SPEAKS[test['speaks']]}"
        if test["value"] is not None
        else (f"{test['says']}: no number. {test['reason_absent']}")
    )


def write_holds(rows: Sequence[Row]) -> str:
    """Whether a headline holds under its other definitions; empty where it has none or no answer itself."""
    others = [r for r in rows if not r["is_default"]]
    told = [r for r in others if r["holds"] is not None]
    if not told:
        return ""
    differing = [r for r in told if not r["holds"]]
    number = "its other definition" if len(told) == 1 else f"all {len(told)} other definitions"
    if not differing:
        words = f"Holds under {number}"
    else:
        names = "; ".join(f"{r['definition_id'].replace(';', ', ')}: {SPEAKS[r['speaks']]}" for r in differing[:3])
        more = f" and {len(differing) - 3} more" if len(differing) > 3 else ""
        words = f"Holds under {len(told) - len(differing)} of {len(told)} other definitions, not under {names}{more}"
    absent = len(others) - len(told)
    return words + (f"; {absent} {'has' if absent == 1 else 'have'} no answer yet." if absent else ".")


def write_day(test: Row) -> str:
    """The day a number speaks of."""
    return format_date(test["day"]) if test["day"] else ""


def _write_interval(test: Row, form: Callable[[float], str]) -> str:
    if form is format_points:
        return format_interval(test["low"], test["high"])
    return f"{form(test['low'])} to {form(test['high'])}"
