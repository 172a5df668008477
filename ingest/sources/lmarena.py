"""Arena (LMArena): human-preference ratings of models, per board and category.

The only board with a true, dated history: every publication is appended to one table, so a rating of 2024
can be read today as it stood then. Bodies of every shape become that table and are judged by one set of
rules. This reader refuses to compute a rank of its own and to read a board whose method it does not know.

Measures: `text` and `text_style_control`, ratings in Bradley-Terry points from paired votes on anonymous
answers, overall and per category, with a 95 % interval, the number of votes and the publisher's rank.

Published: Parquet files of the data set lmarena-ai/leaderboard-dataset on Hugging Face, CC BY 4.0, several
publications a month since 2023-05-08. The recorded past adds the publisher's older JSON catalogue
({category: {model: rating}}, no votes and no ranks) and dated extracts with rounded ratings.

Caveats: Ratings measure preference in chat, not correctness, and a model's rank can slide while its rating
stands. Text and style control are different measures. Before 2024 ratings were Elo and had no interval; on
2025-05-16 all style-controlled ratings moved up by about 60 points: both breaks begin a new series. Ratings
recorded from extracts are rounded and have no interval. A renamed model starts anew, and a deprecated one
disappears. The catalogue is dated by the day it was seen unless its recorder noted the publication.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from ingest.source import (
    Batch,
    FetchContext,
    Fetched,
    ModelAttribute,
    Parsed,
    Payload,
    Refused,
    Score,
    Snapshot,
    Source,
    SourceError,
    arrow_schema,
)

_ID = "lmarena"
_DATA_SET = "/datasets/lmarena-ai/leaderboard-dataset/resolve/main"
# A board is named by a folder, a query's `config`, or a file; the extracts `rank_data` are of text.
_BOARD = re.compile(r"(?:^|[/=.]|leaderboard-)(text(?:[_-]style[_-]control)?)(?=[/.&]|$)|(?:^|/)rank_data\.")
_DAY = r"(\d{4}-\d\d-\d\d)"
_ELO_UNTIL, _STYLE_OFFSET_FROM, _FIRST_DAY = date(2024, 1, 1), date(2025, 5, 16), date(2023, 1, 1)
_TEXTS = ("model_name", "category", "leaderboard_publish_date", "organization", "license")
_NUMBERS = ("rating", "rating_lower", "rating_upper", "vote_count", "rank")
_REQUIRED = (*_TEXTS[:3], *_NUMBERS[:3])
# The catalogue's categories which the data set names otherwise; the rest have the same name or none there.
_CATEGORIES = {
    "full": "overall",
    "hard_6": "hard_prompts",
    "hard_english_6": "hard_prompts_english",
    "if": "instruction_following",
    "multiturn": "multi_turn",
    "long_user": "longer_query",
    "no_tie": "exclude_ties",
}
# Our columns by what the catalogue and the dated extracts call them.
_RENAMED = {
    "rating_q025": "rating_lower",
    "rating_q975": "rating_upper",
    "Model": "model_name",
    "model": "model_name",
    "Score": "rating",
    "elo": "rating",
    "Votes": "vote_count",
    "votes": "vote_count",
}

_Floats = npt.NDArray[np.float64]
_Ints = npt.NDArray[np.int64]
_Mask = npt.NDArray[np.bool_]


class _Words(NamedTuple):
    """A text column as numbers of its distinct words; -1 is a blank."""

    codes: _Ints
    words: list[str]


class LmArena(Source):
    source_id = _ID
    title = "Arena (LMArena) leaderboards"
    publisher = "LMArena"
    homepage = "https://lmarena.ai/leaderboard"
    licence_id = "CC-BY-4.0"
    licence_url = "https://creativecommons.org/licenses/by/4.0/"
    attribution = "Arena leaderboard dataset, lmarena-ai/leaderboard-dataset on Hugging Face, CC BY 4.0."
    cadence_days = 7
    required = True
    hosts = ("huggingface.co",)
    # Files are served from these by redirect; the Hub lists their names at huggingface.co/.well-known/meta.json.
    cdn_hosts = (".hf.co", ".huggingface.co")

    def fetch(self, context: FetchContext) -> Iterable[Fetched]:
        """The newest publications of both boards; before them all of history, when asked or never read."""
        hub = (context.settings.get("HF_ENDPOINT") or "https://huggingface.co").rstrip("/")
        whole = context.settings.get("history") or context.settings.get("first_run") == "1"
        for split in ("full", "latest") if whole else ("latest",):
            for board in ("text", "text_style_control"):
                url = f"{hub}{_DATA_SET}/{board}/{split}-00000-of-00001.parquet"
                yield context.fetcher.get(url, name=f"{board}/{split}.parquet")

    def parse(self, snapshot: Snapshot) -> Iterator[Parsed]:
        """Ratings as one batch a payload, and what its newest publication says of models."""
        read = [(payload, _find_board(payload), *_read_body(payload)) for payload in snapshot.payloads]
        for payload, board, table, is_published in read:
            yield from _judge_rows(payload, board, table, is_published)


def _find_board(payload: Payload) -> str:
    """The publisher's subset a body belongs to. Raises SourceError."""
    found = _BOARD.search(payload.url) or _BOARD.search(payload.name)
    if not found:
        raise SourceError(_ID, f"{payload.url or payload.name} is of no board known here; add its method.")
    return (found[1] or "text").replace("-", "_")


def _read_body(payload: Payload) -> tuple[pa.Table, bool]:
    """A body's rows in the data set's columns, and whether their dates are of publication.

    Numbers are floats, or text where JSON may hold anything. Raises SourceError.
    """
    where, body = payload.url or payload.name, payload.body
    if body.lstrip().startswith(b"<"):
        raise SourceError(_ID, f"{where} is a web page, not a leaderboard; try later or open it.")
    try:
        table, is_published = (_read_parquet(body), True) if body.startswith(b"PAR1") else _read_json(payload)
    except (pa.ArrowException, OSError) as error:
        said = str(error).splitlines()[0][:200]
        raise SourceError(_ID, f"{where} is a broken Parquet file ({said}); fetch it again.") from error
    except (ValueError, RecursionError) as error:  # no whole JSON, or text that is not UTF-8
        raise SourceError(_ID, f"{where} is neither Parquet nor whole JSON ({error}).") from error
    except (TypeError, AttributeError, KeyError) as error:
        raise SourceError(_ID, f"{where} has a shape not known here ({error}); read the body.") from error
    found = table.column_names
    if found and (missing := [c for c in _REQUIRED if c not in found]):
        raise SourceError(_ID, f"{where} lacks the columns {', '.join(missing)}; it has {', '.join(found)}.")
    if not table.num_rows:
        raise SourceError(_ID, f"{where} lists no model; the last good one stays in use.")
    return table, is_published


def _read_parquet(body: bytes) -> pa.Table:
    """The columns we use of those there are, numbers as floats: `rank` is a float in some files."""
    file = pq.ParquetFile(pa.BufferReader(body))
    if not set(_REQUIRED) <= set(file.schema_arrow.names):
        return file.schema_arrow.empty_table()
    table = file.read(columns=[c for c in (*_TEXTS, *_NUMBERS) if c in file.schema_arrow.names])
    types = {c: pa.string() if c in _TEXTS else pa.float64() for c in table.column_names}
    return table.cast(pa.schema(types.items()))


def _read_json(payload: Payload) -> tuple[pa.Table, bool]:
    """The catalogue, a dated extract, or a page of the data set."""
    body: Any = json.loads(payload.body)
    dated, rows = True, []
    if isinstance(body, list) or "last_updated" in body:
        named = re.search(rf"\.{_DAY}\.json$", payload.name)
        day, listed = named and named[1], body
        if isinstance(body, dict):
            day, listed = body["last_updated"], body["models"]
        same = {"category": "overall", "rating_lower": None, "rating_upper": None, _TEXTS[2]: day}
        rows = [{**same, **row} for row in listed]
    elif "rows" in body:
        rows = [row["row"] for row in body["rows"]]
    else:
        noted = re.search(rf"published {_DAY}", payload.note)
        dated = noted is not None
        day = noted[1] if noted else payload.first_observed_at.astimezone(UTC).date().isoformat()
        for category, ratings in body.items():
            same = {"category": _CATEGORIES.get(category, category), _TEXTS[2]: day}
            rows += [{**same, "model_name": model, **rating} for model, rating in ratings.items()]
    theirs = dict.fromkeys(c for row in rows for c in row)
    values = {c: [None if row.get(c) is None else str(row[c]) for row in rows] for c in theirs}
    return pa.table({_RENAMED.get(c, c): pa.array(v, pa.string()) for c, v in values.items()}), dated


def _judge_rows(payload: Payload, board: str, table: pa.Table, is_published: bool) -> Iterator[Parsed]:
    """Readable rows as a batch, the others refused; by whole columns, for the history has a million rows."""
    texts = {c: _encode(table, c) for c in _TEXTS}
    numbers = {c: _to_numbers(table, c) for c in _NUMBERS}
    names, categories, dates = (texts[c] for c in _TEXTS[:3])
    days = np.array([*(_read_day(word, payload) for word in dates.words), 0])[dates.codes]
    reasons = {
        "model_name is blank.": names.codes < 0,
        "category is blank.": categories.codes < 0,
        "leaderboard_publish_date is not a day on which this can have been published.": days == 0,
        "rating is absent or not a number.": ~np.isfinite(numbers["rating"]),
        **{f"{c} is not a number.": np.isinf(numbers[c]) for c in _NUMBERS[1:]},
    }
    rows = np.flatnonzero(~np.logical_or.reduce(list(reasons.values())))
    keys = (days * len(categories.words) + categories.codes) * len(names.words) + names.codes
    repeated, contradicted = _find_repeats(keys[rows], [n[rows] for n in numbers.values()])
    reasons["The model stands twice in one publication, with different values; neither is said to hold."] = np.isin(
        np.arange(days.size), rows[contradicted]
    )
    yield from _refuse_rows(payload, table, reasons)
    rows = rows[~repeated & ~contradicted]
    if rows.size:
        numbers = {c: n[rows] for c, n in numbers.items()}
        yield _make_batch(payload, board, is_published, rows, days[rows], texts, numbers)
        yield from _describe_models(payload, is_published, rows, days[rows], texts)


def _encode(table: pa.Table, column: str) -> _Words:
    if column not in table.column_names:
        return _Words(np.full(table.num_rows, -1), [])
    encoded = table[column].combine_chunks().dictionary_encode()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    words = encoded.dictionary.to_pylist()
    blank = np.array([*(not w.strip() for w in words), True])
    return _Words(np.where(blank[codes], -1, codes).astype(np.int64), words)


def _decode(codes: _Ints, words: Sequence[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(words, pa.string())).cast(pa.string())


def _to_numbers(table: pa.Table, column: str) -> _Floats:
    """A column as floats: NaN where it says nothing, infinite where what it says is no number."""
    if column not in table.column_names:
        return np.full(table.num_rows, np.nan)
    if table.schema.field(column).type == pa.string():
        return np.array([_read_number(text) for text in table[column].to_pylist()], dtype=np.float64)
    return np.asarray(table[column].to_numpy(), dtype=np.float64)


def _read_number(text: str | None) -> float:
    try:
        return math.nan if text is None else float(text)
    except ValueError:
        return math.inf


def _read_day(word: str, payload: Payload) -> int:
    """A day's ordinal, or 0 where the word is no day from 2023 to a year after it was seen."""
    try:
        day = date.fromisoformat(word)
    except ValueError:
        return 0
    return day.toordinal() if _FIRST_DAY <= day <= payload.observed_at.date() + timedelta(days=366) else 0


def _find_repeats(keys: _Ints, values: Iterable[_Floats]) -> tuple[_Mask, _Mask]:
    """Rows that repeat an earlier row of their key, and rows whose key has rows with different values."""
    order = np.argsort(keys, kind="stable")
    starts = np.append(True, np.diff(keys[order]) != 0)[: keys.size]
    first = order[np.maximum.accumulate(np.where(starts, np.arange(keys.size), 0))]
    differs = np.zeros(keys.size, np.bool_)
    for value in values:
        mine, theirs = value[order[~starts]], value[first[~starts]]
        differs[~starts] |= ~((mine == theirs) | (np.isnan(mine) & np.isnan(theirs)))
    group, back = np.cumsum(starts) - 1, np.argsort(order)
    return ~starts[back], (np.bincount(group, weights=differs)[group] > 0)[back]


def _refuse_rows(payload: Payload, table: pa.Table, reasons: Mapping[str, _Mask]) -> Iterator[Refused]:
    words, failed = list(reasons), np.column_stack(list(reasons.values()))
    rows = np.flatnonzero(failed.any(axis=1))
    for row_no, row in zip(rows.tolist(), table.take(pa.array(rows, pa.int64())).to_pylist(), strict=True):
        told = {k: str(v) if isinstance(v, float) and not math.isfinite(v) else v for k, v in row.items()}
        reason = words[int(failed[row_no].argmax())]
        yield Refused(payload.key, row_no, reason, json.dumps(told, ensure_ascii=False))


def _make_batch(
    payload: Payload,
    board: str,
    is_published: bool,
    rows: _Ints,
    days: _Ints,
    texts: Mapping[str, _Words],
    numbers: Mapping[str, _Floats],
) -> Batch:
    """Scores of the given rows; the breaks that make method versions are in the module's docstring."""
    size, schema = rows.size, arrow_schema(Score)
    edition = pa.array((days - date(1970, 1, 1).toordinal()).astype(np.int32)).cast(pa.date32())
    has_offset = (days >= _STYLE_OFFSET_FROM.toordinal()) & (board == "text_style_control")
    method = np.where(days < _ELO_UNTIL.toordinal(), 0, np.where(has_offset, 2, 1))
    low, high, rank = numbers["rating_lower"], numbers["rating_upper"], numbers["rank"]
    seen = "commit_date" if "COMMIT date" in payload.note else None
    columns = {
        "payload_key": pa.repeat(payload.key, size),
        "row_no": rows,
        "name_raw": _decode(texts["model_name"].codes[rows], texts["model_name"].words),
        "observed_at": edition if is_published else pa.nulls(size),
        "observed_kind": pa.repeat(pa.scalar("publish_date" if is_published else seen, pa.string()), size),
        "board": pa.repeat(board, size),
        "benchmark_id": pa.repeat(f"arena_{board}", size),
        "category": _decode(texts["category"].codes[rows], texts["category"].words),
        "method_version": _decode(method, ["elo", "bt", "bt-2025-05"]),
        "edition": edition,
        "published_on": edition if is_published else pa.nulls(size),
        "value": numbers["rating"],
        "low": pa.array(low, from_pandas=True),
        "high": pa.array(high, from_pandas=True),
        "interval_pct": pa.array(np.full(size, 95), mask=np.isnan(low) | np.isnan(high)),
        "n": pa.array(numbers["vote_count"], from_pandas=True),
        "rank": pa.array(np.nan_to_num(rank).astype(np.int64), mask=rank != np.floor(rank)),
    }
    return Batch(Score, pa.table(columns).cast(pa.schema([schema.field(c) for c in columns])))


def _describe_models(
    payload: Payload, is_published: bool, rows: _Ints, days: _Ints, texts: Mapping[str, _Words]
) -> Iterator[ModelAttribute]:
    """Developer and licence by the newest publication, once a model: older ones were not kept up."""
    newest = datetime.combine(date.fromordinal(int(days.max())), time(), UTC) if is_published else None
    names = texts["model_name"]
    for column, attribute in (("organization", "developer"), ("license", "licence")):
        said = texts[column]
        at = rows[(days == days.max()) & (said.codes[rows] >= 0)]
        for row in at[np.sort(np.unique(names.codes[at], return_index=True)[1])].tolist():
            yield ModelAttribute(
                payload_key=payload.key,
                row_no=row,
                name_raw=names.words[names.codes[row]],
                attribute=attribute,
                value=said.words[said.codes[row]],
                observed_at=newest,
                observed_kind="publish_date" if is_published else None,
            )
