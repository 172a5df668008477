"""Benchmarks that the chosen models share, as tables to read and to take away.

The one to read has a row a benchmark and a column a model, in words; the one to take away has a row a published
value, unrounded, with the address of each. Both hold one edition of one series and one run a row.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from dashboard.compare import Result, Shared, compare_results
from dashboard.compare.words import Names, format_difference, format_value, word_config
from dashboard.provenance import link_payload

NOT_RATED = "—"
RESULT_COLUMNS = (
    "benchmark",
    "domain",
    "category",
    "series_id",
    "edition",
    "run_by",
    "model",
    "model_id",
    "configuration",
    "is_best_configuration",
    "value",
    "unit",
    "low",
    "high",
    "interval_pct",
    "compared_with",
    "difference",
    "verdict",
    "redistributable",
    "payload_key",
    "row_no",
)


def tabulate_shared(shared: Sequence[Shared], base: str, names: Names, every: bool, as_of: str) -> pd.DataFrame:
    """One row a benchmark: benchmark, a column a model (by name), run_by, domain, edition, rights, where_from.

    The base's column comes first. A cell has the value, its interval where published, and the difference to the
    base with its verdict; every configuration where asked. `where_from` leads to the base's value, else the best.
    Columns that would say one thing throughout are left out."""
    order = sorted(names, key=lambda model_id: model_id != base)
    rows = []
    for one in shared:
        anchor = one.find(base)
        address = anchor or one.best[0]
        local = any(r.redistributable == "no" for r in one.results)
        cells = {names[m]: _write_cell(one, m, anchor, every) for m in order}
        rows.append(
            {
                "benchmark": name_benchmark(one),
                **cells,
                "run_by": one.run or "not stated",
                "domain": one.domain,
                "edition": one.edition,
                "rights": "local only" if local else "",
                "where_from": link_payload(address.payload_key, address.row_no, as_of),
            }
        )
    columns = ["benchmark", *(names[m] for m in order), "run_by", "domain", "edition", "rights", "where_from"]
    frame = pd.DataFrame(rows, columns=columns)
    parts_of_one = all(one.source_id == "lmarena" for one in shared)
    silent = ["run_by", "domain"] if parts_of_one else []
    if not any(r.redistributable == "no" for one in shared for r in one.results):
        silent.append("rights")
    return frame.drop(columns=silent)


def list_results(shared: Sequence[Shared], base: str, names: Names) -> pd.DataFrame:
    """One row a published value of RESULT_COLUMNS, every configuration: what a download has.

    `difference` is to the base's best configuration in the unit of `value`; null for itself or where the base is
    not rated. `verdict` is null without intervals."""
    rows = []
    for one in shared:
        anchor, best = one.find(base), set(one.best)
        for r in one.results:
            told = compare_results(r, anchor, one.higher_is_better) if anchor and r is not anchor else None
            rows.append(
                (
                    one.benchmark,
                    one.domain,
                    one.category,
                    one.series_id,
                    one.edition,
                    one.run or None,
                    names[r.model_id],
                    r.model_id,
                    r.config or None,
                    r in best,
                    r.value,
                    one.unit,
                    r.low,
                    r.high,
                    r.interval_pct,
                    names[base],
                    told.difference if told else None,
                    told.verdict if told else None,
                    r.redistributable,
                    str(r.payload_key),
                    r.row_no,
                )
            )
    return pd.DataFrame(rows, columns=list(RESULT_COLUMNS))


def name_benchmark(shared: Shared) -> str:
    """A benchmark as a row is headed; a part of an Arena board by its kind of question."""
    if shared.source_id != "lmarena":
        return shared.benchmark
    kind = shared.category.replace("_", " ").replace("industry ", "industry: ", 1)
    return f"{kind}, style control" if shared.board == "text_style_control" else kind


def sort_shared(shared: Sequence[Shared]) -> list[Shared]:
    """By domain, then name and run; an Arena board's overall list before its parts."""
    return sorted(shared, key=lambda s: (s.domain, s.category != "overall", s.board, s.benchmark, s.category, s.run))


def _write_cell(one: Shared, model_id: str, anchor: Result | None, every: bool) -> str:
    mine = [r for r in one.select(every) if r.model_id == model_id]
    return "; ".join(_write_result(one, r, anchor) for r in mine) or NOT_RATED


def _write_result(one: Shared, result: Result, anchor: Result | None) -> str:
    """ "67.7 % (+3.5), effort high"; with an interval "1,365 (1,361 to 1,370), clearly behind by 52"."""
    said = [format_value(result.value, one.unit)]
    if result.low is not None and result.high is not None:
        said[0] += f" ({format_value(result.low, one.unit)} to {format_value(result.high, one.unit)})"
    if anchor is not None and result is not anchor:
        told = compare_results(result, anchor, one.higher_is_better)
        gap = format_difference(told.difference, one.unit)
        if told.verdict:
            said.append(f"{told.verdict} ({gap})")
        else:
            said[0] += f" ({gap})"
    return ", ".join([*said, word_config(result.config)] if result.config else said)
