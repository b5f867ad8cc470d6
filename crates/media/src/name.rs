//! Names of files: nobody can guess them, and their ending alone says what they are.

use std::fmt::Write as _;

use aws_lc_rs::rand;

/// A fresh name for a file of this kind, such as `a4/0f/9c…e2.jpg`. The folders keep
/// each one small.
///
/// # Panics
///
/// When the system gives no randomness; then nothing here is safe.
pub fn fresh_name(mime: &str) -> String {
    let mut random = [0_u8; 16];
    #[expect(clippy::expect_used, reason = "a name that can be guessed is worse")]
    rand::fill(&mut random).expect("the system gives random bytes");
    let hex: String = random.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    let (first, rest) = hex.split_at(2);
    let (second, rest) = rest.split_at(2);
    format!("{first}/{second}/{rest}.{}", ending_of(mime))
}

fn ending_of(mime: &str) -> &'static str {
    match mime {
        "image/jpeg" => "jpg",
        "image/gif" => "gif",
        "image/webp" => "webp",
        _ => "png",
    }
}

/// What a name of ours says that the file is; none: no name of ours.
pub fn mime_of(name: &str) -> Option<&'static str> {
    let (path, ending) = name.rsplit_once('.')?;
    let clean = path
        .bytes()
        .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte) || byte == b'/');
    if !clean || path.len() != 34 {
        return None;
    }
    match ending {
        "jpg" => Some("image/jpeg"),
        "png" => Some("image/png"),
        "gif" => Some("image/gif"),
        "webp" => Some("image/webp"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_ours_are_names() {
        let name = fresh_name("image/jpeg");
        assert_eq!(mime_of(&name), Some("image/jpeg"));
        assert_ne!(name, fresh_name("image/jpeg"));
        for strange in [
            "../../etc/passwd.jpg",
            "a4/0f/x.jpg",
            "a4/0f/00000000000000000000000000.svg",
            "",
        ] {
            assert_eq!(mime_of(strange), None, "{strange}");
        }
    }
}
