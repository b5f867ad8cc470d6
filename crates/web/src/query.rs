//! The query of an address, in whatever order and however often things are said.

/// The parameters of an address, as they were sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads a query.
    pub(crate) fn of(query: Option<String>) -> Self {
        let query = query.unwrap_or_default();
        Self(
            url::form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
        )
    }

    /// The first value of a parameter.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The same, if it says something.
    pub(crate) fn filled(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// Whether a parameter is given more than once, which some must not be.
    pub(crate) fn repeats(&self, name: &str) -> bool {
        self.0.iter().filter(|(key, _)| key == name).count() > 1
    }

    /// A query of these parameters alone.
    pub(crate) fn only(&self, names: &[&str]) -> String {
        self.written(|key| names.contains(&key))
    }

    /// A query without this parameter.
    pub(crate) fn without(&self, name: &str) -> String {
        self.written(|key| key != name)
    }

    fn written(&self, keep: impl Fn(&str) -> bool) -> String {
        url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(self.0.iter().filter(|(key, _)| keep(key)))
            .finish()
    }
}
