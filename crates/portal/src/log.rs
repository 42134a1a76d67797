//! The log on the standard error: lines for people, or one JSON object a line. Panics are lines of it too.

use parvis_portal::config::LogFormat;
use std::io::IsTerminal;

pub(crate) fn begin(format: LogFormat) {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info,sqlx=warn"));
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => subscriber.with_ansi(std::io::stderr().is_terminal()).init(),
        LogFormat::Json => subscriber.json().flatten_event(true).init(),
    }
    // Where it happened and nothing of what it says: the message of a panic may hold what somebody typed (LOG-02).
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(kind = "panic", place, "panic");
    }));
}
