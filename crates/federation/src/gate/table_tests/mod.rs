//! One table: every case of the attack catalogue that can be decided without
//! network or database, under its number there, and what becomes of it.

#![expect(clippy::unwrap_used, reason = "tests")]
mod requests;
mod rfc9421;
mod signatures;

use super::Refusal;
use super::test_request::*;

const RSA_LABEL: &str = "algorithm=\"rsa-sha256\",";
const USUAL: &str = "(request-target) host date digest";
const NINE: [&str; 3] = ["@method", "@target-uri", "content-digest"];

/// The `Ok` of a row.
const PASS: &str = "accepted";

#[derive(Default)]
struct Table(Vec<String>);

impl Table {
    /// Compares the outcome of a row, by the word of the refusal.
    fn row(&mut self, id: &str, request: &Request, expected: &str) {
        let outcome = request.judge().map(|_| true);
        self.check(id, outcome, expected);
    }

    fn check(&mut self, id: &str, outcome: Result<bool, Refusal>, expected: &str) {
        let found = match outcome {
            Ok(true) => PASS,
            Ok(false) => "unsigned",
            Err(refusal) => refusal.code(),
        };
        if found != expected {
            self.0.push(format!("{id}: {found}, expected {expected}"));
        }
    }
}

fn signed() -> Request {
    post().cavage(USUAL, RSA_LABEL)
}

fn nine(params: &str) -> Request {
    post().rfc9421(&NINE, params)
}

fn created(seconds: i64) -> String {
    format!(";created={};KEY", NOW + seconds)
}

#[test]
fn the_table() {
    let mut table = Table::default();
    signatures::unsigned_or_broken(&mut table);
    requests::repeated_headers(&mut table);
    signatures::coverage(&mut table);
    signatures::time(&mut table);
    signatures::owners_and_algorithms(&mut table);
    rfc9421::rfc9421(&mut table);
    requests::digests_and_bodies(&mut table);
    requests::hosts(&mut table);
    requests::fetches(&mut table);
    assert!(table.0.is_empty(), "{}", table.0.join("\n"));
}
