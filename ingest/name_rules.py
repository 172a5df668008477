"""The grammar of model names: named rules from a listing to a plain name.

Publishers wrap one name in many ways: where it is served, at which effort, at which precision. Each rule
here takes off one such part and says so in words, and may demand something of the model that the rest
turns out to name (`-high` is an effort only of a model that has efforts). Nothing here knows which names
exist, and nothing compares names by likeness: what no rule takes off stays in the name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from ingest.registry import Registry, RoutingPrefix, fold

CONFIG_KEYS = ("effort", "thinking", "harness", "edit_format", "quantisation", "tier")
EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max", "promax")

# Scaffolds a score may be reported under, as they are written in `config`.
HARNESSES = ("mini-SWE-agent", "SWE-agent", "OpenHands", "Terminus 2", "Terminus", "Codex CLI", "Claude Code")

_MAX_RULES = 6  # no recorded listing needs more than four


@dataclass(frozen=True, slots=True)
class Demand:
    """What the named model must be for a rule to have been right: kind and value.

    Kinds: developer (its id), effort, thinking, serving (a mark it allows), open (it has open weights), launched
    (a day within a week of its release).
    """

    kind: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A name after some rules: the folded rest, the settings found, the rules in words, the demands."""

    text: str
    config: tuple[tuple[str, str], ...] = ()
    rules: tuple[str, ...] = ()
    demands: frozenset[Demand] = frozenset()

    def strip(self, text: str, rule: str, setting: str = "", demand: Demand | None = None) -> Reading:
        """The reading after one more rule; `setting` is "key=value" or empty."""
        key, _, value = setting.partition("=")
        config = (*self.config, (key, value)) if setting else self.config
        return Reading(text.strip(), config, (*self.rules, rule), self.demands | {demand} if demand else self.demands)


Rule = Callable[[Reading, re.Match[str]], Reading]


def _take_off(meaning: str, setting: str = "", demand: str = "") -> Rule:
    """A rule that removes the match; `{1}` in setting and demand is the match's first group."""

    def apply(reading: Reading, match: re.Match[str]) -> Reading:
        value = (match.group(1) if match.re.groups else "").strip()
        words = setting.replace("{1}", value)
        kind, _, wanted = demand.replace("{1}", value).partition(" ")
        told = f"read {match.group().strip()!r} as {words or meaning}"
        wants = Demand(kind, wanted) if demand else None
        return reading.strip(reading.text[: match.start()], told, words, wants)

    return apply


def _write_as(form: str, meaning: str) -> Rule:
    def apply(reading: Reading, match: re.Match[str]) -> Reading:
        rest = match.expand(form)
        told = f"wrote the {meaning} {match.group()!r} as {rest!r}"
        return reading.strip(reading.text[: match.start()] + rest, told)

    return apply


def _launched() -> Rule:
    def apply(reading: Reading, match: re.Match[str]) -> Reading:
        day = "20" + "-".join(match.groups())
        told = f"read {match.group()!r} as launch date"
        return reading.strip(reading.text[: match.start()], told, demand=Demand("launched", day))

    return apply


def _dated_effort() -> Rule:
    def apply(reading: Reading, match: re.Match[str]) -> Reading:
        effort, day = match.groups()
        told = f"read {match.group()!r} as effort={effort} and a date"
        rest = reading.text[: match.start()] + day
        return reading.strip(rest, told, f"effort={effort}", Demand("effort", effort))

    return apply


_EFFORT = "(" + "|".join(EFFORTS) + ")"
_PRECISION = r"(fp8|fp4|nvfp4|mxfp4|bf16|fp16|int8|int4|awq|w4a16|[468]bit)"
_ROUTED = ("openrouter_models", "openrouter_rankings", "speechmap", "models_dev", "genai_prices", "litellm_prices")
_BEDROCK = ("models_dev", "litellm_prices", "genai_prices", "livebench", "vectara_hallucination", "epoch_hub")
_SPEED = "[-/](fast|turbo|ultra|lightning|highspeed|high-throughput|tput|flex|us|spot)"
_OLLAMA = ("models_dev", "litellm_prices", "ollama_library")
_LIVEBENCH = ("livebench", "epoch_hub")

# Tried at the end of a name. Sources empty: any but the Hub, whose ids are never taken apart.
_SUFFIXES: tuple[tuple[re.Pattern[str], Rule, tuple[str, ...]], ...] = tuple(
    (re.compile(pattern + "$"), rule, sources)
    for pattern, rule, sources in (
        # Epoch's versions: the effort or budget after an underscore, which no model's own name has there.
        ("_" + _EFFORT, _take_off("effort", "effort={1}"), ()),
        ("_unknown", _take_off("effort not stated"), ()),
        (r"_(\d+k)", _take_off("budget", "thinking={1}"), ()),
        ("_thinking", _take_off("thinking", "thinking=on"), ()),
        # In parentheses, as Arena, Aider, SWE-bench and Epoch's display names write it.
        (r" ?\(" + _EFFORT + r"(?: reasoning)?\)", _take_off("effort", "effort={1}"), ()),
        (r" ?\((\d+k) think(?:ing)?(?: tokens)?\)", _take_off("budget", "thinking={1}"), ()),
        (r" ?\(thinking\)", _take_off("thinking", "thinking=on"), ()),
        (r" ?\(default(?: think)?\)", _take_off("the maker's own setting"), ()),
        (r" ?\((?:non-thinking|no think(?:ing)?)\)", _take_off("no thinking", "thinking=off"), ()),
        (r" ?\(thinking-(minimal|low|high)\)", _take_off("thinking level", "thinking={1}"), ()),
        (r" ?\(t=(\d+)\)", _take_off("temperature"), ()),
        (r" ?\((20\d\d-\d\d-\d\d|20\d{6})\)", _write_as(r"-\1", "date"), ("swebench", "aider_polyglot")),
        (r" ?\(" + _PRECISION + r"\)", _take_off("precision", "quantisation={1}", "open"), ()),
        # After a dash only where the registry says that the model has such a setting.
        ("-" + _EFFORT + "-effort", _take_off("effort", "effort={1}"), ()),
        ("-" + _EFFORT, _take_off("effort", "effort={1}", "effort {1}"), ()),
        ("-" + _EFFORT + r"(-20\d\d-\d\d-\d\d)", _dated_effort(), ("vectara_hallucination",)),
        (r"-thinking-(\d+k)", _take_off("budget", "thinking={1}", "thinking"), ()),
        (
            r"(?:-thinking|:thinking):?(\d{4,6}|low|medium|high|max)",
            _take_off("budget", "thinking={1}", "thinking"),
            (),
        ),
        ("-thinking-auto", _take_off("thinking as needed", "thinking=auto", "thinking"), _LIVEBENCH),
        ("-(high)thinking", _take_off("thinking level", "thinking={1}", "thinking"), _LIVEBENCH),
        ("-(?:nothinking|base)", _take_off("no thinking", "thinking=off", "thinking"), _LIVEBENCH),
        ("(?<!-no)(?<!-non)[-:]think(?:ing)?", _take_off("thinking", "thinking=on", "thinking"), ()),
        ("-instant", _take_off("no thinking", "thinking=off", "thinking"), ("lmarena",)),
        ("-non?-thinking", _take_off("no thinking", "thinking=off", "thinking"), ()),
        ("(?<!-non)-(?:reasoning|reasoner|thought)", _take_off("thinking", "thinking=on", "thinking"), ()),
        ("-non-reasoning", _take_off("no thinking", "thinking=off", "thinking"), ()),
        # Price tier and manner of serving.
        (":(free|exacto|batch|nitro|floor|extended|optimized|web)", _take_off("tier", "tier={1}"), ()),
        ("-(free)", _take_off("tier", "tier={1}"), ("models_dev",)),
        (r"-(\d{2,3}k)", _take_off("the price above a length", "tier={1}"), ("llm_prices",)),
        ("-(maas|tee)", _take_off("manner of serving", "tier={1}", "open"), ()),
        (_SPEED, _take_off("speed", "tier={1}", "serving {1}"), ()),
        ("-" + _PRECISION, _take_off("precision", "quantisation={1}", "open"), ()),
        # Hosts' own spelling.
        ("-(us|spot|lora)", _take_off("manner of serving", "tier={1}", "open"), ("litellm_prices", "models_dev")),
        ("-(gguf)", _take_off("precision", "quantisation={1}", "open"), ("litellm_prices",)),
        ("-cs", _take_off("Cerebras's mark", "", "open"), ("models_dev",)),
        (r"(?:(?<=b)-cloud|(?<=t)-cloud|:cloud)", _take_off("Ollama's hosting", "", "open"), _OLLAMA),
        (r"-original", _take_off("NanoGPT's mark of the maker's own host"), ("models_dev",)),
        (r"(?:-v?\d+(?::|%3a)\d+(?::\d+k)?|(?<=[a-z0-9]):0)", _take_off("Bedrock's version"), _BEDROCK),
        (r"((?:claude|nova)-.*)-v1", _write_as(r"\1", "Bedrock's version"), _BEDROCK),
        (r"@(\d{8})", _write_as(r"-\1", "date"), ()),
        (r"@(\d{3,4})", _write_as(r"-\1", "Vertex's version"), ("litellm_prices",)),
        (r"[@-](?:default|latest)", _take_off("no version stated"), ()),
        (r"(?<=[a-z0-9]):(e?\d+b(?:-a\d+b)?)", _write_as(r"-\1", "size tag"), ()),
        # A router's slug ends in the day it listed the model: dropped where that is the model's own release.
        (r"-(20\d\d-\d\d-\d\d)", _take_off("launch date", "", "launched {1}"), _ROUTED),
        (r"-20(\d\d)(\d\d)(\d\d)", _launched(), _ROUTED),
    )
)


@cache
def _list_suffixes(source_id: str) -> Mapping[str, tuple[tuple[re.Pattern[str], Rule], ...]]:
    """The rules for the end of a source's names by a character they need ("" for none), so that few are tried."""
    found: dict[str, list[tuple[re.Pattern[str], Rule]]] = {}
    for pattern, rule, sources in _SUFFIXES:
        if not sources or source_id in ("", *sources):
            start = pattern.pattern.removeprefix(" ?")
            start = "(" if start.startswith(r"\(") else start[0] if start[0] in "_-:@" else ""
            found.setdefault(start, []).append((pattern, rule))
    return {mark: tuple(rules) for mark, rules in found.items()}


# Tried anywhere: ways to write a name that lead back to one spelling.
_SPELLINGS: tuple[tuple[re.Pattern[str], str, str], ...] = tuple(
    (re.compile(pattern), form, meaning)
    for pattern, form, meaning in (
        # Anthropic's own order: family, then version.
        (r"claude-(\d(?:[.-]\d)?)-(opus|sonnet|haiku|fable)(?![a-z])", r"claude-\2-\1", "version before the family"),
        (r"claude (\d(?:\.\d)?) (opus|sonnet|haiku)", r"claude-\2-\1", "version before the family"),
        (r"(?<=\d)p(?=\d)", ".", "p for a point"),
        (r"(?<=llama)-v(?=\d)", "-", "v before the version"),
        (r"(llama|qwen|gemma)(?=\d)", r"\1-", "version run into the name"),
        (r"(llama|qwen|gemma)[- ](?=\d)", r"\1", "version apart from the name"),
        (r"^~", "", "mark of a moving name"),
    )
)

# Words before a name end in one of these.
_MARKS = ("/", "--", ": ", "-", ".", "_", " ")
# LiteLLM files Azure's and Bedrock's prices by region or commitment, between host and model.
_REGION = re.compile(
    r"(?:\*|[a-z]{2}-(?:[a-z]+-)+\d|(?:\d|one|six)-month-commitment|global-standard|global|standard|us-gov|eu|us|apac)/"
)
_HARNESS = re.compile("^(" + "|".join(re.escape(fold(h)) for h in HARNESSES) + r") ?\+ ?")


class Grammar:
    """The rules, with the registry's words for who makes and who serves a model.

    Not applied to Hub ids: there the word before the slash is an owner, not a decoration.
    """

    def __init__(self, registry: Registry) -> None:
        self._owners: Mapping[str, str] = {
            f"{word}{mark}": developer for word, developer in registry.words.items() for mark in _MARKS
        }
        self._glued: Mapping[str, str] = dict(registry.words)
        self._routing: dict[str, list[RoutingPrefix]] = {}
        for prefix in registry.routing_prefixes:
            for text in prefix.text:
                self._routing.setdefault(fold(text), []).append(prefix)
        self._longest = max((len(text) for text in (*self._owners, *self._routing)), default=0)

    def read(self, name_raw: str, source_id: str) -> Iterator[list[Reading]]:
        """All readings with no rule applied, then with one, with two, ...: each list one rule longer."""
        level, seen = [Reading(fold(name_raw))], set[tuple[object, ...]]()
        for _ in range(_MAX_RULES + 1):
            if not level:
                return
            yield level
            following = []
            for reading in level:
                for longer in self._apply(reading, source_id):
                    mark = (longer.text, longer.config, longer.demands)
                    if longer.text and mark not in seen:
                        seen.add(mark)
                        following.append(longer)
            level = following

    def _apply(self, reading: Reading, source_id: str) -> Iterator[Reading]:
        text = reading.text
        if harness := _HARNESS.match(text):
            name = next(h for h in HARNESSES if fold(h) == harness.group(1))
            yield reading.strip(
                text[harness.end() :], f"read {harness.group(1)!r} as harness={name}", f"harness={name}"
            )
        yield from self._drop_start(reading, source_id)
        if source_id == "litellm_prices" and (region := _REGION.match(text)):
            yield reading.strip(text[region.end() :], f"dropped the region {region.group()!r}")
        for mark, rules in _list_suffixes(source_id).items():
            if mark in text:
                for pattern, rule in rules:
                    if match := pattern.search(text):
                        yield rule(reading, match)
        for pattern, form, meaning in _SPELLINGS:
            rest = pattern.sub(form, text)
            if rest != text:
                yield reading.strip(rest, f"undid the {meaning}: {rest!r}")

    def _drop_start(self, reading: Reading, source_id: str) -> Iterator[Reading]:
        """Without the words before a mark: where the model is served, or who makes it."""
        text = reading.text
        # Arena's older catalogue runs the organisation's label into the name ("Azurephi-4").
        glued = source_id == "lmarena"
        for length in range(2, min(len(text), self._longest + 1)):
            if not glued and text[length - 1] not in "/-.:_ ":
                continue
            start = text[:length]
            for prefix in self._routing.get(start, ()):
                if not prefix.sources or source_id in ("", *prefix.sources):
                    yield reading.strip(text[length:], f"dropped the routing prefix {start!r}", prefix.config)
            owner = self._owners.get(start) or (self._glued.get(start) if glued else None)
            if owner:
                yield reading.strip(
                    text[length:], f"dropped the developer's name {start.strip()!r}", demand=Demand("developer", owner)
                )


def read_config(text: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """Settings of a publisher's own configuration column, and words for what was not understood."""
    config, notes = dict[str, str](), []
    for part in filter(None, (p.strip() for p in re.split(r"[;,]", text))):
        key, equals, value = (p.strip().casefold() for p in part.partition("="))
        plain = fold(part).strip("()")
        if equals and key in CONFIG_KEYS and value:
            config[key] = next((h for h in HARNESSES if fold(h) == value), value)
        elif plain in EFFORTS:
            config["effort"] = plain
        elif re.fullmatch(r"\d+k", plain):
            config["thinking"] = plain
        else:
            notes.append(f"did not understand the setting {part!r}")
    return config, tuple(notes)


def write_config(config: Mapping[str, str]) -> str:
    """The canonical text: key=value joined by `;` in the fixed order of keys; empty: nothing is stated."""
    return ";".join(f"{key}={config[key]}" for key in CONFIG_KEYS if config.get(key))
