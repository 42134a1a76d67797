//! « À propos »: what support asks for, and the licences of the parts.

use std::path::Path;

use parvis_sign_in::view::{About, Workstation};

/// The parts that the app is made of, each with its licence; `cargo xtask licences` writes the list.
const LICENCES: &str = include_str!("../licences.txt");

/// What the panel shows.
pub(crate) fn about(workstation: Workstation, log_folder: &Path) -> About {
    About {
        version: env!("CARGO_PKG_VERSION").into(),
        system: system(),
        web_view: tauri::webview_version().unwrap_or_else(|_| "?".into()),
        workstation,
        log_folder: log_folder.display().to_string(),
        licences: LICENCES.into(),
    }
}

/// The operating system and its version, where that is simple to know.
fn system() -> String {
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    release
        .lines()
        .find_map(|line| line.strip_prefix("PRETTY_NAME="))
        .map_or_else(|| std::env::consts::OS.into(), |name| name.trim_matches('"').into())
}
