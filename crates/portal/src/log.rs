//! The log on the standard error: lines for people, or one JSON object a line. Panics are lines of it too.

use parvis_portal::config::LogFormat;
use std::io::{IsTerminal, stderr};
use tracing::Subscriber;
use tracing_subscriber::{EnvFilter, fmt::MakeWriter, util::SubscriberInitExt};

/// From here on.
pub(crate) fn begin(format: LogFormat) {
    subscriber(format, stderr, stderr().is_terminal()).init();
    report_panics();
}

fn subscriber<W>(format: LogFormat, writer: W, colours: bool) -> Box<dyn Subscriber + Send + Sync>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer);
    match format {
        LogFormat::Text => Box::new(builder.with_ansi(colours).finish()),
        LogFormat::Json => Box::new(builder.json().flatten_event(true).finish()),
    }
}

/// Where it happened, and nothing of what it says: the message of a panic may hold what somebody typed (LOG-02).
fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(kind = "panic", place, "panic");
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        io::{self, Write},
        sync::{Arc, Mutex},
    };

    #[derive(Clone, Default)]
    struct Buffer(Arc<Mutex<Vec<u8>>>);

    impl Write for Buffer {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(format: LogFormat, work: impl FnOnce()) -> Vec<String> {
        let buffer = Buffer::default();
        let writer = buffer.clone();
        tracing::subscriber::with_default(subscriber(format, move || writer.clone(), false), work);
        let text = String::from_utf8(buffer.0.lock().unwrap().clone()).unwrap();
        text.lines().map(ToOwned::to_owned).collect()
    }

    #[test]
    fn log_03_whatever_is_in_a_value_an_event_is_one_line() {
        let nasty = "a\nlevel=ERROR forged\r\n\u{1b}[31mred\u{1b}[0m\u{2028}";
        let work = || tracing::info!(kind = "password_rejected", detail = nasty, "event");
        let lines = logged(LogFormat::Json, work);
        assert_eq!(lines.len(), 1, "{lines:?}");
        let event: serde_json::Value = serde_json::from_str(&lines[0]).unwrap();
        assert_eq!((&event["kind"], &event["detail"]), (&"password_rejected".into(), &nasty.into()));
        let lines = logged(LogFormat::Text, work);
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(!lines[0].contains('\u{1b}'), "{lines:?}");
    }

    #[test]
    fn log_02_a_panic_is_one_line_without_its_message() {
        let lines = logged(LogFormat::Json, || {
            report_panics();
            let _ = std::panic::catch_unwind(|| panic!("Tilleul4-gravier is what somebody typed"));
            let _ = std::panic::take_hook();
        });
        assert_eq!(lines.len(), 1, "{lines:?}");
        let event: serde_json::Value = serde_json::from_str(&lines[0]).unwrap();
        assert_eq!(event["kind"], "panic");
        assert!(event["place"].as_str().unwrap().contains("log.rs:"));
        assert!(!lines[0].contains("Tilleul4"));
    }
}
