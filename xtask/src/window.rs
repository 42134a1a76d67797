//! The window's sources in `ui/`: dependencies, build, checks.

use std::fs;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::{command, say, tree};

/// Installs the window's dependencies if the lock file changed since the last time.
pub(crate) fn dependencies(deadline: Option<Instant>) -> Result<()> {
    let lock = fs::read(tree::ui().join("package-lock.json")).context("ui/package-lock.json")?;
    let installed = tree::ui().join("node_modules/.parvis-lock.json");
    if fs::read(&installed).is_ok_and(|bytes| bytes == lock) {
        say::line("The window's dependencies are installed.");
        return Ok(());
    }
    command::run(command::npm().args(["ci", "--no-audit", "--no-fund"]), deadline)?;
    Ok(fs::write(installed, lock)?)
}

/// Builds the window into `ui/dist`, where the app takes it from.
pub(crate) fn build(deadline: Option<Instant>) -> Result<()> {
    script("build", deadline)
}

/// Runs a script of ui/package.json.
pub(crate) fn script(name: &str, deadline: Option<Instant>) -> Result<()> {
    command::run(command::npm().args(["run", name]), deadline)
}
