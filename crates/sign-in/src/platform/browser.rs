//! Hands an address to the system browser.

use std::process::Stdio;
use url::Url;

/// Opens `address` in the person's browser. What may be opened was decided before (`entrance::browser_address`).
///
/// # Errors
/// The operating system's own, if the program that opens addresses cannot be started.
pub fn open_in_browser(address: &Url) -> std::io::Result<()> {
    let (program, first): (&str, &[&str]) = if cfg!(target_os = "windows") {
        ("rundll32.exe", &["url.dll,FileProtocolHandler"])
    } else if cfg!(target_os = "macos") {
        ("open", &[])
    } else {
        ("xdg-open", &[])
    };
    // The child is left to the runtime, which reaps it: nobody waits for a browser.
    tokio::process::Command::new(program)
        .args(first)
        .arg(address.as_str())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map(drop)
}
