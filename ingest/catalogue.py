"""The catalogue at publish: which name is which model, and what is known of it.

Built anew from today's registries over the stored names, so that a corrected alias repairs the past as
well. Which source is believed about a model is in ingest/precedence.py, what it then says in
ingest/describe.py; every claim stays in attribute_claims, so that disagreements can be listed.
"""

from __future__ import annotations

import csv
import logging
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from ingest.definitions import write_definitions
from ingest.describe import write_models
from ingest.identity import OwnId, Resolution, Resolver, find_collisions
from ingest.method_notes import write_methods
from ingest.providers import write_provider_names
from ingest.registry import Registry, RegistryError
from ingest.rows import create_table
from ingest.source import discover_sources
from ingest.store import DATA, Reader, get_published_path

log = logging.getLogger(__name__)

_PRECISIONS = ("day", "approximate", "listing_date", "commit_date")
_SQL_TYPES: Mapping[pa.DataType, str] = {
    pa.string(): "varchar",
    pa.bool_(): "boolean",
    pa.float64(): "double",
    pa.date32(): "date",
    pa.list_(pa.string()): "varchar[]",
}
_NAMES = pa.schema(
    [(n, pa.string()) for n in ("source_id", "name_raw", "config_raw", "model_id", "config", "method", "rule")]
)


def write_catalogue(con: duckdb.DuckDBPyConnection) -> None:
    """Create sources, developers, providers, benchmarks, definitions, methods, model_names and models on an open copy.

    Raises RegistryError when the registries contradict themselves or a stored
    own id."""
    registry = Registry.load(DATA)
    own_ids, resolver = _build_resolver(con, registry)
    _write_sources(con)
    _write_registries(con, registry)
    write_provider_names(con, DATA)
    write_definitions(con)
    write_methods(con)
    names = _write_names(con, resolver)
    write_models(con, registry, {o.name_raw for o in own_ids if o.source_id == "hf_hub"}, names)


def _build_resolver(con: duckdb.DuckDBPyConnection, registry: Registry) -> tuple[list[OwnId], Resolver]:
    """The resolver over the ids sources issue; one that contradicts the registry is set aside and logged, so
    that a publisher's wrong link costs one name and not the publish."""
    own_ids = list(collect_own_ids(con))
    rejected = find_collisions(registry, own_ids)
    for own, sentence in rejected:
        log.warning("%s: %s", own.source_id, sentence)
    own_ids = [o for o in own_ids if o not in {own for own, _ in rejected}]
    return own_ids, Resolver(registry, own_ids)


def collect_own_ids(con: duckdb.DuckDBPyConnection) -> Iterable[OwnId]:
    """Ids that sources themselves issue: Hub repositories, those of the ATOM project's list among them, and
    models.dev's lab ids with their Hub repo."""
    for (repo_id,) in con.execute(
        "select name_raw from stored.hub_readings union select name_raw from stored.repos union "
        "select name_raw from stored.model_attributes where source_id = 'atom_tracked_models' order by 1"
    ).fetchall():
        yield OwnId("hf_hub", repo_id, repo_id)
    for name, hub in con.execute("""
            select name_raw, arg_max(value, observed_at) filter (attribute = 'hub_repo_id')
            from stored.model_attributes where source_id = 'models_dev' group by 1 order by 1""").fetchall():
        yield OwnId("models_dev", name, hub)


def _write_sources(con: duckdb.DuckDBPyConnection) -> None:
    rows = [
        {
            "source_id": s.source_id,
            "title": s.title,
            "publisher": s.publisher,
            "homepage": s.homepage,
            "licence_id": s.licence_id,
            "licence_url": s.licence_url,
            "attribution": s.attribution,
            "cadence_days": float(s.cadence_days),
            "required": s.required,
            "enabled": s.enabled,
            "needs_key": s.needs_key,
            "hosts": [*s.hosts, *s.cdn_hosts],
            "caveats": s.caveats(),
        }
        for s in discover_sources().values()
    ]
    schema = pa.schema(
        [
            (n, pa.string())
            for n in ("source_id", "title", "publisher", "homepage", "licence_id", "licence_url", "attribution")
        ]
        + [
            ("cadence_days", pa.float64()),
            ("required", pa.bool_()),
            ("enabled", pa.bool_()),
            ("needs_key", pa.string()),
            ("hosts", pa.list_(pa.string())),
            ("caveats", pa.string()),
        ]
    )
    _write_table(con, "sources", rows, schema)


def _write_registries(con: duckdb.DuckDBPyConnection, registry: Registry) -> None:
    text = pa.string()
    _write_table(
        con,
        "developers",
        [{"developer_id": d.id, "name": d.name, "region": d.region} for d in registry.developers.values()],
        pa.schema([("developer_id", text), ("name", text), ("region", text)]),
    )
    _write_table(
        con,
        "providers",
        [
            {"provider_id": p.id, "name": p.name, "is_router": p.router, "first_party_of": p.first_party_of}
            for p in registry.providers.values()
        ],
        pa.schema([("provider_id", text), ("name", text), ("is_router", pa.bool_()), ("first_party_of", text)]),
    )
    licences = tomllib.loads((DATA / "licences.toml").read_text(encoding="utf-8"))["licence"]
    _write_table(
        con,
        "licences",
        [{"licence_id": x["id"], **{c: x[c] for c in ("title", "url", "asks")}} for x in licences],
        pa.schema([("licence_id", text), ("title", text), ("url", text), ("asks", text)]),
    )
    benchmarks = tomllib.loads((DATA / "benchmarks.toml").read_text(encoding="utf-8"))["benchmark"]
    _write_table(
        con,
        "events",
        read_events(),
        pa.schema(
            [
                ("happened_on", pa.date32()),
                ("title", text),
                ("kind", text),
                ("models", text),
                ("source_url", text),
                ("precision", text),
            ]
        ),
    )
    columns: list[tuple[str, Any]] = [
        ("benchmark_id", text),
        ("name", text),
        ("domain", text),
        ("unit", text),
        ("higher_is_better", pa.bool_()),
        ("floor", pa.float64()),
        ("ceiling", pa.float64()),
        ("private", pa.bool_()),
        ("upstream", text),
    ]
    _write_table(
        con,
        "benchmarks",
        [{"benchmark_id": b["id"], **{c: b.get(c) for c, _ in columns[1:]}} for b in benchmarks],
        pa.schema(columns),
    )


def read_events() -> list[dict[str, Any]]:
    """The dated events of data/events.csv. Raises RegistryError naming every row that is not what it must be."""
    with (DATA / "events.csv").open(newline="", encoding="utf-8") as f:
        rows: list[dict[str, Any]] = [dict(r) for r in csv.DictReader(f)]
    faults = []
    for n, row in enumerate(rows, start=2):
        row["happened_on"] = _read_date(row["happened_on"])
        if (
            row["happened_on"] is None
            or not row["title"]
            or row["precision"] not in _PRECISIONS
            or not row["source_url"].startswith("https://")
        ):
            faults.append(
                f"events.csv, line {n}: needs a full date, a title, an https source and a precision of "
                f"{', '.join(_PRECISIONS)}."
            )
    if faults:
        raise RegistryError(faults)
    return rows


def _write_names(con: duckdb.DuckDBPyConnection, resolver: Resolver) -> dict[tuple[str, str], str]:
    """Resolve every stored (source, name, configuration); returns (source, name) -> model_id."""
    uses = con.execute("""
        select source_id, name_raw, config_raw from stored.scores
        union select source_id, name_raw, '' from stored.prices
        union select source_id, name_raw, '' from stored.model_attributes
        union select source_id, name_raw, '' from stored.usage where not is_rest
        union select source_id, name_raw, '' from stored.counters where subject_kind = 'model'
        union select source_id, name_raw, '' from stored.openness where subject_kind = 'model'
        union select source_id, name_raw, '' from stored.repos
        union select source_id, name_raw, '' from stored.hub_readings
        order by all""").fetchall()
    rows, found = [], {}
    for source_id, name_raw, config_raw in uses:
        r = resolver.resolve(name_raw, source_id)
        rows.append(
            {
                "source_id": source_id,
                "name_raw": name_raw,
                "config_raw": config_raw,
                "model_id": r.model_id,
                "config": _read_version(resolver, r, config_raw),
                "method": r.method,
                "rule": r.rule,
            }
        )
        if r.model_id is not None:
            found[source_id, name_raw] = r.model_id
    _write_table(con, "model_names", rows, _NAMES)
    return found


def _read_version(resolver: Resolver, r: Resolution, config_raw: str) -> str:
    """The configuration of a source's version string. One that does not lead back to the same model is kept
    word for word: a token nobody recognises must not merge two evaluations."""
    if not config_raw:
        return r.config
    if "=" in config_raw:  # settings beside the name, as key=value
        return resolver.resolve(r.name_raw, r.source_id, config_raw).config
    version = resolver.resolve(config_raw, r.source_id)
    return version.config if version.model_id and version.model_id == r.model_id else config_raw


def _read_date(text: str | None) -> date | None:
    """A full date from text; a month alone is not a day, so it is not one here either."""
    try:
        return date.fromisoformat(text) if text and len(text) == 10 else None
    except ValueError:
        return None


def _write_table(con: duckdb.DuckDBPyConnection, name: str, rows: list[dict[str, Any]], schema: pa.Schema) -> None:
    create_table(con, f"main.{name}", {f.name: _SQL_TYPES[f.type] for f in schema}, rows, "all")


def load_resolver() -> Resolver:
    """The resolver of the published data; without any, one that knows the registries only."""
    registry = Registry.load(DATA)
    if get_published_path().exists():
        with Reader().open_cursor() as cursor:
            return _build_resolver(cursor, registry)[1]
    return Resolver(registry)
