//! What the program says about itself: to standard error, so that standard
//! output stays for what a command was asked for.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::{Log, LogFormat};

/// Why logging cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// `log.level` is not a level or a list of them.
    #[error(
        "log.level {text:?} is not understood ({source}); write error, warn, info, debug or \
         trace, or levels by part such as \"info,archipel_federation=debug\""
    )]
    Level {
        /// What was configured.
        text: String,
        /// What the filter says.
        source: tracing_subscriber::filter::ParseError,
    },
    /// Logging is set up already.
    #[error("logging is set up already")]
    Twice(#[from] tracing_subscriber::util::TryInitError),
}

/// Sets up logging for this process; once.
pub fn init(log: &Log) -> Result<(), LogError> {
    subscriber(log, std::io::stderr)?.try_init()?;
    Ok(())
}

/// The subscriber, for any writer.
fn subscriber<W>(
    log: &Log,
    writer: W,
) -> Result<Box<dyn tracing::Subscriber + Send + Sync>, LogError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let mut filter = EnvFilter::builder()
        .parse(&log.level)
        .map_err(|source| LogError::Level {
            text: log.level.clone(),
            source,
        })?;
    if !log.level.contains("sqlx")
        && let Ok(quiet) = archipel_storage::REMARKS.parse()
    {
        filter = filter.add_directive(quiet);
    }
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(writer);
    Ok(match log.format {
        LogFormat::Text => Box::new(
            builder
                .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
                .finish(),
        ),
        LogFormat::Json => Box::new(builder.json().flatten_event(true).finish()),
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use std::io;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn written(level: &str, format: LogFormat) -> String {
        let kept = Kept::default();
        let writer = kept.clone();
        let log = Log {
            level: level.to_owned(),
            format,
        };
        let subscriber = subscriber(&log, move || writer.clone()).unwrap();
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(peer = "lab.example", "delivered");
            tracing::debug!("hidden");
        });
        let bytes = kept.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn json_is_one_object_a_line() {
        let text = written("info", LogFormat::Json);
        let value: serde_json::Value = serde_json::from_str(text.trim()).unwrap();
        assert_eq!(value.get("message").unwrap(), "delivered");
        assert_eq!(value.get("peer").unwrap(), "lab.example");
        assert_eq!(value.get("level").unwrap(), "INFO");
    }

    #[test]
    fn the_level_is_kept() {
        let text = written("info", LogFormat::Text);
        assert!(
            text.contains("delivered") && !text.contains("hidden"),
            "{text}"
        );
        assert!(written("debug", LogFormat::Text).contains("hidden"));
        assert_eq!(written("error", LogFormat::Text), "");
    }

    #[test]
    fn a_bad_level_is_explained() {
        let log = Log {
            level: "info,x=loud".to_owned(),
            format: LogFormat::Text,
        };
        let error = subscriber(&log, io::sink).err().unwrap();
        assert!(error.to_string().contains("info,x=loud"), "{error}");
    }
}
