//! The contract with clients: what each route of the client API gives, held to the
//! schemas of `tests/contract`.

use std::collections::HashMap;
use std::sync::LazyLock;

use jsonschema::Validator;
use serde::Deserialize;
use serde_json::{Value, json};

static CONTRACT: LazyLock<Contract> = LazyLock::new(Contract::load);

struct Contract {
    routes: Vec<(Route, Validator)>,
    error: Validator,
}

#[derive(Deserialize)]
struct Route {
    method: String,
    path: String,
    schema: Value,
}

impl Route {
    /// How well it fits: more literal parts are better.
    fn fit(&self, method: &str, path: &str) -> Option<usize> {
        if self.method != method {
            return None;
        }
        let (ours, theirs): (Vec<_>, Vec<_>) =
            (self.path.split('/').collect(), path.split('/').collect());
        let fits = ours.len() == theirs.len()
            && ours
                .iter()
                .zip(&theirs)
                .all(|(our, their)| *our == "{}" || our == their);
        fits.then(|| ours.iter().filter(|part| **part != "{}").count())
    }
}

impl Contract {
    fn load() -> Self {
        let entities: Value =
            serde_json::from_str(include_str!("../contract/entities.json")).expect("entities");
        let routes: Vec<Route> =
            serde_json::from_str(include_str!("../contract/routes.json")).expect("routes");
        let mut made: HashMap<String, Validator> = HashMap::new();
        let mut validator = |schema: &Value| {
            made.entry(schema.to_string())
                .or_insert_with(|| {
                    let whole = json!({ "$defs": entities["$defs"], "allOf": [schema] });
                    jsonschema::validator_for(&whole).expect("a schema")
                })
                .clone()
        };
        Self {
            error: validator(&json!({ "$ref": "#/$defs/Error" })),
            routes: routes
                .into_iter()
                .map(|route| {
                    let validator = validator(&route.schema);
                    (route, validator)
                })
                .collect(),
        }
    }
}

/// What is wrong with an answer of the client API; empty when nothing is.
pub fn violations(method: &str, path: &str, status: u16, kind: &str, body: &[u8]) -> Vec<String> {
    let path = path
        .split('?')
        .next()
        .unwrap_or_default()
        .trim_end_matches('/');
    if !path.starts_with("/api/") && path != "/oauth/token" && path != "/oauth/revoke" {
        return Vec::new();
    }
    if path.starts_with("/api/v1/streaming") {
        return Vec::new();
    }
    let what = format!("{method} {path}: {status}");
    if status >= 500 {
        return vec![format!("{what}: {}", String::from_utf8_lossy(body))];
    }
    if !kind.starts_with("application/json") {
        return vec![format!("{what} as {kind:?}")];
    }
    let Ok(json) = serde_json::from_slice::<Value>(body) else {
        return vec![format!(
            "{what}: not JSON: {}",
            String::from_utf8_lossy(body)
        )];
    };
    let contract = &*CONTRACT;
    let validator = if status >= 400 {
        &contract.error
    } else {
        let best = contract
            .routes
            .iter()
            .filter_map(|(route, validator)| Some((route.fit(method, path)?, validator)))
            .max_by_key(|(fit, _)| *fit);
        match best {
            Some((_, validator)) => validator,
            None => return Vec::new(),
        }
    };
    validator
        .iter_errors(&json)
        .map(|error| format!("{what}: {error} at {}", error.instance_path()))
        .collect()
}
