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


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"])))
def test_escaping_keeps_the_words(text: str) -> None:
    assert re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", parts.escape(text)) == text


@pytest.mark.parametrize("text", HOSTILE)
def test_no_sign_that_means_something_in_markdown_is_left_bare(text: str) -> None:
    assert not re.search(r"(?<!\\)[\[\]<>$:`*_#.]", parts.escape(text))


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx", " =1"])
def test_a_cell_that_a_spreadsheet_would_execute_is_quoted(cell: str) -> None:
    made = parts.to_csv(pd.DataFrame({"a": [cell], "b": [-1.5], "c": [None]})).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(made))) == [["a", "b", "c"], [f"'{cell}", "-1.5", ""]]
