//! Tauri's code for this app, with the commands that a capability has to grant.

use tauri_build::{AppManifest, Attributes};

/// Every command, and no other. `src-tauri/capabilities/main.json` grants them to the main window alone.
const COMMANDS: &[&str] = &[
    "about",
    "activity",
    "judge_password",
    "open_log_folder",
    "preferences",
    "save_preferences",
    "submit",
    "view",
];

fn main() {
    let attributes = Attributes::new()
        .capabilities_path_pattern("src-tauri/capabilities/*.json")
        .app_manifest(AppManifest::new().commands(COMMANDS));
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo::error={error:#}");
    }
}
