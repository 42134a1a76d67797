//! The only place that prints.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command for the terminal")]

/// A heading before something that takes time.
pub(crate) fn heading(text: &str) {
    println!("\n== {text}");
}

/// A plain line.
pub(crate) fn line(text: &str) {
    println!("{text}");
}

/// The reason of a failure.
pub(crate) fn error(text: &str) {
    eprintln!("\nerror: {text}");
}
