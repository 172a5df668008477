"""What pages ask of the measures: the rows of the newest instant measured.

Continues `queries`, with the same rules: cached by file and as-of; frames out, absent values null.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dashboard.queries import Identity, ask_rows, list_names, name_each
from dashboard.rows import Row

_COLUMNS = """measure_id, method_version, definition_id, subject, day, as_of, value, low, high, unit, reason_absent,
    told_by, inputs"""
_ORDER = "order by measure_id, definition_id, subject, day nulls first"


def read_measures(file: Identity, as_of: datetime | None, measure_ids: Sequence[str]) -> list[Row]:
    """One row a number of the named measures, as worked out for the newest instant that is not after `as_of`.

    measure_id, method_version, definition_id, subject, day, as_of (that instant), value, low, high, unit,
    reason_absent, told_by, inputs (payload keys as JSON), redistributable ("no" where one of them may not be passed
    on); by measure, definition, subject, day. Empty where nothing was measured by then."""
    wanted = name_each(measure_ids)
    if not as_of:
        sql = f"""
            select {_COLUMNS}, redistributable from marts.measures_now
            where measure_id in ({list_names(wanted)}) {_ORDER}"""
        return ask_rows(file, sql, wanted)
    sql = f"""
        with measured as (
            select * from main.measures
            where measure_id in ({list_names(wanted)}) and as_of = (
                select max(as_of) from main.measures where as_of <= $instant::timestamp)),
        staying as (
            select list(payload_key) as payload_keys from payloads
            where redistributable = 'no' and payload_key in (
                select unnest(from_json(inputs, '["BIGINT"]')) from measured))
        select {_COLUMNS},
               if(list_has_any(from_json(inputs, '["BIGINT"]'), payload_keys), 'no', 'yes') as redistributable
        from measured, staying {_ORDER}"""
    return ask_rows(file, sql, {**wanted, "instant": as_of.replace(tzinfo=None)})
