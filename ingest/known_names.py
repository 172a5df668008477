"""Names the seed has already resolved, so that a first start need not.

Resolving is the slowest part of a first publish, and for the seed its outcome is known when the seed is written. So
it ships beside the facts, under a key made of everything an outcome depends on: the registries, the code of the
rules and the ids sources issued. Another key, and every name is resolved anew; nothing is ever half believed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from ingest.identity import OwnId
from ingest.store import DATA

_KEY = b"gpt-oss-landscape-names"
_RULES = ("catalogue.py", "identity.py", "name_rules.py", "registry.py")


def make_key(own_ids: Iterable[OwnId]) -> bytes:
    """A hash of all that the resolution of a name depends on."""
    told = hashlib.sha256()
    for path in (DATA / "models.toml", DATA / "developers.toml", *(Path(__file__).with_name(n) for n in _RULES)):
        told.update(hashlib.sha256(path.read_bytes()).digest())
    for own in sorted((o.source_id, o.name_raw, o.hub_repo_id or "") for o in own_ids):
        told.update("\x1f".join(own).encode() + b"\x1e")
    return told.hexdigest().encode()


def read_known(folder: Path, own_ids: Sequence[OwnId]) -> pa.Table | None:
    """The rows of model_names that a seed's folder holds under today's key; None where there are none."""
    path = _locate(folder)
    if not path.is_file():
        return None
    try:
        file = pq.ParquetFile(path)
    except pa.ArrowInvalid:
        return None  # whatever became of it, resolving anew gives the same
    if (file.schema_arrow.metadata or {}).get(_KEY) != make_key(own_ids):
        return None
    return file.read()


def write_known(con: duckdb.DuckDBPyConnection, folder: Path, own_ids: Sequence[OwnId]) -> int:
    """Keep a catalogue's model_names beside a seed; returns its rows."""
    relation = con.sql("from main.model_names order by all")
    assert relation is not None  # a select always has a relation
    table = relation.to_arrow_table().replace_schema_metadata({_KEY: make_key(own_ids)})
    _locate(folder).parent.mkdir(exist_ok=True)
    pq.write_table(table, _locate(folder), compression="zstd", compression_level=19)
    return int(table.num_rows)


def _locate(folder: Path) -> Path:
    # Below a folder of its own: what lies beside the facts is one of a source's tables.
    return folder / "resolved" / "model_names.parquet"
