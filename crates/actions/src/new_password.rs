//! Which passwords are taken: long enough, and not easily guessed.

/// Shortest, in characters: what the CNIL asks for (deliberation 2022-100).
const SHORTEST: usize = 12;
/// Longest, in characters: hashing costs time.
const LONGEST: usize = 256;
/// How many characters are looked at when guessing.
const LOOKED_AT: usize = 100;

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// Fewer than 12 characters.
    #[error("a password has at least 12 characters")]
    TooShort,
    /// More than 256 characters.
    #[error("a password has at most 256 characters")]
    TooLong,
    /// Easily guessed.
    #[error(
        "this password is easily guessed; take several words that have nothing to do with each other, or with you"
    )]
    Guessable,
}

/// Whether this password may be chosen by somebody of these names and addresses.
pub fn check_password(password: &str, about: &[&str]) -> Result<(), WeakPassword> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Err(WeakPassword::TooShort);
    }
    if length > LONGEST {
        return Err(WeakPassword::TooLong);
    }
    let looked_at: String = password.chars().take(LOOKED_AT).collect();
    // Their own words count as known, also the parts of an address.
    let about: Vec<&str> = about
        .iter()
        .flat_map(|text| {
            let parts = text.split(['@', '.', ' ', '_', '-']);
            std::iter::once(*text)
                .chain(text.split(['@', '.']))
                .chain(parts)
        })
        .filter(|word| !word.is_empty())
        .collect();
    if zxcvbn::zxcvbn(&looked_at, &about).score() < zxcvbn::Score::Three {
        return Err(WeakPassword::Guessable);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_long_and_hard_to_guess() {
        let about = ["alice_martin", "alice@atelier-lointain.example"];
        let long = "phare quai ".repeat(24);
        for (password, taken) in [
            ("court-Zx9!", Err(WeakPassword::TooShort)),
            ("éééééééééé", Err(WeakPassword::TooShort)),
            (long.as_str(), Err(WeakPassword::TooLong)),
            ("motdepasse123", Err(WeakPassword::Guessable)),
            ("aaaaaaaaaaaaaaaa", Err(WeakPassword::Guessable)),
            ("alice_martin", Err(WeakPassword::Guessable)),
            ("atelier-lointain", Err(WeakPassword::Guessable)),
            ("phare brume quai citron", Ok(())),
            ("x7Kq-vT2m-9Lpw", Ok(())),
        ] {
            assert_eq!(check_password(password, &about), taken, "{password}");
        }
    }
}
