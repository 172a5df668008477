"""The contract a source fulfils: what it declares, reads and gives.

Everything between a publisher and our tables passes through the types below, so a source file
holds only what is particular to its publisher. A source knows neither the database nor another
source, and `parse` sees nothing but the payloads it is given: no clock, network or registry.
"""

from __future__ import annotations

import hashlib
import importlib
import inspect
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol, get_args, get_type_hints

from ingest.errors import ReadableError

if TYPE_CHECKING:
    import pyarrow as pa  # a fifth of a second, which a first start has no use for

ObservedKind = Literal["fetched", "recorded", "commit_date", "publish_date", "backfilled"]
PayloadKind = Literal["LIVE", "RECORDED", "COMPOSED", "DERIVED", "TRANSCRIBED", "CONSTRUCTED", "SEED"]
Redistributable = Literal["yes", "share-alike", "no"]
# "rows": the payload mixes licences, and only rows that say so may be passed on.
PayloadRights = Literal["yes", "share-alike", "no", "rows"]


class SourceError(ReadableError):
    """What went wrong with one source: a sentence that says what, where, and what to do."""

    exit_code = 2

    def __init__(self, source_id: str, message: str) -> None:
        super().__init__(f"{source_id}: {message}")
        self.source_id = source_id
        self.message = message


@dataclass(frozen=True, slots=True)
class Payload:
    """One body as its publisher served it, and what is known of how it came to us.

    `first_observed_at` is the earliest instant at which this same body (by hash) was seen at this
    url: the edition of a publisher who states none. `note` is the recorder's remark, if any.
    """

    key: int
    source_id: str
    name: str
    url: str
    body: bytes
    observed_at: datetime
    observed_kind: ObservedKind
    first_observed_at: datetime
    recorded_at: datetime
    kind: PayloadKind
    licence_id: str
    redistributable: PayloadRights
    complete: bool
    expected_rows: int | None = None
    origin: str = "live"
    note: str = ""

    @property
    def sha256(self) -> str:
        """Hash of the body, hexadecimal."""
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What one source read in one go; `complete` when every payload is whole."""

    snapshot_id: str
    source_id: str
    observed_at: datetime
    payloads: tuple[Payload, ...]

    @property
    def complete(self) -> bool:
        """Whether nothing the publisher serves is missing."""
        return all(p.complete for p in self.payloads)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What every fact carries. `row_no` counts from 0 within the payload and is half its address.

    `name_raw` is the publisher's own word for the subject, verbatim. The optional fields override
    the payload's where a row states its own; `observed_at` at 00:00:00 UTC means some time that day.
    """

    KIND: ClassVar[str]
    KEY: ClassVar[tuple[str, ...]]
    # A complete snapshot that holds a scope and lacks a listed key of it delists that key.
    # None: rows of this kind are never delisted. (): the whole source is one scope.
    SCOPE: ClassVar[tuple[str, ...] | None]

    payload_key: int
    row_no: int
    name_raw: str
    observed_at: datetime | None = None
    observed_kind: ObservedKind | None = None
    origin: str | None = None
    licence_id: str | None = None
    redistributable: Redistributable | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Score(Fact):
    """A model's result on one benchmark within one edition of one series.

    `board`, `category` and `method_version` make the series; a configuration never does.
    `value`, `low`, `high` are in the benchmark's unit; `interval_pct` is 90, 95 or None (no interval).
    `n` counts votes or samples; `rank` only where the publisher ranked the whole board.
    """

    KIND = "scores"
    KEY = ("board", "category", "method_version", "edition", "published_on", "name_raw", "config_raw", "run")
    SCOPE = ("board", "category", "method_version", "edition", "published_on")

    board: str
    category: str = "overall"
    method_version: str = "1"
    edition: date
    published_on: date | None = None
    benchmark_id: str
    config_raw: str = ""
    run: str = ""
    value: float
    low: float | None = None
    high: float | None = None
    interval_pct: int | None = None
    n: float | None = None
    rank: int | None = None
    evaluated_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkDifficulty(Fact):
    """How hard a benchmark is on the index's own scale (`name_raw` is the benchmark's name)."""

    KIND = "benchmark_difficulty"
    KEY = ("edition", "name_raw")
    SCOPE = ("edition",)

    edition: date
    difficulty: float
    slope: float | None = None
    is_anchor: bool = False
    released_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Price(Fact):
    """What one provider charges for one listing, in USD per million tokens (None: not stated).

    `effective_from` is None where the publisher states none: a change is then a new row in history.
    """

    KIND = "prices"
    KEY = ("provider", "listing_id", "tier", "effective_from")
    SCOPE = ("provider",)

    provider: str
    provider_name: str
    listing_id: str
    tier: str = ""
    effective_from: date | None = None
    effective_to: date | None = None
    input_usd_per_mtok: float | None
    output_usd_per_mtok: float | None
    cache_read_usd_per_mtok: float | None = None
    context_tokens: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HubReading(Fact):
    """One reading of a Hugging Face repository's counters (`name_raw` is the repo id as served).

    `downloads_30d` is the Hub's rolling window: neither a flow nor a total. None: not served.
    """

    KIND = "hub_readings"
    KEY = ("name_raw", "read_at", "origin")
    SCOPE = None

    read_at: datetime
    downloads_30d: int | None = None
    downloads_all_time: int | None = None
    likes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Repo(Fact):
    """What the Hub says of a repository (`name_raw` is the repo id as served)."""

    KIND = "repos"
    KEY = ("name_raw",)
    SCOPE = None

    author: str
    asked_id: str | None = None  # the id we asked for, where the Hub answered with another: a rename
    base_repo_id: str | None = None
    relation: str | None = None  # finetune, adapter, quantized, merge
    licence_raw: str | None = None
    tags: tuple[str, ...] = ()
    pipeline_tag: str | None = None
    library_name: str | None = None
    created_on: date | None = None
    is_gated: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelAttribute(Fact):
    """One thing a source says of a model, as text.

    `attribute` is one of: released_on, developer, country, accessibility, family, licence,
    open_weights (true/false), hub_repo_id, name, total_params_b, active_params_b, region (us, china, eu,
    other), modality (what an index of openness says a system reads or makes: text, image, ...).
    """

    KIND = "model_attributes"
    KEY = ("name_raw", "attribute")
    SCOPE = None

    attribute: str
    value: str


# What `name_raw` names where it may be no model: a developer, a code repository, or a topic searched for.
SubjectKind = Literal["model", "developer", "repository", "topic"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage(Fact):
    """Tokens of one model through one router on one UTC day.

    `share` is of all the router's tokens of the day, 0 to 1, None where the total is not known; `rank` counts
    from 1. A model that a top list does not name is unknown, never 0, so rows are never delisted."""

    KIND = "usage"
    KEY = ("name_raw", "day")
    SCOPE = None

    day: date
    tokens: float
    share: float | None = None
    rank: int | None = None
    is_free_variant: bool = False
    is_rest: bool = False  # everything below the list's end, pooled


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter(Fact):
    """One reading of a count: `metric` is a slug such as ollama_pulls, github_stars, hn_stories, arxiv_papers.

    `is_cumulative`: a total so far as of `day`; else the count of the period that `day` begins, a month unless the
    metric says otherwise. `step` is the unit the publisher rounds to ("10.9M" is 100,000), None where exact."""

    KIND = "counters"
    KEY = ("name_raw", "metric", "day")
    SCOPE = None

    metric: str
    day: date
    value: float
    is_cumulative: bool
    step: float | None = None
    subject_kind: SubjectKind = "model"


@dataclass(frozen=True, slots=True, kw_only=True)
class Openness(Fact):
    """A system's or developer's grade in one dimension of one edition of an index.

    `grade` is the publisher's word; `value` its number where the publisher or its written scale gives one. `criteria`
    names the edition's set of dimensions: grades under two sets are never compared."""

    KIND = "openness"
    KEY = ("edition", "name_raw", "dimension")
    SCOPE = ("edition",)

    edition: date
    dimension: str
    criteria: str
    grade: str | None = None
    value: float | None = None
    subject_kind: SubjectKind = "model"


@dataclass(frozen=True, slots=True)
class Refused:
    """A row a parser could not read: kept in quarantine with its reason, never dropped."""

    payload_key: int
    row_no: int
    reason: str
    row_json: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Many facts of one kind as a table whose columns are that kind's fields (missing: the default).

    For payloads of a million rows, where an object a row would cost more than the parsing.
    """

    kind: type[Fact]
    table: pa.Table


FACT_TYPES: tuple[type[Fact], ...] = (
    Score,
    BenchmarkDifficulty,
    Price,
    HubReading,
    Repo,
    ModelAttribute,
    Usage,
    Counter,
    Openness,
)
Parsed = Fact | Batch | Refused


@dataclass(frozen=True, slots=True)
class Fetched:
    """One answer of a live host. On 304 `body` is the archived body and `unchanged` is true."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    observed_at: datetime
    unchanged: bool = False
    name: str = ""
    complete: bool = True


class Fetcher(Protocol):
    """What a source may ask of the network; `ingest.http.Session` is the real one."""

    def get(self, url: str, *, name: str = "", headers: Mapping[str, str] | None = None) -> Fetched:
        """Answer of one GET. Raises SourceError after retries, on refusal, or over a limit."""

    def get_pages(self, url: str, *, name: str = "") -> Iterator[Fetched]:
        """Answers along `Link: rel="next"`, the first included."""


@dataclass(frozen=True, slots=True)
class FetchContext:
    """What a live read may know besides the network: whom we track, and the settings.

    `settings` holds HF_ENDPOINT where set, the name of the source's key where there is one (never the key), and
    either `last_read` (the instant of its last live read, ISO 8601) or `first_run`. `report` tells the run that a
    part failed while the rest goes on (the snapshot is then partial).
    """

    fetcher: Fetcher
    tracked_repo_ids: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    report: Callable[[str], None] = lambda sentence: None


class Source(ABC):
    """One publisher's data: metadata as class attributes, `fetch` for live reads, `parse` for bodies.

    The module docstring has the headings Measures, Published and Caveats; the last is shown to readers.
    """

    source_id: ClassVar[str]
    title: ClassVar[str]
    publisher: ClassVar[str]
    homepage: ClassVar[str]
    licence_id: ClassVar[str]
    licence_url: ClassVar[str]
    attribution: ClassVar[str]
    cadence_days: ClassVar[float]
    required: ClassVar[bool] = False
    enabled: ClassVar[bool] = True
    needs_key: ClassVar[str | None] = None
    # What is asked, and where the publisher sends us on to (exact, or all below a leading dot). Nothing else is
    # reached: with both, a firewall's list is complete.
    hosts: ClassVar[tuple[str, ...]]
    cdn_hosts: ClassVar[tuple[str, ...]] = ()
    redistributable: ClassVar[Redistributable] = "yes"
    max_bytes: ClassVar[int] = 200_000_000
    # Seconds between two requests to one host, where the publisher asks for a pause.
    min_interval: ClassVar[float] = 0.0
    # A list shorter than the one before by more than this share is taken for cut off: it delists nobody.
    tolerated_drop: ClassVar[float] = 0.4
    # Kind -> scope columns, where the publisher's lists are wider or narrower than the kind's own scope.
    scopes: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    @abstractmethod
    def fetch(self, context: FetchContext) -> Iterable[Fetched]:
        """Read everything of one snapshot, politely. Raises SourceError."""

    @abstractmethod
    def parse(self, snapshot: Snapshot) -> Iterator[Parsed]:
        """Typed facts and refused rows of a snapshot's payloads. Raises SourceError when a body is not
        what the publisher serves (garbage, HTML, an empty list): nothing of the snapshot is then used."""

    @classmethod
    def caveats(cls) -> str:
        """The Caveats paragraph of the module's docstring."""
        text = inspect.getdoc(inspect.getmodule(cls)) or ""
        _, _, rest = text.partition("Caveats")
        return " ".join(rest.lstrip(":\n ").split("\n\n")[0].split())


@cache
def discover_sources() -> Mapping[str, Source]:
    """Every source by id, found by its file being in `ingest/sources`."""
    import ingest.sources as package

    found: dict[str, Source] = {}
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda m: m.name):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        own = [
            c
            for c in vars(module).values()
            if isinstance(c, type) and issubclass(c, Source) and c.__module__ == module.__name__
        ]
        if len(own) != 1:
            raise TypeError(f"{module.__name__}: expected exactly one Source class, found {len(own)}.")
        if own[0].source_id != info.name:
            raise TypeError(f"{module.__name__}: source_id {own[0].source_id!r} must equal the file's name.")
        found[info.name] = own[0]()
    return found


_SCHEMAS: dict[str, pa.Schema] = {}


def arrow_schema(kind: type[Fact]) -> pa.Schema:
    """The Arrow columns of a fact type, in field order; instants are naive UTC in microseconds."""
    if kind.KIND not in _SCHEMAS:
        _SCHEMAS[kind.KIND] = _build_schema(kind)
    return _SCHEMAS[kind.KIND]


def _build_schema(kind: type[Fact]) -> pa.Schema:
    import pyarrow as pa

    types: Mapping[Any, pa.DataType] = {
        int: pa.int64(),
        float: pa.float64(),
        str: pa.string(),
        bool: pa.bool_(),
        date: pa.date32(),
        datetime: pa.timestamp("us"),
    }
    hints = get_type_hints(kind)
    columns = []
    for f in fields(kind):
        options = [t for t in (get_args(hints[f.name]) or (hints[f.name],)) if t is not type(None)]
        if Ellipsis in options:
            columns.append(pa.field(f.name, pa.list_(pa.string())))
            continue
        base = options[0] if options[0] in types else str  # a Literal is text
        columns.append(pa.field(f.name, types[base]))
    return pa.schema(columns)
