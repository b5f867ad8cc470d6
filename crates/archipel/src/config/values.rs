//! The values that have a form of their own. Each is read from one text and
//! says in its error what a good one looks like.

use std::fmt;
use std::str::FromStr;

/// Reads and writes a type as the text of its `FromStr` and `Display`.
macro_rules! as_text {
    ($name:ty) => {
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                <String as serde::Deserialize>::deserialize(from)?
                    .parse()
                    .map_err(serde::de::Error::custom)
            }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }
    };
}
pub(super) use as_text;

/// A closed set of words.
macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident => $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$variant => $word),+ })
            }
        }

        impl FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    other => Err(format!(
                        "{other:?} is not one of: {}", [$($word),+].join(", ")
                    )),
                }
            }
        }

        as_text!($name);
    };
}

choice! {
    /// Which servers are spoken with.
    FederationMode {
        /// Every server that is not blocked.
        Open => "open",
        /// Only servers that were allowed by name.
        Trusted => "trusted",
        /// None.
        Closed => "closed",
    }
}

choice! {
    /// How log lines look.
    LogFormat {
        /// One line for people.
        Text => "text",
        /// One JSON object a line.
        Json => "json",
    }
}

choice! {
    /// Who can make an account for themselves.
    Registration {
        /// Nobody.
        Closed => "closed",
        /// Who was given an invitation link.
        Invitation => "invitation",
        /// Also who asks, once somebody has agreed.
        Approval => "approval",
    }
}

choice! {
    /// How the connection to the mail server is protected.
    MailTls {
        /// Begins in the clear and turns to TLS, which is demanded.
        Starttls => "starttls",
        /// TLS from the first byte.
        Tls => "tls",
        /// Not at all.
        Off => "off",
    }
}

/// Which database a URL means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatabaseKind {
    /// A file of this process.
    Sqlite,
    /// A `PostgreSQL` server.
    Postgres,
}

/// A database URL. `Display`, `Debug` and serialisation never show its
/// password; only [`DatabaseUrl::expose`] gives it whole, for the driver.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl {
    kind: DatabaseKind,
    text: String,
}

impl DatabaseUrl {
    /// The URL with its password. Never to be logged.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// Which database it means.
    pub const fn kind(&self) -> DatabaseKind {
        self.kind
    }
}

impl Default for DatabaseUrl {
    fn default() -> Self {
        Self {
            kind: DatabaseKind::Sqlite,
            text: "sqlite://data/archipel.db".to_owned(),
        }
    }
}

impl FromStr for DatabaseUrl {
    type Err = &'static str;

    /// The error never repeats the text: it may hold a password.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FORMS: &str = "the database is sqlite://PATH (such as sqlite://data/archipel.db) \
             or postgres://USER:PASSWORD@HOST/DATABASE";
        let kind = match text.split_once("://") {
            Some(("sqlite", path)) if !path.is_empty() => DatabaseKind::Sqlite,
            Some(("postgres" | "postgresql", rest)) if !rest.is_empty() => DatabaseKind::Postgres,
            _ => return Err(FORMS),
        };
        Ok(Self {
            kind,
            text: text.to_owned(),
        })
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&without_password(&self.text))
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", without_password(&self.text))
    }
}

as_text!(DatabaseUrl);

/// The URL with passwords replaced by `***`. A password may hold `/`, `?` or
/// `@` that somebody forgot to escape, so everything up to the *last* `@` is
/// taken to be user information: rather hide too much.
fn without_password(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else {
        return "***".to_owned();
    };
    let (user, rest) = match rest.rsplit_once('@') {
        Some((info, host)) => match info.split_once(':') {
            Some((user, _)) => (format!("{user}:***@"), host),
            None => (format!("{info}@"), host),
        },
        None => (String::new(), rest),
    };
    let shown = match rest.split_once('?') {
        Some((place, query)) => {
            let pairs: Vec<String> = query.split('&').map(without_secret_value).collect();
            format!("{place}?{}", pairs.join("&"))
        }
        None => rest.to_owned(),
    };
    format!("{scheme}://{user}{shown}")
}

/// One `key=value` of a query; `PostgreSQL` takes passwords there too.
fn without_secret_value(pair: &str) -> String {
    match pair.split_once('=') {
        Some((key, _)) if key.to_ascii_lowercase().contains("pass") => format!("{key}=***"),
        _ => pair.to_owned(),
    }
}

/// Where files are kept: `file://PATH` (relative to the working directory, or
/// absolute with a third slash) or `s3://BUCKET/PREFIX`. Credentials of an S3
/// store never belong in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaUrl(String);

impl MediaUrl {
    /// The URL as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for MediaUrl {
    fn default() -> Self {
        Self("file://data/media".to_owned())
    }
}

impl FromStr for MediaUrl {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once("://") {
            Some(("file" | "s3", rest)) if !rest.is_empty() && !rest.contains('@') => {
                Ok(Self(text.to_owned()))
            }
            _ => Err(
                "the media store is file://PATH (such as file://data/media) \
                 or s3://BUCKET/PREFIX, without credentials",
            ),
        }
    }
}

impl fmt::Display for MediaUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

as_text!(MediaUrl);

/// `ADDRESS:PORT`.
pub(super) mod address {
    use std::net::SocketAddr;

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn parse<E: Error>(text: &str) -> Result<SocketAddr, E> {
        text.parse().map_err(|_| {
            E::custom(format!(
                "{text:?} is not ADDRESS:PORT, such as 127.0.0.1:8080 or [::]:8080"
            ))
        })
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<SocketAddr, D::Error> {
        parse(&String::deserialize(from)?)
    }

    pub fn serialize<S: Serializer>(value: &SocketAddr, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(value)
    }
}

/// `ADDRESS:PORT`, or an empty text for none.
pub(super) mod optional_address {
    use std::net::SocketAddr;

    use serde::{Deserialize, Deserializer, Serializer};

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SocketAddr>, D::Error> {
        let text = String::deserialize(from)?;
        if text.is_empty() {
            return Ok(None);
        }
        super::address::parse(&text).map(Some)
    }

    #[expect(clippy::ref_option, reason = "the shape serde's `with` asks for")]
    pub fn serialize<S: Serializer>(value: &Option<SocketAddr>, to: S) -> Result<S::Ok, S::Error> {
        match value {
            Some(address) => to.collect_str(address),
            None => to.serialize_str(""),
        }
    }
}

/// The public address, written without the slash that `Url` adds.
pub(super) mod public_url {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use url::Url;

    /// `http://localhost:8080`.
    pub fn default() -> Url {
        #[expect(clippy::expect_used, reason = "a constant; held by a test")]
        Url::parse("http://localhost:8080/").expect("a constant URL")
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Url, D::Error> {
        let text = String::deserialize(from)?;
        // Not repeated in the error: it may hold user information.
        Url::parse(&text).map_err(|error| {
            D::Error::custom(format!(
                "not a URL ({error}); give the address people use, such as https://lab.example"
            ))
        })
    }

    pub fn serialize<S: Serializer>(value: &Url, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(value.as_str().trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_database_url_never_shows_its_password() {
        for (full, shown) in [
            (
                "postgres://lab:s3cret@db/archipel",
                "postgres://lab:***@db/archipel",
            ),
            (
                "postgres://lab:s3/c?r@et@db/archipel",
                "postgres://lab:***@db/archipel",
            ),
            ("postgres://lab@db/archipel", "postgres://lab@db/archipel"),
            (
                "postgresql://db/archipel?user=lab&password=s3cret&sslmode=require",
                "postgresql://db/archipel?user=lab&password=***&sslmode=require",
            ),
            (
                "sqlite://data/archipel.db?mode=rwc",
                "sqlite://data/archipel.db?mode=rwc",
            ),
        ] {
            let url: DatabaseUrl = full.parse().unwrap();
            assert_eq!(url.expose(), full);
            assert_eq!(url.to_string(), shown);
            assert_eq!(format!("{url:?}"), format!("{shown:?}"));
        }
        assert!("mysql://x".parse::<DatabaseUrl>().is_err());
        assert!("archipel.db".parse::<DatabaseUrl>().is_err());
        assert!("sqlite://".parse::<DatabaseUrl>().is_err());
    }

    #[test]
    fn the_media_store_is_a_folder_or_a_bucket_without_credentials() {
        assert!("file:///srv/media".parse::<MediaUrl>().is_ok());
        assert!("s3://bucket/prefix".parse::<MediaUrl>().is_ok());
        assert!("s3://key:secret@bucket".parse::<MediaUrl>().is_err());
        assert!("ftp://x".parse::<MediaUrl>().is_err());
    }
}
