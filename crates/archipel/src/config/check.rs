//! Rules that a single value cannot hold. All that is wrong is said at once,
//! each with what to do.

use std::net::IpAddr;

use archipel_model::{Host, origin_of};
use url::Url;

use super::schema::Config;
use super::source::ConfigError;
use super::values::{DatabaseKind, MailTls};

impl Config {
    /// Checks the whole and brings `server.public_url` into its one form.
    /// [`super::load`] does this; call it for a configuration made in code.
    pub fn validated(mut self) -> Result<Self, ConfigError> {
        let mut wrong = Vec::new();
        match public_origin(&self.server.public_url) {
            Ok(url) => {
                self.server.public_url = url;
                scheme(&self, &mut wrong);
            }
            Err(sentence) => wrong.push(sentence),
        }
        numbers(&self, &mut wrong);
        mail(&self, &mut wrong);
        for name in self.development.resolve.keys() {
            if name.parse::<Host>().is_err() {
                wrong.push(format!(
                    "development.resolve: {name:?} is not a host name; \
                     write a name such as \"lab-b.test\""
                ));
            }
        }
        if self.database.url.kind() == DatabaseKind::Sqlite
            && self.database.url.expose().contains(":memory:")
        {
            wrong.push(
                "database.url: a database in memory is lost at every stop; name a file, \
                 such as sqlite://data/archipel.db"
                    .to_owned(),
            );
        }
        if self.communities.file.as_os_str().is_empty() {
            wrong.push(
                "communities.file is empty; name a file, or leave the key out for \
                 config/communities.toml"
                    .to_owned(),
            );
        }
        if wrong.is_empty() {
            Ok(self)
        } else {
            Err(ConfigError::Rules(wrong))
        }
    }
}

/// A bare origin in canonical form, or a sentence.
fn public_origin(url: &Url) -> Result<Url, String> {
    const KEY: &str = "server.public_url";
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!(
            "{KEY} begins with https:// (or http:// on one's own machine)"
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(format!(
            "{KEY} cannot hold a user name or password: remove it"
        ));
    }
    if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
        return Err(format!(
            "{KEY} is only scheme and host, such as https://lab.example: remove the path, \
             the query and the fragment"
        ));
    }
    origin_of(url)
        .and_then(|origin| Url::parse(&format!("{}/", origin.url_prefix())).ok())
        .ok_or_else(|| format!("{KEY} has no host; give one, such as https://lab.example"))
}

/// http is for one's own machine, the development keys are for http.
fn scheme(config: &Config, wrong: &mut Vec<String>) {
    let development = &config.development;
    if config.server.public_url.scheme() == "https" {
        for (key, set) in [
            ("allow_http", development.allow_http),
            (
                "allow_private_addresses",
                development.allow_private_addresses,
            ),
            ("resolve", !development.resolve.is_empty()),
        ] {
            if set {
                wrong.push(format!(
                    "development.{key} weakens a server that others can reach: remove it, \
                     or use an http:// address in server.public_url"
                ));
            }
        }
    } else if !development.allow_http && !is_loopback_name(&config.server.public_url) {
        wrong.push(
            "server.public_url is http:// with a name that is not this machine's: use https:// \
             (a reverse proxy can add it), or set development.allow_http = true for trying things"
                .to_owned(),
        );
    }
}

/// Whether a URL names this very machine: `localhost`, a name below it, or a
/// loopback address.
pub fn is_loopback_name(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            name == "localhost" || name.ends_with(".localhost")
        }
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => IpAddr::V6(address).to_canonical().is_loopback(),
        None => false,
    }
}

/// Mail is sent by one server, from one address, and no password in the clear.
fn mail(config: &Config, wrong: &mut Vec<String>) {
    let mail = &config.mail;
    if !mail.is_configured() {
        return;
    }
    let is_here = matches!(mail.host.as_str(), "localhost" | "127.0.0.1" | "::1");
    if mail.tls == MailTls::Off && !is_here && !mail.user.is_empty() {
        wrong.push(
            "mail.tls is \"off\": the password of mail.user would cross the network in the clear; \
             use \"starttls\" or \"tls\""
                .to_owned(),
        );
    }
    if !mail.user.is_empty() && mail.password_file.as_os_str().is_empty() {
        wrong.push(
            "mail.user has no password: name the file that holds it in mail.password_file"
                .to_owned(),
        );
    }
    let is_address = mail
        .from
        .rsplit_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
    if !mail.from.is_empty() && !is_address {
        wrong.push(
            "mail.from is no address; write one, such as \"archipel@lab.example\" or \
             \"Le lab <archipel@lab.example>\""
                .to_owned(),
        );
    }
    if mail.port == 0 {
        wrong.push("mail.port is at least 1; 587 with starttls, 465 with tls".to_owned());
    }
}

/// Counts that must be at least one.
fn numbers(config: &Config, wrong: &mut Vec<String>) {
    for (key, zero) in [
        ("server.max_connections", config.server.max_connections == 0),
        ("database.readers", config.database.readers == 0),
        ("federation.deliveries", config.federation.deliveries == 0),
    ] {
        if zero {
            wrong.push(format!("{key} is at least 1; leave it out for its default"));
        }
    }
}
