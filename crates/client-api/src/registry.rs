//! The table of routes: each is declared once, with who may call it, what it may show,
//! what it takes and what it gives. The router, the OpenAPI description and the tests
//! of privacy come from it; a route without a rule does not compile.

use archipel_model::Scope;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, on};
use http::Method;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::Value;

use crate::api::Api;
use crate::viewer::enforce;

/// Bytes of a body, unless a route says otherwise.
const BODY: usize = 1024 * 1024;

/// Who may call a route. An invalid token is refused everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Anyone,
    /// An app that shows no token: it wants one, or gives one back. What it says of
    /// itself is for the handler.
    Client,
    /// An app with any token, its own too.
    App,
    /// Somebody whose account may not act yet, whatever their token allows.
    Newcomer,
    /// Somebody, whatever their token allows.
    AnyMember,
    /// Somebody whose token allows this.
    Member(Scope),
}

/// What a route may show to who calls it; the tests of privacy hold it to that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    /// Nothing that anybody wrote or did.
    Nothing,
    /// Profiles, as everybody sees them.
    Profiles,
    /// Posts that who asks may see.
    Posts,
    /// What belongs to who asks, and posts that they may see.
    Own,
    /// What belongs to the server or to a community, to those who look after it.
    Care,
}

/// One route, as described to people and programs.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// The method.
    pub method: Method,
    /// The path, with `{names}`.
    pub path: &'static str,
    /// What it does, in a few words.
    pub about: &'static str,
    /// Who may call it.
    pub access: Access,
    /// What it may show.
    pub shows: Shows,
    /// The schema of what it takes, if anything.
    pub takes: Option<Value>,
    /// The schema of what it gives.
    pub gives: Value,
}

/// The table while it is written.
pub(crate) struct Routes {
    api: Api,
    router: Router<Api>,
    endpoints: Vec<Endpoint>,
    schemas: SchemaGenerator,
}

/// What a route says of itself besides its handler.
#[derive(Clone, Copy)]
pub(crate) struct Rule {
    about: &'static str,
    access: Access,
    shows: Shows,
    takes: Option<fn(&mut SchemaGenerator) -> Value>,
    gives: fn(&mut SchemaGenerator) -> Value,
    body: usize,
}

fn schema<T: JsonSchema>(schemas: &mut SchemaGenerator) -> Value {
    schemas.subschema_for::<T>().to_value()
}

/// Begins the rule of a route: what it does, who may call it, what it may show, and,
/// as the type, what it gives.
pub(crate) fn rule<Gives: JsonSchema>(about: &'static str, access: Access, shows: Shows) -> Rule {
    Rule {
        about,
        access,
        shows,
        takes: None,
        gives: schema::<Gives>,
        body: BODY,
    }
}

impl Rule {
    /// Parameters, in the query or the body.
    pub(crate) fn takes<T: JsonSchema>(self) -> Self {
        Self {
            takes: Some(schema::<T>),
            ..self
        }
    }

    /// Bytes that a body may have.
    pub(crate) fn body(self, body: usize) -> Self {
        Self { body, ..self }
    }
}

impl Routes {
    pub(crate) fn new(api: Api) -> Self {
        Self {
            api,
            router: Router::new(),
            endpoints: Vec::new(),
            schemas: SchemaGenerator::default(),
        }
    }

    pub(crate) fn get<H, T>(&mut self, path: &'static str, rule: Rule, handler: H)
    where
        H: Handler<T, Api>,
        T: 'static,
    {
        self.add(Method::GET, MethodFilter::GET, path, rule, handler);
    }

    pub(crate) fn post<H, T>(&mut self, path: &'static str, rule: Rule, handler: H)
    where
        H: Handler<T, Api>,
        T: 'static,
    {
        self.add(Method::POST, MethodFilter::POST, path, rule, handler);
    }

    pub(crate) fn put<H, T>(&mut self, path: &'static str, rule: Rule, handler: H)
    where
        H: Handler<T, Api>,
        T: 'static,
    {
        self.add(Method::PUT, MethodFilter::PUT, path, rule, handler);
    }

    pub(crate) fn patch<H, T>(&mut self, path: &'static str, rule: Rule, handler: H)
    where
        H: Handler<T, Api>,
        T: 'static,
    {
        self.add(Method::PATCH, MethodFilter::PATCH, path, rule, handler);
    }

    pub(crate) fn delete<H, T>(&mut self, path: &'static str, rule: Rule, handler: H)
    where
        H: Handler<T, Api>,
        T: 'static,
    {
        self.add(Method::DELETE, MethodFilter::DELETE, path, rule, handler);
    }

    fn add<H, T>(
        &mut self,
        method: Method,
        filter: MethodFilter,
        path: &'static str,
        rule: Rule,
        handler: H,
    ) where
        H: Handler<T, Api>,
        T: 'static,
    {
        let guarded = on(filter, handler)
            .layer(DefaultBodyLimit::max(rule.body))
            .layer(from_fn_with_state((self.api.clone(), rule.access), enforce));
        let router = std::mem::take(&mut self.router);
        self.router = router.route(path, guarded);
        self.endpoints.push(Endpoint {
            method,
            path,
            about: rule.about,
            access: rule.access,
            shows: rule.shows,
            takes: rule.takes.map(|takes| takes(&mut self.schemas)),
            gives: (rule.gives)(&mut self.schemas),
        });
    }

    /// The router, the table, and the schemas that the table refers to.
    pub(crate) fn finish(mut self) -> (Router<Api>, Vec<Endpoint>, serde_json::Map<String, Value>) {
        let schemas = self.schemas.take_definitions(true);
        (self.router, self.endpoints, schemas)
    }
}
