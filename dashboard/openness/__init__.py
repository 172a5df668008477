"""How open gpt-oss is, beside whom, and what developers disclose: the rules.

Pure functions over rows, so that a test can recompute every figure. They refuse to compare two sets of dimensions,
two editions of the transparency index, or a place on a board of which one system alone is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dashboard.rows import Row

INDEX, TRANSPARENCY, INCIDENTS = "osai_index", "fmti", "aiid"
DEVELOPER = "OpenAI"
ALL_INCIDENTS, BY_OPENAI, NAMING_GPT_OSS = "all incidents", "OpenAI as developer", "mentions gpt-oss"
# Besides the tracked models: so many of the most open systems that work on text.
TOP_SHOWN, MOST_SHOWN = 3, 12
# In the index's own order: what is available, what is documented, how it may be used.
DIMENSIONS = {
    "datasources_basemodel": "Base model's data",
    "datasources_endmodel": "Tuned model's data",
    "weights_basemodel": "Base model's weights",
    "weights_endmodel": "Tuned model's weights",
    "trainingcode": "Training code",
    "code": "Code documentation",
    "hardware_architecture": "Architecture",
    "preprint": "Preprint",
    "paper": "Reviewed paper",
    "modelcard": "Model card",
    "datasheet": "Data sheet",
    "package": "Package",
    "api": "Open API",
    "licenses": "Licences",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """gpt-oss among some systems of its edition: how many score higher, the same (itself left out) and lower."""

    systems: int
    higher: int
    same: int
    lower: int


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One developer in one edition: answers disclosed of those asked, and its place among the developers."""

    edition: date
    disclosed: int
    asked: int
    place: int
    developers: int


def find_focus(systems: Sequence[Row]) -> Row | None:
    """gpt-oss's row; of several the one that pools the sizes comes first, having the fewest letters."""
    focus = [row for row in systems if row["is_focus"]]
    return min(focus, key=lambda row: (len(row["name_raw"]), row["name_raw"])) if focus else None


def works_on_text(row: Row) -> bool:
    """Whether the index lists a system under text, alone or with more."""
    return "text" in [part.strip() for part in (row["modality"] or "").split(",")]


def find_standing(systems: Sequence[Row], focus: Row, text_only: bool) -> Standing | None:
    """Where gpt-oss stands; None where no other system of the edition is known."""
    others = [
        row
        for row in systems
        if row["name_raw"] != focus["name_raw"]
        and row["criteria"] == focus["criteria"]
        and (not text_only or works_on_text(row))
    ]
    if not others:
        return None
    higher = sum(row["total"] > focus["total"] for row in others)
    same = sum(row["total"] == focus["total"] for row in others)
    return Standing(len(others) + 1, higher, same, len(others) - higher - same)


def choose_rivals(systems: Sequence[Row], focus: Row) -> list[Row]:
    """Who stands beside gpt-oss, the most open first: the most open systems that work on text, and tracked models."""
    rated = [row for row in systems if not row["is_focus"] and row["criteria"] == focus["criteria"]]
    top = [row for row in rated if works_on_text(row)][:TOP_SHOWN]
    tracked = [row for row in rated if row["is_tracked"] and row not in top]
    return sorted([*top, *tracked[: MOST_SHOWN - len(top)]], key=lambda row: (-row["total"], row["name_raw"]))


def name_dimension(dimension: str) -> str:
    """A dimension in words; one that is new to us as the index writes it."""
    return DIMENSIONS.get(dimension, dimension.replace("_", " "))


def order_dimensions(found: Sequence[str]) -> list[str]:
    """The edition's dimensions in the index's order, those new to us last."""
    known = list(DIMENSIONS)
    return sorted(set(found), key=lambda d: (known.index(d) if d in known else len(known), d))


def list_disclosures(rows: Sequence[Row], developer: str = DEVELOPER) -> list[Disclosure]:
    """The developer in each edition that asked it, oldest first."""
    found = []
    for row in rows:
        if row["developer"] == developer:
            peers = [r["disclosed"] for r in rows if r["edition"] == row["edition"]]
            place = 1 + sum(n > row["disclosed"] for n in peers)
            found.append(Disclosure(row["edition"], row["disclosed"], row["asked"], place, len(peers)))
    return sorted(found, key=lambda one: one.edition)
