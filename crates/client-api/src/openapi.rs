//! The table of routes as an OpenAPI 3.1 document. `x-access` and `x-shows` carry the
//! rules of each route, for the tests of privacy.

use serde_json::{Map, Value, json};

use crate::api::Api;
use crate::registry::{Access, Endpoint, Shows};

/// The whole document.
pub(crate) fn document(api: &Api, routes: &[Endpoint], schemas: &Map<String, Value>) -> Value {
    let mut paths = Map::new();
    for route in routes {
        let entry = paths
            .entry(route.path)
            .or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(methods) = entry {
            methods.insert(route.method.as_str().to_ascii_lowercase(), operation(route));
        }
    }
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Archipel: client API",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "AGPL-3.0-only", "identifier": "AGPL-3.0-only" },
        },
        "servers": [{ "url": api.url("") }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
        },
    });
    // Schemas refer to each other as JSON Schema does; here they live elsewhere.
    repoint(&mut document);
    document
}

fn operation(route: &Endpoint) -> Value {
    let names = route
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| {
            json!({ "name": name.trim_start_matches('*'), "in": "path", "required": true, "schema": { "type": "string" } })
        });
    let mut operation = json!({
        "summary": route.about,
        "parameters": names.collect::<Vec<_>>(),
        "responses": {
            "200": {
                "description": route.about,
                "content": { "application/json": { "schema": route.gives } },
            },
        },
        "security": match route.access {
            Access::Anyone => json!([{}, { "token": [] }]),
            Access::Client => json!([{}]),
            Access::App | Access::AnyMember | Access::Newcomer => json!([{ "token": [] }]),
            Access::Member(scope) => json!([{ "token": [scope.as_str()] }]),
        },
        "x-access": match route.access {
            Access::Anyone => "anyone",
            Access::Client => "client",
            Access::App => "app",
            Access::Newcomer => "newcomer",
            Access::AnyMember | Access::Member(_) => "member",
        },
        "x-shows": match route.shows {
            Shows::Nothing => "nothing",
            Shows::Profiles => "profiles",
            Shows::Posts => "posts",
            Shows::Own => "own",
            Shows::Care => "care",
        },
    });
    if let (Some(takes), Value::Object(fields)) = (&route.takes, &mut operation) {
        fields.insert(
            "requestBody".to_owned(),
            json!({ "content": {
                "application/json": { "schema": takes },
                "application/x-www-form-urlencoded": { "schema": takes },
                "multipart/form-data": { "schema": takes },
            } }),
        );
    }
    operation
}

fn repoint(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match value {
                    Value::String(text) if key == "$ref" => {
                        *text = text.replace("#/$defs/", "#/components/schemas/");
                    }
                    other => repoint(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(repoint),
        _ => {}
    }
}
