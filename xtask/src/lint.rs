//! `cargo xtask lint`: what has to be clean before a commit.

use std::time::Instant;

use anyhow::{Result, bail};

use crate::command::{self, Counts};
use crate::packages::{self, Wanted};
use crate::stages::Stages;
use crate::{licences, say, window};

/// Files that cargo and npm resolve versions from: without them, two machines build two programs.
const LOCKS: &[&str] = &["Cargo.lock", "ui/package-lock.json"];

/// The test that compares the committed TypeScript with the Rust types.
const GENERATED: &[&str] = &["test", "--workspace", "--locked", "--quiet", "--lib", "--", "typescript"];

/// Runs all checks; one run shows all that is to be mended.
pub(crate) fn run() -> Result<()> {
    let mut stages = Stages::start();
    stages.need("setup", |deadline| {
        packages::install(Wanted { desk: false, tests: false })?;
        window::dependencies(deadline)?;
        window::build(deadline)
    })?;
    stages.check("lock files", |_| locks_are_committed());
    stages.check("format", |deadline| cargo(&["fmt", "--all", "--check"], &[], deadline));
    stages.check("clippy", |deadline| {
        let clippy = ["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];
        cargo(&clippy, &[], deadline)
    });
    stages.check("documentation", |deadline| {
        let doc = ["doc", "--workspace", "--no-deps", "--document-private-items", "--locked"];
        cargo(&doc, &[("RUSTDOCFLAGS", "-D warnings")], deadline)
    });
    stages.check("generated files", |deadline| cargo(GENERATED, &[], deadline));
    stages.check("licences", |_| done(licences::check()));
    stages.check("dependencies", dependencies);
    stages.check("window: types", |deadline| done(window::script("check", deadline)));
    stages.check("window: format", |deadline| done(window::script("lint", deadline)));
    stages.finish()
}

fn locks_are_committed() -> Result<Counts> {
    let known = command::output(command::new("git").args(["ls-files", "--"]).args(LOCKS));
    let Some(known) = known else {
        say::line("Not a git checkout: skipped.");
        return done(Ok(()));
    };
    let missing: Vec<_> =
        LOCKS.iter().copied().filter(|lock| !known.lines().any(|line| line == *lock)).collect();
    if !missing.is_empty() {
        bail!("not committed: {}", missing.join(", "));
    }
    done(Ok(()))
}

fn dependencies(deadline: Option<Instant>) -> Result<Counts> {
    if command::output(command::cargo().args(["deny", "--version"])).is_none() {
        say::line("cargo-deny is not installed: skipped (`cargo install --locked cargo-deny`).");
        return done(Ok(()));
    }
    cargo(&["deny", "--locked", "check"], &[], deadline)
}

fn cargo(words: &[&str], environment: &[(&str, &str)], deadline: Option<Instant>) -> Result<Counts> {
    done(command::run(command::cargo().args(words).envs(environment.iter().copied()), deadline))
}

fn done(result: Result<()>) -> Result<Counts> {
    result.map(|()| Counts { finished: true, ..Counts::default() })
}
