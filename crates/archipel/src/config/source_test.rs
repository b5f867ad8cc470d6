//! Where the configuration is found, what wins, what is refused and how.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::config::{DatabaseKind, FederationMode, LogFormat};

type Result<T> = std::result::Result<T, String>;

/// Loads from a file's text and environment variables, in an empty directory.
fn load_text(text: &str, environment: &[(&str, &str)]) -> Result<Config> {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("given.toml");
    std::fs::write(&file, text).unwrap();
    load_from(Some(&file), variables(environment), directory.path())
        .map(|loaded| loaded.config)
        .map_err(|error| error.to_string())
}

fn variables(pairs: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
    pairs
        .iter()
        .map(|(name, value)| (name.into(), value.into()))
        .collect()
}

fn refusal(text: &str, environment: &[(&str, &str)]) -> String {
    load_text(text, environment).unwrap_err()
}

#[test]
fn files_are_looked_for_in_the_documented_order() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let found = |file: Option<&Path>, env: &[(&str, &str)]| {
        let loaded = load_from(file, variables(env), at).unwrap();
        (loaded.source, loaded.config.server.max_connections)
    };
    std::fs::create_dir(at.join("config")).unwrap();
    let write = |name: &str, connections: u32| {
        let path = at.join(name);
        std::fs::write(
            &path,
            format!("[server]\nmax_connections = {connections}\n"),
        )
        .unwrap();
        path
    };
    let beside = write("config/archipel.toml", 1);
    assert_eq!(found(None, &[]), (Source::File(beside.clone()), 1));
    assert_eq!(
        found(None, &[("ARCHIPEL_CONFIG", "")]),
        (Source::File(beside), 1)
    );
    let named = write("named.toml", 2);
    let env = [("ARCHIPEL_CONFIG", "named.toml")];
    assert_eq!(found(None, &env), (Source::File(named), 2));
    let given = write("given.toml", 3);
    assert_eq!(found(Some(&given), &env), (Source::File(given), 3));
}

#[test]
fn a_named_file_must_exist() {
    let directory = tempfile::tempdir().unwrap();
    let missing = directory.path().join("missing.toml");
    let error = load_from(Some(&missing), Vec::new(), directory.path()).unwrap_err();
    assert!(error.to_string().contains("missing.toml"), "{error}");
    let error = load_from(
        None,
        variables(&[("ARCHIPEL_CONFIG", "missing.toml")]),
        directory.path(),
    )
    .unwrap_err();
    assert!(error.to_string().contains("missing.toml"), "{error}");
}

#[test]
fn an_empty_file_means_the_defaults() {
    assert_eq!(load_text("", &[]), Ok(Config::default()));
}

#[test]
fn the_environment_wins_and_every_shape_can_be_given() {
    let config = load_text(
        "[server]\nmax_connections = 10\n[development.resolve]\n\"from.file\" = \"127.0.0.9\"\n",
        &[
            ("ARCHIPEL__SERVER__MAX_CONNECTIONS", "20"),
            ("ARCHIPEL__SERVER__LISTEN", "[::1]:9000"),
            ("ARCHIPEL__SERVER__ADMIN_LISTEN", "127.0.0.1:9001"),
            ("ARCHIPEL__SERVER__TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8"),
            ("ARCHIPEL__DATABASE__URL", "postgres://lab:pw@db/archipel"),
            ("ARCHIPEL__FEDERATION__MODE", "trusted"),
            ("ARCHIPEL__FEDERATION__AUTHORIZED_FETCH", "true"),
            ("ARCHIPEL__LOG__FORMAT", "json"),
            ("ARCHIPEL__DEVELOPMENT__ALLOW_HTTP", "1"),
            (
                "ARCHIPEL__DEVELOPMENT__RESOLVE",
                "lab-b.test=127.0.0.1,other=127.0.0.2",
            ),
            ("UNRELATED__SERVER__LISTEN", "x"),
        ],
    )
    .unwrap();
    assert_eq!(config.server.max_connections, 20);
    assert_eq!(config.server.listen, "[::1]:9000".parse().unwrap());
    assert_eq!(config.server.admin_listen, "127.0.0.1:9001".parse().ok());
    assert_eq!(config.server.trusted_proxies.len(), 2);
    assert_eq!(config.database.url.kind(), DatabaseKind::Postgres);
    assert_eq!(config.federation.mode, FederationMode::Trusted);
    assert!(config.federation.authorized_fetch);
    assert_eq!(config.log.format, LogFormat::Json);
    assert!(config.development.allow_http);
    let names: Vec<&str> = config
        .development
        .resolve
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        names,
        ["from.file", "lab-b.test", "other"],
        "a table is added to"
    );
    assert!(!format!("{config:?}").contains("pw"));
}

#[test]
fn tables_and_lists_can_be_given_in_the_file() {
    let config = load_text(
        "[server]\ntrusted_proxies = [\"127.0.0.1\"]\n\
         [development]\nresolve = { \"lab-b.test\" = \"127.0.0.1\" }\n",
        &[],
    )
    .unwrap();
    assert_eq!(config.server.trusted_proxies.len(), 1);
    assert_eq!(
        config.development.resolve.get("lab-b.test"),
        Some(&"127.0.0.1".parse().unwrap())
    );
}

#[test]
fn unknown_keys_are_named_with_the_nearest_known_one() {
    for (text, key, nearest) in [
        ("[server]\nlistn = 1", "server.listn", "server.listen"),
        ("public_url = \"x\"", "public_url", "server.public_url"),
        ("[databse]\nurl = \"x\"", "databse.url", "database.url"),
        ("[loging]", "loging", "log."),
    ] {
        let error = refusal(text, &[]);
        assert!(error.contains(&format!("{key:?}")), "{error}");
        assert!(error.contains(nearest), "{error}");
        assert!(error.contains("given.toml"), "{error}");
    }
    let error = refusal("", &[("ARCHIPEL__SERVER__PUBLIC_ULR", "x")]);
    assert!(error.contains("ARCHIPEL__SERVER__PUBLIC_ULR"), "{error}");
    assert!(error.contains("server.public_url"), "{error}");
}

#[test]
fn a_bad_value_is_named_with_its_key_and_its_place() {
    for (text, env, words) in [
        (
            "[server]\nlisten = \"8080\"",
            None,
            &["server.listen", "given.toml", "127.0.0.1:8080"][..],
        ),
        (
            "",
            Some(("ARCHIPEL__SERVER__MAX_CONNECTIONS", "many")),
            &[
                "server.max_connections",
                "ARCHIPEL__SERVER__MAX_CONNECTIONS",
            ],
        ),
        (
            "[federation]\nmode = \"opne\"",
            None,
            &["federation.mode", "open, trusted, closed"],
        ),
        (
            "",
            Some(("ARCHIPEL__DEVELOPMENT__RESOLVE", "lab-b.test")),
            &["ARCHIPEL__DEVELOPMENT__RESOLVE", "has no ="],
        ),
        (
            "[development.resolve]\n\"lab-b.test\" = \"here\"",
            None,
            &["resolve", "IP address"],
        ),
        ("[server", None, &["given.toml", "line 1"]),
        ("server = 5", None, &["[server]", "section"]),
    ] {
        let error = refusal(text, env.as_slice());
        for word in words {
            assert!(error.contains(word), "{word:?} is missing in: {error}");
        }
    }
}

#[test]
fn a_password_is_in_no_error() {
    for text in [
        "database = \"postgres://lab:hunter2@db/x\"",
        "[database]\nurl = \"pg://lab:hunter2@db/x\"",
        "[database]\nurl = [\"postgres://lab:hunter2@db/x\"]",
        "[server]\npublic_url = \"https://lab:hunter2@x/\"",
        "[server]\npublic_url = \"//lab:hunter2@x/\"",
    ] {
        let error = refusal(text, &[]);
        assert!(!error.contains("hunter2"), "{error}");
    }
}

#[test]
fn rules_across_keys_say_what_to_do() {
    for (text, words) in [
        (
            "[server]\npublic_url = \"https://lab.example\"\n[development]\nallow_http = true\n\
             allow_private_addresses = true\nresolve = { a = \"127.0.0.1\" }",
            &[
                "development.allow_http",
                "development.allow_private_addresses",
                "development.resolve",
            ][..],
        ),
        (
            "[server]\npublic_url = \"http://lab.example\"",
            &["https://"],
        ),
        (
            "[server]\npublic_url = \"https://lab.example/x\"",
            &["path"],
        ),
        (
            "[server]\npublic_url = \"https://lab.example/?a\"",
            &["query"],
        ),
        (
            "[server]\npublic_url = \"https://u@lab.example\"",
            &["user name"],
        ),
        (
            "[server]\npublic_url = \"ftp://lab.example\"",
            &["https://"],
        ),
        (
            "[server]\nmax_connections = 0\n[federation]\ndeliveries = 0",
            &["server.max_connections", "federation.deliveries"],
        ),
        (
            "[database]\nurl = \"sqlite://:memory:\"",
            &["database.url", "lost"],
        ),
        ("[development.resolve]\n\"a/b\" = \"127.0.0.1\"", &["a/b"]),
        ("[communities]\nfile = \"\"", &["communities.file"]),
    ] {
        let error = refusal(text, &[]);
        for word in words {
            assert!(error.contains(word), "{word:?} is missing in: {error}");
        }
    }
    let error = refusal("", &[("DANGER_FEDERATION_ALLOW_LOCAL_IP", "1")]);
    assert!(error.contains("unset it"), "{error}");
}

#[test]
fn good_public_addresses_take_their_one_form() {
    for (given, kept) in [
        ("https://LAB.example", "https://lab.example/"),
        ("https://lab.example:443/", "https://lab.example/"),
        ("https://lab.example.", "https://lab.example/"),
        ("http://localhost:8080", "http://localhost:8080/"),
        (
            "http://lab-a.localhost:8081",
            "http://lab-a.localhost:8081/",
        ),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/"),
        ("http://[::1]:8080", "http://[::1]:8080/"),
    ] {
        let config = load_text(&format!("[server]\npublic_url = {given:?}"), &[]).unwrap();
        assert_eq!(config.server.public_url.as_str(), kept);
        assert!(config.origin().is_some());
    }
    let tried = "[server]\npublic_url = \"http://lab-a.test\"\n[development]\nallow_http = true";
    assert!(load_text(tried, &[]).is_ok());
}
