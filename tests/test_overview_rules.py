"""The rules behind Overview's words, on numbers chosen to sit on either side of each limit."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from dashboard.definitions import OPEN_RULES
from dashboard.overview import Headline, Standing, Track, write_headline, write_lead
from ingest.measures import clearly_ahead

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_open_means_the_same_here_and_in_the_measure() -> None:
    assert dict(OPEN_RULES) == clearly_ahead.OPEN_RULES


def track(*values: float, last: date = date(2026, 11, 1)) -> Track:
    """Observations a month apart, the newest on `last`."""
    days = [last - timedelta(days=30 * k) for k in reversed(range(len(values)))]
    return Track(tuple(zip(days, values, strict=True)))


def stand(ahead: int, level: int | None = 3, day: date = date(2026, 11, 1)) -> Standing:
    return Standing(day, NOW, 50, ahead, 0, 60, 10, 1, level, 1)


@pytest.mark.parametrize(
    ("price", "downloads", "standing", "words"),
    [
        (
            track(1, 0.5),
            track(10, 10.5),
            stand(2),
            "50 % cheaper and downloaded as much as before, but clearly overtaken",
        ),
        (track(1, 0.5), track(10, 8), stand(2), "50 % cheaper but downloaded 20 % less, and clearly overtaken"),
        (track(1, 0.5), track(10, 20), stand(0), "50 % cheaper and downloaded 100 % more, and not clearly overtaken"),
        (
            track(1, 1.1),
            track(10, 9),
            stand(0, 0),
            "priced as before and downloaded as much as before, and clearly ahead of every other open model",
        ),
        (
            track(1, 2),
            track(10, 9),
            stand(0),
            "100 % dearer and downloaded as much as before, but not clearly overtaken",
        ),
        (track(1), track(), stand(1), "clearly overtaken by one open model"),
        (track(1, 0.5, last=date(2026, 5, 26)), track(), None, "no data here is recent enough to say more"),
        (track(1, 0.5, last=date(2026, 5, 27)), track(), None, "50 % cheaper"),
    ],
)
def test_the_headline_follows_its_rule(price: Track, downloads: Track, standing: Standing | None, words: str) -> None:
    headline = write_headline(price, downloads, standing, NOW)
    assert headline.text.endswith(words), headline.text
    assert headline.text.startswith("A year on")


def test_what_is_left_out_says_why() -> None:
    stale = track(1, 2, last=date(2026, 5, 10))
    assert write_headline(track(1), stale, stand(2), NOW) == Headline(
        "A year on, gpt-oss-120b is clearly overtaken",
        ("price (one reading so far)", "downloads (197 days old)"),
    )


@pytest.mark.parametrize(
    ("day", "lead"),
    [
        ((2025, 8, 5), "On the day of release"),
        ((2025, 8, 6), "A day on"),
        ((2025, 9, 4), "30 days on"),
        ((2025, 9, 5), "A month on"),
        ((2026, 8, 4), "11 months on"),
        ((2026, 8, 5), "A year on"),
        ((2027, 8, 4), "A year on"),
        ((2027, 8, 5), "2 years on"),
    ],
)
def test_the_lead_counts_from_the_release(day: tuple[int, int, int], lead: str) -> None:
    assert write_lead(datetime(*day, 23, 59, tzinfo=UTC)) == lead
