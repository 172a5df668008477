"""What pages ask of the board: claims, the tests behind them, headlines.

Continues `queries`, with the same rules: cached by file and as-of; frames out, absent values null. The board is judged
at the instants measured; the newest by the instant asked for answers, and says which it is (`as_of`).
"""

from __future__ import annotations

from datetime import datetime

from dashboard.queries import Identity, ask_rows
from dashboard.rows import Row

# The newest instant measured by the one asked for.
_INSTANT = "(select max(as_of) from {table} where $at is null or as_of <= $at::timestamp)"


def read_claims(file: Identity, as_of: datetime | None) -> list[Row]:
    """One row a claim, in the board's order: claim_id, as_of, claim, rule, verdict, confidence, reason, flips,
    speak_for, speak_against, say_neither, absent (counts of tests)."""
    sql = f"""
        select claim_id, as_of, claim, rule, verdict, confidence, reason, flips, speak_for, speak_against, say_neither,
               absent
        from main.claims where as_of = {_INSTANT.format(table="main.claims")} order by position"""
    return ask_rows(file, sql, _bind(as_of))


def read_tests(file: Identity, as_of: datetime | None) -> list[Row]:
    """One row a test, by claim and in its order: claim_id, says, why, measure_id, definition_id, subject, compare,
    rule, speaks, value, low, high, unit, day, told_by, reason_absent, inputs (payload keys as JSON), is_local (rests on
    a payload that may not be passed on)."""
    sql = f"""
        select claim_id, says, why, measure_id, definition_id, subject, compare, rule, speaks, value, low, high, unit,
               day, told_by, reason_absent, inputs, is_local
        from main.claim_tests where as_of = {_INSTANT.format(table="main.claim_tests")}
        order by claim_id, position"""
    return ask_rows(file, sql, _bind(as_of))


def read_headline(file: Identity, as_of: datetime | None, headline_id: str) -> list[Row]:
    """One row a definition of a headline, the default first: as_of, says, rule, measure_id, definition_id, subject,
    is_default, value, low, high, unit, day, reason_absent, speaks, holds (null: no answer under it or the default)."""
    sql = f"""
        select as_of, says, rule, measure_id, definition_id, subject, is_default, value, low, high, unit, day,
               reason_absent, speaks, holds
        from main.headlines
        where headline_id = $headline and as_of = {_INSTANT.format(table="main.headlines")} order by position"""
    return ask_rows(file, sql, {"headline": headline_id, **_bind(as_of)})


def _bind(as_of: datetime | None) -> dict[str, datetime | None]:
    return {"at": as_of.replace(tzinfo=None) if as_of else None}
