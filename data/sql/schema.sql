-- The stored relations of the writer's file: raw facts as published, their payloads, and the run logs.
-- Consumer: ingest/append.py writes, data/sql/views read. Append-only; no key or index on purpose: DuckDB's
-- secondary indexes have open corruption reports, and the archive can rebuild every row.

create schema if not exists stored;

-- One row a payload: where a fact's address (payload_key, row_no) leads.
create table if not exists stored.payloads (
    payload_key bigint, snapshot_id varchar, source_id varchar, name varchar, url varchar, sha256 varchar,
    bytes bigint, observed_at timestamp, observed_kind varchar, first_observed_at timestamp, recorded_at timestamp,
    kind varchar, licence_id varchar, redistributable varchar, complete boolean, expected_rows bigint,
    origin varchar, note varchar, rows bigint, refused bigint
);

-- One row a snapshot that was read; `refused` says why nothing of it was used, where that is so.
create table if not exists stored.snapshots (
    snapshot_id varchar, source_id varchar, observed_at timestamp, complete boolean, rows bigint, refused varchar
);

-- One row each time a payload listed a scope (an edition, a provider's list), whole or in part. `observed_at` is
-- the payload's instant (what may delist); `evident_at` the instant its rows were public (what as-of asks).
create table if not exists stored.listings (
    source_id varchar, fact varchar, scope varchar, observed_at timestamp, evident_at timestamp,
    recorded_at timestamp, payload_key bigint, snapshot_id varchar,
    complete boolean, rows bigint, expected_rows bigint,
    refused bigint
);

-- One row each time a body's shape (its fields and their types) was another than the last of its place: of a source,
-- the url without the digits that tell editions apart. Made of the archived bodies alone; a seed brings none.
create table if not exists stored.shapes (
    source_id varchar, place varchar, payload_key bigint, observed_at timestamp, fields varchar[]
);

create table if not exists stored.quarantine (
    source_id varchar, snapshot_id varchar, payload_key bigint, row_no bigint, observed_at timestamp, reason varchar,
    row_json varchar
);

create table if not exists stored.scores (
    source_id varchar, origin varchar, name_raw varchar, licence_id varchar, redistributable varchar,
    observed_at timestamp, observed_kind varchar, recorded_at timestamp, is_listed boolean, payload_key bigint,
    row_no bigint, flags varchar[],
    board varchar, category varchar, method_version varchar, edition date, published_on date, benchmark_id varchar,
    config_raw varchar, run varchar, value double, low double, high double, interval_pct bigint, n double,
    rank bigint, evaluated_on date
);

create table if not exists stored.benchmark_difficulty (
    source_id varchar, origin varchar, name_raw varchar, licence_id varchar, redistributable varchar,
    observed_at timestamp, observed_kind varchar, recorded_at timestamp, is_listed boolean, payload_key bigint,
    row_no bigint, flags varchar[],
    edition date, difficulty double, slope double, is_anchor boolean, released_on date
);

create table if not exists stored.prices (
    source_id varchar, origin varchar, name_raw varchar, licence_id varchar, redistributable varchar,
    observed_at timestamp, observed_kind varchar, recorded_at timestamp, is_listed boolean, payload_key bigint,
    row_no bigint, flags varchar[],
    provider varchar, provider_name varchar, listing_id varchar, tier varchar, effective_from date, effective_to date,
    input_usd_per_mtok double, output_usd_per_mtok double, cache_read_usd_per_mtok double, context_tokens bigint
);

create table if not exists stored.hub_readings (
    source_id varchar, origin varchar, name_raw varchar, licence_id varchar, redistributable varchar,
    observed_at timestamp, observed_kind varchar, recorded_at timestamp, is_listed boolean, payload_key bigint,
    row_no bigint, flags varchar[],
    read_at timestamp, downloads_30d bigint, downloads_all_time bigint, likes bigint
);

create table if not exists stored.repos (
    source_id varchar, origin varchar, name_raw varchar, licence_id varchar, redistributable varchar,
    observed_at timestamp, observed_kind varchar, recorded_at timestamp, is_listed boolean, payload_key bigint,
    row_no bigint, flags varchar[],
    author varchar, asked_id varchar, base_repo_id varchar, relation varchar, licence_raw varchar, tags varchar[],
    pipeline_tag varchar, library_name varchar, created_on date, is_gated boolean
);

create table if not exists stored.model_attributes (
    source_id varchar, origin varchar, name_raw varchar, licence_id varchar, redistributable varchar,
    observed_at timestamp, observed_kind varchar, recorded_at timestamp, is_listed boolean, payload_key bigint,
    row_no bigint, flags varchar[],
    attribute varchar, value varchar
);

create table if not exists stored.usage (
    source_id varchar, origin varchar, name_raw varchar, licence_id varchar, redistributable varchar,
    observed_at timestamp, observed_kind varchar, recorded_at timestamp, is_listed boolean, payload_key bigint,
    row_no bigint, flags varchar[],
    day date, tokens double, share double, rank bigint, is_free_variant boolean, is_rest boolean
);

create table if not exists stored.counters (
    source_id varchar, origin varchar, name_raw varchar, licence_id varchar, redistributable varchar,
    observed_at timestamp, observed_kind varchar, recorded_at timestamp, is_listed boolean, payload_key bigint,
    row_no bigint, flags varchar[],
    metric varchar, day date, value double, is_cumulative boolean, step double, subject_kind varchar
);

create table if not exists stored.openness (
    source_id varchar, origin varchar, name_raw varchar, licence_id varchar, redistributable varchar,
    observed_at timestamp, observed_kind varchar, recorded_at timestamp, is_listed boolean, payload_key bigint,
    row_no bigint, flags varchar[],
    edition date, dimension varchar, criteria varchar, grade varchar, value double, subject_kind varchar
);

-- Logs, not facts: a rebuild does not reproduce them.
create schema if not exists logs;
create table if not exists logs.runs (
    run_id varchar, started_at timestamp, ended_at timestamp, command varchar, outcome varchar, exit_code integer
);
create table if not exists logs.run_sources (
    run_id varchar, source_id varchar, started_at timestamp, outcome varchar, error varchar, rows bigint, seconds double
);
create table if not exists logs.fetches (
    run_id varchar, source_id varchar, url varchar, fetched_at timestamp, status integer, bytes bigint, seconds double,
    attempts integer, error varchar
);
