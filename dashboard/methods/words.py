"""What the Methods page says itself: its finding, and what is not here.

Every count is computed; the page escapes what comes from data. It refuses to fill a gap: a part that a measure does
not say is called so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dashboard.definitions import SUBJECT
from dashboard.formats import format_points
from dashboard.rows import Row

HEADLINE_RULE = (
    "Computed: the modules that work numbers out at every refresh, and whether each says why it exists, its "
    "definition, formula, inputs, limits, source and versions. The words are read from the modules themselves."
)
DEFINITIONS_LEAD = (
    "One number has many definitions, and under another it is another number. Each number is stored with the options "
    "it was made under; these are what they mean."
)
DEFINITIONS_RULE = (
    "From data/definitions.toml. A test holds that no number is stored under an option that has no words there."
)
# The five that decide most, first.
FIRST_DIMENSIONS = ("cohort", "window", "region", "open", "config")
FIGURES_RULE = (
    "Computed: every definition under which the measure was worked out, at the newest instant measured by the date of "
    "this page, each with its newest day. A definition without an answer says what is missing."
)
BENCHMARKS_RULE = (
    "The registry of benchmarks: how each is scored, and whose terms its results are under. Private: its questions "
    "are not published, so no model can have learnt them."
)
NOT_HERE_RULE = "A source is left out when its terms forbid a comparison like this one, or give no leave."
NOT_HERE: Mapping[str, str] = {
    "Artificial Analysis": (
        "its Data Platform Terms (v1.1, sections 2.4 and 2.5) forbid use in a product that ranks, compares or helps to "
        "select models, which this is; nothing of it is read, not even where another source repeats it."
    ),
    "ARC Prize": "its terms forbid collecting its results in a database, so ARC-AGI stands on no page.",
    "MathArena": "its licence forbids commercial use.",
}
MISSING = "Not written down."


def write_finding(methods: Sequence[Row]) -> str:
    """The headline. `methods` has one row a measure and part."""
    known = {row["measure"] for row in methods}
    lacking = {row["measure"] for row in methods if not row["text"]}
    count = f"{len(known)} method{'' if len(known) == 1 else 's'} behind the numbers here"
    if not lacking:
        return f"{count}, each with its rule, its limits and its source"
    return f"{count}; {len(lacking)} lack{'s' if len(lacking) == 1 else ''} a part of the description"


def write_spread(figures: Sequence[Row]) -> str:
    """How far the definitions are apart for the subject: whether a number holds under the others.

    `figures` is `queries.methods.read_figures`; gpt-oss-120b speaks where it is among them, else the first subject."""
    subject = SUBJECT if any(row["subject"] == SUBJECT for row in figures) else figures[0]["subject"]
    mine = [row for row in figures if row["subject"] == subject]
    values = sorted(row["value"] for row in mine if row["value"] is not None)
    name = mine[0]["name"]
    of = f"{len(mine)} definition{'' if len(mine) == 1 else 's'}"
    if not values:
        return f"{name}: none of {of} has an answer; each says why." if len(mine) > 1 else f"{name}: no answer."
    silent = len(mine) - len(values)
    rest = f"; {silent} of {of} {'has' if silent == 1 else 'have'} no answer" if silent else ""
    unit = word_unit(mine[0]["unit"])
    low, high = (_format(value) for value in (values[0], values[-1]))
    if low == high:
        under = "under one definition" if len(values) == 1 else f"the same under {len(values)} definitions"
        return f"{name}: {low} {unit}, {under}{rest}."
    return f"{name}: {low} to {high} {unit} under {len(values)} definitions{rest}."


def word_unit(unit: str) -> str:
    """A unit as a reader says it."""
    return {
        "usd_per_mtok": "US dollars per million tokens",
        "share": "as a share of 1",
        "p_value": "(p)",
        "share_difference": "as a difference of shares of 1",
    }.get(unit, unit)


def _format(value: float) -> str:
    return format_points(value, 0 if float(value).is_integer() else 2 if abs(value) >= 1 else 4)
