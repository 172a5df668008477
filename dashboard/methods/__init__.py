"""From a number to how it was made: the rule beside a headline, and the way from it to the page Methods.

A rule's words stand in the words of the page that prints the headline; here they get their link, so that every one
leads to the same place. It knows no data: a link names a measure's module, and a test holds that there is one.
"""

from __future__ import annotations

from dashboard.parts import escape

PAGE = "methods"
DEFINITIONS, FIGURES, BENCHMARKS, NOT_HERE = "definitions", "figures", "benchmarks", "not-here"


def make_anchor(method: str) -> str:
    """Where a measure's module stands on the page Methods."""
    return f"method-{method.replace('_', '-')}"


def tell_rule(rule: str, *methods: str, definitions: bool = False) -> str:
    """A headline's rule as Markdown for its help: the words as they are, then links to the measures behind it.

    `methods` are names of measures' modules; `definitions`: its words have other meanings too."""
    links = [f"[{name.replace('_', ' ')}]({PAGE}#{make_anchor(name)})" for name in methods]
    if definitions:
        links.append(f"[definitions]({PAGE}#{DEFINITIONS})")
    way = f"Methods: {', '.join(links)}." if links else f"[All methods]({PAGE})."
    return f"{escape(rule)} {way}"
