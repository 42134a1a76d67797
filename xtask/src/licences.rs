//! `cargo xtask licences`: the parts of the app and their licences, for « À propos ».

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::{command, say, tree};

/// What the window brings along; npm's other packages only build it.
const WINDOW: &[(&str, &str)] =
    &[("Inter (typeface)", "OFL-1.1"), ("Svelte", "MIT"), ("Tauri's JavaScript API", "MIT OR Apache-2.0")];

/// Above the list.
const HEAD: &[&str] =
    &["Parvis: Apache-2.0 OR MIT", "", "Parvis is made of these parts, each under its own licence.", ""];

/// Writes the list.
pub(crate) fn write() -> Result<()> {
    fs::write(path(), list()?)?;
    say::line(&format!("written: {}", path().display()));
    Ok(())
}

/// Fails if the list is not what the lock file says.
pub(crate) fn check() -> Result<()> {
    if fs::read_to_string(path()).unwrap_or_default() == list()? {
        return Ok(());
    }
    bail!("{} is not current: cargo xtask licences", path().display())
}

fn path() -> PathBuf {
    tree::root().join("src-tauri").join("licences.txt")
}

fn list() -> Result<String> {
    let mut cargo = command::cargo();
    cargo.args(["tree", "--locked", "--package", "parvis", "--edges", "normal", "--target", "all"]);
    cargo.args(["--prefix", "none", "--format", "{p}|{l}"]);
    let tree = command::output(&mut cargo).context("cargo tree failed")?;
    let mut parts = BTreeSet::new();
    for line in tree.lines() {
        let Some((package, licence)) = line.trim_end_matches(" (*)").split_once('|') else { continue };
        let package = package.trim_end_matches(" (proc-macro)");
        // Our own packages have their folder behind the version.
        if !package.is_empty() && !package.contains('(') {
            parts.insert(format!("{package}: {}", licence.replace('/', " OR ").replace("  ", " ")));
        }
    }
    let window = WINDOW.iter().map(|(name, licence)| format!("{name}: {licence}"));
    let lines: Vec<_> = HEAD.iter().map(ToString::to_string).chain(window).chain(parts).collect();
    Ok(lines.join("\n") + "\n")
}
