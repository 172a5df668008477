"""The board of claims: what is said of gpt-oss, judged by the measures.

The claims and their rules are data (data/claims.toml), the verdicts are computed at every publish for every instant
measured, words included. The board decides by counting tests that speak and never weighs them: a reader who thinks
one test matters more can see each. It refuses to judge by what is absent; too little to judge by is a verdict.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import duckdb
import orjson

from ingest.evidence import Address, Answer, Criterion, Number, Numbers, Threshold, ask, read_test
from ingest.registry import RegistryError
from ingest.rows import create_table

Verdict = Literal["supported", "contradicted", "mixed", "cannot tell yet"]
# A verdict needs numbers from at least half of a claim's tests.
_ENOUGH = 0.5
_CLAIMS = {
    "claim_id": "varchar",
    "position": "integer",
    "as_of": "timestamp",
    **dict.fromkeys(("claim", "rule", "verdict", "confidence", "reason", "flips"), "varchar"),
    **dict.fromkeys(("speak_for", "speak_against", "say_neither", "absent"), "integer"),
}
_TESTS = {
    "claim_id": "varchar",
    "position": "integer",
    "as_of": "timestamp",
    **dict.fromkeys(("says", "why", "measure_id", "definition_id", "subject", "compare", "rule", "speaks"), "varchar"),
    **dict.fromkeys(("value", "low", "high"), "double"),
    "unit": "varchar",
    "day": "date",
    **dict.fromkeys(("told_by", "reason_absent", "inputs"), "varchar"),
    "is_local": "boolean",
}
_HEADLINES = {
    "headline_id": "varchar",
    "page": "varchar",
    "as_of": "timestamp",
    "position": "integer",
    **dict.fromkeys(("says", "rule", "measure_id", "definition_id", "subject"), "varchar"),
    "is_default": "boolean",
    **dict.fromkeys(("value", "low", "high"), "double"),
    "day": "date",
    **dict.fromkeys(("unit", "reason_absent", "speaks"), "varchar"),
    "holds": "boolean",
}


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence about gpt-oss and the tests that speak for or against it."""

    claim_id: str
    claim: str
    tests: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Headline:
    """A page's finding as a test, with the other definitions under which it is asked again."""

    headline_id: str
    page: str
    test: Criterion
    others: tuple[Address, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim's verdict with its confidence, why, and what would turn it."""

    verdict: Verdict
    confidence: Literal["high", "medium", "low", "none"]
    reason: str
    flips: str


def read_claims(path: Path) -> list[Claim]:
    """The claims of data/claims.toml, in their order. Raises RegistryError with what is wrong."""
    found = []
    for entry in _read_tables(path, "claim"):
        where = f"{path.name}, {entry.get('id', '?')}"
        tests = tuple(read_test(t, where) for t in entry.get("test", ()))
        if not tests or not entry.get("claim") or not entry.get("id"):
            raise RegistryError([f"{where}: a claim needs its id, its sentence and at least one test."])
        found.append(Claim(entry["id"], entry["claim"], tests))
    return found


def read_headlines(path: Path) -> list[Headline]:
    """The headlines of data/claims.toml, in their order. Raises RegistryError with what is wrong."""
    found = []
    for entry in _read_tables(path, "headline"):
        where, told = f"{path.name}, {entry.get('id', '?')}", entry.get("other", ())
        if not (entry.get("id") and entry.get("page") and all("definition" in other for other in told)):
            raise RegistryError([f"{where}: a headline needs an id, a page, and of each other the definition."])
        test = read_test(entry, where)
        others = tuple(
            Address(o.get("measure", test.of.measure), o["definition"], o.get("subject", test.of.subject)) for o in told
        )
        found.append(Headline(entry["id"], entry["page"], test, others))
    return found


def _read_tables(path: Path, name: str) -> list[Mapping[str, Any]]:
    try:
        tables: list[Mapping[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8")).get(name, [])
    except FileNotFoundError as e:
        raise RegistryError([f"{path} is missing: it belongs to the project, restore it."]) from e
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
        raise RegistryError([f"{path.name} cannot be read: {e}."]) from e
    return tables


def write_board(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Create main.claims, main.claim_tests and main.headlines over main.measures, a set of rows an instant measured.

    Raises RegistryError."""
    claims, headlines = read_claims(path), read_headlines(path)
    kept_here = {k for (k,) in con.execute("select payload_key from payloads where redistributable = 'no'").fetchall()}
    judged: list[Mapping[str, Any]] = []
    tested: list[Mapping[str, Any]] = []
    headed: list[Mapping[str, Any]] = []
    for as_of, numbers in _read_numbers(con):
        for position, claim in enumerate(claims):
            answers = [ask(test, numbers) for test in claim.tests]
            judged.append(_describe_claim(claim, position, as_of, answers))
            tested += [
                _describe_test(claim, n, as_of, test, answer, kept_here)
                for n, (test, answer) in enumerate(zip(claim.tests, answers, strict=True))
            ]
        for headline in headlines:
            headed += _describe_headline(headline, as_of, numbers)
    create_table(con, "main.claims", _CLAIMS, judged, "as_of, position")
    create_table(con, "main.claim_tests", _TESTS, tested, "as_of, claim_id, position")
    create_table(con, "main.headlines", _HEADLINES, headed, "as_of, headline_id, position")


def judge_claim(tests: Sequence[Criterion], answers: Sequence[Answer]) -> Judged:
    """Supported: some tests speak for it and none against; contradicted: the other way round; mixed: both.

    Cannot tell yet: fewer than half of the tests have a number, or none of them speaks."""
    count = {s: sum(a.speaks == s for a in answers) for s in ("for", "against", "neither", "absent")}
    have = len(answers) - count["absent"]
    told = f"{count['for']} of {len(answers)} tests speak for it, {count['against']} against"
    if count["neither"]:
        told += f", {count['neither']} neither way"
    if count["absent"]:
        told += f"; {count['absent']} cannot be had"
    if have < _ENOUGH * len(answers) or not count["for"] + count["against"]:
        verdict: Verdict = "cannot tell yet"
    elif count["for"] and count["against"]:
        verdict = "mixed"
    else:
        verdict = "supported" if count["for"] else "contradicted"
    flips = "; ".join(_tell_flip(t, a) for t, a in zip(tests, answers, strict=True))
    return Judged(verdict, _judge_confidence(verdict, count, answers), f"{told}.", f"{flips}.")


def _judge_confidence(
    verdict: Verdict, count: Mapping[str, int], answers: Sequence[Answer]
) -> Literal["high", "medium", "low", "none"]:
    """High: every test has a number and all that speak agree, at least three; medium: most do, at least two agree;
    low: one speaks, or they disagree."""
    if verdict == "cannot tell yet":
        return "none"
    speak = count["for"] + count["against"]
    if verdict == "mixed" or speak < 2:
        return "low"
    return "high" if speak >= 3 and not count["absent"] and speak * 2 > len(answers) else "medium"


def _tell_flip(test: Criterion, answer: Answer) -> str:
    """What would make a test speak otherwise than it does."""
    match answer.speaks:
        case "for":
            return f"{test.says}: would speak against at {test.speaks_against}"
        case "against":
            return f"{test.says}: would speak for it at {test.speaks_for}"
        case "neither":
            return f"{test.says}: would speak for it at {test.speaks_for}, against at {test.speaks_against}"
        case _:
            return f"{test.says}: once known, for at {test.speaks_for}, against at {test.speaks_against}"


def _read_numbers(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[datetime, Numbers]]:
    """Each instant measured with its numbers by address, oldest day first."""
    by_instant: dict[datetime, dict[Address, list[Number]]] = {}
    rows = con.execute("""
        select as_of, measure_id, definition_id, subject, value, low, high, unit, day, told_by, reason_absent, inputs
        from main.measures order by as_of, measure_id, definition_id, subject, day nulls first""")
    for as_of, measure, definition, subject, value, low, high, unit, day, told_by, reason, inputs in rows.fetchall():
        number = Number(value, low, high, unit, day, told_by, reason, tuple(orjson.loads(inputs)))
        by_instant.setdefault(as_of, {}).setdefault(Address(measure, definition, subject), []).append(number)
    yield from by_instant.items()


def _describe_claim(claim: Claim, position: int, as_of: datetime, answers: Sequence[Answer]) -> Mapping[str, Any]:
    judged = judge_claim(claim.tests, answers)
    return {
        "claim_id": claim.claim_id,
        "position": position,
        "as_of": as_of,
        "claim": claim.claim,
        "rule": "; ".join(f"{t.says}: {_tell_rule(t.speaks_for, t.speaks_against)}" for t in claim.tests) + ".",
        "verdict": judged.verdict,
        "confidence": judged.confidence,
        "reason": judged.reason,
        "flips": judged.flips,
        "speak_for": sum(a.speaks == "for" for a in answers),
        "speak_against": sum(a.speaks == "against" for a in answers),
        "say_neither": sum(a.speaks == "neither" for a in answers),
        "absent": sum(a.speaks == "absent" for a in answers),
    }


def _describe_test(
    claim: Claim, position: int, as_of: datetime, test: Criterion, answer: Answer, kept_here: Set[int]
) -> Mapping[str, Any]:
    n = answer.number
    return {
        "claim_id": claim.claim_id,
        "position": position,
        "as_of": as_of,
        "says": test.says,
        "why": test.why,
        "measure_id": test.of.measure,
        "definition_id": test.of.definition,
        "subject": test.of.subject,
        "compare": test.compare,
        "rule": _tell_rule(test.speaks_for, test.speaks_against),
        "speaks": answer.speaks,
        "value": n.value,
        "low": n.low,
        "high": n.high,
        "unit": n.unit,
        "day": n.day,
        "told_by": n.told_by,
        "reason_absent": n.reason_absent,
        "inputs": orjson.dumps(list(n.inputs)).decode(),
        "is_local": not kept_here.isdisjoint(n.inputs),
    }


def _describe_headline(headline: Headline, as_of: datetime, numbers: Numbers) -> Iterator[Mapping[str, Any]]:
    """A row a definition: what the headline's question finds under it, and whether that is what the default finds."""
    test = headline.test
    first = ask(test, numbers)
    for position, address in enumerate((test.of, *headline.others)):
        answer = first
        if position:
            answer = ask(replace(test, of=address), numbers)
        n = answer.number
        known = "absent" not in (first.speaks, answer.speaks)
        yield {
            "headline_id": headline.headline_id,
            "page": headline.page,
            "as_of": as_of,
            "position": position,
            "says": test.says,
            "rule": _tell_rule(test.speaks_for, test.speaks_against),
            "measure_id": address.measure,
            "definition_id": address.definition,
            "subject": address.subject,
            "is_default": position == 0,
            "value": n.value,
            "low": n.low,
            "high": n.high,
            "unit": n.unit,
            "day": n.day,
            "reason_absent": n.reason_absent,
            "speaks": answer.speaks,
            "holds": answer.speaks == first.speaks if known else None,
        }


def _tell_rule(speaks_for: Threshold, speaks_against: Threshold) -> str:
    return f"for at {speaks_for}, against at {speaks_against}"
