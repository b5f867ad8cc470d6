//! Asking before something is destroyed, and reading a text from standard input.

use std::io::{self, BufRead, IsTerminal, Read, Write};

use super::Confirm;

/// Longest text read from standard input, in bytes.
const TEXT_MAX: u64 = 1024 * 1024;

/// Asks on standard error and reads the answer; `true` at once with `--yes`.
/// Where nobody can answer, the error says to add `--yes`.
pub fn ask(question: &str, confirm: Confirm) -> io::Result<bool> {
    if confirm.yes {
        return Ok(true);
    }
    let stdin = io::stdin();
    if !stdin.is_terminal() {
        return Err(io::Error::other(format!(
            "{question} There is no terminal to ask at: add --yes"
        )));
    }
    ask_with(question, &mut stdin.lock(), &mut io::stderr())
}

fn ask_with(question: &str, input: &mut impl BufRead, output: &mut impl Write) -> io::Result<bool> {
    write!(output, "{question} [o/N] ")?;
    output.flush()?;
    let mut answer = String::new();
    input.read_line(&mut answer)?;
    Ok(matches!(
        answer.trim().to_lowercase().as_str(),
        "o" | "oui" | "y" | "yes"
    ))
}

/// The text that was given, or all of standard input.
pub fn text_or_stdin(given: Option<&str>) -> io::Result<String> {
    match given {
        Some(text) => Ok(text.to_owned()),
        None => text_from(io::stdin().lock()),
    }
}

/// One line of standard input, as it is but for its end.
pub fn line() -> io::Result<String> {
    let mut line = String::new();
    io::stdin().lock().take(TEXT_MAX).read_line(&mut line)?;
    line.truncate(line.trim_end_matches(['\r', '\n']).len());
    Ok(line)
}

fn text_from(input: impl Read) -> io::Result<String> {
    let mut text = String::new();
    input.take(TEXT_MAX + 1).read_to_string(&mut text)?;
    if text.len() as u64 > TEXT_MAX {
        return Err(io::Error::other("the text is longer than 1 MiB"));
    }
    let text = text.trim();
    if text.is_empty() {
        return Err(io::Error::other(
            "the text is empty: give it as an argument or on standard input",
        ));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn only_a_clear_yes_is_a_yes() {
        for (typed, expected) in [
            ("o\n", true),
            ("Oui\n", true),
            ("yes\n", true),
            ("\n", false),
            ("n\n", false),
            ("", false),
            ("ok then\n", false),
        ] {
            let mut asked = Vec::new();
            let answer = ask_with("Bloquer bad.example ?", &mut typed.as_bytes(), &mut asked);
            assert_eq!(answer.unwrap(), expected, "{typed:?}");
            assert!(String::from_utf8(asked).unwrap().starts_with("Bloquer"));
        }
    }

    #[test]
    fn a_text_is_trimmed_and_never_empty() {
        assert_eq!(text_from("  Bonjour\n".as_bytes()).unwrap(), "Bonjour");
        assert!(text_from(" \n".as_bytes()).is_err());
        assert!(text_from(io::repeat(b'a')).is_err());
        assert_eq!(text_or_stdin(Some("x")).unwrap(), "x");
    }
}
