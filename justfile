# What contributors run. `just` lists it; `.ci/run` runs `just check` and then the tests.

set shell := ["bash", "-euo", "pipefail", "-c"]

binary := env("CARGO_TARGET_DIR", "target") / "debug/gateway"

_list:
    @just --list --unsorted

# Start the gateway with its own database and demo data; arguments go to it: `just run token --help`
run *arguments:
    cargo run -- {{ arguments }}

# Run all tests, or those that `cargo test` selects with the arguments: `just test -p rows`
test *arguments='--workspace':
    cargo test {{ arguments }}

# Run what has to pass before the tests: format, lints, documentation, schema.graphql
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
    RUSTDOCFLAGS="-D warnings -A rustdoc::private-intra-doc-links" cargo doc --workspace --no-deps
    # With all packages, so that the tests find their dependencies built.
    cargo build --workspace --bin gateway
    {{ binary }} schema | diff --unified schema.graphql - || { echo 'schema.graphql is not the schema: run `just schema`'; exit 1; }

# Format the code as `just check` wants it
format:
    cargo fmt --all

# Write schema.graphql
schema:
    cargo build --workspace --bin gateway
    {{ binary }} schema > schema.graphql

# Build GraphiQL's files, which are committed, from its sources; needs Node 20
graphiql:
    cd crates/gateway/graphiql && npm ci && npm run build
