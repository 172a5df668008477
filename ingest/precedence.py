"""Which source is believed about a model, and where sources disagree.

A release date or a size is stated by several sources, and one of them has to be shown. The order in which they are
believed is written here once, per attribute; what a curated correction says goes before all. Nothing is averaged or
merged: what the others say is kept beside what was chosen, so that every disagreement can be listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from ingest.registry import ModelEntry, Registry

CURATED = "curated"
EPOCH, DEV, HUB, ATOM, OSAI = "epoch_eci", "models_dev", "hf_hub", "atom_tracked_models", "osai_index"
# Attribute -> who is believed, in order. Not in an order: stated, compared and listed, never chosen.
PRECEDENCE: Mapping[str, tuple[str, ...]] = {
    "released_on": (CURATED, EPOCH, ATOM, DEV, HUB),
    "developer": (CURATED,),
    "region": (CURATED, ATOM),
    "licence": (CURATED, DEV, HUB),
    "access": (CURATED, EPOCH, DEV, HUB),
    "family": (CURATED, DEV),
    "total_params_b": (CURATED, ATOM),
    "active_params_b": (CURATED, ATOM),
}
# What is compared, and who is heard beyond those who are believed. A family is a word each lab chooses.
_HEARD: Mapping[str, tuple[str, ...]] = {
    "released_on": (),
    "developer": (EPOCH, ATOM, OSAI),
    "region": (EPOCH,),
    "licence": (),
    "access": (),
    "total_params_b": (),
    "active_params_b": (),
}
_SIZE_TOLERANCE = 0.05  # roundings, and heads that one source counts and another does not
_REGIONS = {
    "United States of America": "us",
    "China": "china",
    **dict.fromkeys(("France", "Germany", "Italy", "Netherlands", "Poland", "Spain", "Sweden", "Finland"), "eu"),
}

Said = Mapping[str, Mapping[str, str]]  # source -> attribute -> value, of one model


@dataclass(frozen=True, slots=True)
class Claim:
    """What one source says of one attribute of a model; `reading` is the form in which it is compared."""

    model_id: str
    attribute: str
    source_id: str
    value: str
    reading: str
    is_chosen: bool = False
    differs: bool = False
    why: str = ""


def choose(attribute: str, curated: str | None, said: Said) -> tuple[str, str] | None:
    """The value that is shown and who says it, by the order of precedence; None where nobody usable does."""
    for source in PRECEDENCE[attribute]:
        value = curated if source == CURATED else said.get(source, {}).get(attribute)
        if value and (attribute != "released_on" or is_day(value)):
            return value, source
    return None


def is_day(text: str) -> bool:
    """Whether a text is a full date; a month alone is not a day."""
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False


def list_claims(
    model_id: str,
    entry: ModelEntry | None,
    registry: Registry,
    said: Said,
    access: Mapping[str, str],
    shown: Mapping[str, str | None],
) -> Iterator[Claim]:
    """What is said of each compared attribute by whom, where two or more say anything.

    `access`: each source's word on access as an access class or whether there are weights, by source. `shown`: what
    the catalogue shows where it is not chosen by `choose` (access, and the developer and region of the registry)."""
    for attribute, heard in _HEARD.items():
        stated = _collect(attribute, (*PRECEDENCE[attribute], *heard), entry, said, access, shown)
        if len(stated) < 2:
            continue
        chosen = _find_chosen(attribute, stated)
        why = _explain(attribute, chosen, entry) if chosen else ""
        target = _read(attribute, stated[chosen], registry) if chosen else None
        for source, value in stated.items():
            reading = _read(attribute, value, registry)
            differs = target is not None and source != chosen and _differ(attribute, source, reading, target)
            yield Claim(model_id, attribute, source, value, reading, source == chosen, differs, why)


def _collect(
    attribute: str,
    sources: Iterable[str],
    entry: ModelEntry | None,
    said: Said,
    access: Mapping[str, str],
    shown: Mapping[str, str | None],
) -> dict[str, str]:
    """Value by source, in order of precedence."""
    found: dict[str, str] = {}
    for source in sources:
        if source == CURATED:
            value = _get_curated(attribute, entry, shown)
        elif attribute == "access":
            value = access.get(source)
        else:
            value = said.get(source, {}).get("country" if (attribute, source) == ("region", EPOCH) else attribute)
        if value:
            found[source] = value
    return found


def _get_curated(attribute: str, entry: ModelEntry | None, shown: Mapping[str, str | None]) -> str | None:
    if attribute in ("developer", "region"):  # by the registry of developers, whether the model is curated or not
        return shown.get(attribute)
    return None if entry is None else get_curated(attribute, entry)


def get_curated(attribute: str, entry: ModelEntry) -> str | None:
    """What the registry says of an attribute; a correction, which has its reason, goes before the entry."""
    corrected = next((c.value for c in entry.corrections if c.attribute == attribute), None)
    own = getattr(entry, attribute)
    return corrected or (None if own is None or own == "" else f"{own:g}" if isinstance(own, float) else str(own))


def _find_chosen(attribute: str, stated: Mapping[str, str]) -> str | None:
    order = (s for s in PRECEDENCE[attribute] if s in stated)
    return next((s for s in order if attribute != "released_on" or is_day(stated[s])), None)


def _explain(attribute: str, chosen: str, entry: ModelEntry | None) -> str:
    if chosen != CURATED:
        return "first in the order of precedence: " + ", ".join(PRECEDENCE[attribute])
    correction = next((c for c in entry.corrections if c.attribute == attribute), None) if entry else None
    if correction:
        return correction.reason
    if attribute in ("developer", "region"):
        return "by the registry of developers"
    return (entry.reason if entry and attribute in ("access", "licence") else "") or "stated in the registry of models"


def _read(attribute: str, value: str, registry: Registry) -> str:
    """A value in the form in which it is compared."""
    if attribute == "developer":
        return registry.find_developer(value) or value.casefold()
    if attribute == "region":
        return _REGIONS.get(value, value)
    if attribute == "licence":
        return "-".join(value.casefold().replace("-", " ").replace("_", " ").split())
    return {"proprietary": "no weights"}.get(value, "weights") if attribute == "access" else value


def _differ(attribute: str, source: str, reading: str, target: str) -> bool:
    if attribute == "released_on":
        # A month says nothing of the day, and the Hub's date is of the repository, not of the release.
        return source != HUB and not target.startswith(reading)
    if attribute.endswith("_params_b"):
        return abs(float(reading) / float(target) - 1) > _SIZE_TOLERANCE
    if attribute == "region" and reading not in ("us", "china", "eu", "other"):
        return False  # a country, or several, that has no class here
    return reading != target
