"""The board of claims in words: verdicts, numbers, what would turn them.

Pure functions over rows of the board, so that a test can read what a page says. The verdicts themselves are computed
at publish; nothing here weighs, rounds before comparing, or softens one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from dashboard.formats import (
    format_count,
    format_date,
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
# The same as a line begins with it, in colour: the word always stands there too.
_LEADS = {"for": ":green[For]", "against": ":red[Against]", "neither": "Neither way", "absent": ":gray[No number]"}
WATERSHED = "watershed"
RULE = (
    "Each claim has written tests, each a number of the measures with a threshold for and one against; a number speaks "
    "only when its whole interval is beyond one. Supported: some speak for it, none against; contradicted: the other "
    "way round; mixed: both. Cannot tell yet: fewer than half of the tests have a number, or none speaks."
)
KEPT = "kept on this machine: its licence does not let it be passed on"

# How a reader calls an option of a definition, or the measure in its place; any other is named as it is written.
_OPTIONS = {
    "open=any_weights": "any weights",
    "open=commercial": "commercial use allowed",
    "open=osi_style": "OSI-style licence",
    "index=epoch_eci": "Epoch's index",
    "index=arena_text": "Arena's text board",
    "edition=with_intervals": "edition with intervals",
    "released=until_2025-08-05": "released by 5 Aug 2025",
    "routers=in": "routers in",
    "routers=out": "routers out",
    "cohort=tracked": "tracked models",
    "cohort=text_generation": "every text model recorded",
    "cohort=all": "everything recorded",
    "of=downloads": "downloads",
    "of=tokens": "routed tokens",
    "price_median": "median price",
}
# What follows a number in its unit's own form; a unit without a form follows as it is named.
_AFTER = {"share_difference": " percentage points", "points": " points", "months": " months"}
_FORMATS: Mapping[str, Callable[[float], str]] = {
    "share": format_percent,
    # As the measures name one share less another.
    "share_difference": lambda value: format_signed(value * 100),
    "usd_per_mtok": format_usd,
    "points": format_points,
    "index": format_points,
    "months": format_points,
    "p_value": lambda value: f"p = {format_points(value, 2)}",
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
    low, high = (None if test[end] is None else form(test[end]) for end in ("low", "high"))
    if low and high and test["low"] != test["high"]:
        text += f" ({low} to {high})"
    elif bool(low) != bool(high):
        text += f" (at least {low})" if low else f" (at most {high})"
    unit = test["unit"].removesuffix("s") if text == "1" else test["unit"]
    return text + _AFTER.get(test["unit"], "" if test["unit"] in _FORMATS else f" {unit}".rstrip())


def write_test(test: Row, *, exported: bool = False) -> str:
    """A test as one sentence: what it says, its number, which way it speaks."""
    if exported and test["is_local"] and test["value"] is not None:
        return f"{test['says']}: {KEPT}"
    if test["value"] is None:
        return f"{test['says']}: no number. {test['reason_absent']}"
    return f"{test['says']}: {write_number(test)}, {SPEAKS[test['speaks']]}"


def write_line(test: Row, escape: Callable[[str], str]) -> str:
    """A test as a line of Markdown that begins with the way it speaks; `escape` makes data harmless."""
    day = f" :gray[({write_day(test)})]" if test["value"] is not None and test["day"] else ""
    return f"{_LEADS[test['speaks']]}: {escape(test['says'])}. {escape(write_number(test))}{day}"


def write_holds(rows: Sequence[Row]) -> str:
    """Whether a headline holds under its other definitions; empty where it has none or no answer itself."""
    others = [r for r in rows if not r["is_default"]]
    told = [r for r in others if r["holds"] is not None]
    if not told:
        return ""
    differing = [r for r in told if not r["holds"]]
    number = "its other definition" if len(told) == 1 else f"all {len(told)} other definitions"
    holds = "Holds" if rows[0]["speaks"] == "for" else "The same"
    if not differing:
        words = f"{holds} under {number}"
    else:
        first = next(r for r in rows if r["is_default"])
        names = "; ".join(f"{_name_definition(r, first)} ({write_number(r)})" for r in differing[:3])
        more = f" and {len(differing) - 3} more" if len(differing) > 3 else ""
        words = f"{holds} under {len(told) - len(differing)} of {len(told)} other definitions, not under {names}{more}"
    absent = len(others) - len(told)
    return words + (f"; {absent} {'has' if absent == 1 else 'have'} no answer yet." if absent else ".")


def _name_definition(row: Row, first: Row) -> str:
    """What of a definition differs from the default's, in words."""
    usual = {first["definition_id"], *first["definition_id"].split(";")}
    parts = [part for part in row["definition_id"].split(";") if part not in usual]
    if row["subject"] != first["subject"]:
        parts.append(row["subject"].rpartition("/")[2])
    if row["measure_id"] != first["measure_id"]:
        parts.append(row["measure_id"])
    return f"“{', '.join(_OPTIONS.get(part) or part.replace('=', ' ').replace('_', ' ') for part in parts)}”"


def write_asked(rows: Sequence[Row]) -> str:
    """What a headline asks, with its number under the default definition, as far as the number says so."""
    first = rows[0]
    match first["speaks"]:
        case "for":
            lead = "Measured"
        case "against":
            lead = "Measured, and not so"
        case _:
            lead = "Not settled"
    day = f", {write_day(first)}" if first["day"] else ""
    return f"{lead}: {first['says']} ({write_number(first)}{day})."


def write_day(test: Row) -> str:
    """The day a number speaks of."""
    return format_date(test["day"]) if test["day"] else ""
