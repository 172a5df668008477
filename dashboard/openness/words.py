"""What the page Openness says: its finding and what each part adds.

Rule of the headline: of the newest edition of the index that grades gpt-oss, how many dimensions are graded open,
how many partial, and how many other systems of the edition that work on text have a higher and a lower sum (open 1,
partial 0.5, closed 0). A place is said only where other systems of the edition are known.
"""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.formats import format_count, format_date, format_percent, format_points
from dashboard.openness import (
    ALL_INCIDENTS,
    BY_OPENAI,
    NAMING_GPT_OSS,
    Disclosure,
    Standing,
    find_standing,
    list_disclosures,
    name_dimension,
    order_dimensions,
)
from dashboard.rows import Row

HEADLINE_RULE = (
    "Computed: grades of the newest edition of the European Open Source AI Index that grades gpt-oss, and how many "
    "other systems of that edition that work on text have a higher or a lower sum (open 1, partial 0.5, closed 0)."
)
GRADES_RULE = (
    "Grades as the index gives them in one edition: open 1, partial 0.5, closed 0. Beside gpt-oss stand the three most "
    "open systems that work on text and the tracked models that the index grades."
)
TRANSPARENCY_RULE = (
    "Indicators disclosed of those asked, per developer and edition. The editions ask different questions: no line "
    "joins them and their difference is no change."
)
INCIDENTS_RULE = (
    "Incidents per month in which they happened. The last three months before the list was read always look low, as "
    "incidents are entered late: they are hollow."
)


def write_finding(focus: Row, systems: Sequence[Row]) -> str:
    """The headline."""
    opened = f"gpt-oss is open in {focus['open']} of {focus['dimensions']} dimensions"
    partly = f" and partly in {focus['partial']}" if focus["partial"] else ""
    standing = find_standing(systems, focus, text_only=True)
    if standing is None:
        return opened + partly
    if standing.higher > standing.lower:
        rank = f"{standing.higher} of {standing.systems - 1} other text systems are more open"
    else:
        rank = f"more open than {standing.lower} of {standing.systems - 1} other text systems"
    return f"{opened}{partly}; {rank}"


def list_grades(focus: Row, grades: Sequence[Row]) -> list[tuple[str, str]]:
    """Open, partial and closed, each with its dimensions in words; a grade that is not given is left out."""
    own = [row for row in grades if row["name_raw"] == focus["name_raw"]]
    found = [(grade.capitalize(), _list_dimensions(own, grade)) for grade in ("open", "partial", "closed")]
    return [(grade, names) for grade, names in found if names]


def write_detail(focus: Row, systems: Sequence[Row]) -> str:
    """The sum, and where it stands in the whole edition."""
    said = f"Its sum is {format_points(focus['total'])} of {focus['dimensions']}"
    standing = find_standing(systems, focus, text_only=False)
    if standing is None:
        return f"{said}; no other system of this edition is known here, so it has no place."
    return f"{said}: {_write_standing(standing)}."


def _list_dimensions(own: Sequence[Row], grade: str) -> str:
    found = [row["dimension"] for row in own if row["grade"] == grade]
    names = [name_dimension(d) for d in order_dimensions(found)]
    return ", ".join([*names[:1], *(name[:1].lower() + name[1:] for name in names[1:])])


def _write_standing(one: Standing) -> str:
    return (
        f"of the {one.systems} systems of the edition, for text, images, sound and code, {one.higher} have a higher "
        f"one, {one.same} the same and {one.lower} a lower one"
    )


def write_editions(editions: Sequence[Row]) -> str:
    """What earlier editions under other dimensions said; nothing where there is none."""
    if not editions:
        return ""
    now = editions[0]
    before = next((row for row in editions if row["criteria"] != now["criteria"]), None)
    if before is None:
        return ""
    return (
        f"On {format_date(before['edition'])} the index asked {before['dimensions']} dimensions and graded "
        f"{before['open']} open and {before['partial']} partial; it asks {now['dimensions']} now, so the two sums "
        "are not compared."
    )


def head_grades(focus: Row, rivals: Sequence[Row]) -> str:
    """The heading of the grades."""
    if not rivals:
        return f"gpt-oss, dimension by dimension: {format_points(focus['total'])} of {focus['dimensions']}"
    more = sum(row["total"] > focus["total"] for row in rivals)
    return f"Of {len(rivals)} systems beside it, {more} {'is' if more == 1 else 'are'} more open than gpt-oss"


def head_transparency(found: Sequence[Disclosure]) -> str:
    """The heading of the transparency index."""
    if not found:
        return "What developers disclose"
    last = found[-1]
    place = f"place {last.place} of {last.developers}"
    return f"OpenAI disclosed {last.disclosed} of {last.asked} in {last.edition:%Y}, {place}"


def write_transparency(rows: Sequence[Row]) -> str:
    """OpenAI in each edition, and that the editions are not one scale."""
    found = list_disclosures(rows)
    if not found:
        return "No edition known by then asked OpenAI."
    told = "; ".join(
        f"{one.disclosed} of {one.asked} in {one.edition:%Y} (place {one.place} of {one.developers})" for one in found
    )
    caution = "Each edition asks its own questions, so this is no rise or fall. " if len(found) > 1 else ""
    return f"OpenAI: {told}. {caution}The index rates the developer's flagship model, never gpt-oss."


def head_incidents(rows: Sequence[Row]) -> str:
    """The heading of the incidents: how many name gpt-oss."""
    if not rows:
        return "Incidents, as context"
    named = sum(row["incidents"] for row in rows if row["topic"] == NAMING_GPT_OSS)
    total = sum(row["incidents"] for row in rows if row["topic"] == ALL_INCIDENTS)
    if not named:
        return f"None of {total:,} recorded incidents names gpt-oss: this list cannot show its misuse"
    return f"{named:,} of {total:,} recorded incidents {'names' if named == 1 else 'name'} gpt-oss"


def write_incidents(rows: Sequence[Row]) -> str:
    """What the list does show, and why its end looks low."""
    total = sum(row["incidents"] for row in rows if row["topic"] == ALL_INCIDENTS)
    openai = sum(row["incidents"] for row in rows if row["topic"] == BY_OPENAI)
    share = f" ({format_percent(openai / total, 0)})" if total else ""
    partial = sorted({row["month"] for row in rows if row["is_partial"]})
    late = (
        f" Months from {partial[0]:%m/%Y} on are hollow: incidents are entered late, so the last three always look low."
        if partial
        else ""
    )
    return (
        f"Context only. {format_count(openai)} of them name OpenAI as developer{share}. An entry is an allegation that "
        f"volunteers collected from the press; more entries can mean more attention.{late}"
    )
