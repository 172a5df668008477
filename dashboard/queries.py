"""What pages ask of the published file: one function a question, and the only SQL outside data/sql.

Answers are cached by the identity of the file, the as-of instant and the filters, so a newly published
file shows on the next interaction. Without as-of the marts answer, with it the views. It refuses to
decide or format anything: it returns frames whose columns are described, absent values as null.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from ingest.store import Reader, get_published_path

# Path, inode and modification time: the path is in it because tests serve several homes in one process.
Identity = tuple[str, int, int]


@st.cache_resource(max_entries=4, show_spinner=False)
def open_reader(path: str) -> Reader:
    """The one reader of a published file, shared by every session."""
    return Reader(Path(path))


def identify() -> Identity:
    """The published file of this moment. Raises StoreError where there is none or it cannot be opened."""
    path = str(get_published_path())
    reader = open_reader(path)
    inode, modified = reader.identify()
    with reader.open_cursor():
        return path, inode, modified


def ask(
    file: Identity, sql: str, parameters: Mapping[str, Any] | None = None, as_of: datetime | None = None
) -> pd.DataFrame:
    """The answer to a query with named parameters (`$name`), uncached. Timestamps come back naive, in UTC."""
    with open_reader(file[0]).open_cursor(as_of) as cursor:
        return cursor.execute(sql, dict(parameters or {})).df()


def choose(relation: str, as_of: datetime | None) -> str:
    """The mart of a relation for the present, its view for the past."""
    return relation if as_of else f"marts.{relation}"


# Capability and Data
