# The commands of every day. `just` alone lists them.

[private]
default:
    @just --list --unsorted

# Run the server from the sources, with config/archipel.toml.
dev *args:
    cargo run -- serve {{args}}

# Run everything that must hold: what CI runs.
test *args:
    tests/run {{args}}

# Run one end-to-end scenario, such as `just scenario follow::`; needs ARCHIPEL_TEST_PG for the postgres half.
scenario name:
    cargo build
    cargo test -p archipel-tests --test it -- {{name}}

# Formatting and clippy, as CI wants them.
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --locked -- -D warnings

# Two labs on this machine that follow, post and reply.
demo:
    cargo run --release -- demo

# Measure: rates, CPU per item, and the ratio to this machine's ceilings, as JSON.
bench *args:
    cargo run --release -p archipel-bench -- {{args}}
