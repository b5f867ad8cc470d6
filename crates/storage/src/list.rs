//! Lists on their way into one SQL text, as JSON.

use std::io;

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter};

/// A list as the JSON text that `json_each($1)` takes, without NUL characters.
///
/// PostgreSQL refuses a statement with `\u0000` in it, so that one peer's word
/// would spoil the batch of all others; SQLite ends the text there. What is
/// escaped within a text, such as a received body, stays as it is.
pub(crate) fn json_list<T: Serialize>(items: &[T]) -> String {
    let mut json = Vec::with_capacity(128);
    let mut serializer = Serializer::with_formatter(&mut json, WithoutNul(CompactFormatter));
    // Neither numbers nor texts can fail, and nothing else is in our lists.
    match items.serialize(&mut serializer) {
        Ok(()) => String::from_utf8(json).unwrap_or_default(),
        Err(_) => "[]".to_owned(),
    }
}

struct WithoutNul(CompactFormatter);

impl Formatter for WithoutNul {
    fn write_char_escape<W>(&mut self, writer: &mut W, escape: CharEscape) -> io::Result<()>
    where
        W: ?Sized + io::Write,
    {
        match escape {
            CharEscape::AsciiControl(0) => Ok(()),
            other => self.0.write_char_escape(writer, other),
        }
    }
}
