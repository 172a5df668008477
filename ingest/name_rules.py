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

from ingest.registry import Registry, fold

CONFIG_KEYS = ("effort", "thinking", "harness", "edit_format", "quantisation", "tier")
EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max", "promax")

# Scaffolds a score may be reported under, as they are written in `config`.
HARNESSES = ("mini-SWE-agent", "SWE-agent", "OpenHands", "Terminus 2", "Terminus", "Codex CLI", "Claude Code")

_MAX_RULES = 6  # no recorded listing needs more than four


@dataclass(frozen=True, slots=True)
class Demand:
    """What the named model must be for a rule to have been right: kind and value.

    Kinds: developer (its id), effort, thinking, serving (a mark it allows), open (it has open weights).
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


_EFFORT = "(" + "|".join(EFFORTS) + ")"
_PRECISION = r"(fp8|fp4|nvfp4|mxfp4|bf16|fp16|int8|int4|w4a16|[468]bit)"

# Tried at the end of a name. Sources empty: any but the Hub, whose ids are never taken apart.
_SUFFIXES: tuple[tuple[re.Pattern[str], Rule, tuple[str, ...]], ...] = tuple(
    (re.compile(pattern + "$"), rule, sources)
    for pattern, rule, sources in (
        # Epoch's versions: the effort or budget after an underscore, which no model's own name has there.
        ("_" + _EFFORT, _take_off("effort", "effort={1}"), ()),
        ("_unknown", _take_off("effort not stated"), ()),
        (r"_(\d+k)", _take_off("budget", "thinking={1}"), ()),
        ("_thinking", _take_off("thinking", "thinking=on"), ()),
        # In parentheses, as Arena, Aider and Epoch's display names write it.
        (r" ?\(" + _EFFORT + r"\)", _take_off("effort", "effort={1}"), ()),
        (r" ?\((\d+k) thinking\)", _take_off("budget", "thinking={1}"), ()),
        (r" ?\(thinking\)", _take_off("thinking", "thinking=on"), ()),
        (r" ?\(non-thinking\)", _take_off("no thinking", "thinking=off"), ()),
        (r" ?\(thinking-(minimal|low|high)\)", _take_off("thinking level", "thinking={1}"), ()),
        (r" ?\(" + _PRECISION + r"\)", _take_off("precision", "quantisation={1}", "open"), ()),
        # After a dash only where the registry says that the model has such a setting.
        ("-" + _EFFORT + "-effort", _take_off("effort", "effort={1}"), ()),
        ("-" + _EFFORT, _take_off("effort", "effort={1}", "effort {1}"), ()),
        (r"-thinking-(\d+k)", _take_off("budget", "thinking={1}", "thinking"), ()),
        ("(?<!-no)(?<!-non)[-:]think(?:ing)?", _take_off("thinking", "thinking=on", "thinking"), ()),
        ("-instant", _take_off("no thinking", "thinking=off", "thinking"), ()),
        ("-non?-thinking", _take_off("no thinking", "thinking=off", "thinking"), ()),
        # Price tier and manner of serving.
        (":(free|exacto|batch|nitro|floor)", _take_off("tier", "tier={1}"), ()),
        ("-(maas|tee)", _take_off("manner of serving", "tier={1}", "open"), ()),
        ("[-/](fast|turbo|highspeed|high-throughput)", _take_off("speed", "tier={1}", "serving {1}"), ()),
        ("-" + _PRECISION, _take_off("precision", "quantisation={1}", "open"), ()),
        # Hosts' own spelling.
        ("-cs", _take_off("Cerebras's mark", "", "open"), ("models_dev",)),
        (r"(?<=b)-cloud", _take_off("Ollama's own hosting", "", "open"), ("models_dev", "ollama_library")),
        (r"-(?:v?\d+):\d+", _take_off("Bedrock's version"), ("models_dev", "litellm")),
        (r"@(\d{8})", _write_as(r"-\1", "date"), ()),
        (r"@default", _take_off("Vertex's default version"), ()),
        (r"(?<=[a-z0-9]):(\d+b)", _write_as(r"-\1", "size tag"), ()),
    )
)

_HARNESS = re.compile("^(" + "|".join(re.escape(fold(h)) for h in HARNESSES) + r") ?\+ ?")


class Grammar:
    """The rules, with the registry's words for who makes and who serves a model.

    Not applied to Hub ids: there the word before the slash is an owner, not a decoration.
    """

    def __init__(self, registry: Registry) -> None:
        owners = [
            (f"{word}{mark}", developer)
            for word, developer in registry.words.items()
            for mark in ("/", "--", ": ", "-", ".", "_", " ")
        ]
        self._owners: Mapping[str, str] = dict(owners)
        self._glued: Mapping[str, str] = dict(registry.words)
        self._routing = [(fold(text), prefix) for prefix in registry.routing_prefixes for text in prefix.text]
        longest = max((len(text) for text, _ in owners), default=0)
        self._owner_lengths = range(2, longest + 1)

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
        for start, prefix in self._routing:
            if text.startswith(start) and (not prefix.sources or source_id in ("", *prefix.sources)):
                yield reading.strip(text[len(start) :], f"dropped the routing prefix {start!r}", prefix.config)
        yield from self._drop_owner(reading, source_id)
        for pattern, rule, sources in _SUFFIXES:
            if (not sources or source_id in ("", *sources)) and (match := pattern.search(text)):
                yield rule(reading, match)

    def _drop_owner(self, reading: Reading, source_id: str) -> Iterator[Reading]:
        text = reading.text
        for length in self._owner_lengths:
            if length >= len(text):
                return
            start = text[:length]
            # Arena's older catalogue runs the organisation's label into the name ("Azurephi-4").
            owner = self._owners.get(start) or (self._glued.get(start) if source_id == "lmarena" else None)
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
