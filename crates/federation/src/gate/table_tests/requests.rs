//! Rows about the request around the signature: headers, body, host, fetches.

#![expect(clippy::too_many_lines, reason = "a table is read from top to bottom")]

use archipel_model::Host;
use url::Url;

use super::*;
use crate::gate::GateRules;

pub fn repeated_headers(table: &mut Table) {
    let plain = signed().with("content-length", &BODY.len().to_string());
    table.row("S4 nothing repeated", &plain, PASS);
    let plain = plain
        .with("signature-input", "x")
        .with("authorization", "Bearer x");
    for name in [
        "host",
        "date",
        "digest",
        "content-digest",
        "signature",
        "signature-input",
        "authorization",
        "content-type",
        "content-length",
    ] {
        let same = plain.header(name);
        for (how, request) in [
            ("same", plain.clone().and(name, &same)),
            ("last", plain.clone().and(name, "other")),
            ("first", plain.clone().and_first(name, "other")),
            ("empty", plain.clone().and(name, "")),
        ] {
            table.row(
                &format!("S4 {name} twice, {how}"),
                &request,
                "duplicate_header",
            );
        }
    }
}

pub fn digests_and_bodies(table: &mut Table) {
    let mut swapped = signed();
    swapped.body = BODY.replace("Note", "Page").into();
    table.row("S3 body swapped", &swapped, "digest_mismatch");
    let mut swapped = nine(&created(0));
    swapped.body = BODY.replace("Note", "Page").into();
    table.row("S3 body swapped, RFC 9421", &swapped, "digest_mismatch");
    let mut spaced = signed();
    spaced.body.push(b' ');
    table.row("S3 the raw bytes count", &spaced, "digest_mismatch");

    let good = post().header("digest");
    let b64 = good.trim_start_matches("SHA-256=");
    for (id, value, word) in [
        ("two algorithms", format!("{good},SHA-512=x"), PASS),
        (
            "two algorithms, other order",
            format!("SHA-512=x, {good}"),
            PASS,
        ),
        ("lower case", format!("sha-256={b64}"), PASS),
        ("MD5 only", format!("MD5={b64}"), "digest_mismatch"),
        ("SHA-512 only", format!("SHA-512={b64}"), "digest_mismatch"),
        ("bad base64", "SHA-256=***".to_owned(), "digest_mismatch"),
        (
            "31 bytes",
            format!("SHA-256={}A==", b64.get(..41).unwrap()),
            "digest_mismatch",
        ),
        (
            "two that differ",
            format!("{good},SHA-256=x"),
            "digest_mismatch",
        ),
        ("empty", String::new(), "digest_mismatch"),
    ] {
        let request = post().with("digest", &value).cavage(USUAL, RSA_LABEL);
        table.row(&format!("S25 {id}"), &request, word);
    }
    let absent = signed().without("digest");
    table.row("S25 covered and absent", &absent, "malformed_signature");
    let other = post()
        .with("content-digest", "sha-512=:AAAA:")
        .rfc9421(&NINE, &created(0));
    table.row(
        "S25 content-digest without sha-256",
        &other,
        "digest_mismatch",
    );
    let both = post()
        .with("content-digest", "sha-256=:AAAA:")
        .cavage(USUAL, RSA_LABEL);
    table.row("S25 what is not signed is not read", &both, PASS);

    for encoding in ["gzip", "identity", ""] {
        let request = signed().with("content-encoding", encoding);
        table.row("S27 Content-Encoding", &request, "unsupported_encoding");
    }
    let both = signed()
        .with("content-length", "5")
        .with("transfer-encoding", "chunked");
    table.row("S27 length told twice", &both, "ambiguous_length");

    for (value, word) in [
        ("application/activity+json", PASS),
        ("application/activity+json; charset=utf-8", PASS),
        ("APPLICATION/Activity+JSON;charset=UTF-8", PASS),
        (
            "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"",
            PASS,
        ),
        (
            "application/ld+json;profile=\"https://www.w3.org/ns/activitystreams\"",
            PASS,
        ),
        (
            "application/ld+json; charset=utf-8; Profile=https://www.w3.org/ns/activitystreams",
            PASS,
        ),
        ("application/ld+json", "unsupported_media_type"),
        (
            "application/ld+json; profile=\"https://example.org/\"",
            "unsupported_media_type",
        ),
        ("application/json", "unsupported_media_type"),
        ("text/html", "unsupported_media_type"),
        ("application/activity+jsonx", "unsupported_media_type"),
        (
            "text/html, application/activity+json",
            "unsupported_media_type",
        ),
        ("", "unsupported_media_type"),
    ] {
        table.row(
            &format!("0.10 type {value}"),
            &signed().with("content-type", value),
            word,
        );
    }
    table.row(
        "0.10 no type",
        &signed().without("content-type"),
        "unsupported_media_type",
    );

    let large = format!("{BODY}{}", " ".repeat(1024 * 1024 - BODY.len()));
    let request = post().body(&large).cavage(USUAL, RSA_LABEL);
    table.row("0.10 exactly the limit", &request, PASS);
    let request = post().body(&format!("{large} ")).cavage(USUAL, RSA_LABEL);
    table.row("0.10 a byte too much", &request, "too_large");
    let declared = signed().with("content-length", "1048577");
    table.row("0.10 declared too large", &declared, "too_large");

    let long = "x".repeat(2_000);
    for (id, body, word) in [
        ("no JSON", "{", "malformed_json"),
        ("empty", "", "malformed_json"),
        ("not UTF-8 as JSON", "\u{1}", "malformed_json"),
        ("deep", &"[".repeat(100_000), "malformed_json"),
        ("no object", "[]", "malformed_activity"),
        (
            "no id",
            r#"{"type":"Like","actor":"https://peer.example/u"}"#,
            "malformed_activity",
        ),
        (
            "no type",
            r#"{"id":"https://peer.example/a","actor":"https://peer.example/u"}"#,
            "malformed_activity",
        ),
        (
            "no actor",
            r#"{"id":"https://peer.example/a","type":"Like"}"#,
            "malformed_activity",
        ),
        (
            "relative id",
            r#"{"id":"/a","type":"Like","actor":"https://peer.example/u"}"#,
            "malformed_activity",
        ),
        (
            "id with a newline",
            "{\"id\":\"https://peer.example/a\\n\",\"type\":\"Like\",\"actor\":\"https://peer.example/u\"}",
            "malformed_activity",
        ),
        (
            "long id",
            &format!(
                r#"{{"id":"https://peer.example/{long}","type":"Like","actor":"https://peer.example/u"}}"#
            ),
            "malformed_activity",
        ),
        (
            "id elsewhere",
            r#"{"id":"https://lab.example/a","type":"Like","actor":"https://peer.example/u"}"#,
            "foreign_id",
        ),
        (
            "actor elsewhere",
            r#"{"id":"https://v.example/a","type":"Like","actor":"https://v.example/u"}"#,
            "foreign_key",
        ),
        (
            "actor as object",
            r#"{"id":"https://peer.example/a","type":"Like","actor":{"id":"https://peer.example/u"}}"#,
            PASS,
        ),
        (
            "types",
            r#"{"id":"https://peer.example/a","type":["Like","x"],"actor":"https://peer.example/u"}"#,
            PASS,
        ),
    ] {
        let request = post().body(body).cavage(USUAL, RSA_LABEL);
        table.row(&format!("0.10 {id}"), &request, word);
    }
}

pub fn hosts(table: &mut Table) {
    for (host, word) in [
        ("lab.example:443", PASS),
        ("LAB.example", PASS),
        ("lab.example:80", "wrong_host"),
        ("lab.example:8443", "wrong_host"),
        ("lab.example.", "wrong_host"),
        ("peer.example", "wrong_host"),
        ("sub.lab.example", "wrong_host"),
        ("lab.example, lab.example", "wrong_host"),
        ("u@lab.example", "wrong_host"),
        ("", "wrong_host"),
    ] {
        let request = post().with("host", host).cavage(USUAL, RSA_LABEL);
        table.row(&format!("0.3 host {host}"), &request, word);
    }
    let forwarded = post()
        .with("host", "peer.example")
        .with("x-forwarded-host", "lab.example");
    table.row(
        "0.9 X-Forwarded-Host",
        &forwarded.cavage(USUAL, RSA_LABEL),
        "wrong_host",
    );
    table.row("0.9 no host", &signed().without("host"), "wrong_host");

    let second = |request: Request| {
        let uri = format!("https://lab.example{}", request.uri);
        request.without("host").uri(&uri)
    };
    table.row("0.9 HTTP/2", &second(signed()), PASS);
    table.row("0.9 HTTP/2, RFC 9421", &second(nine(&created(0))), PASS);
    let other = signed().uri("https://peer.example/inbox");
    table.row("0.9 authority and Host differ", &other, "wrong_host");
    let other = other.with("host", "peer.example");
    table.row("0.9 HTTP/2, another authority", &other, "wrong_host");

    // A port that is not the default belongs to the host, here and there.
    let rules = GateRules::of(&Url::parse("http://lab.example:8080").unwrap()).unwrap();
    for (sent, signed, word) in [
        ("lab.example:8080", "lab.example:8080", PASS),
        ("lab.example:8080", "lab.example", "bad_signature"),
        ("lab.example", "lab.example", "wrong_host"),
    ] {
        let request = post().with("host", signed).cavage(USUAL, RSA_LABEL);
        let outcome = request.with("host", sent).judge_by(&rules, NOW);
        table.check(
            &format!("0.9 port {sent} {signed}"),
            outcome.map(|_| true),
            word,
        );
    }
    let mut rules = super::super::test_request::rules();
    rules.hosts.push("two.example".parse::<Host>().unwrap());
    let outcome = post().with("host", "two.example").cavage(USUAL, RSA_LABEL);
    let outcome = outcome.judge_by(&rules, NOW).map(|_| true);
    table.check("0.9 a second host of ours", outcome, PASS);
}

pub fn fetches(table: &mut Table) {
    const FETCH: &str = "(request-target) host date";
    let page = || get("/c/tilab/outbox?page=2");
    for (id, request, word) in [
        ("unsigned", page(), "unsigned"),
        (
            "a browser's token",
            page().with("authorization", "Bearer x"),
            "unsigned",
        ),
        ("cavage", page().cavage(FETCH, RSA_LABEL), PASS),
        (
            "created",
            page().cavage(
                "(request-target) host (created)",
                &format!("created={NOW},"),
            ),
            PASS,
        ),
        (
            "path alone",
            page().cavage_for(FETCH, RSA_LABEL, "/c/tilab/outbox"),
            PASS,
        ),
        (
            "another path",
            page().cavage_for(FETCH, RSA_LABEL, "/c/tilab"),
            "bad_signature",
        ),
        (
            "no host",
            page().cavage("(request-target) date", RSA_LABEL),
            "not_covered",
        ),
        (
            "no target",
            page().cavage("host date", RSA_LABEL),
            "not_covered",
        ),
        (
            "no date",
            page().cavage("(request-target) host", RSA_LABEL),
            "not_covered",
        ),
        (
            "old",
            page().with("date", &date(-7_200)).cavage(FETCH, RSA_LABEL),
            "outside_window",
        ),
        (
            "wrong host",
            page().with("host", "peer.example").cavage(FETCH, RSA_LABEL),
            "wrong_host",
        ),
        (
            "two dates",
            page().cavage(FETCH, RSA_LABEL).and("date", "x"),
            "duplicate_header",
        ),
        (
            "RFC 9421",
            page().rfc9421(&["@method", "@target-uri"], &created(0)),
            PASS,
        ),
        (
            "RFC 9421, no method",
            page().rfc9421(&["@target-uri"], &created(0)),
            "not_covered",
        ),
        (
            "RFC 9421, no created",
            page().rfc9421(&["@method", "@target-uri"], ";KEY"),
            "not_covered",
        ),
        (
            "another key",
            page().keys(&OTHER, &RSA).cavage(FETCH, RSA_LABEL),
            "bad_signature",
        ),
    ] {
        table.check(&format!("GET {id}"), request.judge_get(), word);
    }
    let delivery = post()
        .cavage_for(USUAL, RSA_LABEL, "/inbox")
        .uri("/inbox?x=1");
    table.row("a delivery signs its query", &delivery, "bad_signature");
}
