//! The local name of a person or community: one name space for both.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A local name: `[a-z0-9_]{2,25}`, the set that every peer accepts
/// (Mbin's is the narrowest). Read case-insensitively, kept in lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Handle(String);

/// Why a text cannot be a handle.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum HandleError {
    /// Shorter than 2 or longer than 25 characters.
    #[error("a handle has 2 to 25 characters")]
    Length,
    /// Something other than letters without accents, digits and `_`.
    #[error("a handle has only the letters a to z, digits and _")]
    Character,
    /// A name that the server needs for itself.
    #[error("this handle is reserved")]
    Reserved,
}

/// Names that would be mistaken for the server itself.
const RESERVED: &[&str] = &[
    "admin", "inbox", "actor", "instance", "root", "api", "archipel",
];

impl Handle {
    /// The handle's text, lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads a handle, also one that exists already and may be reserved now.
    fn read(text: &str) -> Result<Self, HandleError> {
        let lower = text.trim().to_ascii_lowercase();
        if !(2..=25).contains(&lower.chars().count()) {
            return Err(HandleError::Length);
        }
        if !lower
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        {
            return Err(HandleError::Character);
        }
        Ok(Self(lower))
    }

    /// Reads the handle of somebody new: reserved names are refused.
    pub fn new_name(text: &str) -> Result<Self, HandleError> {
        let handle = Self::read(text)?;
        if RESERVED.contains(&handle.as_str()) {
            return Err(HandleError::Reserved);
        }
        Ok(handle)
    }
}

impl FromStr for Handle {
    type Err = HandleError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::read(text)
    }
}

impl TryFrom<String> for Handle {
    type Error = HandleError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::read(&text)
    }
}

impl From<Handle> for String {
    fn from(handle: Handle) -> Self {
        handle.0
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_are_what_every_peer_accepts() {
        assert_eq!(
            "TiLab".parse::<Handle>().map(String::from),
            Ok("tilab".to_owned())
        );
        assert_eq!("a".parse::<Handle>(), Err(HandleError::Length));
        assert_eq!("é_lab".parse::<Handle>(), Err(HandleError::Character));
        assert_eq!("a.b".parse::<Handle>(), Err(HandleError::Character));
        assert_eq!(Handle::new_name("inbox"), Err(HandleError::Reserved));
    }
}
