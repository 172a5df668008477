"""What the Compare page says: finding, sub-line, rules and source notes.

Every sentence is computed under the rules of `compare`; the page escapes them. It refuses "leads" and "ahead"
where no interval was published: there it says whose value is the highest, and that this is no verdict.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from dashboard.charts import shorten
from dashboard.compare import (
    LEAST,
    MOST,
    Shared,
    choose_day,
    compare_results,
    count_best,
    find_benchmark,
    is_category,
    is_index,
    list_clear,
    rank_edition,
)
from dashboard.formats import format_date, format_points, format_signed
from dashboard.rows import Row

# Model id -> label, in the order chosen.
Names = Mapping[str, str]
NAME_LIMIT = 40
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six")
_SHARES, _ARENA = ("share above chance", "share"), "Bradley-Terry points"
HEADLINE_RULE = (
    "Computed: who stands at the top of Epoch's index where two of these models are rated in one edition, else of "
    "Arena's text board; who has the cheapest paid listing; who is downloaded most. Where an interval is missing, the "
    "highest value is named and nobody is said to lead."
)
FACTS_RULE = "What the catalogue says of each model, by the registries of today, whatever date is shown."
TABLE_RULE = (
    "In brackets the difference to {base}, in the same unit, with a verdict where both results have an interval; "
    "without one a difference is no verdict. What Epoch's index is fitted to is rescaled: 0 % is what chance gives, "
    "100 % the most a benchmark allows. “As scored” and other boards' values are as published."
)
PRICE_RULE = (
    "Three parts input to one part output, paid listings of models.dev; a router resells others' capacity. Bars hold "
    "what one price list says; the table has the newest list that names each model."
)
DOWNLOAD_RULE = (
    "Hugging Face's rolling 30-day count of each model's own repository; repacks by others are not in it. Bars hold "
    "counts of one day. A count says nothing of use elsewhere, and proprietary models are not on the Hub."
)
VERDICT_RULE = (
    "Clearly ahead or behind {base}: the difference exceeds 1.96 standard errors of the difference, from the "
    "published intervals; else it is too close to call."
)


LEGEND = "Open weights: dashed or hatched; proprietary: solid; gpt-oss in colour."


def write_headline(shared: Sequence[Shared], prices: Sequence[Row], downloads: Sequence[Row], names: Names) -> str:
    """The finding: who stands at the top of the main measure, who is cheapest, who is downloaded most.

    `names` has the models in the order chosen. The main measure is Epoch's index where two of them are rated
    on it in one edition, else Arena's text board."""
    if len(names) < LEAST:
        only = f"; only {shorten_name(next(iter(names.values())))} is chosen" if names else ""
        return f"A comparison needs two models{only}"
    main = find_main(shared)
    capability = write_top(main, names) if main else "No two of these models were rated on one index or Arena board"
    market = _write_market(list_best(prices, "floor", False), list_best(downloads, "downloads_30d", True), names)
    return f"{capability}; {market}" if market else capability


def write_subline(shared: Sequence[Shared], prices: Sequence[Row], downloads: Sequence[Row], names: Names) -> str:
    """What stands under the headline: how many were compared, who has the best value on how many benchmarks."""
    if len(names) < LEAST:
        return f"Choose up to {_NUMBERS[MOST]} under Models; what is known of one stands below."
    said = []
    main = find_main(shared)
    if main:
        said.append(f"{name_board(main)} of {format_date(main.edition)} rates {len(main.best)} of the {len(names)}")
    rest = list_benchmarks(shared)
    if rest:
        won = [
            f"{shorten_name(names[model_id])} on {best} of its {rated}"
            for model_id, (best, rated) in sorted(count_best(rest, list(names)).items(), key=lambda kv: -kv[1][0])
            if rated
        ]
        count = "the 1 benchmark" if len(rest) == 1 else f"the {len(rest)} benchmarks"
        said.append(f"Best value on {count} that two or more share: {_join(won)}")
    for rows, what in ((prices, "Prices"), (downloads, "Downloads")):
        day = choose_day(rows)
        if day:
            read = len({row["model_id"] for row in rows if row["day"] == day})
            said.append(f"{what} of {format_date(day)}, {read} of the {len(names)} read")
    return ". ".join(said) + "." if said else "Nothing that two of them share had been recorded by then."


def find_main(shared: Sequence[Shared]) -> Shared | None:
    """Epoch's index where at least two models share it, else Arena's text board, with or without style control."""
    boards = {(s.board, s.category): s for s in shared if s.source_id in ("epoch_eci", "lmarena")}
    order = (("eci", "overall"), ("text", "overall"), ("text_style_control", "overall"))
    return next((boards[key] for key in order if key in boards), None)


def list_benchmarks(shared: Sequence[Shared]) -> list[Shared]:
    """The benchmarks counted in the sub-line, each once: all but the index, which joins them, and parts of boards."""
    found: dict[str, Shared] = {}
    for one in shared:
        if not is_index(one) and not is_category(one):
            name = find_benchmark(one)
            found[name] = max(found.get(name, one), one, key=rank_edition)
    return list(found.values())


def list_best(rows: Sequence[Row], column: str, highest: bool) -> list[str]:
    """The models with the best of a column on the day that most of them were read; several where equal."""
    day = choose_day(rows)
    values = {row["model_id"]: row[column] for row in rows if row["day"] == day and row[column] is not None}
    if len(values) < LEAST:
        return []
    best = max(values.values()) if highest else min(values.values())
    return [model_id for model_id, value in values.items() if value == best]


def name_board(shared: Shared) -> str:
    """How a sentence names a board."""
    if is_index(shared):
        return "Epoch's index"
    known = {"text": "Arena's text board", "text_style_control": "Arena's style-control board"}
    return known.get(shared.board, shared.benchmark) if shared.source_id == "lmarena" else shared.benchmark


def word_config(config: str) -> str:
    """A configuration in words: "effort=high;thinking=on" -> "effort high, thinking on"; empty where not stated."""
    return ", ".join(part.replace("=", " ", 1) for part in config.split(";") if part)


def format_value(value: float, unit: str) -> str:
    """A value as its unit is read: shares in per cent, Arena ratings whole, anything else to one decimal."""
    if unit in _SHARES:
        return f"{format_points(100 * value)} %"
    return format_points(value, choose_decimals(unit))


def format_difference(difference: float, unit: str) -> str:
    """A signed difference in the unit of `format_value`, without its sign of per cent."""
    return format_signed(100 * difference if unit in _SHARES else difference, choose_decimals(unit))


def choose_decimals(unit: str) -> int:
    """Decimals shown of a unit."""
    return 0 if unit == _ARENA else 1


def write_interval_note(shared: Shared) -> str:
    """What the whiskers of a board are."""
    levels = sorted({r.interval_pct for r in shared.results if r.interval_pct})
    if not levels:
        return "no interval published"
    missing = sum(r.error is None for r in shared.results)
    few = f", not for {missing} of {len(shared.results)}" if missing else ""
    return "whiskers: the published " + " and ".join(f"{level} %" for level in levels) + f" interval{few}"


def write_judged(shown: Shared, judged: Sequence[Shared], base: str, names: Names) -> str:
    """What the last edition with intervals said of a board whose edition shown has none; empty where it has.

    `judged` are of `list_shared(..., with_interval=True)`."""
    if any(result.error is not None for result in shown.results):
        return ""
    last = next((s for s in judged if (s.series_id, s.run) == (shown.series_id, shown.run)), None)
    anchor = last.find(base) if last else None
    if last is None or anchor is None:
        return ""
    told = [(r, compare_results(r, anchor, last.higher_is_better)) for r in last.best if r is not anchor]
    said = _join([f"{shorten_name(names[r.model_id])} {c.verdict}" for r, c in told if c.verdict])
    return f"The last edition with intervals, {format_date(last.edition)}, against {shorten_name(names[base])}: {said}."


def list_days(shared: Sequence[Shared]) -> str:
    """The editions of a table's rows, in words."""
    days = sorted({one.edition for one in shared})
    if not days:
        return ""
    first, last = format_date(days[0]), format_date(days[-1])
    return f"edition of {last}" if len(days) == 1 else f"editions of {first} to {last}, one a row"


def write_age(day: date, today: date) -> str:
    """How old a reading is, in whole days."""
    age = (today - day).days
    return "today" if age <= 0 else "1 day old" if age == 1 else f"{age} days old"


def write_top(shared: Shared, names: Names) -> str:
    """Who stands at the top of one board, by its verdicts."""
    top, judged = list_clear(shared)
    who, on, rest = (
        _join([shorten_name(names[r.model_id]) for r in top]),
        name_board(shared),
        len(shared.best) - len(top),
    )
    if not judged:
        verb = "has" if len(top) == 1 else "share"
        return f"{who} {verb} the highest value on {on}, without an interval to judge it by"
    if len(top) == 1:
        others = shorten_name(names[shared.best[1].model_id]) if rest == 1 else f"the other {_NUMBERS[rest]}"
        return f"{who} is clearly ahead of {others} on {on}"
    return f"{who} are too close to call {f'at the top of {on}' if rest else f'on {on}'}"


def _write_market(cheap: Sequence[str], liked: Sequence[str], names: Names) -> str:
    def say(ids: Sequence[str], one: str, many: str) -> str:
        return f"{_join([shorten_name(names[i]) for i in ids])} {one if len(ids) == 1 else many}"

    if cheap and list(cheap) == list(liked):
        return say(cheap, "is the cheapest and the most downloaded", "are the cheapest and the most downloaded")
    said = [say(cheap, "is the cheapest", "are equally cheap")] if cheap else []
    if liked:
        verb = "the most downloaded" if said and len(cheap) == len(liked) == 1 else "is the most downloaded"
        said.append(say(liked, verb, "are downloaded equally often"))
    return ", ".join(said)


def _join(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def shorten_name(name: str) -> str:
    """A name as a sentence can bear it."""
    return shorten(name, NAME_LIMIT)
