"""A publisher's word for a price -> US dollars per million tokens.

Price lists state dollars per token or per million, as numbers or as decimal strings. One reader for all, so that
the digits kept and what is refused do not depend on the list. It refuses what cannot be a price: text that is no
number, not-a-number, infinity, anything below zero. It does not judge what is merely implausible.
"""

from __future__ import annotations

from decimal import Decimal

PER_TOKEN = Decimal(1_000_000)
PER_MILLION = Decimal(1)


def read_usd(value: object, unit: Decimal = PER_MILLION) -> float | None:
    """USD per million tokens to 10 significant digits, so that float noise is gone; None: not stated.

    `unit` is how many million-token prices one unit of the value makes. Raises ValueError."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise ValueError(f"the price is {str(value)[:40]!r}, no number")
    try:
        number = Decimal(str(value)) * unit
    except (ArithmeticError, ValueError) as error:  # also a number beyond what Decimal can hold
        raise ValueError(f"the price is {str(value)[:40]!r}, no number") from error
    if not number.is_finite() or not 0 <= number < Decimal("1e15"):
        raise ValueError(f"the price is {str(value)[:40]!r}, which cannot be a price")
    return float(f"{number:.10g}")
