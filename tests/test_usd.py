"""Prices as publishers write them: a price, nothing stated, or a refusal in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.usd import PER_TOKEN, read_usd

WRITTEN = st.from_regex(r"-?[0-9]{0,4}\.?[0-9]{0,4}([eE][-+]?[0-9]{1,20})?", fullmatch=True)


@given(value=st.none() | st.integers() | st.floats() | st.text() | WRITTEN)
def test_anything_is_a_price_or_nothing_or_refused(value: object) -> None:
    try:
        price = read_usd(value, PER_TOKEN)
    except ValueError as error:
        assert str(error).startswith("the price is ")
    else:
        assert price is None if value is None else price is not None and 0 <= price < 1e15


@pytest.mark.parametrize("text", ["1e400", "1e999999999999999999", "NaN", "-0.1", "Infinity", "free", "", True])
def test_what_cannot_be_a_price_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="the price is"):
        read_usd(text, PER_TOKEN)


def test_a_price_a_token_is_a_million_times_as_much_a_million() -> None:
    assert read_usd("0.000000037", PER_TOKEN) == 0.037
    assert read_usd(0.049999999999999996) == 0.05
