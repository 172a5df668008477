"""Parts that every page has: words from data stay words, and a CSV executes nothing."""

from __future__ import annotations

import csv
import io
import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import parts

HOSTILE = ["<img src=x>", "[x](https://y)", ":red[x]", "$a$", ":smile:", "`x`", "**x**", "a_b_", "www.x"]


@given(st.text(st.characters(codec="utf-8").filter(lambda ch: ch.isprintable() and not ch.isspace())))
def test_escaping_keeps_the_words(text: str) -> None:
    shown = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", parts.escape(text))
    assert shown.replace("\u2060", "") == text


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200f", "\u0007", "\n", "\u2028"])
def test_no_sign_that_turns_or_breaks_its_neighbours_is_left(sign: str) -> None:
    assert parts.escape(f"a{sign}b") == "a b"


@pytest.mark.parametrize("text", HOSTILE)
def test_no_sign_that_means_something_in_markdown_is_left_bare(text: str) -> None:
    assert not re.search(r"(?<!\\)[\[\]<>$:`*_#.]", parts.escape(text))


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx", " =1"])
def test_a_cell_that_a_spreadsheet_would_execute_is_quoted(cell: str) -> None:
    made = parts.to_csv(pd.DataFrame({"a": [cell], "b": [-1.5], "c": [None]})).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(made))) == [["a", "b", "c"], [f"'{cell}", "-1.5", ""]]


@given(st.text(alphabet="htps:/w.@Wab \\_", max_size=30))
def test_no_bare_address_is_left_to_become_a_link(text: str) -> None:
    shown = re.sub(r"\\(.)", r"\1", parts.escape(text))
    assert not re.search(r"https?://|www\.|\w@\w", shown, re.IGNORECASE)
    assert shown.replace("\u2060", "") == " ".join(text.split())


def test_an_address_can_be_copied_as_it_is() -> None:
    assert parts.quote_address("https://a.org/x_y?z=1") == "`https://a.org/x_y?z=1`"
    assert "`" not in parts.quote_address("https://a.org/`x` <b>").replace("\\`", "")
