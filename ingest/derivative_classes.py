"""Classes of derivatives: safeguards removed by name, families, kinds of authors.

All three are read off what the Hub serves of a repository: its id, its tags, its base. A name is a claim by its
uploader and not a test: a model so named may refuse as before, and one without such a name may have been trained to
refuse nothing. Of an author only the repositories recorded here are known, and whether an account is a person or an
organisation is not recorded at all. The measured precision and recall of the first is in
ingest/measures/safeguards_removed.py.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from ingest.store import DATA

# Words of which one alone says that refusals were taken out; each stands between other characters than letters.
_SAYS_SO = (
    "abliterated|abliteration|abliterate|ablated|abliterix|ablit|lorablated|obliterated|uncensored|uncensoring|"
    "uncensor|decensored|decensor|derestricted|heretic|unaligned|jailbroken|amoral"
)
# Pairs of words that say so together, as in "no-refusals" or the tag "refusal-removal".
_PAIRS = re.compile(r"\bno refusals?\b|\brefusals? (removed|removal|ablated|ablation)\b|\bsafety removed\b")
_WORD = re.compile(rf"\b({_SAYS_SO})\b")
# The word before that turns it round, and words that make it a subject rather than a quality of the model.
_NEGATIONS = re.compile(r"\b(non|not|no|never|anti|pre|before|without|isnt) $")
_ABOUT = re.compile(
    r"\b(datasets?|evals?|evaluation|evaluator|benchmarks?|bench|detectors?|detection|classifiers?|guard|guardrail|"
    r"judge|sentinel|moderation|moderator|probe|monitor|filter)\b"
)
# "Heretic" is also a computer game, and a style of pictures.
_GAME = re.compile(r"\b(doom|hexen|quake|wad|game|style|sdxl)\b")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_BREAK = re.compile(r"[^a-z]+")

_FAMILIES: Mapping[str, str] = {
    "gpt-oss-120b": r"gpt[-_. ]?oss[-_. ]?120b",
    "gpt-oss-20b": r"gpt[-_. ]?oss[-_. ]?20b",
    "gpt-oss": r"gpt[-_. ]?oss",
    "qwen": r"qwen|qwq|qwopus",
    "llama": r"llama",
    "gemma": r"gemma",
    "mistral": r"mistral|mixtral|ministral|devstral|magistral|pixtral|codestral",
    "deepseek": r"deepseek",
    "glm": r"(?<![a-z])glm|chatglm",
    "kimi": r"kimi",
    "minimax": r"minimax",
    "phi": r"(?<![a-z])phi[-_. ]?\d",
    "granite": r"granite",
    "nemotron": r"nemotron",
}
FAMILIES = (*_FAMILIES, "other")
_COMPILED = {family: re.compile(pattern) for family, pattern in _FAMILIES.items()}

AUTHOR_CLASSES = ("lab", "quantizer", "tuner", "mixed", "few_repos")
MANY_REPOS = 5
MOSTLY = 0.8


@dataclass(frozen=True, slots=True)
class Author:
    """What is recorded of an account: how many repositories, of them derivatives, of those quantized; and whether
    it belongs to the maker of a tracked model."""

    repos: int
    derivatives: int
    quantized: int
    is_lab: bool = False


@dataclass(frozen=True, slots=True)
class LabelledName:
    """One row of data/safeguard_names.csv: what a reader takes a name and its tags to say, and why. `drawn` rows
    were taken by the hash of their id and not by choice."""

    repo_id: str
    tags: tuple[str, ...]
    says_so: bool
    why: str
    source: str
    drawn: bool


def find_says_so(repo_id: str, tags: Iterable[str]) -> str | None:
    """The word of a repository's own name, or of its tags, that says safeguards were removed; None if none does.

    The owner's name says nothing, nor do tags that point to something else (dataset:, arxiv:, another's base);
    except that a quantized copy is the same weights as its base, whose name therefore counts."""
    tags = tuple(tags)
    told = [repo_id.partition("/")[2] or repo_id]
    told += [tag.rpartition("/")[2] for tag in tags if tag.startswith("base_model:quantized:")]
    for name in told:
        if word := _read_words(_split_words(name)):
            return word
    for tag in tags:
        if ":" not in tag and (word := _read_words(_split_words(tag))):
            return word
    return None


@lru_cache(maxsize=1 << 16)
def _split_words(text: str) -> str:
    """Lower-case words with one blank between; digits, dots and dashes part them, and so does a change of case."""
    return " ".join(_BREAK.split(_CAMEL.sub("-", text).lower())).strip()


@lru_cache(maxsize=1 << 16)
def _read_words(words: str) -> str | None:
    if _ABOUT.search(words):
        return None
    if pair := _PAIRS.search(words):
        return pair[0]
    for found in _WORD.finditer(words):
        if _NEGATIONS.search(words[: found.start()]):
            continue
        if found[0] == "heretic" and _GAME.search(words):
            continue
        return found[0]
    return None


def find_family(name: str) -> str:
    """The family whose name comes first in a repository's name; the size of gpt-oss tells its two bases apart."""
    text = (name.partition("/")[2] or name).lower()
    places = [
        (found.start(), n, family) for n, (family, p) in enumerate(_COMPILED.items()) if (found := p.search(text))
    ]
    return min(places)[2] if places else "other"


def find_root(repo_id: str, bases: Mapping[str, str | None]) -> str:
    """The repository at the end of the chain of bases, as far as it is recorded; a ring ends where it closes."""
    seen = {repo_id}
    while (base := bases.get(repo_id)) and base not in seen:
        seen.add(base)
        repo_id = base
    return repo_id


def classify_author(author: Author) -> str:
    """lab: the maker of a tracked model. Otherwise, of accounts with at least five repositories recorded: quantizer,
    four fifths of whose derivatives are quantized copies; tuner, at most a fifth; mixed between. few_repos: fewer."""
    if author.is_lab:
        return "lab"
    if author.repos < MANY_REPOS or not author.derivatives:
        return "few_repos"
    if author.quantized >= MOSTLY * author.derivatives:
        return "quantizer"
    return "tuner" if author.derivatives - author.quantized >= MOSTLY * author.derivatives else "mixed"


@cache
def load_labelled(folder: Path = DATA) -> tuple[LabelledName, ...]:
    """The hand-labelled sample. Raises ValueError naming a row that is not what it must be."""
    with (folder / "safeguard_names.csv").open(newline="", encoding="utf-8") as f:
        rows = list(csv.DictReader(f))
    found = []
    for n, row in enumerate(rows, start=2):
        flags = [row["says_so"], row["drawn"]]
        if not set(flags) <= {"true", "false"} or not row["why"] or not row["source"] or "/" not in row["repo_id"]:
            raise ValueError(f"safeguard_names.csv, line {n}: needs an id, true or false twice, a reason and a source.")
        tags = tuple(tag for tag in row["tags"].split(";") if tag)
        found.append(
            LabelledName(row["repo_id"], tags, flags[0] == "true", row["why"], row["source"], flags[1] == "true")
        )
    return tuple(found)
