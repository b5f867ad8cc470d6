//! What the foundation must reach on two cores shared with this driver, beside
//! what it reached.
//!
//! The bounds on processor time were set on a machine that makes an RSA-2048
//! signature in 0.4 ms; in signatures they are the same on a slower one.

use serde_json::{Value, json};

use crate::stats::number;

/// A figure and its bound.
struct Target {
    name: &'static str,
    figure: &'static str,
    bound: f64,
    at_most: bool,
}

const fn at_least(name: &'static str, figure: &'static str, bound: f64) -> Target {
    let at_most = false;
    Target {
        name,
        figure,
        bound,
        at_most,
    }
}

const fn at_most(name: &'static str, figure: &'static str, bound: f64) -> Target {
    let at_most = true;
    Target {
        name,
        figure,
        bound,
        at_most,
    }
}

/// SQLite; PostgreSQL must reach half of the rates of the inbox.
const TARGETS: [Target; 16] = [
    at_most(
        "posting, median ms",
        "/posting/rounds/answered/p50_ms",
        15.0,
    ),
    at_most("streams, MiB", "/streams/rss_mib", 200.0),
    at_least("inbox accepted/s", "/inbox/accepted_per_s", 2_500.0),
    at_least("inbox processed/s", "/inbox/processed_per_s", 1_200.0),
    at_most("inbox CPU ms", "/inbox/cpu/server_ms_per_item", 0.6),
    at_most(
        "inbox CPU in RSA signatures",
        "/inbox/cpu/server_rsa_signatures_per_item",
        1.5,
    ),
    at_most(
        "fan-out RSA CPU in RSA signatures",
        "/fanout_rsa/burst/cpu/server_rsa_signatures_per_item",
        1.75,
    ),
    at_least(
        "fan-out RSA of signing",
        "/fanout_rsa/burst/of_rsa_signing",
        0.6,
    ),
    at_least(
        "fan-out RSA of signing, one post",
        "/fanout_rsa/post/of_rsa_signing",
        0.6,
    ),
    at_most(
        "fan-out RSA CPU ms",
        "/fanout_rsa/burst/cpu/server_ms_per_item",
        0.7,
    ),
    at_most(
        "fan-out RSA last ms",
        "/fanout_rsa/post/last_delivery_ms",
        400.0,
    ),
    at_most("idle RSS MiB", "/idle/rss_mib", 60.0),
    at_most("first start ms", "/idle/first_start_ms", 1_000.0),
    at_most("second start ms", "/idle/second_start_ms", 1_000.0),
    at_least("actor reads/s", "/actor/requests_per_s", 15_000.0),
    at_most("actor reads p99 ms", "/actor/time/p99_ms", 50.0),
];

/// Compares the figures of one database; what was not measured is left out.
pub fn compare(figures: &Value, postgres: bool) -> Value {
    let get = |path: &str| figures.pointer(path).and_then(Value::as_f64);
    let mut lines = Vec::new();
    for target in &TARGETS {
        let Some(got) = get(target.figure) else {
            continue;
        };
        let halved = postgres && target.name.starts_with("inbox ") && !target.at_most;
        let bound = if halved {
            target.bound / 2.0
        } else {
            target.bound
        };
        let met = if target.at_most {
            got <= bound
        } else {
            got >= bound
        };
        lines.push(line(target.name, bound, got, met));
    }
    let rate = |path: &str| get(&format!("{path}/burst/deliveries_per_s"));
    if let (Some(rsa), Some(ed25519)) = (rate("/fanout_rsa"), rate("/fanout_ed25519")) {
        let ratio = ed25519 / rsa;
        lines.push(line("fan-out Ed25519 to RSA", 3.0, ratio, ratio >= 3.0));
    }
    Value::Array(lines)
}

fn line(name: &str, wanted: f64, got: f64, met: bool) -> Value {
    json!({ "name": name, "wanted": number(wanted), "got": number(got), "met": met })
}
