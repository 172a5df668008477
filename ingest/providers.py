"""Which provider a price list means: data/providers.toml as a table of words.

Two lists give a second opinion only where they speak of the same seller, and each has ids of its own. The words
are written down one by one; a word under two providers would merge their prices, so it is refused.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import duckdb

from ingest.registry import RegistryError
from ingest.rows import create_table

_ABOUT = ("id", "name", "own_list")
_COLUMNS = {
    "source_id": "varchar",
    "provider": "varchar",
    "provider_id": "varchar",
    "name": "varchar",
    "is_own": "boolean",
}


def write_provider_names(con: duckdb.DuckDBPyConnection, data_dir: Path) -> None:
    """Create main.provider_names: source_id, provider (the source's word), provider_id, name, is_own (the source is
    the provider's own list). Raises RegistryError."""
    create_table(con, "main.provider_names", _COLUMNS, read_provider_names(data_dir / "providers.toml"), "all")


def read_provider_names(path: Path) -> list[dict[str, object]]:
    """The rows of the table. Raises RegistryError with every fault at once."""
    rows: list[dict[str, object]] = []
    faults: list[str] = []
    meant: dict[tuple[str, str], str] = {}
    for entry in tomllib.loads(path.read_text(encoding="utf-8"))["provider"]:
        own = entry.get("own_list", [])
        for source_id, words in entry.items():
            if source_id in _ABOUT:
                continue
            for word in words:
                other = meant.setdefault((source_id, word), entry["id"])
                if other != entry["id"]:
                    faults.append(
                        f"{path.name}: {source_id}'s {word!r} means both {other} and {entry['id']}; keep one."
                    )
                rows.append(
                    {
                        "source_id": source_id,
                        "provider": word,
                        "provider_id": entry["id"],
                        "name": entry["name"],
                        "is_own": source_id in own,
                    }
                )
    if faults:
        raise RegistryError(faults)
    return rows
