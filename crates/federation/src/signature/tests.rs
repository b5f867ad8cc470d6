#![expect(clippy::unwrap_used, reason = "tests")]
use std::sync::LazyLock;

use http::Uri;

use super::*;

static RSA: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate_rsa().unwrap());

/// The DER of an RSA public key in PKCS#1 with a modulus of `bytes` bytes of ones.
fn pkcs1(bytes: usize, exponent: &[u8]) -> Vec<u8> {
    fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
        let [.., high, low] = content.len().to_be_bytes();
        [&[tag, 0x82, high, low], content].concat()
    }
    let modulus = [&[0], vec![0xff; bytes].as_slice()].concat();
    let short = [&[2, u8::try_from(exponent.len()).unwrap()], exponent].concat();
    tagged(0x30, &[tagged(2, &modulus), short].concat())
}

fn pkcs1_pem(bytes: usize, exponent: &[u8]) -> String {
    pem::encode("RSA PUBLIC KEY", &pkcs1(bytes, exponent))
}

const F4: &[u8] = &[1, 0, 1];

#[test]
fn keys_survive_their_text_forms() {
    for key in [RSA.clone(), SigningKey::generate_ed25519().unwrap()] {
        let again = SigningKey::from_pem(&key.to_pem().unwrap()).unwrap();
        let signature = again.sign(b"bonjour").unwrap();
        let pem = key.public_pem().unwrap();
        let crlf = pem.replace('\n', "\r\n");
        for public in [
            VerifyingKey::from_pem(&pem).unwrap(),
            VerifyingKey::from_pem(&crlf).unwrap(),
            VerifyingKey::from_multibase(&key.multibase()).unwrap(),
        ] {
            assert_eq!(public.algorithm(), key.algorithm());
            assert!(public.verify(b"bonjour", &signature));
            assert!(!public.verify(b"bonsoir", &signature));
            for junk in [&[][..], &[0; 64], &[0xff; 256], &[1; 4096]] {
                assert!(!public.verify(b"bonjour", junk));
            }
        }
        assert!(!format!("{key:?}").contains("KEY-----"));
    }
}

#[test]
fn pkcs1_is_read_and_sizes_are_bounded() {
    for bytes in [256, 384, 512] {
        assert!(
            VerifyingKey::from_pem(&pkcs1_pem(bytes, F4)).is_ok(),
            "{bytes}"
        );
    }
    for bytes in [64, 128, 255, 513, 1024, 2048] {
        assert!(
            VerifyingKey::from_pem(&pkcs1_pem(bytes, F4)).is_err(),
            "{bytes}"
        );
    }
    assert_eq!(
        VerifyingKey::from_pem(&pkcs1_pem(513, F4)).unwrap_err(),
        KeyError::Size { bits: 4104 }
    );
    for exponent in [&[1][..], &[2], &[0]] {
        assert!(VerifyingKey::from_pem(&pkcs1_pem(256, exponent)).is_err());
    }
    let word = multikey::encode_rsa(&pkcs1(256, F4));
    assert!(VerifyingKey::from_multibase(&word).is_ok());
    assert!(VerifyingKey::from_multibase(&multikey::encode_rsa(&pkcs1(128, F4))).is_err());
}

#[test]
fn junk_is_no_key() {
    let secret = SigningKey::generate_ed25519().unwrap().to_pem().unwrap();
    for text in [
        "",
        "-----BEGIN PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----\n!!!\n-----END PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END OTHER-----",
        "-----BEGIN RSA PUBLIC KEY-----\n\n-----END RSA PUBLIC KEY-----",
        &secret,
        &"-----BEGIN PUBLIC KEY-----\n".repeat(1000),
    ] {
        assert!(VerifyingKey::from_pem(text).is_err(), "{text:.40}");
    }
    for word in [
        "",
        "z",
        "z6Mk",
        "uAAAA",
        "z0OIl",
        &format!("z{}", "6".repeat(9000)),
    ] {
        assert!(VerifyingKey::from_multibase(word).is_err(), "{word:.40}");
    }
    assert!(SigningKey::from_pem(&RSA.public_pem().unwrap()).is_err());
}

/// The example key of the did:key specification.
#[test]
fn multikeys_are_those_of_others() {
    let word = "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK";
    let Some(multikey::Multikey::Ed25519(raw)) = multikey::decode(word) else {
        panic!("not read as Ed25519");
    };
    assert_eq!(multikey::encode_ed25519(&raw), word);
}

#[test]
fn digests_in_their_many_forms() {
    let digest = BodyDigest::of(b"{\"hello\": \"world\"}");
    // RFC 9530 appendix B gives this body and digest.
    let b64 = "X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=";
    assert_eq!(digest.base64(), b64);
    assert_eq!(digest.digest(), format!("SHA-256={b64}"));
    assert_eq!(digest.content_digest(), format!("sha-256=:{b64}:"));
    for good in [
        format!("SHA-256={b64}"),
        format!("sha-256={b64}"),
        format!("SHA-256={b64},SHA-512=x"),
        format!("SHA-512=x, SHA-256={b64}"),
    ] {
        assert!(digest.is_in_digest(&good), "{good}");
    }
    for bad in [
        String::new(),
        format!("MD5={b64}"),
        format!("SHA-256={b64}=="),
        "SHA-256=".to_owned(),
        "SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBA==".to_owned(),
        format!("SHA-256={b64},SHA-256=AAAA"),
        format!("SHA-256={b64},"),
        format!("SHA-256 {b64}"),
    ] {
        assert!(!digest.is_in_digest(&bad), "{bad}");
    }
    assert!(digest.is_in_content_digest(&format!("sha-256=:{b64}:, sha-512=:AAAA:")));
    for bad in [
        format!("sha-512=:{b64}:"),
        format!("sha-256={b64}"),
        "sha-256=:AAAA:".to_owned(),
        "sha-256=(1 2)".to_owned(),
        String::new(),
    ] {
        assert!(!digest.is_in_content_digest(&bad), "{bad}");
    }
}

/// RFC 9421 appendix B.2.6: the message, the key and the signature are the standard's.
#[test]
fn the_standards_own_ed25519_example_verifies() {
    let key = VerifyingKey::from_pem(
        "-----BEGIN PUBLIC KEY-----\n\
         MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=\n\
         -----END PUBLIC KEY-----",
    )
    .unwrap();
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("date", "Tue, 20 Apr 2021 02:07:55 GMT"),
        ("content-type", "application/json"),
        ("content-length", "18"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let uri = Uri::from_static("/foo?param=Value&Pet=dog");
    let target = Target {
        method: &Method::POST,
        scheme: "https",
        host: "example.com",
        authority: "example.com",
        uri: &uri,
        headers: &headers,
    };
    let parsed = rfc9421::Parsed::read(
        "sig-b26=(\"date\" \"@method\" \"@path\" \"@authority\" \"content-type\" \
         \"content-length\");created=1618884473;keyid=\"test-key-ed25519\"",
        "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lI\
         p5WPpBKRCw==:",
    )
    .unwrap();
    assert_eq!(parsed.created(), Ok(Some(1_618_884_473)));
    let message = parsed.message(&target).unwrap();
    assert!(key.verify(&message, &parsed.signature));
}

/// The text of draft-cavage appendix C.3, with the headers of its example.
#[test]
fn the_drafts_own_message_is_rebuilt() {
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("date", "Sun, 05 Jan 2014 21:31:40 GMT"),
        ("content-type", "application/json"),
        (
            "digest",
            "SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=",
        ),
        ("content-length", "18"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let uri = Uri::from_static("/foo?param=value&pet=dog");
    let target = Target {
        method: &Method::POST,
        scheme: "https",
        host: "example.com",
        authority: "example.com",
        uri: &uri,
        headers: &headers,
    };
    let parsed = cavage::Parsed::read(
        "keyId=\"Test\", algorithm=\"rsa-sha256\", created=1402170695, expires=\"1402170699\", \
         headers=\"(request-target) (created) (expires) Host date content-type digest \
         content-length\", signature=\"dnN6\"",
    )
    .unwrap();
    let message = parsed.message(&target, true).unwrap();
    insta::assert_snapshot!(String::from_utf8(message).unwrap(), @r#"
    (request-target): post /foo?param=value&pet=dog
    (created): 1402170695
    (expires): 1402170699
    host: example.com
    date: Sun, 05 Jan 2014 21:31:40 GMT
    content-type: application/json
    digest: SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=
    content-length: 18
    "#);
    let pathless = parsed.message(&target, false).unwrap();
    assert!(pathless.starts_with(b"(request-target): post /foo\n"));
}

#[test]
fn broken_cavage_headers_are_told_from_good_ones() {
    for broken in [
        "",
        "garbage",
        "keyId",
        "keyId=\"a",
        "keyId=\"a\" signature=\"b\"",
        "keyId=\"a\",signature=\"b\",",
        "keyId=\"a\"",
        "signature=\"b\"",
        "keyId=\"a\",keyId=\"a\",signature=\"b\"",
        "keyId=\"a\",KEYID=\"a\",signature=\"b\"",
        "keyId=\"a\\\"b\",signature=\"b\"",
        "keyId=\"a\",headers=\"date date\",signature=\"b\"",
        "keyId=\"a\",headers=\"date Date\",signature=\"b\"",
        "sig1=:AAAA:",
    ] {
        assert!(cavage::Parsed::read(broken).is_err(), "{broken}");
    }
    let bare = cavage::Parsed::read("keyId=a,created=1,signature=\"b\" , other=x").unwrap();
    assert_eq!((bare.key_id, bare.created), ("a", Some("1")));
}

#[test]
fn rfc9421_headers_hold_one_plain_signature() {
    let signature = "sig1=:AAAA:";
    for broken in [
        "",
        "sig1",
        "sig1=5",
        "sig1=(\"@method\"), sig2=(\"@method\")",
        "sig1=(\"@method\"), sig1=(\"@method\")",
        "sig2=(\"@method\")",
        "sig1=(\"@method\" \"@method\")",
        "sig1=(\"@method\";req)",
        "sig1=(\"Date\")",
        "sig1=(date)",
    ] {
        assert!(
            rfc9421::Parsed::read(broken, signature).is_err(),
            "{broken}"
        );
    }
    let good = "sig1=(\"@method\");tag=\"a,b\"";
    assert!(rfc9421::Parsed::read(good, signature).is_ok());
    for broken in [
        "",
        "sig1=1",
        "sig1=:AAAA:, sig1=:AAAA:",
        "sig1=()",
        "keyId=\"a\"",
    ] {
        assert!(rfc9421::Parsed::read(good, broken).is_err(), "{broken}");
    }
}

#[test]
fn what_we_send_has_the_form_peers_verify() {
    let now = Timestamp::parse_rfc3339("2026-11-23T10:00:00Z").unwrap();
    let url = Url::parse("https://peer.example:8443/inbox?x=1").unwrap();
    let signer = Signer {
        key_id: "https://lab.example/c/tilab#main-key".to_owned(),
        key: RSA.clone(),
    };
    let body = BodyDigest::of(b"{}");
    let shown = |scheme, method: Method, body| {
        let headers = sign(&signer, scheme, &method, &url, body, now).unwrap();
        let mut lines: Vec<String> = headers
            .iter()
            .map(|(name, value)| {
                let value = value.to_str().unwrap();
                // The signature proper differs from run to run.
                let cut = value.find("signature=\"").map_or(value, |at| &value[..at]);
                let cut = cut.strip_prefix("sig1=:").map_or(cut, |_| "sig1=:…:");
                format!("{name}: {cut}")
            })
            .collect();
        lines.sort();
        lines.join("\n")
    };
    insta::assert_snapshot!(shown(Scheme::Cavage, Method::POST, Some(&body)), @r#"
    content-type: application/activity+json
    date: Mon, 23 Nov 2026 10:00:00 GMT
    digest: SHA-256=RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=
    host: peer.example:8443
    signature: keyId="https://lab.example/c/tilab#main-key",algorithm="rsa-sha256",headers="(request-target) host date digest content-type",
    "#);
    insta::assert_snapshot!(shown(Scheme::Cavage, Method::GET, None), @r#"
    date: Mon, 23 Nov 2026 10:00:00 GMT
    host: peer.example:8443
    signature: keyId="https://lab.example/c/tilab#main-key",algorithm="rsa-sha256",headers="(request-target) host date",
    "#);
    insta::assert_snapshot!(shown(Scheme::Rfc9421, Method::POST, Some(&body)), @r#"
    content-digest: sha-256=:RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=:
    content-type: application/activity+json
    date: Mon, 23 Nov 2026 10:00:00 GMT
    host: peer.example:8443
    signature-input: sig1=("@method" "@target-uri" "content-digest" "content-type");created=1795428000;keyid="https://lab.example/c/tilab#main-key";alg="rsa-v1_5-sha256"
    signature: sig1=:…:
    "#);
    insta::assert_snapshot!(shown(Scheme::Rfc9421, Method::GET, None), @r#"
    date: Mon, 23 Nov 2026 10:00:00 GMT
    host: peer.example:8443
    signature-input: sig1=("@method" "@target-uri");created=1795428000;keyid="https://lab.example/c/tilab#main-key";alg="rsa-v1_5-sha256"
    signature: sig1=:…:
    "#);
}

#[test]
fn what_cannot_be_signed_is_said() {
    let now = Timestamp::from_unix_seconds(i64::MAX);
    let url = Url::parse("https://peer.example/inbox").unwrap();
    let sign = |key_id: &str, key: &SigningKey, url: &Url| {
        let signer = Signer {
            key_id: key_id.to_owned(),
            key: key.clone(),
        };
        super::sign(&signer, Scheme::Cavage, &Method::GET, url, None, now)
    };
    assert!(sign("https://lab.example/#main-key", &RSA, &url).is_ok());
    let quoted = sign("a\",algorithm=\"b", &RSA, &url);
    assert_eq!(quoted.unwrap_err(), SignError::KeyId);
    let ed25519 = SigningKey::generate_ed25519().unwrap();
    let wrong = sign("https://lab.example/#k", &ed25519, &url);
    assert_eq!(wrong.unwrap_err(), SignError::NeedsRsa);
    let file = Url::parse("file:///etc/hosts").unwrap();
    let wrong = sign("https://lab.example/#k", &RSA, &file);
    assert_eq!(wrong.unwrap_err(), SignError::Url);
}
