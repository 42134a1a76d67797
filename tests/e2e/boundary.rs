//! What the window may reach, as the shipped files say it (SECURITY APP-06).

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

/// The commands of the window. A new one is added here with the reason why it carries no secret.
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

fn text(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn json(path: &str) -> Value {
    serde_json::from_str(&text(path)).unwrap()
}

#[test]
fn commands_are_granted_to_the_main_window_alone() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src-tauri/capabilities");
    assert_eq!(fs::read_dir(folder).unwrap().count(), 1, "one capability");

    let capability = json("src-tauri/capabilities/main.json");
    assert_eq!(capability["windows"], serde_json::json!(["main"]));
    assert!(capability.get("remote").is_none(), "no page from elsewhere");
    assert!(capability.get("webviews").is_none());
    let granted: BTreeSet<_> = capability["permissions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap().to_owned())
        .collect();
    let expected: BTreeSet<_> = COMMANDS
        .iter()
        .map(|command| format!("allow-{}", command.replace('_', "-")))
        .chain(["core:event:allow-listen".to_owned(), "core:event:allow-unlisten".to_owned()])
        .collect();
    assert_eq!(granted, expected);
}

#[test]
fn every_command_is_listed() {
    let source = text("src-tauri/src/lib.rs");
    let handled: BTreeSet<_> = source
        .split("commands::")
        .skip(1)
        .map(|rest| {
            rest.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').next().unwrap()
        })
        .collect();
    assert_eq!(handled, COMMANDS.iter().copied().collect());
    let build = text("src-tauri/build.rs");
    for command in COMMANDS {
        assert!(build.contains(&format!("\"{command}\"")), "{command} is not in the app's manifest");
    }
}

#[test]
fn the_policy_of_the_window_is_strict() {
    let config = json("tauri.conf.json");
    let security = &config["app"]["security"];
    let policy = security["csp"].as_str().unwrap();
    assert!(policy.starts_with("default-src 'self';"), "{policy}");
    for loose in ["unsafe-", "*", "https:", "blob:", "filesystem:"] {
        assert!(!policy.contains(loose), "{loose} in {policy}");
    }
    for closed in ["object-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-src 'none'"] {
        assert!(policy.contains(closed), "{closed} missing in {policy}");
    }
    assert_eq!(security["capabilities"], serde_json::json!(["main"]));
    let whole = text("tauri.conf.json");
    for loose in ["dangerous", "withGlobalTauri", "devUrl", "assetProtocol", "\"url\""] {
        assert!(!whole.contains(loose), "{loose} in tauri.conf.json");
    }
}

#[test]
fn only_the_backend_folder_reaches_rust() {
    fn walk(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if path.file_name().unwrap() != "backend" {
                    walk(&path, found);
                }
            } else if fs::read_to_string(&path).is_ok_and(|text| text.contains("@tauri-apps/")) {
                found.push(path.display().to_string());
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/src"), &mut found);
    assert_eq!(found, Vec::<String>::new());
}
