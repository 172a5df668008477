"""What the catalogue says of each model, and what each source claims.

The row is made by the order of precedence (ingest/precedence.py); the claims keep what was not chosen, with the
reason, so that no disagreement of sources is hidden. It refuses to guess: what nobody states stays empty, and
weights under an unread licence are unknown, not open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from datetime import date
from typing import Any

import duckdb

from ingest.precedence import ATOM, CURATED, DEV, EPOCH, HUB, Said, choose, get_curated, is_day, list_claims
from ingest.registry import ModelEntry, Registry
from ingest.rows import create_table

_EPOCH_ACCESS = {
    "Open weights (unrestricted)": "commercial_weights",
    "Open weights (restricted use)": "restricted_commercial_weights",
    "Open weights (non-commercial)": "noncommercial_weights",
    "API access": "proprietary",
    "Hosted access (no API)": "proprietary",
    "Limited access": "proprietary",
    "Unreleased": "proprietary",
}
_FREE_LICENCES = {"apache-2.0", "mit"}
_MODELS = {
    "model_id": "varchar",
    "name": "varchar",
    "developer_id": "varchar",
    "family": "varchar",
    "released_on": "date",
    "access": "varchar",
    "access_source": "varchar",
    "tracked": "boolean",
    "role": "varchar",
    "licence": "varchar",
    "total_params_b": "double",
    "active_params_b": "double",
    "hub_repo_id": "varchar",
    "region": "varchar",
}
_CLAIMS = {
    "model_id": "varchar",
    "attribute": "varchar",
    "source_id": "varchar",
    "value": "varchar",
    "reading": "varchar",
    "is_chosen": "boolean",
    "differs": "boolean",
    "why": "varchar",
}
_MANY = ("family", "pooled", "undated")  # an entry of several models: a claim is about one of them


def write_models(
    con: duckdb.DuckDBPyConnection, registry: Registry, hub_ids: Set[str], names: Mapping[tuple[str, str], str]
) -> None:
    """Create main.models and main.attribute_claims. `names`: (source, name) -> model id."""
    said = _collect_said(con, names)
    ids = sorted({*registry.models, *names.values()})
    models = [describe_model(i, registry, said.get(i, {}), hub_ids) for i in ids]
    claims: list[Mapping[str, Any]] = []
    for model in models:
        entry = registry.models.get(model["model_id"])
        if entry is None or entry.role not in _MANY:
            claims += _claim(model, entry, registry, said.get(model["model_id"], {}))
    create_table(con, "main.models", _MODELS, models, "all")
    create_table(con, "main.attribute_claims", _CLAIMS, claims, "all")


def _collect_said(
    con: duckdb.DuckDBPyConnection, names: Mapping[tuple[str, str], str]
) -> dict[str, dict[str, dict[str, str]]]:
    """Model -> source -> attribute -> what the source says last."""
    said: dict[str, dict[str, dict[str, str]]] = {}
    for source_id, name_raw, attribute, value in con.execute("""
            select source_id, name_raw, attribute, arg_max(value, (observed_at, rowid)) from stored.model_attributes
            group by all order by all""").fetchall():
        if (source_id, name_raw) in names:
            said.setdefault(names[source_id, name_raw], {}).setdefault(source_id, {})[attribute] = value
    for repo_id, licence, created_on in con.execute("""
            select name_raw, arg_max(licence_raw, observed_at), min(created_on)
            from stored.repos group by 1""").fetchall():
        said.setdefault(names.get((HUB, repo_id), repo_id), {})[HUB] = {
            k: str(v) for k, v in (("licence", licence), ("released_on", created_on)) if v is not None
        }
    return said


def describe_model(model_id: str, registry: Registry, said: Said, hub_ids: Set[str]) -> dict[str, Any]:
    """One models row: the curated entry first, then what the sources say, in order of precedence."""
    entry = registry.models.get(model_id)
    epoch, dev, hub = (said.get(s, {}) for s in (EPOCH, DEV, HUB))
    developer = entry.developer if entry else registry.find_developer(model_id.partition("/")[0])
    access, access_source = _judge_access(entry.access if entry else None, epoch, dev, hub)
    region = registry.developers[developer].region if developer and developer in registry.developers else None

    def pick(attribute: str) -> str | None:
        found = choose(attribute, get_curated(attribute, entry) if entry else None, said)
        return found[0] if found else None

    released, total, active = pick("released_on"), pick("total_params_b"), pick("active_params_b")
    return {
        "model_id": model_id,
        "name": (entry and entry.name) or dev.get("name") or model_id.rpartition("/")[2],
        "developer_id": developer,
        "family": pick("family"),
        "released_on": date.fromisoformat(released) if released and is_day(released) else None,
        "access": access,
        "access_source": access_source,
        "tracked": bool(entry and entry.tracked),
        "role": (entry and entry.role) or None,
        "licence": pick("licence"),
        "total_params_b": float(total) if total else None,
        "active_params_b": float(active) if active else None,
        "hub_repo_id": (entry and entry.hub_repo_id) or (model_id if model_id in hub_ids else dev.get("hub_repo_id")),
        "region": region or said.get(ATOM, {}).get("region"),
    }


def _judge_access(
    curated: str | None, epoch: Mapping[str, str], dev: Mapping[str, str], hub: Mapping[str, str]
) -> tuple[str, str | None]:
    """Access class and who says so. Unknown stays unknown: weights under an unread licence are not "open"."""
    if curated:
        return curated, CURATED
    if epoch.get("accessibility") in _EPOCH_ACCESS:
        return _EPOCH_ACCESS[epoch["accessibility"]], EPOCH
    if dev.get("open_weights") == "false":
        return "proprietary", DEV
    if hub.get("licence", "").lower() in _FREE_LICENCES:
        return "commercial_weights", HUB
    return "unknown", None


def _claim(
    model: Mapping[str, Any], entry: ModelEntry | None, registry: Registry, said: Said
) -> Iterable[dict[str, Any]]:
    access = {
        EPOCH: _EPOCH_ACCESS.get(said.get(EPOCH, {}).get("accessibility", ""), ""),
        DEV: {"true": "weights", "false": "proprietary"}.get(said.get(DEV, {}).get("open_weights", ""), ""),
        HUB: "weights" if said.get(HUB) else "",
    }
    region = model["region"] if model["developer_id"] in registry.developers else None
    shown = {"developer": model["developer_id"], "region": region}
    for claim in list_claims(model["model_id"], entry, registry, said, access, shown):
        yield {column: getattr(claim, column) for column in _CLAIMS}
