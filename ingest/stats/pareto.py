"""What no other option beats: the Pareto frontier of worth against price."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that has a price, the lower the better, and a worth, the higher the better."""

    name: str
    price: float
    worth: float

    def dominates(self, other: Offer) -> bool:
        """Whether this one costs no more, is worth no less, and is better in one of the two."""
        no_worse = self.price <= other.price and self.worth >= other.worth
        return no_worse and (self.price < other.price or self.worth > other.worth)


def list_frontier(offers: Iterable[Offer]) -> list[Offer]:
    """The offers that no other dominates, cheapest first; two alike in both are both on it."""
    found: list[Offer] = []
    for offer in sorted(offers, key=lambda o: (o.price, -o.worth, o.name)):
        last = found[-1] if found else None
        if last is None or offer.worth > last.worth or (offer.price, offer.worth) == (last.price, last.worth):
            found.append(offer)
    return found


def list_dominators(offer: Offer, offers: Sequence[Offer]) -> list[Offer]:
    """The offers that dominate one, the worthiest first, at one worth the cheapest first."""
    found = [other for other in offers if other.dominates(offer)]
    return sorted(found, key=lambda o: (-o.worth, o.price, o.name))
