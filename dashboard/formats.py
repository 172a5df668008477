"""Numbers and dates in the words a reader sees, the same everywhere.

Month names are ours, so a server's locale changes nothing. It refuses None and NaN: an absent value
has a sentence that says why, never a digit, and that sentence is the caller's to write.
"""

from __future__ import annotations

import math
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

MINUS = "−"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SCALES = ((1e3, "k"), (1e6, "M"), (1e9, "B"), (1e12, "T"))


def format_points(value: float, decimals: int = 1) -> str:
    """Index points or any plain number: 140.48 -> "140.5", thousands with commas."""
    # As read on the page it came from: 143.25 is 143.3, where a binary float would round to the even digit.
    exact = Decimal(repr(abs(float(_finite(value)))))
    text = f"{exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP):,f}"
    return MINUS + text if value < 0 and text.strip("0.,") else text


def format_signed(value: float, decimals: int = 1) -> str:
    """A change: "+1.2", "−0.4"; one that rounds to nothing is "0.0", without a sign."""
    text = format_points(value, decimals)
    return "+" + text if value > 0 and text.strip("0.,") else text


def format_percent(share: float, decimals: int = 1) -> str:
    """A share of one as per cent: 0.0126 -> "1.3 %"."""
    return f"{format_points(share * 100, decimals)} %"


def format_usd(value: float) -> str:
    """US dollars: 0.06 -> "$0.06", 0.0042 -> "$0.0042", 1234.5 -> "$1,234.50".

    Below one cent two significant digits are kept, since a price per million tokens may be there.
    """
    amount = abs(_finite(value))
    decimals = 2 if amount == 0 or amount >= 0.01 else 1 - math.floor(math.log10(amount))
    text = format_points(amount, decimals)
    if amount and amount < 0.01:
        text = text.rstrip("0")
    return f"{MINUS if value < 0 else ''}${text}"


def format_count(value: float) -> str:
    """A count: 43 -> "43", 4321 -> "4,321", 11_600_000 -> "11.6 M" (k from 10,000)."""
    amount = abs(_finite(value))
    sign = MINUS if value < 0 else ""
    if amount < 9_999.5:
        return f"{sign}{format_points(amount, 0 if float(amount).is_integer() or amount >= 1000 else 1)}"
    for scale, letter in _SCALES:
        # 999,950 would round to "1000.0 k": the next scale takes it.
        if round(amount / scale, 1) < 1000 or scale == _SCALES[-1][0]:
            return f"{sign}{format_points(amount / scale, 1)} {letter}"
    raise AssertionError("the last scale takes every amount")


def format_date(day: date) -> str:
    """A day: "11 Aug 2026". A datetime counts as its own calendar day; pass UTC."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def format_interval(low: float, high: float, decimals: int = 1) -> str:
    """An interval in words: "135.7 to 143.3"."""
    return f"{format_points(low, decimals)} to {format_points(high, decimals)}"


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError(f"Cannot format {value}: say in words why the value is absent.")
    return value
