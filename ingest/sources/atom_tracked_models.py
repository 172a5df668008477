"""ATOM's tracked models: which open models count, whose they are, how large.

Shares of "open models" depend on which are counted, so the list of the ATOM Project (Adoption of Truly Open
Models) is kept beside our own. The file takes what is stated by hand: it derives no size from a name and no
date from a repository. Which models this product tracks stays a decision of data/models.toml.

Measures: of each repository on the list its Hub owner and that owner's region (us, china, eu, other), where stated
its parameters in billions (in total and active per token), and where the project corrects it its release date.

Published: five CSV files of the repository Interconnects-AI/tracked-models, Apache-2.0: models.csv,
extra_models.csv, model_parameters.csv, organization_regions.csv and release_date_corrections.csv.

Caveats: A list of language models after ChatGPT, chosen by its authors: guard models, gpt-oss-safeguard among them,
are left out on purpose. Parameters are stated for fewer than a sixth of the list, most of them marked as legacy data
not reviewed lately. A region is the owner's, not that of the people or the data. A release date is stated only
where the Hub's date of creation was found wrong.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from ingest.source import (
    FetchContext,
    Fetched,
    ModelAttribute,
    Parsed,
    Payload,
    Refused,
    Snapshot,
    Source,
    SourceError,
)

_ID = "atom_tracked_models"
_FOLDER = "https://raw.githubusercontent.com/Interconnects-AI/tracked-models/main"
_COLUMNS = {
    "organization_regions.csv": ("hf_org", "region"),
    "models.csv": ("org", "modelId"),
    "extra_models.csv": ("org", "modelId"),
    "model_parameters.csv": ("model_id", "total_params_b", "active_params_b"),
    "release_date_corrections.csv": ("model_id", "actual_release_date"),
}
_REGIONS = ("us", "china", "eu", "other")
_REPO = re.compile(r"[\w.-]+/[\w.-]+")


class AtomTrackedModels(Source):
    """The ATOM Project's list of models, with regions, parameters and corrected dates."""

    source_id = _ID
    title = "ATOM tracked models"
    publisher = "The ATOM Project (Interconnects AI)"
    homepage = "https://github.com/Interconnects-AI/tracked-models"
    licence_id = "Apache-2.0"
    licence_url = "https://github.com/Interconnects-AI/tracked-models/blob/main/LICENSE"
    attribution = "The ATOM Project's tracked-models, Interconnects AI, Apache-2.0."
    cadence_days = 7
    hosts = ("raw.githubusercontent.com",)
    max_bytes = 10_000_000

    def fetch(self, context: FetchContext) -> Iterator[Fetched]:
        """The five files. Raises SourceError."""
        for file in _COLUMNS:
            yield context.fetcher.get(f"{_FOLDER}/{file}", name=file)

    def parse(self, snapshot: Snapshot) -> Iterator[Parsed]:
        """What each file states of a repository; a listed one gets its owner's region from the regions."""
        tables = [(payload, *_read_table(payload)) for payload in snapshot.payloads]
        regions = {
            row["hf_org"]: row["region"]
            for _, file, rows in tables
            for row in rows
            if file == "organization_regions.csv" and row.get("region") in _REGIONS
        }
        for payload, file, rows in tables:
            yield from _read_rows(payload, rows, _make_reader(file, regions))


Row = Mapping[str, str]


class _Said(NamedTuple):
    name_raw: str
    attributes: Mapping[str, str]


def _unexpected(payload: Payload, what: str) -> SourceError:
    return SourceError(_ID, f"{payload.name} is {what}; open {payload.url} to see what is served.")


def _read_table(payload: Payload) -> tuple[str, list[dict[str, str]]]:
    """A file's name and its rows as texts, comment lines left out. Raises SourceError."""
    file = (payload.url or payload.name).rpartition("/")[2]
    if file not in _COLUMNS:
        raise _unexpected(payload, f"none of {', '.join(_COLUMNS)}")
    try:
        lines = io.StringIO(payload.body.decode("utf-8-sig"), newline="")
        table = csv.DictReader((line for line in lines if not line.startswith("#")), restkey="", strict=True)
        missing = [column for column in _COLUMNS[file] if column not in (table.fieldnames or ())]
        if missing:
            raise _unexpected(payload, f"no table as we know it: it lacks {', '.join(missing)}")
        rows = [{k: v.strip() if isinstance(v, str) else str(v or "") for k, v in row.items()} for row in table]
    except (UnicodeDecodeError, csv.Error) as error:
        raise _unexpected(payload, f"no table ({error})") from error
    if not any(row[_COLUMNS[file][1]] for row in rows):
        raise _unexpected(payload, f"a table whose {_COLUMNS[file][1]} is blank in every row")
    return file, rows


def _read_rows(payload: Payload, rows: list[dict[str, str]], read: Callable[[Row], _Said]) -> Iterator[Parsed]:
    seen = set[str]()
    for row_no, row in enumerate(rows):
        try:
            if row.get(""):
                raise ValueError("the row has more columns than the table")
            said = read(row)
            if said.name_raw in seen:
                raise ValueError(f"{said.name_raw} is there twice")
        except ValueError as error:
            yield Refused(payload.key, row_no, str(error), json.dumps(row, ensure_ascii=False))
            continue
        seen.add(said.name_raw)
        for attribute, value in said.attributes.items():
            yield ModelAttribute(
                payload_key=payload.key, row_no=row_no, name_raw=said.name_raw, attribute=attribute, value=value
            )


def _make_reader(file: str, regions: Mapping[str, str]) -> Callable[[Row], _Said]:
    """How a row of a file is read. The reader raises ValueError where a row cannot be."""

    def read_listed(row: Row) -> _Said:
        repo, org = _read_repo(row["modelId"]), row["org"]
        said = {"hub_repo_id": repo, "developer": org, "region": regions.get(org, "")}
        return _Said(repo, {attribute: value for attribute, value in said.items() if value})

    def read_parameters(row: Row) -> _Said:
        sizes = {column: _read_size(column, row[column]) for column in ("total_params_b", "active_params_b")}
        total, active = sizes["total_params_b"], sizes["active_params_b"]
        if total is not None and active is not None and active > total:
            raise ValueError(f"{row['model_id']}: more parameters are active ({active:g} B) than there are ({total:g})")
        return _Said(_read_repo(row["model_id"]), {c: f"{size:g}" for c, size in sizes.items() if size is not None})

    def read_correction(row: Row) -> _Said:
        day = row["actual_release_date"]
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", day):
            raise ValueError(f"{row['model_id']}: the release date is {day!r}, no day")
        date.fromisoformat(day)
        return _Said(_read_repo(row["model_id"]), {"released_on": day})

    def read_region(row: Row) -> _Said:
        if not row["hf_org"] or row["region"] not in (*_REGIONS, "unknown"):
            raise ValueError(f"{row['hf_org'] or '(no owner)'}: the region is {row['region']!r}")
        return _Said(row["hf_org"], {})

    return {
        "organization_regions.csv": read_region,
        "model_parameters.csv": read_parameters,
        "release_date_corrections.csv": read_correction,
    }.get(file, read_listed)


def _read_repo(text: str) -> str:
    if not _REPO.fullmatch(text):
        raise ValueError(f"{text!r} is no repository of the Hub")
    return text


def _read_size(column: str, text: str) -> float | None:
    if not text:
        return None
    try:
        size = float(text)
    except ValueError as error:
        raise ValueError(f"{column} is {text!r}, no number") from error
    if not math.isfinite(size) or size <= 0:
        raise ValueError(f"{column} is {text!r}, which cannot be a size")
    return size
