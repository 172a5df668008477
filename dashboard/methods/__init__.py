"""From a number to how it was made: the rule, and the way to the page Methods.

A rule's words stand in the words of the page that prints the headline; here they get the names of the measures behind
them, and a page its links. It knows no data: a test holds that every measure named has its place on the page.
"""

from __future__ import annotations

from urllib.parse import urlencode

from dashboard.as_of import AS_OF_KEY
from dashboard.parts import escape
from dashboard.view import View, name_as_of

PAGE = "methods"
DEFINITIONS, FIGURES, BENCHMARKS, NOT_HERE = "definitions", "figures", "benchmarks", "not-here"


def make_anchor(method: str) -> str:
    """Where a measure's module stands on the page Methods."""
    return f"method-{method.replace('_', '-')}"


def tell_rule(rule: str, *methods: str) -> str:
    """A headline's rule as Markdown for its help: the words as they are, then the names of the measures behind it.

    Names and no links: a help closes under a finger before a link in it opens. `link_methods` has the links."""
    named = ", ".join(name.replace("_", " ") for name in methods)
    return escape(rule) + (f" On the page Methods: {named}." if named else "")


def link_methods(view: View, *methods: str, definitions: bool = False) -> str:
    """A line of Markdown under a page's headline: where what it says is explained, as of the same instant.

    `methods` are names of measures' modules; `definitions`: its words have other meanings too."""
    page = PAGE + (f"?{urlencode({AS_OF_KEY: name_as_of(view.as_of)})}" if view.as_of else "")
    links = [f"[{name.replace('_', ' ')}]({page}#{make_anchor(name)})" for name in methods]
    if definitions:
        links.append(f"[definitions]({page}#{DEFINITIONS})")
    return f":small[How this is worked out: {', '.join(links) or f'[methods]({page})'}]"
