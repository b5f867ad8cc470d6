//! Rows about draft-cavage: what is signed, when and by whom.

#![expect(clippy::too_many_lines, reason = "a table is read from top to bottom")]

use super::*;
use crate::gate::WINDOW;
use crate::signature::{KeyError, VerifyingKey};

pub fn unsigned_or_broken(table: &mut Table) {
    table.row("S1 unsigned", &post(), "unsigned");
    let bearer = post().with("authorization", "Bearer abc");
    table.row("S1 a token is no signature", &bearer, "unsigned");
    for (id, value, word) in [
        ("S2 garbage", "garbage", "malformed_signature"),
        ("S2 empty", "", "malformed_signature"),
        ("S2 no parameters", "keyId", "malformed_signature"),
        ("S2 8 KiB", &"a".repeat(8193), "malformed_signature"),
        ("S2 not ASCII", "keyId=\"é\"", "malformed_signature"),
    ] {
        table.row(id, &post().with("signature", value), word);
    }
    let junk = post()
        .cavage(USUAL, RSA_LABEL)
        .header("signature")
        .replace("signature=\"", "signature=\"AAAA");
    table.row(
        "S2 wrong bytes",
        &post().with("signature", &junk),
        "bad_signature",
    );
    let unbase64 = signed()
        .header("signature")
        .replace("signature=\"", "signature=\"*");
    let unbase64 = post().with("signature", &unbase64);
    table.row("S2 not base64", &unbase64, "malformed_signature");
    for twice in [
        "headers=\"date\",",
        "keyId=\"x\",",
        "algorithm=\"rsa-sha256\",",
        "x=1,x=2,",
    ] {
        let request = post().cavage(USUAL, &format!("{RSA_LABEL}{twice}"));
        table.row(
            &format!("0.9 parameter twice {twice}"),
            &request,
            "malformed_signature",
        );
    }
    let both = signed().with("authorization", "Signature keyId=\"x\"");
    table.row("S22 Authorization and Signature", &both, "two_signatures");
    let both = nine(&created(0)).with("authorization", "signature x");
    table.row(
        "S22 Authorization and Signature-Input",
        &both,
        "two_signatures",
    );
    let alone = format!("Signature {}", signed().header("signature"));
    let alone = post().with("authorization", &alone);
    table.row("S22 Authorization alone", &alone, PASS);
    let bearer = signed().with("authorization", "Bearer abc");
    table.row("S22 a token beside a signature", &bearer, PASS);
}

pub fn coverage(table: &mut Table) {
    for (id, covered, word) in [
        ("S6 digest only", "digest", "not_covered"),
        ("S6 no request-target", "host date digest", "not_covered"),
        ("S7 no host", "(request-target) date digest", "not_covered"),
        ("S8 no date", "(request-target) host digest", "not_covered"),
        ("0.9 no digest", "(request-target) host date", "not_covered"),
        (
            "0.9 content-digest is no digest",
            "(request-target) host date content-digest",
            "not_covered",
        ),
        (
            "0.9 other order",
            "digest date content-type host (request-target)",
            PASS,
        ),
        ("0.9 other case", "(request-target) Host Date Digest", PASS),
        (
            "0.9 absent header",
            "(request-target) host date digest x-absent",
            "malformed_signature",
        ),
        (
            "0.9 unknown word",
            "(request-target) host date digest (what)",
            "malformed_signature",
        ),
        (
            "0.9 covered twice",
            "(request-target) host date digest date",
            "malformed_signature",
        ),
    ] {
        table.row(id, &post().cavage(covered, RSA_LABEL), word);
    }
    let none = format!("keyId=\"{KEY_ID}\",signature=\"AAAA\"");
    table.row(
        "S6 no headers parameter",
        &post().with("signature", &none),
        "not_covered",
    );
    for name in ["host", "date", "digest", "content-type"] {
        let swapped = match name {
            "host" => signed().with(name, "LAB.example"),
            "date" => signed().with(name, &date(1)),
            "digest" => signed().with(name, &signed().header(name).replace("SHA", "sha")),
            _ => post()
                .cavage("(request-target) host date digest content-type", RSA_LABEL)
                .with(name, "application/activity+json; charset=utf-8"),
        };
        table.row(
            &format!("S3 {name} changed after signing"),
            &swapped,
            "bad_signature",
        );
    }
    table.row(
        "S3 path changed",
        &signed().uri("/c/x/inbox"),
        "bad_signature",
    );
    table.row(
        "S3 query added",
        &signed().uri("/inbox?x=1"),
        "bad_signature",
    );
}

pub fn time(table: &mut Table) {
    table.row(
        "S8 Date absent",
        &signed().without("date"),
        "unreadable_date",
    );
    let window = i64::try_from(WINDOW.as_secs()).unwrap();
    for (id, seconds, word) in [
        ("0.9 65 min old", -window, PASS),
        ("0.9 65 min ahead", window, PASS),
        ("S9 just too old", -window - 1, "outside_window"),
        ("S9 just too new", window + 1, "outside_window"),
        ("S9 2 h old", -7_200, "outside_window"),
        ("S9 2 h ahead", 7_200, "outside_window"),
        ("S9 a year ahead", 31_536_000, "outside_window"),
    ] {
        let request = post().with("date", &date(seconds)).cavage(USUAL, RSA_LABEL);
        table.row(&format!("{id}, Date"), &request, word);
        let request = post().cavage(
            "(request-target) host (created) digest",
            &format!("algorithm=\"hs2019\",created={},", NOW + seconds),
        );
        table.row(&format!("{id}, created"), &request, word);
        table.row(&format!("{id}, RFC 9421"), &nine(&created(seconds)), word);
    }
    for value in [
        "",
        "yesterday",
        "2026-11-23T10:00:00Z",
        "Mon, 99 Nov 2026 10:00:00 GMT",
    ] {
        let request = post().with("date", value).cavage(USUAL, RSA_LABEL);
        table.row(&format!("S9 Date {value:?}"), &request, "unreadable_date");
    }
    for value in [
        "x",
        "\"\"",
        "-1",
        "1e9",
        "1795428000.5",
        "18446744073709551616",
        "9999999999999",
    ] {
        let params = format!("created={value},");
        let request = post().cavage("(request-target) host (created) digest", &params);
        table.row(&format!("S9 created={value}"), &request, "unreadable_date");
    }
    for (id, params, covered, word) in [
        (
            "S10 created quoted",
            format!("created=\"{NOW}\","),
            "(created)",
            PASS,
        ),
        (
            "S10 created without parameter",
            String::new(),
            "(created)",
            "unreadable_date",
        ),
        (
            "S10 expires without parameter",
            String::new(),
            "date (expires)",
            "unreadable_date",
        ),
        (
            "S10 expires past",
            format!("expires={},", NOW - 1),
            "date (expires)",
            "expired",
        ),
        (
            "S10 expires past, not covered",
            format!("expires={},", NOW - 1),
            "date",
            "expired",
        ),
        (
            "S10 expires ahead",
            format!("expires=\"{}\",", NOW + 9),
            "date (expires)",
            PASS,
        ),
        (
            "S10 expires with decimals",
            format!("expires={}.5,", NOW + 9),
            "date (expires)",
            PASS,
        ),
        (
            "S10 expires no number",
            "expires=soon,".to_owned(),
            "date (expires)",
            "unreadable_date",
        ),
        (
            "S10 created and an old date",
            format!("created={NOW},"),
            "(created) date",
            PASS,
        ),
    ] {
        let covered = format!("(request-target) host {covered} digest");
        table.row(id, &post().cavage(&covered, &params), word);
    }
    let old = post().with("date", &date(-7_200));
    let old = old.cavage(
        "(request-target) host (created) date digest",
        &format!("created={NOW},"),
    );
    table.row(
        "S9 fresh created beside an old Date",
        &old,
        "outside_window",
    );
    for (expires, until, word) in [
        (NOW + 60, NOW + 60, "expired"),
        (NOW + 30 * 86_400, NOW + window, "outside_window"),
    ] {
        let params = format!("created={NOW},expires={expires},");
        let request = post().cavage("(request-target) host (created) (expires) digest", &params);
        let valid_until = request.judge().unwrap().claim.valid_until.seconds();
        table.check("S10 clamp", Ok(valid_until == until), PASS);
        let replayed = request.judge_by(&rules(), until + 1).map(|_| true);
        table.check("S11 replay after the end", replayed, word);
    }
}

pub fn owners_and_algorithms(table: &mut Table) {
    let eve = post().key_id("https://evil.example/u/eve#main-key");
    table.row(
        "S14 key of another server",
        &eve.cavage(USUAL, RSA_LABEL),
        "foreign_key",
    );
    for key_id in [
        "https://peer.example:8443/k",
        "http://peer.example/k",
        "https://a.peer.example/k",
    ] {
        let request = post().key_id(key_id).cavage(USUAL, RSA_LABEL);
        table.row(&format!("S14 {key_id}"), &request, "foreign_key");
    }
    let forged = post().keys(&OTHER, &RSA).cavage(USUAL, RSA_LABEL);
    table.row("S15 signed with another key", &forged, "bad_signature");
    for key_id in [
        "",
        "main-key",
        "ftp://peer.example/k",
        "https://u:p@peer.example/k",
        "acct:a@peer.example",
    ] {
        let request = post().key_id(key_id).cavage(USUAL, RSA_LABEL);
        table.row(
            &format!("S16 keyId {key_id:?}"),
            &request,
            "malformed_signature",
        );
    }
    let long = format!("https://peer.example/{}", "k".repeat(2_000));
    table.row(
        "S16 long keyId",
        &post().key_id(&long).cavage(USUAL, RSA_LABEL),
        "malformed_signature",
    );
    for key_id in [
        "https://peer.example/u/ada/main-key",
        "https://peer.example./u/ada#k",
    ] {
        let request = post().key_id(key_id).cavage(USUAL, RSA_LABEL);
        table.row(&format!("C16 {key_id}"), &request, PASS);
    }
    for (label, rsa, ed25519) in [
        ("", PASS, PASS),
        ("algorithm=\"hs2019\",", PASS, PASS),
        ("algorithm=\"rsa-sha256\",", PASS, "bad_signature"),
        ("algorithm=\"ed25519\",", "bad_signature", PASS),
        (
            "algorithm=\"hmac-sha256\",",
            "unknown_algorithm",
            "unknown_algorithm",
        ),
        (
            "algorithm=\"none\",",
            "unknown_algorithm",
            "unknown_algorithm",
        ),
        (
            "algorithm=\"rsa-sha1\",",
            "unknown_algorithm",
            "unknown_algorithm",
        ),
        ("algorithm=\"\",", "unknown_algorithm", "unknown_algorithm"),
    ] {
        let id = format!("S18, C11 {label}");
        table.row(&format!("{id} RSA"), &post().cavage(USUAL, label), rsa);
        let request = post().keys(&ED25519, &ED25519).cavage(USUAL, label);
        table.row(&format!("{id} Ed25519"), &request, ed25519);
    }
    let mixed = post().keys(&ED25519, &RSA).cavage(USUAL, "");
    table.row("S18 Ed25519 signature, RSA key", &mixed, "bad_signature");
    for pem in [RSA.to_pem().unwrap(), "junk".to_owned()] {
        let refused = VerifyingKey::from_pem(&pem).err() == Some(KeyError::Unreadable);
        table.check("S19 key that is none", Ok(refused), PASS);
    }
}
