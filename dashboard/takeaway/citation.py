"""How to cite a chart or table: one sentence, and BibTeX.

Both name the sources, the date up to which things were known and the link that stays as it is, so that what
is cited can be seen again.
"""

from __future__ import annotations

import re

from dashboard.takeaway.stamp import Stamp

_BIBTEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "%": r"\%",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def write_citation(stamp: Stamp) -> str:
    """One line: product, title, sources as they ask to be named, date known, link, day made."""
    title = flatten(stamp.title)
    parts = [f"{stamp.product}: {title}" + ("" if title.endswith((".", "?", "!")) else ".")]
    if named := "; ".join(flatten(words).rstrip(".") for words in stamp.list_attributions() or stamp.credit.sources):
        parts.append(f"Data: {named}.")
    parts.append(f"{stamp.write_when()}.")
    if link := stamp.links.frozen or stamp.links.following:
        parts.append(link)
    return " ".join(parts)


def write_bibtex(stamp: Stamp) -> str:
    """A @misc entry; its key is made of the table's name and the date known."""
    day = stamp.instant or stamp.made
    key = re.sub(r"[^a-z0-9]+", "-", stamp.name.lower()).strip("-")[:40] or "view"
    named = "; ".join(stamp.list_attributions() or stamp.credit.sources)
    fields = {
        "title": f"{{{_escape(stamp.title)}}}",
        "author": f"{{{_escape(stamp.product)}}}",
        "year": str(day.year),
        "note": _escape(f"{stamp.write_when()}. Data: {named}" if named else stamp.write_when()),
    }
    if link := stamp.links.frozen or stamp.links.following:
        # An address has no braces or backslashes once it is percent-encoded.
        fields |= {"url": link, "urldate": stamp.made.date().isoformat()}
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
    return f"@misc{{gpt-oss-landscape-{key}-{day:%Y%m%d},\n{lines}\n}}"


def flatten(text: str) -> str:
    """Words on one line, without control and direction-changing characters."""
    return " ".join("".join(ch if ch.isprintable() else " " for ch in text).split())


def _escape(text: str) -> str:
    return "".join(_BIBTEX.get(letter, letter) for letter in flatten(text))


def name_file(stamp: Stamp, ending: str) -> str:
    """A file name any system takes: product, table and date known, whatever the title says."""
    plain = re.sub(r"[^a-z0-9]+", "-", stamp.name.lower()).strip("-")[:60] or "view"
    return f"gpt-oss-landscape-{plain}-{stamp.instant or stamp.made:%Y-%m-%d}{ending}"
