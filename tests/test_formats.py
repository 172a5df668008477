"""Numbers and dates read as a person would write them."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.formats import (
    format_count,
    format_date,
    format_interval,
    format_percent,
    format_points,
    format_signed,
    format_usd,
)


def test_prices_keep_the_digits_that_matter() -> None:
    given = (0.06, 0, 0.28, 12.5, 1234.5, 0.0042, 0.00999, 0.001, -0.2)
    words = ("$0.06", "$0.00", "$0.28", "$12.50", "$1,234.50", "$0.0042", "$0.01", "$0.001", "−$0.20")
    assert tuple(map(format_usd, given)) == words


def test_counts_are_scaled_from_ten_thousand() -> None:
    given = (0, 43, 4321, 9999, 10_000, 43_210, 999_949, 999_950, 11_600_000, 2.5e9, 3e12, -11_600_000)
    words = (
        "0",
        "43",
        "4,321",
        "9,999",
        "10.0 k",
        "43.2 k",
        "999.9 k",
        "1.0 M",
        "11.6 M",
        "2.5 B",
        "3.0 T",
        "−11.6 M",
    )
    assert tuple(map(format_count, given)) == words


def test_points_and_changes_carry_a_true_minus_and_no_signed_zero() -> None:
    assert (format_points(140.48), format_points(-1.25, 2), format_points(-0.01)) == ("140.5", "−1.25", "0.0")
    assert (format_signed(1.2), format_signed(-0.4), format_signed(0.01), format_signed(0)) == (
        "+1.2",
        "−0.4",
        "0.0",
        "0.0",
    )
    assert format_interval(135.7, 143.3) == "135.7 to 143.3"


def test_shares_are_per_cent() -> None:
    assert (format_percent(0.0126), format_percent(-0.77, 0)) == ("1.3 %", "−77 %")


def test_dates_do_not_depend_on_the_locale() -> None:
    assert format_date(date(2026, 8, 11)) == "11 Aug 2026"
    assert format_date(datetime(2025, 5, 1, 23, 59)) == "1 May 2025"


@pytest.mark.parametrize("write", [format_usd, format_count, format_points, format_signed, format_percent])
def test_an_absent_value_is_refused(write: object) -> None:
    with pytest.raises(ValueError, match="say in words"):
        write(float("nan"))  # type: ignore[operator]


@given(st.floats(-1e15, 1e15))
def test_a_count_is_always_short(value: float) -> None:
    assert len(format_count(value)) <= 10
