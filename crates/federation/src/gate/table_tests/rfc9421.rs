//! Rows about signatures by RFC 9421.

#![expect(clippy::too_many_lines, reason = "a table is read from top to bottom")]

use super::*;

pub fn rfc9421(table: &mut Table) {
    let usual = created(0);
    table.row("S24 the full set", &nine(&usual), PASS);
    let labelled = |alg: &str| nine(&format!("{usual};alg=\"{alg}\""));
    table.row("C14 rsa-v1_5-sha256", &labelled("rsa-v1_5-sha256"), PASS);
    table.row(
        "S18 ed25519 with an RSA key",
        &labelled("ed25519"),
        "bad_signature",
    );
    for alg in ["hmac-sha256", "rsa-pss-sha512", "rsa-sha256", "none", ""] {
        table.row(
            &format!("S24 alg {alg:?}"),
            &labelled(alg),
            "unknown_algorithm",
        );
    }
    let numbered = nine(&format!("{usual};alg=1"));
    table.row("S24 alg no text", &numbered, "malformed_signature");
    let small = post().keys(&ED25519, &ED25519);
    let named = small
        .clone()
        .rfc9421(&NINE, &format!("{usual};alg=\"ed25519\""));
    table.row("C14 ed25519", &named, PASS);
    table.row(
        "C14 Ed25519 key, no alg",
        &small.rfc9421(&NINE, &usual),
        PASS,
    );
    let proxied = nine(&usual)
        .with("x-forwarded-proto", "http")
        .with("x-forwarded-host", "evil.example");
    table.row("C14 behind a proxy", &proxied, PASS);

    let with_query = post().uri("/inbox?x=1");
    for (id, components, word) in [
        (
            "S24 no @method",
            &["@target-uri", "content-digest"][..],
            "not_covered",
        ),
        (
            "S24 no @target-uri",
            &["@method", "content-digest"],
            "not_covered",
        ),
        (
            "S24 no content-digest",
            &["@method", "@target-uri"],
            "not_covered",
        ),
        (
            "S24 digest instead",
            &["@method", "@target-uri", "digest"],
            "not_covered",
        ),
        (
            "S24 @authority alone",
            &["@method", "@authority", "content-digest"],
            "not_covered",
        ),
        (
            "S24 @path alone",
            &["@method", "@path", "content-digest"],
            "not_covered",
        ),
        (
            "S24 unknown part",
            &["@method", "@target-uri", "content-digest", "@status"],
            "malformed_signature",
        ),
        (
            "S24 absent header",
            &["@method", "@target-uri", "content-digest", "x-no"],
            "malformed_signature",
        ),
        (
            "S24 twice",
            &["@method", "@method", "@target-uri", "content-digest"],
            "malformed_signature",
        ),
    ] {
        table.row(id, &post().rfc9421(components, &usual), word);
    }
    let parts = ["@method", "@authority", "@path", "content-digest"];
    table.row("S24 in parts", &post().rfc9421(&parts, &usual), PASS);
    let bare = with_query.clone().rfc9421(&parts, &usual);
    table.row("S24 in parts, query left out", &bare, "not_covered");
    let parts = [
        "@method",
        "@authority",
        "@path",
        "@query",
        "content-digest",
        "host",
        "date",
    ];
    table.row(
        "S24 in parts with query",
        &with_query.clone().rfc9421(&parts, &usual),
        PASS,
    );
    table.row(
        "S24 target with query",
        &with_query.rfc9421(&NINE, &usual),
        PASS,
    );

    for (id, params, word) in [
        ("S24 no created", ";KEY".to_owned(), "not_covered"),
        ("S24 no keyid", format!(";created={NOW}"), "not_covered"),
        (
            "S9 created no number",
            ";created=\"x\";KEY".to_owned(),
            "unreadable_date",
        ),
        (
            "S9 created with decimals",
            format!(";created={NOW}.5;KEY"),
            "unreadable_date",
        ),
        (
            "S9 created huge",
            ";created=18446744073709551616;KEY".to_owned(),
            "malformed_signature",
        ),
        (
            "S10 expires past",
            format!("{usual};expires={}", NOW - 1),
            "expired",
        ),
        (
            "S10 expires ahead",
            format!("{usual};expires={}", NOW + 1),
            PASS,
        ),
        (
            "S10 expires no number",
            format!("{usual};expires=\"x\""),
            "unreadable_date",
        ),
        (
            "S24 nonce and tag",
            format!("{usual};nonce=\"a,b\";tag=\"x\""),
            PASS,
        ),
    ] {
        table.row(id, &nine(&params), word);
    }
    let one = nine(&usual);
    for name in ["signature", "signature-input"] {
        let value = one.header(name);
        for other in [
            value.replace("sig1", "sig2"),
            value.clone(),
            "x=1".to_owned(),
        ] {
            let two = one.clone().with(name, &format!("{value}, {other}"));
            table.row(&format!("S24 two in {name}"), &two, "malformed_signature");
        }
        let renamed = one.clone().with(name, &value.replace("sig1", "sig9"));
        table.row(
            &format!("S24 other label in {name}"),
            &renamed,
            "malformed_signature",
        );
        let lone = one.clone().without(name);
        table.row(&format!("S24 no {name}"), &lone, "malformed_signature");
    }
    let mixed = signed().with("signature-input", &one.header("signature-input"));
    table.row("S24 never read as cavage", &mixed, "malformed_signature");
    let spaced = one
        .header("signature-input")
        .replace(";created", "; created");
    table.row(
        "S24 other spacing, same meaning",
        &one.with("signature-input", &spaced),
        PASS,
    );
    let swapped = nine(&usual).uri("/c/x/inbox");
    table.row("S3 path changed, RFC 9421", &swapped, "bad_signature");
    let forged = post().keys(&OTHER, &RSA).rfc9421(&NINE, &usual);
    table.row("S15 another key, RFC 9421", &forged, "bad_signature");
    let eve = post()
        .key_id("https://evil.example/u/eve#k")
        .rfc9421(&NINE, &usual);
    table.row("S14 another server, RFC 9421", &eve, "foreign_key");
}
