//! Custom emoji of this server in what is typed here.

use archipel_storage::Tx;

use crate::{Context, Result};

/// Most different emoji of one text.
const MOST: usize = 50;

/// The custom emoji that a text names, as a JSON list of `{"shortcode","url",
/// "static_url"}`; none: it names none that there is.
pub(crate) async fn typed(ctx: &Context, tx: &mut Tx, text: &str) -> Result<Option<String>> {
    let names = names(text);
    if names.is_empty() {
        return Ok(None);
    }
    let base = ctx.site.base();
    let found: Vec<String> = tx
        .emojis_named(&names)
        .await?
        .into_iter()
        // Neither names of emoji nor names of files have anything to escape.
        .map(|emoji| {
            format!(
                r#"{{"shortcode":"{}","url":"{base}/media/{}","static_url":"{base}/media/{}"}}"#,
                emoji.shortcode, emoji.blob, emoji.static_blob
            )
        })
        .collect();
    Ok((!found.is_empty()).then(|| format!("[{}]", found.join(","))))
}

/// What stands between colons and may be the name of an emoji.
fn names(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for part in text.split(':').skip(1) {
        let plain = |letter: u8| letter.is_ascii_alphanumeric() || letter == b'_';
        let is_name = (2..=50).contains(&part.len()) && part.bytes().all(plain);
        if is_name && found.len() < MOST && !found.iter().any(|one| one == part) {
            found.push(part.to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_between_colons() {
        assert_eq!(
            names("a :fablab: b :x y: https://z :ok_1::fablab:"),
            ["fablab", "ok_1"]
        );
        assert!(names("no emoji").is_empty());
    }
}
